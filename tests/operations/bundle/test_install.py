"""``install.sh`` sets up a service where there is no network; the units are ones that systemd reads."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from geoapp.operations.bundle.make import make_bundle

STATIONS = "code,kind,name_zh,lon,lat\nA1,station,台东驿站,120.36,36.08\nA2,station,远处驿站,120.46,36.18\n"


@pytest.mark.slow
def test_installed_without_a_network(
    repo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("no network namespaces here")
    bundle, prefix = tmp_path / "a bundle", tmp_path / "prefix"
    make_bundle(repo_root, bundle, extras=["none"], with_system=False, unpacked=True)
    (tmp_path / "stations.csv").write_text(STATIONS, encoding="utf-8")
    former = prefix / "versions" / "former"
    former.mkdir(parents=True)
    (prefix / "current").symlink_to("versions/former")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GEOAPP_DATA": str(tmp_path / "data"),
        # What the machine says of registries does not count.
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            [*alone, *words], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    install = ("sh", str(bundle / "install.sh"), "--prefix", str(prefix))
    assert "versions/former" in run(*install)
    now = (prefix / "current").readlink()
    assert (prefix / "previous").readlink() == Path("versions/former")
    assert former.is_dir()
    made = (prefix / now / "bin" / "geoapp").stat().st_mtime_ns
    assert "is installed already" in run(*install)
    assert (prefix / "current").readlink() == now
    assert (prefix / "previous").readlink() == Path("versions/former")
    assert (prefix / now / "bin" / "geoapp").stat().st_mtime_ns == made

    geoapp = str(prefix / "bin" / "geoapp")
    assert run(geoapp, "--version").startswith("geoapp, version ")
    run(geoapp, "init")
    run(
        geoapp,
        "import",
        "facilities",
        str(tmp_path / "stations.csv"),
        "--datum",
        "wgs84",
        "--anywhere",
    )
    assert "台东驿站" in run(geoapp, "nearest", "120.361", "36.081", "-k", "1")


def test_systemd_reads_the_units(repo_root: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    for unit in sorted((repo_root / "deploy" / "systemd").glob("*.*")):
        if unit.suffix in {".service", ".timer"}:
            text = unit.read_text(encoding="utf-8").replace("/opt/geoapp/bin/", "/bin/true ")
            (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.iterdir())
    assert units
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, ours) == (0, []), done.stderr

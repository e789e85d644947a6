"""``install.sh`` sets up a service where there is no network; the units are ones that systemd reads."""

import os
import re
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


@pytest.mark.parametrize("name", ["kept", "it's 100 % \\kept"])
def test_the_services_may_write_to_the_folder_of_the_log(
    repo_root: Path, tmp_path: Path, name: str
) -> None:
    script = (repo_root / "deploy" / "bundle" / "install.sh").read_text(encoding="utf-8")
    step = re.search(r"^open_archive\(\) \{\n.*?^\}\n", script, re.M | re.S)
    stop = re.search(r"^stop\(\) \{\n.*?^\}\n", script, re.M | re.S)
    assert step
    assert stop
    archive, env_file = tmp_path / name, tmp_path / "geoapp.env"
    archive.mkdir()
    env_file.write_text("GEOAPP_PORT=8000\n", encoding="utf-8")

    def run(given: str) -> subprocess.CompletedProcess[str]:
        place = {"units": str(tmp_path / "units"), "env_file": str(env_file), "archive": given}
        code = f"set -eu\n{stop[0]}{step[0]}open_archive"
        return subprocess.run(
            ["sh", "-c", code], env=os.environ | place, capture_output=True, text=True, check=False
        )

    units = [tmp_path / "units" / f"{one}.service" for one in ("geoapp", "geoapp-backup")]
    drops = [unit.with_name(f"{unit.name}.d") / "archive.conf" for unit in units]
    assert run("").returncode == 0
    assert [one.exists() for one in drops] == [False, False]
    for given in (str(archive), str(archive), ""):  # again, and by the settings alone
        done = run(given)
        assert done.returncode == 0, done.stderr
        assert env_file.read_text(encoding="utf-8").count("GEOAPP_WAL_ARCHIVE=") == 1
        assert all(one.read_text("utf-8").startswith("[Service]\nReadWritePaths=") for one in drops)
    if shutil.which("systemd-analyze") is not None:
        for unit in units:
            unit.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *units],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "archive.conf" not in done.stderr, done.stderr
    assert run(str(tmp_path / "elsewhere")).returncode == 1  # the settings name another
    assert run("relative").returncode == 1
    env_file.write_text("GEOAPP_PORT=8000\n", encoding="utf-8")
    assert run("").returncode == 0
    assert [one.exists() for one in drops] == [False, False]


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

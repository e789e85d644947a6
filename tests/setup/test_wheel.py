"""The wheel alone is enough: ``geoapp demo`` in an empty folder with no checkout near it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest


def lend_compiled(checkout: Path, packages: Path) -> None:
    """Put the inner loops that this checkout has compiled beside the same sources.

    A first start compiles them, and these tests do so already; once more takes half a minute.
    What is compiled counts for a source of the same time and size alone.
    """
    for compiled in (checkout / "geoapp").rglob("__pycache__/*.nb[ic]"):
        source = compiled.parent.parent / f"{compiled.name.split('.')[0]}.py"
        twin = packages / source.relative_to(checkout)
        assert twin.read_bytes() == source.read_bytes()
        shutil.copystat(source, twin)
        (twin.parent / "__pycache__").mkdir(exist_ok=True)
        shutil.copy2(compiled, twin.parent / "__pycache__")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, repo_root: Path) -> Path:
    """A fresh environment with the wheel, which borrows the dependencies of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, repo_root], check=True
    )
    [wheel] = folder.glob("geoapp-*.whl")
    environment = folder / "venv"
    venv.create(environment, symlinks=True)
    [packages] = environment.glob("lib/python*/site-packages")
    install = ["install", "--no-deps", "--no-compile", "--target", packages, wheel]
    subprocess.run([*pip, *install], check=True)
    lend_compiled(repo_root, packages)
    # Only the dependencies: geoapp itself is found first, in the fresh environment.
    borrowed = Path(os.__file__).parent
    for path in sys.path:
        if path.endswith("site-packages"):
            borrowed = Path(path)
    for entry in borrowed.iterdir():
        target = packages / entry.name
        if "geoapp" not in entry.name and not target.exists():
            target.symlink_to(entry)
    return environment


# What stands in no module: pages, styles, scripts, layers, data. As seen from an empty folder.
LOOK = """
import os
from pathlib import Path
from geoapp.app import create_app
from geoapp.core.settings import Settings
import geoapp
app = create_app(Settings(data=Path("data"), database_url="postgresql:///none?host=/nowhere"))
client = app.test_client()
for path in ("/healthz", "/sign-in", "/offline", "/static/vendor/leaflet/dist/leaflet.js"):
    print(path, client.get(path).status_code)
print(Path(geoapp.__file__).parent)
"""


def test_the_wheel_holds_every_file_and_answers(
    installed: Path, repo_root: Path, tmp_path: Path
) -> None:
    folders = ("geoapp", "layers", "templates", "static", "data")
    files = [
        path.relative_to(repo_root).as_posix()
        for folder in folders
        for path in (repo_root / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    [package] = installed.glob("lib/python*/site-packages/geoapp")
    assert len(files) > 500
    missing = [one for one in files if not (package / one.removeprefix("geoapp/")).is_file()]
    assert missing == []
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    seen = subprocess.run(
        [installed / "bin" / "python", "-c", LOOK],
        cwd=tmp_path,
        env={**kept, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert seen[-1] == str(package)
    assert [line.split()[-1] for line in seen[:-1] if line.startswith("/")] == ["200"] * 4


@pytest.fixture
def demo(installed: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    empty = tmp_path / "empty"
    empty.mkdir()
    process = subprocess.Popen(
        [installed / "bin" / "python", "-m", "geoapp", "demo"],
        cwd=empty,
        env={
            **kept,
            "HOME": str(empty),
            "GEOAPP_DATA": str(tmp_path / "data"),
            "GEOAPP_PORT": str(port),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process, f"http://127.0.0.1:{port}", tmp_path / "data"
    process.kill()
    process.communicate()


def _get(address: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(address, timeout=30) as response:
        return response.status, response.read()


def _runs(pid: int) -> bool:
    """Tell whether a process still runs; one that only waits to be reaped by the system does not."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


# By default the wheel is looked into above, and the demo runs from the checkout.
@pytest.mark.slow
def test_demo_from_the_wheel(demo: tuple[subprocess.Popen[str], str, Path]) -> None:
    process, url, data = demo
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("ready "):
            break
    assert lines[-1] == f"ready {url}"
    assert any("demo" in line and "密码" in line for line in lines)
    status, page = _get(f"{url}/")
    assert status == 200
    assert "示例" in page.decode() or "户外" in page.decode()
    status, body = _get(f"{url}/api/v1/nearest?lon=120.3826&lat=36.0616&k=3")
    assert status == 200
    assert b'"sample":true' in body
    assert _get(f"{url}/static/vendor/leaflet/dist/leaflet.js")[0] == 200
    # A run is there to look at from the start, and the map of it is one file.
    assert "步行 500 米以内" in _get(f"{url}/coverage")[1].decode()
    page = _get(f"{url}/maps/stations,gaps,regions.html?download=1")[1].decode()
    assert "覆盖分析 1" in page
    assert "莱西市" in page
    postmaster = int((data / "pg" / "postmaster.pid").read_text().split("\n")[0])
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert not _runs(postmaster)
    assert not (data / "pg" / "postmaster.pid").exists()

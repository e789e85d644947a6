"""A bundle is whole or not there, names every file by its hash, and asks no registry."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from geoapp.core.errors import (
    FullDiskError,
    InvalidValueError,
    MissingPartError,
    UnavailableError,
    UnusableInputError,
)
from geoapp.operations.bundle import make
from geoapp.operations.bundle.lock import (
    environment_of,
    locked_extras,
    needed,
    read_lock,
    read_metadata,
)

REGISTRIES = re.compile(r"pypi|pythonhosted|deb\.debian|archive\.ubuntu|npmjs|index-url|jsdelivr")
METADATA = """Metadata-Version: 2.4
Name: geoapp
Version: 7.1
Requires-Dist: apple>=1
Requires-Dist: pear; python_version >= '3.12'
Provides-Extra: slides
Requires-Dist: plum; extra == 'slides'
Provides-Extra: test
Requires-Dist: quince; extra == 'test'
"""


def write_wheel(folder: Path, name: str, version: str, metadata: str = "") -> str:
    """Write a wheel that holds nothing, the same every time; return its hash."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = metadata or f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(path, "w") as wheel:
        inside = f"{name}-{version}.dist-info"
        for file, text in (
            ("METADATA", about),
            ("WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("RECORD", ""),
        ):
            wheel.writestr(zipfile.ZipInfo(f"{inside}/{file}"), text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def clone(tmp_path: Path, repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with a tiny lock, whose packages pip finds in a folder by its own setting."""
    source, found = tmp_path / "clone", tmp_path / "found"
    found.mkdir()
    (source / "requirements").mkdir(parents=True)
    for part in ("deploy", "docs"):
        shutil.copytree(repo_root / part, source / part)
    lines = [
        f"{name}==1.0{marker} \\\n    --hash=sha256:{write_wheel(found, name, '1.0')}\n    # via {parent}"
        for name, marker, parent in (
            ("apple", "", "geoapp (pyproject.toml)"),
            ("pip-of-apple", "", "\n    #   apple"),
            ("pear", " ; python_full_version >= '3.12'", "geoapp (pyproject.toml)"),
            ("plum", "", "geoapp (pyproject.toml)"),
        )
        for name in [name.replace("-", "_")]
    ]
    (source / "requirements" / "run.lock").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(found))

    def build(_maker: object, wheels: Path) -> Path:
        write_wheel(wheels, "geoapp", "7.1", METADATA)
        return wheels / "geoapp-7.1-py3-none-any.whl"

    # The real build takes seconds, and tests/setup/test_wheel.py makes it.
    monkeypatch.setattr(make._Maker, "_build_wheel", build)
    return source


def test_what_the_real_lock_gives(repo_root: Path) -> None:
    """Each extra brings its own, and what is only for building or for another Python stays out."""
    lock = read_lock((repo_root / "requirements" / "run.lock").read_text(encoding="utf-8"))
    declared = read_metadata(
        "Name: geoapp\nVersion: 1\nRequires-Dist: flask\nRequires-Dist: flask-compress\n"
        "Provides-Extra: build\nRequires-Dist: hatchling; extra == 'build'\n"
        "Provides-Extra: slides\nRequires-Dist: python-pptx; extra == 'slides'\n"
        "Provides-Extra: test\nRequires-Dist: pytest; extra == 'test'\n"
    )
    old, new = (environment_of(python, "x86_64") for python in ("3.13", "3.14"))
    assert locked_extras(declared, lock, old) == ("slides",)
    plain = {one.name for one in needed(lock, declared.roots(set(), old), old)}
    assert {"flask", "werkzeug", "markupsafe", "brotli", "backports-zstd"} <= plain
    assert not {"python-pptx", "hatchling", "brotlicffi", "lxml"} & plain
    assert "backports-zstd" not in {
        one.name for one in needed(lock, declared.roots(set(), new), new)
    }
    slides = {one.name for one in needed(lock, declared.roots({"slides"}, old), old)}
    assert {"python-pptx", "lxml", "xlsxwriter"} <= slides - plain


def test_a_bundle_and_its_script(clone: Path, tmp_path: Path) -> None:
    archived, folder = (tmp_path / name for name in ("usb", "folder"))
    made = make.make_bundle(clone, archived, python="3.11", with_system=False)
    name = made.name
    assert re.fullmatch(r"geoapp-7\.1-linux-\w+-py3\.11", name)
    assert (made.extras, made.wheels, made.debs) == (("slides",), 4, 0)
    assert sorted(path.name for path in archived.iterdir()) == ["SHA256SUMS", f"{name}.tar.gz"]
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=archived, check=True)

    folder.mkdir()
    subprocess.run(["tar", "-xzf", archived / f"{name}.tar.gz", "-C", folder], check=True)
    bundle = folder / name
    # The same contents make the same archive, whenever and by whomever they were written.
    make._pack(bundle, tmp_path / "again", name)
    assert (tmp_path / "again").read_bytes() == (archived / f"{name}.tar.gz").read_bytes()
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    wheels = sorted(path.name for path in (bundle / "wheels").iterdir())
    assert manifest["wheels"] == wheels
    assert manifest["python"] == "3.11"
    pinned = re.findall(
        r"^(\S+)==\S+ --hash=sha256:(\S+)$", (bundle / "requirements.lock").read_text(), re.M
    )
    assert [one for one, _ in pinned] == ["apple", "geoapp", "pip-of-apple", "plum"]
    digests = {hashlib.sha256((bundle / "wheels" / one).read_bytes()).hexdigest() for one in wheels}
    assert {digest for _, digest in pinned} == digests
    for path in bundle.rglob("*"):
        if (
            path.suffix in {".sh", ".md", ".json", ".lock", ".service", ".env", ""}
            and path.is_file()
        ):
            assert not REGISTRIES.search(path.read_text(encoding="utf-8")), path

    # The script as it is: nothing is installed where a file is another than it was.
    prefix = tmp_path / "prefix"
    command = ["sh", str(bundle / "install.sh"), "--prefix", str(prefix)]
    wrong = subprocess.run([*command, "--python", "false"], capture_output=True, text=True)
    assert wrong.returncode == 1
    assert "is not a Python 3.11 with venv" in wrong.stderr
    # An administrator's strict umask would keep the service's user out of what is installed.
    strict, snake = tmp_path / "strict", tmp_path / "python"
    snake.write_text('#!/bin/sh\n[ "$1" = -c ] && echo 3.11\n', encoding="utf-8")
    snake.chmod(0o755)
    given = ["sh", command[1], "--prefix", str(strict), "--python", str(snake)]
    elsewhere = os.environ | {"DATABASE_URL": "postgresql://db.example/geoapp"}
    assert subprocess.run(given, capture_output=True, umask=0o077, env=elsewhere).returncode == 1
    assert [one.stat().st_mode & 0o777 for one in (strict, strict / "versions")] == [0o755, 0o755]
    with (bundle / "wheels" / "apple-1.0-py3-none-any.whl").open("ab") as wheel:
        wheel.write(b"x")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "wheels/apple-1.0-py3-none-any.whl" in done.stdout
    assert "nothing was installed" in done.stderr
    assert not prefix.exists()


def test_nothing_is_left_of_a_bundle_that_fails(clone: Path, tmp_path: Path) -> None:
    target = tmp_path / "usb"

    def refused(error: type[Exception], words: str, target: Path = target, **asked: object) -> None:
        with pytest.raises(error, match=words):
            make.make_bundle(clone, target, python="3.11", with_system=False, **asked)  # type: ignore[arg-type]

    refused(InvalidValueError, "slides, none", extras=["pdf"])
    refused(InvalidValueError, "No such file", target=tmp_path / "nowhere" / "usb")
    target.mkdir()
    (target / "mine").touch()
    refused(InvalidValueError, "is empty")
    (target / "mine").unlink()
    # What is there under the name is another file than the lock's.
    [apple] = (tmp_path / "found").glob("apple-*")
    write_wheel(
        apple.parent, "apple", "1.0", "Metadata-Version: 2.1\nName: apple\nVersion: 1.0\n\nx"
    )
    refused(UnusableInputError, "not the one of the lock", extras=["none"])
    assert not any(target.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clone", "found", "usb"]


def test_it_says_why_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = make._Maker(tmp_path, tmp_path, "3.11", "x86_64")
    for said, error in (
        ("timed out", UnavailableError),
        ("No space left on device", FullDiskError),
    ):
        with pytest.raises(error, match="no bundle was made"):
            maker.run(["sh", "-c", f"echo {said} >&2; exit 1"])
    with (
        pytest.raises(InvalidValueError, match="Permission denied"),
        make._workspace(tmp_path / "usb"),
    ):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr(make.geoapp, "__file__", str(tmp_path / "lib" / "geoapp" / "__init__.py"))
    with pytest.raises(MissingPartError, match="installed from a wheel"):
        make.source_folder()

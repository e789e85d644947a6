"""The system's own packages: PostGIS and Python, with all that they need, for apt without a network."""

import hashlib
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from geoapp.core.errors import MissingPartError
from geoapp.core.i18n import Text

Run = Callable[[Sequence[str | Path]], None]

INDEX = "Packages"
# Enough for apt to resolve; nothing that names a site.
_FIELDS = (
    "Package",
    "Version",
    "Architecture",
    "Multi-Arch",
    "Essential",
    "Priority",
    "Section",
    "Installed-Size",
    "Maintainer",
    "Pre-Depends",
    "Depends",
    "Provides",
    "Conflicts",
    "Breaks",
    "Replaces",
)
_EPOCH = re.compile(r"_\d+%3a")
_POSTGIS = "^postgresql-[0-9]+-postgis-3$"


def system_name() -> str:
    """Return the distribution and its version, as ``debian-12``."""
    about = platform.freedesktop_os_release()
    return f"{about.get('ID', 'linux')}-{about.get('VERSION_ID', 'unknown')}"


def wanted_packages(python: str) -> tuple[str, ...]:
    """Return the names of the packages that a bare system lacks.

    Raises
    ------
    MissingPartError
        If this system has no apt, does not know a PostGIS, or its own Python is another.
    """
    if not all(map(shutil.which, ("apt-get", "apt-cache", "dpkg-deb"))):
        raise MissingPartError(
            Text(
                "本机没有 apt，无法收集系统软件包：请加 --no-system，或在 Debian、Ubuntu 上制作。",
                "This machine has no apt, so the system's packages cannot be collected: "
                "add --no-system, or make the bundle on Debian or Ubuntu.",
            )
        )
    found = re.findall(
        r"^(postgresql-(\d+)-postgis-3) ", _said("search", "--names-only", _POSTGIS), re.M
    )
    if not found:
        raise MissingPartError(
            Text(
                "apt 不知道 PostGIS：请先运行 sudo apt-get update，或加 --no-system。",
                "apt knows no PostGIS: run sudo apt-get update first, or add --no-system.",
            )
        )
    own = re.search(r"Candidate: (\d+\.\d+)", _said("policy", "python3"))
    if own is None or own[1] != python:
        version = "?" if own is None else own[1]
        raise MissingPartError(
            Text(
                f"{system_name()} 自带的 Python 是 {version}，不是 {python}：请加 --python {version}，"
                "或加 --no-system，由目标机器自备 Python。",
                f"The Python of {system_name()} is {version}, not {python}: add --python {version}, "
                "or --no-system and let the other machine bring its Python.",
            )
        )
    postgis = max(found, key=lambda one: int(one[1]))[0]
    return ("python3", "python3-venv", postgis)


def _said(*words: str) -> str:
    done = subprocess.run(
        ["apt-cache", *words], capture_output=True, text=True, check=False, env=_plain()
    )
    return done.stdout


def _plain() -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def collect(folder: Path, packages: Sequence[str], run: Run) -> list[str]:
    """Download packages with all that they need on a bare system; return the files' names.

    Asks apt as if nothing were installed, and touches nothing of this system.

    Raises
    ------
    UnavailableError
        From ``run``, if apt cannot get them.
    """
    folder.mkdir()
    (folder / "partial").mkdir()
    nothing = folder / "partial" / "status"
    nothing.touch()
    run(
        [
            "apt-get",
            *("-o", f"Dir::State::status={nothing}"),
            *("-o", f"Dir::Cache::archives={folder}/"),
            *("-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User="),
            *("install", "--download-only", "--yes", "-qq", "--no-install-recommends"),
            *packages,
        ]
    )
    shutil.rmtree(folder / "partial")
    for file in folder.glob("*%3a*.deb"):
        # An address in a package list would be decoded, and not find the file.
        file.rename(folder / _EPOCH.sub("_", file.name))
    files = sorted(path.name for path in folder.glob("*.deb"))
    stanzas = [_stanza(folder / name) for name in files]
    (folder / INDEX).write_text("\n".join(stanzas), encoding="utf-8")
    return files


def _stanza(file: Path) -> str:
    done = subprocess.run(
        ["dpkg-deb", "--field", file, *_FIELDS], capture_output=True, text=True, check=True
    )
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return (
        f"{done.stdout.strip()}\nFilename: ./{file.name}\nSize: {file.stat().st_size}\n"
        f"SHA256: {digest}\n"
    )

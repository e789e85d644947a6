"""Make a bundle: our wheel, the wheels of the lock, the system's packages, and what installs them."""

import gzip
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name, parse_wheel_filename

import geoapp
from geoapp.core.errors import (
    FullDiskError,
    InvalidValueError,
    MissingPartError,
    UnavailableError,
    UnusableInputError,
    full_disk,
)
from geoapp.core.files import swept_workspace
from geoapp.core.i18n import Text
from geoapp.operations.bundle.lock import (
    Declared,
    environment_of,
    locked_extras,
    needed,
    read_lock,
    read_metadata,
)
from geoapp.operations.bundle.system import collect, system_name, wanted_packages

SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
LOCK: Final = "requirements.lock"
_PREFIX: Final = ".geoapp-bundle-"
# Wheels for this C library or an older one run on Debian 12 and on Ubuntu 24.04.
_GLIBC_MINOR: Final = 36
_OLDEST_GLIBC_MINOR: Final = 5
# One moment for every file, so that the same contents make the same archive.
_MOMENT: Final = 1_577_836_800


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was made: where it lies and what is in it."""

    path: Path
    name: str
    size_bytes: int
    extras: tuple[str, ...]
    wheels: int
    debs: int


def source_folder() -> Path:
    """Return the clone that this program runs from.

    Raises
    ------
    MissingPartError
        If it was installed from a wheel, which holds neither the lock nor what builds a wheel.
    """
    folder = Path(geoapp.__file__).resolve().parent.parent
    if not all((folder / part).exists() for part in ("pyproject.toml", "requirements", "deploy")):
        raise MissingPartError(
            Text(
                "只能在源码目录里制作安装包：这里的 geoapp 是装好的，没有锁定文件和打包脚本。"
                "请在克隆的源码目录中运行 scripts/demo 之后，用 .venv/bin/geoapp bundle。",
                "A bundle is made from a clone of the source: this geoapp was installed from a wheel, "
                "without the lock file and the build's scripts. In a clone, after scripts/demo, "
                "run .venv/bin/geoapp bundle.",
            )
        )
    return folder


def make_bundle(
    source: Path,
    target: Path,
    *,
    python: str | None = None,
    extras: Sequence[str] = (),
    with_system: bool = True,
    unpacked: bool = False,
) -> Bundle:
    """Make the folder ``target`` with the archive and its checksum in it; all of it or nothing.

    Parameters
    ----------
    source
        A clone, as `source_folder` returns it.
    python
        The other machine's Python, as ``3.11``; by default the one that runs this.
    extras
        Names of extras; none = all that the lock holds, ``none`` = no extra at all.
    with_system
        Whether PostGIS and Python come as packages of this machine's distribution.
    unpacked
        Make ``target`` the contents themselves, without an archive.

    Raises
    ------
    InvalidValueError
        If ``target`` is there and not empty or cannot be written, or an extra is not in the lock.
    UnusableInputError
        If a file is not the one of the lock.
    MissingPartError
        If apt, PostGIS or what builds our wheel is missing here.
    UnavailableError
        If something cannot be downloaded, or the disk is full.
    """
    _check_target(target)
    version = python or f"{sys.version_info.major}.{sys.version_info.minor}"
    machine = platform.machine()
    packages = wanted_packages(version) if with_system else ()
    with _workspace(target) as work:
        maker = _Maker(source, work, version, machine)
        folder, declared, taken = maker.python_part(tuple(extras))
        debs = collect(folder / "debs", packages, maker.run) if packages else []
        _copy_own(source, folder)
        name = f"geoapp-{declared.version}-linux-{machine}-py{version}"
        manifest = {
            "name": name,
            "version": declared.version,
            "python": version,
            "machine": machine,
            "system": system_name() if debs else "",
            "packages": " ".join(packages),
            "extras": list(taken),
            "wheels": sorted(path.name for path in (folder / "wheels").iterdir()),
            "debs": debs,
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        write_sums(folder)
        made = folder
        if not unpacked:
            made = work / "archive"
            made.mkdir()
            _pack(folder, made / f"{name}.tar.gz", name)
            write_sums(made)
        made.chmod(0o755)
        made.rename(target)
    return Bundle(
        path=target,
        name=name,
        size_bytes=sum(path.stat().st_size for path in target.rglob("*") if path.is_file()),
        extras=taken,
        wheels=len(manifest["wheels"]),
        debs=len(debs),
    )


def _check_target(target: Path) -> None:
    empty = Text("不存在的或空的文件夹", "a folder that is not there or is empty")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise InvalidValueError("-o", target, empty)
    if target.is_dir() and any(target.iterdir()):
        raise InvalidValueError("-o", target, empty)


@contextmanager
def _workspace(target: Path) -> Iterator[Path]:
    """Yield a folder beside the target, so that the end is one step."""
    try:
        with swept_workspace(target.absolute().parent, _PREFIX) as work:
            yield work
    except OSError as error:
        if full_disk(error):
            raise
        writable = Text("可写的文件夹里的名字", "a name in a folder that can be written to")
        raise InvalidValueError("-o", f"{target} ({error.strerror})", writable) from error


@dataclass(frozen=True, slots=True)
class _Maker:
    source: Path
    work: Path
    python: str
    machine: str

    def python_part(self, extras: tuple[str, ...]) -> tuple[Path, Declared, tuple[str, ...]]:
        """Gather the wheels and write the lock that names exactly these files."""
        folder = self.work / "bundle"
        wheels = folder / "wheels"
        wheels.mkdir(parents=True)
        ours = self._build_wheel(wheels)
        declared = _metadata(ours)
        environment = environment_of(self.python, self.machine)
        lock = read_lock((self.source / "requirements" / "run.lock").read_text(encoding="utf-8"))
        known = locked_extras(declared, lock, environment)
        taken = tuple(sorted(set(extras))) if extras else known
        taken = () if taken == ("none",) else taken
        for extra in taken:
            if extra not in known:
                accepted = ", ".join((*known, "none"))
                raise InvalidValueError("--extra", extra, Text(accepted, accepted))
        roots = declared.roots(set(taken), environment)
        missing = sorted(roots - set(lock))
        if missing:
            names = ", ".join(missing)
            raise UnusableInputError(
                Text(
                    f"锁定文件里没有 {names}：请先运行 scripts/lock。",
                    f"The lock file does not hold {names}: run scripts/lock first.",
                )
            )
        wanted = self.work / "wanted.txt"
        pins = [
            " ".join((f"{one.name}=={one.version}", *(f"--hash={has}" for has in one.hashes)))
            for one in needed(lock, roots, environment)
        ]
        wanted.write_text("\n".join(pins) + "\n", encoding="utf-8")
        self._download(wanted, wheels)
        (folder / LOCK).write_text(_exact_lock(wheels), encoding="utf-8")
        return folder, declared, taken

    def _build_wheel(self, wheels: Path) -> Path:
        self._pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, self.source)
        [ours] = wheels.glob("*.whl")
        return ours

    def _download(self, wanted: Path, wheels: Path) -> None:
        platforms = [
            word
            for minor in range(_GLIBC_MINOR, _OLDEST_GLIBC_MINOR - 1, -1)
            for word in ("--platform", f"manylinux_2_{minor}_{self.machine}")
        ]
        for old in ("manylinux2014", "manylinux2010", "manylinux1", "linux"):
            platforms += ["--platform", f"{old}_{self.machine}"]
        abi = "cp" + self.python.replace(".", "")
        self._pip(
            *("download", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
            *("--implementation", "cp", "--python-version", self.python),
            *("--abi", abi, "--abi", "abi3", "--abi", "none"),
            *platforms,
            *("--dest", wheels, "--requirement", wanted),
        )

    def _pip(self, *words: str | Path) -> None:
        self.run([sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", *words])

    def run(self, argv: Sequence[str | Path]) -> None:
        """Run a program that downloads or builds.

        Raises
        ------
        UnusableInputError
            If a file is not the one of the lock.
        UnavailableError
            If it failed otherwise; the text has its last lines.
        """
        temporary = self.work / "tmp"
        temporary.mkdir(exist_ok=True)
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
            env={**os.environ, "TMPDIR": str(temporary), "LC_ALL": "C.UTF-8"},
        )
        if done.returncode == 0:
            return
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        if "No space left on device" in said or "Disk quota exceeded" in said:
            raise FullDiskError(
                Text("磁盘已满，安装包没有做成。", "The disk is full; no bundle was made.")
            )
        if "DO NOT MATCH THE HASHES" in done.stderr:
            raise UnusableInputError(
                Text(
                    f"下载的文件与锁定文件不符，没有采用：\n{said}",
                    f"A downloaded file is not the one of the lock, and was not taken:\n{said}",
                )
            )
        program = "pip" if "pip" in argv else str(argv[0])
        raise UnavailableError(
            Text(
                f"{program} 失败，安装包没有做成（制作时需要网络）：\n{said}",
                f"{program} failed, no bundle was made (making one needs the network):\n{said}",
            )
        )


def _metadata(wheel: Path) -> Declared:
    with zipfile.ZipFile(wheel) as opened:
        [name] = [one for one in opened.namelist() if one.endswith(".dist-info/METADATA")]
        return read_metadata(opened.read(name).decode("utf-8"))


def _exact_lock(wheels: Path) -> str:
    lines = []
    for path in sorted(wheels.glob("*.whl"), key=lambda one: one.name.lower()):
        name, version, _, _ = parse_wheel_filename(path.name)
        lines.append(f"{canonicalize_name(name)}=={version} --hash=sha256:{_digest(path)}")
    return "\n".join(lines) + "\n"


def _copy_own(source: Path, folder: Path) -> None:
    own = source / "deploy" / "bundle"
    for path in sorted(own.iterdir()):
        shutil.copyfile(path, folder / path.name)
    (folder / "install.sh").chmod(0o755)
    # Beside each other as in a clone, since the pages lead to the files.
    for part in ("deploy", "docs"):
        shutil.copytree(source / part, folder / part)


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_sums(folder: Path) -> None:
    """Write the checksum of every file below a folder, in the form that ``sha256sum -c`` reads."""
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    lines = [f"{_digest(folder / name)}  {name}\n" for name in files if name != SUMS]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _pack(folder: Path, path: Path, name: str) -> None:
    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = _MOMENT
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    with (
        path.open("wb") as raw,
        # What it holds is compressed already.
        gzip.GzipFile(
            filename="", mode="wb", compresslevel=1, fileobj=raw, mtime=_MOMENT
        ) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.add(folder, arcname=name, filter=plain)  # sorted by the library

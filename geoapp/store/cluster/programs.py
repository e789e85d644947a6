"""PostgreSQL's programs on this machine: where they lie, which version, how to run them as root."""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geoapp.core.errors import MissingPartError
from geoapp.core.i18n import Text

MIN_MAJOR = 15
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Programs:
    """One installation of PostgreSQL."""

    folder: Path
    version: str
    has_postgis: bool

    @property
    def major(self) -> int:
        """Return the major version, which decides the format of a data folder."""
        return int(self.version.split(".")[0])

    def path(self, name: str) -> Path:
        """Return the path of one program, for instance ``pg_dump``."""
        return self.folder / name


def _output(*argv: str | Path) -> str:
    done = subprocess.run(
        [os.fspath(part) for part in argv],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _share_folder(folder: Path) -> Path:
    told = _output(folder / "pg_config", "--sharedir") if (folder / "pg_config").exists() else ""
    # Debian keeps /usr/lib/postgresql/N/bin beside /usr/share/postgresql/N.
    return Path(told or str(folder).replace("/lib/", "/share/").removesuffix("/bin"))


def inspect_programs(folder: Path, program: str = "postgres") -> Programs | None:
    """Return what lies in this folder, or None if ``program`` is not there or does not run."""
    if not os.access(folder / program, os.X_OK):
        return None
    version = re.search(r"(\d+(?:\.\d+)*)", _output(folder / program, "--version"))
    if version is None:
        return None
    control = _share_folder(folder) / "extension" / "postgis.control"
    return Programs(folder=folder, version=version[1], has_postgis=control.exists())


def _folders(pg_bin: Path | None, program: str) -> Iterator[Path]:
    if pg_bin is not None:
        yield pg_bin
        return
    numbered = [folder for folder in _DEBIAN.glob("*/bin") if folder.parent.name.isdecimal()]
    yield from sorted(numbered, key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which(program)
    if on_path:
        yield Path(on_path).resolve().parent


def installed(pg_bin: Path | None = None, program: str = "postgres") -> list[Programs]:
    """Return the installations that carry ``program``, newest first; only ``pg_bin`` if given."""
    found = (inspect_programs(folder, program) for folder in _folders(pg_bin, program))
    return [programs for programs in found if programs is not None]


def find_server(pg_bin: Path | None = None, major: int | None = None) -> Programs:
    """Return the newest PostgreSQL with PostGIS.

    Parameters
    ----------
    pg_bin
        Look only in this folder (``GEOAPP_PG_BIN``).
    major
        Accept only this major version: a data folder is read by the version that wrote it.

    Raises
    ------
    MissingPartError
        If there is none; the text is the command that installs it.
    """
    servers = [programs for programs in installed(pg_bin) if programs.major >= MIN_MAJOR]
    if major is not None:
        servers = [programs for programs in servers if programs.major == major]
    for programs in servers:
        if programs.has_postgis:
            return programs
    raise MissingPartError(how_to_install(pg_bin, major or (servers[0].major if servers else None)))


def how_to_install(pg_bin: Path | None, major: int | None) -> Text:
    """Return the sentence that says how to get PostgreSQL with PostGIS."""
    package = "postgresql-postgis" if major is None else f"postgresql-{major}-postgis-3"
    version = f"{MIN_MAJOR}+" if major is None else str(major)
    where = Text("", "")
    if pg_bin is not None:
        where = Text(f"（已按 GEOAPP_PG_BIN 在 {pg_bin} 查找）", f" in {pg_bin} (GEOAPP_PG_BIN)")
    return Text(
        f"未找到带 PostGIS 的 PostgreSQL {version}{where.zh}。请安装："
        f"sudo apt-get install -y {package}；或用 DATABASE_URL 指定已有的数据库。",
        f"PostgreSQL {version} with PostGIS was not found{where.en}. Install it: "
        f"sudo apt-get install -y {package}; or name a database of your own in DATABASE_URL.",
    )


@cache
def _user_namespaces() -> tuple[str, ...]:
    prefix = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if shutil.which("unshare") is None:
        return ()
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False, timeout=60)
    return prefix if tried.returncode == 0 else ()


def server_owner(folder_uid: int) -> int:
    """Return the user that the server's files must belong to.

    Parameters
    ----------
    folder_uid
        Whom the server's files belong to now, or the data folder where there are none yet.
    """
    if os.geteuid() != 0:
        return os.geteuid()
    if folder_uid != 0 or _user_namespaces():
        return folder_uid
    try:
        return pwd.getpwnam("postgres").pw_uid
    except KeyError:
        raise MissingPartError(how_to_install(None, None)) from None


def run_prefix(owner_uid: int) -> tuple[str, ...]:
    """Return what to put before a server program so that it does not see itself as root.

    PostgreSQL refuses to run as root. Inside a user namespace root's files stay root's and look
    like an ordinary user's to the server. Where namespaces are forbidden, or the files belong to
    somebody else, the program runs as that user and keeps the one right to pass through folders
    that are closed to others, so that nobody's folder has to be opened.
    """
    if os.geteuid() != 0:
        return ()
    if owner_uid == 0:
        return _user_namespaces()
    try:
        group = pwd.getpwuid(owner_uid).pw_gid
    except KeyError:
        group = owner_uid
    return (
        "setpriv",
        f"--reuid={owner_uid}",
        f"--regid={group}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
    )

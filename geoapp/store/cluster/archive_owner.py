"""Whose an archive of the log is: one store keeps its log there, and no other writes to it.

A store that was brought back from an archive is the same to PostgreSQL as the one it comes from, so
each data folder has an identity of its own, which no backup holds and no restore brings.
"""

import gzip
import os
import secrets
import zlib
from pathlib import Path
from typing import Final

from geoapp.core.files import replaced_whole, synced
from geoapp.store.cluster.archive import BASES, OWNER, WAL, segments

IDENTITY: Final = "archive.id"
_SYSTEM_AT: Final = slice(24, 32)  # of the page a segment begins with


def identity(folder: Path) -> str | None:
    """Return the identity of a data folder; None if it never kept its log anywhere."""
    return _read(folder / IDENTITY)


def claim(archive: Path, folder: Path) -> bool:
    """Tell whether the log of a data folder is kept in an archive; one without an owner gets it.

    Raises
    ------
    OSError
        If the archive is not there or cannot be used.
    """
    if not may_claim(archive, folder):
        return False
    mine = _own_identity(folder)
    try:
        _write_new(archive / OWNER, mine, 0o644)
    except FileExistsError:
        return _read(archive / OWNER) == mine
    return True


def keeps_log(archive: Path, folder: Path) -> bool:
    """Tell whether a server may start with its log kept in an archive.

    One that was its owner does so while the archive is away, too, and waits with its log.
    """
    try:
        return claim(archive, folder)
    except OSError:
        return (folder / IDENTITY).exists()


def may_claim(archive: Path, folder: Path) -> bool:
    """Tell whether a data folder owns an archive, or may: nobody does, and it holds nothing else's.

    Raises
    ------
    OSError
        If the archive is not there or cannot be read.
    """
    archive.stat()
    owner = _read(archive / OWNER)
    if owner is not None:
        return owner == identity(folder)
    if is_empty(archive):
        return True
    # A store that was brought back has a life that the archive does not know.
    log = archive / WAL
    lives = (folder / "pg" / "pg_wal").glob("*.history")
    return holds_same(archive, folder) and all((log / f"{one.name}.gz").exists() for one in lives)


def is_empty(archive: Path) -> bool:
    """Tell whether an archive holds neither log nor copies."""
    return not any(segments(archive)) and not any((archive / BASES).glob("*/"))


def holds_same(archive: Path, folder: Path) -> bool:
    """Tell whether all the log in an archive is of the store in a data folder, in any of its lives.

    Raises
    ------
    OSError
        If a segment or the store cannot be read.
    """
    with (folder / "pg" / "global" / "pg_control").open("rb") as control:
        system = control.read(8)
    found = set()
    for one in segments(archive):
        try:
            with gzip.open(one) as segment:
                found.add(segment.read(_SYSTEM_AT.stop)[_SYSTEM_AT])
        except (EOFError, zlib.error) as error:
            raise OSError(f"{one}: {error}") from error
    return found == {system}


def take_over(archive: Path, folder: Path) -> None:
    """Make a data folder the owner of an archive, whoever was.

    Raises
    ------
    OSError
        If either cannot be written to; the owner is as before.
    """
    mine = _own_identity(folder)
    with replaced_whole(archive / OWNER) as fresh:
        _write_new(fresh, mine, 0o644)
    synced(archive)


def _own_identity(folder: Path) -> str:
    path = folder / IDENTITY
    if not (path.exists() and identity(folder)):
        with replaced_whole(path, private=True) as fresh:
            _write_new(fresh, secrets.token_hex(16), 0o600)
            if os.geteuid() == 0:
                os.chown(fresh, folder.stat().st_uid, -1)
        synced(folder)
    return path.read_text(encoding="ascii").strip()


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def _write_new(path: Path, words: str, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(f"{words}\n")
    synced(path)
    synced(path.parent)

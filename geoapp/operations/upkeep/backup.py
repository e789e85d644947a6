"""Keep the store and the walking network in one file, and get them back."""

import fcntl
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from geoapp.analysis.network.files import describe
from geoapp.analysis.network.graph import WalkingNetwork, verify
from geoapp.core.errors import (
    ConflictError,
    InvalidValueError,
    UnavailableError,
    UnusableInputError,
)
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.network.keeper import network_folder, take_into_use
from geoapp.store import backup as store_backup
from geoapp.store.engine import Database
from geoapp.store.migrate import current_revision, head_revision, migrate

_STORE: Final = "store.dump"
_NETWORK: Final = "network"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup that was written.

    ``network`` is the version of the network in it, if there is one; ``damage`` says why the
    network in use is not in it.
    """

    path: Path
    size_bytes: int
    network: str | None
    damage: Text | None


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A backup that was restored: its tables' revision, and the one they were brought to.

    ``network`` is the version of the network that came with it; without one, the network of the
    data folder is as before.
    """

    path: Path
    revision: str
    migrated_to: str
    network: str | None


def backup(database: Database, settings: Settings, path: Path) -> BackupReport:
    """Write the store and the network to one file, while they are in use.

    Without a network the file is pg_dump's custom format alone; with one it is a tar file of that
    and the network's folder. A damaged network is left out, and the report says so. The file holds
    users' password hashes; only its owner can read it. The key that signs sessions is not in it.

    Raises
    ------
    InvalidValueError, MissingPartError, UnavailableError
        As in `geoapp.store.backup.dump`; an older file of this name is untouched then.
    """
    folder, damage = network_folder(settings), None
    if folder is not None:
        try:
            verify(folder)
        except UnusableInputError as error:
            folder, damage = None, error.text
    if folder is None:
        store_backup.dump(database, path)
    else:
        _write_both(database, folder, path.absolute())
    size, network = path.stat().st_size, None if folder is None else folder.name
    return BackupReport(path=path, size_bytes=size, network=network, damage=damage)


def _write_both(database: Database, folder: Path, path: Path) -> None:
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        accepted = Text("可写的文件夹中的文件", "a file in a folder that can be written")
        raise InvalidValueError("FILE", path, accepted)
    try:
        with replaced_whole(path, private=True) as fresh:
            dumped = fresh.with_name(_STORE)
            store_backup.dump(database, dumped)
            with fresh.open("wb") as file:
                with tarfile.open(fileobj=file, mode="w") as archive:
                    archive.add(dumped, _STORE)
                    archive.add(folder, _NETWORK)
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise UnavailableError(
            Text(f"备份失败：{error}", f"The backup failed: {error}"),
        ) from error


def restore(
    database: Database, settings: Settings, path: Path, force: bool = False
) -> RestoreReport:
    """Fill the store from a backup, bring its tables up to date, and take its network into use.

    Everything is unpacked and checked before the store changes.

    Parameters
    ----------
    force
        Replace what is stored; without it a store that holds data is refused.

    Raises
    ------
    UnusableInputError, ConflictError, MissingPartError, UnavailableError
        As in `geoapp.store.backup.restore`; store and network are as before then.
    """
    with _workspace(settings) as folder:
        if not (path.is_file() and tarfile.is_tarfile(path)):
            revision, network = _restore_store(database, path, folder, force), None
        else:
            network, about = _unpack(path, folder)
            revision = _restore_store(database, folder / _STORE, folder, force)
            take_into_use(settings, network, about)
    return RestoreReport(
        path=path,
        revision=revision,
        migrated_to=head_revision(),
        network=None if network is None else network.version,
    )


@contextmanager
def _workspace(settings: Settings) -> Iterator[Path]:
    """Yield an empty folder of this restore alone; what a killed one left goes first."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = settings.data / ".restore"
    lock = os.open(settings.data, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError as error:
        raise ConflictError(
            Text("另一个恢复正在进行。", "Another restore is under way.")
        ) from error
    finally:
        os.close(lock)


def _unpack(path: Path, folder: Path) -> tuple[WalkingNetwork, dict[str, Any]]:
    """Unpack a backup, and return its network, which is sound, and what its manifest tells."""
    try:
        with tarfile.open(path) as archive:
            (folder / _NETWORK).mkdir()
            for member in archive.getmembers():
                # The two kinds of files that a backup holds, whatever else a file may claim to hold.
                inside = PurePosixPath(member.name)
                if member.isfile() and inside.parent.as_posix() in (".", _NETWORK):
                    taken = archive.extractfile(member)
                    assert taken is not None
                    with (folder / inside).open("wb") as file:
                        shutil.copyfileobj(taken, file)
        if not (folder / _STORE).is_file():
            raise tarfile.TarError(_STORE)
    except (tarfile.TarError, EOFError) as error:
        raise UnusableInputError(
            Text(
                f"{path} 不是可用的 geoapp 备份，数据库没有改变：{error}",
                f"{path} is not a usable backup of geoapp; the store was not changed: {error}",
            )
        ) from error
    except OSError as error:
        raise UnavailableError(
            Text(
                f"无法解开备份，数据库没有改变：{error}",
                f"The backup cannot be unpacked; the store was not changed: {error}",
            )
        ) from error
    network = WalkingNetwork.load(folder / _NETWORK)
    return network, describe(folder / _NETWORK).get("about", {})


def _restore_store(database: Database, dumped: Path, folder: Path, force: bool) -> str:
    """Fill the store, bring its tables up to date, and return the revision they came in."""
    store_backup.restore(database, dumped, folder, force=force)
    revision = current_revision(database)
    migrate(database)
    return revision or ""

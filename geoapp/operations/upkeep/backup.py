"""Keep the store, the walking network, the base map and, by choice, the keys in one file, and get them back."""

import fcntl
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from geoapp.analysis.network.files import describe
from geoapp.analysis.network.graph import WalkingNetwork, verify
from geoapp.core.acting import Via, act
from geoapp.core.errors import (
    ConflictError,
    InvalidValueError,
    UnavailableError,
    UnusableInputError,
    full_disk,
)
from geoapp.core.files import replaced_whole, swept_workspace, synced
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.network.keeper import (
    network_folder,
    remove_unused,
    save_beside,
    take_into_use,
)
from geoapp.operations.streets.keeper import (
    FILE,
    BaseMap,
    base_map,
    describe_base_map,
    remove_unused_base_maps,
    save_base_map_beside,
    take_base_map_into_use,
    verify_base_map,
    version_of,
)
from geoapp.operations.upkeep.last_backup import note_backup
from geoapp.store import backup as store_backup
from geoapp.store.contents import Held
from geoapp.store.engine import Database
from geoapp.store.history.chain import open_set
from geoapp.store.migrate import current_revision, head_revision, migrate

_STORE: Final = "store.dump"
_NETWORK: Final = "network"
_STREETS: Final = "streets"
_KEYS: Final = "keys"
_CONTENTS: Final = "contents.json"
_TAR_END_BYTES: Final = 1024  # of zeros, POSIX.1-1988
_LEFT_BY_US: Final = ".geoapp-backup-"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup that was written.

    ``network`` and ``streets`` are the versions of the network and the base map in it, if there are
    any; ``damage`` says why the one in use is not in it. ``keys`` tells whether the key that signs sessions is.
    """

    path: Path
    size_bytes: int
    network: str | None
    streets: str | None
    damage: Text | None
    keys: bool


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A backup that was restored: its tables' revision, and the one they were brought to.

    ``network`` is the version of the network that came with it; without one, the network of the
    data folder is as before. So it is with ``streets``, the base map, and with ``keys``.
    """

    path: Path
    revision: str
    migrated_to: str
    network: str | None
    streets: str | None
    keys: bool


def backup(
    database: Database, settings: Settings, path: Path, *, with_keys: bool = False
) -> BackupReport:
    """Write the store, the network and the base map to one file, while they are in use.

    It is a tar file of pg_dump's custom format, how many rows of each table that holds, with their
    checksums, and the folders of the others. A damaged one is left out, and the report says so.
    The file holds users' password hashes; only its owner can read it. It appears under its name when
    it is whole; what a killed backup left beside it goes with the next one.

    Parameters
    ----------
    with_keys
        Whether the key that signs sessions goes in, too, if the data folder holds one.

    Raises
    ------
    InvalidValueError
        If the folder does not exist or cannot be written, or the path is itself a folder.
    MissingPartError, UnavailableError
        As in `geoapp.store.backup.dump`; an older file of this name is untouched then.
    """
    folder, damage = network_folder(settings), None
    if folder is not None:
        try:
            verify(folder)
        except UnusableInputError as error:
            folder, damage = None, error.text
    base = base_map(settings)
    if base is not None:
        try:
            verify_base_map(base)
        except UnusableInputError as error:
            base, damage = None, damage or error.text
    key = settings.secret_key_file if with_keys and settings.secret_key_file.is_file() else None
    target = path.absolute()
    if target.is_dir():
        accepted = Text("文件名（文件夹要加 --keep）", "a file's name (a folder goes with --keep)")
        raise InvalidValueError("FILE", path, accepted)
    if not target.parent.is_dir() or not os.access(target.parent, os.R_OK | os.W_OK | os.X_OK):
        accepted = Text("可写的文件夹中的文件", "a file in a folder that can be written")
        raise InvalidValueError("FILE", path, accepted)
    try:
        with swept_workspace(target.parent, _LEFT_BY_US) as work:
            contents = store_backup.dump(database, work / _STORE)
            (work / _CONTENTS).write_text(json.dumps(contents), encoding="utf-8")
            whole = _packed(work, folder, base, key)
            whole.chmod(0o600)
            whole.replace(target)
        synced(target.parent)
    except OSError as error:
        raise full_disk(error) or UnavailableError(
            Text(f"备份失败：{error}", f"The backup failed: {error}"),
        ) from error
    if damage is None:
        note_backup(settings)
    return BackupReport(
        path=path,
        size_bytes=path.stat().st_size,
        network=None if folder is None else folder.name,
        streets=None if base is None else base.version,
        damage=damage,
        keys=key is not None,
    )


def _packed(work: Path, network: Path | None, base: BaseMap | None, key: Path | None) -> Path:
    """Put what was dumped, the network, the base map and the key into one file, and onto the disk."""
    whole = work / "whole"
    with tarfile.open(whole, "w") as archive:
        for name in (_STORE, _CONTENTS):
            archive.add(work / name, name)
        if key is not None:
            archive.add(key, f"{_KEYS}/{key.name}")
        if network is not None:
            archive.add(network, _NETWORK)
        if base is not None:
            archive.add(base.path.parent, _STREETS)
    synced(whole)
    return whole


def restore(
    database: Database, settings: Settings, path: Path, force: bool = False
) -> RestoreReport:
    """Fill the store from a backup, and take its network, base map and keys into use.

    Everything is unpacked and checked before the store changes. What is killed on the way leaves the
    store as it was or as in the backup, never between the two; only a network, a base map or
    a key that was about to be taken into use after it may then be missing, and comes with the next
    restore.

    Parameters
    ----------
    force
        Replace what is stored; without it a store that holds data is refused.

    Raises
    ------
    UnusableInputError, ConflictError, MissingPartError, UnavailableError
        As in `geoapp.store.backup.restore`; store, network and keys are as before then.
    """
    with _workspace(settings) as folder:
        found = unpack(path, folder)
        if found.network is not None:
            save_beside(settings, found.network, found.about)
        base = None if found.streets is None else save_base_map_beside(settings, found.streets)
        try:
            store_backup.restore(database, found.dumped, folder, force=force)
        except BaseException:
            if found.network is not None:
                remove_unused(settings)
            remove_unused_base_maps(settings)
            raise
        if found.network is not None:
            take_into_use(settings, found.network, found.about)
        if base is not None:
            take_base_map_into_use(settings, base)
        if found.key is not None:
            with replaced_whole(settings.secret_key_file, private=True) as fresh:
                shutil.copyfile(found.key, fresh)
        revision = current_revision(database) or ""
        migrate(database)
    with act(via=Via.RESTORE, reason=path.name), database.session() as session:
        open_set(session)
    return RestoreReport(
        path=path,
        revision=revision,
        migrated_to=head_revision(),
        network=None if found.network is None else found.network.version,
        streets=None if base is None else base.version,
        keys=found.key is not None,
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


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a backup holds: the dump, and maybe a network and a base map that are sound, and a key.

    ``contents`` is what each table held; backups of earlier versions do not say.
    """

    dumped: Path
    network: WalkingNetwork | None = None
    about: dict[str, Any] = field(default_factory=dict)
    streets: Path | None = None
    key: Path | None = None
    contents: dict[str, Held] | None = None


def unpack(path: Path, folder: Path) -> Unpacked:
    """Unpack a backup into a folder, and check its network and its base map.

    Raises
    ------
    UnusableInputError
        If it is damaged. A file that is no tar file is taken for a dump, and checked as one later.
    UnavailableError
        If the disk is full.
    """
    if not path.is_file() or not tarfile.is_tarfile(path):
        return Unpacked(path)
    try:
        with tarfile.open(path) as archive:
            for inner in (_NETWORK, _STREETS, _KEYS):
                (folder / inner).mkdir()
            for member in archive.getmembers():
                # The kinds of files that a backup holds, whatever else a file may claim to hold.
                inside = PurePosixPath(member.name)
                if member.isfile() and inside.parent.as_posix() in (
                    ".",
                    _NETWORK,
                    _STREETS,
                    _KEYS,
                ):
                    taken = archive.extractfile(member)
                    assert taken is not None
                    with (folder / inside).open("wb") as file:
                        shutil.copyfileobj(taken, file)
        if not (folder / _STORE).is_file():
            raise tarfile.TarError(_STORE)
        with path.open("rb") as file:
            # A file that was cut between two of its members reads as one that has fewer.
            file.seek(-_TAR_END_BYTES, os.SEEK_END)
            if any(file.read()) or file.tell() % tarfile.RECORDSIZE:
                raise tarfile.TarError("unexpected end of data")
    except (tarfile.TarError, EOFError) as error:
        raise UnusableInputError(
            Text(
                f"{path} 不是可用的 geoapp 备份，数据库没有改变：{error}",
                f"{path} is not a usable backup of geoapp; the store was not changed: {error}",
            )
        ) from error
    except OSError as error:
        raise full_disk(error) or UnavailableError(
            Text(
                f"无法解开备份，数据库没有改变：{error}",
                f"The backup cannot be unpacked; the store was not changed: {error}",
            )
        ) from error
    network, about = None, {}
    if any((folder / _NETWORK).iterdir()):
        network = WalkingNetwork.load(folder / _NETWORK)
        about = describe(folder / _NETWORK).get("about", {})
    streets = folder / _STREETS if any((folder / _STREETS).iterdir()) else None
    if streets is not None:
        made = BaseMap(version_of(streets / FILE), streets / FILE)
        describe_base_map(made)
    key = folder / _KEYS / "secret.key"
    contents = folder / _CONTENTS
    return Unpacked(
        folder / _STORE,
        network,
        about,
        streets,
        key if key.is_file() else None,
        _read_contents(contents) if contents.is_file() else None,
    )


def _read_contents(path: Path) -> dict[str, Held]:
    told = json.loads(path.read_text(encoding="utf-8"))
    return {name: Held(int(rows), str(digest)) for name, (rows, digest) in told.items()}

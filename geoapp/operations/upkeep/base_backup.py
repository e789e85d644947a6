"""A copy of the private cluster beside its log, from which any later moment can be brought back."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from geoapp.core.errors import (
    ConflictError,
    GeoappError,
    InvalidValueError,
    UnavailableError,
    full_disk,
)
from geoapp.core.files import swept_workspace, synced
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.network.keeper import network_folder
from geoapp.operations.streets.keeper import base_map
from geoapp.operations.upkeep.last_backup import note_backup
from geoapp.store import backup as store_backup
from geoapp.store.cluster.archive import ABOUT, BASES, WAL, bases, remove_before
from geoapp.store.cluster.archive_owner import claim, holds_same, is_empty, may_claim, take_over
from geoapp.store.engine import Database
from geoapp.store.server import archiver

NETWORK: Final = "network"
STREETS: Final = "streets"
_LEFT_BY_US: Final = ".geoapp-base-"


@dataclass(frozen=True, slots=True)
class BaseReport:
    """A copy that was written; ``removed`` are older ones that went, with so many ``segments``."""

    folder: Path
    size_bytes: int
    removed: tuple[str, ...]
    segments: int


def archive_folder(settings: Settings) -> Path:
    """Return where the private cluster keeps its log.

    Raises
    ------
    InvalidValueError
        If the settings name no such folder, or it is not there.
    ConflictError
        If the store is no cluster of geoapp's own.
    """
    if settings.database_url is not None:
        raise ConflictError(
            Text(
                "只用于 geoapp 自带的数据库。DATABASE_URL 的数据库请用它自己的工具"
                "（pg_basebackup、pgBackRest、barman），见 docs/operate/recover.md。",
                "This is for the database that geoapp runs itself. For that of DATABASE_URL use its own "
                "tools (pg_basebackup, pgBackRest, barman): docs/operate/recover.md.",
            )
        )
    if settings.wal_archive is None or not settings.wal_archive.is_dir():
        accepted = Text(
            "已有的、可写的文件夹，最好在另一块磁盘上",
            "a folder that is there and can be written, best on another disk",
        )
        raise InvalidValueError("GEOAPP_WAL_ARCHIVE", settings.wal_archive or "", accepted)
    return settings.wal_archive.absolute()


def base_backup(
    database: Database, settings: Settings, *, keep: int | None = None, now: datetime | None = None
) -> BaseReport:
    """Copy the cluster as it runs into its archive, with the walking network and the base map.

    The copy appears under its moment's name when it is whole.

    Parameters
    ----------
    keep
        How many copies stay, the newest ones, with the log since the oldest of these.

    Raises
    ------
    InvalidValueError, ConflictError
        As in `archive_folder`; or the folder is another store's; or the server does not keep its
        log yet.
    MissingPartError, UnavailableError
        If pg_basebackup is missing, or fails; nothing was removed then.
    """
    archive = archive_folder(settings)
    _check_owner(archive, settings)
    if database.single("show archive_mode") != "on" or not (archive / WAL).is_dir():
        raise ConflictError(
            Text(
                "数据库还没有开始保存日志：停下所有 geoapp 进程再启动一次，设置才生效。",
                "The database does not keep its log yet: stop every process of geoapp once, and start "
                "again for the setting to count.",
            )
        )
    (archive / BASES).mkdir(mode=0o700, exist_ok=True)
    target = archive / BASES / f"{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        with swept_workspace(archive / BASES, _LEFT_BY_US) as work:
            whole = work / "whole"
            version = store_backup.copy_cluster(database, whole)
            _with_files(settings, whole)
            about = {"finished_at": datetime.now(UTC).isoformat(), "major": version}
            (whole / ABOUT).write_text(json.dumps(about), encoding="utf-8")
            for path in whole.rglob("*"):
                synced(path)
            whole.rename(target)
        synced(archive / BASES)
        note_backup(settings, base=True)
    except OSError as error:
        raise full_disk(error) or UnavailableError(
            Text(f"备份失败：{error}", f"The backup failed: {error}")
        ) from error
    size = sum(one.stat().st_size for one in target.rglob("*") if one.is_file())
    if keep is None:
        return BaseReport(target, size, (), 0)
    _check_owner(archive, settings)  # it may have been taken over meanwhile
    removed, segments = _remove_old(archive, keep)
    return BaseReport(target, size, removed, segments)


def take_archive_over(settings: Settings) -> None:
    """Let the store keep its log in an archive that another data folder keeps it in.

    This is for a store that was brought back to take the former one's place. It counts from the
    next start of its server on; the former one writes there no more from now on.

    Raises
    ------
    InvalidValueError, ConflictError
        As in `archive_folder`; or there is no store; or what is there is of another store than the
        one this comes from.
    UnavailableError
        If it cannot be written to.
    """
    archive = archive_folder(settings)
    if not (settings.data / "pg" / "PG_VERSION").exists():
        raise ConflictError(
            Text(f"{settings.data} 里没有数据库。", f"{settings.data} holds no store.")
        )
    try:
        if not is_empty(archive) and not holds_same(archive, settings.data):
            raise ConflictError(
                Text(
                    f"{archive} 里是另一个库的日志，不能接管：请把 GEOAPP_WAL_ARCHIVE 设为一个空文件夹。",
                    f"{archive} holds the log of another store and cannot be taken over: let "
                    "GEOAPP_WAL_ARCHIVE be an empty folder.",
                )
            )
        take_over(archive, settings.data)
    except OSError as error:
        raise full_disk(error) or UnavailableError(
            Text(f"没有接管 {archive}：{error}", f"{archive} was not taken over: {error}")
        ) from error


def _check_owner(archive: Path, settings: Settings) -> None:
    try:
        owned = claim(archive, settings.data)
    except OSError as error:
        raise UnavailableError(
            Text(f"{archive} 不能用：{error}", f"{archive} cannot be used: {error}")
        ) from error
    if not owned:
        raise ConflictError(_of_another(archive))


def _of_another(archive: Path) -> Text:
    return Text(
        f"{archive} 属于另一个数据文件夹，本库的日志不存在那里，也不改动那里。"
        "要么把 GEOAPP_WAL_ARCHIVE 设为自己的空文件夹；要么，如果本库是从那里恢复、用来代替原库的，"
        "停下所有 geoapp 进程，接管它：geoapp backup --base --take-over",
        f"{archive} belongs to another data folder: the log of this store is not kept there, and nothing "
        "there is changed. Let GEOAPP_WAL_ARCHIVE be an empty folder of its own; or, if this store was "
        "restored from there to take the other's place, stop every process of geoapp and take it over: "
        "geoapp backup --base --take-over",
    )


def _with_files(settings: Settings, whole: Path) -> None:
    network, base = network_folder(settings), base_map(settings)
    if network is not None:
        shutil.copytree(network, whole / NETWORK)
    if base is not None:
        shutil.copytree(base.path.parent, whole / STREETS)


def _remove_old(archive: Path, keep: int) -> tuple[tuple[str, ...], int]:
    kept = bases(archive)
    old, kept = kept[:-keep], kept[-keep:]
    for one in old:
        shutil.rmtree(one.folder)
    return tuple(one.folder.name for one in old), remove_before(
        archive, min(one.start for one in kept)
    )


def archive_fault(database: Database, settings: Settings) -> Text | None:
    """Return what is the matter with the archive of the log; None if nothing is, or none is wished."""
    if settings.wal_archive is None:
        return None
    try:
        archive = archive_folder(settings)
        owned = may_claim(archive, settings.data)
        with database.session() as session:
            state = archiver(session)
    except GeoappError as error:
        return error.text
    except OSError as error:
        return Text(f"{archive} 不能用：{error}", f"{archive} cannot be used: {error}")
    if not owned:
        return _of_another(archive)
    if not state.on:
        return Text(
            "GEOAPP_WAL_ARCHIVE 还没有生效：停下所有 geoapp 进程再启动一次。",
            "GEOAPP_WAL_ARCHIVE does not count yet: stop every process of geoapp once, start again.",
        )
    if state.fails:
        return Text(
            f"日志存不进 {archive}（{state.failed:%Y-%m-%d %H:%M} UTC）：请检查磁盘和权限；"
            "在那之前日志留在数据文件夹里，会占满磁盘。",
            f"The log cannot be kept in {archive} ({state.failed:%Y-%m-%d %H:%M} UTC): look at the disk "
            "and its rights. Until then it stays in the data folder, and fills its disk.",
        )
    if not bases(archive):
        return Text(
            "还没有基础备份，日志单独不能恢复：geoapp backup --base",
            "There is no base backup yet, without which the log restores nothing: geoapp backup --base",
        )
    return None

"""Bring the store back as it was at a moment, from a copy of the cluster and the log since."""

import gzip
import os
import shutil
import subprocess
import tarfile
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from geoapp.analysis.network.files import describe
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.acting import Via, act
from geoapp.core.errors import (
    ConflictError,
    InvalidValueError,
    UnavailableError,
    UnusableInputError,
    full_disk,
)
from geoapp.core.files import swept_workspace, synced
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.history.check import check_history
from geoapp.operations.network.keeper import take_into_use
from geoapp.operations.streets.keeper import save_base_map_beside, take_base_map_into_use
from geoapp.operations.upkeep.base_backup import NETWORK, STREETS
from geoapp.store import backup as store_backup
from geoapp.store.cluster.archive import (
    Base,
    bases,
    fetching,
    is_ancestor,
    newest_history,
    read_branches,
    read_history,
    timeline_of,
)
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.cluster.left_over import UNTIL, end_left_over
from geoapp.store.cluster.programs import find_server
from geoapp.store.engine import Database
from geoapp.store.history.chain import open_set
from geoapp.store.migrate import head_revision, migrate

_POLL_SECONDS: Final = 0.05
_TOO_FAR: Final = "recovery ended before configured recovery target was reached"


@dataclass(frozen=True, slots=True)
class PointReport:
    """A store that was brought back: ``last_change`` is the last that is in it, None for none known.

    ``history`` tells whether its log of changes is sound. ``base`` is when the copy was made that it
    comes from; ``reached`` is whether the log goes on beyond the moment that was asked for.
    """

    base: datetime
    last_change: datetime | None
    reached: bool
    migrated_to: str
    history_sound: bool
    history: Text


def restore_until(
    settings: Settings, archive: Path, until: datetime | None, *, keep: bool = True
) -> PointReport:
    """Bring the private store back in an empty data folder; all of it, or nothing is there.

    The copy is checked file by file against its checksums, the log record by record by the server.
    Sessions, links, keys and webhooks are left out, as by `geoapp.operations.upkeep.backup.restore`.

    Parameters
    ----------
    until
        What was saved up to this moment; None is all that was kept.
    keep
        False for a drill: nothing is left of it.

    Raises
    ------
    ConflictError
        If the data folder holds a store, or the settings name a database of one's own.
    InvalidValueError
        If it is before the first copy, or to come.
    UnusableInputError
        If the folder is no archive, or what it holds is damaged.
    MissingPartError, UnavailableError
        If PostgreSQL is missing or does not start, or the disk is full.
    """
    _check_target(settings, keep)
    base = _chosen(archive.absolute(), until)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        end_left_over(settings.data)
        with swept_workspace(settings.data, UNTIL) as work:
            _unpack(settings, base, work / "pg")
            last_change, reached = _replay(settings, archive.absolute(), work, until)
            sound, words = _make_ready(settings, work, archive)
            if keep:
                (work / "pg").rename(settings.data / "pg")
                synced(settings.data)
                _take_files(settings, base.folder, work)
    except OSError as error:
        raise full_disk(error) or UnavailableError(
            Text(
                f"恢复失败，数据文件夹没有改变：{error}",
                f"Not restored; the data folder is as it was: {error}",
            )
        ) from error
    return PointReport(base.finished_at, last_change, reached, head_revision(), sound, words)


def _check_target(settings: Settings, keep: bool) -> None:
    if settings.database_url is not None:
        raise ConflictError(
            Text(
                "只能恢复 geoapp 自带的数据库：请去掉 DATABASE_URL。",
                "Only the database that geoapp runs itself is restored so: leave DATABASE_URL out.",
            )
        )
    if keep and (settings.data / "pg").exists():
        raise ConflictError(
            Text(
                f"{settings.data} 里已有数据库，没有恢复。请把 GEOAPP_DATA 设为一个空文件夹。",
                f"{settings.data} holds a store; nothing was restored. Let GEOAPP_DATA be an empty folder.",
            )
        )


def _chosen(archive: Path, until: datetime | None) -> Base:
    """Return the newest copy from which the moment can be reached in the newest life of the store."""
    if until is not None and until > datetime.now(UTC):
        accepted = Text("不晚于现在的时刻", "a moment that is not to come")
        raise InvalidValueError("--until", until.isoformat(), accepted)
    found = bases(archive)
    if not found:
        raise UnusableInputError(
            Text(
                f"{archive} 里没有基础备份（geoapp backup --base 写的）。",
                f"{archive} holds no base backup (as geoapp backup --base writes them).",
            )
        )
    history = newest_history(archive)
    if history is not None:
        branches = read_branches(read_history(history))
        found = [one for one in found if is_ancestor(one, branches, timeline_of(history))] or found
    fitting = [one for one in found if until is None or one.finished_at <= until]
    if until is not None and not fitting:
        # In the zone that was asked in, and no fraction of a second before it was whole.
        whole = found[0].finished_at.astimezone(until.tzinfo) + timedelta(seconds=0.999999)
        first = whole.replace(microsecond=0).isoformat()
        accepted = Text(
            f"不早于最早的基础备份（{first}）", f"no earlier than the first base backup ({first})"
        )
        raise InvalidValueError("--until", until.isoformat(), accepted)
    return fitting[-1]


def _extract(packed: tarfile.TarFile, target: Path) -> None:
    if hasattr(tarfile, "data_filter"):
        packed.extractall(target, filter="data")
        return
    # Python before 3.11.4, such as Debian 12's, has no filter: what a base backup never holds is refused here.
    root = target.resolve()
    for one in packed:
        inside = (root / one.name).resolve().is_relative_to(root)
        if not inside or not (one.isfile() or one.isdir()):
            raise tarfile.ExtractError(one.name)
        # Whoever unpacks it owns it, as with the filter.
        one.uid, one.gid, one.uname, one.gname = os.getuid(), os.getgid(), "", ""
        packed.extract(one, root)


def _unpack(settings: Settings, base: Base, target: Path) -> None:
    target.mkdir(mode=0o700)
    programs = find_server(settings.pg_bin, base.major)
    try:
        with tarfile.open(base.folder / "base.tar.gz") as packed:
            _extract(packed, target)
    except (EOFError, gzip.BadGzipFile, tarfile.TarError, zlib.error) as error:
        raise _damaged(base, str(error)) from error
    manifest = target / "backup_manifest"
    shutil.copyfile(base.folder / manifest.name, manifest)
    checked = subprocess.run(
        [programs.path("pg_verifybackup"), "--no-parse-wal", "--quiet", target],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if checked.returncode != 0:
        said = (checked.stderr.strip() or checked.stdout.strip())[-500:]
        raise _damaged(base, said)
    manifest.unlink()


def _damaged(base: Base, said: str) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{base.folder} 已损坏，没有恢复：{said}",
            f"{base.folder} is damaged; nothing was restored: {said}",
        )
    )


def _replay(
    settings: Settings, archive: Path, work: Path, until: datetime | None
) -> tuple[datetime | None, bool]:
    """Let the server replay its log up to the moment; return the last change, and if more was there."""
    (work / "pg" / "recovery.signal").touch()
    if until is not None:
        target = until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
        try:
            return _replayed(settings, archive, work, {"recovery_target_time": target}), True
        except UnavailableError:
            # Nothing was changed after the last change that was kept: all of it is what was asked for.
            if _TOO_FAR not in (work / "postgres.log").read_text(errors="replace"):
                raise
    return _replayed(settings, archive, work, {}), False


def _replayed(
    settings: Settings, archive: Path, work: Path, target: Mapping[str, str]
) -> datetime | None:
    conf = {
        **fetching(archive),
        **target,
        "recovery_target_action": "promote",
        "hot_standby": "on",
        # Only once it is taken into use does it have a life of its own.
        "archive_mode": "off",
    }
    cluster = Cluster(work, pg_bin=settings.pg_bin, test_settings=conf)
    cluster.start()
    database = Database(cluster.parameters())
    try:
        while cluster.pid is not None:
            try:
                if not database.single("select pg_is_in_recovery()"):
                    last: datetime | None = database.single(
                        "select pg_last_xact_replay_timestamp()"
                    )  # type: ignore[assignment]
                    return last
            except UnavailableError:
                continue  # it has just ended
            time.sleep(_POLL_SECONDS)
    finally:
        database.close()
        cluster.stop()
    end = cluster.log.read_bytes()[-1000:].decode(errors="replace")
    raise UnavailableError(Text(f"恢复失败：{end}", f"Not restored: {end}"))


def _make_ready(settings: Settings, work: Path, archive: Path) -> tuple[bool, Text]:
    """Leave out what a restore leaves out, bring the tables up to date, check the log of changes."""
    cluster = Cluster(work, pg_bin=settings.pg_bin)
    cluster.start()
    database = Database(cluster.parameters(), cluster=cluster)
    try:
        migrate(database)
        with act(via=Via.RESTORE, reason=archive.name), database.session() as session:
            store_backup.empty_what_is_left_out(session)
            open_set(session)
        return check_history(database)
    finally:
        database.close()


def _take_files(settings: Settings, base: Path, work: Path) -> None:
    if (base / NETWORK).is_dir():
        about = describe(base / NETWORK).get("about", {})
        take_into_use(settings, WalkingNetwork.load(base / NETWORK), about)
    if (base / STREETS).is_dir():
        shutil.copytree(base / STREETS, work / STREETS)
        take_base_map_into_use(settings, save_base_map_beside(settings, work / STREETS))

"""A drill: restore a backup into a store that is there for a moment, and compare it table by table."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from geoapp.core.errors import UnavailableError, full_disk
from geoapp.core.files import swept_workspace
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.history.check import check_history
from geoapp.operations.upkeep.backup import unpack
from geoapp.store import backup as store_backup
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.cluster.left_over import CHECK, end_left_over
from geoapp.store.contents import Held, held
from geoapp.store.engine import Database
from geoapp.store.migrate import current_revision, head_revision, migrate

# What is thrown away need not outlive the machine.
_QUICK = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}

Scratch = Callable[[Path, Settings], AbstractContextManager[Database]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that is not as it was; None where there was, or is, no such table."""

    table: str
    told: Held | None
    found: Held | None


@dataclass(frozen=True, slots=True)
class Drill:
    """What came of a drill.

    ``told`` is whether the backup says what it holds; without that, only that it can be restored
    and brought up to date is known. ``history`` is whether its log of changes is sound, in words.
    """

    path: Path
    revision: str
    migrated_to: str
    tables: int
    rows: int
    told: bool
    differences: tuple[Difference, ...]
    history_sound: bool
    history: Text
    network: str | None
    streets: bool

    @property
    def ok(self) -> bool:
        """Tell whether everything that can be compared is as it was."""
        return not self.differences and self.history_sound

    def lines(self) -> Iterator[Text]:
        """Say what came of it."""
        yield Text(
            f"演练：{self.path} 可以恢复，{self.tables} 个表，{self.rows:,} 行；表结构 {self.revision}，"
            f"可升级到 {self.migrated_to}",
            f"Drill: {self.path} can be restored, {self.tables} tables, {self.rows:,} rows; tables of "
            f"{self.revision}, brought up to {self.migrated_to}",
        )
        if not self.told:
            yield Text(
                "这个备份由较早的版本写成，没有各表的行数和校验值：未比较。",
                "An earlier version wrote this backup, without counts and checksums: not compared.",
            )
        elif not self.differences:
            yield Text(
                "每个表的行数和校验值都与备份时相同",
                "Every table has the rows and the checksum that it had when it was backed up",
            )
        for one in self.differences:
            was, now = (
                "-" if side is None else f"{side.rows:,} ({side.digest})"
                for side in (one.told, one.found)
            )
            yield Text(
                f"不同：{one.table}，备份时 {was}，恢复后 {now}",
                f"Differs: {one.table}, {was} when it was backed up, {now} restored",
            )
        yield self.history
        network, streets = self.network is not None, self.streets
        yield Text(
            f"步行网络{'完好' if network else '没有'}，街道底图{'完好' if streets else '没有'}",
            f"Walking network {'sound' if network else 'none'}, "
            f"base map {'sound' if streets else 'none'}",
        )


@contextmanager
def scratch_store(folder: Path, settings: Settings) -> Iterator[Database]:
    """Yield an empty store of a cluster of its own, which ends with the block."""
    cluster = Cluster(folder, pg_bin=settings.pg_bin, test_settings=_QUICK)
    cluster.start()
    try:
        database = Database(cluster.parameters(), cluster=cluster, pg_bin=settings.pg_bin)
        try:
            yield database
        finally:
            database.close()
    finally:
        cluster.stop()


def check_backup(settings: Settings, path: Path, *, scratch: Scratch = scratch_store) -> Drill:
    """Restore a backup into a scratch store in the data folder, compare, and leave nothing.

    The store in use is neither read nor changed.

    Raises
    ------
    UnusableInputError
        If the file is no backup of geoapp, is damaged, or comes from a newer geoapp.
    MissingPartError
        If this machine has no PostgreSQL with PostGIS.
    UnavailableError
        If the scratch store does not start, or the disk is full.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        end_left_over(settings.data)
        with swept_workspace(settings.data, CHECK) as work:
            unpacked, scripts = work / "backup", work / "scripts"
            unpacked.mkdir()
            scripts.mkdir()
            found = unpack(path, unpacked)
            with scratch(work / "store", settings) as database:
                store_backup.restore(database, found.dumped, scripts, goes_on=False)
                revision = current_revision(database) or ""
                with database.snapshot() as session:
                    now = held(session, without=store_backup.LEFT_OUT)
                migrate(database)
                sound, words = check_history(database)
    except OSError as error:
        raise full_disk(error) or UnavailableError(
            Text(f"演练失败：{error}", f"The drill failed: {error}")
        ) from error
    return Drill(
        path=path,
        revision=revision,
        migrated_to=head_revision(),
        tables=len(now),
        rows=sum(one.rows for one in now.values()),
        told=found.contents is not None,
        differences=() if found.contents is None else _compared(found.contents, now),
        history_sound=sound,
        history=words,
        network=None if found.network is None else found.network.version,
        streets=found.streets is not None,
    )


def _compared(told: Mapping[str, Held], now: Mapping[str, Held]) -> tuple[Difference, ...]:
    return tuple(
        Difference(table, told.get(table), now.get(table))
        for table in sorted({*told, *now})
        if told.get(table) != now.get(table)
    )

"""The private cluster crosses to another major version of PostgreSQL, whose servers read no other's files.

The store is read out of the old server and into a new one beside it, and compared table by table; only
then do the new files take the old ones' place. The old ones are kept until somebody lets them go.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from geoapp.core.errors import ConflictError, MissingPartError, UnavailableError, full_disk
from geoapp.core.files import swept_workspace, synced
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.finding import Finding
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.cluster.conf import READ_ONLY
from geoapp.store.cluster.left_over import MAJOR, end_left_over
from geoapp.store.cluster.places import DATA, NEXT, kept, kept_as, major_of, put_in_place
from geoapp.store.cluster.programs import Programs, how_to_install, installed
from geoapp.store.contents import Held
from geoapp.store.engine import Database
from geoapp.store.moving import is_read_only, move

_CROSSED: Final = "crossed.json"
_GOING: Final = "going-"
# Until its files are whole and compared, nothing of the new cluster need outlive the machine.
_QUICK: Final = {"fsync": "off", "full_page_writes": "off"}
_READ_ONLY: Final = {READ_ONLY: "on"}


@dataclass(frozen=True, slots=True)
class Majors:
    """Which versions there are.

    Attributes
    ----------
    used
        The major version of the files in use.
    installed
        The major versions with PostGIS on this machine, newest first.
    former
        Bytes of the files that are kept of other versions.
    has_served
        Whether the server ran since the store crossed to the version in use; true if it never did.
    """

    used: int
    installed: tuple[int, ...]
    former: dict[int, int]
    has_served: bool


@dataclass(frozen=True, slots=True)
class Crossed:
    """A store that crossed: its versions, and what was compared."""

    before: int
    after: int
    tables: int
    rows: int


def look(settings: Settings) -> Majors:
    """Return which versions of PostgreSQL there are, and which the store is in.

    Raises
    ------
    ConflictError
        If the store is not a cluster of geoapp's own, or was not made yet.
    """
    used = _used(settings)
    return Majors(
        used=used,
        installed=tuple(dict.fromkeys(one.major for one in _servers(settings))),
        former={
            major: sum(one.stat().st_size for one in place.rglob("*") if one.is_file())
            for major, place in kept(settings.data).items()
        },
        has_served=_has_served(settings.data / DATA),
    )


def cross(settings: Settings, to: int | None = None) -> Crossed:
    """Bring the store to another major version, the newest unless one is named; the old files are kept.

    Nobody may use the store meanwhile. Whatever fails or is killed on the way leaves it in the old
    version, or, once all is compared, in the new one from the next start on.

    Raises
    ------
    ConflictError
        As in `look`; or the store is in that version or a newer one, or in use; or files of its version
        are kept already.
    MissingPartError
        If one of the two versions is not installed with PostGIS.
    UnavailableError
        If a server does not start, the disk is full, or a table did not come as it was.
    """
    before = _used(settings)
    return cross_between(settings, *_programs(settings, before, to))


def cross_between(settings: Settings, old: Programs, new: Programs) -> Crossed:
    """Bring the store from one server's files into another's: see `cross`."""
    before, data = _used(settings), settings.data / DATA
    if kept_as(settings.data, before).exists():
        raise _kept_already(settings.data, before)
    try:
        # What a killed process left running ends, and the log is handed over to its end.
        whole = Cluster(settings.data, pg_bin=old.folder, archive=settings.wal_archive)
        with whole.alone():
            end_left_over(settings.data)
        whole.start()
        whole.stop()
        with swept_workspace(settings.data, MAJOR) as work:
            found, started = _moved(settings, work, old, new)
            with whole.alone():
                if _started(data) != started:
                    raise _in_use()
                _note(work / DATA, before)
                # From here on the next start goes on to the end.
                (work / DATA).rename(settings.data / NEXT)
                put_in_place(settings.data)
    except OSError as error:
        raise full_disk(error) or UnavailableError(
            Text(f"没有换成：{error}", f"The store did not cross: {error}")
        ) from error
    return Crossed(before, new.major, len(found), sum(one.rows for one in found.values()))


def go_back(settings: Settings, *, force: bool = False) -> Crossed:
    """Take the files of a former version into use again; those in use now are kept.

    Parameters
    ----------
    force
        Also where the server ran since: what was saved since then is not in the former files.

    Raises
    ------
    ConflictError
        As in `look`; or no former files are kept, or it is in use, or has served.
    MissingPartError
        If that version is not installed with PostGIS.
    """
    used, former = _used(settings), kept(settings.data)
    if len(former) != 1 or used in former:
        raise ConflictError(
            Text(
                f"{settings.data} 里没有保留以前版本的文件。",
                f"{settings.data} keeps no files of a former version.",
            )
        )
    major, place = next(iter(former.items()))
    _programs_of(settings, major)
    if _has_served(settings.data / DATA) and not force:
        raise ConflictError(
            Text(
                f"换到 PostgreSQL {used} 以后已经用过：那以后保存的内容不在 PostgreSQL {major} 的文件里。"
                "仍要退回请加 --force。",
                f"The store was used since it crossed to PostgreSQL {used}: what was saved since is not in "
                f"the files of PostgreSQL {major}. To go back all the same use --force.",
            )
        )
    with Cluster(settings.data, pg_bin=settings.pg_bin).alone():
        place.rename(settings.data / NEXT)
        put_in_place(settings.data)
    return Crossed(used, major, 0, 0)


def forget(settings: Settings) -> dict[int, int]:
    """Remove the files of former versions; return how many bytes each had.

    Raises
    ------
    ConflictError
        As in `look`; or the version in use has not served yet.
    """
    found = look(settings)
    if not found.has_served:
        raise ConflictError(
            Text(
                f"PostgreSQL {found.used} 还没有用过：先启动服务看一看，再删以前的文件。",
                f"PostgreSQL {found.used} has not served yet: start the service and look, then remove the "
                "former files.",
            )
        )
    for place in (*kept(settings.data).values(), *settings.data.glob(f"{_GOING}*")):
        # Half of a cluster is never taken for one.
        going = place if place.name.startswith(_GOING) else place.with_name(_GOING + place.name)
        place.rename(going)
        shutil.rmtree(going)
    for identity in settings.data.glob(f"{DATA}-*.archive.id"):
        identity.unlink()
    return found.former


def findings(settings: Settings) -> Iterator[Finding]:
    """Say what is to be done about other major versions; nothing where there is one alone."""
    if major_of(settings.data / DATA) is None:
        return
    found = look(settings)
    newer = [major for major in found.installed if major > found.used]
    if newer:
        yield Finding(
            "PostgreSQL major",
            True,
            Text(
                f"数据库在 PostgreSQL {found.used}，本机已有 {newer[0]}：停下服务，geoapp postgres upgrade",
                f"The store is in PostgreSQL {found.used}, and {newer[0]} is installed: stop the service, "
                "geoapp postgres upgrade",
            ),
            soon=True,
        )
    for major, size in found.former.items():
        yield Finding(
            "PostgreSQL major",
            True,
            Text(
                f"还留着 PostgreSQL {major} 的文件（{size / 1e6:,.0f} MB）：不再退回就 geoapp postgres forget",
                f"Files of PostgreSQL {major} are kept ({size / 1e6:,.0f} MB): geoapp postgres forget, "
                "unless you mean to go back",
            ),
            soon=True,
        )


def _moved(
    settings: Settings, work: Path, old: Programs, new: Programs
) -> tuple[dict[str, Held], int]:
    """Make the new cluster in a folder, and let both servers end; return when the old one began."""
    with (
        _running(settings.data, old, _READ_ONLY) as source,
        _running(work, new, _QUICK) as target,
    ):
        if not is_read_only(source):
            raise _in_use()
        return move(source, target, new, work / "store.dump"), _started(settings.data / DATA)


@contextmanager
def _running(folder: Path, programs: Programs, with_settings: dict[str, str]) -> Iterator[Database]:
    cluster = Cluster(folder, pg_bin=programs.folder, test_settings=with_settings)
    cluster.start()
    try:
        database = Database(cluster.parameters(), cluster=cluster, pg_bin=programs.folder)
        try:
            yield database
        finally:
            database.close()
    finally:
        cluster.stop()


def _note(cluster: Path, before: int) -> None:
    """Write down when it crossed, which a start of its server comes after, and have it on the disk."""
    about = {"from": before, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    (cluster / _CROSSED).write_text(json.dumps(about), encoding="utf-8")
    os.sync()
    synced(cluster)


def _started(cluster: Path) -> int:
    """Return when a server last began on these files, nanoseconds: each writes this file anew."""
    return (cluster / "postmaster.opts").stat().st_mtime_ns


def _has_served(cluster: Path) -> bool:
    crossed = cluster / _CROSSED
    return not crossed.exists() or _started(cluster) > crossed.stat().st_mtime_ns


def _in_use() -> ConflictError:
    return ConflictError(
        Text(
            "数据库正在使用中；请先停止 geoapp serve、geoapp worker 和其他 geoapp 命令。",
            "The store is in use; stop geoapp serve, geoapp worker and other commands of geoapp first.",
        )
    )


def _used(settings: Settings) -> int:
    if settings.database_url is not None:
        raise ConflictError(
            Text(
                "只用于 geoapp 自带的数据库。DATABASE_URL 的数据库请用它自己的工具（pg_upgrade、逻辑复制），"
                "见 docs/operate/upgrade.md。",
                "This is for the database that geoapp runs itself. For that of DATABASE_URL use its own "
                "tools (pg_upgrade, logical replication): docs/operate/upgrade.md.",
            )
        )
    used = major_of(settings.data / DATA)
    if used is None:
        raise ConflictError(
            Text(f"{settings.data} 里没有数据库。", f"{settings.data} holds no store.")
        )
    return used


def _servers(settings: Settings) -> list[Programs]:
    """Return the servers with PostGIS, newest first, each folder once."""
    named = [] if settings.pg_bin is None else installed(settings.pg_bin)
    found = {one.folder.resolve(): one for one in (*named, *installed())}
    return sorted((one for one in found.values() if one.has_postgis), key=lambda one: -one.major)


def _programs_of(settings: Settings, major: int) -> Programs:
    for one in _servers(settings):
        if one.major == major:
            return one
    raise MissingPartError(how_to_install(None, major))


def _programs(settings: Settings, before: int, to: int | None) -> tuple[Programs, Programs]:
    old = _programs_of(settings, before)
    newest = _servers(settings)[0].major if to is None else to
    if newest <= before:
        raise ConflictError(
            Text(
                f"数据库已经是 PostgreSQL {before}；本机没有更新的带 PostGIS 的版本。"
                if to is None
                else f"数据库已经是 PostgreSQL {before}，不能换到 {to}。",
                f"The store is in PostgreSQL {before}; no newer version with PostGIS is installed here."
                if to is None
                else f"The store is in PostgreSQL {before} and cannot go to {to}.",
            )
        )
    new = _programs_of(settings, newest)
    if settings.pg_bin is not None and settings.pg_bin.resolve() != new.folder.resolve():
        raise ConflictError(
            Text(
                f"GEOAPP_PG_BIN 指定的是 {settings.pg_bin}，换到 PostgreSQL {newest} 以后用不了它："
                f"请改为 {new.folder}，或不设，再换。",
                f"GEOAPP_PG_BIN names {settings.pg_bin}, which does not serve PostgreSQL {newest}: let it "
                f"be {new.folder}, or leave it out, and cross then.",
            )
        )
    return old, new


def _kept_already(folder: Path, major: int) -> ConflictError:
    place = kept_as(folder, major)
    return ConflictError(
        Text(
            f"{place} 还留着：用 geoapp postgres forget 删去，或移走，再换。",
            f"{place} is still kept: remove it by geoapp postgres forget, or move it away, and cross then.",
        )
    )

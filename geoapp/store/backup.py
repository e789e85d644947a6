"""The whole store as one file, and back, by PostgreSQL's own programs.

A backup is pg_dump's custom format. A restore is one transaction: either everything is as in the
backup, or nothing has changed. The programs end with us, and what they had begun is rolled back.
"""

import os
import re
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geoapp.core.errors import (
    ConflictError,
    UnavailableError,
    UnusableInputError,
)
from geoapp.core.files import synced
from geoapp.core.i18n import Text
from geoapp.store.cluster.programs import Programs
from geoapp.store.contents import Held, held
from geoapp.store.engine import Database
from geoapp.store.life import LEAP, leap_versions
from geoapp.store.migrate import (
    current_revision,
    known_revisions,
    migrate,
    require_extensions,
)
from geoapp.store.models import Base
from geoapp.store.run_programs import (
    programs_for,
    refuse_full_disk,
    run_on,
    run_program,
    said_by,
    server_major,
)

DATA_TABLES = ("facility", "region", "demand_set", "candidate_set", "run", "app_user")
# Tables that are made anew, empty, by a restore.
LEFT_OUT = frozenset(
    {
        # Who has signed out since must not be signed in again by a restore.
        "user_session",
        # Nor may a link that was used be used again, or a key or link that was revoked.
        "user_link",
        "api_key",
        "api_key_pace",
        "share",
        "share_pace",
        # Nor may a copy on another machine begin to send.
        "webhook",
        "webhook_event",
        "webhook_delivery",
        # What tells the senders of reports apart is not kept longer than it counts.
        "report_salt",
        "report_count",
        # Files that somebody has only begun to import.
        "import_draft",
        # Changes that somebody has only begun to choose.
        "bulk_edit",
        # What is brought back begins a life of its own.
        "store_life",
    }
)
_PSQL_NO_CONNECTION = 2
# What is left out of a restore: the target has it already, or PostGIS brings it.
_NOT_OURS = re.compile(
    r" (EXTENSION|SCHEMA) - | (COMMENT|ACL) - (EXTENSION|SCHEMA) | TABLE DATA \S+ spatial_ref_sys "
)

# Everything in the schema that belongs to no extension goes. The counters are kept for the end.
_BEFORE = """
set client_min_messages = warning;
-- A restore that is killed leaves the store within a second, whatever the server is busy with.
select set_config('client_connection_check_interval', '1000', true)
    where current_setting('server_version_num')::int >= 140000;
set local search_path = public;
create temporary table counter_before (name text, version bigint) on commit drop;
do $$
declare command text;
begin
    if to_regclass('public.data_version') is not null then
        insert into counter_before select name, version from public.data_version;
    end if;
    if to_regclass('public.record_version') is not null then
        insert into counter_before select 'record_version', last_value from public.record_version;
    end if;
    for command in
        select format('drop table if exists %s cascade', c.oid::regclass) from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
    loop execute command; end loop;
    for command in
        select format('drop routine if exists %s cascade', p.oid::regprocedure) from pg_proc p
            where p.pronamespace = 'public'::regnamespace
            and not exists (select from pg_depend where objid = p.oid and deptype = 'e')
    loop execute command; end loop;
    for command in
        select format('drop type if exists %s cascade', t.oid::regtype) from pg_type t
            where t.typnamespace = 'public'::regnamespace and t.typtype in ('c', 'e', 'd')
            and (t.typrelid = 0 or exists (
                select from pg_class where oid = t.typrelid and relkind = 'c'))
            and not exists (select from pg_depend where objid = t.oid and deptype = 'e')
    loop execute command; end loop;
end $$;
"""

# A counter never falls: whoever has seen a version before (an ETag, say) must not meet it again
# with other data behind it.
_AFTER = """
do $$
begin
    if to_regclass('public.alembic_version') is null
        or not exists (select from public.alembic_version where version_num in ({revisions}))
    then raise exception 'geoapp: not a backup that this version can read'; end if;
end $$;
update public.data_version d set version = b.version + 1 from counter_before b
    where b.name = d.name and b.version > 0 and b.version >= d.version;
-- What stamps records leaps, as what was stamped elsewhere since the backup is not known here.
update public.data_version set version = version + {leap}
    where name in ('facilities', 'organisations');
do $$
begin
    if to_regclass('public.record_version') is not null then
        perform setval('public.record_version', {leap} + greatest(s.last_value,
            (select b.version from counter_before b where b.name = 'record_version')))
            from public.record_version s;
    end if;
end $$;
"""


def dump(database: Database, path: Path) -> dict[str, Held]:
    """Write the whole store to a new file, and to the disk; return what the file holds.

    The store may be in use meanwhile; the file holds its state at one moment.

    Raises
    ------
    MissingPartError
        If there is no pg_dump of the server's version or newer.
    UnavailableError
        If the database does not answer, or the disk is full.
    """
    program = programs_for(database, "pg_dump").path("pg_dump")
    with database.snapshot() as session:
        token = session.scalar(text("select pg_export_snapshot()"))
        done = run_on(
            database,
            [
                *(program, "--format=custom", "--no-owner", "--no-privileges"),
                "--exclude-table-data=spatial_ref_sys",
                *(f"--exclude-table-data=public.{table}" for table in sorted(LEFT_OUT)),
                *(f"--snapshot={token}", f"--file={path}"),
            ],
        )
        if done.returncode != 0:
            said = said_by(done)
            refuse_full_disk(said)
            raise UnavailableError(Text(f"备份失败：{said}", f"The backup failed: {said}"))
        contents = held(session, without=LEFT_OUT)
    synced(path)
    return contents


def copy_cluster(database: Database, folder: Path) -> int:
    """Copy the whole cluster as it runs to a new folder; return the server's major version.

    The log that the copy itself needs is in it.

    Raises
    ------
    MissingPartError
        If there is no pg_basebackup of the server's version or newer.
    UnavailableError
        If the database does not answer, or the disk is full.
    """
    programs = programs_for(database, "pg_basebackup")
    done = run_on(
        database,
        [
            *(programs.path("pg_basebackup"), f"--pgdata={folder}", "--format=tar", "--gzip"),
            *("--wal-method=fetch", "--checkpoint=fast", "--no-sync"),
        ],
    )
    if done.returncode != 0:
        said = said_by(done)
        refuse_full_disk(said)
        raise UnavailableError(Text(f"备份失败：{said}", f"The backup failed: {said}"))
    return server_major(database)


def empty_what_is_left_out(session: Session) -> None:
    """Do what a restore does beside bringing rows back, where the store was brought back otherwise.

    The tables that a restore makes anew are emptied, and versions go on where no life has been.
    """
    leap_versions(session)
    # Rows before those that they refer to; not truncated, which the log of changes would not see.
    known = [one.name for one in reversed(Base.metadata.sorted_tables) if one.name in LEFT_OUT]
    for table in (*sorted(LEFT_OUT - set(known)), *known):
        session.execute(text(f"delete from {table}"))


def restore(
    database: Database, path: Path, folder: Path, *, force: bool = False, goes_on: bool = True
) -> None:
    """Put a backup in the place of what the store holds, in one transaction.

    Parameters
    ----------
    folder
        Where its scripts are written; they hold what the backup holds, so it is its owner's alone.
    force
        Replace facilities, regions, demand, runs and users that are stored; without it only a
        store that has none is filled.
    goes_on
        Whether the store is used afterwards: versions go on where no life of it has been. Not in a
        drill, which compares every row.

    Raises
    ------
    UnusableInputError
        If the file is no backup of geoapp, is damaged, or comes from a newer geoapp.
    ConflictError
        If the store is not empty, is in use, or shares its database with other tables.
    MissingPartError
        If there are no programs of the server's version or newer, or no PostGIS.
    UnavailableError
        If the database does not answer.
    """
    programs = programs_for(database, "pg_restore")
    _write_script(programs, path.absolute(), folder, goes_on=goes_on)
    _check_target(database, force)
    # Not a user of the store itself any more; psql is the only one.
    database.engine.dispose()
    done = run_on(
        database,
        [
            *(programs.path("psql"), "--no-psqlrc", "--quiet", "--single-transaction"),
            # Verbose, so that errors have their codes.
            *("--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose", "--output=/dev/null"),
            *(f"--file={folder / part}" for part in ("before.sql", "all.sql", "after.sql")),
        ],
    )
    if done.returncode == _PSQL_NO_CONNECTION:
        raise UnavailableError(Text(f"恢复失败：{said_by(done)}", f"Not restored: {said_by(done)}"))
    if done.returncode != 0:
        refuse_full_disk(said_by(done))
        raise _unusable(path, said_by(done))


def _unusable(path: Path, said: str) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{path} 不是可用的 geoapp 备份，数据库没有改变：{said}",
            f"{path} is not a usable backup of geoapp; the store was not changed: {said}",
        )
    )


def _write_script(programs: Programs, archive: Path, folder: Path, *, goes_on: bool) -> None:
    """Unpack the whole backup into scripts first, so that a damaged one touches nothing."""
    pg_restore = programs.path("pg_restore")
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    listed = run_program([pg_restore, "--list", archive], environment)
    if listed.returncode != 0:
        raise _unusable(archive, said_by(listed))
    ours = [line for line in listed.stdout.splitlines() if not _NOT_OURS.search(line)]
    (folder / "list").write_text("\n".join(ours) + "\n", encoding="utf-8")
    unpacked = run_program(
        [
            *(pg_restore, "--no-owner", "--no-privileges", f"--use-list={folder / 'list'}"),
            *(f"--file={folder / 'all.sql'}", archive),
        ],
        environment,
    )
    if unpacked.returncode != 0:
        refuse_full_disk(said_by(unpacked))
        raise _unusable(archive, said_by(unpacked))
    revisions = ", ".join(f"'{revision}'" for revision in sorted(known_revisions()))
    (folder / "before.sql").write_text(_BEFORE, encoding="utf-8")
    (folder / "after.sql").write_text(
        _AFTER.format(revisions=revisions, leap=LEAP if goes_on else 0), encoding="utf-8"
    )


def _check_target(database: Database, force: bool) -> None:
    is_new = current_revision(database) is None
    if not is_new:
        migrate(database)  # so that the tables are those we know
    database.engine.dispose()
    with database.session() as session:
        connection = session.connection()
        _refuse_strangers(connection, is_new)
        _refuse_company(connection)
        if not is_new and not force:
            _refuse_data(connection)
        require_extensions(connection)


def _refuse_strangers(connection: Connection, is_new: bool) -> None:
    """Refuse a database that also holds tables of somebody else: they would be dropped."""
    found = connection.scalars(
        text(
            "select relname from pg_class c where relnamespace = 'public'::regnamespace "
            "and relkind in ('r', 'p', 'v', 'm', 'f') and not exists "
            "(select from pg_depend where objid = c.oid and deptype = 'e') order by 1"
        )
    ).all()
    ours = set() if is_new else {*Base.metadata.tables, "alembic_version"}
    queue = "procrastinate" if not is_new else "\0"
    strange = [name for name in found if name not in ours and not name.startswith(queue)]
    if strange:
        names = ", ".join(strange[:5])
        raise ConflictError(
            Text(
                f"数据库中还有不属于 geoapp 的表（{names}）；请恢复到单独的数据库。",
                f"The database also holds tables that are not geoapp's ({names}); "
                "restore into a database of its own.",
            )
        )


def _refuse_company(connection: Connection) -> None:
    """Refuse while others are connected: they hold the old data in memory."""
    others = connection.scalar(
        text(
            "select count(*) from pg_stat_activity where datname = current_database() "
            "and backend_type = 'client backend' and pid <> pg_backend_pid()"
        )
    )
    if others:
        raise ConflictError(
            Text(
                f"数据库正在使用中（{others} 个连接）；请先停止 geoapp serve 和 geoapp worker。",
                f"The store is in use ({others} connections); "
                "stop geoapp serve and geoapp worker first.",
            )
        )


def _refuse_data(connection: Connection) -> None:
    for table in DATA_TABLES:
        if connection.scalar(text(f"select exists (select from {table})")):
            raise ConflictError(
                Text(
                    f"数据库不是空的（表 {table} 有数据），没有恢复。要替换已有数据，"
                    "请加 --force。",
                    f"The store is not empty (table {table} has rows); nothing was restored. "
                    "Use --force to replace what is stored.",
                )
            )

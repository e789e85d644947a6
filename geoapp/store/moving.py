"""The whole store, with nothing left out, from one server to another, and whether it came whole."""

from pathlib import Path

from sqlalchemy import text

from geoapp.core.errors import UnavailableError
from geoapp.core.i18n import Text
from geoapp.store.cluster.conf import READ_ONLY
from geoapp.store.cluster.programs import Programs
from geoapp.store.contents import Held, held
from geoapp.store.engine import Database
from geoapp.store.run_programs import refuse_full_disk, run_on, said_by


def is_read_only(database: Database) -> bool:
    """Tell whether a server takes no changes."""
    return bool(database.single(f"show {READ_ONLY}") == "on")


def move(source: Database, target: Database, programs: Programs, file: Path) -> dict[str, Held]:
    """Write a store to a file and read it into an empty database; return what the target then holds.

    Parameters
    ----------
    programs
        PostgreSQL's programs of the target's version.
    file
        Where the store is written on the way; all that it holds is in it.

    Raises
    ------
    UnavailableError
        If a program fails, or a table is not as it was; the source is untouched.
    """
    _run(
        source,
        [
            *(programs.path("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"),
            f"--file={file}",
        ],
    )
    _run(
        target,
        [
            *(programs.path("pg_restore"), "--no-owner", "--no-privileges"),
            *("--exit-on-error", "--single-transaction", file),
        ],
    )
    with source.snapshot() as session:
        told = held(session)
    with target.session() as session:
        found = held(session)
        # Without them the first questions would be planned as if every table were small.
        session.execute(text("analyze"))
    different = sorted(name for name in {*told, *found} if told.get(name) != found.get(name))
    if different:
        names = ", ".join(different[:5])
        raise UnavailableError(
            Text(
                f"搬过去以后与原来不同的表：{names}。什么都没有改变。",
                f"Tables that are not as they were after the move: {names}. Nothing was changed.",
            )
        )
    return found


def _run(database: Database, argv: list[str | Path]) -> None:
    done = run_on(database, argv)
    if done.returncode != 0:
        said = said_by(done)
        refuse_full_disk(said)
        raise UnavailableError(
            Text(f"没有搬成，什么都没有改变：{said}", f"Not moved; nothing was changed: {said}")
        )

"""Who signed in or tried to: noted for administrators, kept for a time alone.

Requests of people without an account never come here, and of an address only its network is kept. A
name is kept only where an account has it: people type their password into the wrong field.
docs/decisions/0065-sign-ins.md says more.
"""

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from geoapp.core.errors import UnavailableError
from geoapp.core.settings import Settings
from geoapp.core.sign_ins import OUTCOME_TEXT, WAY_TEXT, Outcome, Way
from geoapp.operations.moment import today
from geoapp.reports.file_table import FileTable, numbers_at
from geoapp.reports.tables import write_table
from geoapp.store.engine import Database
from geoapp.store.identities import owner_of
from geoapp.store.sign_ins import SignIn, SignInFilter, add_sign_in
from geoapp.store.sign_ins import list_sign_ins as stored_sign_ins
from geoapp.store.users import user_by_name

__all__ = ["SignIn", "SignInFilter", "list_sign_ins", "note_sign_in"]

MOST_IN_FILE = 100_000
_COLUMNS = (
    *("number", "last", "first", "tries", "name", "way", "way_zh", "outcome", "outcome_zh"),
    *("network", "device", "key"),
)

log = structlog.get_logger(__name__)


def note_sign_in(
    database: Database,
    way: Way,
    outcome: Outcome,
    *,
    name: str | None,
    network: str | None,
    device: str = "",
    key_name: str = "",
    once_since: datetime | None = None,
) -> None:
    """Note that somebody signed in or tried to; a store that takes no writes is said in the log.

    Parameters
    ----------
    name
        The account that was asked for; None = unknown. One that nobody has is not kept.
    network
        Where it came from, as of `network_of`; None = unknown.
    key_name
        How its owner calls the API key.
    once_since
        Do not note it where the same was noted since then.
    """
    try:
        with database.session() as session:
            user = None if name is None else user_by_name(session, name)
            if user is not None and not user.active and outcome is Outcome.WRONG:
                outcome = Outcome.DISABLED
            row = SignIn(
                name="" if user is None else user.name,
                way=way,
                outcome=outcome,
                network=network or "",
                device=device,
                key_name=key_name,
            )
            add_sign_in(session, row, once_since=once_since)
    except UnavailableError:
        # Whether somebody comes in does not hang on the note of it.
        log.warning("sign-in not noted", way=str(way), outcome=str(outcome))


def name_at_provider(database: Database, issuer: str, subject: str) -> str | None:
    """Return whose account a provider's subject is; None where it is nobody's."""
    with database.session() as session:
        user = owner_of(session, issuer, subject)
        return None if user is None else user.name


def list_sign_ins(database: Database, wanted: SignInFilter, *, limit: int) -> list[SignIn]:
    """Return attempts, the latest first."""
    with database.snapshot() as session:
        return stored_sign_ins(session, wanted, limit)


def start_of_today(settings: Settings) -> datetime:
    """Return when the present day began where the service is."""
    return datetime.combine(today(settings), time(), ZoneInfo(settings.timezone))


def sign_in_table(rows: list[SignIn], settings: Settings) -> FileTable:
    """Return attempts as a table for a file; what is unknown is an empty cell."""
    zone = ZoneInfo(settings.timezone)

    def cells(one: SignIn) -> list[object]:
        moments = [
            f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" for moment in (one.at, one.first_at)
        ]
        way, outcome = Way(one.way), Outcome(one.outcome)
        said = (one.way, WAY_TEXT[way].zh, one.outcome, OUTCOME_TEXT[outcome].zh)
        return [
            *(one.id, *moments, one.tries, one.name or None, *said),
            *(one.network or None, one.device or None, one.key_name or None),
        ]

    return FileTable(_COLUMNS, ((cells(one), None) for one in rows), numbers_at((0, 3)))


def export_sign_ins(
    database: Database, settings: Settings, wanted: SignInFilter, path: Path
) -> int:
    """Write attempts into a file for its owner alone, the latest 100,000; return how many.

    Raises
    ------
    InvalidValueError
        If the suffix is not .csv or .xlsx.
    UnusableInputError
        If the file cannot be written.
    """
    rows = list_sign_ins(database, wanted, limit=MOST_IN_FILE)
    write_table(sign_in_table(rows, settings), path, layer="sign_ins", private=True)
    return len(rows)

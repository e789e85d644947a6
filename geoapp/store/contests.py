"""Named queries on contests of service projects and on what was entered for them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geoapp.store.engine import Session


@dataclass(frozen=True, slots=True)
class ContestRecord:
    """A contest by the names of a file's columns; None is unknown.

    ``rev`` is the version of the contest with its entries: a trigger raises it with theirs.
    """

    code: str
    name_zh: str
    name_en: str | None
    region: str | None
    rules: str
    stage: str
    entered: int | None
    finalists: int | None
    criteria: str | None
    document: str | None
    document_on: date | None
    source: str | None
    sample: bool
    rev: int


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """What was entered for a contest, by the names of a file's columns; None is unknown."""

    contest: str
    code: str
    organisation: str
    project: str | None
    points: str | None
    votes: int | None
    finalist: bool | None
    prize: str | None
    service: str | None
    source: str | None
    sample: bool
    rev: int


_CONTEST = (
    "select code, name_zh, name_en, region_code, rules, stage, entered, finalists, criteria, document, "
    "document_on, source, is_sample, rev from contest"
)
_ENTRY = (
    "select contest_code, code, organisation, name_zh, points, votes, finalist, prize, item_code, "
    "source, is_sample, rev from contest_entry"
)


def contest_records(session: Session) -> list[ContestRecord]:
    """Return all contests, the latest document first."""
    query = text(f"{_CONTEST} order by document_on desc nulls last, code")
    return [ContestRecord(*row) for row in session.execute(query)]


def contest_record(session: Session, code: str) -> ContestRecord | None:
    """Return a contest by its code."""
    row = session.execute(text(f"{_CONTEST} where code = :code"), {"code": code}).one_or_none()
    return None if row is None else ContestRecord(*row)


def entry_records(session: Session, contest: str | None = None) -> list[EntryRecord]:
    """Return all entries by contest and code, or those of one contest."""
    query = text(
        f"{_ENTRY} where cast(:contest as text) is null or contest_code = :contest "
        "order by contest_code, code"
    )
    return [EntryRecord(*row) for row in session.execute(query, {"contest": contest})]


def lock_contests(session: Session) -> None:
    """Keep others from writing contests and entries until the transaction ends."""
    session.execute(text("lock table contest, contest_entry in share row exclusive mode"))


def delete_contest(session: Session, code: str) -> None:
    """Delete a contest with its entries."""
    session.execute(text("delete from contest where code = :code"), {"code": code})


def delete_entry(session: Session, contest: str, code: str) -> None:
    """Delete an entry."""
    session.execute(
        text("delete from contest_entry where contest_code = :contest and code = :code"),
        {"contest": contest, "code": code},
    )

"""Named queries on contests of service projects and on what was entered for them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geoapp.store.engine import Session


@dataclass(frozen=True, slots=True)
class ContestRecord:
    """A contest by the names of a file's columns; None is unknown."""

    code: str
    name_zh: str
    name_en: str | None
    region: str | None
    stage: str
    entered: int | None
    finalists: int | None
    criteria: str | None
    document: str | None
    document_on: date | None
    source: str | None
    sample: bool


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


def contest_records(session: Session) -> list[ContestRecord]:
    """Return all contests, the latest document first."""
    query = text(
        "select code, name_zh, name_en, region_code, stage, entered, finalists, criteria, document, "
        "document_on, source, is_sample from contest order by document_on desc nulls last, code"
    )
    return [ContestRecord(*row) for row in session.execute(query)]


def entry_records(session: Session) -> list[EntryRecord]:
    """Return all entries by contest and code."""
    query = text(
        "select contest_code, code, organisation, name_zh, points, votes, finalist, prize, item_code, "
        "source, is_sample from contest_entry order by contest_code, code"
    )
    return [EntryRecord(*row) for row in session.execute(query)]

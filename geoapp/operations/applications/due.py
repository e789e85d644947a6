"""What is due: deadlines of schemes, rows of plans, yearly ratings, ends of recognitions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from geoapp.core.i18n import Text
from geoapp.core.schemes import Scheme, Stage, scheme_of, schemes
from geoapp.core.settings import Settings
from geoapp.operations.applications.read import Known
from geoapp.reports.words import applications as words
from geoapp.store.applications.read import applications, plan_of, ratings_of, recognitions_of
from geoapp.store.applications.records import ApplicationFilter
from geoapp.store.engine import Database

DueKind = Literal["deadline", "plan", "rating", "end"]
_BUILDING = frozenset({Stage.APPROVED, Stage.RECOGNISED})


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due on a day.

    Attributes
    ----------
    key
        Names it for good, so that a calendar that is read again knows it.
    application
        The application that it is about; None for the deadline of a scheme.
    """

    key: str
    kind: DueKind
    on: date
    text: Text
    application: int | None

    @property
    def month(self) -> str:
        """The month in which it is due, as 2026-06."""
        return f"{self.on:%Y-%m}"


def due(database: Database, settings: Settings, day: date) -> list[Due]:
    """Return what is due by the end of the year after a day, and what is overdue, by day.

    The first year that is rated is the one in which the title was given.
    """
    last = date(day.year + 1, 12, 31)
    with database.snapshot() as session:
        known = [
            Known(one, scheme_of(settings, one.scheme))
            for one in applications(session, ApplicationFilter())
        ]
        plan, given, rated = (
            plan_of(session, None),
            recognitions_of(session, None),
            {(one.application_id, one.year) for one in ratings_of(session, None)},
        )
    by_id = {one.record.id: one for one in known}
    found = [_deadline(scheme, known, day) for scheme in schemes(settings).values()]
    for row in plan:
        one = by_id[row.application_id]
        if row.due_on is not None and row.done_on is None and one.stage in _BUILDING:
            text = words.plan_due(one.name, row.plan, row.content or row.time_words)
            found.append(Due(f"plan-{row.id}", "plan", row.due_on, text, one.record.id))
    for number, one in by_id.items():
        held = [
            each
            for each in given
            if each.application_id == number and each.revoked_on is None and each.given_on <= day
        ]
        if one.stage is not Stage.RECOGNISED or not held:
            continue
        for year in range(min(each.given_on.year for each in held), day.year + 1):
            if (number, year) not in rated:
                text = words.rating_due(one.name, year)
                on = one.scheme.rating.due(year)
                found.append(Due(f"rating-{number}-{year}", "rating", on, text, number))
        latest = max(held, key=lambda each: each.given_on)
        title = one.scheme.title_of(one.record.track)
        if latest.until_on is not None and title is not None:
            text = words.end_due(one.name, title.text)
            found.append(Due(f"end-{latest.id}", "end", latest.until_on, text, number))
    return sorted((one for one in found if one.on <= last), key=lambda one: (one.on, one.key))


def _deadline(scheme: Scheme, known: Iterable[Known], day: date) -> Due:
    on = scheme.deadline.on(day.year)
    if on < day:
        on = scheme.deadline.on(day.year + 1)
    drafts = sum(one.scheme.code == scheme.code and one.stage is Stage.DRAFT for one in known)
    text = words.deadline_due(scheme.text, Text(scheme.deadline.zh, scheme.deadline.en), drafts)
    return Due(f"deadline-{scheme.code}-{on.year}", "deadline", on, text, None)

"""Contests of service projects with their rules: all of them, or one with its entries."""

from dataclasses import dataclass

from geoapp.core.contest_rules import ContestRules, contest_rules
from geoapp.core.contests import (
    Breach,
    EntryState,
    criteria_of,
    entry_breaches,
    points_of,
    scores,
)
from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.services.catalogue import ShownContest, shown_contest
from geoapp.store.contests import (
    ContestRecord,
    EntryRecord,
    contest_record,
    contest_records,
    entry_records,
)
from geoapp.store.engine import Database, Session

CONTEST = Text("竞赛", "contest")
ENTRY = Text("参赛项目", "entry")


@dataclass(frozen=True, slots=True)
class OneContest:
    """A contest with what only those signed in see.

    Attributes
    ----------
    scores
        Of the entries by code, 0 to 1; None is unknown, as where shares were not published.
    breaches
        Where the entries leave the rules nevertheless, as after something was taken back.
    """

    shown: ShownContest
    scores: dict[str, float | None]
    breaches: list[Breach]

    @property
    def contest(self) -> ContestRecord:
        """The contest itself."""
        return self.shown.contest

    @property
    def rules(self) -> ContestRules | None:
        """Its rules; None where they are no longer there."""
        return self.shown.rules

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria as points name them."""
        rules = self.rules
        return () if rules is None else criteria_of(rules, self.contest.criteria)

    def entry(self, code: str) -> EntryRecord:
        """Return an entry.

        Raises
        ------
        NotFoundError
            If there is none of that code.
        """
        for one in self.shown.entries:
            if one.code == code:
                return one
        raise NotFoundError(ENTRY, code)


def list_contests(database: Database, settings: Settings) -> list[ShownContest]:
    """Return all contests, the latest document first."""
    rules = contest_rules(settings)
    with database.snapshot() as session:
        contests = contest_records(session)
        entries = entry_records(session)
    return [
        shown_contest(one, [e for e in entries if e.contest == one.code], rules.get(one.rules))
        for one in contests
    ]


def read_contest(database: Database, settings: Settings, code: str) -> OneContest:
    """Return a contest with its entries.

    Raises
    ------
    NotFoundError
        If there is none of that code.
    """
    with database.snapshot() as session:
        contest = found_contest(session, code)
        entries = entry_records(session, code)
    rules = contest_rules(settings).get(contest.rules)
    shown = shown_contest(contest, entries, rules)
    if rules is None:
        return OneContest(shown, {one.code: None for one in entries}, [])
    criteria = criteria_of(rules, contest.criteria)
    judged = {one.code: (points_of(one.points), one.votes) for one in entries}
    states = {one.code: EntryState(one.votes, one.finalist, one.prize) for one in entries}
    breaches = entry_breaches(rules, states, entered=contest.entered, finalists=contest.finalists)
    return OneContest(shown, scores(rules, criteria, judged), breaches)


def found_contest(session: Session, code: str) -> ContestRecord:
    """Return a contest's record.

    Raises
    ------
    NotFoundError
        If there is none of that code.
    """
    contest = contest_record(session, code)
    if contest is None:
        raise NotFoundError(CONTEST, code)
    return contest

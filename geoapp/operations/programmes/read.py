"""Where published promises stand on a day, each with its evidence and its documents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.programmes import Event, Measure, Nature, PromiseState
from geoapp.core.results.promises import (
    DocumentRecord,
    FactRecord,
    IndicatorRecord,
    Standing,
    Subject,
    Verdict,
    Window,
    YearResult,
)
from geoapp.core.schemes import Stage, schemes
from geoapp.core.settings import Settings
from geoapp.operations.moment import past_day, today
from geoapp.operations.programmes.judge import (
    Found,
    judge,
    window_of,
    years_before,
)
from geoapp.store.engine import Database, Session
from geoapp.store.programmes.care import Care, care_of
from geoapp.store.programmes.count import (
    Count,
    Tally,
    is_standing,
    subjects,
    tally,
)
from geoapp.store.programmes.read import (
    ProgrammeRecord,
    documents_by_code,
    holds_samples,
    list_facts,
    list_indicators,
    list_programmes,
    region_names,
)

PROGRAMME = Text("计划", "programme")
INDICATOR = Text("指标", "indicator")


@dataclass(frozen=True, slots=True)
class ProgrammeStanding:
    """A programme on a day: its promises, and what documents state beside them."""

    programme: ProgrammeRecord
    region: Text | None
    day: date
    standings: tuple[Standing, ...]
    facts: tuple[FactRecord, ...]
    entered: tuple[FactRecord, ...]


def read_board(
    database: Database,
    settings: Settings,
    as_of: date | None = None,
    *,
    evidence: bool = False,
) -> list[ProgrammeStanding]:
    """Return all programmes with their promises on a day (None: today).

    Parameters
    ----------
    evidence
        Whether each promise comes with all that was counted.

    Raises
    ------
    InvalidValueError
        If the day is one to come: nothing has been counted then.
    """
    with database.snapshot() as session:
        found = list_programmes(session)
        return _standings(session, settings, found, as_of, evidence=evidence)


def list_all(database: Database) -> list[ProgrammeRecord]:
    """Return all programmes, those with promises first."""
    with database.snapshot() as session:
        return list_programmes(session)


def read_one(
    database: Database,
    settings: Settings,
    code: str,
    as_of: date | None = None,
) -> ProgrammeStanding:
    """Return a programme with its promises on a day (None: today) and all that was counted.

    Raises
    ------
    NotFoundError
        If there is no such programme.
    InvalidValueError
        If the day is one to come.
    """
    with database.snapshot() as session:
        found = list_programmes(session, code)
        if not found:
            raise NotFoundError(PROGRAMME, code)
        return _standings(session, settings, found, as_of, evidence=True)[0]


@dataclass(frozen=True, slots=True)
class _Ask:
    """What all promises of one reading have in common."""

    session: Session
    day: date
    today: date
    approved: tuple[str, ...]
    exited: tuple[str, ...]
    evidence: bool
    samples: bool


def _standings(
    session: Session,
    settings: Settings,
    programmes: Sequence[ProgrammeRecord],
    as_of: date | None,
    *,
    evidence: bool,
) -> list[ProgrammeStanding]:
    now = today(settings)
    known = schemes(settings).values()
    stages = {
        stage: tuple({one.code for scheme in known for one in scheme.states if one.stage in stage})
        for stage in ((Stage.APPROVED,), (Stage.EXITED, Stage.WITHDRAWN))
    }
    ask = _Ask(
        session,
        now if as_of is None else past_day(as_of, now),
        now,
        stages[(Stage.APPROVED,)],
        stages[(Stage.EXITED, Stage.WITHDRAWN)],
        evidence,
        holds_samples(session),
    )
    only = programmes[0].code if len(programmes) == 1 else None
    facts = list_facts(session, only)
    indicators = list_indicators(session, only)
    names = region_names(session, [one.region_code for one in programmes])
    found: list[ProgrammeStanding] = []
    for programme in programmes:
        stated = facts.get(programme.code, [])
        standings = [
            _standing(ask, programme, one, [fact for fact in stated if fact.indicator == one.code])
            for one in indicators
            if one.programme == programme.code
        ]
        found.append(
            ProgrammeStanding(
                programme,
                names.get(programme.region_code),
                ask.day,
                tuple(_claimed_twice(standings) if evidence else standings),
                tuple(fact for fact in stated if fact.indicator is None),
                tuple(fact for fact in stated if fact.entered_by is not None),
            )
        )
    return found


def known_documents(database: Database) -> list[DocumentRecord]:
    """Return all documents that plans and facts name, in order of code."""
    with database.snapshot() as session:
        return list(documents_by_code(session).values())


def subject_regions(database: Database, standing: Standing) -> dict[str, Text]:
    """Return the names of the regions that a promise is divided by, or what was counted lies in."""
    codes = {one.region_code for one in standing.subjects or () if one.region_code}
    codes |= {region for region, _ in standing.indicator.splits}
    with database.snapshot() as session:
        return region_names(session, sorted(codes))


def _standing(
    ask: _Ask, programme: ProgrammeRecord, one: IndicatorRecord, stated: list[FactRecord]
) -> Standing:
    window = window_of(one.period_from, one.due, one.recurrence, ask.day)
    if one.recurrence is not None and one.period_from is not None:
        ended = years_before(one.period_from, one.due, ask.day)
        ended = [year for year in ended if year != window]
        years = tuple(_year_result(ask, programme, one, year, stated) for year in ended)
    else:
        years = ()
    real = _on_day(ask, programme, one, window, ask.day, stated, years=years)
    if one.measure is not Measure.STORE or not ask.samples:
        return real
    sample = _on_day(ask, programme, one, window, ask.day, [], sample=True, evidence=False)
    return replace(real, sample=sample)


def _year_result(
    ask: _Ask,
    programme: ProgrammeRecord,
    one: IndicatorRecord,
    window: Window,
    stated: list[FactRecord],
) -> YearResult:
    found = _on_day(ask, programme, one, window, ask.day, stated, evidence=False)
    return YearResult(window, found.fact, found.verdict.state)


def _on_day(
    ask: _Ask,
    programme: ProgrammeRecord,
    one: IndicatorRecord,
    window: Window,
    day: date,
    stated: list[FactRecord],
    *,
    sample: bool = False,
    evidence: bool | None = None,
    years: tuple[YearResult, ...] = (),
) -> Standing:
    """Return a promise on a day, counted from what is real or from the samples alone."""
    known = [fact for fact in stated if fact.as_of is not None and fact.as_of <= day]
    if one.recurrence is not None:
        first = window.first or window.last
        known = [fact for fact in known if fact.as_of and first <= fact.as_of <= window.last]
    tallied: Tally | None = None
    counted: tuple[Subject, ...] | None = None
    found: Found | None = None
    basis: str | None = None
    if one.measure is Measure.STORE and one.rule is not None:
        count = _count(ask, programme, one, window, day, sample=sample)
        tallied = tally(ask.session, count)
        if tallied.known:
            found, basis = _counted(ask, count, tallied, window), "store"
        if ask.evidence if evidence is None else evidence:
            counted = tuple(subjects(ask.session, count))
    if found is None and known:
        latest = known[0]
        on = latest.as_of or day
        # Documents that speak of one day and differ: nobody here knows which is right.
        told = [fact.value for fact in known if fact.as_of == latest.as_of]
        found, basis = Found(min(told), max(told), on, counted=False), "entered"
    care = _care(ask, programme, one, window, day)
    # Neither a document nor the register need hold all that was done: the greater is certain.
    if care is not None and (found is None or care.people > found.low):
        if ask.evidence if evidence is None else evidence:
            counted = care.events
        # The register need not be whole: on later days the number may be greater.
        found = Found(care.people, care.people, care.last_on, counted=False)
        basis = "store"
    verdict = judge(one.comparator, one.value, window, day, found)
    if one.measure is Measure.NOT_COUNTABLE and found is None:
        verdict = Verdict(PromiseState.NOT_COUNTABLE, None, verdict.days_left, None)
    return Standing(
        indicator=one,
        day=day,
        window=window,
        fact=None if found is None else found.low,
        possible=None if found is None else found.high,
        of_set=None if tallied is None or basis != "store" else tallied.most,
        basis=basis,
        on=None if found is None else found.on,
        verdict=verdict,
        stated=tuple(known),
        at_last=None if found is None else found.at_last,
        years=years,
        subjects=counted,
    )


def _care(
    ask: _Ask, programme: ProgrammeRecord, one: IndicatorRecord, window: Window, day: date
) -> Care | None:
    if not one.care or window.first is None:
        return None
    region, last = programme.region_code, min(window.last, day)
    return care_of(ask.session, one.care, one.unit, region, window.first, last)


def _count(
    ask: _Ask,
    programme: ProgrammeRecord,
    one: IndicatorRecord,
    window: Window,
    day: date,
    *,
    sample: bool,
) -> Count:
    assert one.rule is not None
    standing = is_standing(one.nature)
    # An award without a first day is a running total: what came later still counts on a later day.
    total = one.nature is Nature.AWARD and window.first is None
    return Count(
        rule=one.rule,
        programme=programme.code,
        indicator=one.code,
        regions=(programme.region_code,),
        standing=standing,
        first=window.first if one.nature in (Nature.FLOW, Nature.AWARD) else None,
        last=day if total else min(window.last, day),
        day=day,
        today=ask.today,
        approved=ask.approved,
        exited=ask.exited,
        sample=sample,
    )


def _counted(ask: _Ask, count: Count, found: Tally, window: Window) -> Found:
    """Return what a count says; a share in per cent."""
    at_last = None
    if count.standing and count.day > window.last:
        then = tally(ask.session, replace(count, day=window.last, last=window.last))
        at_last = _bounds(then)
    low, high = _bounds(found)
    undated = count.rule.event is Event.OPENED and not found.sure and found.possible > 0
    if at_last is not None and at_last[0] == 0 and at_last[1] > 0:
        undated = True
    return Found(low, high, count.day, found.gained, found.lost, undated, at_last=at_last)


def _bounds(found: Tally) -> tuple[float, float]:
    if found.most is None or found.least is None:
        return float(found.sure), float(found.possible)
    low = 100.0 * found.sure / found.most if found.most else 0.0
    high = min(100.0, 100.0 * found.possible / found.least) if found.least else 100.0
    return low, high


def _claimed_twice(standings: Sequence[Standing]) -> list[Standing]:
    """Flag the subjects that two indicators count without their document letting them share."""
    claims: dict[tuple[str, str], list[IndicatorRecord]] = {}
    for standing in standings:
        if standing.indicator.nature is Nature.SHARE:
            continue  # its subjects are the set that it is a share of
        for subject in standing.subjects or ():
            if subject.sure:
                claims.setdefault((subject.what, subject.code), []).append(standing.indicator)
    found = []
    for standing in standings:
        own = standing.indicator
        twice = [
            (subject.code, other.code)
            for subject in standing.subjects or ()
            for other in claims.get((subject.what, subject.code), [])
            if subject.sure
            and own.nature is not Nature.SHARE
            and other.code != own.code
            and other.code not in own.shares_with
            and own.code not in other.shares_with
        ]
        found.append(replace(standing, twice=tuple(twice)))
    return found

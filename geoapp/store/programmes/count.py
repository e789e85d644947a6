"""What the register holds of a promise on a day: one way for every rule, evaluated in SQL.

A subject counts for certain (``sure``), or perhaps (``maybe``), where its dates are unknown. Samples
and real records are never counted together.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import text

from geoapp.core.programmes import Event, Nature, Rule
from geoapp.core.results.promises import RECENT_DAYS, Subject
from geoapp.core.words import Level
from geoapp.store.engine import Session

_COUNTRY: Final = "100000"


@dataclass(frozen=True, slots=True)
class Count:
    """How to count: a rule, where, on which day, and in which window.

    Attributes
    ----------
    standing
        Count what stands on ``day``; otherwise what happened from ``first`` to ``last``.
    today
        The day of today: what a facility is now says nothing of the days before.
    approved, exited
        The states of applications that mean these stages.
    sample
        Count the samples instead of what is real.
    """

    rule: Rule
    programme: str
    indicator: str
    regions: tuple[str, ...]
    standing: bool
    first: date | None
    last: date
    day: date
    today: date
    approved: tuple[str, ...] = ()
    exited: tuple[str, ...] = ()
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found: ``known`` subjects are registered at all, whatever their dates.

    ``gained`` and ``lost`` are events with a known day in the 90 days up to the day. Of a share,
    ``sure`` and ``possible`` are members of the set, ``least`` and ``most`` its size.
    """

    known: int
    sure: int
    possible: int
    gained: int
    lost: int
    least: int | None = None
    most: int | None = None


_BELOW = """below(code) as (
    select unnest(cast(:regions as text[]))
    union select r.code from region r join below b on r.parent_code = b.code
)"""
_PLACE = "(:everywhere or {region} in (select code from below))"
_POINT = "case when geometrytype(f.geom) = 'POINT' then f.geom else st_pointonsurface(f.geom) end"
_FACILITY = (
    f"""f.code, f.name_zh, f.name_en, f.region_code, {_POINT} as point, f.id as facility_id"""
)
_APPLICANT = f"""
    case when f.id is null then 'organisation' else 'facility' end as what,
    coalesce(f.code, o.code) as code, coalesce(f.name_zh, o.name_zh) as name_zh,
    coalesce(f.name_en, o.name_en) as name_en, coalesce(f.region_code, o.region_code) as region_code,
    {_POINT} as point, f.id as facility_id"""
_WHOSE = """
    left join facility f on f.id = {of}.facility_id
    left join organisation o on o.code = {of}.organisation_code"""
_NO_END = "cast(null as date) as end_first, false as has_ended"
# Each gives subjects with their first day, their end if there is one, and whether they have ended now.
_SUBJECTS: Final = {
    Event.OPENED: f"""
        select 'facility' as what, {_FACILITY}, f.opened_on as first_on,
            geoapp_last_day(f.opened_on, f.opened_basis) as last_on,
            f.closed_on as end_first, geoapp_last_day(f.closed_on, f.closed_basis) as end_last,
            f.status <> all(cast(:states as text[])) as has_ended, cast(null as text) as document,
            cast(null as text) as place
        from facility f
        where f.kind_code = any(cast(:kinds as text[])) and f.is_sample = :sample
        and (f.status not in ('proposed', 'approved') or f.status = any(cast(:states as text[])))
        and {_PLACE.format(region="f.region_code")}""",
    Event.APPROVED: f"""
        select {_APPLICANT}, s.on_day as first_on, s.on_day as last_on, e.on_day as end_first,
            e.on_day as end_last, e.on_day is not null as has_ended, cast(null as text) as document,
            cast(null as text) as place
        from application a {_WHOSE.format(of="a")}
        join lateral (select min(on_day) as on_day from application_step
            where application_id = a.id and after = any(cast(:approved as text[]))) s
            on s.on_day is not null
        left join lateral (select on_day from application_step where application_id = a.id
            and after = any(cast(:exited as text[])) order by id desc limit 1) e
            on a.state = any(cast(:exited as text[]))
        where a.track = any(cast(:tracks as text[])) and (:any_scheme
            or a.scheme = any(cast(:schemes as text[]))) and coalesce(f.is_sample, false) = :sample
        and {_PLACE.format(region="coalesce(f.region_code, o.region_code)")}""",
    Event.RECOGNISED: f"""
        select {_APPLICANT}, r.given_on as first_on, r.given_on as last_on,
            least(r.revoked_on, r.until_on + 1) as end_first,
            least(r.revoked_on, r.until_on + 1) as end_last,
            r.revoked_on is not null as has_ended, r.document, cast(null as text) as place
        from recognition r join application a on a.id = r.application_id {_WHOSE.format(of="a")}
        where r.title = any(cast(:titles as text[])) and (:any_scheme
            or a.scheme = any(cast(:schemes as text[]))) and coalesce(f.is_sample, false) = :sample
        and {_PLACE.format(region="coalesce(f.region_code, o.region_code)")}""",
    Event.AWARDED: f"""
        select {_APPLICANT}, e.event_on as first_on, e.event_on as last_on, {_NO_END},
            cast(null as date) as end_last, d.title_zh as document, e.place
        from indicator_evidence e join document d on d.code = e.document_code
        {_WHOSE.format(of="e")}
        where e.programme_code = :programme and e.indicator_code = :indicator
        and coalesce(f.is_sample, false) = :sample
        and {_PLACE.format(region="coalesce(f.region_code, o.region_code)")}""",
    Event.NAMED: f"""
        select 'organisation' as what, o.code, o.name_zh, o.name_en, o.region_code,
            cast(null as geometry) as point, cast(null as bigint) as facility_id,
            o.document_on as first_on, o.document_on as last_on, {_NO_END},
            cast(null as date) as end_last, o.document, o.place_in_document as place
        from organisation o
        where o.listed_as = any(cast(:listed_as as text[])) and not :sample
        and (cast(:listed_on as date) is null or o.document_on = :listed_on)
        and {_PLACE.format(region="o.region_code")}""",
}
# What happened in a window.
_HAPPENED = """
    coalesce(first_on >= coalesce(cast(:first as date), first_on) and last_on <= :last, false) as sure,
    coalesce(cast(:first as date) <= :last, true) and (first_on is null or first_on <= :last)
        and (last_on is null or last_on >= coalesce(cast(:first as date), last_on))
        and (end_last is null or end_last >= coalesce(cast(:first as date), end_last)) as possible"""
# What stands on a day. What something is now holds from today on; of the days before, its dates tell.
_STANDS = """
    (coalesce(last_on <= :day, false) or :day >= :today and not has_ended
            and (first_on is null or first_on <= :day))
        and not case when end_first is not null then end_first <= :day else has_ended end as sure,
    (first_on is null or first_on <= :day)
        and not case when end_last is not null then end_last <= :day
            else has_ended and :day >= :today end as possible"""
_KNOWN = """known as (
    select distinct on (what, code) * from ({subjects}) s
    order by what, code, first_on nulls last
), judged as (select *, {verdict} from known)"""
_TALLY = """
    select count(*) as known, count(*) filter (where sure) as sure,
        count(*) filter (where sure or possible) as possible,
        count(*) filter (where first_on = last_on and first_on > :recent and first_on <= :day) as gained,
        count(*) filter (where :standing and end_first = end_last and end_first > :recent
            and end_first <= :day) as lost
    from judged"""
_SUBJECT_ROWS = """
    select what, code, name_zh, name_en, region_code, st_x(point) as lon, st_y(point) as lat,
        case when first_on = last_on then first_on end as event_on, sure, document, place
    from {of} where sure or possible order by sure desc, event_on nulls last, code"""
# A set of regions: which of them holds a subject.
_REGIONS = """ups(code, top) as (
    select r.code, r.code from region r where r.level = :level
        and (:everywhere or r.code in (select code from below))
    union select r.code, u.top from region r join ups u on r.parent_code = u.code
), members as (
    select 'region' as what, t.top as code, g.name_zh, g.name_en, g.code as region_code,
        st_pointonsurface(g.geom) as point, cast(null as date) as first_on,
        cast(null as date) as last_on, bool_or(coalesce(j.sure, false)) as sure,
        bool_or(coalesce(j.possible, false)) as possible, cast(null as text) as document,
        cast(null as text) as place, true as stands, true as may_stand
    from ups t join region g on g.code = t.top left join judged j on j.region_code = t.code
    group by t.top, g.code
)"""
# A set of facilities: which of them is joined to a subject, as whole or part.
_FACILITIES = """set_known as (
    select distinct on (what, code) * from ({set_subjects}) s order by what, code
), set_judged as (select *, {verdict} from set_known),
members as (
    select s.what, s.code, s.name_zh, s.name_en, s.region_code, s.point, j.first_on, j.last_on,
        coalesce(j.sure and s.sure, false) as sure, coalesce(j.possible, false) as possible,
        j.document, j.place, s.sure as stands, s.possible as may_stand
    from set_judged s left join lateral (
        select min(j.first_on) as first_on, min(j.last_on) as last_on,
            bool_or(j.sure and (p.valid_from <= :day or p.valid_from is null and :day >= :today))
                as sure,
            bool_or(j.possible) as possible, min(j.document) as document, min(j.place) as place
        from facility_part p join judged j on j.facility_id in (p.whole_id, p.part_id)
        where s.facility_id in (p.whole_id, p.part_id) and s.facility_id <> j.facility_id
        and (p.valid_from is null or p.valid_from <= :day)
        and (p.valid_to is null or p.valid_to >= :day)
    ) j on true
    where s.sure or s.possible
)"""
_SHARE = """
    select (select count(*) from judged) as known, count(*) filter (where sure) as sure,
        count(*) filter (where sure or possible) as possible, 0 as gained, 0 as lost,
        count(*) filter (where stands) as least, count(*) filter (where stands or may_stand) as most,
        (select count(*) from region r where r.level = any(cast(:expected as text[]))
            and (:everywhere or r.code in (select code from below))) as expected
    from members"""


def tally(session: Session, count: Count) -> Tally:
    """Count the subjects of a rule."""
    head, parameters = _statement(count)
    if count.rule.denominator is None:
        row = session.execute(text(head + _TALLY), parameters).one()
        return Tally(row.known, row.sure, row.possible, row.gained, row.lost)
    row = session.execute(text(head + _SHARE), parameters).one()
    # Members that are expected and not registered are unknown: they may hold what is asked, or not.
    missing = max(0, row.expected - row.most)
    known = row.most if count.rule.denominator.of == "facilities" else row.known and row.most
    return Tally(
        known,
        row.sure,
        row.possible + missing,
        0,
        0,
        max(row.least + missing, 0),
        row.most + missing,
    )


def subjects(session: Session, count: Count) -> list[Subject]:
    """Return the subjects that count, for certain first, then perhaps; each once."""
    head, parameters = _statement(count)
    of = "judged" if count.rule.denominator is None else "members"
    rows = session.execute(text(head + _SUBJECT_ROWS.format(of=of)), parameters)
    return [Subject(*row) for row in rows]


def _statement(count: Count) -> tuple[str, dict[str, Any]]:
    """Return the beginning of a statement, up to the subjects that were judged, and its values."""
    rule = count.rule
    verdict = _STANDS if count.standing else _HAPPENED
    parts = [_BELOW, _KNOWN.format(subjects=_SUBJECTS[rule.event], verdict=verdict)]
    # A document's list is of where its plan holds; only a rule that names regions keeps to them.
    regions = rule.regions or (count.regions if rule.event is Event.OPENED else (_COUNTRY,))
    values: dict[str, Any] = {
        "regions": list(regions),
        "everywhere": _COUNTRY in regions,
        "kinds": list(rule.kinds),
        "states": [str(state) for state in rule.states],
        "titles": list(rule.titles),
        "tracks": list(rule.tracks),
        "schemes": list(rule.schemes),
        "any_scheme": not rule.schemes,
        "listed_as": list(rule.listed_as),
        "listed_on": rule.listed_on,
        "approved": list(count.approved),
        "exited": list(count.exited),
        "programme": count.programme,
        "indicator": count.indicator,
        "first": count.first,
        "last": count.last,
        "day": count.day,
        "today": count.today,
        "recent": count.day - timedelta(days=RECENT_DAYS),
        "standing": count.standing,
        "sample": count.sample,
    }
    if rule.denominator is not None:
        values["expected"] = [str(level) for level in rule.denominator.expected]
        if rule.denominator.of == "regions":
            parts.append(_REGIONS)
            values["level"] = str(rule.denominator.level or Level.DISTRICT)
        else:
            set_subjects = _SUBJECTS[Event.OPENED].replace(":kinds", ":set_kinds")
            parts.append(_FACILITIES.format(set_subjects=set_subjects, verdict=verdict))
            values["set_kinds"] = list(rule.denominator.kinds)
    return f"with recursive {', '.join(parts)}", values


def is_standing(nature: Nature) -> bool:
    """Tell whether an indicator of a nature counts what stands on a day."""
    return nature in (Nature.STOCK, Nature.SHARE)

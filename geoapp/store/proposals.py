"""Named queries on proposals: sites of siting runs on their way to opened stations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text

from geoapp.store.engine import Session
from geoapp.store.facilities.read import regions_below

# What may be written of a proposal besides its position.
COLUMNS: Final = (
    "state",
    "name_zh",
    "name_en",
    "region_code",
    "owner",
    "organisation_code",
    "host",
    "cost",
    "planned_on",
    "note",
    "run_id",
    "site_rank",
    "facility_id",
)


@dataclass(frozen=True, slots=True)
class ProposalRecord:
    """A proposal, what its run promised of it, and the facility that it became; None is unknown.

    Attributes
    ----------
    lon, lat
        WGS-84, degrees.
    organisation_name
        Of the registered host; ``host`` are words for one that is not registered.
    question
        The parameters of the siting run, as it keeps them.
    size, seats
        The size in which the plan builds the site, where it has several, and how many it seats, where it says.
    promised
        Workers whom the site was to newly reach after those before it in the plan.
    site_zh, candidate
        What the plan calls the place, and the name of its candidate where it has one.
    moved_m
        How far it now lies from where the plan had it, metres on the spheroid.
    facility, facility_status, opened_on
        Of the facility that it became.
    since, reason
        Day of its present state, and why where that was said.
    sample
        Whether the promise rests on a sample.
    """

    id: int
    state: str
    name_zh: str
    name_en: str | None
    lon: float
    lat: float
    region: str | None
    region_zh: str | None
    region_en: str | None
    owner: str | None
    organisation: str | None
    organisation_name: str | None
    host: str | None
    cost: float | None
    planned_on: date | None
    note: str | None
    run: int
    order: int
    question: dict[str, Any]
    size: str | None
    seats: float | None
    promised: float
    site_zh: str
    candidate: str | None
    moved_m: float
    facility: str | None
    facility_status: str | None
    opened_on: date | None
    since: date
    reason: str | None
    sample: bool
    rev: int


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A state that a proposal got on a day, and why where that was said."""

    state: str
    on_day: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Which proposals; what is None does not filter.

    ``region`` holds those below it; ``run`` is that of a siting run.
    """

    states: frozenset[str] | None = None
    region: str | None = None
    owner: str | None = None
    run: int | None = None


_RECORDS = """
    select p.id, p.state, p.name_zh, p.name_en, st_x(p.geom), st_y(p.geom), p.region_code,
        r.name_zh, r.name_en, p.owner, p.organisation_code, o.name_zh, p.host, p.cost,
        p.planned_on, p.note, p.run_id, p.site_rank, run.params,
        run.result -> 'built' -> p.site_rank - 1 ->> 'name',
        cast(coalesce(run.result -> 'built' -> p.site_rank - 1 ->> 'seats', run.params ->> 'capacity') as float8),
        s.adds, coalesce(s.name, s.place_zh, s.code), s.name,
        st_distance(p.geom::geography, s.geom::geography), f.code, f.status, f.opened_on,
        last.on_day, last.reason, coalesce(cast(run.inputs ->> 'sample' as boolean), false), p.rev
    from proposal p
    join run on run.id = p.run_id
    join run_site s on s.run_id = p.run_id and s.chosen and s.rank = p.site_rank
    join lateral (select on_day, reason from proposal_step where proposal_id = p.id
        order by id desc limit 1) last on true
    left join region r on r.code = p.region_code
    left join organisation o on o.code = p.organisation_code
    left join facility f on f.id = p.facility_id
    where {where} order by p.run_id, p.site_rank
"""


def _records(session: Session, where: str, **values: Any) -> list[ProposalRecord]:
    found = session.execute(text(_RECORDS.format(where=where)), values)
    return [ProposalRecord(*row) for row in found]


def proposal_records(session: Session, wanted: ProposalFilter) -> list[ProposalRecord]:
    """Return proposals by run and by the order of its sites."""
    where, values = ["true"], dict[str, Any]()
    if wanted.states is not None:
        where.append("p.state = any(:states)")
        values["states"] = sorted(wanted.states)
    if wanted.region is not None:
        where.append("p.region_code = any(:regions)")
        values["regions"] = regions_below(session, wanted.region)
    if wanted.owner is not None:
        where.append("p.owner = :owner")
        values["owner"] = wanted.owner
    if wanted.run is not None:
        where.append("p.run_id = :run")
        values["run"] = wanted.run
    return _records(session, " and ".join(where), **values)


def proposal_record(session: Session, number: int) -> ProposalRecord | None:
    """Return a proposal by its number."""
    return next(iter(_records(session, "p.id = :number", number=number)), None)


def steps_of_proposal(session: Session, number: int) -> list[StepRecord]:
    """Return the states that a proposal got, the first one first."""
    rows = session.execute(
        text("select state, on_day, reason from proposal_step where proposal_id = :id order by id"),
        {"id": number},
    )
    return [StepRecord(*row) for row in rows]


def lock_proposals(session: Session) -> None:
    """Keep others from writing proposals until the transaction ends."""
    session.execute(text("lock table proposal in share row exclusive mode"))


def proposal_near(session: Session, *, lon: float, lat: float, within_m: float) -> int | None:
    """Return the proposal that lies nearest to a place (WGS-84), if one does within so many metres."""
    number = session.scalar(
        text(
            "select id from (select id, geom::geography as at, st_setsrid(st_makepoint(:lon, :lat), "
            "4326)::geography as here from proposal) p where st_dwithin(at, here, :within_m) "
            "order by st_distance(at, here), id limit 1"
        ),
        {"lon": lon, "lat": lat, "within_m": within_m},
    )
    return None if number is None else int(number)


def add_proposal(
    session: Session, values: Mapping[str, Any], *, lon: float, lat: float, on_day: date
) -> int:
    """Store a new proposal (WGS-84), with its first step on a day; return its number."""
    names = [name for name in COLUMNS if name in values]
    number: int = session.execute(
        text(
            f"insert into proposal ({', '.join(names)}, geom) values "
            f"({', '.join(f':{name}' for name in names)}, "
            "st_setsrid(st_makepoint(:lon, :lat), 4326)) returning id"
        ),
        {name: values[name] for name in names} | {"lon": lon, "lat": lat},
    ).scalar_one()
    add_proposal_step(session, number, str(values["state"]), on_day, None)
    return number


def write_proposal(session: Session, number: int, values: Mapping[str, Any]) -> None:
    """Write some columns of a proposal; ``lon`` and ``lat`` (WGS-84, degrees) move it."""
    changed = [f"{name} = :{name}" for name in COLUMNS if name in values]
    if "lon" in values:
        changed.append("geom = st_setsrid(st_makepoint(:lon, :lat), 4326)")
    if changed:
        session.execute(
            text(f"update proposal set {', '.join(changed)} where id = :number"),
            dict(values) | {"number": number},
        )


def add_proposal_step(
    session: Session, number: int, state: str, on_day: date, reason: str | None
) -> None:
    """Store that a proposal got a state on a day."""
    session.execute(
        text(
            "insert into proposal_step (proposal_id, state, on_day, reason) "
            "values (:number, :state, :on_day, :reason)"
        ),
        {"number": number, "state": state, "on_day": on_day, "reason": reason},
    )


def proposal_of_facility(session: Session, facility_id: int) -> int | None:
    """Return the proposal that became a facility."""
    number = session.scalar(
        text("select id from proposal where facility_id = :id limit 1"), {"id": facility_id}
    )
    return None if number is None else int(number)


def later_facilities(session: Session, run_id: int, rank: int) -> list[str]:
    """Return the codes of the facilities that a run's site and those behind it became; sites count from 1."""
    rows: Sequence[str] = session.scalars(
        text(
            "select f.code from proposal p join facility f on f.id = p.facility_id "
            "where p.run_id = :run and p.site_rank >= :rank order by f.code"
        ),
        {"run": run_id, "rank": rank},
    ).all()
    return list(rows)


def proposals_of_host(session: Session, code: str) -> int:
    """Return of how many proposals an organisation is the host."""
    count: int = session.execute(
        text("select count(*) from proposal where organisation_code = :code"), {"code": code}
    ).scalar_one()
    return count

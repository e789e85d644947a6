"""Named queries on the state of the data: what is unknown, old, doubtful or out of place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.words import Level, Status

# What a facility's record does not say, or has not said for long.
Gap = Literal["hours", "entry", "phone", "opened", "verified", "region", "position"]
# What a facility's record says and what may be wrong.
Doubt = Literal["doubtful", "shared_phone", "duplicate", "border", "street", "moved"]
Shortfall = Literal[
    "hours",
    "entry",
    "phone",
    "opened",
    "verified",
    "region",
    "position",
    "doubtful",
    "shared_phone",
    "duplicate",
    "border",
    "street",
    "moved",
]

# A fact that nobody has verified for a year is old.
OLD_DAYS: Final = 365
# From so many on, a telephone is hardly that of each facility; a switchboard serves a few.
MANY_ON_ONE_PHONE: Final = 5
# What stands nearer than this to a border, by the accuracy of positions from maps and addresses, may
# lie on its other side.
NEAR_BORDER_M: Final = 100
# What stands farther from any street than this is hardly where it is said to be.
FAR_FROM_STREETS_M: Final = 200.0

_KEPT = f"status <> '{Status.CLOSED}'"
# A number is the same with or without blanks, dashes and brackets.
_DIGITS = "translate({}, ' -－—()（）', '')"
_SHARED_PHONE = f"""
    {_DIGITS.format("phone")} in (
        select {_DIGITS.format("o.phone")} from facility o
        where o.{_KEPT} and o.phone is not null
        group by 1 having count(*) >= {MANY_ON_ONE_PHONE}
    )
"""
# A sieve in degrees, before metres decide: greater than NEAR_BORDER_M up to 78 degrees of latitude.
_SIEVE_EAST, _SIEVE_NORTH = 0.005, 0.001
# By region, the district that it is or lies in.
_DISTRICTS = f"""
    with recursive district_of(code, district) as (
        select code, code from region where level = '{Level.DISTRICT}'
        union all
        select r.code, d.district from region r join district_of d on r.parent_code = d.code
    )
"""
# Outlines are cut into pieces of few vertices, so that few facilities meet long borders.
_BORDER = f"""
    facility.id in (
        {_DISTRICTS}, piece as materialized (
            select code, st_subdivide(geom, 64) as land from region
            where level = '{Level.DISTRICT}' and geom is not null
        ), sieved as materialized (
            select o.id, o.geom, piece.land from piece
            join facility o on o.geom && st_expand(piece.land, {_SIEVE_EAST}, {_SIEVE_NORTH})
            join district_of d on d.code = o.region_code and d.district <> piece.code
        )
        select id from sieved where st_dwithin(geom::geography, land::geography, {NEAR_BORDER_M})
    )
"""
# Said to have moved, and standing where it stood then.
_MOVED = (
    "facility.id in (select o.id from facility_call c join facility o on o.id = c.facility_id "
    "where st_asbinary(c.moved_from) = st_asbinary(o.geom))"
)
_IN_SERVICE = f"status in ('{Status.OPEN}', '{Status.SUSPENDED}')"

# Conditions of our own, never of a caller's. Facilities closed for good need no care.
_LACKS: dict[Shortfall, str] = {
    # None given, or only words that nobody could read (see `core.hours.read_or_keep`).
    "hours": """(opening_hours is null or opening_hours ~ '^"[^"]*"$')""",
    "entry": "entry is null",
    "phone": "phone is null",
    # What is only planned has not opened.
    "opened": f"(opened_on is null and {_IN_SERVICE})",
    "verified": "(verified_on is null or verified_on < :old_before)",
    "region": "region_code is null",
    # One that moves is found at its places.
    "position": "(geom is null and not exists "
    "(select from facility_place p where p.facility_id = facility.id))",
    # Workers agree that it is shut or has moved.
    "doubtful": "facility.id in (select facility_id from facility_voice where doubt is not null)",
    "shared_phone": _SHARED_PHONE,
    # Which these are is found outside of the store: names are compared.
    "duplicate": "facility.id = any(cast(:suspected as bigint[]))",
    "border": _BORDER,
    # Which they are is not the database's to know: the streets lie beside it.
    "street": "facility.id = any(cast(:far as bigint[]))",
    "moved": _MOVED,
}
_GAPS: tuple[Gap, ...] = (
    "hours",
    "entry",
    "phone",
    "opened",
    "verified",
    "region",
    "position",
)


def lack_condition(lack: Shortfall) -> str:
    """Return the SQL condition, on ``facility``, that a facility kept up lacks something.

    Notes
    -----
    A statement gives ``:far`` for ``street``, the numbers of those far from any street; ``:suspected``
    for ``duplicate``, those of what may be another one; and ``:old_before`` for ``verified``, the
    day before which what was verified is old. Which day is today is not the database's to say.
    """
    return f"({_KEPT} and {_LACKS[lack]})"


@dataclass(frozen=True, slots=True)
class RegionState:
    """What the facilities of one district lack.

    Attributes
    ----------
    region
        The code of the district; of a greater region where the facilities state no more, or of a
        street outside every district; None for those in no region.
    kept
        How many are kept up: all but those closed for good.
    complete
        Those of which nothing is unknown or old.
    lacking
        How many lack what.
    """

    region: str | None
    level: str | None
    kept: int
    complete: int
    lacking: dict[Shortfall, int]


@dataclass(frozen=True, slots=True)
class DataState:
    """How many facilities there are by status, and how many of those kept up lack what."""

    by_status: dict[str, int]
    regions: list[RegionState]

    @property
    def whole(self) -> RegionState:
        """All districts together."""
        return RegionState(
            region=None,
            level=None,
            kept=sum(one.kept for one in self.regions),
            complete=sum(one.complete for one in self.regions),
            lacking={lack: sum(one.lacking[lack] for one in self.regions) for lack in _LACKS},
        )


def data_state(
    session: Session,
    old_before: date,
    far: Collection[int] = (),
    suspected: Collection[int] = (),
) -> DataState:
    """Count the facilities, by district in order of code; those in no region come last.

    Parameters
    ----------
    old_before
        What was verified before this day is old.
    far
        Numbers of the facilities that stand far from any street.
    suspected
        Numbers of those that may be another one.
    """
    by_status = {
        status: count
        for status, count in session.execute(
            text("select status, count(*) from facility group by status")
        )
    }
    found = ", ".join(f"count(*) filter (where {how}) as {lack}" for lack, how in _LACKS.items())
    any_gap = " or ".join(_LACKS[lack] for lack in _GAPS)
    rows = session.execute(
        text(
            f"""
            {_DISTRICTS}
            select coalesce(district_of.district, region_code) as of_region,
                count(*) as kept, count(*) filter (where not ({any_gap})) as complete, {found}
            from facility left join district_of on district_of.code = region_code
            where {_KEPT} group by 1 order by 1 nulls last
            """
        ),
        {"far": list(far), "suspected": list(suspected), "old_before": old_before},
    ).all()
    levels = {
        code: level for code, level in session.execute(text("select code, level from region"))
    }
    return DataState(
        by_status=by_status,
        regions=[
            RegionState(
                region=row.of_region,
                level=levels.get(row.of_region),
                kept=row.kept,
                complete=row.complete,
                lacking={lack: getattr(row, lack) for lack in _LACKS},
            )
            for row in rows
        ],
    )


def kept_points(session: Session) -> list[tuple[int, float, float]]:
    """Return number, longitude and latitude (WGS-84) of all kept up that have one place."""
    rows = session.execute(
        text(
            f"""
            select id, st_x(at), st_y(at) from (
                select id, case when geometrytype(geom) = 'POINT' then geom
                    else st_pointonsurface(geom) end as at
                from facility where {_KEPT} and geom is not null and not exists
                    (select from facility_place p where p.facility_id = facility.id)
            ) placed
            """
        )
    )
    return [(number, lon, lat) for number, lon, lat in rows]

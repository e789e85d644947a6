"""The points of a demand set: streamed as binary rows into arrays, without an object for each point."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

CHUNK: Final = 100_000
# How PostgreSQL writes a row of six columns none of which is null: their number, then each with its
# length before it. After a header of 19 bytes; a row of -1 columns ends it.
_ROW: Final = np.dtype(
    [
        ("columns", ">i2"),
        *(
            one
            for name, kind in (
                ("lon", ">f8"),
                ("lat", ">f8"),
                ("weight", ">f8"),
                ("region", ">i4"),
                ("group", ">i4"),
                ("profile", ">i4"),
            )
            for one in ((f"{name}_length", ">i4"), (name, kind))
        ),
    ]
)
_HEADER: Final = 19
_HOURS: Final = (
    "select hours, row_number() over (order by hours) - 1 as n "
    "from (select distinct hours from demand_point where {where} and hours is not null) each"
)


@dataclass(frozen=True, slots=True)
class DemandRows:
    """Demand points as arrays of equal length, WGS-84, in order of their numbers.

    ``profile`` numbers the rows of ``profiles`` (24 or 168 multipliers each); -1 has none.
    ``group`` is a group of workers, such as couriers; None = not told.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    weight: NDArray[np.float64]
    region: NDArray[np.object_]
    group: NDArray[np.object_]
    profile: NDArray[np.int64]
    profiles: list[list[float]]

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.lon)


@dataclass(frozen=True, slots=True)
class DemandChunk:
    """Some consecutive points; region, group and profile by their numbers, -1 = none."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    weight: NDArray[np.float64]
    region: NDArray[np.int64]
    group: NDArray[np.int64]
    profile: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.lon)


@dataclass(frozen=True, slots=True)
class StoredDemand:
    """A demand set that is read chunk by chunk, inside one snapshot.

    Attributes
    ----------
    count
        How many points.
    regions, groups
        The codes that come among them, in order; chunks have their numbers.
    profiles
        As in `DemandRows`.
    """

    session: Session
    where: str
    parameters: dict[str, Any]
    count: int
    regions: tuple[str, ...]
    groups: tuple[str, ...]
    profiles: list[list[float]]

    def chunks(self) -> Iterator[DemandChunk]:
        """Yield the points in order of their numbers, at most ``CHUNK`` at a time."""
        for rows in self._rows():
            yield DemandChunk(
                lon=rows["lon"].astype(np.float64),
                lat=rows["lat"].astype(np.float64),
                weight=rows["weight"].astype(np.float64),
                region=rows["region"].astype(np.int64),
                group=rows["group"].astype(np.int64),
                profile=rows["profile"].astype(np.int64),
            )

    def _rows(self) -> Iterator[NDArray[Any]]:
        hours = f"left join ({_HOURS.format(where=self.where)}) h on h.hours = p.hours"
        statement = (
            "copy (select st_x(p.geom), st_y(p.geom), p.weight, coalesce(r.n, 0)::int4 - 1, "
            f"coalesce(g.n, 0)::int4 - 1, {'coalesce(h.n, -1)' if self.profiles else '-1'}::int4 "
            "from demand_point p "
            "left join unnest(%(names)s::text[]) with ordinality r (code, n) "
            "on r.code = p.region_code "
            "left join unnest(%(groups)s::text[]) with ordinality g (code, n) on g.code = p.grp "
            f"{hours if self.profiles else ''} where {self.where} order by p.id) "
            "to stdout (format binary)"
        )
        named = {"names": list(self.regions), "groups": list(self.groups)}
        driver: Connection[Any] = self.session.connection().connection.driver_connection  # type: ignore[assignment]
        held = bytearray()
        skipped = _HEADER
        with (
            driver.cursor() as cursor,
            cursor.copy(statement.encode(), self.parameters | named) as copy,
        ):
            for some in copy:
                held += some
                if len(held) >= skipped + CHUNK * _ROW.itemsize:
                    yield np.frombuffer(bytes(held[skipped:]), _ROW, CHUNK)
                    del held[: skipped + CHUNK * _ROW.itemsize]
                    skipped = 0
        rest = bytes(held[skipped:])
        if len(rest) >= _ROW.itemsize:
            yield np.frombuffer(rest, _ROW, len(rest) // _ROW.itemsize)


def stored_demand(session: Session, set_id: int, regions: list[str] | None) -> StoredDemand:
    """Find out what a set holds, all of it or what is in the given regions.

    Parameters
    ----------
    session
        A snapshot of the database, so that what is counted is what is read.
    """
    where = "set_id = %(set_id)s" + (
        "" if regions is None else " and region_code = any(%(regions)s)"
    )
    parameters = {"set_id": set_id, "regions": regions or []}
    bound = where.replace("%(set_id)s", ":set_id").replace("%(regions)s", ":regions")
    kinds = session.execute(
        text(
            "select region_code, grp, hours is not null as with_hours, count(*) as points "
            f"from demand_point where {bound} group by 1, 2, 3"
        ),
        parameters,
    ).all()
    profiles: list[list[float]] = []
    if any(one.with_hours for one in kinds):
        rows = session.execute(text(f"{_HOURS.format(where=bound)} order by n"), parameters)
        profiles = [list(row.hours) for row in rows]
    return StoredDemand(
        session=session,
        where=where,
        parameters=parameters,
        count=sum(one.points for one in kinds),
        regions=tuple(sorted({one.region_code for one in kinds} - {None})),
        groups=tuple(sorted({one.grp for one in kinds} - {None})),
        profiles=profiles,
    )


def read_demand(session: Session, set_id: int, regions: list[str] | None) -> DemandRows:
    """Return a set's points, all of them or those in the given regions; see `stored_demand`."""
    found = stored_demand(session, set_id, regions)
    whole = _room_for(found.count, found.profiles)
    # The last one is nobody's: -1.
    codes, groups = (
        np.array([*names, None], dtype=object) for names in (found.regions, found.groups)
    )
    done = 0
    for chunk in found.chunks():
        here = slice(done, done + len(chunk))
        whole.lon[here], whole.lat[here], whole.weight[here] = chunk.lon, chunk.lat, chunk.weight
        whole.region[here], whole.group[here] = codes[chunk.region], groups[chunk.group]
        whole.profile[here] = chunk.profile
        done += len(chunk)
    return whole


def no_demand() -> DemandRows:
    """Return no points."""
    return _room_for(0, [])


def _room_for(count: int, profiles: list[list[float]]) -> DemandRows:
    return DemandRows(
        lon=np.empty(count),
        lat=np.empty(count),
        weight=np.empty(count),
        region=np.empty(count, dtype=object),
        group=np.empty(count, dtype=object),
        profile=np.empty(count, np.int64),
        profiles=profiles,
    )

"""Named queries on the facilities that list an amenity."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Lister:
    """A facility that lists an amenity; ``line_m`` is the straight line from where was asked."""

    code: str
    name_zh: str
    name_en: str | None
    address: str | None
    is_sample: bool
    line_m: float | None


_LISTERS = text(
    """
    select code, name_zh, name_en, address, is_sample,
        st_distance(geom::geography, st_setsrid(st_makepoint(
            cast(:lon as double precision), cast(:lat as double precision)), 4326)::geography),
        count(*) over ()
    from facility where status = 'open' and :amenity = any(amenities)
    order by 6 nulls last, code limit :limit
    """
)


def facilities_listing(
    session: Session, amenity: str, *, lon: float | None, lat: float | None, limit: int
) -> tuple[list[Lister], int]:
    """Return facilities in service that list an amenity, and how many there are in all.

    The nearest to a position (WGS-84) come first, by the straight line; without one, by code.
    """
    given = {"amenity": amenity, "lon": lon, "lat": lat, "limit": limit}
    rows = session.execute(_LISTERS, given).all()
    return [Lister(*row[:6]) for row in rows], rows[0][6] if rows else 0

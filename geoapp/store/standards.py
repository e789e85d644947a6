"""The named query that holds all facilities against a standard at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import text

from geoapp.store.engine import Session


@dataclass(frozen=True, slots=True)
class CheckedFacility:
    """A facility in service, with the numbers of the items that it has and that it lacks."""

    code: str
    name_zh: str
    name_en: str | None
    region_code: str | None
    is_sample: bool
    lon: float | None
    lat: float | None
    there: tuple[int, ...]
    lacking: tuple[int, ...]


_CHECKED = text(
    """
    with recursive below(code) as (
        select code from region where code = cast(:region as text)
        union all select r.code from region r join below b on r.parent_code = b.code
    ), item as materialized (
        select n, amenities from jsonb_to_recordset(cast(:items as jsonb)) as i(n integer, amenities text[])
    )
    select f.code, f.name_zh, f.name_en, f.region_code, f.is_sample, st_x(p.geom), st_y(p.geom),
        array(select n from item i where i.amenities && f.amenities order by n),
        array(select n from item i
              where cardinality(i.amenities) > 0 and i.amenities <@ f.no_amenities order by n)
    from facility f
    left join lateral (
        select case when geometrytype(f.geom) = 'POINT' then f.geom else st_pointonsurface(f.geom) end
            as geom
    ) p on true
    where f.status = 'open' and f.kind_code = any(:kinds)
        and (cast(:region as text) is null or f.region_code in (select code from below))
    order by f.code
    """
)


def checked_facilities(
    session: Session,
    items: Sequence[Collection[str]],
    kinds: Collection[str],
    region: str | None,
) -> list[CheckedFacility]:
    """Return the facilities in service of some kinds in a region (None: anywhere), by code.

    Parameters
    ----------
    items
        For each item, in order, the amenities any of which satisfies it; none: nothing does. An item
        lacks where all of them are known to be absent; the store keeps what is there and what is
        absent apart.
    """
    asked = [
        {"n": number, "amenities": list(amenities)}
        for number, amenities in enumerate(items, start=1)
    ]
    rows = session.execute(
        _CHECKED,
        {"items": orjson.dumps(asked).decode(), "kinds": list(kinds), "region": region},
    )
    return [
        CheckedFacility(code, zh, en, region_code, sample, lon, lat, tuple(there), tuple(lacking))
        for code, zh, en, region_code, sample, lon, lat, there, lacking in rows
    ]

"""Named queries on facilities without a position: what answers by place leave out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from geoapp.core.words import Level, Status
from geoapp.store.facilities.as_of import BAND, AsOf


@dataclass(frozen=True, slots=True)
class UnplacedFacility:
    """A facility in service of which only the region is known, or nothing.

    ``from_date`` and ``to_date`` bound, inclusively, the days on which it is, or may be, in service.
    """

    code: str
    kind: str
    family: str
    name_zh: str
    name_en: str | None
    region_code: str | None
    from_date: date | None
    to_date: date | None
    timezone: str
    is_sample: bool
    amenities: list[str] = field(default_factory=list)
    access: str | None = None
    entry: str | None = None


def codes_with_position(session: Session, codes: Sequence[str]) -> frozenset[str]:
    """Return those of some codes whose facility has a position."""
    rows = session.execute(
        text("select code from facility where code = any(:codes) and geom is not null"),
        {"codes": list(codes)},
    )
    return frozenset(rows.scalars())


_UNPLACED = """
    select f.code, f.kind_code, k.family, f.name_zh, f.name_en, f.region_code,
        {dates}, f.timezone, f.is_sample, f.amenities, f.access, f.entry
    from facility f join kind k on k.code = f.kind_code
    where f.geom is null and {those}
        and not exists (select from facility_place p where p.facility_id = f.id){regions}
    order by f.code
"""


_DATES = "f.opened_on, geoapp_last_day(f.closed_on, f.closed_basis) - 1"
_NOW = "f.status = :open"
_ON_DAY = f"f.id in (select facility_id from ({BAND}) there)"


def unplaced_facilities(
    session: Session, regions: Sequence[str] | None = None, as_of: AsOf | None = None
) -> list[UnplacedFacility]:
    """Return the facilities in service without a position, in order of code.

    Those that move have one: that of their places.

    Parameters
    ----------
    regions
        Only those known to be in these; None is all, those of unknown region included.
    as_of
        Those that were, or may have been, there on a day; None = those in service now.
    """
    parameters: dict[str, Any] = {"open": Status.OPEN} if as_of is None else as_of.parameters
    those, dates = (_NOW, _DATES) if as_of is None else (_ON_DAY, "null, null")
    if regions is None:
        rows = session.execute(
            text(_UNPLACED.format(regions="", those=those, dates=dates)), parameters
        )
    else:
        query = text(
            _UNPLACED.format(regions=" and f.region_code in :regions", those=those, dates=dates)
        )
        rows = session.execute(
            query.bindparams(bindparam("regions", expanding=True)),
            parameters | {"regions": list(regions)},
        )
    return [UnplacedFacility(*row) for row in rows]


def outlines_of_districts(
    session: Session, codes: Sequence[str]
) -> list[tuple[str, str, str | None, bytes]]:
    """Return code, names and outline (WKB, WGS-84) of those of some regions that are districts."""
    rows = session.execute(
        text(
            "select code, name_zh, name_en, st_asbinary(geom) from region "
            "where code = any(:codes) and level = :level and geom is not null order by code"
        ),
        {"codes": list(codes), "level": Level.DISTRICT},
    )
    return [(code, zh, en, bytes(wkb)) for code, zh, en, wkb in rows]

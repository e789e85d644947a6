"""Writing the timetabled places of facilities that move."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PlaceValues:
    """A place: degrees on WGS-84, names, the period (both days inclusive) and the hours there."""

    lon: float
    lat: float
    label_zh: str | None
    label_en: str | None
    valid_from: date | None
    valid_to: date | None
    opening_hours: str | None

    @property
    def words(self) -> tuple[str, ...]:
        """Everything but the position, in a form that can be ordered and compared."""
        values = (self.valid_from, self.valid_to, self.label_zh, self.label_en, self.opening_hours)
        return tuple("" if value is None else str(value) for value in values)


_STORED = text(
    """
    select f.code, st_x(p.geom), st_y(p.geom), p.label_zh, p.label_en, p.valid_from, p.valid_to,
        p.opening_hours
    from staged s join facility f on f.code = s.code join facility_place p on p.facility_id = f.id
    """
)


def differing_places(
    session: Session, wanted: Mapping[str, tuple[PlaceValues, ...]], same_deg: float
) -> set[str]:
    """Return the codes among the staged whose wanted places are not those stored.

    Staged facilities that ``wanted`` does not name want none.
    """
    stored: dict[str, list[PlaceValues]] = {}
    for code, *values in session.execute(_STORED):
        stored.setdefault(code, []).append(PlaceValues(*values))
    codes = set(stored) | {code for code, places in wanted.items() if places}
    return {
        code
        for code in codes
        if not _same(list(wanted.get(code, ())), stored.get(code, []), same_deg)
    }


def _same(wanted: list[PlaceValues], stored: list[PlaceValues], same_deg: float) -> bool:
    if len(wanted) != len(stored):
        return False

    def order(place: PlaceValues) -> tuple[tuple[str, ...], float, float]:
        return place.words, round(place.lon, 5), round(place.lat, 5)

    return all(
        one.words == other.words
        and abs(one.lon - other.lon) <= same_deg
        and abs(one.lat - other.lat) <= same_deg
        for one, other in zip(sorted(wanted, key=order), sorted(stored, key=order), strict=True)
    )


def replace_places(session: Session, wanted: Mapping[str, tuple[PlaceValues, ...]]) -> None:
    """Give each facility (by code) just these places."""
    if not wanted:
        return
    session.execute(
        text(
            "delete from facility_place where facility_id in "
            "(select id from facility where code = any(:codes))"
        ),
        {"codes": list(wanted)},
    )
    rows = [
        {
            "code": code,
            "lon": place.lon,
            "lat": place.lat,
            "label_zh": place.label_zh,
            "label_en": place.label_en,
            "valid_from": place.valid_from,
            "valid_to": place.valid_to,
            "opening_hours": place.opening_hours,
        }
        for code, places in wanted.items()
        for place in places
    ]
    if rows:
        session.execute(
            text(
                "insert into facility_place (facility_id, geom, label_zh, label_en, valid_from, "
                "valid_to, opening_hours) select id, st_setsrid(st_makepoint(:lon, :lat), 4326), "
                "cast(:label_zh as text), cast(:label_en as text), cast(:valid_from as date), "
                "cast(:valid_to as date), cast(:opening_hours as text) "
                "from facility where code = :code"
            ),
            rows,
        )

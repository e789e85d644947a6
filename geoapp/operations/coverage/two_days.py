"""What stood in a region on two days: which facilities, and what opened and closed between them.

It is told by what is known today of those days. Where a date is not known, or only its month or
year, a facility may have been there: that is said, and never taken as certain.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from geoapp.core.dated_states import Band
from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.words import Standing
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import AsOf, Begun, begun_within, states_on
from geoapp.store.facilities.named import (
    count_without_region,
    facilities_by_family,
    positions_of,
)
from geoapp.store.facilities.read import regions_below


@dataclass(frozen=True, slots=True)
class Placed:
    """A facility that was there on one of the days, or may have been.

    ``lon`` and ``lat`` are WGS-84 degrees of where it is, or was last; None where nobody knows.
    ``opened`` and ``closed`` tell whether it came and went between the days: for certain, perhaps,
    or not.
    """

    code: str
    name: Text
    kind: Text
    sample: bool
    lon: float | None
    lat: float | None
    then: Standing
    now: Standing
    opened: Standing
    closed: Standing

    @property
    def changed(self) -> bool:
        """Whether it came or went, or may have."""
        return self.then is not Standing.KNOWN or self.now is not Standing.KNOWN


def _change(without: Standing, there: Standing, event: bool | None) -> Standing:
    """Tell whether it came about between the days, as the month's report tells it.

    ``event`` is whether the register has such a change between them: for certain, perhaps, or not.
    """
    if without is Standing.NO and there is Standing.KNOWN:
        return Standing.KNOWN
    if without is Standing.KNOWN:
        return Standing.NO
    if event is None:
        return Standing.POSSIBLE if there is Standing.KNOWN else Standing.NO
    return Standing.KNOWN if event else Standing.POSSIBLE


@dataclass(frozen=True, slots=True)
class TwoDays:
    """A region on two days.

    Attributes
    ----------
    then, now
        How many stood on each day.
    opened, closed
        How many came and went between them; one that is known to have done both is in neither.
    facilities
        Those that stood on one of the days, or may have, by code.
    without_region
        How many more facilities are in no region at all, and so in no region's figures.
    """

    first: date
    last: date
    then: Band
    now: Band
    opened: Band
    closed: Band
    facilities: tuple[Placed, ...]
    samples: int
    without_region: int


def two_days(
    database: Database, settings: Settings, region: str, first: date, last: date
) -> TwoDays:
    """Compare what stood in a region on two days.

    Raises
    ------
    NotFoundError
        If there is no such region.
    InvalidValueError
        If the first day is not before the second, or the second is one to come.
    """
    now = today(settings)
    if last > now:
        accepted = Text(f"不晚于今天（{now}）的日期", f"a day no later than today ({now})")
        raise InvalidValueError("to", last.isoformat(), accepted)
    if first >= last:
        accepted = Text(f"早于 {last} 的日期", f"a day before {last}")
        raise InvalidValueError("from", first.isoformat(), accepted)
    with database.snapshot() as session:
        below = regions_below(session, region)
        if not below:
            raise NotFoundError(Text("区域", "region"), region)
        some = facilities_by_family(session, below)
        ids = [one.id for one in some]
        earlier, later = (states_on(session, AsOf(day, now), ids) for day in (first, last))
        after = first + timedelta(days=1)
        begun = begun_within(session, after, last, now, ids)
        positions = positions_of(session, ids)
        without_region = count_without_region(session)
    opens = _events([one for one in begun if one.opens], after, last)
    closes = _events([one for one in begun if one.closes], after, last)
    found = []
    for one in some:
        states = [on.get(one.id) for on in (earlier, later)]
        then, on_last = (Standing.NO if on is None else on.standing for on in states)
        if then is Standing.NO and on_last is Standing.NO:
            continue
        lon, lat = positions.get(one.id, (None, None))
        found.append(
            Placed(
                code=one.code,
                name=Text(one.name_zh, one.name_en or one.name_zh),
                kind=Text(one.kind_zh, one.kind_en),
                sample=one.is_sample,
                lon=lon,
                lat=lat,
                then=then,
                now=on_last,
                opened=_change(then, on_last, opens.get(one.id)),
                closed=_change(on_last, then, closes.get(one.id)),
            )
        )
    return TwoDays(
        first=first,
        last=last,
        then=_band([one.then for one in found]),
        now=_band([one.now for one in found]),
        opened=_band([one.opened for one in found]),
        closed=_band([one.closed for one in found]),
        facilities=tuple(found),
        samples=sum(one.sample for one in found),
        without_region=without_region,
    )


def _events(begun: list[Begun], after: date, last: date) -> dict[int, bool]:
    """Return whose state began within the days, by number: whether for certain."""
    told: dict[int, bool] = {}
    for one in begun:
        certain = one.certain(after, last)
        if certain is not None:
            told[one.facility_id] = told.get(one.facility_id, False) or certain
    return told


def _band(standings: list[Standing]) -> Band:
    return Band(standings.count(Standing.KNOWN), standings.count(Standing.POSSIBLE))

"""``/coverage/REGION/time/compare``: two days of a region on one map, and what changed between them."""

from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, render_template, request

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.words import Standing
from geoapp.operations.coverage.two_days import Placed, two_days
from geoapp.operations.moment import past_day, today
from geoapp.reports.words.monthly import samples_text, without_region_text
from geoapp.reports.words.states import range_text
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.chrome import map_setup
from geoapp.web.pages.coverage.manager import crumbs_of
from geoapp.web.pages.naming import naming

blueprint = Blueprint("two_days", __name__)

MOST_LISTED: Final = 300
MOST_DRAWN: Final = 3_000
_STAND: Final = {
    Standing.KNOWN: Text("在", "there"),
    Standing.POSSIBLE: Text("可能在", "may be there"),
    Standing.NO: Text("不在", "not there"),
}
_OPENED: Final = Text("启用", "opened")
_CLOSED: Final = Text("停用", "closed")
_MAY_OPEN: Final = Text("可能启用", "may have opened")
_MAY_CLOSE: Final = Text("可能停用", "may have closed")
_MAY_BOTH: Final = Text("可能启用或停用", "may have opened or closed")


def change_text(one: Placed) -> Text:
    """Return in words what became of a facility between the days."""
    if one.opened is Standing.KNOWN:
        return _OPENED
    if one.closed is Standing.KNOWN:
        return _CLOSED
    if one.opened is Standing.POSSIBLE and one.closed is Standing.POSSIBLE:
        return _MAY_BOTH
    return _MAY_OPEN if one.opened is Standing.POSSIBLE else _MAY_CLOSE


def _day(name: str, usual: date, now: date) -> date:
    given = request.args.get(name, "").strip()
    if not given:
        return usual
    try:
        return past_day(date.fromisoformat(given), now)
    except (ValueError, InvalidValueError):
        accepted = Text(
            f"不晚于今天（{now}）的日期，如 2025-12-31",
            f"a day such as 2025-12-31, no later than today ({now})",
        )
        raise InvalidValueError(name, given[:40], accepted) from None


@blueprint.get("/coverage/<region>/time/compare")
def show(region: str) -> str:
    """Show a region on two days; without them, at the end of last year and today."""
    parts = services()
    now = today(parts.settings)
    last = _day("to", now, now)
    first = _day("from", last.replace(month=1, day=1) - timedelta(days=1), now)
    told = two_days(parts.database, parts.settings, region, first, last)
    # What is certain is listed before what may be.
    changed = sorted(
        (one for one in told.facilities if one.changed),
        key=lambda one: Standing.KNOWN not in {one.opened, one.closed},
    )
    # What changed is drawn before what stayed, where not all can be.
    drawn = [one for one in sorted(told.facilities, key=lambda one: not one.changed)][:MOST_DRAWN]
    return render_template(
        "manager/two_days.html",
        region=region,
        name=naming().regions.get(region, Text(region, region)),
        crumbs=crumbs_of(region),
        told=told,
        today=now,
        range=range_text,
        stayed=len(told.facilities) - len(changed),
        changed=len(changed),
        rows=[(one, change_text(one)) for one in changed[:MOST_LISTED]],
        stand=_STAND,
        drawn=len(drawn),
        points=[point for one in drawn if (point := _point(one)) is not None],
        unplaced=sum(one.lon is None for one in told.facilities),
        samples=samples_text(told.samples, len(told.facilities)) if told.samples else None,
        without_region=without_region_text(told.without_region) if told.without_region else None,
    )


def _point(one: Placed) -> dict[str, Any] | None:
    """Return a facility as the map draws it, in the map's datum; None without a position."""
    if one.lon is None or one.lat is None:
        return None
    lon, lat = from_wgs84(lon=one.lon, lat=one.lat, datum=map_setup().datum)
    said = "" if not one.changed else change_text(one).pick(language())
    return {
        "lon": round(float(lon), 7),
        "lat": round(float(lat), 7),
        "name": one.name.pick(language()),
        "said": said,
        "then": one.then,
        "now": one.now,
    }

"""``/coverage/REGION/time/compare``: two days of a region on one map, and what changed between them."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, assert_never

from flask import Blueprint, render_template, request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.words import Standing
from geoapp.operations.coverage.two_days import Placed, two_days
from geoapp.operations.moment import past_day, today
from geoapp.reports.words.monthly import samples_text, without_region_text
from geoapp.reports.words.states import range_text
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.manager import crumbs_of
from geoapp.web.pages.naming import naming
from geoapp.web.pages.paging import asked_page

blueprint = Blueprint("two_days", __name__)

PAGE_ROWS: Final = 40
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


class What(StrEnum):
    """Which changes are listed."""

    OPENED = "opened"
    CLOSED = "closed"
    PERHAPS = "perhaps"


_WHAT_TEXT: Final = {
    None: Text("全部", "All"),
    What.OPENED: Text("启用", "Opened"),
    What.CLOSED: Text("停用", "Closed"),
    What.PERHAPS: Text("可能", "Perhaps"),
}


def _is(one: Placed, what: What | None) -> bool:
    """Tell whether a change is of a sort; what is certain one way is no perhaps, too."""
    match what:
        case None:
            return True
        case What.OPENED:
            return one.opened is Standing.KNOWN
        case What.CLOSED:
            return one.closed is Standing.KNOWN
        case What.PERHAPS:
            return Standing.KNOWN not in {one.opened, one.closed}
        case _:
            assert_never(what)


@dataclass(frozen=True, slots=True)
class Sort:
    """One choice of what is listed, with how many there are."""

    what: What | None
    text: Text
    count: int


def _asked_what() -> What | None:
    given = request.args.get("what", "").strip()
    if not given:
        return None
    if given not in list(What):
        names = ", ".join(What)
        raise InvalidValueError("what", given[:40], Text(names, names))
    return What(given)


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
    what = _asked_what()
    listed = [one for one in changed if _is(one, what)]
    pages = max(1, math.ceil(len(listed) / PAGE_ROWS))
    page = asked_page(pages)
    rows = listed[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
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
        what=what,
        sorts=[
            Sort(one, text, sum(_is(each, one) for each in changed))
            for one, text in _WHAT_TEXT.items()
        ],
        asked={"from": told.first, "to": told.last},
        page=page,
        pages=pages,
        rows=[(one, change_text(one)) for one in rows],
        stand=_STAND,
        drawn=len(drawn),
        points=[point for one in drawn if (point := _point(one)) is not None],
        unplaced=sum(one.lon is None for one in told.facilities),
        samples=samples_text(told.samples, len(told.facilities)) if told.samples else None,
        without_region=without_region_text(told.without_region) if told.without_region else None,
    )


def _point(one: Placed) -> dict[str, Any] | None:
    """Return a facility as the map draws it, in WGS-84; None without a position."""
    if one.lon is None or one.lat is None:
        return None
    said = "" if not one.changed else change_text(one).pick(language())
    return {
        "lon": round(one.lon, 7),
        "lat": round(one.lat, 7),
        "name": one.name.pick(language()),
        "said": said,
        "then": one.then,
        "now": one.now,
    }

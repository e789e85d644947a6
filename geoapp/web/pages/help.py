"""``/services``: where a worker finds help with something, such as legal aid."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_SEARCH_CHARACTERS
from geoapp.core.phones import Telephone, telephones
from geoapp.core.services import load_categories
from geoapp.operations.facilities.places import list_places, point_of_place
from geoapp.operations.services.listed import stations_that_list
from geoapp.operations.services.read import Offer, ServiceQuestion, find_services, list_items
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.offered import Help, offered

blueprint = Blueprint("help", __name__)

_SHOWN = 50
_LISTERS = 5
_MOST_PLACES = 2000
_PLACE_TEXT = {
    True: Text("站点现在开放", "The place is open"),
    False: Text("站点现在不开放", "The place is closed now"),
    None: Text("站点开放时间未知", "The place’s hours are unknown"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Where something is offered; ``line_m`` is from the middle of the area that was chosen."""

    code: str | None
    place: str
    phones: list[Telephone]
    address: str | None
    place_state: Text | None
    line_m: float | None
    help: list[Help]


@blueprint.get("/services")
def show() -> str:
    """Show what help there is, and where."""
    parts = services()
    words = without_nul(request.args.get("q", "")).strip()[:MOST_SEARCH_CHARACTERS]
    category = without_nul(request.args.get("category", "")) or None
    place = without_nul(request.args.get("place", "")) or None
    lon, lat = point_of_place(parts.database, parts.settings, place) if place else (None, None)
    answer = find_services(
        parts.database,
        parts.settings,
        ServiceQuestion(words, category, lon=lon, lat=lat),
        limit=_SHOWN,
    )
    today = datetime.now(ZoneInfo(parts.settings.timezone)).date()
    known = load_categories()
    places, _ = list_places(parts.database, parts.settings, _MOST_PLACES, place)
    return render_template(
        "worker/services.html",
        words=words,
        category=category,
        place=place,
        places=places,
        known=known,
        any_at_all=bool(list_items(parts.database)),
        found=[_found(same, today) for same in _by_place(answer.offers)],
        more=answer.more,
        listed=stations_that_list(
            parts.database,
            words,
            category,
            near=None if lon is None or lat is None else (lon, lat),
            limit=_LISTERS,
        ),
    )


def _by_place(offers: list[Offer]) -> list[list[Offer]]:
    """Return the offers of each place or organisation together, in the order of the first."""
    together: dict[tuple[str | None, str | None], list[Offer]] = {}
    for one in offers:
        who = one.record.facility, None if one.record.facility else one.record.organisation
        together.setdefault(who, []).append(one)
    return list(together.values())


def _found(same: list[Offer], today: date) -> Found:
    one = same[0].record
    return Found(
        code=one.facility,
        place=one.name_en if language() == "en" and one.name_en else one.name_zh,
        phones=telephones(one.place_phone),
        address=one.address,
        place_state=_PLACE_TEXT[same[0].place_open] if one.facility else None,
        line_m=one.line_m,
        help=offered(same, list(same[0].desks), today),
    )

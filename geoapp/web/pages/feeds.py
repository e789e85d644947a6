"""``/feeds/changes.atom`` and ``/feeds/openings.ics``: what happened to public facilities."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request, url_for

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.words import OSM_ATTRIBUTION, OSM_LICENCE, STATUS_TEXT, Status, is_of_osm
from geoapp.operations.facilities.news import latest_changes, openings_and_closings
from geoapp.operations.moment import today
from geoapp.reports.calendar_file import CalendarEntry, calendar_file
from geoapp.store.facilities.public import PublicFacility
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.language import language, t
from geoapp.web.edge.services import public_address, services

blueprint = Blueprint("feeds", __name__)

_TITLE = Text("户外劳动者服务站点：最近的变化", "Outdoor workers' service stations: latest changes")
_DAYS = Text(
    "户外劳动者服务站点：启用和停用", "Outdoor workers' service stations: openings and closings"
)
_ATOM = "http://www.w3.org/2005/Atom"
_A_WHILE = "public, max-age=300"


@blueprint.get("/feeds/changes.atom")
@kept()
def changes() -> Response:
    """Return the facilities whose records changed last, as they are now (Atom, RFC 4287)."""
    found = latest_changes(services().database, _region())
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": language()})
    own = _own_address()
    newest = found[0].updated_at if found else datetime(1970, 1, 1, tzinfo=UTC)
    _add(feed, "id", own)
    _add(feed, "title", t(_TITLE))
    _add(feed, "updated", newest.isoformat())
    # Whoever runs the service: no person is named.
    _add(_add(feed, "author"), "name", t("服务站点", "Rest stations"))
    _add(feed, "link", rel="self", href=own)
    if any(is_of_osm(one.source) for one in found):
        _add(feed, "rights", OSM_ATTRIBUTION)
        _add(feed, "link", rel="license", href=OSM_LICENCE)
    for one in found:
        page = public_address(url_for("station.show", code=one.code))
        entry = _add(feed, "entry")
        _add(entry, "id", page)
        _add(entry, "title", _name(one))
        _add(entry, "published", one.created_at.isoformat())
        _add(entry, "updated", one.updated_at.isoformat())
        _add(entry, "link", rel="alternate", href=page)
        _add(entry, "category", term=one.status, label=t(STATUS_TEXT[Status(one.status)]))
        told = [t(STATUS_TEXT[Status(one.status)]), one.address]
        _add(entry, "summary", t("，", ", ").join(part for part in told if part))
    body: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return _sent(body, "application/atom+xml")


@blueprint.get("/feeds/openings.ics")
@kept()
def openings() -> Response:
    """Return openings and closings whose days are known (iCalendar, RFC 5545)."""
    parts = services()
    found = openings_and_closings(parts.database, today(parts.settings), _region())
    entries = [
        CalendarEntry(
            one.key,
            one.day,
            (t("启用：", "Opens: ") if one.opens else t("停用：", "Closes: "))
            + _name(one.facility),
            place=one.facility.address,
            page=public_address(url_for("station.show", code=one.facility.code)),
        )
        for one in found
    ]
    is_osm = any(is_of_osm(one.facility.source) for one in found)
    zone, credit = ZoneInfo(parts.settings.timezone), OSM_ATTRIBUTION if is_osm else None
    return _sent(calendar_file(entries, zone, t(_DAYS), credit), "text/calendar")


def _own_address() -> str:
    """Return the present address as others are given it."""
    asked: dict[str, Any] = request.args.to_dict()
    return public_address(url_for("feeds.changes", **asked))


def _region() -> str | None:
    for name in request.args:
        if name not in ("region", "lang"):
            raise InvalidValueError(name, request.args[name], Text("region、lang", "region, lang"))
    return request.args.get("region")


def _name(one: PublicFacility) -> str:
    name = one.name_en if language() == "en" and one.name_en else one.name_zh
    return f"{name}{t('（示例）', ' (sample)')}" if one.is_sample else name


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    added = ElementTree.SubElement(parent, tag, attributes)
    added.text = text
    return added


def _sent(body: bytes, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = _A_WHILE
    return response

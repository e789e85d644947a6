"""``/stations/CODE``: everything that is public of one facility, for who means to go there."""

import tempfile
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.hours.words import words_of
from geoapp.core.i18n import Text
from geoapp.core.phones import Telephone, telephones
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.voices import status_note_text
from geoapp.core.words import ACCESS_TEXT, STATUS_TEXT, Access, Basis, DateBasis, Status
from geoapp.operations.applications.read import public_recognitions
from geoapp.operations.facilities.former import current_code
from geoapp.operations.facilities.hours import DayHours, preview_week
from geoapp.operations.facilities.parts import Relations, read_with_relations
from geoapp.operations.link_picture import save_station_picture
from geoapp.operations.nearest.door import at_the_door, near_by
from geoapp.operations.nearest.service import NearestItem
from geoapp.operations.nearest.snapshot import Opening
from geoapp.operations.services.read import services_of
from geoapp.operations.standards.read import OwnCompliance, own_compliance
from geoapp.reports.sign import SIGN_SIZES, SignWords, render_sign
from geoapp.reports.words.standards import own_text
from geoapp.reports.words.states import day_text, since_text
from geoapp.store.facilities.photos import PhotoRecord
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.facilities.records import FacilityRecord
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.language import language
from geoapp.web.edge.photo_addresses import photo_address
from geoapp.web.edge.services import public_address, services
from geoapp.web.pages.cards import Card, make_cards
from geoapp.web.pages.offered import Help, offered
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("station", __name__)

NEAR = 4
# What a facility is called by its record and where it stands alike.
_SAME = (
    "kind",
    "family",
    "name",
    "name_en",
    "opening_hours",
    "timezone",
    "amenities",
    "no_amenities",
    "entry",
    "access",
    "address",
    "phone",
    "operator",
    "host",
    "capacity",
    "verified_on",
    "position_accuracy_m",
)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where and when one that moves stands; the position is in WGS-84."""

    label: str
    lon: float
    lat: float
    valid_from: date | None
    valid_to: date | None
    days: list[DayHours]


@dataclass(frozen=True, slots=True)
class Station:
    """What the page shows; ``out`` says why nobody finds it open, None where it is in service.

    One that ``is_closed`` for good is visited by nobody.
    """

    card: Card
    out: Text | None
    is_closed: bool
    has_position: bool
    region: Text | None
    capacity: int | None
    source: str | None
    phones: list[Telephone]
    days: list[DayHours]
    stops: list[Stop]
    relations: Relations
    photos: list[tuple[PhotoRecord, str]]
    help: list[Help]
    near: list[Card]
    facts: dict[str, Any]


@blueprint.get("/stations/<path:code>")
def show(code: str) -> str | BaseResponse:
    """Show a facility; a code that it had before leads to the present one."""
    database = services().database
    try:
        record, relations = read_with_relations(database, code)
    except NotFoundError:
        now = current_code(database, services().settings, code, unpublished=False)
        if now is None:
            raise
        return redirect(url_for("station.show", code=now), 308)
    titles = public_recognitions(database, services().settings, facility=record.code)
    return render_template(
        "worker/station.html",
        station=_station(record, relations),
        titles=titles,
        standards=_standards(record),
        own_text=own_text,
        address=public_address(url_for("station.show", code=record.code)),
        picture=public_address(url_for("station.picture", code=record.code, lang=language())),
    )


@blueprint.get("/stations/<path:code>/sign.pdf")
def sign(code: str) -> Response:
    """Return the sign for the door: the name, the hours, what is there, and the way to the page."""
    size = request.args.get("size", "a4").lower()
    if size not in SIGN_SIZES:
        accepted = ", ".join(SIGN_SIZES)
        raise InvalidValueError("size", size, Text(accepted, accepted))
    record, _ = read_with_relations(services().database, code)
    paper = render_sign(_sign_words(record), size)
    response = Response(paper, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename=sign-{size}.pdf"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/stations/<path:code>/map.png")
@kept()
def picture(code: str) -> Response:
    """Return the map around a station, as links to its page are shown by elsewhere."""
    parts = services()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.png"
        save_station_picture(parts.database, parts.settings, code, path, language())
        return Response(path.read_bytes(), mimetype="image/png")


def _sign_words(record: FacilityRecord) -> SignWords:
    known, vocabulary = record.properties, load_vocabulary()
    lines = []
    hours, status = known["opening_hours"], Status(known["status"])
    if status is not Status.OPEN:  # its hours are those of when it was, or will be, in service
        lines.append((Text("状态", "Status"), STATUS_TEXT[status]))
    elif hours:
        lines.append(
            (Text("开放时间", "Hours"), Text(words_of(hours, "zh"), words_of(hours, "en")))
        )
    if known["access"]:
        lines.append((Text("开放对象", "For"), ACCESS_TEXT[Access(known["access"])]))
    there = [one.text for one in vocabulary.amenities if one.code in known["amenities"]]
    if there:
        both = Text("、".join(one.zh for one in there), ", ".join(one.en for one in there))
        lines.append((Text("设施", "Amenities"), both))
    if known["phone"]:
        lines.append((Text("电话", "Phone"), Text(known["phone"], known["phone"])))
    kinds = {kind.code: kind.text for kind in vocabulary.kinds}
    return SignWords(
        name=Text(known["name_zh"], known["name_en"] or known["name_zh"]),
        kind=kinds.get(known["kind"], Text(known["kind"], known["kind"])),
        lines=tuple(lines),
        address=public_address(url_for("station.show", code=record.code)),
        sample=known["sample"],
        whole=tuple(
            sorted({name for kind in vocabulary.kinds for name in (kind.name_zh, *kind.synonyms)})
        ),
    )


def _station(record: FacilityRecord, relations: Relations) -> Station:
    known = record.properties
    item = at_the_door(services().nearest, record.code)
    out = None
    if item is None:
        out = _why_out(record)
        item = NearestItem(
            _placed(record), 0.0, 0.0, 0.0, Basis.ESTIMATE, Opening(False, None, None)
        )
    [card] = make_cards([item], asked=frozenset())
    if out is not None:
        card = replace(card, state_text=STATUS_TEXT[Status(known["status"])], state_note=None)
    near: list[Card] = []
    if record.lonlat is not None:
        lon, lat = (item.facility.lon, item.facility.lat) if out is None else record.lonlat
        found = near_by(services().nearest, lon=lon, lat=lat, k=NEAR, without=record.code)
        near = make_cards(found, asked=frozenset())
    days = _week(known["opening_hours"], known["timezone"])
    return Station(
        card=card,
        out=out,
        is_closed=known["status"] == Status.CLOSED,
        has_position=record.lonlat is not None,
        region=region_names(services().database).get(known["region"] or ""),
        capacity=known["capacity"],
        source=known["source"],
        phones=telephones(known["phone"]),
        days=days,
        stops=[_stop(one, known) for one in known["places"]],
        relations=relations,
        photos=[(one, photo_address(one)) for one in relations.photos],
        help=_help(record),
        near=near,
        facts=_facts(record, item, _days_there(known, days, is_out=out is not None)),
    )


def _standards(record: FacilityRecord) -> list[OwnCompliance]:
    """Return how one in service stands to the standards that it is held against."""
    if record.properties["status"] != Status.OPEN:
        return []
    return own_compliance(services().settings, record.properties)


def _help(record: FacilityRecord) -> list[Help]:
    parts = services()
    offers, desks = services_of(parts.database, parts.settings, record.code)
    zone = ZoneInfo(record.properties["timezone"])
    return offered(offers, desks, datetime.now(zone).date())


def _placed(record: FacilityRecord) -> PlacedFacility:
    """Return one that is not in service as if it stood where it is registered."""
    known = record.properties
    lon, lat = record.lonlat or (0.0, 0.0)
    return PlacedFacility(
        id=0,
        place=0,
        code=record.code,
        lon=lon,
        lat=lat,
        area_wkb=None,
        place_zh=None,
        place_en=None,
        from_date=known["opened_on"],
        to_date=known["closed_on"],
        sure_from=known["opened_on"],
        sure_to=known["closed_on"],
        region_code=known["region"],
        is_sample=known["sample"],
        **_said(record),
        **{name: known[name] for name in _SAME},
    )


def _said(record: FacilityRecord) -> dict[str, Any]:
    doubt = record.standing.doubt
    said: dict[str, Any] = {"confirmed_on": record.standing.confirmed_on}
    if doubt is not None:
        said |= {"doubt": doubt.kind, "doubt_voices": doubt.voices, "doubt_since": doubt.since}
    return said


def _why_out(record: FacilityRecord) -> Text:
    """Say why one is not in service, with the reason where it is known."""
    out, note = _out_of_service(record), record.properties["status_note"]
    if not note or record.properties["status"] not in (Status.SUSPENDED, Status.CLOSED):
        return out
    why = status_note_text(note)
    return Text(f"{out.zh}：{why.zh}", f"{out.en}: {why.en}")


def _out_of_service(record: FacilityRecord) -> Text:
    known = record.properties
    if known["status"] == Status.CLOSED:
        if known["closed_on"] is None:
            return Text("已停用，停用日期未知", "Closed for good; the day is not known")
        closed = since_text(known["closed_on"], DateBasis(known["closed_basis"]))
        return Text(f"{closed.zh}停用", f"Closed for good {closed.en}")
    if known["status"] == Status.SUSPENDED:
        if known["status_note"]:  # which says when, where that is known
            return Text("暂停服务", "Suspended")
        return Text(
            "暂停服务，原因和恢复日期未知",
            "Suspended; neither why nor when it opens again is known",
        )
    today = datetime.now(ZoneInfo(known["timezone"])).date()
    stands = known["opened_on"] is None or known["opened_on"] <= today
    if stands and record.geometry_wkb is None and not known["places"]:
        return Text(
            "位置没有登记，所以找站时找不到它",
            "Its position is not registered, so it is not among the nearest",
        )
    if known["opened_on"] is not None:
        opens = day_text(known["opened_on"], DateBasis(known["opened_basis"]))
        return Text(
            f"不在服务期内（{opens.zh} 启用）", f"Not in service now (in service from {opens.en})"
        )
    return Text("现在不在服务期内", "Not in service now")


def _week(hours: str | None, timezone: str) -> list[DayHours]:
    return preview_week(services().database, hours or "", timezone).days


def _stop(place: dict[str, Any], known: dict[str, Any]) -> Stop:
    point = shapely.point_on_surface(shapely.from_wkb(place["geometry_wkb"]))
    label = place["label_en"] if language() == "en" and place["label_en"] else place["label_zh"]
    hours = place["opening_hours"] or known["opening_hours"]
    return Stop(
        label or "",
        round(point.x, 7),
        round(point.y, 7),
        place["valid_from"],
        place["valid_to"],
        _week(hours, known["timezone"]),
    )


def _days_there(known: dict[str, Any], days: list[DayHours], *, is_out: bool) -> list[DayHours]:
    """Return the days as one finds them: shut while it is closed; none where they differ by place or are not known."""
    if known["places"]:
        return []
    if known["status"] in (Status.CLOSED, Status.SUSPENDED):
        return [replace(day, spans=()) for day in days]
    return [] if is_out else days


def _hours_facts(days: list[DayHours]) -> list[dict[str, Any]]:
    """Return the days whose hours are known in the words of schema.org, where 00:00 twice is a closed day."""
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{day.on:%A}",
            "opens": opens,
            # Until midnight is until 00:00 of the next day; from midnight to midnight is all but a minute.
            "closes": "23:59"
            if (opens, closes) == ("00:00", "24:00")
            else closes.replace("24:", "00:"),
            "validFrom": day.on,
            "validThrough": day.on,
        }
        for day in days
        if day.spans is not None
        for opens, closes in day.spans or (("00:00", "00:00"),)
    ]


def _facts(record: FacilityRecord, item: NearestItem, days: list[DayHours]) -> dict[str, Any]:
    """Return the facility in the words of schema.org; what is not known is left out.

    Hours are those of the days given: by weekday alone they would not hold on a holiday.
    """
    known, one = record.properties, item.facility
    names = {word.code: word.text.pick(language()) for word in load_vocabulary().amenities}
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "CivicStructure",
        "identifier": record.code,
        "name": known["name_zh"],
        "alternateName": known["name_en"],
        "address": known["address"],
        "telephone": known["phone"],
        "url": public_address(url_for("station.show", code=record.code)),
        "maximumAttendeeCapacity": known["capacity"],
        "amenityFeature": [
            {
                "@type": "LocationFeatureSpecification",
                "name": names.get(code, code),
                "propertyID": code,
                "value": there,
            }
            for codes, there in ((known["amenities"], True), (known["no_amenities"], False))
            for code in codes
        ],
        "openingHoursSpecification": _hours_facts(days),
    }
    if record.lonlat is not None:
        facts["geo"] = {
            "@type": "GeoCoordinates",
            "longitude": round(one.lon, 7),
            "latitude": round(one.lat, 7),
        }
    return {name: value for name, value in facts.items() if value not in (None, "", [])}

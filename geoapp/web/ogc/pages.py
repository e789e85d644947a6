"""``/ogc/`` for people: each answer as a page, with the same content as for programs."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Response, make_response, render_template, request, url_for

from geoapp.core.filters import Attribute, ValueKind
from geoapp.core.i18n import Text
from geoapp.core.words import DateBasis
from geoapp.maps.folium_map import embed_frame
from geoapp.maps.kit import Layer
from geoapp.maps.values import Speaker
from geoapp.operations.layers.files import FILE_FORMATS
from geoapp.operations.layers.rows import LayerMoment
from geoapp.web.edge.language import language
from geoapp.web.edge.services import public_address
from geoapp.web.ogc import documents
from geoapp.web.ogc.documents import address, here
from geoapp.web.ogc.parameters import Wanted
from geoapp.web.ogc.queryables import attributes_here
from geoapp.web.pages.maps import embed_address

PAGING: Final = ("f", "limit", "offset", "cursor", "download", "lang", "text")
_DATE_BASES: Final = ("opened_basis", "closed_basis")
_KNOWN_TO: Final = {
    DateBasis.KNOWN: Text("知道是哪一天", "the day is known"),
    DateBasis.MONTH: Text("只知道月份", "only the month is known"),
    DateBasis.YEAR: Text("只知道年份", "only the year is known"),
}
_YES, _NO = Text("是", "yes"), Text("否", "no")
# What schema.org calls our attributes.
_SCHEMA_ORG: Final = {
    "name": "name_zh",
    "alternateName": "name_en",
    "identifier": "code",
    "address": "address",
    "telephone": "phone",
    "maximumAttendeeCapacity": "capacity",
}
_KIND_TEXT: Final = {
    ValueKind.TEXT: Text("文字", "text"),
    ValueKind.NUMBER: Text("数", "number"),
    ValueKind.INTEGER: Text("整数", "whole number"),
    ValueKind.BOOLEAN: Text("是或否", "true or false"),
    ValueKind.DATE: Text("日期", "date"),
    ValueKind.LIST: Text("列表", "list"),
    ValueKind.GEOMETRY: Text("位置", "position"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A feature as a person reads it: its values in the order of the columns.

    None where unknown, empty where there is none.

    Every layer's first column is ``name``.
    """

    href: str
    name: str
    sample: bool
    values: list[str | None]


def landing() -> Response:
    """Return the way in."""
    return _page("ogc/landing.html", documents.landing_page())


def conformance() -> Response:
    """Return the conformance classes."""
    return _page("ogc/conformance.html", {"classes": documents.CONFORMS_TO, "links": []})


def collections(layers: list[Layer], moment: LayerMoment) -> Response:
    """Return the list of collections."""
    return _page("ogc/collections.html", documents.collections(layers, moment))


def collection(layer: Layer, moment: LayerMoment) -> Response:
    """Return one collection: its map, what it holds, its files."""
    body = documents.collection(layer, moment)
    embed = embed_address([layer])
    box = body.get("extent", {}).get("spatial", {}).get("bbox", [None])[0]
    return _page(
        "ogc/collection.html",
        body,
        layer=layer,
        box=box,
        map_address=url_for("maps.show", name=layer.id),
        items=_here_html("items", layer),
        downloads=_downloads(layer, {}),
        frame=None if embed is None else embed_frame(embed, layer.title.pick(language())),
    )


def schema(layer: Layer, name: str, known: dict[str, Attribute]) -> Response:
    """Return the table of what can be asked, or sorted by."""
    title = dict(documents.SCHEMAS)[name]
    rows = [(key, one.title, _KIND_TEXT[one.kind]) for key, one in known.items()]
    return _page(
        "ogc/schema.html", {"title": title.pick(language()), "links": []}, layer=layer, rows=rows
    )


def items(
    layer: Layer,
    rows: list[dict[str, Any]],
    *,
    matched: int,
    wanted: Wanted,
    moment: LayerMoment,
    links: list[dict[str, str]],
) -> Response:
    """Return a page of features as a table."""
    asked = {name: value for name, value in request.args.items() if name not in PAGING}
    telling = _Telling(layer, moment)
    return _page(
        "ogc/items.html",
        {"title": layer.title.pick(language()), "links": links},
        layer=layer,
        columns=telling.columns[1:],  # the name heads its row
        features=[telling.row(row) for row in rows],
        matched=matched,
        from_start="cursor" not in request.args and not wanted.offset,
        asked=asked,
        first_page=_here_html("items", layer, **asked),
        downloads=_downloads(layer, asked),
    )


def item(
    layer: Layer, row: dict[str, Any], feature: dict[str, Any], moment: LayerMoment
) -> Response:
    """Return one feature, also in the words of schema.org."""
    telling = _Telling(layer, moment)
    told = telling.row(row)
    station = None
    if "family" in attributes_here(layer):
        station = url_for("station.show", code=feature["properties"]["code"])
    return _page(
        "ogc/item.html",
        {"title": told.name, "links": feature["links"]},
        layer=layer,
        told=told,
        pairs=[pair for pair in zip(telling.columns, told.values, strict=True) if pair[1] != ""],
        geometry=feature["geometry"],
        station=station,
        facts=facts_of(layer, feature, station),
    )


def facts_of(layer: Layer, feature: dict[str, Any], station: str | None) -> dict[str, Any]:
    """Return a feature (lon, lat on WGS-84) in the words of schema.org; what is not known is left out."""
    known = feature["properties"]
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Place" if station is None else "CivicStructure",
        "@id": address("item", collection_id=layer.id, feature_id=feature["id"]),
        **{word: known.get(name) for word, name in _SCHEMA_ORG.items()},
        "url": None if station is None else public_address(station),
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": name, "value": there}
            for column, there in (("amenities", True), ("no_amenities", False))
            for name in known.get(column) or []
        ],
    }
    if feature["geometry"]["type"] == "Point":
        lon, lat = feature["geometry"]["coordinates"]
        facts["geo"] = {"@type": "GeoCoordinates", "longitude": lon, "latitude": lat}
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


class _Telling:
    """Writes a layer's rows for people."""

    def __init__(self, layer: Layer, moment: LayerMoment) -> None:
        self._layer = layer
        self._attributes = attributes_here(layer)
        self._speaker = Speaker(language(), moment.amenities)
        fields = (*layer.popup.fields, *layer.attributes)
        self._forms = {one.column: one.format for one in fields}
        self._if_any = {
            f"{one.column}{ending}" for one in fields if one.if_any for ending in ("", "_zh", "_en")
        }
        self.columns = [(name, one.title) for name, one in self._attributes.items()]

    def row(self, row: dict[str, Any]) -> Told:
        name = self._attributes["name"].value(row) if "name" in self._attributes else None
        return Told(
            href=_here_html("item", self._layer, feature_id=row["id"]),
            name=str(name or row["id"]),
            sample=bool(self._layer.popup.sample and row.get(self._layer.popup.sample)),
            values=[self._told(one.value(row), key) for key, one in self._attributes.items()],
        )

    def _told(self, value: Any, name: str) -> str | None:
        told = self._value(value, name)
        # Where nobody doubts anything, or nothing moves, there is nothing that is not known.
        return "" if told is None and name in self._if_any else told

    def _value(self, value: Any, name: str) -> str | None:
        if name in _DATE_BASES:
            known = _KNOWN_TO.get(DateBasis(value))
            return None if known is None else known.pick(language())
        if isinstance(value, bool):
            return (_YES if value else _NO).pick(language())
        if name in self._forms:
            return self._speaker.value(value, self._forms[name])
        if isinstance(value, list | tuple):
            return "; ".join(value) or None
        if isinstance(value, date):
            return value.isoformat()
        return None if value is None or value == "" else str(value)


def _here_html(endpoint: str, layer: Layer, **values: Any) -> str:
    """Return the address of a page beside this one, as a page."""
    return url_for(f"ogc.{endpoint}", collection_id=layer.id, f="html", **values)


def _downloads(layer: Layer, asked: dict[str, Any]) -> list[tuple[Text, str]]:
    """Return the files that hold all of what is asked."""
    return [
        (one.title, url_for("ogc.items", collection_id=layer.id, **asked, f=name, download=1))
        for name, one in FILE_FORMATS.items()
    ]


def _page(template: str, body: dict[str, Any], **more: Any) -> Response:
    response = make_response(
        render_template(template, body=body, json_address=here(f="json"), **more)
    )
    documents.tell_links(response, body["links"])
    return response

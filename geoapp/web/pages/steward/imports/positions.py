"""The third step: in which datum the list is, and where the rows without a position are."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from flask import Response, render_template, request

from geoapp.core.arrays import FloatArray
from geoapp.core.errors import ConflictError, InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.words import DATUM_TEXT, Datum
from geoapp.operations.imports import drafts
from geoapp.operations.imports.choices import OnStreet
from geoapp.operations.imports.drafts import Draft
from geoapp.operations.imports.review import Located, Unplaced
from geoapp.operations.streets.addresses import ProposedPlace
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.imports.columns import columns_page
from geoapp.web.pages.steward.imports.forms import (
    positions_sent,
    streets_sent,
)
from geoapp.web.pages.steward.imports.pages import Pages
from geoapp.web.pages.steward.imports.step import (
    blueprint,
    change,
    draft_of,
    to,
)
from geoapp.web.pages.steward.imports.words import on_page
from geoapp.web.pages.steward.page import reply

_MOST_ON_MAP: Final = 400
_LISTS: Final = ("unplaced",)


@blueprint.get("/steward/import/<int:number>/positions")
@require(Permission.EDIT)
@heavy
def positions(number: int) -> Response:
    """Show where the rows lie in each datum, and those without a position."""
    draft = draft_of(number)
    if draft.done is not None or not draft.choices.settled:
        return to("show", number)
    return positions_page(draft, turns=True)


def positions_page(
    draft: Draft,
    wrong: Text | None = None,
    status: int = 200,
    *,
    turns: bool = False,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of a draft's positions, with what is wrong.

    ``turns`` leads from beyond a list's end to its last page; ``typed`` is a form that was refused,
    so that nothing in it has to be typed again.
    """
    parts = services()
    try:
        understood, located = drafts.positions_of(parts.database, parts.settings, draft)
    except (InvalidValueError, UnusableInputError) as error:
        return columns_page(draft, on_page(error.text), 422)
    choices, pages = draft.choices, Pages.asked(_LISTS)
    pages = Pages(pages.numbers, {"unplaced": len(located.unplaced)})
    if turns and pages.within() != pages:
        return to("positions", draft.number, pages.within())
    chosen = (
        f"column-{choices.datum_place}"
        if choices.datum_place is not None
        else str(choices.datum or "")
    )
    if not chosen and not located.with_position:
        chosen = str(Datum.WGS84)  # of nothing
    if not chosen:
        chosen = (
            f"column-{located.datum_column}"
            if located.datum_column is not None
            else str(located.heading or located.guess or "")
        )
    if typed is not None:
        chosen = typed.get("datum", chosen)
    return reply(
        render_template(
            "steward/import/positions.html",
            typed=typed,
            draft=draft,
            choices=choices,
            wrong=wrong,
            wanted=None if located.wanted is None else on_page(located.wanted),
            located=located,
            chosen=chosen,
            datum_text=DATUM_TEXT,
            column=None
            if located.datum_column is None
            else understood.table.columns[located.datum_column],
            pages=pages,
            unplaced=[
                (one, _on_map(one.placed), _on_map(one.exchange), _proposed(one))
                for one in pages.of("unplaced", located.unplaced)
            ],
            left_out=choices.left_out,
            points=_readings(located),
            most_on_map=_MOST_ON_MAP,
        ),
        status,
    )


def _on_map(place: tuple[float, float] | None) -> tuple[str, str] | None:
    """Return a position as the page's map has it."""
    if place is None:
        return None
    lon, lat = place
    return f"{lon:.7f}", f"{lat:.7f}"


def _proposed(row: Unplaced) -> list[tuple[ProposedPlace, str, bool]]:
    """Return what is proposed for a row, where that is on the page's map, and whether it is accepted."""
    places = () if row.proposal is None else row.proposal.proposed.places
    taken = row.on_street
    return [
        (
            one,
            ",".join(_on_map((one.lon, one.lat)) or ()),
            taken is not None and (taken.lon, taken.lat) == (one.lon, one.lat),
        )
        for one in places
    ]


def _on_streets(draft: Draft, ticked: Mapping[int, str]) -> dict[int, OnStreet]:
    """Return the places that were ticked, which must be what is proposed now."""
    if not ticked:
        return {}
    parts = services()
    _, located = drafts.positions_of(parts.database, parts.settings, draft)
    found = {}
    for row in located.unplaced:
        key = ticked.get(row.line)
        if key is None or row.proposal is None:
            continue
        one = next((one for one in row.proposal.proposed.places if one.key == key), None)
        if one is not None:
            found[row.line] = OnStreet(
                address=row.proposal.address,
                lon=one.lon,
                lat=one.lat,
                accuracy_m=one.accuracy_m,
            )
    if set(found) != set(ticked):
        raise ConflictError(
            Text(
                "您看过之后，街道数据有改动；请看过下面新提出的位置再勾选。",
                "The streets have changed since you looked: look at the places below before you tick them.",
            )
        )
    return found


def _readings(located: Located) -> list[dict[str, Any]]:
    """Return each choice of the page with the points that it gives."""
    readings = [_points(str(fit.datum), fit.lon, fit.lat) for fit in located.fits]
    readings += [_points(fit.code, fit.lon, fit.lat) for fit in located.crs_fits]
    if located.by_row is not None:
        readings.append(_points(f"column-{located.datum_column}", *located.by_row))
    return readings


def _points(choice: str, lons: FloatArray, lats: FloatArray) -> dict[str, Any]:
    """Return the first points of a reading, from WGS-84."""
    points: list[list[float]] = []
    for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True):
        if isfinite(lon) and isfinite(lat) and len(points) < _MOST_ON_MAP:
            points.append([round(lon, 6), round(lat, 6)])
    return {"datum": choice, "points": points}


@blueprint.post("/steward/import/<int:number>/positions")
@require(Permission.EDIT)
@heavy
def accept_positions(number: int) -> Response:
    """Keep the datum and what was placed by hand, and go on to what would change."""
    draft = draft_of(number)
    if draft.done is not None or not draft.choices.settled:
        return to("show", number)
    lines = [int(one) for one in request.form.getlist("line") if one.isdecimal() and len(one) < 10]
    try:
        choices = positions_sent(draft.choices, lines)
        on_streets = _on_streets(draft, streets_sent(choices, lines))
        choices = choices.changed(by_street=choices.by_street | on_streets)
    except ConflictError as error:
        return positions_page(draft, error.text, 409, typed=request.form)
    except (InvalidValueError, UnusableInputError) as error:
        return positions_page(draft, on_page(error.text), 422, typed=request.form)
    turned = Pages.asked(_LISTS).turned()
    if turned is not None:
        # What was placed stays; the datum is accepted by going on alone.
        change(draft, choices.changed(located=draft.choices.located))
        return to("positions", number, turned)
    change(draft, choices)
    if not choices.located:
        if "datum" in request.form:  # a page that could not offer any yet
            return to("positions", number)
        wrong = Text("请选定坐标系。", "Choose the datum.")
        return positions_page(draft_of(number), wrong, 422)
    return to("check", number)

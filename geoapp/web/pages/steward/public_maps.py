"""``/steward/public-maps``: what public maps list, against the register; decided on by hand."""

import tempfile
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import Field
from werkzeug.wrappers import Response as Redirect

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_REGION_CHARACTERS
from geoapp.core.public_maps import (
    FINDING_TEXT,
    FOR_THE_OWNER,
    LEAST_MOVED_M,
    LISTED_STATUS_TEXT,
    MOST_MOVED_M,
    MOVED_M,
    PUBLIC_MAP_TEXT,
    Finding,
    PublicMap,
    Verdict,
)
from geoapp.core.roles import Permission
from geoapp.core.units import format_moment
from geoapp.operations.duplicates.find import regions_within
from geoapp.operations.public_maps.compare import Line, compare, lists
from geoapp.operations.public_maps.decide import decide
from geoapp.operations.public_maps.files import covered_said, write_for_owner
from geoapp.reports.words import public_maps as words
from geoapp.web.edge.access import may, require, signed_in
from geoapp.web.edge.heavy import whole_file
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.listing import FORMATS

blueprint = Blueprint("steward_public_maps", __name__)

PAGE_SIZE: Final = 50
MOST_DRAWN: Final = 2_000
_VERDICTS: Final = {"same": Verdict.SAME, "different": Verdict.DIFFERENT, "open": None}
_VERDICT_TEXT: Final = {
    "same": Text("是同一处", "they are one"),
    "different": Text("不是同一处", "they are not one"),
    "open": Text("收回了判断", "asked again"),
    "covers": Text("名录完整覆盖哪里", "what the list covers whole"),
}


class Asked(Parameters):
    """Which map, where, and what of it."""

    map: PublicMap | None = None
    region: str = Field("", max_length=MOST_REGION_CHARACTERS)
    finding: Finding | None = None
    over: int = Field(MOVED_M, ge=LEAST_MOVED_M, le=MOST_MOVED_M)
    start: int = Field(0, ge=0, le=1_000_000)

    def address(self, **changed: Any) -> dict[str, Any]:
        """Return what an address says to ask the same, but for what is changed."""
        asked = {
            "map": self.map,
            "region": self.region or None,
            "finding": self.finding,
            "over": None if self.over == MOVED_M else self.over,
        }
        return asked | changed


class Decided(Parameters):
    """What is decided of which listing and facility."""

    listing: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS)
    facility: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS)
    verdict: str = Field(pattern="^(same|different|open)$")


def _asked(values: Any) -> Asked:
    given = {name: without_nul(values.get(name, "")).strip() for name in Asked.model_fields}
    return Asked.check({name: value for name, value in given.items() if value})


@blueprint.get("/steward/public-maps")
@require(Permission.SEE_UNPUBLISHED)
def show() -> str:
    """Show what is found, by what wants doing most."""
    asked = _asked(request.args)
    parts = services()
    read = lists(parts.database)
    names = region_names(parts.database)
    common: dict[str, Any] = {
        "asked": asked,
        "read": read,
        "maps": PUBLIC_MAP_TEXT,
        "findings": FINDING_TEXT,
        "owners": FOR_THE_OWNER,
        "regions": names,
        "words": words,
        "points": [],
        "saved": request.args.get("saved", ""),
        "verdicts": _VERDICT_TEXT,
        "verdict": request.args.get("verdict", ""),
    }
    if not read:
        return render_template("steward/public_maps.html", **common, compared=None)
    asked.map = asked.map or read[0].map
    compared = compare(parts.database, asked.map, asked.region or None, moved_m=asked.over)
    lines = [one for one in compared.lines if asked.finding in (None, one.finding)]
    shown = lines[asked.start : asked.start + PAGE_SIZE]
    editable = regions_within(parts.database, signed_in().regions)
    zone = parts.settings.timezone
    return render_template(
        "steward/public_maps.html",
        **common | {"points": [point for one in lines if (point := _point(one))][:MOST_DRAWN]},
        compared=compared,
        lines=shown,
        total=len(lines),
        next=asked.start + PAGE_SIZE if len(lines) > asked.start + PAGE_SIZE else None,
        covered=covered_said(compared, names),
        read_at=format_moment(compared.told.read_at, zone),
        statuses=LISTED_STATUS_TEXT,
        may_cover=may(Permission.EDIT) and not signed_in().regions,
        may_edit=lambda code: may(Permission.EDIT) and (editable is None or code in editable),
    )


@blueprint.post("/steward/public-maps")
@require(Permission.EDIT)
def settle() -> Redirect:
    """Remember what is decided of a listing, and show the list again."""
    asked = _asked(request.form)
    names = ("listing", "facility", "verdict")
    decided = Decided.check({name: without_nul(request.form.get(name, "")) for name in names})
    if asked.map is None:
        raise NotFoundError(words.MAP)
    verdict = _VERDICTS[decided.verdict]
    done = decide(services().database, asked.map, decided.listing, decided.facility, verdict)
    return redirect(
        url_for(
            "steward_public_maps.show",
            **asked.address(start=asked.start or None),
            saved=done,
            verdict=decided.verdict,
        )
    )


@blueprint.get("/steward/public-maps/<string:name>.<string:suffix>")
@require(Permission.SEE_UNPUBLISHED)
@whole_file
def file(name: str, suffix: str) -> Response:
    """Answer what a map's owner is to be told, in the map's own datum."""
    if suffix not in ("csv", "xlsx"):
        raise NotFoundError(Text("格式", "format"), suffix)
    if name not in list(PublicMap):
        raise NotFoundError(words.MAP, name)
    asked = _asked(request.args)
    parts = services()
    compared = compare(parts.database, PublicMap(name), asked.region or None, moved_m=asked.over)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{suffix}"
        write_for_owner(parts.database, compared, path, parts.settings.timezone, language())
        response = Response(path.read_bytes(), mimetype=FORMATS[suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-to-correct.{suffix}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _point(one: Line) -> dict[str, Any] | None:
    """Return where the map draws a line: the facility, and the listing where that stands elsewhere."""
    place = one.facility or one.listing
    if place is None or place.lon is None or place.lat is None:
        return None
    drawn = {
        "finding": one.finding,
        "said": FINDING_TEXT[one.finding].pick(language()),
        "name": one.facility.name_zh if one.facility else (one.listing.name if one.listing else ""),
        "at": [round(place.lon, 7), round(place.lat, 7)],
        "listed": None,
    }
    if one.finding is Finding.MOVED and one.listing is not None:
        drawn["listed"] = [round(one.listing.lon, 7), round(one.listing.lat, 7)]
    return drawn

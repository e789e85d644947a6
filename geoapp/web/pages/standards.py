"""``/standards``: published standards, and who complies, who lacks what, what it would cost."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.results.standards import FacilityCompliance, PriceList, Prices, StandardResult
from geoapp.core.roles import Permission
from geoapp.core.standards import COMPLIANCE_TEXT, Compliance, Standard, standard_of, standards
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import Level
from geoapp.operations.facilities.places import list_regions
from geoapp.operations.moment import today
from geoapp.operations.standards.files import purchases_by_district, write_compliance
from geoapp.operations.standards.picture import save_standard_picture
from geoapp.operations.standards.prices import parse_prices, price_lists, prices_for
from geoapp.operations.standards.read import check_standard, why_not
from geoapp.reports.words import standards as words
from geoapp.reports.words.spacing import rule_text
from geoapp.web.edge.access import may
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.naming import naming
from geoapp.web.pages.paging import paged

blueprint = Blueprint("standards", __name__)

MOST_DRAWN = 500
# Chosen in the form; an address without a price list says the same, and an empty one means none.
EVERY_LIST = "*"
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
# A shape for each state, so that no colour carries it alone.
ICONS = {Compliance.COMPLIES: "yes", Compliance.LACKS: "no", Compliance.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: where, which of the facilities, at which prices."""

    region: str | None
    state: Compliance | None
    words: str
    prices: dict[int, float]
    price_list: str | None

    @property
    def query(self) -> dict[str, Any]:
        """The same as parameters of an address."""
        prices = {f"price_{number}": f"{price:.15g}" for number, price in self.prices.items()}
        return {
            "region": self.region,
            "state": self.state,
            "q": self.words or None,
            "prices": self.price_list,
            **prices,
        }

    def lists(self, one: FacilityCompliance) -> bool:
        """Tell whether a facility is listed: it stands so, and its name or code has the words."""
        told = f"{one.code} {one.name.zh} {one.name.en}".casefold()
        return self.state in (None, one.state) and all(
            word in told for word in self.words.casefold().split()
        )


@blueprint.get("/standards")
def listed() -> str:
    """List the standards with their sources."""
    return render_template(
        "manager/standards.html",
        standards=list(standards(services().settings).values()),
        words=words,
        rule_text=rule_text,
        regions=naming().regions,
        why_not=why_not,
    )


@blueprint.get("/standards/<string:code>")
def one(code: str) -> str:
    """Show a standard and how the facilities of a region stand to it."""
    parts = services()
    standard = standard_of(parts.settings, code)
    page: dict[str, Any] = {
        "standard": standard,
        "words": words,
        "rule_text": rule_text,
        "names": naming().regions,
        "kinds": [one.text for one in load_vocabulary().kinds if one.code in standard.kinds],
        "amenities": {one.code: one.text for one in load_vocabulary().amenities},
    }
    if not standard.can_be_checked:
        return render_template(
            "manager/standard.html", result=None, points=[], reason=why_not(standard), **page
        )
    asked = _asked(standard)
    result = check_standard(parts.database, parts.settings, code, asked.region)
    wanted = [one for one in result.facilities if asked.lists(one)]
    page_of = paged(wanted)
    # The map shows more than a page of the list, and all of that.
    drawn = {one.code: one for one in (*wanted[:MOST_DRAWN], *page_of.rows)}.values()
    regions = list_regions(parts.database)
    lists, prices = _prices(result, asked)
    purchases = purchases_by_district(result, prices)
    return render_template(
        "manager/standard.html",
        result=result,
        asked=asked,
        regions={
            one.code: Text(one.name_zh, one.name_en or one.name_zh)
            for one in regions
            if one.level != Level.STREET or one.code == asked.region
        },
        yardstick=words.yardstick_text(standard, asked.region),
        samples=words.samples_text(result),
        purchases=purchases,
        lists=lists,
        every_list=EVERY_LIST,
        prices=prices,
        facilities=page_of,
        undrawn=len(wanted) - len(drawn),
        points=[point for one in drawn if (point := _point(one, result)) is not None],
        states=[(state, COMPLIANCE_TEXT[state], ICONS[state]) for state in Compliance],
        icons=ICONS,
        texts=COMPLIANCE_TEXT,
        **page,
    )


@blueprint.get("/standards/<string:code>/table.<suffix>")
@heavy
def table(code: str, suffix: str) -> Response:
    """Answer the figures, the list and what to buy as a workbook, or the list alone as CSV."""
    if suffix not in FORMATS:
        raise NotFoundError(Text("格式", "format"), suffix)
    parts = services()
    standard = standard_of(parts.settings, code)
    asked = _asked(standard)
    result = check_standard(parts.database, parts.settings, code, asked.region)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{suffix}"
        write_compliance(
            parts.database,
            result,
            _prices(result, asked)[1],
            path,
            state=asked.state,
            language=language(),
        )
        response = Response(path.read_bytes(), mimetype=FORMATS[suffix])
    name = "-".join(part for part in (code, asked.region) if part)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{suffix}")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/standards/<string:code>.png")
@heavy
def picture(code: str) -> Response:
    """Answer the map of a region as a picture for paper."""
    parts = services()
    standard = standard_of(parts.settings, code)
    asked = _asked(standard)
    result = check_standard(parts.database, parts.settings, code, asked.region)
    name = "-".join(part for part in (code, asked.region) if part)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.png"
        day = today(parts.settings)
        save_standard_picture(
            parts.database, result, path, day, state=asked.state, language=language()
        )
        response = Response(path.read_bytes(), mimetype="image/png")
    response.headers.set("Content-Disposition", "inline", filename=f"{name}.png")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _asked(standard: Standard) -> Asked:
    region = without_nul(request.args.get("region", "")).strip() or None
    state = request.args.get("state", "").strip()
    if state and state not in set(Compliance):
        accepted = Text("、".join(Compliance), ", ".join(Compliance))
        raise InvalidValueError("state", state, accepted)
    prices = {
        name.removeprefix("price_"): value
        for name, value in request.args.items()
        if name.startswith("price_")
    }
    price_list = request.args.get("prices")
    return Asked(
        region,
        Compliance(state) if state else None,
        without_nul(request.args.get("q", "")).strip()[:100],
        parse_prices(standard, prices),
        None if price_list is None or price_list == EVERY_LIST else without_nul(price_list).strip(),
    )


def _prices(result: StandardResult, asked: Asked) -> tuple[tuple[PriceList, ...], Prices]:
    """Return the lists that one may choose from, and the prices to reckon with.

    What an office pays is no public matter: a visitor has the prices that the address states.
    """
    if not may(Permission.SEE_UNPUBLISHED):
        return (), prices_for(services().database, result, asked.prices, "")
    database, chosen = services().database, asked.price_list
    prices = prices_for(database, result, asked.prices, chosen)
    return price_lists(database, asked.region, chosen), prices


def _point(one: FacilityCompliance, result: StandardResult) -> dict[str, Any] | None:
    """Return a facility as the map draws it, in WGS-84; None without a position."""
    if one.lon is None or one.lat is None:
        return None
    items = result.standard.items or ()
    said = words.own_text(
        one.state,
        [items[number - 1].text for number in one.lacking],
        [items[number - 1].text for number in one.unknown],
    )
    return {
        "code": one.code,
        "lon": round(one.lon, 7),
        "lat": round(one.lat, 7),
        "state": one.state,
        "name": one.name.pick(language()),
        "said": said.pick(language()),
        "href": url_for("station.show", code=one.code),
    }

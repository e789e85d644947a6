"""``/programmes``: are we keeping our published promises? The board, a plan, a promise with its evidence."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.programmes import NATURE_TEXT, STATE_TEXT, Measure, PromiseState
from geoapp.core.results.promises import FactRecord, Standing, Subject
from geoapp.core.roles import Permission
from geoapp.operations.facilities.read import parse_as_of
from geoapp.operations.moment import today
from geoapp.operations.programmes.edit import FIELDS, add_fact, take_fact
from geoapp.operations.programmes.read import (
    INDICATOR,
    ProgrammeStanding,
    known_documents,
    read_board,
    read_one,
    subject_regions,
)
from geoapp.operations.proposals.read import regions_within
from geoapp.reports.words import programmes as words
from geoapp.web.edge.access import lacks_second_factor, may, require, signed_in
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services

blueprint = Blueprint("programmes", __name__)

MOST_SHOWN = 300
# A shape for each state, so that no colour carries it alone.
ICONS = {
    PromiseState.MET: "verified",
    PromiseState.ON_TRACK: "yes",
    PromiseState.BEHIND: "clock",
    PromiseState.LATE: "warn",
    PromiseState.NOT_BEGUN: "plan",
    PromiseState.NOT_COUNTABLE: "info",
    PromiseState.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A promise as a page shows it."""

    code: str
    href: str
    name: Text
    nature: Text
    promise: Text
    fact: Text
    basis: Text
    state: PromiseState
    state_text: Text
    icon: str
    share: float | None
    notes: tuple[Text, ...]
    document: Text


@dataclass(frozen=True, slots=True)
class Board:
    """A plan as a page shows it."""

    found: ProgrammeStanding
    href: str
    document: Text
    rows: tuple[Row, ...]
    counts: tuple[tuple[str, Text, int], ...]
    facts: tuple[tuple[Text, Text], ...]


@blueprint.get("/programmes")
def board() -> str:
    """Show every plan with where its promises stand."""
    parts, day = services(), _asked()
    found = [_board(one, day) for one in read_board(parts.database, parts.settings, day)]
    return render_template(
        "manager/programmes.html",
        boards=[one for one in found if one.rows],
        reports=[one for one in found if not one.rows],
        asked=day,
        day=day or today(parts.settings),
    )


@blueprint.get("/programmes/<string:code>")
def one(code: str) -> str:
    """Show a plan: its promises, what documents state beside them, what the samples would say."""
    parts, day = services(), _asked()
    found = read_one(parts.database, parts.settings, code, day)
    samples = [
        _row(one.sample, day)
        for one in found.standings
        if one.sample is not None and one.sample.fact is not None
    ]
    return render_template(
        "manager/programme.html",
        board=_board(found, day),
        samples=samples,
        asked=day,
        day=found.day,
    )


@blueprint.get("/programmes/<string:code>/<string:indicator>")
def promise(code: str, indicator: str) -> str:
    """Show a promise with all that was counted for it, on a map and in a list."""
    return _promise_page(code, indicator)


@blueprint.post("/programmes/<string:code>/<string:indicator>/facts")
@require(Permission.STATE)
def enter(code: str, indicator: str) -> Response | tuple[str, int]:
    """Enter what a document states of a promise."""
    given = {name: request.form.get(name, "") for name in FIELDS}
    try:
        parts = services()
        add_fact(parts.database, parts.settings, code, indicator, given, signed_in().name, _seen())
    except (InvalidValueError, ConflictError) as error:
        status = 409 if isinstance(error, ConflictError) else 422
        return _promise_page(code, indicator, given=given, wrong=error.text), status
    return redirect(url_for("programmes.promise", code=code, indicator=indicator, saved=""))


@blueprint.post("/programmes/<string:code>/<string:indicator>/facts/<int:number>/take")
@require(Permission.STATE)
def take(code: str, indicator: str, number: int) -> Response:
    """Take away a number that was entered by hand; an undo brings it back."""
    take_fact(services().database, code, indicator, number if number < 2**63 else 0)
    return redirect(url_for("programmes.promise", code=code, indicator=indicator, saved=""))


def _promise_page(code: str, indicator: str, **more: Any) -> str:
    """Return the page of a promise; ``more`` is what became of its form."""
    parts, day = services(), _asked()
    found = read_one(parts.database, parts.settings, code, day)
    standing = next((one for one in found.standings if one.indicator.code == indicator), None)
    if standing is None:
        raise NotFoundError(INDICATOR, indicator)
    counted, unit = standing.subjects or (), standing.indicator.unit
    regions = subject_regions(parts.database, standing)
    twice: dict[str, list[str]] = {}
    for subject, other in standing.twice:
        twice.setdefault(subject, []).append(other)
    return render_template(
        "manager/promise.html",
        board=_board(found, day),
        row=_row(standing, day),
        standing=standing,
        sure=[one for one in counted if one.sure],
        unsure=[one for one in counted if not one.sure],
        most=MOST_SHOWN,
        twice=twice,
        regions=regions,
        splits=[
            (regions.get(region, Text(region, region)), words.number_text(value, unit))
            for region, value in standing.indicator.splits
        ],
        points=[point for one in counted if (point := _point(one)) is not None],
        years=[
            (
                one,
                words.NOT_KNOWN if one.fact is None else words.number_text(one.fact, unit),
                STATE_TEXT[one.state],
                ICONS[one.state],
            )
            for one in standing.years
        ],
        stated=[_stated(fact) for fact in standing.stated],
        sample=None
        if standing.sample is None or standing.sample.fact is None
        else _row(standing.sample, day),
        countable=standing.indicator.measure is not Measure.NOT_COUNTABLE,
        asked=day,
        day=found.day,
        saved="saved" in request.args,
        entered=[
            (fact.id, words.stated_text(fact), fact.document)
            for fact in found.entered
            if fact.indicator == indicator
        ],
        documents=known_documents(parts.database) if may(Permission.STATE) else [],
        within=_is_within(found.programme.region_code),
        needs_factor=may(Permission.STATE) and lacks_second_factor(Permission.STATE),
        **more,
    )


def _is_within(region: str) -> bool:
    """Tell whether whoever asks may state facts of a region's plan, as the database sees to it."""
    if not may(Permission.STATE):
        return False
    regions = signed_in().regions
    within = regions_within(services().database, regions)
    return within is None or region in within


def _seen() -> frozenset[int] | None:
    """Return which numbers stood on the page whose form is sent; None where it does not say."""
    given = request.form.get("seen")
    if given is None:
        return None
    numbers = given.split()
    if not all(re.fullmatch("[0-9]{1,18}", one) for one in numbers):
        accepted = Text("页面上的编号", "the numbers of the page")
        raise InvalidValueError("seen", given[:40], accepted)
    return frozenset(map(int, numbers))


def _asked() -> date | None:
    """Return the day that the address names; None: today."""
    given = request.args.get("as_of", "")
    return parse_as_of(given, services().settings.timezone)[0] if given else None


def _board(found: ProgrammeStanding, day: date | None) -> Board:
    states = [one.verdict.state for one in found.standings]
    return Board(
        found,
        url_for("programmes.one", code=found.programme.code, as_of=day),
        words.document_text(found.programme.document, None),
        tuple(_row(one, day) for one in found.standings),
        tuple(
            (ICONS[state], STATE_TEXT[state], states.count(state))
            for state in PromiseState
            if state in states
        ),
        tuple(_stated(fact) for fact in found.facts),
    )


def _row(standing: Standing, day: date | None) -> Row:
    one = standing.indicator
    notes = (
        words.undated_text(standing),
        words.last_day_text(standing),
        words.pace_text(standing),
        words.forecast_text(standing),
    )
    return Row(
        one.code,
        url_for("programmes.promise", code=one.programme, indicator=one.code, as_of=day),
        one.name,
        NATURE_TEXT[one.nature],
        words.promise_text(standing),
        words.fact_text(standing),
        words.basis_text(standing),
        standing.verdict.state,
        words.state_text(standing),
        ICONS[standing.verdict.state],
        standing.share,
        tuple(note for note in notes if note is not None),
        words.document_text(one.document, one.place),
    )


def _stated(fact: FactRecord) -> tuple[Text, Text]:
    return words.stated_text(fact), words.document_text(fact.document, fact.place)


def _point(one: Subject) -> dict[str, Any] | None:
    """Return a subject as a map draws it, in WGS-84; None without a position."""
    if one.lon is None or one.lat is None:
        return None
    name = one.name_en if language() == "en" and one.name_en else one.name_zh
    return {"lon": one.lon, "lat": one.lat, "name": name, "sure": one.sure}

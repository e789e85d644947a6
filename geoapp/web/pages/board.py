"""``/plan/board``: the sites of plans on their way to opened stations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import (
    ConflictError,
    GeoappError,
    InvalidValueError,
    NotAllowedError,
    UnusableInputError,
)
from geoapp.core.i18n import Text
from geoapp.core.proposals import PROPOSAL_TEXT, TRANSITIONS, ProposalState
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.roles import Permission
from geoapp.core.units import counted
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import Datum, Family
from geoapp.operations.moment import today
from geoapp.operations.proposals import edit
from geoapp.operations.proposals.fact import fact_of
from geoapp.operations.proposals.opening import (
    as_planned,
    open_proposal,
    planned_kind,
    station_name,
)
from geoapp.operations.proposals.read import (
    OneProposal,
    list_proposals,
    proposal_history,
    read_proposal,
    regions_within,
)
from geoapp.operations.proposals.take import outside_regions, take_sites
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.scenarios import check_readable
from geoapp.operations.upkeep.users import list_users
from geoapp.reports.words.history import actor_text, via_text
from geoapp.reports.words.proposals import fact_text, promise_text
from geoapp.store.proposals import ProposalFilter, ProposalRecord
from geoapp.web.edge.access import may, require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import t
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.pages.chrome import moment_text
from geoapp.web.pages.coverage.planner import run_number
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("board", __name__)

_TEXTS: Final = ("name_zh", "name_en", "owner", "organisation", "host", "note")
_FIELDS: Final = {
    "on": Text("自哪天", "Since"),
    "opened_on": Text("启用日期", "Opening date"),
    "planned_on": Text("计划开放日期", "Planned opening date"),
    "name_zh": Text("名称", "Name in Chinese"),
    "name_en": Text("英文名", "Name in English"),
    "cost": Text("预计费用", "Expected cost"),
    "lon": Text("经度", "Longitude"),
    "lat": Text("纬度", "Latitude"),
    "host": Text("所在单位", "Host"),
    "note": Text("备注", "Note"),
    "reason": Text("理由", "Why"),
}
_STATION: Final = ("code", "kind", "name_zh", "opening_hours", "capacity", "address", "phone")
# As the plan has them unless somebody says otherwise; emptied, they are unknown.
_PLANNED: Final = ("opening_hours", "capacity")


@dataclass(frozen=True, slots=True)
class Card:
    """A proposal as the pages show it; ``lon`` and ``lat`` are in WGS-84."""

    record: ProposalRecord
    state: ProposalState
    text: Text
    promise: Text
    lon: float
    lat: float

    @property
    def name(self) -> Text:
        """What people call it."""
        return Text(self.record.name_zh, self.record.name_en or self.record.name_zh)

    @property
    def region(self) -> Text | None:
        """Where it lies; None is unknown."""
        zh = self.record.region_zh
        return None if zh is None else Text(zh, self.record.region_en or zh)

    @property
    def next_states(self) -> list[tuple[ProposalState, Text]]:
        """What it can become."""
        return [(one, PROPOSAL_TEXT[one]) for one in TRANSITIONS[self.state]]


def _card(record: ProposalRecord) -> Card:
    state = ProposalState(record.state)
    asked = SitingParameters.from_stored(record.question)
    return Card(
        record=record,
        state=state,
        text=PROPOSAL_TEXT[state],
        promise=promise_text(record.promised, asked, services().settings.timezone),
        lon=round(record.lon, 6),
        lat=round(record.lat, 6),
    )


@blueprint.get("/plan/board")
@require(Permission.SEE_UNPUBLISHED)
def show() -> str:
    """Show the board: a column for each state, what the address asks for, and the map."""
    asked = {name: _given(request.args, name) for name in ("state", "region", "owner", "run")}
    state = asked["state"]
    if state and state not in set(ProposalState):
        names = ", ".join(ProposalState)
        raise InvalidValueError("state", state, Text(names, names))
    wanted = ProposalFilter(
        states=frozenset({state}) if state else None,
        region=asked["region"] or None,
        owner=asked["owner"] or None,
        run=run_number(asked["run"]) if asked["run"] else None,
    )
    database = services().database
    cards = [_card(one) for one in list_proposals(database, wanted)]
    everything = list_proposals(database, ProposalFilter())
    columns = [
        (one, text, [card for card in cards if card.state is one])
        for one, text in PROPOSAL_TEXT.items()
        if not state or state == one
    ]
    added, there, left = (request.args.get(name, "") for name in ("added", "there", "left"))
    return render_template(
        "planner/board/page.html",
        columns=columns,
        within=_within(),
        cards=cards,
        total=len(everything),
        asked=asked,
        filtered=any(asked.values()),
        states=PROPOSAL_TEXT,
        owners=sorted({one.owner for one in everything if one.owner}),
        regions=region_names(database),
        today=today(services().settings),
        told=_taken_text(int(added), int(there), int(left) if _count(left) else 0)
        if _count(added) and _count(there)
        else None,
        texts=_texts(),
    )


@blueprint.get("/plan/board/<int:number>")
@require(Permission.SEE_UNPUBLISHED)
def one(number: int) -> str:
    """Show a proposal, ready to be changed by whoever may."""
    return _page(number)


@blueprint.post("/plan/board/take")
@require(Permission.CARRY_OUT)
def take() -> BaseResponse:
    """Take the ticked sites of a run to the board, or all of them."""
    run = run_number(_given(request.form, "run"))
    everything = "all" in request.form
    orders = [] if everything else [run_number(one) for one in request.form.getlist("site")]
    if not orders and not everything:
        raise InvalidValueError("site", "", Text("至少勾选一处站点", "at least one ticked site"))
    parts = services()
    check_readable(parts.database, signed_in(), run)
    elsewhere = _elsewhere(run)
    if everything and elsewhere:
        inside = [one.order for one in siting_results.sites_of(parts.database, run)]
        orders = [order for order in inside if order not in elsewhere]
    if not orders and elsewhere:
        raise NotAllowedError(
            Text("这个方案没有站点在您负责的区域内。", "No site of this plan lies in your regions.")
        )
    taken = take_sites(parts.database, parts.settings, run, orders or None)
    left = len(elsewhere) if everything else 0
    address = url_for(
        "board.show", run=run, added=len(taken.added), there=len(taken.there), left=left or None
    )
    return redirect(address)


@blueprint.post("/plan/board/<int:number>")
@require(Permission.CARRY_OUT)
def save(number: int) -> BaseResponse | tuple[str, int]:
    """Save what was written on a proposal."""
    form = {name: _given(request.form, name) for name in (*_TEXTS, "cost", "planned_on", "reason")}
    form |= {name: _given(request.form, name) for name in ("lon", "lat")}

    def write() -> None:
        parts = services()
        values: dict[str, Any] = {name: form[name] or None for name in _TEXTS}
        values["cost"] = _number("cost", form["cost"])
        values["planned_on"] = _day("planned_on", form["planned_on"])
        card = _card(read_proposal(parts.database, number).record)
        # The place is written only where somebody has written another: a card rounds.
        place = {name: _number(name, form[name]) for name in ("lon", "lat")}
        if (place["lon"], place["lat"]) != (card.lon, card.lat):
            values |= place
        edit.change_proposal(
            parts.database,
            parts.settings,
            number,
            values,
            datum=Datum.WGS84,
            reason=form["reason"] or None,
            expected_rev=_rev(),
        )

    return _done(number, "edit", form, write)


@blueprint.post("/plan/board/<int:number>/state")
@require(Permission.CARRY_OUT)
def move(number: int) -> BaseResponse | tuple[str, int]:
    """Take a proposal to another state; what more it takes is asked on its own page."""
    form = {name: _given(request.form, name) for name in ("state", "on", "reason", "from")}

    def write() -> None:
        parts = services()
        if form["state"] not in set(ProposalState):
            names = ", ".join(ProposalState)
            raise InvalidValueError("state", form["state"], Text(names, names))
        edit.move_proposal(
            parts.database,
            parts.settings,
            number,
            ProposalState(form["state"]),
            on_day=_day("on", form["on"]),
            reason=form["reason"] or None,
            expected_rev=_rev(),
        )

    if form["from"] == "board" and form["state"] == ProposalState.OPEN:
        return redirect(url_for("board.one", number=number, _anchor="open"))
    return _done(number, "state", form, write)


@blueprint.post("/plan/board/<int:number>/open")
@require(Permission.CARRY_OUT)
def open_(number: int) -> BaseResponse | tuple[str, int]:
    """Open a proposal: a station of the register, or a link to one."""
    form = {name: _given(request.form, name) for name in (*_STATION, "opened_on", "facility")}
    there = [without_nul(one) for one in request.form.getlist("amenity")]

    def write() -> None:
        parts = services()
        opened_on = _day("opened_on", form["opened_on"])
        if opened_on is None:
            raise InvalidValueError("opened_on", "", Text("启用日期", "the opening date"))
        station: dict[str, Any] = {
            name: form[name] or None for name in _STATION if form[name] or name in _PLANNED
        }
        if there:
            station["amenities"] = there
        open_proposal(
            parts.database,
            parts.settings,
            number,
            opened_on,
            station=None if form["facility"] else station,
            facility=form["facility"] or None,
            expected_rev=_rev(),
        )

    return _done(number, "open", form, write, there)


@blueprint.get("/plan/board/<int:number>/fact")
@require(Permission.SEE_UNPUBLISHED)
@heavy
def fact(number: int) -> Any:
    """Tell promise against fact in words, for the pages' scripts."""
    parts = services()
    found = fact_of(parts.database, parts.settings, number)
    told = fact_text(found.promised, found.workers, found.reason)
    when = "" if found.at is None else f"（{moment_text(found.at).zh}）"
    when_en = "" if found.at is None else f" ({moment_text(found.at).en})"
    return json_reply({"text": t(f"{told.zh}{when}", f"{told.en}{when_en}")})


def _done(
    number: int, which: str, form: dict[str, str], write: Any, there: Sequence[str] = ()
) -> BaseResponse | tuple[str, int]:
    """Do it and show the proposal; where it is refused, show why beside what was sent."""
    try:
        write()
    except (InvalidValueError, ConflictError, UnusableInputError) as error:
        status = 409 if isinstance(error, ConflictError) else 422
        return _page(number, which=which, form=form, wrong=error, there=there), status
    if form.get("from") == "board":
        return redirect(url_for("board.show", _anchor=f"p{number}"))
    return redirect(url_for("board.one", number=number, saved=1))


def _page(
    number: int,
    *,
    which: str = "",
    form: dict[str, str] | None = None,
    wrong: GeoappError | None = None,
    there: Sequence[str] = (),
) -> str:
    database = services().database
    found: OneProposal = read_proposal(database, number)
    card = _card(found.record)
    asked = SitingParameters.from_stored(found.record.question)
    vocabulary = load_vocabulary()
    kinds = {kind.code: kind.text for kind in vocabulary.kinds}
    kind = vocabulary.first_kind(Family(planned_kind(asked)))
    return render_template(
        "planner/board/one.html",
        card=card,
        one=found.record,
        steps=[(PROPOSAL_TEXT[ProposalState(step.state)], step) for step in found.steps],
        which=which,
        sent=form or {},
        wrong=None if wrong is None else _wrong_text(wrong),
        stale=isinstance(wrong, ConflictError) and _rev() != found.record.rev,
        there=there,
        within=_within(),
        saved=request.args.get("saved") is not None,
        today=today(services().settings),
        owners=[one.name for one in list_users(database)] if may(Permission.CARRY_OUT) else [],
        kinds=kinds,
        kind=kind.code,
        station=station_name(found.record, kind.text),
        planned=as_planned(found.record),
        amenities=[(one.code, one.text) for one in vocabulary.amenities],
        story=[
            (
                moment_text(told.stored.at),
                actor_text(told.stored.actor, told.stored.role, told.stored.api_key),
                via_text(told.stored.via),
                told,
            )
            for told in proposal_history(database, services().settings, number)
        ],
        texts=_texts(),
    )


def _within() -> frozenset[str] | None:
    """Return the regions in which who asks may carry out; None = in all."""
    return regions_within(services().database, signed_in().regions)


def _elsewhere(run: int) -> frozenset[int]:
    """Return the places in a plan of its sites outside the regions of who asks."""
    database = services().database
    return outside_regions(database, siting_results.sites_of(database, run), signed_in().regions)


def _wrong_text(error: GeoappError) -> Text:
    """Return why it was refused, with the field as the page calls it."""
    field = _FIELDS.get(error.parameter) if isinstance(error, InvalidValueError) else None
    if field is None or not isinstance(error, InvalidValueError):
        return error.text
    accepted = error.accepted
    return Text(f"“{field.zh}”应为{accepted.zh}。", f"{field.en}: expected {accepted.en}.")


def _texts() -> dict[str, str]:
    return {
        "offline": t("连不上服务，请再试。", "The service cannot be reached; try again."),
        "counting": t("正在计算…", "Counting…"),
    }


def _taken_text(added: int, there: int, left: int) -> Text:
    new = counted(added, "处站点", "site")
    were = counted(there, "处", "was there already", "were there already")
    told = Text(
        f"已放上 {new.zh}；{were.zh}原已在看板上。", f"{new.en} taken to the board; {were.en}."
    )
    if not left:
        return told
    out = counted(left, "处", "site lies", "sites lie")
    return Text(
        f"{told.zh}{out.zh}不在您负责的区域内，没有放。",
        f"{told.en} {out.en} outside your regions and stayed.",
    )


def _given(values: Any, name: str) -> str:
    return without_nul(values.get(name, "")).replace("\r\n", "\n").strip()


def _count(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 7


def _rev() -> int:
    """Return the version that the form was made from; -1 fits none."""
    rev = request.form.get("rev", "")
    return int(rev) if rev.isascii() and rev.isdecimal() and len(rev) < 19 else -1


def _number(name: str, value: str) -> float | None:
    if not value:
        return None
    try:
        return float(value)
    except ValueError:
        raise InvalidValueError(name, value, Text("数字", "a number")) from None


def _day(name: str, value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidValueError(
            name, value, Text("日期，如 2027-03-01", "a date such as 2027-03-01")
        ) from None

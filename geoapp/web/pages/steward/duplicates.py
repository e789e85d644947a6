"""``/steward/duplicates``: facilities that may be one, decided on and merged two by two."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import Field
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_REGION_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.units import format_moment
from geoapp.core.vocabulary import load_vocabulary
from geoapp.operations.duplicates.decide import decide
from geoapp.operations.duplicates.find import STATE_TEXT, Pair, State, regions_within
from geoapp.operations.duplicates.merge import (
    Choice,
    FarApartError,
    MergePlan,
    merge_facilities,
    plan_merge,
)
from geoapp.reports.words.duplicates import (
    choice_text,
    choice_value_text,
    likeness_text,
    standing_text,
)
from geoapp.store.facilities.records import FacilityRecord
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("steward_duplicates", __name__)

_TAKE = "take-"


class Asked(Parameters):
    """Which pairs, and from which on."""

    region: str = Field("", max_length=MOST_REGION_CHARACTERS)
    state: State = "open"
    start: int = Field(0, ge=0, le=1_000_000)


class AskedPair(Parameters):
    """Which facility stays, and which is merged into it."""

    survivor: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS)
    other: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS)


class Decided(Parameters):
    """What is decided of which two facilities."""

    first: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS)
    second: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS)
    verdict: State


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair as the list shows it; ``may_edit`` tells whether both lie in one's regions."""

    first: FacilityRecord
    second: FacilityRecord
    told: Text
    decided: Text | None
    may_edit: bool


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """A field in which two differ: what it is called, both values, and whose is chosen."""

    choice: Choice
    name: Text
    survivor: Text
    other: Text
    side: str


def _given(values: Mapping[str, str]) -> dict[str, str]:
    given = {name: without_nul(value).strip() for name, value in values.items()}
    return {name: value for name, value in given.items() if value}


@blueprint.get("/steward/duplicates")
@require(Permission.EDIT)
def listed() -> str:
    """List the pairs, the most alike and nearest first."""
    asked = Asked.check(_given(request.args))
    parts = services()
    page = parts.duplicates.listed(asked.region or None, asked.state, start=asked.start)
    within = regions_within(parts.database, signed_in().regions)
    return render_template(
        "steward/duplicates.html",
        asked=asked,
        page=page,
        pairs=[_line(pair, within) for pair in page.pairs],
        next=None
        if page.next is None
        else url_for(
            "steward_duplicates.listed",
            region=asked.region or None,
            state=asked.state,
            start=page.next,
        ),
        states=STATE_TEXT,
        regions=region_names(parts.database),
    )


def _line(pair: Pair, within: frozenset[str] | None) -> PairLine:
    decision = pair.decision
    decided = None
    if decision is not None:
        at = format_moment(decision.decided_at, services().settings.timezone)
        who = decision.decided_by or "—"
        decided = Text(f"{who} 于 {at.zh} 判断", f"decided by {who} on {at.en}")
    return PairLine(
        pair.first,
        pair.second,
        likeness_text(pair.alike, pair.distance_m, pair.same_phone),
        decided,
        within is None
        or all(one.properties["region"] in within for one in (pair.first, pair.second)),
    )


@blueprint.post("/steward/duplicates")
@require(Permission.EDIT)
def settle() -> Response:
    """Remember that two are not the same, or put it off, and show the list again."""
    names = ("first", "second", "verdict")
    decided = Decided.check(_given({name: request.form.get(name, "") for name in names}))
    decide(services().database, decided.first, decided.second, decided.verdict)
    back = Asked.check(_given({name: request.form.get(name, "") for name in ("region", "state")}))
    return redirect(
        url_for(
            "steward_duplicates.listed",
            region=back.region or None,
            state=back.state,
            decided=decided.verdict,
        )
    )


@blueprint.get("/steward/duplicates/pair")
@require(Permission.EDIT)
def pair() -> str:
    """Show two facilities side by side, ready to be merged."""
    asked = AskedPair.check(_given(request.args))
    return _page(plan_merge(services().database, asked.survivor, asked.other), {})


@blueprint.post("/steward/duplicates/pair")
@require(Permission.EDIT)
def merge() -> Response | tuple[str, int]:
    """Merge; where somebody changed one meanwhile, show both as they are now with what was chosen."""
    form = request.form
    asked = AskedPair.check(_given({name: form.get(name, "") for name in ("survivor", "other")}))
    take = {name[len(_TAKE) :]: side for name, side in form.items() if name.startswith(_TAKE)}
    database = services().database
    try:
        done = merge_facilities(
            database,
            services().settings,
            asked.survivor,
            asked.other,
            take,
            expected=(_version("survivor_version"), _version("other_version")),
            far=form.get("far") == "1",
        )
    except FarApartError as error:
        plan = plan_merge(database, asked.survivor, asked.other)
        return _page(plan, take, refused=error.text, far=True), 409
    except ConflictError as error:
        plan = plan_merge(database, asked.survivor, asked.other)
        return _page(plan, take, refused=error.text), 409
    return redirect(
        url_for(
            "steward_duplicates.listed",
            merged=done.merged,
            into=done.code,
            change=done.change_set,
        )
    )


def _version(name: str) -> int:
    given = request.form.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 19):
        accepted = Text("打开页面时的版本", "the version that the page had")
        raise InvalidValueError(name, given[:40], accepted)
    return int(given)


def _page(
    plan: MergePlan, take: Mapping[str, str], *, refused: Text | None = None, far: bool = False
) -> str:
    parts = services()
    both = (plan.survivor, plan.other)
    within = regions_within(parts.database, signed_in().regions)
    amenities = {one.code: one.text for one in load_vocabulary().amenities}
    return render_template(
        "steward/pair.html",
        plan=plan,
        lines=[_choice(one, take) for one in plan.choices],
        same=[(choice_text(name), choice_value_text(name, value)) for name, value in plan.same],
        there=[amenities.get(one, Text(one, one)) for one in plan.amenities],
        absent=[amenities.get(one, Text(one, one)) for one in plan.no_amenities],
        told=standing_text(plan.survivor.lonlat, plan.other.lonlat),
        points=[point for number, one in enumerate(both, 1) if (point := _point(one, number))],
        refused=refused,
        far=far,
        may_edit=within is None or all(one.properties["region"] in within for one in both),
        regions=region_names(parts.database),
    )


def _choice(choice: Choice, take: Mapping[str, str]) -> ChoiceLine:
    side = take.get(choice.field, choice.side)
    if side not in ("survivor", "other") or not choice.may_be_other:
        side = choice.side
    return ChoiceLine(
        choice,
        choice_text(choice.field),
        choice_value_text(choice.field, choice.survivor),
        choice_value_text(choice.field, choice.other),
        side,
    )


def _point(record: FacilityRecord, number: int) -> dict[str, object] | None:
    """Return where a facility is drawn, in WGS-84; None without a position."""
    at = record.lonlat
    if at is None:
        return None
    lon, lat = at
    return {
        "number": number,
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "name_zh": record.properties["name_zh"],
        "name_en": record.properties["name_en"],
    }

"""``/steward/calls``: a list called through, one facility after another, each answer typed in."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.phones import telephones
from geoapp.core.roles import Permission
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import CALL_TEXT, ENTRY_TEXT, STATUS_TEXT, CallOutcome
from geoapp.operations.facilities.call_answers import (
    MOST_WAIT_DAYS,
    Answer,
    NextCall,
    answer_call,
    find_next_call,
)
from geoapp.operations.facilities.calls import questions
from geoapp.operations.facilities.merge import Clash
from geoapp.operations.moment import today
from geoapp.store.facilities.records import FacilityRecord
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.asked import Asked
from geoapp.web.pages.steward.form import (
    LIST,
    amenity_marks,
    base,
    clash_rows,
    merge_edit,
    sent,
)

blueprint = Blueprint("steward_calls", __name__)

FIELD_TEXT: dict[str, Text] = {
    "outcome": Text("接通了吗", "What came of it"),
    "opening_hours": Text("开放时间", "Opening hours"),
    "entry": Text("怎么进门", "Way in"),
    "phone": Text("电话", "Telephone"),
    "address": Text("新地址", "New address"),
    "amenities": Text("有的设施", "Amenities there"),
    "no_amenities": Text("没有的设施", "Amenities known not to be there"),
    "closed_on": Text("停用日期（不知道就空着）", "Closed on (empty if unknown)"),
    "again_on": Text("改天再打", "Call again on"),
}
_HEARD = ("opening_hours", "entry", "phone")
_OF_THE_CALL = ("address", "outcome", "closed_on", "again_on")
_LEFT_OFF = "steward_calls"
_NEW_ADDRESS = Text("请填新地址", "Give the new address")


@blueprint.get("/steward/calls")
@require(Permission.EDIT)
def show() -> Response | str:
    """Show whom to call now; where no list is named, the last one goes on."""
    if not request.args and session.get(_LEFT_OFF):
        return redirect(f"{url_for('steward_calls.show')}?{session[_LEFT_OFF]}")
    asked = _asked(request.args)
    code = without_nul(request.args.get("code", "")).strip()
    if not code:
        session[_LEFT_OFF] = _query(asked) or "q="
    found = _found(asked, code or None)
    values = {} if found.record is None else _values(found.record)
    return _page(asked, found, values)


@blueprint.post("/steward/calls/answer/<path:code>")
@require(Permission.EDIT)
def answer(code: str) -> Response | tuple[str, int]:
    """Store what was heard, and go on to the next one."""
    asked = _asked(dict(parse_qsl(request.form.get("list", ""))))
    here = _found(asked, code)
    assert here.record is not None  # one that is named is found, or 404
    now = _values(here.record)
    mine = sent((*_HEARD, *_OF_THE_CALL))
    heard = {name: mine[name] for name in (*_HEARD, "amenities", "no_amenities") if name in mine}
    merged = merge_edit(base(), heard, now)
    values = now | merged.changes | {name: mine.get(name, "") for name in _OF_THE_CALL}
    if merged.clashes:
        return _page(asked, here, values, clashes=tuple(merged.clashes)), 409
    parts = services()
    try:
        told = _told(mine, merged.changes)
        number = answer_call(
            parts.database, parts.settings, code, told, expected_rev=here.record.rev
        )
    except (InvalidValueError, UnusableInputError) as error:
        named = error.parameter if isinstance(error, InvalidValueError) else "opening_hours"
        wrong = (named if named in FIELD_TEXT else "outcome", error.text)
        return _page(asked, here, values, wrong=wrong), 422
    except ConflictError as error:
        return _page(asked, _found(asked, code), values, wrong=("outcome", error.text)), 409
    done = {"saved": number, "of": code}
    return redirect(f"{url_for('steward_calls.show')}?{_query(asked, **done)}")


def _told(mine: Mapping[str, str], changes: Mapping[str, str]) -> Answer:
    """Return what was heard; what the outcome leaves no room for is not looked at.

    Raises
    ------
    InvalidValueError
        Naming the field that is missing or makes no sense.
    """
    try:
        outcome = CallOutcome(mine.get("outcome", ""))
    except ValueError:
        accepted = Text("先选接通的结果", "choose first what came of the call")
        raise InvalidValueError("outcome", mine.get("outcome"), accepted) from None
    if outcome is CallOutcome.NOBODY:
        return Answer(outcome, again_on=_day("again_on", mine.get("again_on", "")))
    if outcome is CallOutcome.CLOSED:
        return Answer(outcome, closed_on=mine.get("closed_on") or None)
    properties: dict[str, Any] = {name: value or None for name, value in changes.items()}
    for name in ("amenities", "no_amenities"):
        if name in changes:
            properties[name] = [one for one in changes[name].split(LIST) if one]
    if outcome is CallOutcome.MOVED:
        if not mine.get("address"):
            error = InvalidValueError("address", None, _NEW_ADDRESS)
            error.text = _NEW_ADDRESS
            raise error
        properties["address"] = mine["address"]
    return Answer(outcome, properties)


def _day(name: str, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        accepted = Text("日期，如 2026-11-27", "a date such as 2026-11-27")
        raise InvalidValueError(name, value, accepted) from None


def _asked(given: Mapping[str, str]) -> Asked:
    """Return which list is called; 422 where a value is not accepted."""
    values = {
        name: without_nul(value).strip()
        for name, value in given.items()
        if name in Asked.model_fields
    }
    return Asked.check({name: value for name, value in values.items() if value})


def _query(asked: Asked, **more: object) -> str:
    """Return a list as the query of an address; ``after`` are those passed over for now."""
    values = asked.model_dump(exclude_defaults=True) | more
    return urlencode({name: value for name, value in values.items() if value is not None})


def _own_region() -> str:
    """Return the one region that an account is kept to: its sheet is of what is next here, too."""
    regions = signed_in().regions
    return regions[0] if len(regions) == 1 else ""


def _found(asked: Asked, code: str | None = None) -> NextCall:
    parts = services()
    wanted = asked.wanted()
    if wanted.terms:
        parts.search.catch_up()
    return find_next_call(
        parts.database,
        parts.settings,
        wanted,
        regions=signed_in().regions,
        after=asked.after or None,
        code=code,
    )


def _values(record: FacilityRecord) -> dict[str, str]:
    """Return what is stored as the form shows it."""
    stored = record.properties
    values = {name: "" if stored[name] is None else str(stored[name]) for name in _HEARD}
    if record.hours_words:
        values["opening_hours"] = record.hours_words
    for name in ("amenities", "no_amenities"):
        values[name] = LIST.join(sorted(stored[name]))
    return values


def _page(
    asked: Asked,
    found: NextCall,
    values: dict[str, str],
    *,
    wrong: tuple[str, Text] | None = None,
    clashes: tuple[Clash, ...] = (),
) -> str:
    parts = services()
    record = found.record
    day = today(parts.settings)
    passed_over = asked.model_copy(update={"after": "" if record is None else record.code})
    whole = asked.model_copy(update={"after": ""})
    return render_template(
        "steward/calls.html",
        found=found,
        record=record,
        phones=[] if record is None else telephones(record.properties["phone"]),
        values={"again_on": str(day + timedelta(days=1))} | values,
        base=orjson.dumps({} if record is None else _values(record)).decode(),
        wrong=wrong,
        clashes=clash_rows(clashes, FIELD_TEXT, {}),
        fields=FIELD_TEXT,
        outcomes=list(CALL_TEXT.items()),
        outcome_texts=CALL_TEXT,
        statuses=STATUS_TEXT,
        entries=list(ENTRY_TEXT.items()),
        amenities=amenity_marks(values.get("amenities", ""), values.get("no_amenities", "")),
        questions=[] if record is None else questions(record),
        kinds={kind.code: kind.text for kind in load_vocabulary().kinds},
        regions=region_names(parts.database),
        first_day=day + timedelta(days=1),
        last_day=day + timedelta(days=MOST_WAIT_DAYS),
        asked=asked,
        list=_query(asked),
        next=_query(passed_over),
        whole=_query(whole) or "q=",
        sheet_query=_query(whole.model_copy(update={"region": whole.region or _own_region()})),
        saved=without_nul(request.args.get("saved", "")),
        saved_of=without_nul(request.args.get("of", "")),
    )

"""``/steward/bulk``: many facilities changed at once, after a look at what would change."""

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from pydantic import Field

from geoapp.core.errors import ConflictError, InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_BULK, MOST_BULK_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.states import transitions
from geoapp.core.units import format_moment
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import ACCESS_TEXT, ENTRY_TEXT, STATUS_TEXT, Status
from geoapp.operations.duplicates.find import regions_within
from geoapp.operations.facilities.bulk import (
    Bulk,
    apply_bulk,
    begin_bulk,
    choose_changes,
    give_up_bulk,
    preview_bulk,
    read_bulk,
)
from geoapp.operations.facilities.bulk_preview import ALWAYS_KNOWN, FIELDS, BulkChanges, Mark
from geoapp.reports.words.bulk import (
    MARK_TEXT,
    bulk_field_text,
    bulk_lines,
    bulk_reason,
    bulk_value_text,
)
from geoapp.reports.words.history import actor_text, amenity_text
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.asked import Asked, found_all
from geoapp.web.pages.steward.page import reply

blueprint = Blueprint("steward_bulk", __name__)

# Of the facilities that change; of the others the first few are named.
PAGE_SIZE: Final = 200
_MARKS: Final[dict[str, Mark]] = {"yes": "yes", "no": "no", "unknown": "unknown"}
# Of which the month or the year may be all that is known.
ROUGH_DATES: Final = frozenset({"opened_on", "closed_on"})


class AskedPage(Parameters):
    """Which page of the facilities that change."""

    page: int = Field(1, ge=1, le=MOST_BULK)


@blueprint.post("/steward/bulk")
@require(Permission.EDIT)
@heavy
def begin() -> Response:
    """Take all of a list, or what is ticked of it, and ask what to change."""
    asked = Asked.of_query(request.form.get("asked", ""))
    database, user = services().database, signed_in()
    query = asked.query()
    try:
        if request.form.get("which") == "all":
            number = begin_bulk(database, user.id, query, wanted=found_all(asked))
        else:
            codes = [without_nul(one) for one in request.form.getlist("code")][: MOST_BULK + 1]
            number = begin_bulk(database, user.id, query, codes=codes)
    except UnusableInputError as error:
        page = render_template("steward/bulk/none.html", wrong=error.text, query=query)
        return reply(page, 422)
    return _to("show", number)


@blueprint.get("/steward/bulk/<int:number>")
@require(Permission.EDIT)
def show(number: int) -> Response:
    """Ask what to change; or say what became of it."""
    bulk = _bulk(number)
    if bulk.done is not None:
        return reply(render_template("steward/bulk/done.html", bulk=bulk, done=bulk.done))
    values = {name: value or "" for name, value in bulk.changes.values.items()}
    cleared = {name for name, value in bulk.changes.values.items() if value is None}
    return _form(bulk, values, cleared, dict(bulk.changes.amenities))


@blueprint.post("/steward/bulk/<int:number>")
@require(Permission.EDIT)
@heavy
def choose(number: int) -> Response:
    """Keep what is to be changed, and lead to what that would do."""
    bulk, parts = _bulk(number), services()
    values, cleared, marks = _sent()
    try:
        choose_changes(
            parts.database,
            parts.settings,
            signed_in().id,
            number,
            _changes(values, cleared, marks),
            _within(),
        )
    except InvalidValueError as error:
        return _form(bulk, values, cleared, marks, (error.parameter, error.text))
    return _to("preview", number)


def _sent() -> tuple[dict[str, str], set[str], dict[str, Mark]]:
    """Return the form: values that are filled in, fields to be cleared, amenities that are marked."""
    form = request.form
    values = {name: without_nul(form.get(name, "")).strip() for name in FIELDS}
    cleared = {name for name in FIELDS if form.get(f"clear-{name}")}
    known = {one.code for one in load_vocabulary().amenities}
    marks = {
        code: _MARKS[said]
        for code in sorted(known)
        if (said := form.get(f"amenity-{code}", "")) in _MARKS
    }
    return {name: value for name, value in values.items() if value}, cleared, marks


def _changes(values: dict[str, str], cleared: set[str], marks: dict[str, Mark]) -> BulkChanges:
    for name in FIELDS:
        if name in values and name in cleared:
            wrong = Text(
                "既填了内容，又勾了“清空”；只能选一样。",
                "There is a value, and it is to be cleared, too: choose one.",
            )
            raise _refusal(name, values[name], wrong)
        if len(values.get(name, "")) > MOST_BULK_CHARACTERS:
            wrong = Text(
                f"最多 {MOST_BULK_CHARACTERS} 个字符。",
                f"At most {MOST_BULK_CHARACTERS} characters.",
            )
            raise _refusal(name, values[name], wrong)
    if not (values or cleared or marks):
        wrong = Text("还没有选要改的内容。", "Nothing is chosen to be changed yet.")
        raise _refusal("changes", "", wrong)
    chosen = {name: values.get(name) for name in FIELDS if name in values or name in cleared}
    return BulkChanges(values=chosen, amenities=marks)


def _refusal(name: str, value: str, text: Text) -> InvalidValueError:
    error = InvalidValueError(name, value, text)
    error.text = text
    return error


def _form(
    bulk: Bulk,
    values: dict[str, str],
    cleared: set[str],
    marks: dict[str, Mark],
    wrong: tuple[str, Text] | None = None,
) -> Response:
    vocabulary = load_vocabulary()
    choices: dict[str, dict[str, Text]] = {
        "status": {str(one): text for one, text in STATUS_TEXT.items()},
        "kind": {one.code: one.text for one in vocabulary.kinds},
        "region": region_names(services().database),
        "entry": {str(one): text for one, text in ENTRY_TEXT.items()},
        "access": {str(one): text for one, text in ACCESS_TEXT.items()},
    }
    page = render_template(
        "steward/bulk/form.html",
        bulk=bulk,
        fields={name: bulk_field_text(name) for name in FIELDS},
        choices=choices,
        rough_dates=ROUGH_DATES,
        always_known=ALWAYS_KNOWN,
        most=MOST_BULK_CHARACTERS,
        values=values,
        cleared=cleared,
        marks=marks,
        mark_texts=MARK_TEXT,
        amenities={one.code: one.text for one in vocabulary.amenities},
        steps=[
            (
                STATUS_TEXT[status],
                bulk.statuses[status],
                [STATUS_TEXT[one] for one in transitions()[status]],
            )
            for status in Status
            if status in bulk.statuses
        ],
        wrong=wrong,
    )
    return reply(page, 200 if wrong is None else 422)


@blueprint.get("/steward/bulk/<int:number>/preview")
@require(Permission.EDIT)
@heavy
def preview(number: int) -> Response:
    """Show field by field what would change, what would not, and what may not."""
    bulk = _bulk(number)
    if bulk.done is not None or bulk.changes.is_empty:
        return _to("show", number)
    return _preview(bulk)


def _preview(bulk: Bulk, wrong: Text | None = None, status: int = 200) -> Response:
    parts = services()
    found = preview_bulk(parts.database, parts.settings, signed_in().id, bulk.number, _within())
    regions = region_names(parts.database)
    pages = max(1, -(-len(found.changed) // PAGE_SIZE))
    page = min(AskedPage.read().page, pages)
    start = (page - 1) * PAGE_SIZE
    zone = parts.settings.timezone
    return reply(
        render_template(
            "steward/bulk/preview.html",
            bulk=bulk,
            found=found,
            wrong=wrong,
            chosen=_chosen(bulk.changes, regions),
            changed=[
                (one, bulk_lines(one.changes or {}, regions))
                for one in found.changed[start : start + PAGE_SIZE]
            ],
            page=page,
            pages=pages,
            since=[
                (one.facility, actor_text(one.actor, None), one.at and format_moment(one.at, zone))
                for one in found.since[:PAGE_SIZE]
            ],
            most=PAGE_SIZE,
        ),
        status,
    )


def _chosen(changes: BulkChanges, regions: dict[str, Text]) -> list[tuple[Text, Text]]:
    """Return what every facility is to get, in words."""
    return [
        *(
            (bulk_field_text(name), bulk_value_text(name, value, regions))
            for name, value in changes.values.items()
        ),
        *((amenity_text(code), MARK_TEXT[mark]) for code, mark in changes.amenities.items()),
    ]


@blueprint.post("/steward/bulk/<int:number>/apply")
@require(Permission.EDIT)
@heavy
def apply(number: int) -> Response:
    """Change all that may be changed; where somebody was faster, show the new result instead."""
    bulk, parts = _bulk(number), services()
    try:
        apply_bulk(
            parts.database,
            parts.settings,
            signed_in().id,
            number,
            _within(),
            seen=request.form.get("seen", ""),
            reason=bulk_reason(
                list(bulk.changes.values), amenities=bool(bulk.changes.amenities)
            ).zh,
        )
    except (ConflictError, InvalidValueError) as error:
        return _preview(bulk, error.text, 409)
    return _to("show", number)


@blueprint.post("/steward/bulk/<int:number>/cancel")
@require(Permission.EDIT)
def cancel(number: int) -> Response:
    """Forget what was chosen, and lead back to the list."""
    bulk = _bulk(number)
    give_up_bulk(services().database, signed_in().id, number)
    return make_response(redirect(f"{url_for('steward_list.show')}?{bulk.asked}".rstrip("?")))


def _bulk(number: int) -> Bulk:
    return read_bulk(services().database, signed_in().id, number)


def _within() -> frozenset[str] | None:
    return regions_within(services().database, signed_in().regions)


def _to(step: str, number: int) -> Response:
    return make_response(redirect(url_for(f"steward_bulk.{step}", number=number)))

"""The last step: what would change, rows decided on and cells mended, and the one press."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, make_response, render_template, request

from geoapp.core.errors import (
    ConflictError,
    GeoappError,
    InvalidValueError,
    NotFoundError,
    UnavailableError,
    UnusableInputError,
)
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.importers.problems import Rejected
from geoapp.operations.imports import drafts
from geoapp.operations.imports.choices import AS_LISTED, SKIP, DraftChoices
from geoapp.operations.imports.drafts import Draft, Look
from geoapp.reports.words.bulk import bulk_value_text
from geoapp.reports.words.history import value_text
from geoapp.store.facilities.differences import Listing
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.imports.forms import (
    decisions_sent,
)
from geoapp.web.pages.steward.imports.pages import MOST_SHOWN, Pages
from geoapp.web.pages.steward.imports.positions import positions_page
from geoapp.web.pages.steward.imports.step import (
    FIELD_TEXT,
    blueprint,
    change,
    draft_of,
    to,
)
from geoapp.web.pages.steward.imports.words import on_page
from geoapp.web.pages.steward.listing import FORMATS
from geoapp.web.pages.steward.page import reply

_NONE: Final = Text("—", "—")
_STAGED: Final[tuple[Listing, ...]] = ("new", "changed", "same")
_LISTS: Final = ("suspected", "rejected", "warnings", *_STAGED)


@dataclass(frozen=True, slots=True)
class MendedCell:
    """A cell of a rejected row that can be written anew."""

    place: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A rejected row: why, and which of its cells may be at fault."""

    line: int
    name: str
    reasons: tuple[Text, ...]
    cells: tuple[MendedCell, ...]


@blueprint.get("/steward/import/<int:number>/check")
@require(Permission.EDIT)
@heavy
def check(number: int) -> Response:
    """Show what an import would change."""
    draft = draft_of(number)
    if draft.done is not None or not (draft.choices.settled and draft.choices.located):
        return to("show", number)
    return _check(draft, turns=True)


def _check(
    draft: Draft, wrong: Text | None = None, status: int = 200, *, turns: bool = False
) -> Response:
    """Show what an import would change; ``turns`` leads from beyond a list's end to its last page."""
    parts, pages = services(), Pages.asked(_LISTS)
    try:
        looked = drafts.look(
            parts.database,
            parts.settings,
            draft,
            regions=signed_in().regions,
            offsets={name: pages.offset(name) for name in _STAGED},
            most=MOST_SHOWN,
        )
    except ConflictError as error:
        return positions_page(draft, on_page(error.text), 409)
    except (InvalidValueError, UnusableInputError) as error:
        return positions_page(draft, on_page(error.text), 422)
    checked = looked.checked
    suspected: dict[int, list[Any]] = {}
    for one in checked.suspected:
        suspected.setdefault(one.line, []).append(one)
    # What is to be decided comes first.
    ranked = sorted(suspected.items(), key=lambda pair: pair[0] not in checked.undecided)
    counts, reading = checked.counts, checked.reading
    pages = Pages(
        pages.numbers,
        {
            "suspected": len(ranked),
            "rejected": len(reading.rejected),
            "changed": counts.updated,
            "new": counts.inserted,
            "same": counts.unchanged,
            "warnings": len(reading.warnings),
        },
    )
    if turns and pages.within() != pages:
        return to("check", draft.number, pages.within())
    return reply(
        render_template(
            "steward/import/check.html",
            draft=draft,
            choices=draft.choices,
            wrong=wrong,
            seen=looked.seen,
            checked=checked,
            pages=pages,
            suspected=pages.of("suspected", ranked),
            new=checked.listed.get("new", ()),
            changed=checked.listed.get("changed", ()),
            same=checked.listed.get("same", ()),
            rejected=[_wrong_row(one, looked) for one in pages.of("rejected", reading.rejected)],
            warnings=pages.of("warnings", reading.warnings),
            lines={row.code: row.line for row in reading.rows},
            left_out=checked.understood.left_out,
            hints=[on_page(one) for one in checked.reading.hints],
            field_text=FIELD_TEXT,
            shown=shown_value,
            on_page=on_page,
            skip=SKIP,
            as_listed=AS_LISTED,
        ),
        status,
    )


def shown_value(field: str, value: Any) -> Text:
    """Return a stored value of a field in words; a dash where there is none."""
    if value is None or value == []:
        return _NONE
    if isinstance(value, dict) and value.get("type") == "Point":
        point = ", ".join(f"{float(end):.6f}" for end in value["coordinates"])
        return Text(point, point)
    return bulk_value_text(field, value, {}) if isinstance(value, str) else value_text(field, value)


def _wrong_row(row: Rejected, looked: Look) -> WrongRow:
    """Return a rejected row with the cells that its problems are about."""
    understood = looked.checked.understood
    names, fields = understood.table.columns, understood.proposal.fields
    places = {field: place for place, field in enumerate(fields) if field}
    about: list[int] = []
    for problem in row.problems:
        for part in problem.field.split(", "):
            place = places.get(part)
            if place is None and part in ("lon", "lat", "geometry"):
                place = places.get("lonlat", places.get("geometry_wkt"))
            if place is not None and place not in about:
                about.append(place)
    name_place = places.get("name_zh")
    return WrongRow(
        row.line,
        _cell(row, name_place),
        tuple(dict.fromkeys(on_page(problem.text) for problem in row.problems)),
        tuple(MendedCell(place, names[place], _cell(row, place)) for place in about),
    )


def _cell(row: Rejected, place: int | None) -> str:
    if place is None or place >= len(row.cells) or row.cells[place] is None:
        return ""
    return str(row.cells[place])


@blueprint.get("/steward/import/<int:number>/rejects")
@require(Permission.EDIT)
@heavy
def rejects(number: int) -> Response:
    """Answer the rejected rows as a file with their reasons, before and after the import."""
    draft, parts = draft_of(number), services()
    ready = draft.choices.settled and draft.choices.located
    if draft.done is None and not ready:
        return to("show", number)
    name, content = drafts.rejects_of(
        parts.database, parts.settings, draft, regions=signed_in().regions
    )
    response = make_response(content)
    response.mimetype = FORMATS[name.rpartition(".")[2]]
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/steward/import/<int:number>/check")
@require(Permission.EDIT)
@heavy
def decide(number: int) -> Response:
    """Keep what was decided and mended; import if that was asked for and nothing is open."""
    draft = draft_of(number)
    if draft.done is not None or not (draft.choices.settled and draft.choices.located):
        return to("show", number)
    pages = Pages.asked(_LISTS)
    try:
        choices = decisions_sent(draft.choices)
        if request.form.get("all") in (SKIP, AS_LISTED):
            choices = _all_decided(draft, choices, request.form["all"])
    except (InvalidValueError, UnusableInputError) as error:
        return _check(draft, on_page(error.text), 422)
    if choices != draft.choices:
        change(draft, choices)
    turned = pages.turned()
    if turned is not None:
        return to("check", number, turned)
    if choices != draft.choices:
        if request.form.get("action") == "apply":
            told = Text(
                "您又改了内容，结果在下面；看过再导入。",
                "You changed something: the result is below. Look at it before you import.",
            )
            return _check(draft_of(number), told, 409)
        return to("check", number, pages)
    if request.form.get("action") != "apply":
        return to("check", number, pages)
    return _apply(draft)


def _all_decided(draft: Draft, choices: DraftChoices, said: str) -> DraftChoices:
    """Return choices with the same decision for every row that is undecided."""
    parts = services()
    changed = Draft(draft.number, draft.name, draft.content, choices, None)
    looked = drafts.look(parts.database, parts.settings, changed, regions=signed_in().regions)
    undecided = looked.checked.undecided
    return choices.changed(decisions=choices.decisions | dict.fromkeys(undecided, said))


def _apply(draft: Draft) -> Response:
    parts, user = services(), signed_in()
    try:
        drafts.apply_draft(
            parts.database,
            parts.settings,
            user.id,
            draft.number,
            seen=request.form.get("seen", ""),
            by=user.name,
        )
    except (NotFoundError, UnavailableError):
        raise
    except ConflictError as error:
        return _check(draft_of(draft.number), error.text, 409)
    except GeoappError as error:
        return _check(draft_of(draft.number), on_page(error.text), 422)
    return to("show", draft.number)

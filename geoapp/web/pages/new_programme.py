"""``/new-programme``: a published plan typed in, or read from a file, by whoever may state what documents say."""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.programme_files import parse_programme
from geoapp.core.programmes import COMPARATOR_TEXT, UNIT_TEXT, Comparator
from geoapp.core.roles import Permission
from geoapp.operations.facilities.vocabularies import read_kinds
from geoapp.operations.programmes.imports import add_programme
from geoapp.operations.programmes.typed import (
    MOST_ROWS,
    PLAN_FIELDS,
    PROMISE_FIELDS,
    UNITS,
    add_typed,
)
from geoapp.operations.proposals.read import regions_within
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.naming import naming

blueprint = Blueprint("new_programme", __name__)

_ROWS: Final = 5
_MOST_BYTES: Final = 4_000_000
_COMPARED: Final = COMPARATOR_TEXT | {Comparator.EXACTLY: Text("就是这个数", "this number")}


@blueprint.get("/new-programme")
@require(Permission.STATE)
def show() -> str:
    """Offer to type a plan in, or to send its file."""
    return _page()


@blueprint.post("/new-programme")
@require(Permission.STATE)
def make() -> Response | tuple[str, int]:
    """Store what was typed in, and show the plan; or another row."""
    if "more" in request.form:
        return _page(rows=_ROWS + len(_given_rows())), 200
    given = {name: without_nul(request.form.get(name, "")) for name in PLAN_FIELDS}
    try:
        code = add_typed(
            services().database,
            services().settings,
            given,
            request.form.get("region", ""),
            _given_rows(),
            signed_in().regions,
        )
    except (UnusableInputError, ConflictError) as error:
        return _page(error.text, rows=len(_given_rows())), 422
    return redirect(url_for("programmes.one", code=code), 303)


@blueprint.post("/new-programme/file")
@require(Permission.STATE)
def read() -> Response | tuple[str, int]:
    """Store a plan that comes as a file, and show it; one of its code is replaced."""
    sent = request.files.get("file")
    name = (sent.filename or "").strip()[:80] if sent is not None else ""
    content = sent.read(_MOST_BYTES + 1) if sent is not None else b""
    try:
        if not content or len(content) > _MOST_BYTES:
            accepted = Text(
                "请选一个不超过 4 MB 的计划文件。", "Choose a plan's file of at most 4 MB."
            )
            raise UnusableInputError(accepted)
        plan = parse_programme(content, name)
        parts = services()
        add_programme(parts.database, parts.settings, plan, name, signed_in().regions)
    except (UnusableInputError, ConflictError) as error:
        return _page(error.text), 422
    return redirect(url_for("programmes.one", code=plan.code), 303)


def _given_rows() -> list[dict[str, str]]:
    """Return the rows as they were sent, each of `PROMISE_FIELDS`."""
    columns = {name: request.form.getlist(f"promise_{name}")[:MOST_ROWS] for name in PROMISE_FIELDS}
    many = max(map(len, columns.values()))
    return [
        {
            name: without_nul(values[at]) if at < len(values) else ""
            for name, values in columns.items()
        }
        for at in range(many)
    ]


def _page(problem: Text | None = None, rows: int = _ROWS) -> str:
    regions = naming().regions
    within = regions_within(services().database, signed_in().regions)
    given = _given_rows()
    return render_template(
        "manager/programme_new.html",
        problem=problem,
        # What was typed stays where it was refused.
        given=request.form,
        rows=[*given, *([{}] * (min(rows, MOST_ROWS) - len(given)))],
        more=rows < MOST_ROWS,
        fields=PLAN_FIELDS,
        columns=PROMISE_FIELDS,
        regions={code: name for code, name in regions.items() if within is None or code in within},
        comparators=_COMPARED,
        units=[(one, Text(UNIT_TEXT[one][0], UNIT_TEXT[one][2])) for one in UNITS],
        kinds=read_kinds(services().database),
    )

"""``/steward/lists``: lists that a steward keeps under a name, with how many they hold now."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from pydantic import ValidationError

from geoapp.core.errors import ConflictError, InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_LIST_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.operations.facilities.saved_lists import (
    change_list,
    forget_list,
    keep_list,
    kept_lists,
)
from geoapp.store.facilities.read import FacilityFilter
from geoapp.store.saved_lists import KeptList
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.asked import Asked
from geoapp.web.pages.steward.page import reply

blueprint = Blueprint("steward_lists", __name__)

_NOTHING: Final = Text(
    "没有条件的清单就是全部设施，不用保存；请先查找。",
    "A list without conditions is all facilities: search for something first.",
)


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list as the pages show it; ``count`` is None where it cannot be told now."""

    kept: KeptList
    count: int | None


def list_lines() -> list[ListLine]:
    """Return one's own lists and the shared ones, with how many facilities each holds now."""
    kept = kept_lists(services().database, signed_in().id)
    counts = _counts({one.query for one in kept})
    return [ListLine(one, counts.get(one.query)) for one in kept]


def _counts(queries: set[str]) -> dict[str, int]:
    """Return how many facilities some lists hold, without those of which nobody can say it now."""
    wanted: dict[str, FacilityFilter] = {}
    for query in sorted(queries):
        try:
            found = Asked.model_validate(dict(parse_qsl(query))).wanted()
        except (ValidationError, InvalidValueError, ConflictError):
            continue  # made by a later release, or there is no network to tell what is far from it
        wanted[query] = found
    # What can be found by words follows the data by seconds.
    if any(one.terms for one in wanted.values()) and services().search.catch_up():
        wanted = {query: one for query, one in wanted.items() if not one.terms}
    return services().work_lists.count(wanted)


@blueprint.get("/steward/lists")
@require(Permission.EDIT)
def show() -> Response:
    """Show the lists, one's own ready to be changed."""
    return _page()


def _page(wrong: tuple[int, Text] | None = None, status: int = 200) -> Response:
    lines = list_lines()
    return reply(
        render_template(
            "steward/lists.html",
            own=[one for one in lines if one.kept.is_own],
            others=[one for one in lines if not one.kept.is_own],
            wrong=wrong,
            most=MOST_LIST_CHARACTERS,
        ),
        status,
    )


@blueprint.post("/steward/lists")
@require(Permission.EDIT)
def keep() -> Response:
    """Keep what is listed under a name, and lead back to it."""
    asked = Asked.of_query(request.form.get("asked", ""))
    query = asked.query()
    try:
        if not query:
            raise UnusableInputError(_NOTHING)
        asked.on_day()  # a list of no day would hold nothing, ever
        keep_list(
            services().database,
            signed_in().id,
            _name(),
            query,
            is_shared=bool(request.form.get("shared")),
        )
    except (ConflictError, InvalidValueError, UnusableInputError) as error:
        return _page((0, error.text), _status(error))
    return make_response(redirect(f"{url_for('steward_list.show')}?{query}"))


@blueprint.post("/steward/lists/<int:number>")
@require(Permission.EDIT)
def change(number: int) -> Response:
    """Give one's own list another name; share it, or no longer."""
    try:
        change_list(
            services().database,
            signed_in().id,
            number,
            _name(),
            is_shared=bool(request.form.get("shared")),
        )
    except (ConflictError, InvalidValueError) as error:
        return _page((number, error.text), _status(error))
    return make_response(redirect(url_for("steward_lists.show")))


@blueprint.post("/steward/lists/<int:number>/delete")
@require(Permission.EDIT)
def delete(number: int) -> Response:
    """Delete one's own list."""
    forget_list(services().database, signed_in().id, number)
    return make_response(redirect(url_for("steward_lists.show")))


def _name() -> str:
    return without_nul(request.form.get("name", ""))


def _status(error: Exception) -> int:
    return 409 if isinstance(error, ConflictError) else 422

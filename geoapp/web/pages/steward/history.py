"""``/steward/history``: what changed, by whom, in words; one record's story; taking a set back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import Field
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_NAME_CHARACTERS,
    MOST_REASON_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_TIME_CHARACTERS,
)
from geoapp.core.results.undo import Undone
from geoapp.core.roles import Permission
from geoapp.core.units import format_moment
from geoapp.operations.history.conflicts import Conflict, UndoConflictError
from geoapp.operations.history.plan import Keep
from geoapp.operations.history.read import (
    Line,
    ToldSet,
    changes_since,
    history_of,
    one_change_set,
    parse_since,
    tell_conflicts,
)
from geoapp.operations.history.undo import is_for_administrators, undo_change_set
from geoapp.reports.words.history import actor_text, undo_text, via_text
from geoapp.web.edge.access import may, require, signed_in
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.form import given_reason

blueprint = Blueprint("steward_history", __name__)

PAGE_SIZE = 50
_FRIDAY: Final = 4
_KEEP: dict[str, Keep] = {"current": "current", "before": "before"}


class Asked(Parameters):
    """Which changes; an empty value asks nothing."""

    since: str = Field("", max_length=MOST_TIME_CHARACTERS)
    region: str = Field("", max_length=MOST_REGION_CHARACTERS)
    actor: str = Field("", max_length=MOST_NAME_CHARACTERS)
    before: int | None = Field(None, ge=1, le=2**63 - 1)


@dataclass(frozen=True, slots=True)
class SetLine:
    """A change set as the pages show it."""

    number: int
    at: Text
    who: Text
    via: Text
    summary: Text
    undoes: int | None
    undone_by: tuple[int, ...]
    undone: Undone
    kept: int | None
    lines: tuple[Line, ...]


def _line(told: ToldSet) -> SetLine:
    stored = told.stored
    return SetLine(
        number=stored.id,
        at=format_moment(stored.at, services().settings.timezone),
        who=actor_text(stored.actor, stored.role, stored.api_key),
        via=via_text(stored.via),
        summary=told.summary,
        undoes=stored.undoes,
        undone_by=stored.undone_by,
        undone=told.undone,
        kept=stored.kept,
        lines=told.lines,
    )


@blueprint.get("/steward/history")
@require(Permission.EDIT)
def listed() -> str:
    """List what changed, newest first."""
    given = {name: without_nul(value).strip() for name, value in request.args.items()}
    asked = Asked.check({name: value for name, value in given.items() if value})
    parts = services()
    found = changes_since(
        parts.database,
        since=parse_since(asked.since, parts.settings.timezone),
        region=asked.region or None,
        actor=asked.actor or None,
        limit=PAGE_SIZE + 1,
        before=asked.before,
    )
    query = {
        name: value for name in ("since", "region", "actor") if (value := getattr(asked, name))
    }
    more = found[PAGE_SIZE - 1].stored.id if len(found) > PAGE_SIZE else None
    return render_template(
        "steward/history.html",
        asked=asked,
        sets=[_line(one) for one in found[:PAGE_SIZE]],
        code=None,
        older=url_for("steward_history.listed", **query, before=more) if more else None,
        regions=region_names(parts.database),
        since=_since(datetime.now(ZoneInfo(parts.settings.timezone)).date(), query),
    )


def _since(today: date, query: dict[str, str]) -> list[tuple[Text, str]]:
    """Return what is asked most: what changed since days that come to mind, in one's own district."""
    own = signed_in().regions
    among = query if "region" in query or len(own) != 1 else query | {"region": own[0]}
    friday = today - timedelta(days=(today.weekday() - _FRIDAY) % 7 or 7)
    days = (
        (Text("今天", "Today"), today),
        (Text("上个周五以来", "Since last Friday"), friday),
        (Text("30 天以来", "In 30 days"), today - timedelta(days=30)),
    )
    return [
        (
            text,
            url_for(
                "steward_history.listed",
                region=among.get("region"),
                actor=among.get("actor"),
                since=day.isoformat(),
            ),
        )
        for text, day in days
    ]


@blueprint.get("/steward/facilities/<path:code>/history")
@require(Permission.EDIT)
def story(code: str) -> str:
    """Tell one record's story, newest first, whether it is there, deleted or renamed."""
    given = {"before": request.args["before"]} if request.args.get("before") else {}
    asked = Asked.check(given)
    found = history_of(
        services().database, services().settings, code, limit=PAGE_SIZE + 1, before=asked.before
    )
    more = found[PAGE_SIZE - 1].stored.id if len(found) > PAGE_SIZE else None
    return render_template(
        "steward/history.html",
        asked=asked,
        sets=[_line(one) for one in found[:PAGE_SIZE]],
        code=code,
        older=url_for("steward_history.story", code=code, before=more) if more else None,
        regions={},
        since=[],
    )


@blueprint.get("/steward/history/<int:number>")
@require(Permission.EDIT)
def show(number: int) -> str:
    """Show what one set did."""
    return _page(number)


@blueprint.post("/steward/history/<int:number>/undo")
@require(Permission.EDIT)
def undo(number: int) -> Response | tuple[str, int]:
    """Take a set back; where later changes are in the way they are shown, to be settled."""
    parts = services()
    chosen = request.form.get("keep", "")
    if chosen not in ("", *_KEEP):
        accepted = Text("current 或 before", "current or before")
        raise InvalidValueError("keep", chosen[:20], accepted)
    try:
        done = undo_change_set(
            parts.database,
            parts.settings,
            number,
            keep=_KEEP.get(chosen),
            reason=given_reason(),
            administrator=may(Permission.ADMINISTER),
        )
    except UndoConflictError as error:
        return _page(number, conflicts=error.conflicts), 409
    except ConflictError as error:
        return _page(number, refused=error.text), 409
    if done.change_set is None:
        return _page(number, refused=undo_text(done)), 409
    address = url_for(
        "steward_history.show",
        number=done.change_set,
        erased=done.erased or None,
        there=done.already_there or None,
    )
    return redirect(address)


def _page(
    number: int, *, conflicts: list[Conflict] | None = None, refused: Text | None = None
) -> str:
    conflicts = conflicts or []
    told = one_change_set(services().database, services().settings, number)
    return render_template(
        "steward/change_set.html",
        one=_line(told),
        erased=request.args.get("erased") is not None,
        there=request.args.get("there") is not None,
        refused=refused,
        offered=may(Permission.ADMINISTER) or not is_for_administrators(told.stored),
        conflicts=tell_conflicts(services().database, conflicts),
        reason=without_nul(request.form.get("reason", "")),
        most_reason=MOST_REASON_CHARACTERS,
        may_take_back=all(one.may_take_back for one in conflicts),
    )

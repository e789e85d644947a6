"""``/api/v1/change-sets`` and a facility's history: what changed, and taking it back; for stewards."""

from typing import Any, Literal

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field, model_validator

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_NAME_CHARACTERS,
    MOST_REASON_CHARACTERS,
    MOST_REGION_CHARACTERS,
)
from geoapp.core.roles import Permission
from geoapp.operations.history.conflicts import UndoConflictError, conflict_documents
from geoapp.operations.history.plan import undo_document
from geoapp.operations.history.read import (
    ToldSet,
    changes_since,
    history_of,
    one_change_set,
    parse_since,
)
from geoapp.operations.history.undo import undo_change_set
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import may, require
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.problems import problem
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "history",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="history", description="变更记录 / what changed, by whom")],
    abp_responses={422: Problem, 503: Problem},
)

_MOST_ID = 2**63 - 1
_MOST_MOMENT = 40


class ChangeCounts(BaseModel):
    """How many rows came, were changed and went; ``by_table`` by table, then by operation."""

    inserted: int
    updated: int
    deleted: int
    by_table: dict[str, dict[str, int]]


class ChangeLine(BaseModel):
    """One thing that was done to a record, in words."""

    record: str
    text: str
    text_en: str


class ChangeSetAnswer(BaseModel):
    """A change set; ``changes`` are told of one set, or of one facility.

    ``undone_in_part``: it was taken back, but for what was kept; undoing it again takes back the rest.
    """

    id: int
    at: str
    actor: str | None
    role: str | None
    via: str
    key: str | None
    reason: str | None
    summary: str
    summary_en: str
    counts: ChangeCounts
    undoes: int | None
    undone_by: list[int]
    undone_in_part: bool
    changes: list[ChangeLine]


class ChangeSetList(BaseModel):
    """Change sets, newest first; ``cursor`` asks for older ones."""

    change_sets: list[ChangeSetAnswer]
    cursor: str | None


class UndoAnswer(BaseModel):
    """What was taken back; ``change_set`` is the new set, null if everything stayed as it is.

    ``erased`` rows do not come back: what they showed was erased for good. Nor do those whose picture
    or file was added again since and is ``already_there``.
    """

    undone: int
    change_set: int | None
    removed: int
    restored: int
    changed: int
    kept: int
    erased: int
    already_there: int


class PageParameters(Parameters):
    """Which page."""

    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(
        None,
        pattern=r"^\d{1,18}$",
        description="上一页给出的 / from the page before",
    )

    @property
    def before(self) -> int | None:
        """The set that the page before ended with."""
        return None if self.cursor is None else int(self.cursor)


class SetParameters(PageParameters):
    """Which change sets."""

    since: str = Field(
        "",
        max_length=_MOST_MOMENT,
        description="日期或时刻 / a day (from its first hour) or a moment",
    )
    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="区域代码，含下级 / region code, with those below",
    )
    actor: str | None = Field(
        None, max_length=MOST_NAME_CHARACTERS, pattern=WITHOUT_NUL, description="谁 / by whom"
    )


class FacilityCodePath(BaseModel):
    """Which facility."""

    code: str = Field(
        min_length=1, max_length=MOST_CODE_CHARACTERS, description="编号 / stable code"
    )


class SetPath(BaseModel):
    """Which change set."""

    id: int = Field(ge=1, le=_MOST_ID, description="变更编号 / the set's number")


class UndoBody(BaseModel):
    """How conflicts with later changes are settled, and why the set is taken back."""

    model_config = ConfigDict(extra="forbid")

    keep: Literal["current", "before"] | dict[str, Literal["current", "before"]] | None = None
    reason: str | None = Field(None, max_length=MOST_REASON_CHARACTERS, pattern=WITHOUT_NUL)

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, value: Any) -> Any:
        """Take no body for an empty one; one that is no JSON stays refused."""
        return {} if value is None and not request.get_data() else value


def _page(sets: list[ToldSet], limit: int) -> dict[str, Any]:
    """Return a page of sets; they were asked for with one more than the page has."""
    more = len(sets) > limit
    shown = sets[:limit]
    return {
        "change_sets": [one.document() for one in shown],
        "cursor": str(shown[-1].stored.id) if more else None,
    }


@api.get(
    "/facilities/<path:code>/history",
    summary="站点的变更记录 / The story of a facility",
    responses={200: ChangeSetList, 404: Problem},
)
@require(Permission.EDIT)
def of_facility(path: FacilityCodePath, query: PageParameters) -> Response:
    """Tell what was done to a facility, deleted ones and old codes included."""
    if "\x00" in path.code:
        raise InvalidValueError("code", path.code, Text("编号", "a code"))
    sets = history_of(
        services().database,
        services().settings,
        path.code,
        limit=query.limit + 1,
        before=query.before,
    )
    return json_reply(_page(sets, query.limit))


@api.get(
    "/change-sets",
    summary="自某日以来的变更 / What changed since a day",
    responses={200: ChangeSetList},
)
@require(Permission.EDIT)
def listed(query: SetParameters) -> Response:
    """List change sets, newest first."""
    parts = services()
    sets = changes_since(
        parts.database,
        since=parse_since(query.since, parts.settings.timezone),
        region=query.region,
        actor=query.actor,
        limit=query.limit + 1,
        before=query.before,
    )
    return json_reply(_page(sets, query.limit))


@api.get(
    "/change-sets/<int:id>",
    summary="一组变更 / One change set",
    responses={200: ChangeSetAnswer, 404: Problem},
)
@require(Permission.EDIT)
def show(path: SetPath) -> Response:
    """Tell what one set did, at most its first 300 rows."""
    return json_reply(one_change_set(services().database, services().settings, path.id).document())


@api.post(
    "/change-sets/<int:id>/undo",
    summary="撤销一组变更 / Take a change set back",
    responses={200: UndoAnswer, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def undo(path: SetPath, body: UndoBody) -> Response:
    """Take a set back, all of it or nothing.

    Where something was changed again since, the answer is 409 with ``conflicts``, and nothing
    changes; ``keep`` settles them: ``current``, ``before``, or one of the two by a conflict's id.
    """
    parts = services()
    try:
        done = undo_change_set(
            parts.database,
            parts.settings,
            path.id,
            keep=body.keep,
            reason=body.reason,
            administrator=may(Permission.ADMINISTER),
        )
    except UndoConflictError as error:
        return problem(409, error.text, conflicts=conflict_documents(error.conflicts))
    return json_reply(undo_document(done))

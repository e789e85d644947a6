"""``/api/v1/duplicates`` and merging: facilities that may be one, for stewards."""

from datetime import datetime
from typing import Literal

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_REASON_CHARACTERS,
    MOST_REGION_CHARACTERS,
)
from geoapp.core.roles import Permission
from geoapp.operations.duplicates.decide import decide
from geoapp.operations.duplicates.find import State, pair_document
from geoapp.operations.duplicates.merge import merge_facilities
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "duplicates",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="duplicates", description="可能重复的站点 / facilities that may be one")],
    abp_responses={422: Problem, 503: Problem},
)

_MOST_VERSION = 2**63 - 1
_MOST_CHOICES = 200


class PairedFacility(BaseModel):
    """One of two facilities; ``version`` is what a merge names."""

    code: str
    name_zh: str
    version: int


class DuplicatePair(BaseModel):
    """Two facilities that may be one; ``alike`` is how alike the names are, 0 to 1."""

    first: PairedFacility
    second: PairedFacility
    alike: float
    distance_m: float
    same_phone: bool | None
    state: Literal["open", "later", "different"]
    decided_by: str | None
    decided_at: datetime | None


class DuplicateList(BaseModel):
    """Pairs, the most alike first; ``is_cut``: only the most alike of very many are looked at."""

    total: int
    is_cut: bool
    pairs: list[DuplicatePair]
    cursor: str | None


class DuplicateParameters(Parameters):
    """Which pairs, and which page."""

    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="区域代码，含下级；两处之一在内即列出 / region code; either lies in it",
    )
    state: State = Field("open", description="open 待判断, later 以后再看, different 不是同一处")
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(
        None, pattern=r"^\d{1,6}$", description="上一页给出的 / from the page before"
    )


class DecisionBody(BaseModel):
    """What is decided of two facilities; ``open`` forgets what was."""

    model_config = ConfigDict(extra="forbid")

    first: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL)
    second: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL)
    state: State


class MergePath(BaseModel):
    """Which facility stays."""

    code: str = Field(
        min_length=1, max_length=MOST_CODE_CHARACTERS, description="编号 / stable code"
    )


class MergeBody(BaseModel):
    """Which facility is merged into this one, as of which version, and whose values are taken."""

    model_config = ConfigDict(extra="forbid")

    other: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL)
    other_version: int | None = Field(ge=0, le=_MOST_VERSION)
    take: dict[str, Literal["survivor", "other"]] = Field({}, max_length=_MOST_CHOICES)
    far: bool = Field(
        False, description="相距超过 500 m 也合并 / merge though they stand over 500 m apart"
    )
    reason: str | None = Field(None, max_length=MOST_REASON_CHARACTERS, pattern=WITHOUT_NUL)


class MergeAnswer(BaseModel):
    """What became of two facilities; undoing ``change_set`` brings both back."""

    code: str
    merged: str
    version: int
    taken_from_merged: list[str]
    change_set: int | None


@api.get(
    "/duplicates",
    summary="可能重复的站点 / Facilities that may be one",
    responses={200: DuplicateList},
)
@require(Permission.EDIT)
@heavy
def list_(query: DuplicateParameters) -> Response:
    """List pairs that may be one, the most alike and nearest first, page by page."""
    page = services().duplicates.listed(
        query.region,
        query.state,
        start=int(query.cursor or 0),
        limit=query.limit,
    )
    body = {
        "total": page.total,
        "is_cut": page.is_cut,
        "pairs": [pair_document(one, query.state) for one in page.pairs],
        "cursor": None if page.next is None else str(page.next),
    }
    return json_reply(body)


@api.post(
    "/duplicates",
    summary="判断两处是否同一处 / Decide on two facilities",
    responses={200: DecisionBody, 404: Problem},
)
@require(Permission.EDIT)
def settle(body: DecisionBody) -> Response:
    """Remember that two are not the same, or put it off; they are offered again if one changes much."""
    decide(services().database, body.first, body.second, body.state)
    return json_reply(body.model_dump())


@api.post(
    "/facilities/<path:code>/merge",
    summary="把另一站点并入 / Merge another facility into this one",
    responses={200: MergeAnswer, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def merge(path: MergePath, header: EditHeaders, body: MergeBody) -> Response:
    """Make one of two, in one change set: this one stays, the other's code leads to it."""
    done = merge_facilities(
        services().database,
        services().settings,
        path.code,
        body.other,
        body.take,
        expected=(required_version(header.if_match), body.other_version),
        far=body.far,
        reason=body.reason,
    )
    response = json_reply(done.document())
    response.set_etag(str(done.version))
    return response

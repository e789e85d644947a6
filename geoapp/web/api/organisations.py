"""``/api/v1/organisations``: who stands behind the facilities; stewards add and edit them."""

from datetime import date
from typing import Any

from flask import Response, url_for
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_CURSOR_CHARACTERS,
    MOST_NAME_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_SOURCE_CHARACTERS,
)
from geoapp.core.roles import Permission
from geoapp.core.words import OrganisationKind, OrganisationRole
from geoapp.operations.organisations.edit import (
    NewRole,
    add_organisation,
    change_organisation,
    give_role,
    remove_organisation,
    take_role,
)
from geoapp.operations.organisations.read import list_organisations, read_organisation
from geoapp.store.organisations import OrganisationFilter, OrganisationRecord
from geoapp.web.api.organisation_schemas import OneOrganisation, OrganisationList
from geoapp.web.api.recognitions import recognitions_answer
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import may, require
from geoapp.web.edge.cursors import code_after, cursor_of
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import json_reply, public_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "organisations",
    __name__,
    url_prefix="/api/v1/organisations",
    abp_tags=[Tag(name="organisations", description="单位 / organisations")],
    abp_responses={422: Problem, 503: Problem},
)


class ListParameters(Parameters):
    """Which organisations, and which page."""

    kind: list[OrganisationKind] = Field([], description="类型 / kinds")
    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="区域代码，含下级 / region code, with those below",
    )
    group_name: str | None = Field(
        None,
        max_length=MOST_NAME_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="所属集团 / name of the group",
    )
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(
        None, max_length=MOST_CURSOR_CHARACTERS, description="上一页给出的 / from the page before"
    )


class OrganisationPath(BaseModel):
    """Which organisation."""

    code: str = Field(
        min_length=1, max_length=MOST_CODE_CHARACTERS, description="编号 / stable code"
    )


class RolePath(OrganisationPath):
    """Which role of which organisation."""

    id: int = Field(ge=1, le=2**63 - 1, description="关系号 / the role's number")


class OrganisationBody(BaseModel):
    """The columns of an organisation file; what is left out of a change stays."""

    model_config = ConfigDict(extra="allow")


class RoleBody(BaseModel):
    """What the organisation does for a facility; both days are included."""

    model_config = ConfigDict(extra="forbid")

    facility: str = Field(
        min_length=1, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL, description="站点编号"
    )
    role: OrganisationRole
    valid_from: date | None = None
    valid_to: date | None = None
    source: str | None = Field(None, max_length=MOST_SOURCE_CHARACTERS, pattern=WITHOUT_NUL)


def _answer(record: OrganisationRecord) -> dict[str, Any]:
    return {**record.values, "rev": record.rev}


def _one(record: OrganisationRecord) -> dict[str, Any]:
    roles = [
        {
            "id": role.id,
            "facility": role.facility,
            "facility_name": role.facility_name,
            "role": role.role,
            "valid_from": role.valid_from,
            "valid_to": role.valid_to,
            "source": role.source,
        }
        for role in record.roles
    ]
    recognitions = recognitions_answer(organisation=record.code)
    return {**_answer(record), "roles": roles, "recognitions": recognitions}


def _with_version(response: Response, record: OrganisationRecord) -> Response:
    response.set_etag(str(record.rev))
    return response


@api.get("", summary="单位列表 / List organisations", responses={200: OrganisationList})
def list_(query: ListParameters) -> Response:
    """List organisations in order of code, page by page."""
    wanted = OrganisationFilter(frozenset(query.kind), query.region, query.group_name)
    after = None if query.cursor is None else code_after(query.cursor)
    page = list_organisations(services().database, wanted, after=after, limit=query.limit)
    return public_reply(
        {
            "organisations": [_answer(record) for record in page.records],
            "cursor": None if page.cursor is None else cursor_of(page.cursor),
        }
    )


@api.get(
    "/<code>",
    summary="一个单位 / One organisation",
    responses={200: OneOrganisation, 404: Problem},
)
def show(path: OrganisationPath) -> Response:
    """Return one organisation and what it does for which facility."""
    record = read_organisation(
        services().database, path.code, unpublished=may(Permission.SEE_UNPUBLISHED)
    )
    return _with_version(public_reply(_one(record)), record)


@api.post(
    "", summary="新增单位 / Add an organisation", responses={201: OneOrganisation, 409: Problem}
)
@require(Permission.EDIT)
def add(body: OrganisationBody) -> Response:
    """Add an organisation; a code that exists already is refused (409)."""
    record = add_organisation(services().database, body.model_extra or {})
    response = _with_version(json_reply(_one(record), 201), record)
    response.headers["Location"] = url_for("organisations.show", code=record.code)
    return response


@api.patch(
    "/<code>",
    summary="修改单位 / Change an organisation",
    responses={200: OneOrganisation, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def change(path: OrganisationPath, header: EditHeaders, body: OrganisationBody) -> Response:
    """Change some columns; ``If-Match`` must name the current version."""
    record = change_organisation(
        services().database,
        path.code,
        body.model_extra or {},
        expected_rev=required_version(header.if_match),
    )
    return _with_version(json_reply(_one(record), 200), record)


@api.delete(
    "/<code>",
    summary="删除单位 / Delete an organisation",
    responses={204: None, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def remove(path: OrganisationPath, header: EditHeaders) -> Response:
    """Delete an organisation on which nothing depends (409 otherwise)."""
    remove_organisation(
        services().database, path.code, expected_rev=required_version(header.if_match)
    )
    return Response(status=204)


@api.post(
    "/<code>/roles",
    summary="登记单位与站点的关系 / Say what it does for a facility",
    responses={201: OneOrganisation, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def add_role(path: OrganisationPath, body: RoleBody) -> Response:
    """Say what an organisation does for a facility, from a day to a day."""
    new = NewRole(body.facility, body.role, body.valid_from, body.valid_to, body.source)
    record = give_role(services().database, path.code, new)
    return _with_version(json_reply(_one(record), 201), record)


@api.delete(
    "/<code>/roles/<int:id>",
    summary="删除单位与站点的关系 / Delete a role",
    responses={204: None, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def remove_role(path: RolePath, header: EditHeaders) -> Response:
    """Delete a role that was entered by mistake; ``If-Match`` names the organisation's version."""
    take_role(
        services().database,
        path.code,
        path.id,
        expected_rev=required_version(header.if_match),
    )
    return Response(status=204)

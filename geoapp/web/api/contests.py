"""``/api/v1/contests``: contests of service projects; stewards take them to the catalogue."""

from flask import Response, url_for
from flask_openapi3 import APIBlueprint, Tag

from geoapp.core.contest_rules import contest_rules
from geoapp.core.roles import Permission
from geoapp.operations.contests import edit
from geoapp.operations.contests.read import list_contests, read_contest
from geoapp.web.api.contest_schemas import (
    ColumnsBody,
    ContestList,
    ContestPath,
    EntryAnswer,
    EntryPath,
    OneContestAnswer,
    contest_of,
    entry_of,
    one_of,
    rules_of,
)
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import may, require
from geoapp.web.edge.replies import json_reply, public_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "contests",
    __name__,
    url_prefix="/api/v1/contests",
    abp_tags=[Tag(name="contests", description="服务项目竞赛 / contests of service projects")],
    abp_responses={422: Problem, 503: Problem},
)


def _whole(code: str, status: int = 200) -> Response:
    """Return a contest as a steward sees it, with its version."""
    parts = services()
    one = read_contest(parts.database, parts.settings, code)
    response = json_reply(one_of(one, unpublished=True), status)
    response.set_etag(str(one.contest.rev))
    return response


def _entry(code: str, entry: str, status: int = 200) -> Response:
    parts = services()
    one = read_contest(parts.database, parts.settings, code)
    record = one.entry(entry)
    response = json_reply(entry_of(one, record), status)
    response.set_etag(str(record.rev))
    return response


@api.get("", summary="竞赛和办法 / Contests and their rules", responses={200: ContestList})
def list_() -> Response:
    """List all contests, the latest document first, and all rules."""
    parts = services()
    return public_reply(
        {
            "contests": [contest_of(one) for one in list_contests(parts.database, parts.settings)],
            "rules": [rules_of(one) for one in contest_rules(parts.settings).values()],
        }
    )


@api.get(
    "/<code>",
    summary="一场竞赛 / One contest",
    responses={200: OneContestAnswer, 404: Problem},
)
def show(path: ContestPath) -> Response:
    """Return a contest with its prizes; entries, points and votes for those signed in."""
    if may(Permission.SEE_UNPUBLISHED):
        return _whole(path.code)
    parts = services()
    one = read_contest(parts.database, parts.settings, path.code)
    return public_reply(one_of(one, unpublished=False))


@api.post("", summary="新增竞赛 / Add a contest", responses={201: OneContestAnswer, 409: Problem})
@require(Permission.EDIT)
def add(body: ColumnsBody) -> Response:
    """Add a contest; without a stage it begins at the first one of its rules."""
    parts = services()
    code = edit.add_contest(parts.database, parts.settings, body.model_extra or {})
    response = _whole(code, 201)
    response.headers["Location"] = url_for("contests.show", code=code)
    return response


@api.patch(
    "/<code>",
    summary="修改竞赛，或进入下一阶段 / Change a contest, or take it on",
    responses={200: OneContestAnswer, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def change(path: ContestPath, header: EditHeaders, body: ColumnsBody) -> Response:
    """Change some columns; ``If-Match`` must name the current version. No stage is gone back to."""
    parts = services()
    edit.change_contest(
        parts.database,
        parts.settings,
        path.code,
        body.model_extra or {},
        expected_rev=required_version(header.if_match),
    )
    return _whole(path.code)


@api.delete(
    "/<code>",
    summary="删除竞赛 / Delete a contest",
    responses={204: None, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def remove(path: ContestPath, header: EditHeaders) -> Response:
    """Delete a contest with its entries; an undo brings them back."""
    edit.remove_contest(
        services().database, path.code, expected_rev=required_version(header.if_match)
    )
    return Response(status=204)


@api.post(
    "/<code>/entries",
    summary="登记参赛项目 / Add an entry",
    responses={201: EntryAnswer, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def add_entry(path: ContestPath, body: ColumnsBody) -> Response:
    """Add what was entered; what exceeds the rules is refused."""
    parts = services()
    entry = edit.add_entry(parts.database, parts.settings, path.code, body.model_extra or {})
    return _entry(path.code, entry, 201)


@api.patch(
    "/<code>/entries/<entry>",
    summary="填评分、票数、奖项 / Change an entry",
    responses={200: EntryAnswer, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def change_entry(path: EntryPath, header: EditHeaders, body: ColumnsBody) -> Response:
    """Change some columns; ``If-Match`` names the entry's version, its ``rev``."""
    parts = services()
    edit.change_entry(
        parts.database,
        parts.settings,
        path.code,
        path.entry,
        body.model_extra or {},
        expected_rev=required_version(header.if_match),
    )
    return _entry(path.code, path.entry)


@api.delete(
    "/<code>/entries/<entry>",
    summary="删去参赛项目 / Delete an entry",
    responses={204: None, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def remove_entry(path: EntryPath, header: EditHeaders) -> Response:
    """Delete an entry; an undo brings it back."""
    edit.remove_entry(
        services().database,
        path.code,
        path.entry,
        expected_rev=required_version(header.if_match),
    )
    return Response(status=204)


@api.post(
    "/<code>/entries/<entry>/service",
    summary="把参赛项目登记为服务 / Make an entry a service of the catalogue",
    responses={201: EntryAnswer, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def make_service(path: EntryPath, body: ColumnsBody) -> Response:
    """Add a service by the columns of a file of services; refused (409) where the entry has one."""
    parts = services()
    edit.make_service(
        parts.database,
        parts.settings,
        path.code,
        path.entry,
        body.model_extra or {},
        expected_rev=None,
    )
    return _entry(path.code, path.entry, 201)

"""``/api/v1/proposals``: sites of a plan on the board, carried from proposal to opened station."""

from typing import Any

from flask import Response, url_for
from flask_openapi3 import APIBlueprint, Tag

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.words import Datum
from geoapp.operations.proposals import edit
from geoapp.operations.proposals.fact import fact_of
from geoapp.operations.proposals.opening import open_proposal
from geoapp.operations.proposals.read import list_proposals, proposal_history, read_proposal
from geoapp.operations.proposals.take import take_sites
from geoapp.operations.siting.scenarios import check_readable
from geoapp.store.proposals import ProposalFilter
from geoapp.web.api.proposal_schemas import (
    ChangeBody,
    FactAnswer,
    OneParameters,
    OneProposalFeature,
    OpenBody,
    ProposalFeatureCollection,
    ProposalHistory,
    ProposalPath,
    ProposalsParameters,
    TakeBody,
    TakenAnswer,
    feature_of,
    one_feature,
)
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "proposals",
    __name__,
    url_prefix="/api/v1/proposals",
    abp_tags=[Tag(name="proposals", description="看板 / proposals, from plan to station")],
    abp_responses={422: Problem, 503: Problem},
)
_GEOJSON = "application/geo+json"


def _whole(number: int, datum: Datum = Datum.WGS84) -> Response:
    """Return a proposal with its version."""
    one = read_proposal(services().database, number)
    response = json_reply(one_feature(one, datum), mimetype=_GEOJSON)
    response.set_etag(str(one.record.rev))
    return response


@api.get("", summary="看板上的站点 / The proposals", responses={200: ProposalFeatureCollection})
@require(Permission.SEE_UNPUBLISHED)
def list_(query: ProposalsParameters) -> Response:
    """List proposals as GeoJSON points, by run and by the order of its sites."""
    wanted = ProposalFilter(
        states=frozenset(map(str, query.state)) or None,
        region=query.region,
        owner=query.owner,
        run=query.run,
    )
    found = list_proposals(services().database, wanted)
    body = {
        "type": "FeatureCollection",
        "features": [feature_of(one, query.datum) for one in found],
    }
    return json_reply(body, mimetype=_GEOJSON)


@api.get(
    "/<int:id>",
    summary="一处站点 / One proposal",
    responses={200: OneProposalFeature, 404: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
def show(path: ProposalPath, query: OneParameters) -> Response:
    """Return a proposal with the states that it got; its ``ETag`` is its version."""
    return _whole(path.id, query.datum)


@api.get(
    "/<int:id>/history",
    summary="一处站点的历史 / The history of a proposal",
    responses={200: ProposalHistory, 404: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
def history(path: ProposalPath) -> Response:
    """Return what was done to it, by whom, newest first."""
    sets = proposal_history(services().database, services().settings, path.id)
    return json_reply({"change_sets": [one.document() for one in sets]})


@api.get(
    "/<int:id>/fact",
    summary="承诺与实际 / Promise against fact",
    responses={200: FactAnswer, 404: Problem, 409: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
@heavy
def fact(path: ProposalPath) -> Response:
    """Count whom the opened station newly covers now, as the plan counted whom it would."""
    parts = services()
    found = fact_of(parts.database, parts.settings, path.id)
    return json_reply(
        {
            "promised": found.promised,
            "workers": found.workers,
            "at": None if found.at is None else found.at.isoformat(),
            "demand": found.demand,
            "reason_zh": None if found.reason is None else found.reason.zh,
            "reason_en": None if found.reason is None else found.reason.en,
        }
    )


@api.post(
    "",
    summary="把方案的站点放到看板 / Take sites of a plan to the board",
    responses={201: TakenAnswer, 404: Problem, 409: Problem},
)
@require(Permission.CARRY_OUT)
def take(body: TakeBody) -> Response:
    """Take sites of a finished siting run to the board; those that are there are not taken twice."""
    parts = services()
    check_readable(parts.database, signed_in(), body.run)
    taken = take_sites(parts.database, parts.settings, body.run, body.sites)
    response = json_reply({"added": list(taken.added), "there": list(taken.there)}, 201)
    response.headers["Location"] = url_for("proposals.list_", run=body.run)
    return response


@api.patch(
    "/<int:id>",
    summary="修改，或进入另一步 / Change a proposal, or take it to another state",
    responses={200: OneProposalFeature, 404: Problem, 409: Problem},
)
@require(Permission.CARRY_OUT)
def change(path: ProposalPath, header: EditHeaders, body: ChangeBody) -> Response:
    """Change some values, or the state alone; ``If-Match`` must name the current version."""
    parts = services()
    given = body.model_dump(exclude_unset=True)
    expected_rev = required_version(header.if_match)
    if body.state is not None:
        _only_state(given)
        edit.move_proposal(
            parts.database,
            parts.settings,
            path.id,
            body.state,
            on_day=body.on,
            reason=body.reason,
            expected_rev=expected_rev,
        )
    else:
        edit.change_proposal(
            parts.database,
            parts.settings,
            path.id,
            {name: value for name, value in given.items() if name in edit.FIELDS},
            datum=body.datum,
            reason=body.reason,
            expected_rev=expected_rev,
        )
    return _whole(path.id)


def _only_state(given: dict[str, Any]) -> None:
    """Refuse other values beside a state: a step is a change of its own, to be told and taken back."""
    beside = next((name for name in given if name in edit.FIELDS), None)
    if beside is not None:
        raise InvalidValueError(
            beside,
            given[beside],
            Text(
                "不填：改进展时只带 on 和 reason",
                "nothing: beside a state only on and reason are sent",
            ),
        )


@api.post(
    "/<int:id>/open",
    summary="开放：登记站点 / Open it: a station of the register",
    responses={201: OneProposalFeature, 404: Problem, 409: Problem},
)
@require(Permission.CARRY_OUT)
def open_(path: ProposalPath, header: EditHeaders, body: OpenBody) -> Response:
    """Enter the opened station, or link one that is there; ``If-Match`` names the version."""
    parts = services()
    if body.facility is not None and body.station is not None:
        raise InvalidValueError(
            "station",
            "{…}",
            Text(
                "不填：已给出 facility（已有站点）",
                "nothing: a facility that is there was given",
            ),
        )
    code = open_proposal(
        parts.database,
        parts.settings,
        path.id,
        body.opened_on,
        station=body.station,
        facility=body.facility,
        expected_rev=required_version(header.if_match),
    )
    response = _whole(path.id)
    response.status_code = 201
    response.headers["Location"] = url_for("facilities.show", code=code)
    return response

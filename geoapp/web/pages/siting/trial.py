"""What stations at some places would change, while a planner moves them about on the siting page.

The page's script takes the rows of the ground once (``/plan/siting/try/ground``) and counts each move
itself; where walks are on the network, it asks for the rows around each place
(``/plan/siting/try/reach``). Where a place is let go, the service counts (``/plan/siting/try``).
"""

from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np
import orjson
from flask import Blueprint, Response, request
from numpy.typing import NDArray
from pydantic import ValidationError

from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SITING, SitingParameters
from geoapp.core.results.siting import SitingRun
from geoapp.core.roles import Permission
from geoapp.operations.siting.scenarios import question_of
from geoapp.operations.siting.what_if import MOST_PLACES, TrialGround
from geoapp.reports.words.siting import tried_text
from geoapp.web.api.question_bodies import asked, question_body
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import t
from geoapp.web.edge.problems import on_validation_error
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.pages.workspace import given_question

blueprint = Blueprint("trial", __name__)

# Of the question that the form states, what a try needs.
TRIED: Final = (
    *("standard_m", "standard_seconds", "region", "demand", "families", "drawn"),
    *("at", "period", "moments", "hour_weights", "hours"),
)
TryBody = question_body(
    SITING, "TryBody", "Places to be tried, for the question that the form states.", only=TRIED
)

# As ``tried_text`` has it, for the script to fill in.
MOVED_TEXT: Final = {
    "tried": Text(
        "这几处新覆盖 {some}，覆盖率 {change}。", "These newly reach {some}: {change} covered. "
    ),
    "moved": Text(
        "移动后新覆盖 {some}（比方案 {by}），覆盖率 {share}。",
        "Moved, they newly reach {some} ({by} against the plan): {share} covered. ",
    ),
    "dragged": Text(
        "拖动中，放手后由服务核实。", "While dragging; the service confirms on release."
    ),
    "confirmed": Text(
        "服务已核实；移动后的方案没有证明。",
        "Confirmed by the service; a plan that was moved has no proof.",
    ),
}

_ALIGNED: Final = 8

_Asked = tuple[SitingParameters, list[tuple[float, float]]]


@blueprint.post("/plan/siting/try")
@require(Permission.RUN)
@heavy
def attempt() -> Response:
    """Tell what stations at some places would change."""
    given = _asked()
    if isinstance(given, Response):
        return given
    wanted, places = given
    found = services().what_if.ask(wanted, places)
    told = tried_text(
        found.covered_after - found.covered_before,
        _share_of(found.covered_before, found.weight),
        _share_of(found.covered_after, found.weight),
    )
    return json_reply({**asdict(found), "text": t(told)})


@blueprint.post("/plan/siting/try/ground")
@require(Permission.RUN)
@heavy
def ground() -> Response:
    """Answer the rows that places may reach, as numbers in a row; nothing where they are too many.

    First the length of a head, then the head as JSON, then, each from a multiple of eight bytes, by row:
    lon, lat (float64, WGS-84), weight (float64), walk to what stands (float32, metres),
    number of the district (int16) and flags (1 = covered, 2 = new sites are open). All are little endian.
    """
    given = _asked()
    if isinstance(given, Response):
        return given
    wanted, _ = given
    found = services().what_if.ground(wanted)
    return Response(status=204) if found is None else _numbers(*_ground_parts(found))


@blueprint.post("/plan/siting/try/reach")
@require(Permission.RUN)
@heavy
def reach() -> Response:
    """Answer the rows within the standard of each place: their numbers (uint32) and walks (float32)."""
    given = _asked()
    if isinstance(given, Response):
        return given
    wanted, places = given
    found = services().what_if.reach(wanted, places)
    rows = [rows for rows, _ in found]
    walks = [walks for _, walks in found]
    return _numbers(
        {"counts": [len(one) for one in rows]},
        np.concatenate([*rows, np.empty(0)]).astype("<u4"),
        np.concatenate([*walks, np.empty(0)]).astype("<f4"),
    )


def trial_question(run: SitingRun, sites: int) -> dict[str, Any] | None:
    """Return what the sites of a run are tried for where they are moved; None where they cannot be."""
    question = question_of(run)
    given = given_question(question)
    if given is None or not 0 < sites <= MOST_PLACES:
        return None
    if question.standard_m is None and question.standard_seconds is None:
        return None  # nobody is covered or not
    if question.seated:
        return None  # who has a seat takes solving again
    kept: dict[str, Any] = {name: given[name] for name in TRIED if name in given}
    kept.pop("drawn", None)
    return kept | {"demand": run.inputs.demand}


def _asked() -> _Asked | Response:
    """Return the question and its places in WGS-84; or why there is none."""
    try:
        body = TryBody.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        return on_validation_error(error)
    wanted = asked(SITING, body, services().settings.timezone)
    places = [(one.lon, one.lat) for one in wanted.drawn]
    return replace(wanted, p=1, drawn=()), places


def _ground_parts(found: TrialGround) -> tuple[Any, ...]:
    # By line the script measures itself; on the network it asks.
    estimate, standard = found.estimate, found.standard
    head = {
        "rows": len(found.weight),
        "weight": float(found.weight.sum()),
        "covered": float(found.weight[found.covered].sum()),
        "metres": standard.metres,
        "seconds": standard.seconds,
        "detour_factor": estimate.detour_factor if estimate else None,
        "speed_m_per_s": estimate.speed_m_per_s if estimate else None,
        "districts": [asdict(one) for one in found.districts],
    }
    return (
        head,
        np.asarray(found.lon, "<f8"),
        np.asarray(found.lat, "<f8"),
        found.weight.astype("<f8"),
        found.existing_m.astype("<f4"),
        found.district.astype("<i2"),
        found.covered.astype(np.uint8) | (found.served.astype(np.uint8) << 1),
    )


def _numbers(head: dict[str, Any], *arrays: NDArray[Any]) -> Response:
    """Return a head and arrays as bytes, each from a multiple of eight."""
    told = orjson.dumps(head)
    told += b" " * (-(len(told) + 4) % _ALIGNED)
    parts = [len(told).to_bytes(4, "little"), told]
    for one in arrays:
        content = one.tobytes()
        parts += [content, bytes(-len(content) % _ALIGNED)]
    response = Response(b"".join(parts), mimetype="application/octet-stream")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _share_of(covered: float, weight: float) -> float | None:
    return covered / weight if weight else None

"""Other plans nearly as good as a siting run's: the best site on paper may have no landlord."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from geoapp.analysis.siting import Alternative, SitingStatus, near_best
from geoapp.analysis.siting.result import Cancelled
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.rules import rules_of
from geoapp.operations.siting.solve import SitingPlan, plain_question


def other_plans(
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    *,
    tell: Callable[[Text], None] | None = None,
    cancelled: Cancelled | None = None,
) -> dict[str, Any] | None:
    """Return the plans that are asked for besides the run's own, as the run keeps them.

    Parameters
    ----------
    tell, cancelled
        Told the step; asked whether to stop: those met by then stay.

    Returns
    -------
    alternatives
        None where none are asked for or there is no plan. ``plans``, best first: what each newly
        reaches, how much less that is, sites given up and taken instead, workers that each district
        gains or loses. ``exhausted``: whether it is proven that there are no more; None = unknown.
    """
    result = plan.result
    if (
        not wanted.alternatives
        or result.status is SitingStatus.INFEASIBLE
        or not len(result.chosen)
    ):
        return None
    rows, weights, p, asked = plain_question(inputs, wanted, rules_of(inputs, wanted))
    districts = inputs.districts()[~inputs.covered & (inputs.weight > 0)]

    def met(count: int) -> None:
        if tell is not None:
            tell(Text(f"另找方案：已有 {count - 1} 个", f"Other plans: {count - 1} so far"))

    found = near_best(
        rows,
        weights,
        p,
        plans=wanted.alternatives + 1,
        within_share=wanted.within_share,
        differ=wanted.differ,
        regions=[code or "" for code in districts],
        best=result,
        time_limit_seconds=wanted.time_limit_seconds,
        cancelled=cancelled,
        met=met,
        **asked,
    )
    return {
        "plans": [_plan(inputs, one, found.regions) for one in found.alternatives],
        "exhausted": found.exhausted,
        "differ": wanted.differ,
        "within_share": wanted.within_share,
    }


def _plan(inputs: SitingInputs, one: Alternative, regions: tuple[Any, ...]) -> dict[str, Any]:
    changes = {
        str(code): float(change)
        for code, change in zip(regions, one.by_region.tolist(), strict=True)
        if change != 0
    }
    return {
        "objective": one.objective,
        "loss_share": one.loss_share,
        "bound": one.bound if np.isfinite(one.bound) else None,
        "status": str(one.status),
        "sites": [str(inputs.candidates.code[site]) for site in one.chosen.tolist()],
        "given_up": [_site(inputs, site) for site in one.given_up.tolist()],
        "taken_instead": [_site(inputs, site) for site in one.taken_instead.tolist()],
        "by_district": changes,
    }


def _site(inputs: SitingInputs, site: int) -> dict[str, Any]:
    held = inputs.candidates
    return {
        "code": str(held.code[site]),
        "name": held.name[site],
        "region": held.region[site],
        "lon": float(held.lon[site]),
        "lat": float(held.lat[site]),
    }


def alternative_words(one: dict[str, Any], names: Mapping[str, Text]) -> Text:
    """Return a plan of ``other_plans`` in words: how much less, which sites, which districts."""

    def sites(rows: list[dict[str, Any]]) -> str:
        return ", ".join(row["name"] or row["code"] for row in rows)

    changes = [
        (names.get(code, Text(code or "区域未知", code or "unknown")), change)
        for code, change in sorted(one["by_district"].items(), key=lambda item: -item[1])
        if abs(change) >= 0.5
    ]
    districts = Text(
        "；" + "，".join(f"{name.zh} {change:+,.0f}" for name, change in changes),
        "; " + ", ".join(f"{name.en} {change:+,.0f}" for name, change in changes),
    )
    if not changes:
        districts = Text("", "")
    less = f"{max(0.0, one['loss_share']):.2%}"
    gone, instead = sites(one["given_up"]), sites(one["taken_instead"])
    return Text(
        f"新覆盖 {one['objective']:,.0f} 人，少 {less}：不建 {gone}，改建 {instead}{districts.zh}",
        f"{one['objective']:,.0f} workers newly reached, {less} less: without {gone}, with {instead}"
        f"{districts.en}",
    )


def ended_words(found: dict[str, Any]) -> Text:
    """Return in words whether there are more such plans."""
    share, differ = f"{found['within_share']:.1%}", found["differ"]
    what = Text(
        f"少覆盖不超过 {share}、至少换 {differ} 处的方案",
        f"plans at most {share} below, with at least {differ} other sites each",
    )
    if found["exhausted"] is True and not found["plans"]:
        return Text(f"已证明没有{what.zh}。", f"Proven: there are no {what.en}.")
    if found["exhausted"] is True:
        return Text(f"已证明没有更多{what.zh}。", f"Proven: there are no more {what.en}.")
    if not found["plans"]:
        return Text(f"时限内没有找到{what.zh}。", f"No {what.en} were met in the time.")
    return Text(f"可能还有别的{what.zh}。", f"There may be more {what.en}.")

"""What places anywhere could reach beside a plan among candidates, in words."""

import math
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.questions.siting import ANYWHERE, SitingModel, SitingParameters
from geoapp.core.results.siting import SitingRun
from geoapp.core.units import format_count, format_share
from geoapp.core.words import Basis

_ROUNDING: Final = 1e-9  # of sums, as a share


def elsewhere_text(run: SitingRun) -> Text:
    """Return what places anywhere could reach beside a plan among candidates, or why that is not told.

    Empty for a plan at any place, and for questions that are not about covering most.
    """
    found, source = run.found, run.inputs.candidates
    anywhere = source is not None and source.generated == ANYWHERE
    if found.model is not SitingModel.MCLP or not found.objective or anywhere:
        return Text("", "")
    most = found.anywhere_bound
    if most is None:
        if run.inputs.basis is not Basis.ESTIMATE or run.inputs.network is not None:
            return Text(
                "没有与任何地方相比：这只按直线计算。",
                "Not compared with places anywhere: that is done by line alone.",
            )
        if run.params and SitingParameters.from_stored(run.params).ruled:
            return Text(
                "没有与任何地方相比：任何地方的站点不受这里的预算、配额、间距、座位、备用覆盖或分期约束。",
                "Not compared with places anywhere: these are not held to the budget, quotas, spacing, "
                "seats, backup or phases asked for here.",
            )
        return Text("", "")
    more = most / found.objective - 1
    if more <= _ROUNDING:
        return Text(
            "不限于候选点也一样：任何地方的站点都不会覆盖更多。",
            "No places anywhere reach more than these candidates do.",
        )
    # Rounded up: what is not proven must not read as nothing.
    decimals = 0 if more >= 0.1 else 1
    step = 10 ** (2 + decimals)
    shown = format_share(math.ceil(more * step - _ROUNDING) / step, decimals)
    reached = format_count(most)
    return Text(
        f"这是候选点里的答案；不限于候选点，任何地方的站点至多还能多覆盖 {shown}（新增 {reached} 人）。",
        f"That is among these candidates; places anywhere could reach up to {shown} more ({reached} newly "
        "reached).",
    )

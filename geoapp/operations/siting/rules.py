"""What the sites of a siting run must keep to: quotas by region, and spacing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geoapp.analysis.coverage.region_figures import lineage
from geoapp.analysis.siting import pairs_nearer_than
from geoapp.core.arrays import IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.operations.siting.inputs import SitingInputs


@dataclass(frozen=True, slots=True)
class SitingRules:
    """What the sites must keep to, or why none can."""

    labels: list[str | None]
    least: dict[str, int]
    most: dict[str, int]
    forbidden: IntArray
    conflicts: IntArray
    never: Text | None

    @property
    def grouped(self) -> bool:
        """Whether there are quotas at all."""
        return bool(self.least or self.most)


def rules_of(inputs: SitingInputs, wanted: SitingParameters) -> SitingRules:
    """Return quotas by candidate, and spacing as pairs and forbidden sites."""
    quotas = wanted.quotas or wanted.host_quotas
    if wanted.host_quotas:
        asked = {kind for kind, _ in quotas}
        labels = [kind if kind in asked else None for kind in inputs.candidates.host_type]
    else:
        labels = _quota_regions(inputs, [code for code, _ in quotas])
    least = {code: one.least for code, one in quotas if one.least is not None}
    most = {code: one.most for code, one in quotas if one.most is not None}
    forbidden, never = inputs.forbidden, None
    for code, number in least.items():
        if number > 0 and code not in labels:
            what = Text("单位类型", "host type") if wanted.host_quotas else Text("区域", "region")
            never = Text(f"{what.zh} {code} 没有候选点", f"{what.en} {code} has no candidates")
    conflicts = np.empty((0, 2), np.int64)
    if wanted.min_spacing_m is not None:
        count = len(inputs.candidates)
        pairs = pairs_nearer_than(
            wanted.min_spacing_m,
            lon=np.r_[inputs.candidates.lon, [one.lon for one in inputs.existing]],
            lat=np.r_[inputs.candidates.lat, [one.lat for one in inputs.existing]],
            fixed=np.arange(count, count + len(inputs.existing)),
        )
        near = np.unique(pairs[pairs[:, 1] >= count, 0])
        conflicts = pairs[pairs[:, 1] < count]
        forbidden = np.union1d(forbidden, near)
        stuck = np.intersect1d(inputs.fixed, near)
        if len(stuck):
            code = inputs.candidates.code[stuck[0]]
            never = Text(
                f"固定站点 {code} 与现有设施的距离小于间距要求",
                f"the fixed site {code} is nearer to a facility than the spacing allows",
            )
        elif len(forbidden) == count:
            never = Text(
                "所有候选点与现有设施的距离都小于间距要求",
                "every candidate is nearer to a facility than the spacing allows",
            )
    return SitingRules(labels, least, most, forbidden, conflicts, never)


def _quota_regions(inputs: SitingInputs, codes: Sequence[str]) -> list[str | None]:
    """Return by candidate the region whose quota it counts for."""
    wanted = set(codes)
    for code in codes:
        above = sorted(wanted & set(lineage(code, inputs.parents)[:-1]))
        if above:
            accepted = Text(
                "互不包含的区域", f"regions that do not hold each other ({above[0]} holds {code})"
            )
            raise InvalidValueError("quotas", code, accepted)
    of_region: dict[str | None, str | None] = {None: None}
    for region in {one for one in inputs.candidates.region if one is not None}:
        line = lineage(region, inputs.parents)
        of_region[region] = next((one for one in line if one in wanted), None)
    return [of_region[region] for region in inputs.candidates.region]

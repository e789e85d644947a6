"""The accessibility measures of a coverage run in parts: each part's by a workforce, put together here."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from geoapp.analysis.coverage.access_in_parts import WALK, AccessInParts, Groups
from geoapp.analysis.coverage.access_part import (
    InReach,
    Places,
    in_order,
    supply_of_part,
    workers_of_part,
)
from geoapp.analysis.coverage.access_report import AccessReport
from geoapp.analysis.frames import numbered
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.operations.coverage.measures import capacities
from geoapp.operations.coverage.spool import Spool
from geoapp.operations.workforce import Workforce
from geoapp.store.facilities.read import PlacedFacility

_SHARING = Text("分块计算可达性", "Measuring accessibility in parts")


def access_in_parts(
    spool: Spool,
    placed: Sequence[PlacedFacility],
    parents: Mapping[str, str | None],
    standard: Standard,
    estimate: WalkingEstimate,
    workforce: Workforce,
    progress: Callable[[float, Text], None],
) -> AccessReport:
    """Return the measures that `access_of` computes in one piece.

    Parameters
    ----------
    spool
        The parts and their walks; what each has of every measure is kept there.
    placed, parents, progress
        As in `cover_in_parts`.
    """
    codes, _ = numbered(one.code for one in placed)
    capacity = capacities(placed)
    places = workforce.share(
        Places.of,
        [one.lon for one in placed],
        [one.lat for one in placed],
        [one.code for one in placed],
    )
    share = 0.0

    def look() -> None:
        progress(share, _SHARING)

    plain, enhanced = np.zeros(len(codes)), np.zeros(len(codes))
    done = workforce.in_order(workers_of_part, spool.parts(), places, standard, estimate, look=look)
    for number, (_, some) in enumerate(done):
        plain += some.plain
        enhanced += some.enhanced
        share = 0.4 * (number + 1) / len(spool)
        look()
    ratios = InReach(plain, enhanced).ratios(capacity)
    groups = Groups(spool.codes, parents, spool.kinds)
    whole = AccessInParts(groups, [WALK, *ratios])
    supplied = workforce.in_order(
        supply_of_part,
        spool.parts(),
        places,
        workforce.share(dict, ratios),
        standard,
        estimate,
        look=look,
    )
    for number, (part, found) in enumerate(supplied):
        walk_m = spool.walks(number)
        runs = {WALK: in_order(walk_m, part.weight), **found}
        for name, run in runs.items():
            spool.keep_run(name, number, run)
        kind = np.asarray(spool.columns(number)["kind"])
        whole.take(groups.of(part.leaf, kind), part.weight, walk_m, runs)
        share = 0.4 + 0.4 * (number + 1) / len(spool)
        look()

    def rows(number: int, some: IntArray) -> tuple[IntArray, FloatArray]:
        points = spool.columns(number)[some]
        return groups.of(points["leaf"], points["kind"]), points["weight"]

    distributions = {}
    for place, name in enumerate((WALK, *ratios)):
        distributions[name] = whole.distribution(name, spool.runs(name), rows)
        share = 0.8 + 0.2 * (place + 1) / (1 + len(ratios))
        look()
    return whole.report(distributions, len(codes), int((~np.isnan(capacity)).sum()))

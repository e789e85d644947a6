"""A coverage run whose demand is never whole in one process: searched part by part by a workforce.

The demand streams from one snapshot of the store to files of this machine, a part in each. Workers
search the parts; what they count is added up here. Kept are the figures in all and by region, the
accessibility measures, the gap zones with their reasons and what would close them, and what rests on each
facility: the same as in a run in one piece. Not kept are walks by point, the facilities that overlap, and
the hours of a week.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import shapely

from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.coverage.in_parts import CoverageInParts
from geoapp.analysis.coverage.part import count_part
from geoapp.analysis.frames import DemandFrame, FacilityFrame, numbered
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.operations.coverage.access_parts import access_in_parts
from geoapp.operations.coverage.found import measure_gaps
from geoapp.operations.coverage.inputs import local_moment, read_coverage_inputs
from geoapp.operations.coverage.results import store_results
from geoapp.operations.coverage.spool import Spool
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.operations.runs.lifecycle import Attempt
from geoapp.operations.workforce import Workforce
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility

_READING = Text("读取数据", "Reading the data")
_SEARCHING = Text("分块计算步行距离", "Measuring walks in parts")
_LOOKING = Text("汇总各块", "Adding up the parts")
_GATHERING = Text("归并盲区", "Gathering gap zones")
_SAVING = Text("保存结果", "Saving the results")
_SEARCHED: Final = 0.9


def check_in_parts(settings: Settings) -> None:
    """Refuse to work in parts where walks would not be what they are in one piece.

    Raises
    ------
    InvalidValueError
        If a walking network is loaded.
    """
    network = NetworkKeeper(settings).current()
    if network is not None:
        accepted = Text(
            f"没有载入步行网络的数据目录：分块计算只用估算，而这里载入了步行网络 {network.version}，"
            "数字会与不分块时不同",
            "a data folder without a walking network: in parts, walks are estimates, and with the "
            f"network {network.version} that is loaded here the figures would differ from those of "
            "a run in one piece",
        )
        raise InvalidValueError("--scheduler", None, accepted)


def compute_in_parts(
    database: Database,
    settings: Settings,
    attempt: Attempt,
    wanted: CoverageParameters,
    workforce: Workforce,
) -> None:
    """Do one attempt at a run in parts.

    Raises
    ------
    GeoappError
        If the workforce cannot do it.
    """
    attempt.progress(0.0, _READING)
    with TemporaryDirectory(prefix="geoapp-parts-") as folder:
        spool = Spool(Path(folder), local_moment(settings, wanted))
        inputs = read_coverage_inputs(database, settings, wanted, take=spool.take)
        attempt.progress(0.1, _SEARCHING)
        demand, result = cover_in_parts(
            spool,
            inputs.counted,
            inputs.stored.parents,
            wanted.standard,
            inputs.ways.estimate,
            workforce,
            lambda share, step: attempt.progress(0.1 + 0.35 * share, step),
        )
        access = access_in_parts(
            spool,
            inputs.counted,
            inputs.stored.parents,
            wanted.standard,
            inputs.ways.estimate,
            workforce,
            lambda share, step: attempt.progress(0.45 + 0.35 * share, step),
        )
    inputs = replace(inputs, demand=demand)
    attempt.progress(0.8, _GATHERING)
    found = measure_gaps(
        inputs, result, lambda share: attempt.progress(0.8 + 0.15 * share, _GATHERING)
    )
    attempt.progress(0.95, _SAVING)
    store_results(database, attempt, settings, inputs, replace(found, access=access))


def cover_in_parts(
    spool: Spool,
    placed: Sequence[PlacedFacility],
    parents: Mapping[str, str | None],
    standard: Standard,
    estimate: WalkingEstimate,
    workforce: Workforce,
    progress: Callable[[float, Text], None],
) -> tuple[DemandFrame, CoverageResult]:
    """Have the parts searched, and put together what is found; see `CoverageInParts.result`.

    Parameters
    ----------
    spool
        The parts; their walks are kept there.
    placed
        The facilities that count, at each of their places.
    parents
        For each region the one above.
    progress
        Called with the share done, 0 to 1, and the step; may raise to stop.
    """
    facilities = workforce.share(_facilities, *_plain(placed))
    distinct, _ = numbered(one.code for one in placed)
    whole = CoverageInParts(spool.codes, parents, len(distinct), standard, estimate)
    share = 0.0

    def look() -> None:
        progress(_SEARCHED * share, _SEARCHING)

    done = workforce.in_order(
        count_part, spool.parts(), facilities, standard, estimate, 1, look=look
    )
    for number, (part, count) in enumerate(done):
        whole.add(part, count)
        spool.keep_walks(number, count.walk_m)
        share = (number + 1) / len(spool)
        look()
    whole.count_ends()
    for number, part in enumerate(spool.parts()):
        whole.look_again(part, spool.walks(number))
        progress(_SEARCHED + (1 - _SEARCHED) * (number + 1) / len(spool), _LOOKING)
    return whole.result()


def _plain(placed: Sequence[PlacedFacility]) -> tuple[list[Any], ...]:
    """Return facilities as what any process can take up."""
    return (
        [one.lon for one in placed],
        [one.lat for one in placed],
        [(one.code, one.place) for one in placed],
        [one.area_wkb for one in placed],
    )


def _facilities(
    lon: list[float],
    lat: list[float],
    keys: list[tuple[str, int]],
    areas_wkb: list[bytes | None],
) -> FacilityFrame:
    """Make on a worker what `in_service.frame_of` makes here."""
    return FacilityFrame.from_arrays(
        lon,
        lat,
        keys=keys,
        areas=[None if one is None else shapely.from_wkb(one) for one in areas_wkb],
        facilities=[code for code, _ in keys],
    )

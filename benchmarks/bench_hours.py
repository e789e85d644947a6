"""The 168 hours of a city beside one coverage run of it, by estimate and on a network.

36,000 demand points, 950 facilities with 60 different opening hours. Both are measured in the same
process; the ratio is what counts. A random choice of hours is compared with coverage runs of these
hours. Usage: python benchmarks/bench_hours.py [demand facilities]
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from geoapp.analysis.coverage.by_hour import WEEK_HOURS, covered_by_hour, hour_groups
from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.walking import Standard, WalkingEstimate

STANDARD, ESTIMATE = Standard.of_metres(500), WalkingEstimate()
STREETS, CLASSES = 140, 60
WEST, SOUTH, EAST, NORTH = 120.0, 36.0, 120.4, 36.3


def timed(work: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """Return the median seconds of some runs, and the last answer."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[times // 2], answer


def street_grid(step: float) -> WalkingNetwork:
    """Return a city of square blocks, two-way streets."""
    lon, lat = np.meshgrid(np.arange(WEST, EAST, step), np.arange(SOUTH, NORTH, step * 0.8))
    number = np.arange(lon.size).reshape(lon.shape)
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    start = np.concatenate([one.ravel() for one, _ in pairs])
    end = np.concatenate([other.ravel() for _, other in pairs])
    lon, lat = lon.ravel(), lat.ravel()
    length_m = np.asarray(geodesic_m(lon[start], lat[start], lon[end], lat[end]))
    return WalkingNetwork.build(lon, lat, start, end, np.ceil(10 * length_m).astype(np.int64))


def main() -> None:
    """Print the ratios."""
    count, places = (int(one) for one in (*sys.argv[1:3], *("36000", "950")[len(sys.argv) - 1 :]))
    rng = np.random.default_rng(20261129)

    def anywhere(some: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.uniform(WEST, EAST - 0.01, some), rng.uniform(SOUTH, NORTH - 0.01, some)

    street = rng.integers(0, STREETS, count)
    codes = np.array([f"S{number:03d}" for number in range(STREETS)], dtype=object)
    demand = DemandFrame.from_arrays(
        *anywhere(count), rng.integers(1, 20, count), region=codes[street]
    )
    facilities = FacilityFrame.from_arrays(*anywhere(places), keys=list(range(places)))
    class_of = rng.integers(0, CLASSES, places)
    open_by_class = rng.random((CLASSES, WEEK_HOURS)) < 0.4
    possible = open_by_class | (rng.random((CLASSES, WEEK_HOURS)) < 0.1)
    parents = dict.fromkeys(codes, "C") | {"C": None}
    everywhere = np.ones((1, WEEK_HOURS))
    print(f"{count:,} demand points, {places:,} facilities, {os.cpu_count()} cores")
    for name, network in (("estimate", None), ("network", street_grid(0.0016))):

        def one_run(mask: Any = None, network: Any = network) -> Any:
            return coverage(
                demand,
                facilities,
                STANDARD,
                estimate=ESTIMATE,
                network=network,
                parents=parents,
                open_mask=mask,
            )

        def week(network: Any = network) -> Any:
            groups = hour_groups(
                demand,
                facilities,
                class_of,
                STANDARD,
                region_of=street,
                profile_of=np.zeros(count, np.int64),
                estimate=ESTIMATE,
                network=network,
            )
            low = covered_by_hour(groups, open_by_class, everywhere, STREETS)[1]
            high = covered_by_hour(groups, possible, everywhere, STREETS)[1]
            return low, high

        run_seconds, _ = timed(one_run)
        week_seconds, (low, high) = timed(week)
        for hour in rng.integers(0, WEEK_HOURS, 5).tolist():
            for told, opens in ((low, open_by_class), (high, possible)):
                run = one_run(opens[class_of, hour])
                expected = {one.code: one.covered_weight for one in run.regions}
                assert told[:, hour].tolist() == [expected.get(code, 0.0) for code in codes]
        print(
            f"{name:<10} one run {run_seconds:6.2f} s, 168 hours {week_seconds:6.2f} s, "
            f"ratio {week_seconds / run_seconds:.2f}"
        )


if __name__ == "__main__":
    main()

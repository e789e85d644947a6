"""Coverage in parts by one and by two workers of a local Dask, in one run on one machine.

The demand is made part by part and never whole in one process: cells of 100 m around settlements of
very different size all over a country, by 2,800 regions in 31 provinces, with whole numbers of
workers; the facilities lie in the same settlements. Told are the seconds of the search, of the
second look and of accessibility, the greatest memory of each worker and of the process that adds up, and a
checksum of all figures by region, which must be equal; with --serial also that of one piece in this process
(without accessibility, which with --access is compared to ten digits, too).

Usage: python benchmarks/bench_scale.py [--points 2000000] [--facilities 20000] [--serial [--access]]
The whole country: --points 100000000 --facilities 186000.
"""

import argparse
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from geoapp.analysis.coverage.access_report import AccessReport
from geoapp.analysis.coverage.coverage import CoverageResult, coverage
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.operations.coverage.access_parts import access_in_parts
from geoapp.operations.coverage.measures import access_of
from geoapp.operations.coverage.parts import cover_in_parts
from geoapp.operations.coverage.spool import Spool
from geoapp.operations.workforce import open_workforce
from geoapp.store.runs.demand_rows import CHUNK, DemandChunk

REGIONS, PROVINCES = 2_800, 31
CODES = tuple(f"{1 + number % PROVINCES:02}{number:04}" for number in range(REGIONS))
PARENTS: dict[str, str | None] = {code: code[:2] for code in CODES} | {
    code[:2]: "00" for code in CODES
}


class Country:
    """A demand that is made as it is read."""

    regions = CODES
    groups: tuple[()] = ()
    profiles: tuple[()] = ()

    def __init__(self, points: int) -> None:
        self.points = points
        rng = np.random.default_rng(20261129)
        self.middle_lon, self.middle_lat = (
            rng.uniform(80, 130, REGIONS),
            rng.uniform(20, 50, REGIONS),
        )
        self.spread = rng.pareto(1.5, REGIONS).clip(0.05, 5) * 0.1

    def places(self, rng: np.random.Generator, region: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return points around the settlements of regions, in steps of a thousandth of a degree."""
        away = rng.normal(size=(2, len(region))) * self.spread[region]
        return (
            np.round(self.middle_lon[region] + away[0], 3),
            np.round(self.middle_lat[region] + away[1], 3),
        )

    def chunks(self) -> Iterator[DemandChunk]:
        """Yield the points, a few regions in each chunk."""
        for first in range(0, self.points, CHUNK):
            count = min(CHUNK, self.points - first)
            rng = np.random.default_rng(first)
            region = (first + np.arange(count)) * REGIONS // self.points
            lon, lat = self.places(rng, region)
            weight = rng.integers(0, 20, count).astype(float)
            nothing = np.full(count, -1)
            yield DemandChunk(lon, lat, weight, region, nothing, nothing)


def checksum(result: CoverageResult) -> str:
    """Return a number for all figures that are told to the last worker, and the quantiles."""
    told = [
        (
            row.code, row.point_count, row.weight, row.covered_weight, row.backup_weight,
            row.unreachable_weight,
            row.walk and (row.walk.p10_m, row.walk.p50_m, row.walk.p90_m, row.walk.histogram_weight),
        )
        for row in (result.total, *result.regions)
    ]  # fmt: skip
    loads = result.facility_weight.tobytes() + result.facility_sole_weight.tobytes()
    return hashlib.sha256(repr(told).encode() + loads).hexdigest()[:16]


def compare(
    access: AccessReport, chunks: list[DemandChunk], placed: list[Any], whole: CoverageResult
) -> None:
    """Fail where the measures differ from those of one piece in their first ten digits."""
    start = time.perf_counter()
    demand = DemandFrame(
        *(
            np.concatenate([getattr(one, name) for one in chunks])
            for name in ("lon", "lat", "weight")
        ),
        region=np.array(CODES, object)[np.concatenate([one.region for one in chunks])],
    )
    nobody = np.full(len(demand), None, object)
    theirs = access_of(demand, nobody, placed, whole, None, PARENTS, estimate=whole.estimate)
    print(f"accessibility, in one piece: {time.perf_counter() - start:.1f} s")
    ours, others = (
        np.array(re.findall(r"[\d.]+(?:e-?\d+)?", repr(one)), float) for one in (access, theirs)
    )
    if not np.allclose(ours, others, rtol=1e-10, atol=1e-12):
        raise SystemExit("accessibility differs")


def peak_mb() -> float:
    """Return the most memory that this process has had."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--points", type=int, default=2_000_000)
    asked.add_argument("--facilities", type=int, default=20_000)
    asked.add_argument("--serial", action="store_true")
    asked.add_argument("--access", action="store_true")
    given = asked.parse_args()
    country = Country(given.points)
    rng = np.random.default_rng(7)
    lon, lat = country.places(rng, rng.integers(0, REGIONS, given.facilities))
    placed: list[Any] = [
        SimpleNamespace(
            code=f"{number:06}", place=0, lon=x, lat=y, area_wkb=None, capacity=number % 40 or None
        )
        for number, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    ]
    standard, estimate = Standard.of_metres(500), WalkingEstimate()
    load = os.getloadavg()[0]
    print(
        f"{given.points:,} demand points, {given.facilities:,} facilities, {os.cpu_count()} cores, "
        f"load {load:.1f} at the start"
    )
    sums, seconds = set(), {}
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as folder:
        spool = Spool(Path(folder), None)
        start = time.perf_counter()
        spool.take(country)  # type: ignore[arg-type]
        print(f"written to disk in {len(spool)} parts: {time.perf_counter() - start:.1f} s")
        for workers in (1, 2):
            with open_workforce("local", workers) as workforce:
                marks: dict[str, float] = {}

                def tell(_share: float, step: Any, marks: dict[str, float] = marks) -> None:
                    marks[step.en] = time.perf_counter()

                start = time.perf_counter()
                _, result = cover_in_parts(
                    spool, placed, PARENTS, standard, estimate, workforce, tell
                )
                searched, looked = (one - start for one in marks.values())
                seconds[workers] = looked
                start = time.perf_counter()
                access = access_in_parts(
                    spool, placed, PARENTS, standard, estimate, workforce, lambda *_: None
                )
                print(f"accessibility, {workers} worker(s): {time.perf_counter() - start:.1f} s")
                peaks = workforce.each(peak_mb).values()
                sums.add(checksum(result))
                print(
                    f"{workers} worker(s): search {searched:.1f} s, second look "
                    f"{looked - searched:.1f} s, in all {looked:.1f} s; peak "
                    f"{' and '.join(f'{one:.0f} MB' for one in peaks)} a worker, "
                    f"{peak_mb():.0f} MB here; checksum {checksum(result)}"
                )
        print(f"two workers are {seconds[1] / seconds[2]:.2f} times as fast as one")
    if given.serial:
        chunks = list(country.chunks())
        start = time.perf_counter()
        whole = coverage(
            DemandFrame.from_arrays(
                np.concatenate([one.lon for one in chunks]),
                np.concatenate([one.lat for one in chunks]),
                np.concatenate([one.weight for one in chunks]),
                region=np.array(CODES, object)[np.concatenate([one.region for one in chunks])],
            ),
            FacilityFrame.from_arrays(lon, lat, keys=[one.code for one in placed]),
            standard,
            estimate=estimate,
            parents=PARENTS,
        )
        sums.add(checksum(whole))
        if given.access:
            compare(access, chunks, placed, whole)
        print(
            f"in one piece: {time.perf_counter() - start:.1f} s with up to four threads; peak "
            f"{peak_mb():.0f} MB; checksum {checksum(whole)}"
        )
    if len(sums) > 1:
        raise SystemExit("the figures differ")


if __name__ == "__main__":
    main()

"""Coverage runs in parts on Dask: the same figures as in one piece, and what is refused."""

import math
import os
import signal
from dataclasses import replace
from importlib.util import find_spec as real_find_spec
from typing import Any

import numpy as np
import pytest

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.coverage.in_parts import CoverageInParts
from geoapp.analysis.coverage.part import DemandPart, count_part
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.core.errors import (
    CancelledError,
    GeoappError,
    InvalidValueError,
    MissingPartError,
)
from geoapp.core.i18n import Text
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.settings import Settings
from geoapp.core.walking import WalkingEstimate
from geoapp.core.words import RunStatus
from geoapp.operations import workforce as workforces
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.state import recent_runs
from geoapp.operations.workforce import Workforce, check_scheduler, check_version, open_workforce
from geoapp.store.engine import Database
from geoapp.store.runs import demand_rows
from tests.operations.coverage.small_town import WANTED, moment, town
from tests.operations.dask_threads import workforce

__all__ = ["town", "workforce"]


def near(told: Any) -> Any:
    """Return what equals figures but for their last digits."""
    if isinstance(told, dict):
        return {name: near(one) for name, one in told.items()}
    return pytest.approx(told, rel=1e-10) if isinstance(told, float) else told


def test_a_run_in_parts_keeps_what_one_in_one_piece_keeps(
    town: Database,
    settings: Settings,
    workforce: Workforce,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
) -> None:
    for question in (WANTED, replace(WANTED, at=moment("2026-11-24T22:00"), region="370203")):
        with subtests.test(at=question.at):
            whole = coverage_run.run_here(town, settings, question)
            with monkeypatch.context() as patched:
                patched.setattr(demand_rows, "CHUNK", 4)
                parts = coverage_run.run_here(town, settings, question, workforce=workforce)
            assert whole.result is not None and parts.result is not None
            ours, theirs = (one.result.model_dump() for one in (parts, whole))
            measures = [
                coverage_results.access_measures(town, one.id).model_dump()
                for one in (parts, whole)
            ]
            assert measures[0] == near(measures[1])
            assert ours.pop("access") == near(theirs.pop("access"))
            for figures in (ours, theirs):
                assert figures["total"]["walk"].pop("mean_m") == pytest.approx(
                    whole.result.total.walk.mean_m, rel=1e-12
                )
            assert ours == theirs
            rests_on = [one.inputs.as_json() for one in (parts, whole)]
            for one in rests_on:
                one["versions"].pop("runs")  # each run raises it
            assert rests_on[0] == rests_on[1]
            assert coverage_results.gap_zones(town, parts.id) == coverage_results.gap_zones(
                town, whole.id
            )
            assert coverage_results.gap_zones(town, parts.id)
            assert coverage_results.loads(town, parts.id, 9) == coverage_results.loads(
                town, whole.id, 9
            )
            named = [coverage_results.region_figures(town, one.id) for one in (parts, whole)]
            assert [(one.code, one.covered_weight, one.walk.p50_m) for one in named[0]] == [
                (one.code, one.covered_weight, one.walk.p50_m) for one in named[1]
            ]
            # What was not computed is not told as nothing.
            assert coverage_results.facility_overlaps(town, parts.id, 5) is None

    seen: list[float] = []

    def tell(share: float, step: Text) -> None:
        seen.append(share)
        if "parts" in step.en and share > 0.1:
            raise CancelledError(Text("停", "stopped"))

    monkeypatch.setattr(demand_rows, "CHUNK", 4)
    stopped = coverage_run.run_here(town, settings, WANTED, tell, workforce)
    assert stopped.status is RunStatus.CANCELLED
    assert seen == sorted(seen)


def test_what_cannot_be_meant_is_refused_before_anything_is_stored(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidValueError, match="tcp://HOST:PORT"):
        check_scheduler("10.0.0.1")
    for given in ((None, 2, None), ("tcp://127.0.0.1:8786", None, 2.0)):
        with pytest.raises(InvalidValueError, match="--scheduler local alone"):
            check_scheduler(*given)
    with pytest.raises(InvalidValueError, match="a finite number"):
        check_scheduler("local", None, math.nan)
    monkeypatch.setattr(workforces, "CONNECT_SECONDS", 0.2)
    with (
        pytest.raises(InvalidValueError, match="a scheduler that answers"),
        open_workforce("tcp://127.0.0.1:9"),
    ):
        pass

    def other_service(*_: object, **__: object) -> None:
        raise MemoryError  # numpy's, where a web server's words are taken for a length

    monkeypatch.setattr("distributed.Client", other_service)
    with (
        pytest.raises(InvalidValueError, match="a scheduler that answers"),
        open_workforce("tcp://127.0.0.1:9"),
    ):
        pass
    with pytest.raises(GeoappError, match="must be the same"):
        check_version("0")
    monkeypatch.setattr(workforces, "find_spec", lambda name: real_find_spec(name) and None)
    with pytest.raises(MissingPartError, match=r"geoapp\[scale\]"):
        check_scheduler("local")
    assert recent_runs(town, COVERAGE_RUNS, 5) == []


@pytest.mark.slow
def test_a_lost_worker_costs_no_figure() -> None:
    """One of two processes is killed in the middle: its parts are done again."""
    rng = np.random.default_rng(20261129)
    count, places = 200_000, 3000
    lon, lat, weight = (
        120 + rng.uniform(0, 1, count),
        36 + rng.uniform(0, 1, count),
        rng.integers(0, 20, count).astype(float),
    )
    facilities = FacilityFrame.from_arrays(
        120 + rng.uniform(0, 1, places), 36 + rng.uniform(0, 1, places), keys=list(range(places))
    )
    leaf = rng.integers(-1, 3, count)
    codes = np.array(["a", "b", "c", None], dtype=object)
    standard, estimate = WANTED.standard, WalkingEstimate()
    theirs = coverage(
        DemandFrame(lon, lat, weight, codes[leaf]), facilities, standard, estimate=estimate
    )
    parts = [
        DemandPart(first, *(one[first : first + 5000] for one in (lon, lat, weight, leaf)))
        for first in range(0, count, 5000)
    ]
    whole = CoverageInParts(["a", "b", "c"], {}, places, standard, estimate)
    walks, killed = [], []
    with open_workforce("local", workers=2) as workforce:
        processes = list(workforce.each(os.getpid).values())
        assert len(set(processes)) == 2
        done = workforce.in_order(
            count_part, iter(parts), facilities, standard, estimate, 1, look=lambda: None
        )
        for part, found in done:
            whole.add(part, found)
            walks.append(found.walk_m)
            if len(walks) == 5:
                os.kill(processes[0], signal.SIGKILL)
                killed.append(processes[0])
    assert killed
    whole.count_ends()
    for part, walk_m in zip(parts, walks, strict=True):
        whole.look_again(part, walk_m)
    _, ours = whole.result()
    assert [(one.code, one.covered_weight, one.backup_weight) for one in ours.regions] == [
        (one.code, one.covered_weight, one.backup_weight) for one in theirs.regions
    ]
    assert ours.total.walk is not None and theirs.total.walk is not None
    assert ours.total.walk.p50_m == theirs.total.walk.p50_m
    assert (ours.facility_weight == theirs.facility_weight).all()

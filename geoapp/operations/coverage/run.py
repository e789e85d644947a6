"""Coverage runs: who is within the standard of a facility, who is not, and where the gaps are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from geoapp.analysis.coverage.coverage import CoverageResult, coverage
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS, CoverageRun
from geoapp.core.settings import Settings
from geoapp.operations.coverage.days import day_arrays
from geoapp.operations.coverage.found import measure
from geoapp.operations.coverage.hours import hour_arrays
from geoapp.operations.coverage.inputs import CoverageInputs, read_coverage_inputs
from geoapp.operations.coverage.parts import check_in_parts, compute_in_parts
from geoapp.operations.coverage.results import store_results
from geoapp.operations.ground.in_service import frame_of
from geoapp.operations.ground.stored import check_ground
from geoapp.operations.runs.lifecycle import Attempt, Work, do_here
from geoapp.operations.runs.queue import enqueue
from geoapp.operations.workforce import Workforce
from geoapp.store.engine import Database

_READING = Text("读取数据", "Reading the data")
_SEARCHING = Text("计算步行距离", "Measuring walks")
_GATHERING = Text("归并盲区、比较重叠", "Gathering gap zones and overlaps")
_BY_HOUR = Text("按小时归类", "Sorting by the hour")
_BY_DAY = Text("记下每一处走得到谁", "Noting who walks to which place")
_SAVING = Text("保存结果", "Saving the results")


def start(database: Database, wanted: CoverageParameters, created_by: str | None) -> CoverageRun:
    """Queue a run and return its state.

    Raises
    ------
    InvalidValueError
        If a value is out of range, or the region, the demand set or a family is not known.
    """
    wanted.check()
    with database.session() as session:
        check_ground(session, wanted)
    return enqueue(database, COVERAGE_RUNS, wanted.stored(), created_by)


def run_here(
    database: Database,
    settings: Settings,
    wanted: CoverageParameters,
    progress: Callable[[float, Text], None] | None = None,
    workforce: Workforce | None = None,
) -> CoverageRun:
    """Do a run from this process, for the command line, and return how it ended.

    Parameters
    ----------
    workforce
        Who searches, part by part; None = this process does, all at once.

    Raises
    ------
    InvalidValueError
        If the question cannot be answered, or not in parts.
    """
    wanted.check()
    with database.session() as session:
        check_ground(session, wanted)
    if workforce is not None:
        check_in_parts(settings)
    doing = work(database, settings, workforce)
    return do_here(database, COVERAGE_RUNS, wanted.stored(), doing, progress)


def work(database: Database, settings: Settings, workforce: Workforce | None = None) -> Work:
    """Return the function that does a queued run; parameters as in `run_here`."""

    def do(attempt: Attempt, params: dict[str, Any]) -> None:
        wanted = CoverageParameters.from_stored(params)
        if workforce is None:
            _compute(database, settings, attempt, wanted)
        else:
            compute_in_parts(database, settings, attempt, wanted, workforce)

    return do


def _compute(
    database: Database, settings: Settings, attempt: Attempt, wanted: CoverageParameters
) -> None:
    attempt.progress(0.0, _READING)
    inputs = read_coverage_inputs(database, settings, wanted)
    attempt.progress(0.1, _SEARCHING)
    result = _cover(inputs, wanted, lambda share: attempt.progress(0.1 + 0.6 * share, _SEARCHING))
    attempt.progress(0.7, _GATHERING)
    found = measure(inputs, result, lambda share: attempt.progress(0.7 + 0.2 * share, _GATHERING))
    hours = hour_arrays(
        inputs, wanted, lambda share: attempt.progress(0.9 + 0.03 * share, _BY_HOUR)
    )
    days = day_arrays(inputs, wanted, lambda share: attempt.progress(0.93 + 0.02 * share, _BY_DAY))
    found = replace(found, arrays=(*found.arrays, *hours, *days))
    attempt.progress(0.95, _SAVING)
    store_results(database, attempt, settings, inputs, found)


def _cover(
    inputs: CoverageInputs, wanted: CoverageParameters, progress: Callable[[float], None]
) -> CoverageResult:
    """Find out who is within the standard of a facility that counts."""
    return coverage(
        inputs.demand,
        frame_of(inputs.counted),
        wanted.standard,
        estimate=inputs.ways.estimate,
        network=inputs.ways.network,
        parents=inputs.stored.parents,
        at=inputs.local,
        progress=progress,
    )

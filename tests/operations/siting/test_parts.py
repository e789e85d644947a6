"""Siting runs by components on Dask: the same answer as in one piece, and what is refused."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import CoverProblem, Limits, SitingStatus, most_covered
from geoapp.analysis.siting.parts.components import Answer, Sought, solve_component
from geoapp.analysis.siting.parts.sharing import most_covered_in_parts
from geoapp.core.errors import CancelledError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingModel
from geoapp.core.questions.sizes import SiteSize
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.runs.state import recent_runs
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.proof import keeps_proof
from geoapp.operations.workforce import Workforce, open_workforce
from geoapp.store.engine import Database
from tests.analysis.siting.instances import random_cover
from tests.operations.dask_threads import workforce
from tests.operations.siting.five_hosts import WANTED, solved, town

__all__ = ["town", "workforce"]


def test_a_plan_by_components_is_that_of_one_piece(
    town: Database, settings: Settings, workforce: Workforce, subtests: pytest.Subtests
) -> None:
    for changed in ({"p": 1}, {"p": 3, "fixed": ("D",), "forbidden": ("A",)}, {"p": 5}):
        with subtests.test(**changed):
            question = replace(WANTED, **changed)
            whole = siting_run.run_here(town, settings, question)
            parts = siting_run.run_here(town, settings, question, workforce=workforce)
            assert whole.result is not None and parts.result is not None
            ours, theirs = (one.result.model_dump() for one in (parts, whole))
            for figures in (ours, theirs):
                for name in ("seconds", "explanation", "bound_basis"):
                    figures.pop(name, None)
            assert ours == theirs
            assert keeps_proof(town, parts.id)
            assert [one.code for one in siting_results.sites_of(town, parts.id)] == [
                one.code for one in siting_results.sites_of(town, whole.id)
            ]


def test_a_cancel_keeps_the_best_plan_so_far(
    town: Database, settings: Settings, workforce: Workforce
) -> None:
    def tell(share: float, step: Text) -> None:
        if share > 0.4:
            raise CancelledError(Text("停", "stopped"))

    stopped = siting_run.run_here(town, settings, replace(WANTED, p=2), tell, workforce)
    assert stopped.status in (RunStatus.SUCCEEDED, RunStatus.CANCELLED)
    if stopped.result is not None:
        assert stopped.result.objective <= stopped.result.bound
        best = solved(town, settings, p=2).result
        assert stopped.result.bound >= best.objective >= stopped.result.objective


@pytest.mark.parametrize(
    "changed",
    [
        {"model": SitingModel.LSCP, "p": None},
        {"model": SitingModel.P_MEDIAN},
        {"quotas": (("370203001", Quota(1, None)),)},
        {"budget": 9.0},
        {"min_spacing_m": 300.0},
        {"capacity": 20.0},
        {"sizes": (SiteSize("小", 20.0, 1.0),), "budget": 9.0, "p": None},
        {"backup_share": 0.3},
        {"candidates": "anywhere"},
    ],
)
def test_what_does_not_come_apart_is_refused(
    town: Database, settings: Settings, workforce: Workforce, changed: dict[str, object]
) -> None:
    with pytest.raises(InvalidValueError, match="cannot be solved in parts"):
        siting_run.run_here(town, settings, replace(WANTED, **changed), workforce=workforce)
    assert recent_runs(town, SITING_RUNS, 5) == []


@pytest.mark.slow
def test_a_lost_worker_costs_no_share() -> None:
    """One of two processes is killed after the first answer: what it had is done again."""
    rng = np.random.default_rng(20261130)
    cover = sp.csr_array(
        sp.block_diag([random_cover(rng, 300, 40).astype(float) for _ in range(12)], format="csr")
    )
    weights = rng.integers(1, 50, cover.shape[0]).astype(float)
    problem = CoverProblem.of(cover, weights, 60)
    killed: list[int] = []
    with open_workforce("local", workers=2) as workforce:
        processes = list(workforce.each(os.getpid).values())

        def each(some: Iterable[Sought], look: Callable[[], None]) -> Iterator[Answer]:
            for _, found in workforce.in_order(solve_component, some, look=look):
                yield found
                if not killed:
                    os.kill(processes[0], signal.SIGKILL)
                    killed.append(processes[0])

        result = most_covered_in_parts(problem, Limits(300.0), each)
    assert killed
    assert result.status is SitingStatus.OPTIMAL
    assert result.objective == most_covered(problem, Limits(300.0)).objective

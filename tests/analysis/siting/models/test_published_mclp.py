"""The BDS instances of Cordeau, Furini and Ljubić (2019): their optima, and honesty at a limit."""

import csv
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from geoapp.analysis.siting import SitingStatus, solve_mclp


def load(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the distances of customers to facilities, and the customers' demand."""
    lines = [line.split() for line in (folder / f"{name}.txt").read_text().splitlines()[1:]]
    rows = [line for line in lines if line]
    sites = np.array([row[2:4] for row in rows if row[0] == "F"], float)
    points = np.array([row[2:5] for row in rows if row[0] != "F"], float)
    return np.hypot(*(points[:, None, :2] - sites[None]).transpose(2, 0, 1)), points[:, 2]


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    """The folder of the instances."""
    return shared_data / "optim" / "mclp"


def test_all_six_published_optima_are_met_and_proven(folder: Path) -> None:
    with (folder / "optima.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for row in rows:
        away, weights = load(folder, row["instance"])
        cover = sp.csr_array(away <= float(row["radius"]))
        result = solve_mclp(cover, weights, int(row["p"]))
        assert result.objective == result.bound == float(row["covered_demand"])
        assert result.status is SitingStatus.OPTIMAL


def test_a_second_is_enough_to_answer_and_too_little_to_claim_proof(folder: Path) -> None:
    away, weights = load(folder, "BDS10000A")
    cover = sp.csr_array(away <= 5.5)
    result = solve_mclp(cover, weights, 10, time_limit_seconds=1.0)
    assert result.seconds < 3  # about one; the machine may be busy
    assert len(result.chosen) == 10
    reached = cover[:, result.chosen].sum(axis=1) > 0
    assert result.objective == weights[reached].sum()
    assert result.bound > result.objective
    assert result.status is SitingStatus.TIME_LIMIT
    assert result.gap_share == pytest.approx(result.bound / result.objective - 1)


def test_within_a_gap_that_was_asked_for(folder: Path) -> None:
    away, weights = load(folder, "BDS10000A")
    result = solve_mclp(sp.csr_array(away <= 5.5), weights, 10, target_gap=0.1)
    assert result.status is SitingStatus.WITHIN_GAP
    assert 0 < result.gap_share <= 0.1

"""Seeds of generated cases: the first on every run, the long tail with ``scripts/test --all``."""

from typing import Any

import pytest

QUICK = 18


def seeds(count: int) -> list[Any]:
    """Return the seeds from 0 on; those after the first ``QUICK`` are slow."""
    tail = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(QUICK, count)]
    return [*range(min(QUICK, count)), *tail]

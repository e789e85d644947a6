"""The worker's two processes: the one that waits is light, the one that does the runs goes again."""

import os
import subprocess
import sys

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.state import read_run
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town

# What the waiting process loads, then what the other one does with one run that waits for it.
PROGRAM = """
import asyncio, sys, threading
from geoapp.commands.context import open_store
from geoapp.operations import worker
with open_store() as (settings, database):
    solvers = {"numba", "scipy", "pandas", "geopandas", "highspy", "folium", "flask"}
    assert not solvers & set(sys.modules), solvers & set(sys.modules)
    worker.IDLE_SECONDS = 1.0
    asyncio.run(worker._work(database, settings, threading.Event()))
    assert "scipy" in sys.modules
"""


def test_runs_are_done_and_the_process_that_did_them_ends(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_town(database)
    asked = [
        coverage_run.start(database, CoverageParameters(standard_m=metres), None)
        for metres in (300.0, 500.0)
    ]
    subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "DATABASE_URL": database.url},
        check=True,
        timeout=300,
    )
    for one in asked:
        assert read_run(database, COVERAGE_RUNS, one.id).status is RunStatus.SUCCEEDED

"""Answers as the public sees them: coverage runs that somebody published."""

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.settings import Settings
from geoapp.operations.coverage import official
from geoapp.operations.coverage import run as coverage_run
from geoapp.store.engine import Database


def publish_run(database: Database, settings: Settings, wanted: CoverageParameters) -> CoverageRun:
    """Do a coverage run here and publish it."""
    run = coverage_run.run_here(database, settings, wanted)
    official.publish(database, run.id, by="manager")
    return run

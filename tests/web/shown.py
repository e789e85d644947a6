"""A small town in which every layer has something to show."""

import threading

from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.coverage_run import CoverageParameters, start
from geoapp.operations.init import initialise
from geoapp.operations.jobs import execute
from geoapp.store.engine import Database
from tests.seed import seed_town


def seed_shown(database: Database, settings: Settings) -> None:
    """Seed the small town, make one of its bases an area, and do a coverage run."""
    initialise(database)
    seed_town(database)
    with database.session() as session:
        session.execute(
            text(
                "update facility set geom = st_buffer(geom::geography, 40)::geometry "
                "where code = 'T-4'"
            )
        )
    run = start(database, CoverageParameters(standard_m=300, demand="town"), created_by=None)
    execute(database, settings, run.id, threading.Event())

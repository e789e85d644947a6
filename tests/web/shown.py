"""A small town in which every layer has something to show."""

import tempfile
from pathlib import Path

from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.network.importing import import_network
from geoapp.operations.proposals.take import take_sites
from geoapp.operations.siting import run as siting_run
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.osm_file import write_town_streets
from tests.seed import seed_town


def seed_shown(database: Database, settings: Settings) -> None:
    """Seed the small town, make one of its bases an area, and publish a coverage run and do a siting run."""
    initialise(database)
    seed_town(database)
    with database.session() as session:
        session.execute(
            text(
                "update facility set geom = st_buffer(geom::geography, 40)::geometry "
                "where code = 'T-4'"
            )
        )
    with tempfile.TemporaryDirectory() as folder:
        import_network(database, settings, write_town_streets(Path(folder) / "town.osm.pbf"))
    publish_run(database, settings, CoverageParameters(standard_m=300, demand="town"))
    run = siting_run.run_here(
        database, settings, SitingParameters(p=2, standard_m=300, spacing_m=100)
    )
    take_sites(database, settings, run.id)

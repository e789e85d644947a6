"""docs/layers.md names every layer, and its example is a layer."""

import re
import textwrap
from pathlib import Path

from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.maps.registry import read_layers, registry
from geoapp.operations.layers.rows import read_layer, read_moment
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town


def test_every_layer_is_named(repo_root: Path) -> None:
    page = (repo_root / "docs" / "layers.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.M)) == {layer.id for layer in registry()}


def test_the_example_works(
    repo_root: Path, tmp_path: Path, database: Database, settings: Settings
) -> None:
    page = (repo_root / "docs" / "layers.md").read_text(encoding="utf-8")
    [example] = re.findall(r'^(    """报刊亭.*?^    \)\n)', page, re.M | re.S)
    folder = tmp_path / "layers"
    folder.mkdir()
    (folder / "kiosks.py").write_text(textwrap.dedent(example), encoding="utf-8")
    layer = read_layers(folder).get("kiosks", None)
    initialise(database)
    seed_town(database)
    with database.session() as session:
        session.execute(
            text("update facility set host = '中山路报刊亭' where code in ('T-2', 'T-3')")
        )
    rows = read_layer(database, layer, read_moment(database, settings, None).context).rows
    assert [row["code"] for row in rows] == ["T-2"]

"""``geoapp import base-maps`` and ``geoapp base-maps``."""

import json
from pathlib import Path

from tests.conftest import Command
from tests.importers.test_base_maps import GOOD, write


def test_base_maps_are_checked_taken_in_and_listed(geoapp: Command, tmp_path: Path) -> None:
    assert "No base maps of your own" in geoapp("base-maps").output
    file = write(tmp_path, GOOD)
    assert "nothing was written" in geoapp("import", "base-maps", file, "--dry-run").output
    assert json.loads(geoapp("base-maps", "--json").output) == {"base_maps": []}
    said = geoapp("import", "base-maps", file).output
    assert "sky：天地图，cgcs2000 0–18 https://t{s}.tianditu.gov.cn/" in said
    assert "SECRET" not in said
    wrong = geoapp("import", "base-maps", write(tmp_path, GOOD | {"datum": '"gcj02"'}))
    assert wrong.exit_code == 2
    assert "tiles of tianditu.gov.cn are in cgcs2000" in wrong.output
    [listed] = json.loads(geoapp("base-maps", "--json").output)["base_maps"]
    assert (listed["code"], listed["datum"], listed["max_zoom"]) == ("sky", "cgcs2000", 18)
    assert "SECRET" not in json.dumps(listed)

"""What is odd about a position, in the words that the phone has as well."""

import json
from pathlib import Path

from sqlalchemy import text

from geoapp.operations.facilities.places import where_text
from geoapp.store.engine import Database


def test_what_is_odd_about_a_position(database: Database, repo_root: Path) -> None:
    path = repo_root / "tests/js/worker/offline/where.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    outline = json.dumps({"type": "Polygon", "coordinates": known["area"]})
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) values "
                "('FI', 'city', '赫尔辛基', st_multi(st_setsrid(st_geomfromgeojson(:outline), 4326)))"
            ),
            {"outline": outline},
        )
    for lon, lat, said in known["cases"]:
        found = where_text(database, lon=lon, lat=lat)
        assert (None if found is None else found.zh) == said

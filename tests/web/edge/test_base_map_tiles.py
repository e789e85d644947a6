"""``/tiles/base.pmtiles``: by ranges, kept by version, 404 where there is none."""

import orjson
from flask.testing import FlaskClient

from geoapp.core.settings import Settings
from geoapp.operations.streets.keeper import save_base_map_beside, take_base_map_into_use
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.web.api_client import make_app

ADDRESS = "/tiles/base.pmtiles"


def put(settings: Settings, content: bytes) -> str:
    """Take a base map of some bytes into use, and return its version."""
    made = settings.data / "made"
    made.mkdir()
    (made / "base.pmtiles").write_bytes(content)
    (made / "about.json").write_bytes(orjson.dumps({"name": "town"}))
    base = save_base_map_beside(settings, made)
    take_base_map_into_use(settings, base)
    return base.version


def part(client: FlaskClient, wanted: str, **headers: str) -> tuple[int, bytes, str | None]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.get(ADDRESS, headers={"Range": f"bytes={wanted}", **named}) as answer:
        return answer.status_code, answer.data, answer.headers.get("Content-Range")


def test_the_base_map_by_ranges(database: Database, settings: Settings) -> None:
    initialise(database)
    client = make_app(settings, database).test_client()
    missing = client.get(ADDRESS)
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")

    content = b"PMTiles\x03" + bytes(range(256)) * 40
    version = put(settings, content)
    size, tag = len(content), f'"{version}"'
    # A browser may read compressed answers; ranges are of the file as it is.
    squeezed = {"Accept-Encoding": "gzip, br"}
    with client.get(ADDRESS, headers=squeezed) as whole:
        assert (whole.status_code, whole.data) == (200, content)
        assert whole.headers["ETag"] == tag
        assert whole.headers["Accept-Ranges"] == "bytes"
        assert "Content-Encoding" not in whole.headers
        assert whole.cache_control.no_cache
    with client.head(ADDRESS) as head:
        assert (head.status_code, head.content_length, head.data) == (200, size, b"")
        assert head.headers["ETag"] == tag
    assert part(client, "0-6", **squeezed) == (206, b"PMTiles", f"bytes 0-6/{size}")
    assert part(client, "-2") == (206, b"\xfe\xff", f"bytes {size - 2}-{size - 1}/{size}")
    assert part(client, f"{size}-")[0] == 416
    assert part(client, "0-6", If_Range=tag)[0] == 206
    assert part(client, "0-6", If_Range='"another"')[:2] == (200, content)
    with client.get(ADDRESS, headers={"If-None-Match": tag}) as same:
        assert same.status_code == 304

    with client.get(ADDRESS, query_string={"v": version}) as kept:
        assert kept.cache_control.immutable
        assert kept.cache_control.max_age == 365 * 86400
        assert not kept.cache_control.no_cache
    newer = put(settings, content + b"more")
    with client.get(ADDRESS, query_string={"v": version}) as old:
        assert old.headers["ETag"] == f'"{newer}"'
        assert old.cache_control.no_cache
        assert not old.cache_control.max_age


def test_the_sea_is_for_everybody_and_kept(database: Database, settings: Settings) -> None:
    client = make_app(settings, database).test_client()
    found = client.get("/tiles/sea.geojson?bbox=119.5,35.5,121.1,37.2")
    assert (found.status_code, found.mimetype) == (200, "application/geo+json")
    assert found.json and found.json["type"] == "MultiPolygon"
    assert found.cache_control.public and found.cache_control.max_age
    assert "Cookie" not in found.headers.get("Vary", "")
    etag = {"If-None-Match": found.headers["ETag"]}
    assert (
        client.get("/tiles/sea.geojson?bbox=119.5,35.5,121.1,37.2", headers=etag).status_code == 304
    )
    for wrong in ("", "?bbox=1,2,3", "?bbox=nan,1,2,3", "?bbox=5,5,4,6"):
        assert client.get(f"/tiles/sea.geojson{wrong}").status_code == 422

"""``/ogc/``: filters, order, pages and reference systems, against answers counted outside."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.layers import rows as layer_rows
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app, problem_of

COLLECTIONS = "/ogc/collections"
STATIONS = f"{COLLECTIONS}/stations/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """The small town, with stations beside each other that know more and less of themselves."""
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, name_en, geom, status, phone,
                    capacity, amenities, opened_on, opened_basis, verified_on, is_sample)
                select 'F-' || lpad(n::text, 2, '0'), 'outdoor_station',
                    (array['甲站', '乙站', 'Äb%站'])[1 + n % 3],
                    (array[null, 'Alpha', 'alpha_2', 'O''Neil'])[1 + n % 4],
                    st_setsrid(st_makepoint(120.30 + n / 100.0, 36.20), 4326), 'open',
                    (array[null, '12345', '6789'])[1 + n % 3],
                    nullif(n % 4, 0) * 10,
                    (array['{}', '{toilet}', '{toilet,seating}']::text[])[1 + n % 3]::text[],
                    case when n % 2 = 0 then date '2024-01-01' + n * 10 end,
                    case when n % 2 = 0 then 'known' else 'unknown' end,
                    case when n % 3 > 0 then date '2026-01-01' + n end,
                    n % 2 = 0
                from generate_series(1, 12) n
                """
            )
        )
    return database


@pytest.fixture
def client(town: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, town), town)


def read(client: FlaskClient, path: str, **asked: object) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in asked.items()}
    response = client.get(path, query_string=named)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json(force=True)
    return body


def ids(client: FlaskClient, path: str = STATIONS, **asked: object) -> list[Any]:
    body = read(client, path, **asked)
    assert body["numberMatched"] >= len(body["features"])
    return [one["id"] for one in body["features"]]


def filtered(client: FlaskClient, condition: str) -> list[Any]:
    return ids(client, filter=condition)


def test_filters_in_words(client: FlaskClient, subtests: pytest.Subtests) -> None:
    fs = [f"F-{n:02}" for n in range(1, 13)]
    for condition, expected in [
        ("name_en = 'O''Neil'", ["F-03", "F-07", "F-11"]),
        ("CASEI(name_en) = casei('ALPHA')", ["F-01", "F-05", "F-09"]),
        ("casei(name_zh) LIKE casei('äB\\%%')", ["F-02", "F-05", "F-08", "F-11"]),
        ("name_en like 'alpha__' and not name_en like 'alpha\\__'", []),
        # What is unknown is neither 10 nor something else.
        ("capacity = 10", ["F-01", "F-05", "F-09"]),
        ("not capacity = 10 and code like 'F%'", [*fs[1:3], *fs[5:7], *fs[9:11]]),
        ("capacity IS NULL and code >= 'F-05' and code < 'F-12'", ["F-08"]),
        ("capacity between 15 and 30 and is_sample", ["F-02", "F-06", "F-10"]),
        ("code in ('F-01', 'T-2', 'nothing')", ["F-01", "T-2"]),
        ("verified_on >= DATE('2026-01-11')", ["F-10", "F-11"]),
        ("verified_on >= '2026-01-11'", ["F-10", "F-11"]),
        ("a_contains(amenities, ('toilet', 'seating'))", ["F-02", "F-05", "F-08", "F-11"]),
        ("a_equals(amenities, ('toilet')) and capacity > 10", ["F-07", "F-10"]),
        (f"s_intersects(geometry, POINT({TOWN_LON} {TOWN_LAT}))", ["T-1"]),
        ("s_within(geometry, BBOX(120.305, 36.1, 120.325, 36.3))", ["F-01", "F-02"]),
        (
            "S_WITHIN(geometry, POLYGON((120.405 36, 121 36, 121 37, 120.405 37, 120.405 36)))",
            ["F-11", "F-12"],
        ),
        ("false or not true", []),
        ("\"code\" = 'T-1' OR (code = 'T-2' AND 1 = 1)", ["T-1", "T-2"]),
        ("code = '''; drop table facility; --'", []),
    ]:
        with subtests.test(condition=condition):
            assert filtered(client, condition) == expected
    assert len(ids(client)) == 14


def test_filters_by_name_in_json_and_over_time(client: FlaskClient) -> None:
    assert ids(client, **{"name": "乙站", "capacity": "10"}) == ["F-01"]
    both = client.get(STATIONS, query_string={"is_sample": "true", "amenities": "toilet,seating"})
    assert [one["id"] for one in both.get_json(force=True)["features"]] == ["F-02", "F-08"]
    english = client.get(STATIONS, query_string={"name": "Alpha", "lang": "en"})
    assert len(english.get_json(force=True)["features"]) == 3
    node = {"op": "not", "args": [{"op": "isNull", "args": [{"property": "phone"}]}]}
    asked = {"filter": json.dumps(node), "filter_lang": "cql2-json", "limit": 3}
    assert ids(client, **asked) == ["F-01", "F-02", "F-04"]
    corner = {"filter": "s_intersects(geometry, POINT(36.07 120.35))", "filter_crs": f"{EPSG}4326"}
    assert ids(client, **corner) == ["T-1"]
    # The known time of F-02 is from 2024-01-21 to 2026-01-03; T-1 and F-03 have none.
    assert ids(client, datetime="2025-06-01") == [
        *("F-02", "F-03", "F-04", "F-08", "F-09", "F-10"),
        *("T-1", "T-2"),
    ]
    timeless = ["F-03", "F-09", "T-1", "T-2"]
    assert ids(client, datetime="2026-01-11/..") == sorted(["F-10", "F-11", *timeless])
    assert ids(client, datetime="../2023-12-31T23:00:00+08:00") == timeless


def test_filters_that_are_refused(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for condition, said in [
        ("nothing = 1", "name_zh"),
        ("name = 1", "a text"),
        ("capacity = 'many'", "a whole number"),
        ("is_sample > 3", "true or false"),
        ("verified_on > 'yesterday'", "DATE('2026-11-23')"),
        ("amenities = 'toilet'", "single values"),
        ("a_contains(capacity, ('toilet'))", "a list of texts"),
        ("s_intersects(name, POINT(1 2))", "geometry"),
        ("s_intersects(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "a valid point"),
        ("s_intersects(geometry, BBOX(3, 4, 1))", "BBOX"),
        ("s_dwithin(geometry, POINT(1 2))", "s_within"),
        ("capacity + 1 = 2", "character 10"),
        ("capacity =", "too early"),
        ("name like 'a\\'", "CQL2"),
        ("name like 'a\\\\\\'", "CQL2"),
        ("name = 'a\x00'", "NUL"),
        ("capacity = 1e999", "a number"),
        ("name", "a condition"),
        ("'name'", "a condition"),
        ("", "CQL2"),
        # Neither takes long, nor does either end the service.
        ("(" * 4000, "CQL2"),
        ("not " * 1900 + "true", "20 deep"),
        ("capacity = " + "-" * 7000 + "1", "CQL2"),
        (f"capacity in ({','.join('1' * 600)})", "500 parts"),
        ("name = '" + "x" * 8000 + "'", "8000 characters"),
        # Latitude first, where longitude is.
        ("s_intersects(geometry, BBOX(36, 120, 37, 121))", "BBOX"),
        # GDAL's words alone.
        ("name_en ilike 'alpha'", "like"),
        ("verified_on = '2026-01-11T'", "DATE('2026-11-23')"),
        ("is_sample = 1", "true or false"),
    ]:
        with subtests.test(condition=condition[:60]):
            problem = problem_of(client.get(STATIONS, query_string={"filter": condition}), 400)
            assert problem["parameter"] == "filter"
            assert said in problem["accepted"]
    for condition, echoed in [
        ("name_zh = 5", "5"),
        ("name_zh = 5.0", "5.0"),
        ("name_zh in (1e400)", "1e400"),
        ("a_contains(capacity, -07)", '{"property":"capacity"}'),
        ("a_contains(amenities, (2, 5))", "[2,5]"),
    ]:
        with subtests.test(condition=condition):
            problem = problem_of(client.get(STATIONS, query_string={"filter": condition}), 400)
            assert problem["value"] == echoed
    for node in ("nothing", "{}", '{"op": "not", "args": []}', '{"op": "=", "args": [null, 1]}'):
        asked = {"filter": node, "filter-lang": "cql2-json"}
        problem_of(client.get(STATIONS, query_string=asked), 400, "filter")
    twice = client.get(f"{STATIONS}?amenities=toilet&amenities=seating")
    problem_of(twice, 400, "amenities")


def test_filters_as_gdal_writes_them(client: FlaskClient) -> None:
    for condition, expected in [
        ("verified_on > '2026-01-11T'", ["F-11"]),
        ("(is_sample = 0) AND (capacity = 10)", ["F-01", "F-05", "F-09"]),
        ("is_sample <> 0 AND NOT ((capacity IS NULL))", ["F-02", "F-06", "F-10"]),
        ("name_en ILIKE 'ALPHA'", ["F-01", "F-05", "F-09"]),
        ("NOT (name_en ILIKE '%a%')", ["F-03", "F-07", "F-11"]),
    ]:
        assert ids(client, filter=condition, filter_lang="cql-text") == expected, condition


def test_what_can_be_asked_is_what_is_told(client: FlaskClient) -> None:
    for one in read(client, COLLECTIONS)["collections"]:
        path = f"{COLLECTIONS}/{one['id']}"
        response = client.get(f"{path}/queryables?lang=en")
        assert response.mimetype == "application/schema+json"
        asked = response.get_json(force=True)
        assert asked["additionalProperties"] is False
        assert asked["properties"].pop("geometry")["format"] == "geometry-any"
        for feature in read(client, f"{path}/items", limit=2)["features"]:
            assert list(feature["properties"]) == list(asked["properties"])
        sortable = read(client, f"{path}/sortables")["properties"]
        assert set(sortable) <= set(asked["properties"])
        first = next(iter(sortable))
        assert read(client, f"{path}/items", sortby=f"-{first}")["numberMatched"] >= 0
    told = read(client, f"{COLLECTIONS}/stations/queryables", lang="en")["properties"]
    assert told["region_code"] == {
        "title": "Code of the region",
        "description": "区域编码 / Code of the region",
        "type": "string",
    }
    assert told["verified_on"]["format"] == "date"
    assert told["amenities"]["type"] == "array"
    one = read(client, f"{STATIONS}/F-02", lang="en")["properties"]
    assert (one["name"], one["name_zh"], one["name_en"]) == ("alpha_2", "Äb%站", "alpha_2")
    assert (one["family"], one["status"], one["phone"]) == ("station", "open", "6789")
    assert (one["opened_on"], one["kind_code"]) == ("2024-01-21", "outdoor_station")


# Conditions as CQL2 JSON: on texts, numbers, dates, truths and lists, some of them unknown.
_TEXTS = st.sampled_from(["name", "name_en", "phone", "code"])
_WORDS = st.sampled_from(["甲站", "Alpha", "alpha_2", "O'Neil", "12345", "F-06", "", "a%"])
_COMPARED = st.sampled_from(["=", "<>", "<", ">", "<=", ">="])


def _op(op: str, *args: Any) -> dict[str, Any]:
    return {"op": op, "args": list(args)}


def _of(name: str) -> dict[str, str]:
    return {"property": name}


_leaves = st.one_of(
    st.builds(lambda op, name, word: _op(op, _of(name), word), _COMPARED, _TEXTS, _WORDS),
    st.builds(lambda op, n: _op(op, n, _of("capacity")), _COMPARED, st.integers(0, 40)),
    st.builds(
        lambda op, day: _op(op, _of("verified_on"), {"date": f"2026-01-{day:02}"}),
        _COMPARED,
        st.integers(1, 14),
    ),
    st.builds(lambda name: _op("isNull", _of(name)), _TEXTS),
    st.builds(
        lambda name, words: _op("in", _of(name), words), _TEXTS, st.lists(_WORDS, min_size=1)
    ),
    st.builds(lambda name: _op("like", _of(name), "_l%"), _TEXTS),
    st.builds(lambda op, name: _op(op, _of(name), _of("name_zh")), _COMPARED, _TEXTS),
    st.sampled_from([_op("a_contains", _of("amenities"), ["seating"]), _of("is_sample"), True]),
    st.builds(
        lambda west: _op("s_intersects", _of("geometry"), {"bbox": [west, 36, west + 0.05, 37]}),
        st.sampled_from([120.3, 120.35, 120.4]),
    ),
)
_conditions = st.recursive(
    _leaves,
    lambda parts: st.one_of(
        st.builds(lambda op, some: _op(op, *some), st.sampled_from(["and", "or"]), st.lists(parts)),
        st.builds(lambda part: _op("not", part), parts),
    ),
    max_leaves=6,
)


def expected(node: Any, feature: dict[str, Any]) -> bool | None:
    """Tell whether a condition is true of a feature as it was answered; None is unknown."""
    told = feature["properties"]
    if isinstance(node, bool):
        return node
    if "property" in node:
        return bool(told[node["property"]])
    op, args = node["op"], node["args"]
    if op in ("and", "or"):
        found = [expected(part, feature) for part in args]
        decisive = op == "or"
        if decisive in found:
            return decisive
        return None if None in found else not decisive
    if op == "not":
        of = expected(args[0], feature)
        return None if of is None else not of
    if op == "s_intersects":
        return bool(
            shapely.box(*args[1]["bbox"]).intersects(shapely.geometry.shape(feature["geometry"]))
        )
    values = [
        (told[one["property"]] if "property" in one else one["date"])
        if isinstance(one, dict)
        else one
        for one in args
    ]
    if op == "isNull":
        return values[0] is None
    if None in values:
        return None
    left, right = values
    return {
        "=": lambda: left == right,
        "<>": lambda: left != right,
        "<": lambda: left < right,
        ">": lambda: left > right,
        "<=": lambda: left <= right,
        ">=": lambda: left >= right,
        "in": lambda: left in right,
        "like": lambda: re.fullmatch(".l.*", left) is not None,
        "a_contains": lambda: set(right) <= set(left),
    }[op]()


def test_a_filter_finds_what_counting_finds(client: FlaskClient) -> None:
    everything = read(client, STATIONS)["features"]

    @examples(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(_conditions)
    def check(node: Any) -> None:
        asked = {"filter": json.dumps(node), "filter_lang": "cql2-json"}
        wanted = [one["id"] for one in everything if expected(node, one) is True]
        assert ids(client, **asked) == wanted

    check()


def pages(client: FlaskClient, **asked: object) -> Iterator[tuple[list[Any], int]]:
    """Follow the links of pages; what the caller does between two of them comes in between."""
    body = read(client, STATIONS, **asked)
    while True:
        yield [one["id"] for one in body["features"]], body["numberMatched"]
        following = [one["href"] for one in body["links"] if one["rel"] == "next"]
        if not following:
            return
        body = client.get(following[0]).get_json(force=True)


def test_order_and_pages(client: FlaskClient, subtests: pytest.Subtests) -> None:
    everything = read(client, STATIONS)["features"]

    def by(*names: str) -> list[Any]:
        found = everything
        for name in reversed(names):
            value = name.lstrip("+-")
            known = [one for one in found if one["properties"][value] is not None]
            unknown = [one for one in found if one["properties"][value] is None]
            falling = name.startswith("-")
            found = sorted(known, key=lambda one: one["properties"][value], reverse=falling)
            found += unknown
        return [one["id"] for one in found]

    for order in ("name", "+name_en,-capacity", "-verified_on", "-phone,opened_on", "is_sample"):
        with subtests.test(order=order):
            assert ids(client, sortby=order) == by(*order.split(","))
            paged = [one for page, _ in pages(client, sortby=order, limit=3) for one in page]
            assert paged == by(*order.split(","))


NEW = (
    "insert into facility (code, kind_code, name_zh, geom, status, capacity) values "
    "(:code, 'outdoor_station', '新', st_setsrid(st_makepoint(120.3, 36.2), 4326), 'open', 10)"
)


def test_pages_neither_lose_nor_repeat_while_data_changes(
    client: FlaskClient, town: Database, subtests: pytest.Subtests
) -> None:
    for number, order in enumerate(("code", "-capacity,name", "verified_on")):
        with subtests.test(order=order):
            before = ids(client, sortby=order)
            met: list[Any] = []
            gone = []
            for turn, (page, matched) in enumerate(pages(client, sortby=order, limit=3)):
                assert matched == len(ids(client))
                met += page
                if turn == 1:
                    # One that was met goes, one comes before and one after all that is to come.
                    gone = [met[0]]
                    with town.session() as session:
                        session.execute(
                            text("delete from facility where code = :code"), {"code": gone[0]}
                        )
                        for code in (f"A-{number}", f"Z-{number}"):
                            session.execute(text(NEW), {"code": code})
            assert len(met) == len(set(met))
            assert set(before) <= set(met)
            assert [one for one in met if one in before] == before


def test_the_order_by_id_neither_loses_nor_repeats_what_is_edited(
    client: FlaskClient, town: Database
) -> None:
    """Names, positions and seats change between any two pages, and others come and go."""
    before = ids(client)
    met: list[Any] = []
    for turn, (page, _) in enumerate(pages(client, limit=2)):
        met += page
        with town.session() as session:
            session.execute(
                text(
                    "update facility set name_zh = chr(ascii('龟') - :turn) || name_zh, "
                    "capacity = :turn, geom = st_translate(geom, 0.0001, 0)"
                ),
                {"turn": turn},
            )
            for code in (f"A-{turn}", f"Z-{turn}"):
                session.execute(text(NEW), {"code": code})
            session.execute(text("delete from facility where code = :code"), {"code": f"A-{turn}"})
    assert len(met) == len(set(met)) > 4
    assert [one for one in met if one in before] == before


def test_reference_systems_asked_for_by_a_header(client: FlaskClient) -> None:
    def told(accepted: str, path: str = STATIONS, **asked: str) -> str:
        response = client.get(path, query_string=asked, headers={"Accept-Crs": accepted})
        assert response.status_code == 200
        assert "Accept-Crs" in response.headers["Vary"]
        found: str = response.headers["Content-Crs"]
        return found.strip("<>")

    stored = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    mercator, latitude_first = f"{EPSG}3857", f"{EPSG}4326"
    assert told(mercator) == told(f"<{mercator}>") == mercator
    assert told(f"<{mercator}>", f"{STATIONS}/T-1") == mercator
    # By liking, then by order; what is not offered is passed over.
    assert told(f"<{mercator}>;q=0.3, <{latitude_first}>;q=0.8") == latitude_first
    assert told(f"<{EPSG}1>, <{latitude_first}>, <{mercator}>") == latitude_first
    assert told("*") == stored
    # What stands in the address comes first; and kept answers of one are not those of another.
    assert told(mercator, crs=latitude_first) == latitude_first
    assert told(stored) == stored
    page = client.get(f"{STATIONS}?limit=1", headers={"Accept-Crs": mercator}).get_json(force=True)
    [following] = [one["href"] for one in page["links"] if one["rel"] == "next"]
    assert client.get(following).headers["Content-Crs"] == f"<{mercator}>"
    for refused in (f"{EPSG}1", "metres", f"{mercator};q=0"):
        problem_of(client.get(STATIONS, headers={"Accept-Crs": refused}), 400, "Accept-Crs")


def test_reference_systems(client: FlaskClient) -> None:
    about = read(client, f"{COLLECTIONS}/stations")
    assert f"{EPSG}4534" in about["crs"]
    assert "Content-Crs" in client.get(STATIONS).headers

    def first(crs: str) -> list[float]:
        response = client.get(f"{STATIONS}/T-1", query_string={"crs": crs})
        assert response.headers["Content-Crs"] == f"<{crs}>"
        place: list[float] = response.get_json(force=True)["geometry"]["coordinates"]
        return place

    assert first(about["storageCrs"]) == [TOWN_LON, TOWN_LAT]
    assert first(f"{EPSG}4326") == first(f"{EPSG}4490") == [TOWN_LAT, TOWN_LON]
    # On a sphere of 6378137 m: its radius times the longitude, and Mercator's formula.
    lon, lat = math.radians(TOWN_LON), math.radians(TOWN_LAT)
    mercator = [6378137 * lon, 6378137 * math.log(math.tan(math.pi / 4 + lat / 2))]
    assert first(f"{EPSG}3857") == pytest.approx(mercator, abs=0.01)
    # Northing first: about 111 km a degree; 0.35 degrees east of the meridian of 120, from 500 km.
    north, east = first(f"{EPSG}4549")
    assert north == pytest.approx(3993500, abs=2000)
    assert east == pytest.approx(500_000 + 0.35 * 90_100, abs=300)
    around = f"{north - 50},{east - 50},{north + 50},{east + 50}"
    assert ids(client, bbox=around, bbox_crs=f"{EPSG}4549") == ["T-1"]
    corner = f"{TOWN_LAT - 0.0005},{TOWN_LON - 0.0005},{TOWN_LAT + 0.0005},{TOWN_LON + 0.0005}"
    assert ids(client, bbox=corner, bbox_crs=f"{EPSG}4326") == ["T-1"]
    problem_of(client.get(STATIONS, query_string={"bbox": corner}), 400, "bbox")
    far = client.get(STATIONS, query_string={"bbox": "2,1,1,2", "bbox-crs": f"{EPSG}3857"})
    problem_of(far, 400, "bbox")


def test_a_box_wider_than_the_world_is_the_world(
    client: FlaskClient, subtests: pytest.Subtests
) -> None:
    """In a plane; and where a plane no longer tells places apart, the box is refused."""
    everything = ids(client)
    for code, box, good in [
        (3857, "-20037508.342789244,-20037508.342789244,20037508.342789244,20037508.342789244", 1),
        (3857, "0,0,25000000,20000000", 1),
        (3857, "-1e9,-1e9,1e9,1e9", 1),
        (3857, "20037509,0,40000000,20000000", 0),
        (3857, "1e300,1e300,1e301,1e301", 0),
        (4549, "2000000,-2000000,6000000,2000000", 1),
        # Beyond the pole; round the 180th meridian; beyond any number.
        (4549, "0,-9000000,10002000,9000000", 0),
        (4549, "0,-9000000,10000000,10000000", 0),
        (4549, "1e300,1e300,1e301,1e301", 0),
    ]:
        for name, asked in [
            ("bbox", {"bbox": box, "bbox-crs": f"{EPSG}{code}"}),
            ("filter", {"filter": f"s_intersects(geometry, BBOX({box}))"}),
        ]:
            with subtests.test(name=name, code=code, box=box):
                query = {**asked, "filter-crs": f"{EPSG}{code}"}
                if good:
                    assert ids(client, **query) == everything
                else:
                    problem_of(client.get(STATIONS, query_string=query), 400, name)


def test_derived_layers_are_made_once_and_filtered(
    client: FlaskClient, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    counted = layer_rows.weighted_points
    monkeypatch.setattr(
        layer_rows, "weighted_points", lambda *args: made.append(1) or counted(*args)
    )
    demand = f"{COLLECTIONS}/demand/items"
    cells = read(client, demand)["features"]
    heavy = [one["id"] for one in cells if one["properties"]["weight"] > 30]
    assert 0 < len(heavy) < len(cells)
    assert ids(client, demand, filter="weight > 30") == heavy
    falling = ids(client, demand, sortby="-weight", limit=2)
    assert falling == [
        one["id"] for one in sorted(cells, key=lambda one: -one["properties"]["weight"])[:2]
    ]
    assert len(made) == 1
    with town.session() as session:
        session.execute(text("update demand_point set weight = 1"))
        session.execute(text("update demand_set set weight = 25"))
    assert ids(client, demand, filter="weight > 30") == []
    assert len(made) == 2
    areas = f"{COLLECTIONS}/cover_areas/items"
    assert ids(client, areas, filter="name_en = 'O''Neil'") == ["F-03", "F-07", "F-11"]
    # Rows that were made outside the database are held against a filter as those inside it.
    shared = ids(client, areas)
    for condition in (
        "not name_en = 'Alpha'",
        "casei(name_en) like 'alpha\\_%' or name_en is null",
        "name >= '乙站' and not is_sample",
        "name_en <> name_zh",
    ):
        inside = ids(client, filter=condition)
        assert [one for one in ids(client, areas, filter=condition) if one in inside] == inside
    for order in ("-name_en,name", "is_sample"):
        inside = ids(client, sortby=order)
        assert [one for one in ids(client, areas, sortby=order) if one in inside] == inside
    assert set(inside) < set(shared)

"""What the abstract tests of CQL2 (OGC 21-065r2, annex A) ask, of the small town's station T-1.

Of it everything is known: name_en 'Alpha', capacity 10, opened 2024-01-21, verified 2026-01-03,
amenities microwave and drinking_water, a sample at 120.35, 36.07.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from flask.testing import FlaskClient

ITEMS: Final = "/ogc/collections/stations/items"


def _asked(client: FlaskClient, condition: Any) -> Any:
    asked = {"filter": condition}
    if not isinstance(condition, str):
        asked = {"filter": json.dumps(condition), "filter-lang": "cql2-json"}
    return client.get(ITEMS, query_string={**asked, "limit": 100})


def _finds(client: FlaskClient, condition: Any) -> bool:
    """Tell whether a condition is true of T-1."""
    response = _asked(client, condition)
    assert response.status_code == 200, (condition, response.get_data(as_text=True))
    return "T-1" in [one["id"] for one in response.get_json(force=True)["features"]]


def _each(
    true: tuple[Any, ...], false: tuple[Any, ...] = (), wrong: tuple[Any, ...] = ()
) -> Callable[[FlaskClient], None]:
    def check(client: FlaskClient) -> None:
        for conditions, there in ((true, True), (false, False)):
            for condition in conditions:
                assert _finds(client, condition) is there, condition
        for condition in wrong:
            assert _asked(client, condition).status_code == 400, condition

    return check


def _op(op: str, *args: Any) -> dict[str, Any]:
    return {"op": op, "args": list(args)}


_NAME: Final = {"property": "name_en"}
_CAPACITY: Final = {"property": "capacity"}
_OPENED: Final = {"property": "opened_on"}
_GEOMETRY: Final = {"property": "geometry"}
_HERE: Final = {"type": "Point", "coordinates": [120.35, 36.07]}

CQL2_CHECKS: Final = {
    "cql2-text": _each(
        ("name_en='Alpha'", "\"name_en\" = 'Alpha'", "(capacity>5)AND(capacity<=10)"),
        ("name_en=''",),
        ("name_en=", "name_en='Alpha", "name_en=='Alpha'"),
    ),
    "cql2-json": _each(
        (
            _op("=", _NAME, "Alpha"),
            _op("and", _op(">", _CAPACITY, 5), _op("<=", _CAPACITY, 10)),
            _op("not", _op("isNull", _CAPACITY)),
            _op("=", _OPENED, {"date": "2024-01-21"}),
            _op("<", _OPENED, {"timestamp": "2024-01-22T00:00:00Z"}),
            _op("in", _NAME, ["Alpha", "Beta"]),
            _op("between", _CAPACITY, 10, 11),
            _op("like", _op("casei", _NAME), _op("casei", "ALP%")),
            _op("s_intersects", _GEOMETRY, {"bbox": [120.34, 36.06, 120.36, 36.08]}),
            _op("s_intersects", _GEOMETRY, _HERE),
            _op("a_contains", {"property": "amenities"}, ["microwave"]),
            {"property": "is_sample"},
            True,
        ),
        (_op("=", _NAME, "Beta"), False),
        ({"op": "="}, {"args": []}, _op("=", _NAME), []),
    ),
    # comparison-01 and -02 (each operator with each sort of value), logical-01, is-null-01
    "basic-cql2": _each(
        (
            *(f"name_en{op}'Alpha'" for op in ("=", ">=", "<=")),
            *("name_en<>'Beta'", "name_en<'Beta'", "name_en>'A'"),
            *(f"capacity{op}10" for op in ("=", ">=", "<=")),
            *("capacity<>9", "capacity<10.5", "capacity>-1e1"),
            *(f"opened_on{op}DATE('2024-01-21')" for op in ("=", ">=", "<=")),
            *("opened_on<>DATE('2024-01-22')", "opened_on<DATE('2024-01-22')"),
            # A day is that of Shanghai, where the service is: 17:00 in UTC is the next one.
            "opened_on<TIMESTAMP('2024-01-21T17:00:00Z')",
            "opened_on=TIMESTAMP('2024-01-20T16:00:00Z')",
            *("is_sample=true", "is_sample=TRUE", "is_sample<>false", "is_sample"),
            "name_en IS NOT NULL AND NOT (capacity IS NULL)",
            "capacity=9 OR name_en='Alpha' AND is_sample",
        ),
        (
            *("name_en='Beta'", "capacity>10", "opened_on>DATE('2024-01-21')", "NOT is_sample"),
            "name_en IS NULL",
            "opened_on=TIMESTAMP('2024-01-21T17:00:00Z')",
        ),
        (
            *("capacity='Alpha'", "name_en=10", "is_sample=1", "opened_on=5"),
            *("opened_on=TIMESTAMP('2024-01-21')", "opened_on=TIMESTAMP('2024-01-21T17:00:00')"),
            "name_en=TIMESTAMP('2024-01-21T17:00:00Z')",
        ),
    ),
    "advanced-comparison-operators": _each(
        (
            *("name_en LIKE 'Al%'", "name_en LIKE '_lpha'", "name_en NOT LIKE 'B%'"),
            *("capacity BETWEEN 10 AND 11", "capacity NOT BETWEEN 0 AND 9"),
            *("name_en IN ('Alpha','Beta')", "capacity NOT IN (1,2)"),
        ),
        ("name_en LIKE 'al%'", "capacity BETWEEN 11 AND 12", "name_en IN ('Beta')"),
        ("capacity LIKE '1%'", "capacity BETWEEN 1", "name_en IN ()"),
    ),
    "case-insensitive-comparison": _each(
        ("CASEI(name_en)=CASEI('ALPHA')", "casei(name_en) LIKE casei('aL%')"),
        ("CASEI(name_en)='ALPHA'",),
        ("CASEI(capacity)=CASEI('1')",),
    ),
    "basic-spatial-functions": _each(
        (
            "S_INTERSECTS(geometry,BBOX(120.34,36.06,120.36,36.08))",
            "S_INTERSECTS(geometry,POINT(120.35 36.07))",
            "S_INTERSECTS(BBOX(120.34,36.06,120.36,36.08),geometry)",
        ),
        ("S_INTERSECTS(geometry,BBOX(10,36,11,37))",),
        ("S_INTERSECTS(geometry,BBOX(1,2,3))", "S_INTERSECTS(name_en,POINT(1 2))"),
    ),
    "array-functions": _each(
        (
            "A_CONTAINS(amenities,('microwave'))",
            "A_EQUALS(amenities,('drinking_water','microwave'))",
            "A_CONTAINEDBY(amenities,('drinking_water','microwave','toilet'))",
            "A_OVERLAPS(amenities,('microwave','toilet'))",
            "A_CONTAINS(('microwave','drinking_water'),amenities)",
        ),
        ("A_CONTAINS(amenities,('toilet'))", "A_EQUALS(amenities,('microwave'))"),
        ("A_CONTAINS(name_en,('microwave'))",),
    ),
    "property-property": _each(
        (
            *("name_en=name_en", "opened_on<verified_on", "'Alpha'=name_en", "1=1"),
            "TIMESTAMP('2024-01-21T17:00:00Z')<TIMESTAMP('2024-01-21T17:00:01Z')",
            *("is_sample=is_sample", "name_en<>code"),
        ),
        ("verified_on<opened_on", "1=2"),
        ("capacity=name_en",),
    ),
}

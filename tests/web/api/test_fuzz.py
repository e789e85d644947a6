"""The whole API asked what nobody foresaw: generated requests, and values known for trouble."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import PROBLEM, client_of, make_app

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
REPEATABLE = hypothesis.settings().derandomize  # else it is `scripts/test --all`
GENERATED = hypothesis.settings(
    max_examples=2 if REPEATABLE else 40,
    deadline=None,
    derandomize=REPEATABLE,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Features of one collection and one property of each sort stand for all of them.
STATIONS = "/collections/stations/items"
SAME = re.compile(r"/collections/(?!stations/)[a-z_]+/items$")
# As they stand in an address, percent-encoded.
TROUBLE = [
    "%00",
    "T-1%00",
    "%FF%FE",
    "%ED%A0%80",  # half of a surrogate pair
    quote("𝕋-1 \u202eافق\u200b e\u0301 👩‍🔧"),
    quote("'; drop table facility; --"),
    quote('{"a": [1]}'),
    quote("../../etc/passwd"),
    "%2E%2E%2Fx",
    "9" * 30,
    "9" * 5000,
    "-" + "9" * 30,
    "1e400",
    "-0.0",
    "NaN",
    "infinity",
    quote("١٢"),
    "0x10",
    "1_0",
    "true",
    "null",
    "%20",
    "",
    quote("长" * 500),
]
TEXTS = ["\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202e", "长" * 100_000, "", " ", "'", "\\"]
NUMBERS = [10**30, -(10**30), 1e308, -0.0, 2**63, 2**31, True]
OTHERS: list[Any] = [None, [], {}, [[]], {"a": None}, [1, "a", None]]


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


@pytest.fixture
def admin(app: Flask, town: Database) -> FlaskClient:
    return client_of(app, town, Role.ADMIN)


@pytest.mark.parametrize(
    ("definition", "role", "mode"),
    [
        ("/api/v1/openapi.json", None, GenerationMode.POSITIVE),
        # What is wrong with a request is looked at after who asks, and the same for everybody.
        pytest.param(
            *("/api/v1/openapi.json", None, GenerationMode.NEGATIVE), marks=pytest.mark.slow
        ),
        ("/api/v1/openapi.json", Role.ADMIN, GenerationMode.POSITIVE),
        ("/api/v1/openapi.json", Role.ADMIN, GenerationMode.NEGATIVE),
        ("/ogc/api", None, GenerationMode.POSITIVE),
        ("/ogc/api", None, GenerationMode.NEGATIVE),
    ],
)
def test_any_request_is_answered_as_described(
    app: Flask, town: Database, definition: str, role: Role | None, mode: GenerationMode
) -> None:
    """No answer of the 500s, and none that the definition does not describe."""
    cookies = {}
    if role is not None:
        cookie = client_of(app, town, role).get_cookie("session")
        assert cookie is not None
        cookies = {"session": cookie.value}
    schema = schemathesis.openapi.from_wsgi(definition, app)
    answers: dict[str, set[int]] = defaultdict(set)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if SAME.match(operation.path):
            continue

        @GENERATED
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Case) -> None:
            # What the checks read is not compressed: without a network nothing unpacks it.
            response = case.call(cookies=cookies, headers={"Accept-Encoding": "identity"})
            answers[case.operation.label].add(response.status_code)
            case.validate_response(response, checks=CHECKS)

        try:
            ask()
        except hypothesis.errors.Unsatisfiable:
            # An operation without parameters has no wrong ones.
            assert mode is GenerationMode.NEGATIVE
    met = set().union(*answers.values())
    ogc = definition.startswith("/ogc")
    if mode is GenerationMode.POSITIVE:
        every = [result.ok().path for result in schema.get_all_operations()]
        assert len(answers) == sum(1 for path in every if not SAME.match(path))
        assert {200, 404} <= met
    else:
        assert (400 if ogc else 422) in met
    assert (401 in met) == (role is None and not ogc)


def readable(app: Flask) -> Iterator[tuple[str, list[str]]]:
    """Return every address for programs that can be read, with its parameters."""
    client = app.test_client()
    for definition, prefix in (("/api/v1/openapi.json", ""), ("/ogc/api", "/ogc")):
        document = client.get(definition).get_json(force=True)
        shared = document["components"].get("parameters", {})
        for path, operations in document["paths"].items():
            if "get" in operations and not SAME.match(path):
                known = [
                    shared[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one
                    for one in operations["get"].get("parameters", [])
                ]
                names = [one["name"] for one in known if one["in"] == "query"]
                if path == STATIONS:
                    names = ["name", "capacity", "is_sample", "verified_on", "amenities"]
                yield prefix + path, names
    yield "/layers/{id}.geojson", ["bbox", "limit", "datum", "run", "lang"]
    yield "/maps/{ids}.html", ["run", "download", "lang"]


PLAUSIBLE = {
    "{code}": "T-1",
    "{collectionId}": "stations",
    "{featureId}": "T-1",
    "{tileMatrix}": "0",
    "{tileRow}": "0",
    "{tileCol}": "0",
    "{id}.": "stations.",
    "{id}": "1",
    "{document}": "1",
    "{ids}": "stations",
}


def some(trouble: list[Any], number: int) -> list[Any]:
    """Every other kind of trouble, by turns; `scripts/test --all` tries each at each place."""
    return trouble[number % 2 :: 2] if REPEATABLE else trouble


def test_values_known_for_trouble(app: Flask) -> None:
    """In every parameter of every address, and in every variable part of one."""
    client = app.test_client()
    asked = 0
    for path, parameters in readable(app):
        plain = path
        for variable, value in PLAUSIBLE.items():
            plain = plain.replace(variable, value)
        base = "lon=120.35&lat=36.07&" if path == "/api/v1/nearest" else ""
        addresses = [
            f"{plain}?{base}{one}={value}"
            for number, one in enumerate(parameters)
            for value in some(TROUBLE, number)
        ]
        addresses += [
            path.replace(variable, value + variable[variable.index("}") + 1 :]).format(
                **{
                    name[1:-1]: plausible
                    for name, plausible in PLAUSIBLE.items()
                    if name != "{id}."
                }
            )
            for number, variable in enumerate(PLAUSIBLE)
            if variable in path
            for value in some(TROUBLE, number)
        ]
        for address in addresses:
            response = client.get(address)
            assert response.status_code < 500, (address, response.get_data(as_text=True))
            if response.status_code >= 400 and not path.startswith("/maps/"):
                assert response.mimetype == PROBLEM, address
            asked += 1
    assert asked > 1000


def bodies(plain: dict[str, Any]) -> Iterator[bytes]:
    """Return a body with each of its values in turn, however deep, replaced by trouble."""
    for number, place in enumerate(places(plain)):
        for trouble in some([*TEXTS, *NUMBERS, *OTHERS], number):
            changed = json.loads(json.dumps(plain))
            *way, last = place
            holder = changed
            for step in way:
                holder = holder[step]
            holder[last] = trouble
            yield json.dumps(changed).encode()
    yield from (b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe", b"{" * 5000, b"[" * 5000)
    yield b'{"standard_m": 1e999}'
    yield b'{"type": "Feature", "type": 1, "properties": NaN}'


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    found = enumerate(value) if isinstance(value, list) else value.items()
    for name, inner in found:
        yield (*way, name)
        if isinstance(inner, list | dict):
            yield from places(inner, (*way, name))


FACILITY = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [[[120.1, 36], [120.2, 36], [120.2, 36.1]]]},
    "properties": {
        "code": "F-1",
        "kind": "outdoor_station",
        "name_zh": "站",
        "status": "open",
        "opening_hours": "8:00-18:00",
        "amenities": ["microwave"],
        "opened_on": "2026-01-01",
        "capacity": 3,
        "region": "370203",
    },
}
RUN = {"standard_m": 500, "region": "370203", "demand": "town", "families": ["home"], "at": "now"}

SITING = {
    **RUN,
    "model": "mclp",
    "p": 2,
    "candidates": "generated",
    "spacing_m": 200.0,
    "drawn": [{"code": "x", "lon": 120.35, "lat": 36.07, "name": "路口", "cost": 1.5}],
    "fixed": ["x"],
    "forbidden": [],
    "forbidden_areas": [
        {"type": "Polygon", "coordinates": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]}
    ],
    "quotas": {"370203": {"min": 1, "max": 2}},
    "without_dropped_m": 100.0,
    "near_hosts": "facilities",
    "near_hosts_m": 900.0,
    "min_spacing_m": 100.0,
    "backup_share": 0.5,
    "target_gap": 0.01,
}


@pytest.mark.parametrize(
    ("method", "address", "plain"),
    [
        ("POST", "/api/v1/facilities", FACILITY),
        ("PATCH", "/api/v1/facilities/T-1", FACILITY),
        ("POST", "/api/v1/coverage-runs", RUN),
        ("POST", "/api/v1/siting-runs", SITING),
    ],
)
def test_bodies_known_for_trouble(
    admin: FlaskClient, method: str, address: str, plain: dict[str, Any]
) -> None:
    for body in bodies(plain):
        response = admin.open(
            address,
            method=method,
            data=body,
            content_type="application/json",
            headers={"If-Match": "*"},
        )
        told = (body[:300], response.get_data(as_text=True)[:300])
        assert response.status_code < 500, told
        assert response.status_code < 400 or response.mimetype == PROBLEM, told

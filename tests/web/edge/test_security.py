"""Safe by default: who may do what, headers, CSRF, other sites, and no positions kept."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app, problem_of

ALL = frozenset(Role)


RUNNERS = frozenset({Role.PLANNER, Role.ADMIN})


EDITORS = frozenset({Role.STEWARD, Role.ADMIN})


CARRIERS = frozenset({Role.PLANNER, Role.STEWARD, Role.ADMIN})


ADMINS = frozenset({Role.ADMIN})


PUBLISHERS = frozenset({Role.MANAGER, Role.ADMIN})


STATERS = EDITORS | PUBLISHERS


# What is not open to everybody, and to whom it is.
GUARDED: dict[tuple[str, str], frozenset[Role]] = {
    ("POST", "/api/v1/coverage-runs"): RUNNERS,
    ("POST", "/coverage/<region>/hours/longer"): RUNNERS | PUBLISHERS,
    ("POST", "/api/v1/coverage-runs/<int:id>/cancel"): RUNNERS,
    ("POST", "/api/v1/siting-runs"): RUNNERS,
    ("POST", "/api/v1/siting-runs/<int:id>/cancel"): RUNNERS,
    ("GET", "/api/v1/siting-runs"): ALL,
    ("GET", "/api/v1/siting-runs/<int:id>"): ALL,
    ("GET", "/api/v1/siting-runs/<int:id>/sites"): ALL,
    ("GET", "/api/v1/siting-runs/<int:id>/freedom"): ALL,
    ("GET", "/api/v1/siting-runs/<int:id>/proof"): ALL,
    ("GET", "/api/v1/siting-runs/<int:id>/report"): ALL,
    ("GET", "/api/v1/siting-runs/compare"): ALL,
    ("GET", "/api/v1/siting-runs/<int:id>/gaps"): ALL,
    ("GET", "/api/v1/siting-runs/<int:id>/regions"): ALL,
    ("GET", "/api/v1/proposals"): ALL,
    ("POST", "/api/v1/proposals"): CARRIERS,
    ("GET", "/api/v1/proposals/<int:id>"): ALL,
    ("PATCH", "/api/v1/proposals/<int:id>"): CARRIERS,
    ("POST", "/api/v1/proposals/<int:id>/open"): CARRIERS,
    ("GET", "/api/v1/proposals/<int:id>/fact"): ALL,
    ("GET", "/api/v1/proposals/<int:id>/history"): ALL,
    ("POST", "/publications"): PUBLISHERS,
    ("POST", "/publications/recompute"): PUBLISHERS,
    ("POST", "/publications/schedules"): PUBLISHERS,
    ("POST", "/publications/<int:number>/withdraw"): PUBLISHERS,
    ("GET", "/shares"): PUBLISHERS,
    ("POST", "/shares"): PUBLISHERS,
    ("GET", "/shares/made"): PUBLISHERS,
    ("POST", "/shares/<int:number>/revoke"): PUBLISHERS,
    ("GET", "/publications/compare"): ALL,
    ("GET", "/publications/report"): ALL,
    ("GET", "/publications/reports"): ALL,
    ("GET", "/publications/reports/<int:number>.<suffix>"): ALL,
    ("POST", "/publications/reports/schedules"): PUBLISHERS,
    ("GET", "/api/v1/report"): ALL,
    ("POST", "/api/v1/action-runs"): RUNNERS,
    ("POST", "/api/v1/action-runs/<int:id>/cancel"): RUNNERS,
    ("GET", "/api/v1/action-runs"): ALL,
    ("GET", "/api/v1/action-runs/<int:id>"): ALL,
    ("GET", "/api/v1/action-runs/<int:id>/actions"): ALL,
    ("GET", "/plan/actions"): ALL,
    ("GET", "/plan/actions/runs/<int:run_id>"): RUNNERS,
    ("GET", "/plan/actions/<int:run_id>.<ext>"): ALL,
    ("POST", "/api/v1/facilities"): EDITORS,
    ("PATCH", "/api/v1/facilities/<path:code>"): EDITORS,
    ("DELETE", "/api/v1/facilities/<path:code>"): EDITORS,
    ("GET", "/api/v1/facilities/<path:code>/history"): EDITORS,
    ("GET", "/api/v1/duplicates"): EDITORS,
    ("POST", "/api/v1/duplicates"): EDITORS,
    ("POST", "/api/v1/facilities/<path:code>/merge"): EDITORS,
    ("GET", "/api/v1/change-sets"): EDITORS,
    ("GET", "/api/v1/change-sets/<int:id>"): EDITORS,
    ("POST", "/api/v1/change-sets/<int:id>/undo"): EDITORS,
    ("POST", "/api/v1/facilities/<path:code>/parts"): EDITORS,
    ("DELETE", "/api/v1/facilities/<path:code>/parts/<int:id>"): EDITORS,
    ("POST", "/api/v1/organisations"): EDITORS,
    ("PATCH", "/api/v1/organisations/<code>"): EDITORS,
    ("DELETE", "/api/v1/organisations/<code>"): EDITORS,
    ("POST", "/api/v1/organisations/<code>/roles"): EDITORS,
    ("DELETE", "/api/v1/organisations/<code>/roles/<int:id>"): EDITORS,
    ("GET", "/plan"): RUNNERS,
    ("GET", "/plan/runs/<int:run_id>"): RUNNERS,
    ("GET", "/plan/siting"): RUNNERS,
    ("GET", "/plan/siting/runs/<int:run_id>"): RUNNERS,
    ("GET", "/plan/siting/compare"): RUNNERS,
    ("GET", "/plan/siting/compare.<ext>"): RUNNERS,
    ("GET", "/plan/siting/<int:run_id>.<ext>"): RUNNERS,
    ("GET", "/plan/board"): ALL,
    ("POST", "/plan/board/take"): CARRIERS,
    ("GET", "/plan/board/<int:number>"): ALL,
    ("POST", "/plan/board/<int:number>"): CARRIERS,
    ("POST", "/plan/board/<int:number>/state"): CARRIERS,
    ("POST", "/plan/board/<int:number>/open"): CARRIERS,
    ("GET", "/plan/board/<int:number>/fact"): ALL,
    ("POST", "/plan/siting/try"): RUNNERS,
    ("POST", "/plan/siting/try/ground"): RUNNERS,
    ("POST", "/plan/siting/try/reach"): RUNNERS,
    ("POST", "/plan/siting/areas"): RUNNERS,
    ("GET", "/plan/scenarios"): ALL,
    ("GET", "/plan/scenarios/<int:number>"): ALL,
    ("GET", "/plan/scenarios/compare"): ALL,
    ("POST", "/plan/scenarios"): RUNNERS,
    ("POST", "/plan/scenarios/<int:number>"): RUNNERS,
    ("POST", "/plan/scenarios/<int:number>/restore"): RUNNERS,
    ("POST", "/plan/scenarios/<int:number>/audience"): RUNNERS,
    ("POST", "/plan/scenarios/<int:number>/remove"): RUNNERS,
    ("GET", "/steward"): EDITORS,
    ("GET", "/steward/reports"): EDITORS,
    ("POST", "/steward/reports"): EDITORS,
    ("GET", "/steward/calls"): EDITORS,
    ("POST", "/steward/calls/answer/<path:code>"): EDITORS,
    ("POST", "/steward/calls/sheet"): EDITORS,
    ("POST", "/steward/calls/sheet/take-over"): EDITORS,
    ("GET", "/steward/facilities"): EDITORS,
    ("GET", "/steward/photos/add/<path:code>"): EDITORS,
    ("POST", "/steward/photos/add/<path:code>"): EDITORS,
    ("POST", "/steward/photos/<int:number>"): EDITORS,
    ("GET", "/steward/places/<path:code>"): EDITORS,
    ("POST", "/steward/sources/<path:code>"): EDITORS,
    ("POST", "/steward/places/<path:code>"): EDITORS,
    ("POST", "/api/v1/facilities/<path:code>/photos"): EDITORS,
    ("PATCH", "/api/v1/facilities/<path:code>/photos/<int:id>"): EDITORS,
    ("DELETE", "/api/v1/facilities/<path:code>/photos/<int:id>"): EDITORS,
    ("POST", "/api/v1/applications/<int:id>/documents"): EDITORS,
    ("GET", "/api/v1/applications/<int:id>/documents/<int:document>"): EDITORS,
    ("DELETE", "/api/v1/applications/<int:id>/documents/<int:document>"): EDITORS,
    ("POST", "/api/v1/contests"): EDITORS,
    ("PATCH", "/api/v1/contests/<code>"): EDITORS,
    ("DELETE", "/api/v1/contests/<code>"): EDITORS,
    ("POST", "/api/v1/contests/<code>/entries"): EDITORS,
    ("PATCH", "/api/v1/contests/<code>/entries/<entry>"): EDITORS,
    ("DELETE", "/api/v1/contests/<code>/entries/<entry>"): EDITORS,
    ("POST", "/api/v1/contests/<code>/entries/<entry>/service"): EDITORS,
    ("GET", "/steward/organisations"): EDITORS,
    ("GET", "/steward/organisations/<path:code>"): EDITORS,
    ("POST", "/steward/organisations/<path:code>"): EDITORS,
    ("GET", "/steward/new-organisation"): EDITORS,
    ("POST", "/steward/new-organisation"): EDITORS,
    ("GET", "/steward/contests"): EDITORS,
    ("POST", "/steward/contests"): EDITORS,
    ("GET", "/steward/contests/<path:code>"): EDITORS,
    ("POST", "/steward/contests/<path:code>"): EDITORS,
    ("GET", "/steward/services/<path:code>"): EDITORS,
    ("POST", "/steward/services/<path:code>"): EDITORS,
    ("POST", "/steward/services/take/<kind>/<int:number>/<path:code>"): EDITORS,
    ("POST", "/programmes/<string:code>/<string:indicator>/facts"): STATERS,
    ("GET", "/new-programme"): STATERS,
    ("POST", "/new-programme"): STATERS,
    ("POST", "/new-programme/file"): STATERS,
    ("POST", "/programmes/<string:code>/<string:indicator>/facts/<int:number>/take"): STATERS,
    ("GET", "/use"): ALL,
    ("GET", "/use/reach"): ALL,
    ("GET", "/use/reach.xlsx"): ALL,
    ("GET", "/api/v1/use"): ALL,
    ("GET", "/api/v1/use/reach"): ALL,
    ("GET", "/api/v1/public-maps/<string:map>"): ALL,
    ("GET", "/api/v1/facilities/<path:code>/use"): ALL,
    ("GET", "/steward/use/<path:code>"): EDITORS,
    ("POST", "/steward/use/<path:code>"): EDITORS,
    ("POST", "/steward/use/take/<int:number>/<path:code>"): EDITORS,
    ("GET", "/standards/<string:code>/spacing"): ALL,
    ("GET", "/standards/<string:code>/spacing.xlsx"): ALL,
    ("GET", "/steward/prices"): EDITORS,
    ("POST", "/steward/prices"): EDITORS,
    ("POST", "/steward/prices/file"): EDITORS,
    ("POST", "/steward/prices/take/<int:number>"): EDITORS,
    ("GET", "/steward/care"): EDITORS,
    ("POST", "/steward/care"): EDITORS,
    ("POST", "/steward/care/take/<path:code>"): EDITORS,
    ("POST", "/steward/relations/organisations/<path:code>"): EDITORS,
    ("POST", "/steward/relations/organisations/<path:code>/<int:number>"): EDITORS,
    ("POST", "/steward/relations/parts/<path:code>"): EDITORS,
    ("POST", "/steward/relations/parts/<path:code>/<int:number>"): EDITORS,
    ("GET", "/steward/facilities.<suffix>"): EDITORS,
    ("GET", "/steward/facilities/call-sheet.xlsx"): EDITORS,
    ("GET", "/steward/facilities/<path:code>"): EDITORS,
    ("POST", "/steward/facilities/<path:code>"): EDITORS,
    ("GET", "/steward/lists"): EDITORS,
    ("POST", "/steward/lists"): EDITORS,
    ("POST", "/steward/lists/<int:number>"): EDITORS,
    ("POST", "/steward/lists/<int:number>/delete"): EDITORS,
    ("POST", "/steward/bulk"): EDITORS,
    ("GET", "/steward/bulk/<int:number>"): EDITORS,
    ("POST", "/steward/bulk/<int:number>"): EDITORS,
    ("GET", "/steward/bulk/<int:number>/preview"): EDITORS,
    ("POST", "/steward/bulk/<int:number>/apply"): EDITORS,
    ("POST", "/steward/bulk/<int:number>/cancel"): EDITORS,
    ("GET", "/steward/new"): EDITORS,
    ("POST", "/steward/new"): EDITORS,
    ("POST", "/steward/delete/<path:code>"): EDITORS,
    ("GET", "/steward/hours"): EDITORS,
    ("GET", "/steward/import"): EDITORS,
    ("POST", "/steward/import"): EDITORS,
    ("GET", "/steward/import/<int:number>"): EDITORS,
    ("GET", "/steward/import/<int:number>/columns"): EDITORS,
    ("POST", "/steward/import/<int:number>/columns"): EDITORS,
    ("POST", "/steward/import/<int:number>/sheet"): EDITORS,
    ("GET", "/steward/import/<int:number>/positions"): EDITORS,
    ("POST", "/steward/import/<int:number>/positions"): EDITORS,
    ("GET", "/steward/import/<int:number>/check"): EDITORS,
    ("POST", "/steward/import/<int:number>/check"): EDITORS,
    ("GET", "/steward/import/<int:number>/rejects"): EDITORS,
    ("POST", "/steward/import/<int:number>/cancel"): EDITORS,
    ("GET", "/steward/public-maps/import"): EDITORS,
    ("POST", "/steward/public-maps/import"): EDITORS,
    ("GET", "/steward/public-maps/import/<int:number>"): EDITORS,
    ("POST", "/steward/public-maps/import/<int:number>"): EDITORS,
    ("GET", "/steward/public-maps/import/<int:number>/rejects"): EDITORS,
    ("POST", "/steward/public-maps/covers"): EDITORS,
    ("GET", "/steward/public-maps"): ALL,
    ("POST", "/steward/public-maps"): EDITORS,
    ("GET", "/steward/public-maps/<string:name>.<string:suffix>"): ALL,
    ("GET", "/steward/duplicates"): EDITORS,
    ("POST", "/steward/duplicates"): EDITORS,
    ("GET", "/steward/duplicates/pair"): EDITORS,
    ("POST", "/steward/duplicates/pair"): EDITORS,
    ("GET", "/steward/history"): EDITORS,
    ("GET", "/steward/history/<int:number>"): EDITORS,
    ("POST", "/steward/history/<int:number>/undo"): EDITORS,
    ("GET", "/steward/facilities/<path:code>/history"): EDITORS,
    ("GET", "/api/v1/applications"): EDITORS,
    ("GET", "/api/v1/applications/due"): EDITORS,
    ("GET", "/api/v1/applications/<int:id>"): EDITORS,
    ("POST", "/api/v1/applications"): EDITORS,
    ("PATCH", "/api/v1/applications/<int:id>"): EDITORS,
    ("POST", "/api/v1/applications/<int:id>/plan"): EDITORS,
    ("POST", "/api/v1/applications/<int:id>/steps"): EDITORS,
    ("POST", "/api/v1/applications/<int:id>/reviews"): EDITORS,
    ("POST", "/api/v1/applications/<int:id>/recognitions"): EDITORS,
    ("POST", "/api/v1/applications/<int:id>/recognitions/<int:recognition>/revoke"): EDITORS,
    ("POST", "/api/v1/applications/<int:id>/ratings"): EDITORS,
    ("GET", "/steward/applications"): EDITORS,
    ("GET", "/steward/applications/new"): EDITORS,
    ("POST", "/steward/applications/new"): EDITORS,
    ("GET", "/steward/applications/calendar"): EDITORS,
    ("GET", "/steward/applications/calendar.ics"): EDITORS,
    ("GET", "/steward/applications/<int:number>"): EDITORS,
    ("GET", "/steward/applications/<int:number>/form"): EDITORS,
    ("POST", "/steward/applications/<int:number>/form"): EDITORS,
    ("GET", "/steward/applications/<int:number>/print"): EDITORS,
    ("POST", "/steward/applications/<int:number>/move"): EDITORS,
    ("POST", "/steward/applications/<int:number>/review"): EDITORS,
    ("POST", "/steward/applications/<int:number>/recognitions"): EDITORS,
    ("POST", "/steward/applications/<int:number>/recognitions/<int:recognition>/revoke"): EDITORS,
    ("POST", "/steward/applications/<int:number>/ratings"): EDITORS,
    ("POST", "/steward/applications/<int:number>/plan"): EDITORS,
    ("POST", "/steward/applications/<int:number>/plan/<int:row>"): EDITORS,
    ("POST", "/steward/applications/<int:number>/documents"): EDITORS,
    ("GET", "/steward/applications/<int:number>/documents/<int:document>"): EDITORS,
    ("POST", "/steward/applications/<int:number>/documents/<int:document>/remove"): EDITORS,
    ("GET", "/account"): ALL,
    ("POST", "/account/password"): ALL,
    ("POST", "/account/sessions/<int:number>/end"): ALL,
    ("POST", "/account/sessions/end"): ALL,
    ("POST", "/account/keys"): ALL,
    ("POST", "/account/provider/link"): ALL,
    ("POST", "/account/provider/unlink"): ALL,
    ("POST", "/account/keys/<int:number>/revoke"): ALL,
    ("GET", "/account/second-factor"): ALL,
    ("POST", "/account/second-factor/start"): ALL,
    ("POST", "/account/second-factor/confirm"): ALL,
    ("POST", "/account/second-factor/codes"): ALL,
    ("POST", "/account/second-factor/off"): ALL,
    ("GET", "/admin/photos"): ADMINS,
    ("GET", "/admin/photos/<named>.jpg"): ADMINS,
    ("POST", "/admin/photos/<named>"): ADMINS,
    ("GET", "/admin/files/<named>"): ADMINS,
    ("POST", "/admin/files/<named>"): ADMINS,
    ("GET", "/api/v1/webhooks"): ADMINS,
    ("POST", "/api/v1/webhooks"): ADMINS,
    ("POST", "/api/v1/webhooks/<int:id>/pause"): ADMINS,
    ("POST", "/api/v1/webhooks/<int:id>/resume"): ADMINS,
    ("POST", "/api/v1/webhooks/<int:id>/rotate"): ADMINS,
    ("POST", "/api/v1/webhooks/<int:id>/remove"): ADMINS,
    ("POST", "/api/v1/webhooks/<int:id>/test"): ADMINS,
    ("GET", "/api/v1/webhooks/<int:id>/deliveries"): ADMINS,
    ("POST", "/api/v1/webhooks/<int:id>/deliveries/<int:delivery>/redeliver"): ADMINS,
    ("GET", "/admin/webhooks"): ADMINS,
    ("POST", "/admin/webhooks"): ADMINS,
    ("GET", "/admin/webhooks/<int:number>"): ADMINS,
    ("POST", "/admin/webhooks/<int:number>/standing"): ADMINS,
    ("POST", "/admin/webhooks/<int:number>/rotate"): ADMINS,
    ("POST", "/admin/webhooks/<int:number>/remove"): ADMINS,
    ("POST", "/admin/webhooks/<int:number>/test"): ADMINS,
    ("POST", "/admin/webhooks/<int:number>/deliveries/<int:delivery>/redeliver"): ADMINS,
    ("GET", "/admin/sign-ins"): ADMINS,
    ("GET", "/admin/sign-ins.csv"): ADMINS,
    ("GET", "/admin/users"): ADMINS,
    ("GET", "/admin/users/invite"): ADMINS,
    ("POST", "/admin/users/invite"): ADMINS,
    ("GET", "/admin/users/<int:number>"): ADMINS,
    ("POST", "/admin/users/<int:number>/rights"): ADMINS,
    ("POST", "/admin/users/<int:number>/standing"): ADMINS,
    ("POST", "/admin/users/<int:number>/reset"): ADMINS,
    ("POST", "/admin/users/<int:number>/second-factor/reset"): ADMINS,
    ("POST", "/admin/users/<int:number>/sessions/end"): ADMINS,
    ("POST", "/admin/users/<int:number>/keys/<int:key>/revoke"): ADMINS,
    ("POST", "/admin/users/<int:number>/provider/unlink"): ADMINS,
    ("POST", "/admin/users/<int:number>/sessions/<int:session>/end"): ADMINS,
}


# After these, somebody is no longer signed in.
SIGN_OUTS = {"/sign-out", "/account/sessions/end", "/account/sessions/<int:number>/end"}


# What everybody may read.
OPEN_READS = {
    "/api/v1/facilities/<path:code>/photos",
    "/api/v1/contests",
    "/api/v1/contests/<code>",
    "/api/v1/programmes",
    "/api/v1/programmes/<string:code>",
    "/api/v1/standards",
    "/api/v1/standards/<string:code>",
    "/api/v1/recognitions",
    "/api/v1/service-offers",
    "/api/v1/services",
    "/",
    "/coverage",
    "/coverage.csv",
    "/coverage/runs/<int:run_id>.<suffix>",
    "/coverage/<region>",
    "/coverage/<region>/hours",
    "/coverage/<region>/time",
    "/coverage/<region>/time/compare",
    "/coverage/<region>/time.csv",
    "/publications",
    "/programmes",
    "/programmes/<string:code>",
    "/programmes/<string:code>/<string:indicator>",
    "/standards",
    "/standards/<string:code>",
    "/standards/<string:code>/table.<suffix>",
    "/standards/<string:code>.png",
    "/along",
    "/finder/dots.json",
    "/manifest.webmanifest",
    "/offline",
    "/sw.js",
    "/api/v1/offline/stations",
    "/healthz",
    "/readyz",
    "/metrics",
    "/layers/<string:name>.geojson",
    "/maps/<string:name>.html",
    "/password/<token>",
    "/shared/<token>",
    "/shared/<token>/report",
    "/shared/<token>/use",
    "/photos/<int:number>-<named>.jpg",
    "/tiles/base.pmtiles",
    "/tiles/sea.geojson",
    "/tiles/base-maps/<string:code>.pmtiles",
    "/tiles/base-maps/<string:code>/<int:zoom>/<int:column>/<int:row>",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/provider",
    "/sign-in/provider/return",
    "/sign-out/provider",
    "/static/<path:filename>",
    "/services",
    "/services/catalogue",
    "/stations/<path:code>",
    "/suggest",
    "/stations/<path:code>/sign.pdf",
    "/api/v1/along",
    "/stations/<path:code>/map.png",
    "/finder/map.png",
    "/api/v1/amenities",
    "/api/v1/coverage/official",
    "/api/v1/coverage-runs",
    "/api/v1/coverage-runs/<int:id>",
    "/api/v1/coverage-runs/<int:id>/access",
    "/api/v1/coverage-runs/<int:id>/facilities",
    "/api/v1/coverage-runs/<int:id>/gaps",
    "/api/v1/coverage-runs/<int:id>/hours",
    "/api/v1/coverage-runs/<int:id>/overlaps",
    "/api/v1/coverage-runs/<int:id>/regions",
    "/api/v1/coverage-runs/<int:id>/standing",
    "/api/v1/demand-sets",
    "/api/v1/docs",
    "/api/v1/docs/assets/<path:name>",
    "/api/v1/facilities",
    "/api/v1/facilities/<path:code>",
    "/api/v1/facilities/<path:code>/isochrone",
    "/api/v1/kinds",
    "/api/v1/nearest",
    "/api/v1/openapi.json",
    "/api/v1/organisations",
    "/api/v1/organisations/<code>",
    "/api/v1/regions",
    "/api/v1/route",
    "/api/v1/search",
    "/ogc/",
    "/ogc/api",
    "/ogc/collections",
    "/ogc/collections/<string:collection_id>",
    "/ogc/collections/<string:collection_id>/items",
    "/ogc/collections/<string:collection_id>/items/<path:feature_id>",
    "/ogc/collections/<string:collection_id>/queryables",
    "/ogc/collections/<string:collection_id>/sortables",
    "/ogc/collections/<string:collection_id>/tiles",
    "/ogc/collections/<string:collection_id>/tiles/WebMercatorQuad",
    "/ogc/collections/<string:collection_id>/tiles/WebMercatorQuad/<string:zoom>/<string:row>/<string:column>",
    "/ogc/conformance",
    "/embed",
    "/feeds/changes.atom",
    "/feeds/openings.ics",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-<int:number>.xml",
    "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/WebMercatorQuad",
}


# What may be sent without being signed in: it changes nothing that is stored, shows who one is by
# what it sends, or is a worker's report.
DATA = ("application/ld+json", "application/json")
# What a cookie adds nothing to: they answer everybody alike, whoever is signed in.
WITHOUT_TOKEN = {
    "/along",
    "/along/results",
    "/finder/results",
    "/finder/way",
    "/finder/in-view",
    "/finder/dots.json",
    "/finder/hits.json",
    "/api/v1/reports",
    "/stations/<path:code>/report",
    "/suggest",
    "/sign-out/provider",  # signed by the provider
}
OPEN_WRITES = {
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/sign-out/provider",
    "/password/<token>",
    "/along",
    "/along/results",
    "/finder/results",
    "/finder/way",
    "/finder/in-view",
    "/finder/dots.json",
    "/finder/hits.json",
    "/api/v1/reports",
    "/stations/<path:code>/report",
    "/suggest",
}


LON, LAT = 120.3512345, 36.0798765


def example(rule: str) -> str:
    """Return an address of a route, with something plausible for its variables."""
    path = re.sub(r"<int:\w+>", "1", rule)
    path = re.sub(r"<(?:\w+:)?code>", "T-1", path)
    path = path.replace("/maps/<string:names>", "/maps/stations")
    path = re.sub(r"^(/layers/|/ogc/collections/)<string:\w+>", r"\1stations", path)
    return re.sub(r"<[^>]*>", "x", path)


def routes(app: Flask) -> list[tuple[str, str]]:
    """Return every method and rule that the application answers; signing out comes last."""
    found = (
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )
    return sorted(found, key=lambda one: (one[1] == "/sign-out", one))


def addresses(app: Flask) -> list[str]:
    """Return an address of every route that can be read."""
    return [example(rule) for method, rule in routes(app) if method == "GET"]


@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_for_every_role(app: Flask, town: Database, role: Role | None) -> None:
    """Each route lets pass exactly those whom it is for, and fails for nobody."""
    client = client_of(app, town, role)
    for method, rule in routes(app):
        response = client.open(example(rule), method=method, json={} if method != "GET" else None)
        if rule in SIGN_OUTS:
            client = client_of(app, town, role)
        told = (method, rule, response.status_code)
        assert response.status_code < 500, told
        to_sign_in = response.headers.get("Location", "").startswith("/sign-in")
        if role in GUARDED.get((method, rule), ALL | {None}):
            # A wrong password is the one 401 that has nothing to do with roles.
            assert response.status_code not in (401, 403) or rule == "/sign-in", told
            assert not to_sign_in, told
        elif role is not None:
            assert response.status_code == 403, told
        elif rule.startswith("/api/"):
            problem_of(response, 401)
        else:
            assert (response.status_code, to_sign_in) == (302, True), told


def test_every_route_stands_in_one_table(app: Flask) -> None:
    """A new route says whom it is for: everybody, or which roles."""
    open_to_all = {("GET", rule) for rule in OPEN_READS} | {("POST", one) for one in OPEN_WRITES}
    assert not open_to_all & set(GUARDED)
    assert set(routes(app)) == open_to_all | set(GUARDED)


def test_a_role_that_is_taken_away_is_gone_at_once(app: Flask, town: Database) -> None:
    client = client_of(app, town, Role.STEWARD)
    assert client.get("/steward").status_code == 200
    with town.session() as session:
        session.execute(text("update app_user set role = 'manager' where name = 'a-steward'"))
    assert client.get("/steward").status_code == 403
    with town.session() as session:
        session.execute(text("delete from app_user where name = 'a-steward'"))
    assert client.get("/steward").status_code == 302


class Page(HTMLParser):
    """Collects what the content security policy is about."""

    def __init__(self) -> None:
        super().__init__()
        self.inline_scripts: list[str] = []
        self.styles: list[str] = []
        self._runs = False
        self.handlers: list[str] = []
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # What browsers only keep, as facts for machines, does not run.
        self._runs = tag == "script" and "src" not in given and given.get("type") not in DATA
        if tag == "style" or "style" in given:
            self.styles.append(tag)
        self.handlers += [name for name in given if name.startswith("on")]
        for name in ("src", "href") if tag != "a" else ():
            if re.match(r"(https?:)?//", given.get(name) or ""):
                self.elsewhere.append(given[name] or "")

    def handle_data(self, data: str) -> None:
        if self._runs:
            self.inline_scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._runs = self._runs and tag != "script"


class Forms(HTMLParser):
    """Collects the names of each form's fields, by where the form goes."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: dict[str, set[str | None]] = {}
        self._inside: set[str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "get").lower() == "post":
            self._inside = self.posted.setdefault(given.get("action") or "", set())
        elif tag == "input" and self._inside is not None:
            self._inside.add(given.get("name"))
            limits = (given.get(name) or "" for name in ("min", "max", "maxlength", "inputmode"))
            # Quotes that were escaped as if they were text limit nothing.
            assert not any('"' in one for one in limits), given

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None


# An administrator sees every form there is; the others see some of the same.
@pytest.mark.parametrize(
    "role",
    [
        None,
        Role.ADMIN,
        *(pytest.param(one, marks=pytest.mark.slow) for one in Role if one is not Role.ADMIN),
    ],
)
def test_every_page_has_its_headers_and_every_form_its_token(
    guarded: Flask, town: Database, role: Role | None
) -> None:
    client = client_of(guarded, town, role)
    pages = 0
    posted: set[str] = set()
    for path in [*addresses(guarded), "/no-such-page"]:
        response = client.get(path)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        if response.mimetype != "text/html" or response.status_code == 302:
            continue
        pages += 1
        forms = Forms()
        forms.feed(response.get_data(as_text=True))
        for action, names in forms.posted.items():
            if not (action or path).endswith(
                ("/report", "/suggest", "/along")
            ):  # as in WITHOUT_TOKEN
                assert "csrf_token" in names, (path, action)
        posted |= set(forms.posted)
        policy = dict(
            part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; ")
        )
        assert policy["default-src"] == "'self'"
        assert "unsafe" not in policy["script-src"]
        assert policy["style-src"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == "'none'"
        assert policy["frame-ancestors"] == "'self'"
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert (
            "private" in response.headers["Cache-Control"]
            or "no-store" in (response.headers["Cache-Control"])
        )
        page = Page()
        page.feed(response.get_data(as_text=True))
        assert page.handlers == [], path
        assert page.elsewhere == [], path
        assert page.styles == [], path
        for script in page.inline_scripts:
            digest = b64encode(sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy["script-src"], path
    assert pages >= 4
    assert ("/sign-in" if role is None else "/sign-out") in posted


def test_nothing_changes_without_its_token(guarded: Flask, town: Database) -> None:
    """A page of another site can make a browser send its cookies, and cannot know the token."""
    admin = client_of(guarded, town, Role.ADMIN)
    for method, rule in routes(guarded):
        if method == "GET" or rule in WITHOUT_TOKEN:
            continue
        response = admin.open(example(rule), method=method, json={})
        assert response.status_code == 400, (method, rule)
        if rule.startswith("/api/"):
            assert "X-CSRFToken" in problem_of(response, 400)["detail"]
    # Who is not signed in at all is told that first.
    problem_of(guarded.test_client().post("/api/v1/facilities", json={}), 401)


def test_other_sites_may_read_and_never_write(app: Flask, town: Database) -> None:
    client = client_of(app, town, Role.ADMIN)
    origin = {"Origin": "https://other.example"}
    near = f"/api/v1/nearest?lon={LON}&lat={LAT}"
    public = ("/api/v1/kinds", "/api/v1/facilities/NOPE", "/layers/stations.geojson", "/ogc/")
    for path in (near, "/api/v1/facilities", *public):
        for method in ("GET", "HEAD"):
            response = client.open(path, method=method, headers=origin)
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in response.headers
    preflight = {**origin, "Access-Control-Request-Method": "DELETE"}
    answer = client.options("/api/v1/facilities/T-1", headers=preflight)
    assert "DELETE" not in answer.headers["Access-Control-Allow-Methods"]
    assert "X-CSRFToken" not in answer.headers["Access-Control-Allow-Headers"]
    for method in ("POST", "PATCH", "DELETE"):
        response = client.open("/api/v1/facilities/T-1", method=method, json={}, headers=origin)
        assert "Access-Control-Allow-Origin" not in response.headers
    assert "Access-Control-Allow-Origin" not in client.get("/", headers=origin).headers
    assert "Access-Control-Allow-Origin" not in client.get("/plan", headers=origin).headers


def test_a_position_is_neither_logged_nor_stored(
    town: Database, settings: Settings, cluster: Cluster, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in the logs at their most talkative, not in any table, whatever goes wrong."""
    talkative = settings.model_copy(update={"log_level": "debug"})
    client = client_of(make_app(talkative, town), town)
    good = f"lon={LON}&lat={LAT}"
    assert client.get(f"/api/v1/nearest?{good}").status_code == 200
    assert client.get(f"/?{good}").status_code == 200
    assert client.get(f"/api/v1/nearest?{good}&k=99").status_code == 422
    assert client.get(f"/api/v1/nearest?{good}&kind=palace").status_code == 422
    assert client.get(f"/no-such-page?{good}").status_code == 404
    assert client.post("/finder/results", data={"lon": LON, "lat": LAT}).status_code == 200
    assert client.get(f"/api/v1/route?from={LON},{LAT}&to=T-1").status_code == 200
    way = {"lon": LON, "lat": LAT, "to": "T-1"}
    assert client.post("/finder/way", data=way).status_code == 200
    stops = [f"{LON},{LAT}", f"{LON + 0.001},{LAT}"]
    assert client.get(f"/api/v1/along?stops={';'.join(stops)}").status_code == 200
    assert client.get(f"/api/v1/along?stops={';'.join(stops)};2,48").status_code == 422
    assert client.get(f"/api/v1/along?path={';'.join(stops)}&by=ebike").status_code == 200
    assert client.post("/along", data={"stop": stops}).status_code == 200
    refused = client.post("/along/results", data={"stop": [*stops, "2.0,48.0"]})
    assert "相邻两处最多" in refused.text  # told in the page
    with town.session() as session:
        session.execute(text("alter table facility rename to facility_away"))
    around = f"{LON},{LAT},{LON + 0.01},{LAT + 0.01}"
    broken = client.get(f"/api/v1/facilities?bbox={around}")
    incident = problem_of(broken, 500)["incident"]
    for path in ("/layers/stations.geojson", "/ogc/collections/stations/items"):
        problem_of(client.get(f"{path}?bbox={around}"), 500)
    with town.session() as session:
        session.execute(text("alter table facility_away rename to facility"))
        tables = session.scalars(
            text("select tablename from pg_tables where schemaname = 'public'")
        ).all()
        stored = "\n".join(
            str(session.scalar(text(f'select json_agg(t)::text from "{table}" t')))
            for table in tables
            if table != "spatial_ref_sys"
        )
    logged = capfd.readouterr().err
    kept = cluster.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    assert {"/api/v1/nearest", "/"} <= {line.get("route") for line in lines}
    assert any(line.get("incident") == incident for line in lines)
    for trace in ("120.3512", "36.0798"):
        assert trace not in logged
        assert trace not in kept
        assert trace not in stored
    assert "T-1" in stored


def test_a_language_that_there_is_not_is_refused_everywhere(app: Flask) -> None:
    client = app.test_client()
    program = {"Accept": "application/json"}
    for path in (
        "/",
        "/maps/stations.html",
        "/layers/stations.geojson",
        "/api/v1/kinds",
        "/feeds/changes.atom",
    ):
        for wrong in ("fr", "", "zh-CN"):
            answer = problem_of(client.get(f"{path}?lang={wrong}", headers=program), 422, "lang")
            assert "zh" in answer["accepted"] and "en" in answer["accepted"]
    problem_of(client.get("/ogc/?lang=fr"), 400, "lang")
    assert client.get("/ogc/?lang=en").status_code == 200

"""The OpenAPI document and the page that shows it."""

import re
import threading
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import text

from geoapp.core.questions.actions import ActionParameters
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.webhooks import Event
from geoapp.operations.actions import run as action_run
from geoapp.operations.coverage import official
from geoapp.operations.coverage.run import start
from geoapp.operations.proposals.take import take_sites
from geoapp.operations.siting import run as siting_run
from geoapp.operations.webhooks.edit import add_webhook, send_test
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, sign_in

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
EXPLAINED = {
    ("GET", "/api/v1/report"),
    ("GET", "/api/v1/webhooks"),
    ("POST", "/api/v1/webhooks"),
    ("POST", "/api/v1/webhooks/{id}/pause"),
    ("POST", "/api/v1/webhooks/{id}/resume"),
    ("POST", "/api/v1/webhooks/{id}/rotate"),
    ("POST", "/api/v1/webhooks/{id}/remove"),
    ("POST", "/api/v1/webhooks/{id}/test"),
    ("GET", "/api/v1/webhooks/{id}/deliveries"),
    ("POST", "/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver"),
    ("GET", "/api/v1/applications"),
    ("GET", "/api/v1/applications/due"),
    ("GET", "/api/v1/applications/{id}"),
    ("POST", "/api/v1/applications"),
    ("PATCH", "/api/v1/applications/{id}"),
    ("POST", "/api/v1/applications/{id}/plan"),
    ("POST", "/api/v1/applications/{id}/steps"),
    ("POST", "/api/v1/applications/{id}/reviews"),
    ("POST", "/api/v1/applications/{id}/recognitions"),
    ("POST", "/api/v1/applications/{id}/recognitions/{recognition}/revoke"),
    ("POST", "/api/v1/applications/{id}/ratings"),
    ("POST", "/api/v1/facilities/{code}/photos"),
    ("PATCH", "/api/v1/facilities/{code}/photos/{id}"),
    ("DELETE", "/api/v1/facilities/{code}/photos/{id}"),
    ("POST", "/api/v1/applications/{id}/documents"),
    ("GET", "/api/v1/applications/{id}/documents/{document}"),
    ("DELETE", "/api/v1/applications/{id}/documents/{document}"),
    ("POST", "/api/v1/contests"),
    ("PATCH", "/api/v1/contests/{code}"),
    ("DELETE", "/api/v1/contests/{code}"),
    ("POST", "/api/v1/contests/{code}/entries"),
    ("PATCH", "/api/v1/contests/{code}/entries/{entry}"),
    ("DELETE", "/api/v1/contests/{code}/entries/{entry}"),
    ("POST", "/api/v1/contests/{code}/entries/{entry}/service"),
    ("GET", "/api/v1/duplicates"),
    ("POST", "/api/v1/duplicates"),
    ("POST", "/api/v1/facilities/{code}/merge"),
    ("GET", "/api/v1/facilities/{code}/history"),
    ("GET", "/api/v1/facilities/{code}/use"),
    ("GET", "/api/v1/use"),
    ("GET", "/api/v1/use/reach"),
    ("GET", "/api/v1/public-maps/{map}"),
    ("GET", "/api/v1/change-sets"),
    ("GET", "/api/v1/change-sets/{id}"),
    ("POST", "/api/v1/change-sets/{id}/undo"),
    ("POST", "/api/v1/coverage-runs"),
    ("POST", "/api/v1/coverage-runs/{id}/cancel"),
    ("POST", "/api/v1/siting-runs"),
    ("POST", "/api/v1/siting-runs/{id}/cancel"),
    ("GET", "/api/v1/siting-runs"),
    ("GET", "/api/v1/siting-runs/{id}"),
    ("GET", "/api/v1/siting-runs/{id}/sites"),
    ("GET", "/api/v1/siting-runs/{id}/gaps"),
    ("GET", "/api/v1/siting-runs/{id}/freedom"),
    ("GET", "/api/v1/siting-runs/{id}/proof"),
    ("GET", "/api/v1/siting-runs/compare"),
    ("GET", "/api/v1/siting-runs/{id}/report"),
    ("GET", "/api/v1/siting-runs/{id}/regions"),
    ("GET", "/api/v1/proposals"),
    ("POST", "/api/v1/proposals"),
    ("GET", "/api/v1/proposals/{id}"),
    ("PATCH", "/api/v1/proposals/{id}"),
    ("POST", "/api/v1/proposals/{id}/open"),
    ("GET", "/api/v1/proposals/{id}/fact"),
    ("GET", "/api/v1/proposals/{id}/history"),
    ("POST", "/api/v1/action-runs"),
    ("POST", "/api/v1/action-runs/{id}/cancel"),
    ("GET", "/api/v1/action-runs"),
    ("GET", "/api/v1/action-runs/{id}"),
    ("GET", "/api/v1/action-runs/{id}/actions"),
    ("POST", "/api/v1/facilities"),
    ("PATCH", "/api/v1/facilities/{code}"),
    ("DELETE", "/api/v1/facilities/{code}"),
    ("POST", "/api/v1/facilities/{code}/parts"),
    ("DELETE", "/api/v1/facilities/{code}/parts/{id}"),
    ("POST", "/api/v1/organisations"),
    ("PATCH", "/api/v1/organisations/{code}"),
    ("DELETE", "/api/v1/organisations/{code}"),
    ("POST", "/api/v1/organisations/{code}/roles"),
    ("DELETE", "/api/v1/organisations/{code}/roles/{id}"),
}

FILLED = """
    insert into contest (code, name_zh, rules, stage) values
        ('T-1', '竞赛', 'jiangbei-2023', 'result');
    insert into contest_entry (contest_code, code, organisation, points, votes, prize) values
        ('T-1', '1', '单位', '目的明确 9.5', 3, '一等奖');
    insert into facility_place (facility_id, geom, label_zh, label_en, valid_from, valid_to,
        opening_hours)
    select id, geom, '路口', 'Corner', current_date - 1, current_date + 1, '24/7' from facility
    where code = 'T-3';
    update facility set geom = st_buffer(geom, 0.001) where code = 'T-4';
    update facility set name_en = 'One', address = '路', phone = '1', operator = '工会',
        host = '店', capacity = 9, source = '示例', verified_on = current_date, entry = 'qr',
        access = 'anyone', position_accuracy_m = 5, opened_on = '2020-01-01',
        closed_on = '2099-01-01' where code = 'T-1';
    update region set population = 1, population_source = '普查', source = '示例';
    insert into facility_part (whole_id, part_id) select w.id, p.id from facility w, facility p
    where (w.code, p.code) in (('T-1', 'T-2'), ('T-3', 'T-1'));
    insert into photo_content values (decode('00', 'hex'), decode('ff', 'hex'), 1, 1);
    insert into facility_photo (facility_id, content_hash, is_public) select id, decode('00', 'hex'), true
    from facility where code = 'T-1';
    insert into organisation (code, kind, name_zh) values ('T-1', 'union', '工会');
    insert into facility_role (facility_id, organisation_code, role)
    select id, 'T-1', 'operates' from facility where code = 'T-1';
    insert into service_item (code, category, name_zh, is_sample)
    values ('L-1', 'legal_aid', '法律咨询', true);
    insert into service_offer (item_code, facility_id, hours) select 'L-1', id, '24/7'
    from facility where code = 'T-1';
    insert into duty_desk (facility_id, phone) select id, '12351' from facility where code = 'T-1';
    insert into application (scheme, track, form, form_version, facility_id, organisation_code, state)
    select 'qingdao-2022', 'base', 'annex-4', '1', id, null, 'recognised' from facility
    where code = 'T-1' union all
    select 'qingdao-2022', 'base', 'annex-4', '1', null, 'T-1', 'recognised';
    insert into recognition (application_id, title, given_on, until_on, document)
    select id, 'base', '2023-01-01', '2099-01-01', '〔2023〕1号' from application;
    update application set answers = '{"title": "某基地"}';
    insert into application_step (application_id, before, after, on_day)
    select id, 'approved', 'recognised', '2023-01-01' from application;
    insert into plan_step (application_id, plan, time_words, content) values (1, 'year', '春', '建');
    insert into application_review (application_id, reviewed_on, reviewer, heads, grounds, decision)
    values (1, '2022-01-01', '组', '{"idea": "好"}', '{}', 'approved');
    insert into rating (application_id, year, heads, grade, rated_on)
    values (1, 2024, '{"scale": "大"}', 'a', '2024-12-01');
    insert into document_file values ('0', '');
    insert into application_document (application_id, sha256, name, media_type, size, added_on)
    values (1, '0', 'a.pdf', 'application/pdf', 0, '2024-01-01');
    insert into visit_count (facility_id, day, n, basis) select id, '2026-07-01', 9, 'door'
    from facility;
    insert into public_map_list (map, file) values ('amap', 'a.csv');
    insert into public_map_listing (map, listing, name, geom)
    select 'amap', code, name_zh, geom from facility where code in ('T-1', 'T-2');
"""


@pytest.fixture
def app(town_template: str, database: Database, settings: Settings) -> Flask:
    return make_app(settings, database)


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    response = app.test_client().get("/api/v1/openapi.json")
    assert response.mimetype == "application/json"
    body: dict[str, Any] = response.get_json()
    return body


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, found in document["paths"].items()
        for method, operation in found.items()
    }


def test_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_is_described_and_no_other(app: Flask, document: dict[str, Any]) -> None:
    own = ("/api/v1/docs", "/api/v1/openapi")
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.rule.startswith(own)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(operations(document)) == served


def test_operations_say_what_they_answer(document: dict[str, Any]) -> None:
    for where, operation in operations(document).items():
        assert " / " in operation["summary"], where
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert answer["content"] == PROBLEM, (where, status)
        assert any(int(status) < 300 for status in operation["responses"]), where
    read = operations(document)["GET", "/api/v1/facilities/{code}"]
    assert set(read["responses"]["200"]["content"]) == {"application/geo+json"}


def test_guarded_operations_say_so(document: dict[str, Any]) -> None:
    guarded = {where for where, one in operations(document).items() if "security" in one}
    assert guarded == EXPLAINED
    for where in guarded:
        operation = operations(document)[where]
        assert {"401", "403"} <= set(operation["responses"]), where
        assert operation["security"] == [{"session": []}, {"basic": []}, {"key": []}]
        if where[0] == "GET":
            assert "400" not in operation["responses"]
            continue
        assert "400" in operation["responses"], where
        required = {one["name"] for one in operation["parameters"] if one["required"]}
        # The token belongs to the cookie; name and password in a header need none.
        assert "X-CSRFToken" in {one["name"] for one in operation["parameters"]} - required
        names_version = where[0] in ("PATCH", "DELETE") or where[1].endswith(("/merge", "/open"))
        assert ("If-Match" in required) == names_version, where


def test_answers_have_the_members_described_and_no_others(
    app: Flask, database: Database, settings: Settings, document: dict[str, Any]
) -> None:
    """With everything filled in that can be: a schema that leaves something out is caught."""
    with database.session() as session:
        session.execute(text(FILLED))
    run = start(database, CoverageParameters(standard_m=300, demand="town"), created_by=None)
    execute(database, settings, run.id, threading.Event())
    official.publish(database, run.id, by=None)
    siting = siting_run.start(
        database, SitingParameters(p=2, standard_m=300, spacing_m=100), created_by=None
    )
    execute(database, settings, siting.id, threading.Event())
    take_sites(database, settings, siting.id, [1])
    open_it = "update proposal set state = 'open', facility_id = 1"
    with database.session() as session:
        session.execute(text(open_it))
    moments = (datetime(2026, 11, 24, 12, tzinfo=UTC),)
    action = action_run.start(
        database,
        ActionParameters(moments, budget=9.0, standard_m=300, spacing_m=100, build_cost=4.0),
        created_by=None,
    )
    execute(database, settings, action.id, threading.Event())
    hook, _ = add_webhook(
        database,
        settings,
        name="portal",
        address="https://portal.example.org/",
        events=list(Event),
    )
    send_test(database, hook.id)
    numbers = {"siting": siting.id, "action": action.id, "coverage": run.id}
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    client = client_of(app, database, Role.ADMIN)
    answered = set()
    for (method, path), operation in operations(document).items():
        if method != "GET" or "/documents/" in path or path.endswith("/report"):  # a file
            continue
        number = next((one for kind, one in numbers.items() if f"/{kind}-runs" in path), None)
        if number is None:
            ones = ("/change-sets", "/applications", "/proposals", "/webhooks")
            number = 1 if any(one in path for one in ones) else 0
        kept = {"/programmes": "qingdao-2022", "/standards": "seven_ones_haikou"}
        code = next((one for part, one in kept.items() if part in path), "T-1")
        address = path.replace("{code}", code).replace("{id}", str(number)).replace("{map}", "amap")
        for query in ("?lon=120.35&lat=36.07&k=50", "?lon=120.35&lat=36.07&k=0&limit=-1"):
            response = client.get(address + query)
            content = operation["responses"][str(response.status_code)]["content"]
            shape = content[response.mimetype]["schema"]
            checked = {**shape, "components": {"schemas": schemas}}
            jsonschema.Draft202012Validator(checked).validate(response.get_json(force=True))
            answered.add(response.status_code)
    assert answered == {200, 400, 422}  # `nearest` has no limit, and says so


def test_page_shows_the_operations_and_tries_them(site: Site, visit: Visit) -> None:
    page = visit(site, "/api/v1/docs", size="desktop")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() >= 15
    sign_in(site, page, Role.PLANNER)
    page.goto(site.url + "/api/v1/docs")
    start = page.locator(".opblock-post", has_text="/api/v1/coverage-runs").first
    start.locator(".opblock-summary").click()
    start.get_by_role("button", name="Try it out").click()
    start.locator("tr", has_text="X-CSRFToken").locator("input").fill("-")
    start.locator(".body-param textarea").fill('{"standard_m": 500}')
    with page.expect_response("**/api/v1/coverage-runs") as told:
        start.get_by_role("button", name="Execute").click()
    assert told.value.status == 202

"""``/api/v1/coverage/official`` and the pages of publications: who may, and what everybody reads."""

import html
import json
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Every
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.schedule import set_schedule
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import set_rights
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app, problem_of

ADDRESS = "/api/v1/coverage/official"
WANTED = CoverageParameters(standard_m=500, region="370200")


def test_everybody_reads_it_and_managers_publish(
    database: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    visitor: FlaskClient = app.test_client()
    problem_of(visitor.get(ADDRESS), 404)
    run = publish_run(database, settings, WANTED)
    told = visitor.get(ADDRESS).get_json()
    assert (told["run"]["id"], told["region"], told["published_by"]) == (
        run.id,
        "370200",
        "manager",
    )
    assert (told["changed_since"], told["other_changes"]) == (0, [])
    assert visitor.get(f"{ADDRESS}?region=370203").get_json()["publication"] == told["publication"]
    for query, status in {
        "region=nowhere": 404,
        "region=%00": 422,
        "as_of=2001-01-01": 404,
        "as_of=9999-12-31": 200,
        "as_of=yesterday": 422,
    }.items():
        with subtests.test(query=query):
            assert visitor.get(f"{ADDRESS}?{query}").status_code == status
    other = coverage_run.run_here(database, settings, WANTED)
    # A run that was made without a page waits to be published, with the figures of the published one, too.
    waits = f"/publications/compare?run={other.id}"
    assert waits in client_of(app, database, Role.MANAGER).get("/publications").text
    assert waits not in visitor.get("/publications").text
    form = {"run": other.id}
    for role, status in {
        None: 302,
        Role.PLANNER: 403,
        Role.STEWARD: 403,
        Role.MANAGER: 303,
        Role.ADMIN: 409,
    }.items():
        with subtests.test(role=role):
            assert (
                client_of(app, database, role).post("/publications", data=form).status_code
                == status
            )
    assert visitor.get(ADDRESS).get_json()["run"]["id"] == other.id
    assert waits not in client_of(app, database, Role.MANAGER).get("/publications").text
    for address in ("/publications", f"/coverage?run={run.id}", "/coverage/370203", "/coverage"):
        with subtests.test(address=address):
            assert visitor.get(address).status_code == 200
    assert visitor.get("/coverage/nowhere").status_code == 404
    # Nobody is offered what would be refused: a district's manager nothing of the city's.
    manager = client_of(app, database, Role.MANAGER)
    set_schedule(database, settings, "370200", Every.NIGHT, 2, "manager")
    newer = coverage_run.run_here(database, settings, WANTED)
    with database.session() as session:
        session.execute(text("update facility set name_zh = name_zh || '一'"))
    for regions, offered in (["370203"], False), ([], True):
        set_rights(database, f"a-{Role.MANAGER}", regions=regions)
        for address in "/publications", "/publications/reports":
            with subtests.test(address=address, regions=regions):
                page = manager.get(address)
                assert page.status_code == 200
                said = page.get_data(as_text=True)
                assert ('<option value="370200">' in said) is offered
                assert ("/withdraw" in said) is (offered and address == "/publications")
                assert ('name="every" value="never"' in said) is (
                    offered and address == "/publications"
                )
        for address, form in (
            ("/coverage", 'action="/publications/recompute"'),
            ("/coverage/370200/hours", 'action="/publications/recompute"'),
            (f"/publications/compare?run={newer.id}", 'action="/publications"'),
        ):
            with subtests.test(address=address, regions=regions):
                page = manager.get(address)
                assert page.status_code == 200
                assert (form in page.get_data(as_text=True)) is offered


def test_a_comparison_says_where_the_questions_differ(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_town(database)
    publish_run(database, settings, WANTED)
    client = client_of(make_app(settings, database), database, Role.MANAGER)
    for wanted, differs in {
        WANTED: False,
        replace(WANTED, standard_m=1000): True,
        replace(WANTED, families=("base",)): True,
    }.items():
        run = coverage_run.run_here(database, settings, wanted)
        page = client.get(f"/publications/compare?run={run.id}&lang=zh").text
        assert '<th role="rowheader" scope="row">青岛市</th>' in page
        assert ("两次问的不一样" in page) == differs, wanted
    run = coverage_run.run_here(database, settings, replace(WANTED, region="370203"))
    page = client.get(f"/publications/compare?run={run.id}&lang=zh").text
    assert page.count('<th role="rowheader" scope="row">市北区</th>') == 1
    # Nothing is published for it: there is no column of what would stand beside it.
    assert "覆盖率" in page and "公布的覆盖率" not in page
    # What is shown of it is what is published for what it lies in.
    assert re.search(r'现在看到的取自<a href="/coverage/370203">青岛市的公布结果', page)


def test_a_districts_map_colours_its_neighbours(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, geom) values ('370202', "
                "'370200', 'district', '市南区', st_multi(st_makeenvelope(120.36, 36.06, 120.38, "
                "36.08, 4326)));"
                "insert into region (code, parent_code, level, name_zh) values ('370900', null, 'city', "
                "'泰安市'), ('370902', '370900', 'district', '泰山区');"
                "update demand_point set region_code = '370202' where id = "
                "(select min(id) from demand_point);"
                "update demand_point set region_code = '370902' where id = "
                "(select max(id) from demand_point)"
            )
        )
    publish_run(database, settings, replace(WANTED, region=None))
    visitor = make_app(settings, database).test_client()
    page = visitor.get("/coverage/370203").text
    told = json.loads(page.split('id="classes">')[1].split("</script>")[0])
    # It opens on the district, not on all that is drawn.
    assert told["focus"] == ["370203"]
    assert set(told["classes"]) == set(told["notes"]) == {"370202", "370203"}
    # No other city's: of a province there are thousands.
    [drawn] = re.findall(r'data-regions="([^"]*)"', page)
    shapes = visitor.get(html.unescape(drawn)).get_json(force=True)["features"]
    assert {one["id"] for one in shapes} == {"370202", "370203"}
    whole = visitor.get("/coverage").text
    told = json.loads(whole.split('id="classes">')[1].split("</script>")[0])
    assert set(told["classes"]) == {"370202", "370203", "370902"}


def test_the_file_holds_the_rows_of_its_page(
    database: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    initialise(database)
    seed_town(database)
    run = coverage_run.run_here(database, settings, WANTED)
    visitor = make_app(settings, database).test_client()
    for address, rows in {
        "/coverage": ["370203"],
        "/coverage/370200": ["370203"],
        # Below it there are none: its own figures are what one takes away.
        "/coverage/370203": ["370203"],
    }.items():
        with subtests.test(address=address):
            page = visitor.get(f"{address}?run={run.id}").text
            assert re.findall(r'<tr data-code="(\w+)"', page) == rows
            [file] = re.findall(r'href="(/coverage\.csv[^"]*)"', page)
            lines = visitor.get(html.unescape(file)).text.splitlines()
            assert [line.split(",")[0] for line in lines[1:]] == rows
            # From a run that the address names one comes to its own figures of other regions.
            links = re.findall(r'href="(/coverage/[^"]*)"', page)
            named = f"?run={run.id}", f"/runs/{run.id}."
            assert [link for link in links if not any(one in link for one in named)] == []
    assert visitor.get(f"/coverage.csv?run={run.id}&region=nowhere").status_code == 404

"""Accounts kept to regions: each way to write, inside and outside."""

import io
import json
import re
from collections.abc import Callable

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.roles import Role
from geoapp.core.schemes import scheme_of
from geoapp.core.settings import Settings
from geoapp.operations.applications.documents import attach
from geoapp.operations.applications.write import PlannedStep, add_to_plan, start_application
from geoapp.operations.moment import today
from geoapp.operations.siting.results import sites_of
from geoapp.operations.siting.run import run_here
from geoapp.operations.upkeep.users import list_users, save_user, set_rights
from geoapp.store.engine import Database
from geoapp.store.runs.runs import add_run
from tests.web.api_client import PASSWORD, problem_of
from tests.web.edge.test_security import CARRIERS, EDITORS, GUARDED, STATERS

APPLICATION = {"scheme": "qingdao-2022", "track": "base", "facility": "X-1"}
APPLICATIONS = "/api/v1/applications"
CONTESTS = "/api/v1/contests"
PROPOSALS, BOARD = "/api/v1/proposals", "/plan/board"
INSIDE, BESIDE = [120.3551, 36.0712], [120.3651, 36.0712]
FACILITIES, ORGANISATIONS = "/api/v1/facilities", "/api/v1/organisations"


@pytest.fixture
def two_districts(town: Database, settings: Settings) -> Database:
    """T-1 to T-6 lie in 370203; X-1, its organisation and its application in 370202, beside it."""
    with town.session() as session:  # a set of its own: only an administrator takes regions back
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
                "('370202', '370200', 'district', '市南区', 'Shinan', "
                "st_multi(st_makeenvelope(120.36, 36.06, 120.38, 36.08, 4326)))"
            )
        )
    with town.session() as session:
        for one in (
            "insert into facility (code, kind_code, name_zh, geom, status, region_code, "
            "region_match) values ('X-1', 'outdoor_station', '外', "
            "st_setsrid(st_makepoint(120.365, 36.07), 4326), 'open', '370202', 'inside')",
            "insert into organisation (code, kind, name_zh, region_code) values "
            "('O-in', 'union', '内', '370203'), ('O-out', 'union', '外', '370202')",
            "insert into facility_role (facility_id, organisation_code, role) "
            "select id, 'O-in', 'hosts' from facility where code = 'X-1'",
            "insert into contest (code, name_zh, region_code, stage) values "
            "('K-out', '外', '370202', 'entries')",
            "insert into contest_entry (contest_code, code, organisation) values "
            "('K-out', '1', '甲')",
            "insert into photo_content values ('\\x00', '\\x00', 1, 1)",
            "insert into facility_photo (facility_id, content_hash) "
            "select id, '\\x00' from facility where code = 'X-1'",
            "insert into facility_part (whole_id, part_id) select w.id, p.id "
            "from facility w, facility p where w.code = 'X-1' and p.code = 'T-5'",
            "insert into public_map_list (map, file) values ('amap', 'amap.csv')",
            "insert into public_map_listing (map, listing, name, geom, region_code) "
            "select 'amap', 'B1', '外', geom, region_code from facility where code = 'X-1'",
            "insert into run_site (run_id, chosen, rank, code, geom, fixed, adds, by_district) "
            "select 1, true, 1, 'G', geom, false, 9, '{}' from facility where code = 'X-1'",
            "insert into proposal (name_zh, state, geom, region_code, run_id, site_rank) "
            "select '拟建', 'approved', geom, '370202', 1, 1 from facility where code = 'X-1'",
            "insert into proposal_step (proposal_id, state, on_day) "
            "values (1, 'approved', '2026-01-01')",
        ):
            if one.startswith("insert into run_site"):
                asked = SitingParameters(p=1, standard_m=500.0).stored()
                add_run(session, "siting", asked, None)
            session.execute(text(one))
    form = scheme_of(settings, APPLICATION["scheme"]).form_of(APPLICATION["track"])
    asked = [key for key in form.answer_keys if not key.startswith("opinion")]
    answers = {key: "2023-01" if key.startswith("period") else f"答 {key}" for key in asked}
    outside = start_application(town, settings, **APPLICATION, organisation=None, answers=answers)
    add_to_plan(town, settings, outside, PlannedStep("year", "2023", "建设"))
    attach(town, settings, outside, "a.pdf", b"%PDF-1.4 x")
    return town


def kept_to(app: Flask, database: Database, *regions: str) -> FlaskClient:
    save_user(database, "wang", Role.STEWARD, PASSWORD, regions=regions, replace=True)
    client = app.test_client()
    assert client.post("/sign-in", data={"name": "wang", "password": PASSWORD}).status_code == 302
    return client


def new(code: str, at: list[float]) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": at},
        "properties": {"code": code, "kind": "outdoor_station", "name_zh": "新站"},
    }


def patch(client: FlaskClient, address: str, body: dict[str, object]) -> TestResponse:
    return client.patch(address, json=body, headers={"If-Match": "*"})


def number(database: Database, what: str) -> int:
    """Return the number of the one row there is, or of the latest."""
    with database.session() as session:
        return int(session.execute(text(f"select max(id) from {what}")).scalar_one())


def line(rev: int) -> str:
    return json.dumps({"code": "X-1", "rev": rev, "outcome": "reached", "phone": "0532-1"})


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "PNG")
    file.seek(0)
    return file


def everything(database: Database) -> list[str]:
    with database.session() as session:
        return [
            row
            for table in (
                *("facility", "facility_role", "facility_part", "facility_call"),
                *("facility_photo", "organisation", "change", "application", "plan_step"),
                *("application_document", "application_step", "duplicate_decision"),
                *("public_map_listing", "public_map_decision"),
                *("contest", "contest_entry", "proposal", "proposal_step"),
            )
            for row in session.scalars(text(f"select x::text from {table} x order by 1"))
        ]


def bulk(client: FlaskClient) -> TestResponse:
    """Change facilities at once, one of them outside, as the page does."""
    at = client.post("/steward/bulk", data={"code": ["X-1"]}).location
    client.post(at, data={"phone": "0532-1"})
    seen = re.search(r'name="seen" value="(\w+)"', client.get(f"{at}/preview").text)
    return client.post(f"{at}/apply", data={"seen": seen[1] if seen else ""})


# The one that made the facility outside.
SET = "(select set_id as id from change where table_name = 'facility_photo') as made"
REV = "(select rev as id from facility where code = 'X-1') as read"
SEEN = "change_set"
PLACE = {"lon": "120.365", "lat": "36.07"}
PROPOSAL_REV = "(select rev as id from proposal) as read"
CONTEST_REV = "(select rev as id from contest where code = 'K-out') as read"
MOVED = {"geometry": {"type": "Point", "coordinates": BESIDE}}
PHONE = {"properties": {"phone": "0532-1"}}
RECORD = {"base": '{"phone": ""}', "phone": "0532-1", "rev": "1"}
OUTSIDE: dict[str, Callable[[FlaskClient, Database], TestResponse]] = {
    "add": lambda c, _: c.post(FACILITIES, json=new("N-1", BESIDE)),
    "add nowhere": lambda c, _: c.post(FACILITIES, json=new("N-1", [120.5, 36.07])),
    "change": lambda c, _: patch(c, f"{FACILITIES}/X-1", PHONE),
    "move out": lambda c, _: patch(c, f"{FACILITIES}/T-1", MOVED),
    "delete": lambda c, _: c.delete(f"{FACILITIES}/X-1", headers={"If-Match": "*"}),
    "form new": lambda c, _: c.post(
        "/steward/new",
        data={
            "code": "N-1",
            "kind": "outdoor_station",
            "name_zh": "新站",
            "status": "open",
            "lon": str(BESIDE[0]),
            "lat": str(BESIDE[1]),
        },
    ),
    "form change": lambda c, _: c.post("/steward/facilities/X-1", data=RECORD),
    # A promise of the city is no district's to report on.
    "enter fact": lambda c, _: c.post(
        "/programmes/qingdao-2022/Q-1/facts",
        data={"value": "50", "as_of": "2022-12-31", "title_zh": "总结"},
    ),
    "add organisation": lambda c, _: c.post(
        ORGANISATIONS, json={"code": "O-2", "kind": "union", "name_zh": "新", "region": "370202"}
    ),
    "change organisation": lambda c, _: patch(c, f"{ORGANISATIONS}/O-out", {"name_zh": "改"}),
    "delete organisation": lambda c, _: c.delete(
        f"{ORGANISATIONS}/O-out", headers={"If-Match": "*"}
    ),
    "form add organisation": lambda c, _: c.post(
        "/steward/new-organisation", data={"kind": "union", "name_zh": "新", "region": "370202"}
    ),
    "form add organisation of no region": lambda c, _: c.post(
        "/steward/new-organisation", data={"kind": "union", "name_zh": "新"}
    ),
    "form organisation": lambda c, _: c.post(
        "/steward/organisations/O-out",
        data={"do": "save", "base": '{"name_zh": "外"}', "name_zh": "改"},
    ),
    "form organisation's role": lambda c, _: c.post(
        "/steward/organisations/O-in",
        data={"do": "role", "facility": "X-1", "role": "manages"},
    ),
    "give role": lambda c, _: c.post(
        f"{ORGANISATIONS}/O-in/roles", json={"facility": "X-1", "role": "manages"}
    ),
    "take role": lambda c, database: c.delete(
        f"{ORGANISATIONS}/O-in/roles/{number(database, 'facility_role')}", headers={"If-Match": "*"}
    ),
    "add part": lambda c, _: c.post(f"{FACILITIES}/X-1/parts", json={"part": "T-1"}),
    "take part": lambda c, database: c.delete(
        f"{FACILITIES}/X-1/parts/{number(database, 'facility_part')}", headers={"If-Match": "*"}
    ),
    "undo": lambda c, database: c.post(
        f"/api/v1/change-sets/{number(database, SET)}/undo", json={}
    ),
    "page undo": lambda c, database: c.post(f"/steward/history/{number(database, SET)}/undo"),
    "confirm": lambda c, database: c.post(
        "/steward/sources/X-1", data={"field": "name_zh", "rev": number(database, REV)}
    ),
    "places": lambda c, database: c.post(
        "/steward/places/X-1",
        data={
            "place-1-label_zh": "外",
            "place-1-lon": "120.365",
            "place-1-lat": "36.07",
            "rev": number(database, REV),
        },
    ),
    "form give role": lambda c, _: c.post(
        "/steward/relations/organisations/X-1", data={"organisation": "O-in", "role": "manages"}
    ),
    "form take role": lambda c, database: c.post(
        f"/steward/relations/organisations/X-1/{number(database, 'facility_role')}",
        data={"organisation": "O-in", "do": "remove"},
    ),
    "form add desk": lambda c, _: c.post(
        "/steward/services/X-1", data={"do": "desk", "phone": "0532-1"}
    ),
    "form add contest": lambda c, _: c.post(
        "/steward/contests", data={"code": "K-1", "name_zh": "新", "region": "370202"}
    ),
    "form contest": lambda c, database: c.post(
        "/steward/contests/K-out",
        data={"do": "move", "to": "review", "rev": str(number(database, CONTEST_REV))},
    ),
    "add contest": lambda c, _: c.post(
        CONTESTS, json={"code": "K-1", "name_zh": "新", "region": "370202"}
    ),
    "change contest": lambda c, _: patch(c, f"{CONTESTS}/K-out", {"region": "370203"}),
    "delete contest": lambda c, _: c.delete(f"{CONTESTS}/K-out", headers={"If-Match": "*"}),
    "add entry": lambda c, _: c.post(
        f"{CONTESTS}/K-out/entries", json={"code": "2", "organisation": "丙"}
    ),
    "change entry": lambda c, _: patch(c, f"{CONTESTS}/K-out/entries/1", {"project": "新"}),
    "delete entry": lambda c, _: c.delete(f"{CONTESTS}/K-out/entries/1", headers={"If-Match": "*"}),
    "change proposal": lambda c, _: patch(c, f"{PROPOSALS}/1", {"cost": 1}),
    "take proposal on": lambda c, _: patch(c, f"{PROPOSALS}/1", {"state": "building"}),
    "open proposal": lambda c, _: c.post(
        f"{PROPOSALS}/1/open", json={"opened_on": "2026-01-01"}, headers={"If-Match": "*"}
    ),
    "form proposal": lambda c, database: c.post(
        f"{BOARD}/1", data=PLACE | {"name_zh": "改", "rev": number(database, PROPOSAL_REV)}
    ),
    "form step": lambda c, database: c.post(
        f"{BOARD}/1/state", data={"state": "building", "rev": number(database, PROPOSAL_REV)}
    ),
    "form open": lambda c, database: c.post(
        f"{BOARD}/1/open",
        data={"opened_on": "2026-01-01", "rev": number(database, PROPOSAL_REV)},
    ),
    "form visits": lambda c, _: c.post(
        "/steward/use/X-1", data={"do": "visits", "day": "2026-07-01", "n": "3"}
    ),
    "form opinions": lambda c, _: c.post(
        "/steward/use/X-1", data={"do": "opinions", "day": "2026-07-01", "stars-5": "3"}
    ),
    "decide on a map's listing": lambda c, _: c.post(
        "/steward/public-maps",
        data={"map": "amap", "listing": "B1", "facility": "X-1", "verdict": "same"},
    ),
    "form care": lambda c, _: c.post(
        "/steward/care",
        data={"code": "C-1", "kind": "体检", "region": "370202", "day": "2026-07-01"},
    ),
    "form price": lambda c, _: c.post(
        "/steward/prices",
        data={"list": "A", "item": "water", "price": "1", "as_of": "2026-01-01", "source": "B"}
        | {"region": "370202"},
    ),
    "form add part": lambda c, _: c.post("/steward/relations/parts/X-1", data={"part": "T-1"}),
    "form take part": lambda c, database: c.post(
        f"/steward/relations/parts/X-1/{number(database, 'facility_part')}"
    ),
    "form delete": lambda c, database: c.post(
        "/steward/delete/X-1", data={"rev": number(database, REV), "seen": number(database, SEEN)}
    ),
    "answer": lambda c, _: c.post(
        "/steward/calls/answer/X-1", data={"base": "{}", "outcome": "reached", "phone": "0532-1"}
    ),
    "add photo": lambda c, _: c.post(
        "/steward/photos/add/X-1", data={"photo": (picture(), "door.png")}
    ),
    "change photo": lambda c, database: c.post(
        f"/steward/photos/{number(database, 'facility_photo')}", data={"do": "remove"}
    ),
    "api add photo": lambda c, _: c.post(
        f"{FACILITIES}/X-1/photos", data={"photo": (picture(), "door.png")}
    ),
    "api change photo": lambda c, database: patch(
        c, f"{FACILITIES}/X-1/photos/{number(database, 'facility_photo')}", {"public": True}
    ),
    "api remove photo": lambda c, database: c.delete(
        f"{FACILITIES}/X-1/photos/{number(database, 'facility_photo')}", headers={"If-Match": "*"}
    ),
    "api attach": lambda c, database: c.post(
        f"{APPLICATIONS}/{number(database, 'application')}/documents",
        data={"file": (io.BytesIO(b"%PDF-1.4 y"), "b.pdf")},
    ),
    "api detach": lambda c, database: c.delete(
        f"{APPLICATIONS}/{number(database, 'application')}"
        f"/documents/{number(database, 'application_document')}",
        headers={"If-Match": "*"},
    ),
    "apply": lambda c, _: c.post(APPLICATIONS, json=APPLICATION),
    "answer the form": lambda c, database: patch(
        c, f"{APPLICATIONS}/{number(database, 'application')}", {"answers": {"next": "新"}}
    ),
    "plan": lambda c, database: c.post(
        f"{APPLICATIONS}/{number(database, 'application')}/plan",
        json={"plan": "year", "time_words": "2024", "content": "建设"},
    ),
    "submit": lambda c, database: c.post(
        f"{APPLICATIONS}/{number(database, 'application')}/steps",
        json={"to": "submitted", "on_day": "2023-01-05"},
    ),
    "form submit": lambda c, database: c.post(
        f"/steward/applications/{number(database, 'application')}/move",
        data={"to": "submitted", "on_day": "2023-01-05"},
    ),
    "form plan": lambda c, database: c.post(
        f"/steward/applications/{number(database, 'application')}/plan",
        data={"plan": "year", "time_words": "2024", "content": "建设"},
    ),
    "form plan row": lambda c, database: c.post(
        f"/steward/applications/{number(database, 'application')}"
        f"/plan/{number(database, 'plan_step')}",
        data={"remove": "yes"},
    ),
    "form attach": lambda c, database: c.post(
        f"/steward/applications/{number(database, 'application')}/documents",
        data={"file": (io.BytesIO(b"%PDF-1.4 y"), "b.pdf")},
    ),
    "form detach": lambda c, database: c.post(
        f"/steward/applications/{number(database, 'application')}"
        f"/documents/{number(database, 'application_document')}/remove"
    ),
    "bulk": lambda c, _: bulk(c),
    "merge": lambda c, _: c.post(
        f"{FACILITIES}/T-1/merge",
        json={"far": True, "other": "X-1", "other_version": None},
        headers={"If-Match": "*"},
    ),
    "decide": lambda c, _: c.post(
        "/api/v1/duplicates", json={"first": "X-1", "second": "T-1", "state": "different"}
    ),
    # Each line by itself: the page says which were refused.
    "take over": lambda c, database: c.post(
        "/steward/calls/sheet/take-over", data={"line": line(number(database, REV))}
    ),
}
# What is looked at row by row says of each why not, and changes the others.
TOLD_BY_LINE = {"take over": 200, "bulk": 409}
SAID = {
    "bulk": "不在您负责的区域内",
    # The form comes back with what was typed.
    "form price": 'name="source" type="text" value="B"',
    # What has a number alone is told in words; that of a new one was never shown.
    "apply": "这份申报的站点或单位不在您负责的区域内，没有改动任何内容。您可以修改：市北区 370203",
}

# Ways to write that are not tried here, and why not.
ELSEWHERE = {
    "nothing but what is the account's own": {
        *("/steward/lists", "/steward/lists/<int:number>", "/steward/lists/<int:number>/delete"),
        *(
            "/steward/bulk/<int:number>/cancel",
            "/steward/calls/sheet",
            "/steward/import",
            "/steward/import/<int:number>/cancel",
        ),
        *("/steward/import/<int:number>/columns", "/steward/import/<int:number>/sheet"),
        "/steward/import/<int:number>/positions",
    },
    "row by row, in tests/web/pages/steward": {
        *("/steward/import/<int:number>/check", "/steward/reports"),
    },
    "the same tables, by the same trigger, as another way that is tried": {
        "/programmes/<string:code>/<string:indicator>/facts/<int:number>/take",
        *("/steward/duplicates", "/steward/duplicates/pair"),
        *("/steward/applications/new", "/steward/applications/<int:number>/form"),
        "/steward/services/take/<kind>/<int:number>/<path:code>",
        *("/steward/prices/file", "/steward/prices/take/<int:number>"),
        *("/steward/use/take/<int:number>/<path:code>", "/steward/care/take/<path:code>"),
    },
    "plans, in tests/web/pages/test_programmes.py": {"/new-programme", "/new-programme/file"},
    "lists of maps, which no account that is kept to regions changes; in test_public_map_import.py": {
        "/steward/public-maps/import",
        "/steward/public-maps/import/<int:number>",
        "/steward/public-maps/covers",
    },
    "services, which no account that is kept to regions adds; in tests/web/api/test_contests.py": {
        "/api/v1/contests/<code>/entries/<entry>/service",
    },
    "from a run, in tests/web/api/test_proposals.py": {"/api/v1/proposals", "/plan/board/take"},
    "after the draft; the same trigger on each table of an application": {
        *(f"/api/v1/applications/<int:id>/{what}" for what in ("reviews", "ratings")),
        *(f"/steward/applications/<int:number>/{what}" for what in ("review", "ratings")),
        "/api/v1/applications/<int:id>/recognitions",
        "/api/v1/applications/<int:id>/recognitions/<int:recognition>/revoke",
        "/steward/applications/<int:number>/recognitions",
        "/steward/applications/<int:number>/recognitions/<int:recognition>/revoke",
    },
}


def test_nothing_outside_is_changed_by_any_way(app: Flask, two_districts: Database) -> None:
    """Every address by which stewards write is tried, or stands above with why not."""
    tried: set[tuple[str, str]] = set()

    @app.after_request
    def note(response: Response) -> Response:
        if request.url_rule is not None:
            tried.add((request.method, request.url_rule.rule))
        return response

    client = kept_to(app, two_districts, "370203")
    before = everything(two_districts)
    for name, write in OUTSIDE.items():
        response = write(client, two_districts)
        said = response.get_data(as_text=True)
        assert response.status_code == TOLD_BY_LINE.get(name, 403), (name, said)
        assert SAID.get(name, "市北区 370203") in said, name
        assert everything(two_districts) == before, name
    explained = {("POST", rule) for rules in ELSEWHERE.values() for rule in rules}
    writes = {
        one
        for one, roles in GUARDED.items()
        if roles in (EDITORS, CARRIERS, STATERS) and one[0] != "GET"
    }
    assert writes - tried == explained


def test_each_way_is_open_to_whoever_has_the_region_above(
    app: Flask, two_districts: Database
) -> None:
    """The same writes pass for the city's steward, and for one without regions."""
    for regions in (("370200",), ("370202", "370203")):
        client = kept_to(app, two_districts, *regions)
        for name in ("change", "form change", "change organisation"):
            response = OUTSIDE[name](client, two_districts)
            assert response.status_code in (200, 302), (name, response.get_data(as_text=True))
        added = OUTSIDE["add"](client, two_districts)
        assert added.status_code == 201
        gone = client.delete(f"{FACILITIES}/N-1", headers={"If-Match": "*"})
        assert gone.status_code == 204


def test_a_steward_of_the_district_edits_it(app: Flask, two_districts: Database) -> None:
    client = kept_to(app, two_districts, "370203")
    assert "市北区" in client.get("/account").get_data(as_text=True)
    assert client.post(FACILITIES, json=new("N-1", INSIDE)).status_code == 201
    assert patch(client, f"{FACILITIES}/T-1", PHONE).status_code == 200
    given = client.post(
        f"{ORGANISATIONS}/O-out/roles", json={"facility": "T-1", "role": "recommends"}
    )
    assert given.status_code == 201, given.get_data(as_text=True)
    assert client.delete(f"{FACILITIES}/T-1", headers={"If-Match": "*"}).status_code == 204
    # Taken away at once, without signing in anew.
    set_rights(two_districts, "wang", regions=["370202"])
    problem_of(patch(client, f"{FACILITIES}/T-2", PHONE), 403)
    assert patch(client, f"{FACILITIES}/X-1", PHONE).status_code == 200
    # Who only looks at a record is told so before anything is typed.
    told = [
        "改了保存不了" in client.get(f"/steward/facilities/{code}?lang=zh").text
        for code in ("T-2", "X-1")
    ]
    assert told == [True, False]
    # A region that is gone opens nothing.
    with two_districts.session() as session:
        session.execute(text("update app_user set regions = '{999999}' where name = 'wang'"))
    problem_of(patch(client, f"{FACILITIES}/X-1", {"properties": {"phone": "2"}}), 403)
    set_rights(two_districts, "wang", regions=[])
    assert patch(client, f"{FACILITIES}/T-2", PHONE).status_code == 200


def test_who_files_does_not_approve(
    app: Flask, two_districts: Database, settings: Settings
) -> None:
    """The district hands in and gives an opinion; what follows is the city's, whichever way it is tried."""
    day, own, page = today(settings).isoformat(), f"{APPLICATIONS}/1", "/steward/applications/1"
    client = kept_to(app, two_districts, "370202")
    heads = dict.fromkeys(("idea", "policy", "focus", "funds", "mechanism"), "符合")
    review = {"reviewed_on": day, "reviewer": "组", "heads": heads}
    title = {"given_on": day, "document": "〔2026〕1号"}
    rated = {"year": int(day[:4]), "grade": "a", "rated_on": day}
    acts: list[tuple[str, dict[str, object]]] = [
        ("reviews", review | {"decision": "approved"}),
        ("recognitions", title),
        ("ratings", rated),
        *(
            ("steps", {"to": to, "on_day": day, "reason": "整修"})
            for to in ("suspended", "recognised")
        ),
        ("recognitions/1/revoke", {"on_day": day, "reason": "失实"}),
        ("steps", {"to": "exited", "on_day": day, "reason": "停办"}),
    ]
    assert client.post(f"{own}/steps", json={"to": "submitted", "on_day": day}).status_code == 201
    opinion = client.post(f"{own}/reviews", json=review | {"decision": "opinion"})
    assert opinion.get_json()["stage"] == "submitted"
    offered = client.get(page).text
    assert ('value="opinion"' in offered, 'value="approved"' in offered) == (True, False)
    for what, body in acts:
        set_rights(two_districts, "wang", regions=["370202"])
        before = everything(two_districts)
        assert (
            "青岛市总工会" in problem_of(client.post(f"{own}/{what}", json=body), 403)["detail_zh"]
        )
        offered = client.get(page).text
        for form in ("/recognitions", "/ratings", 'value="suspended"', 'value="exited"'):
            assert f'action="{page}{form}' not in offered, (what, form)
            assert form.startswith("/") or form not in offered, (what, form)
        assert everything(two_districts) == before, what
        set_rights(two_districts, "wang", regions=["370200"])
        done = client.post(f"{own}/{what}", json=body)
        assert done.status_code == 201, (what, done.get_data(as_text=True))
        set_rights(two_districts, "wang", regions=["370202"])
        last = f"/api/v1/change-sets/{number(two_districts, 'change_set')}/undo"
        problem_of(client.post(last, json={}), 403)
    said = client.post(f"{page}/ratings", data={"year": day[:4], "grade": "a", "rated_on": day})
    assert said.status_code == 403
    assert "青岛市总工会" in said.text
    set_rights(two_districts, "wang", regions=["370203"])
    assert "<form" not in client.get(page).text.split("<main")[1]


def test_regions_are_those_of_the_store_and_no_administrators(two_districts: Database) -> None:
    with pytest.raises(InvalidValueError, match="region"):
        save_user(two_districts, "li", Role.STEWARD, PASSWORD, regions=["370299"])
    with pytest.raises(InvalidValueError, match="region"):
        save_user(two_districts, "li", Role.ADMIN, PASSWORD, regions=["370203"])
    save_user(two_districts, "li", Role.STEWARD, PASSWORD, regions=["370203", "370202"])
    assert list_users(two_districts)[0].regions == ("370202", "370203")


@pytest.mark.parametrize(("regions", "writes"), [(("370203",), 0), (("370200",), 1), ((), 1)])
def test_the_board_asks_for_nothing_that_would_be_refused(
    app: Flask, two_districts: Database, regions: tuple[str, ...], writes: int
) -> None:
    client = kept_to(app, two_districts, *regions)
    for address in (BOARD, f"{BOARD}/1"):
        page = client.get(f"{address}?lang=zh").text
        assert ('action="/plan/board/1' in page) == bool(writes), address
    assert ("只能查看" in page) != bool(writes)


def test_a_plan_is_taken_to_the_board_as_far_as_the_regions_go(
    app: Flask, two_districts: Database, settings: Settings
) -> None:
    asked = SitingParameters(p=2, standard_m=300.0, spacing_m=100.0)
    run = run_here(two_districts, settings, asked)
    sites = {one.order: one.region for one in sites_of(two_districts, run.id)}
    client = kept_to(app, two_districts, "370202")
    refused = client.post(f"{BOARD}/take?lang=zh", data={"run": run.id, "site": 1, "all": "1"})
    assert set(sites.values()) == {"370203"}
    assert refused.status_code == 403
    assert "没有站点在您负责的区域内" in refused.text
    with two_districts.session() as session:
        session.execute(
            text("update run_site set region_code = '370202' where run_id = :run and rank = 2"),
            {"run": run.id},
        )
    refused = client.post(f"{BOARD}/take?lang=zh", data={"run": run.id, "site": ["1", "2"]})
    assert "第 1 处不在您负责的区域内" in refused.text

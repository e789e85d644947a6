"""``/api/v1/proposals``: from a plan's site to an opened station, by rights, steps and undo."""

import math
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.proposals import TRANSITIONS, ProposalState
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import Family
from geoapp.operations.moment import today
from geoapp.operations.upkeep.users import set_rights
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from tests.conftest import Command
from tests.web.api_client import client_of, make_app, problem_of

URL = "/api/v1/proposals"
ANY = {"If-Match": "*"}
WANTED = {"p": 2, "standard_m": 300, "demand": "town", "spacing_m": 100, "hours": "06:00-23:00"}


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def planned(planner: FlaskClient, town: Database, settings: Settings, **more: Any) -> int:
    number: int = planner.post("/api/v1/siting-runs", json=WANTED | more).get_json()["id"]
    execute(town, settings, number, threading.Event())
    return number


def walk(client: FlaskClient, number: int, *states: str) -> None:
    for state in states:
        told = client.patch(f"{URL}/{number}", json={"state": state}, headers=ANY)
        assert told.status_code == 200, told.text


def test_from_plan_to_station(
    town: Database, settings: Settings, geoapp: Command, tmp_path: Any
) -> None:
    app = make_app(settings, town)
    planner = client_of(app, town, Role.PLANNER)
    run = planned(planner, town, settings)
    sites = planner.get(f"/api/v1/siting-runs/{run}/sites").get_json()["features"]
    problem_of(planner.post(URL, json={"run": run, "sites": [3]}), 422, "sites")
    problem_of(planner.post(URL, json={"run": run + 99}), 404)
    taken = planner.post(URL, json={"run": run, "sites": [1]})
    assert taken.status_code == 201, taken.text
    [first] = taken.get_json()["added"]
    # Once is enough, from this plan or from another one that finds the same place.
    both = planner.post(URL, json={"run": run}).get_json()
    assert both["there"] == [first]
    [second] = both["added"]
    again = planned(planner, town, settings)
    assert planner.post(URL, json={"run": again}).get_json() == {
        "added": [],
        "there": [first, second],
    }

    shown = planner.get(f"{URL}/{first}")
    told = shown.get_json()["properties"]
    assert shown.get_json()["geometry"] == sites[0]["geometry"]
    assert told["promise"]["workers"] == sites[0]["properties"]["adds"] > 0
    assert (told["promise"]["standard_m"], told["owner"]) == (300, "a-planner")
    assert (told["state"], told["region"], told["moved_m"]) == ("proposed", "370203", 0)
    assert told["since"] == told["steps"][0]["on"] == today(settings).isoformat()

    # Two people at once: whoever saw the older version is refused, with nothing changed.
    tag = {"If-Match": shown.headers["ETag"]}
    edit = {"cost": 12.5, "host": "社区卫生站", "planned_on": "2027-03-01", "note": "先谈水电"}
    changed = planner.patch(f"{URL}/{first}", json=edit, headers=tag)
    assert {name: changed.get_json()["properties"][name] for name in edit} == edit
    problem_of(planner.patch(f"{URL}/{first}", json={"cost": 1}, headers=tag), 409)
    for wrong, name in (
        ({"owner": "nobody"}, "owner"),
        ({"organisation": "O-9"}, "organisation"),
        ({"name_zh": " "}, "name_zh"),
        ({"lon": 120.35, "lat": 36.07}, "reason"),
        ({"lon": 120.35, "reason": "x"}, "lat"),
        ({"lon": 200, "lat": 36, "reason": "x"}, "lon"),
        ({"state": "surveyed", "on": str(today(settings) + timedelta(days=1))}, "on"),
        # Nothing happens to a site before it was proposed.
        ({"state": "surveyed", "on": str(today(settings) - timedelta(days=1))}, "on"),
        ({"state": "dropped"}, "reason"),
        ({"state": "surveyed", "cost": 1}, "cost"),
    ):
        problem_of(planner.patch(f"{URL}/{first}", json=wrong, headers=ANY), 422, name)
    east = sites[0]["geometry"]["coordinates"][0] + 0.0001
    north = sites[0]["geometry"]["coordinates"][1]
    moved = planner.patch(
        f"{URL}/{first}",
        json={"lon": east, "lat": north, "reason": "房东只给东边这间"},
        headers=ANY,
    ).get_json()["properties"]
    # A ten-thousandth of a degree of longitude at 36 degrees is 9.0 m.
    assert moved["moved_m"] == pytest.approx(9.0, abs=0.1)

    skipped = problem_of(
        planner.patch(f"{URL}/{first}", json={"state": "building"}, headers=ANY), 409
    )
    assert (
        "可变为：已踏勘（surveyed）、已谈妥（host_agreed）、不建了（dropped）"
        in skipped["detail_zh"]
    )
    assert "surveyed, host_agreed, dropped" in skipped["detail"]
    opening = {
        "opened_on": today(settings).isoformat(),
        "station": {"opening_hours": "06:00-23:00", "amenities": ["drinking_water"]},
    }
    problem_of(planner.post(f"{URL}/{first}/open", json=opening, headers=ANY), 409)
    problem_of(planner.get(f"{URL}/{first}/fact"), 409)
    walk(planner, first, "host_agreed", "approved")
    problem_of(planner.patch(f"{URL}/{first}", json={"state": "open"}, headers=ANY), 409)
    wrong_kind = opening | {"station": {"kind": "castle"}}
    problem_of(planner.post(f"{URL}/{first}/open", json=wrong_kind, headers=ANY), 422, "kind")
    earlier = opening | {"opened_on": str(today(settings) - timedelta(days=1))}
    early = problem_of(
        planner.post(f"{URL}/{first}/open", json=earlier, headers=ANY), 422, "opened_on"
    )
    assert f"不早于上一步（{today(settings)}）" in early["detail_zh"]
    # What is refused leaves nothing behind, in neither table.
    with town.session() as session:
        assert session.execute(text("select count(*) from facility")).scalar_one() == 6
    opened = planner.post(f"{URL}/{first}/open", json=opening, headers=ANY)
    assert opened.status_code == 201, opened.text
    properties = opened.get_json()["properties"]
    assert (properties["state"], properties["next_states"]) == ("open", [])
    code = properties["facility"]
    assert code == "370203-outdoor_station-0001"
    station = planner.get(opened.headers["Location"]).get_json()
    assert station["geometry"]["coordinates"] == pytest.approx([east, north])
    kept = station["properties"]
    assert (kept["status"], kept["opened_on"]) == ("open", today(settings).isoformat())
    assert (kept["opening_hours"], kept["amenities"]) == ("06:00-23:00", ["drinking_water"])
    assert (kept["host"], kept["verified_on"]) == ("社区卫生站", None)
    # By its host, and never by where it lies.
    kind = load_vocabulary().first_kind(Family.STATION).text
    assert kept["name_zh"] == f"社区卫生站{kind.zh}"

    # The plan's own arithmetic: 9 m further east it still reaches whom it promised, or not.
    fact = planner.get(f"{URL}/{first}/fact").get_json()
    assert fact["promised"] == sites[0]["properties"]["adds"]
    assert fact["workers"] is not None
    assert fact["reason_zh"] is None

    # The story tells each step; a steward takes the opening back, in both tables.
    story = planner.get(f"{URL}/{first}/history").get_json()["change_sets"]
    lines = [line["text"] for one in story for line in one["changes"]]
    assert "移动了 9 m" in " ".join(lines).replace("米", "m")
    assert any("拟选 → 已谈妥" in line for line in lines)
    steward = client_of(app, town, Role.STEWARD)
    undone = steward.post(f"/api/v1/change-sets/{story[0]['id']}/undo", json={})
    assert undone.status_code == 200, undone.text
    back = planner.get(f"{URL}/{first}").get_json()["properties"]
    assert (back["state"], back["facility"]) == ("approved", None)
    assert planner.get(f"/api/v1/facilities/{code}").status_code in (404, 410)

    # A facility that is there is linked, once, and opened where it was not.
    # It may have opened before anybody planned it; the board learns it today.
    link = {"opened_on": str(today(settings) - timedelta(days=1)), "facility": "T-6"}
    linked = planner.post(f"{URL}/{first}/open", json=link, headers=ANY)
    assert linked.status_code == 201
    assert linked.get_json()["properties"]["since"] == today(settings).isoformat()
    walk(planner, second, "surveyed", "host_agreed", "approved", "building")
    problem_of(planner.post(f"{URL}/{second}/open", json=link, headers=ANY), 409)

    # A dropped one keeps its reason, and may come back.
    reason = {"state": "dropped", "reason": "房东不租"}
    dropped = planner.patch(f"{URL}/{second}", json=reason, headers=ANY).get_json()["properties"]
    assert (dropped["reason"], dropped["next_states"]) == ("房东不租", ["proposed"])
    one = planner.get(f"{URL}?state=dropped&region=370200").get_json()["features"]
    assert [each["id"] for each in one] == [second]

    listed = geoapp("proposals", "list", "--state", "dropped")
    assert listed.exit_code == 0
    assert "不建了" in listed.output
    assert geoapp("proposals", "list", "--state", "x").exit_code == 2
    for name in ("board.csv", "board.xlsx"):
        assert geoapp("proposals", "export", "-o", tmp_path / name).exit_code == 0
    rows = (tmp_path / "board.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert "房东不租" in rows[2]
    assert geoapp("proposals", "export", "-o", tmp_path / "board.gpkg").exit_code == 2


def test_rights_by_role_and_region(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    app = make_app(settings, town)
    planner = client_of(app, town, Role.PLANNER)
    run = planned(planner, town, settings)
    [number, _] = planner.post(URL, json={"run": run}).get_json()["added"]
    for role in [None, *Role]:
        with subtests.test(role=role):
            client = client_of(app, town, role)
            reads = client.get(f"{URL}/{number}").status_code
            writes = client.patch(f"{URL}/{number}", json={"cost": 1}, headers=ANY).status_code
            expected = {None: (401, 401), Role.MANAGER: (200, 403)}
            assert (reads, writes) == expected.get(role, (200, 200))
    with town.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh) values "
                "('370202', '370200', 'district', '市南区')"
            )
        )
    for role in (Role.PLANNER, Role.STEWARD):
        with subtests.test("kept to regions", role=role):
            client = client_of(app, town, role)
            set_rights(town, f"a-{role}", regions=["370202"])
            told = problem_of(client.patch(f"{URL}/{number}", json={"cost": 2}, headers=ANY), 403)
            assert "市南区" in told["detail_zh"]
            step = {"state": "surveyed"}
            problem_of(client.patch(f"{URL}/{number}", json=step, headers=ANY), 403)
            set_rights(town, f"a-{role}", regions=["370203"])
            assert client.patch(f"{URL}/{number}", json={"cost": 3}, headers=ANY).status_code == 200
    admin, planner = client_of(app, town, Role.ADMIN), client_of(app, town, Role.PLANNER)
    again = planned(admin, town, settings, standard_m=100)
    set_rights(town, "a-planner", regions=["370202"])
    told = problem_of(planner.post(URL, json={"run": again}), 403)
    assert "方案里的第 1、2 处不在您负责的区域内" in told["detail_zh"]
    assert len(planner.get(URL).get_json()["features"]) == 2


def test_every_state_can_be_left_or_is_the_end() -> None:
    assert set(TRANSITIONS) == set(ProposalState)
    assert [one for one in TRANSITIONS if not TRANSITIONS[one]] == [ProposalState.OPEN]
    reached = {one for allowed in TRANSITIONS.values() for one in allowed}
    assert reached == set(ProposalState)


def test_an_opened_station_has_the_hours_and_seats_that_the_plan_asked(
    town: Database, settings: Settings
) -> None:
    planner = client_of(make_app(settings, town), town, Role.PLANNER)
    sizes = [{"name": "小", "seats": 2.5, "cost": 4}, {"name": "大", "seats": 60, "cost": 5}]
    asked = {"p": None, "budget": 9, "sizes": sizes, "hours": "每天 6:00-23:00"}
    run = planned(planner, town, settings, **asked)
    sites = planner.get(f"/api/v1/siting-runs/{run}/sites").get_json()["features"]
    built = [one["properties"]["seats"] for one in sites]
    assert len(built) == 2
    first, second = planner.post(URL, json={"run": run}).get_json()["added"]
    day = {"opened_on": today(settings).isoformat()}

    def opened(number: int, station: dict[str, Any] | None) -> dict[str, Any]:
        walk(planner, number, "host_agreed", "approved")
        body = day | ({} if station is None else {"station": station})
        answer = planner.post(f"{URL}/{number}/open", json=body, headers=ANY)
        assert answer.status_code == 201, answer.text
        kept = planner.get(answer.headers["Location"]).get_json()
        found: dict[str, Any] = kept.get("properties", kept)
        return found

    kept = opened(first, None)
    assert (kept["opening_hours"], kept["capacity"]) == (
        "Mo-Su 06:00-23:00",
        math.floor(built[0]),
    )
    # Somebody who knows better is heard, and who does not know is, too.
    kept = opened(second, {"opening_hours": None, "capacity": 7})
    assert (kept["opening_hours"], kept["capacity"]) == (None, 7)

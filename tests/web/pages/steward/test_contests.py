"""A contest in the browser: from its first entry to the catalogue, by rules that are data."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.contests.read import read_contest
from geoapp.operations.services.catalogue import read_catalogue
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import set_rights
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app

LIST = "/steward/contests"
PAGE = f"{LIST}/K-1"


def hidden(page: str, do: str) -> dict[str, str]:
    """Return the hidden fields of one form of a page, as a browser sends them."""
    [form] = [
        one
        for one in re.findall(r"<form.*?</form>", page, re.S)
        if f'name="do" value="{do}"' in one
    ]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return {name: value.replace("&#34;", '"') for name, value in found}


def send(client: FlaskClient, address: str, do: str, **values: Any) -> TestResponse:
    """Open a page, fill in one of its forms and send it."""
    return client.post(address, data=hidden(client.get(address).text, do) | values)


def test_from_entries_to_the_catalogue(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    steward = client_of(app, database, Role.STEWARD)
    new = {"code": "K-1", "name_zh": "小镇竞赛", "region": "370203", "rules": "jiangbei-2023"}
    assert steward.post(LIST, data=new | {"document_on": "昨天"}).status_code == 422
    assert steward.post(LIST, data=new).status_code == 302
    again = steward.post(LIST, data=new | {"name_en": "Again"})
    assert again.status_code == 409
    assert 'value="Again"' in again.text  # what was typed stays
    for number in range(1, 5):
        entry = {"code": f"{number}", "organisation": f"单位{number}", "project": f"项目{number}"}
        assert send(steward, PAGE, "new-entry", **entry).status_code == 302
    assert send(steward, PAGE, "new-entry", code="1", organisation="丁").status_code == 409

    # What the stage does not open is neither on the page nor taken.
    first = f"{PAGE}?entry=1"
    assert 'name="votes"' not in steward.get(first).text
    early = send(steward, first, "entry", prize="一等奖")
    assert early.status_code == 422
    assert "竞赛还没有结果" in early.text
    for stage in ("review", "votes", "result"):
        assert send(steward, PAGE, "move", to=stage).status_code == 302
    assert 'name="to"' not in steward.get(PAGE).text
    back = steward.post(
        PAGE, data=hidden(steward.get(PAGE).text, "remove") | {"do": "move", "to": "votes"}
    )
    assert (back.status_code, "没有下一阶段；不能到" in back.text) == (409, True)

    judged = {"points-0": "9.5", "votes": "0", "finalist": "true", "prize": "一等奖"}
    assert send(steward, first, "entry", **judged).status_code == 302
    second = send(steward, f"{PAGE}?entry=2&lang=en", "entry", prize="一等奖", votes="7")
    assert second.status_code == 422
    assert "2 entries have the first prize; there are 1 of it." in second.text
    assert 'name="votes" type="number" value="7"' in second.text
    assert send(steward, f"{PAGE}?entry=2", "entry", prize="特等奖").status_code == 422
    lost = send(steward, f"{PAGE}?entry=3&lang=zh", "entry", prize="三等奖", finalist="false")
    assert "没有进入决赛的项目 3 不能获奖" in lost.text
    service = {"code": "S-1", "category": "leisure", "name_zh": "项目一"}
    assert send(steward, first, "service", **service).status_code == 302
    [(_, [item])] = read_catalogue(database, settings).categories
    assert [(one.code, prize.en) for one, prize in item.prizes] == [("K-1", "first prize")]
    stored = read_contest(database, settings, "K-1").entry("1")
    assert (stored.points, stored.votes, stored.service) == ("目的明确 9.5", 0, "S-1")
    assert "管理这场竞赛" in steward.get("/services/catalogue?lang=zh").text
    assert "管理这场竞赛" not in client_of(app, database).get("/services/catalogue?lang=zh").text


def test_two_people_undo_and_districts(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    with database.session() as session:
        for one in (
            "insert into contest (code, name_zh, region_code, stage) values "
            "('K-1', '小镇竞赛', '370203', 'votes'), ('K-2', '别处', '370200', 'votes')",
            "insert into contest_entry (contest_code, code, organisation) values "
            "('K-1', '1', '甲'), ('K-2', '1', '乙')",
        ):
            session.execute(text(one))
    app = make_app(settings, database)
    steward = client_of(app, database, Role.STEWARD)
    address = f"{PAGE}?entry=1"
    mine = hidden(steward.get(address).text, "entry")
    assert send(steward, address, "entry", votes="40", source="唱票").status_code == 302
    # Another field of the same entry: both stay. The same field: both are shown, nothing is lost.
    assert steward.post(address, data=mine | {"project": "夜校"}).status_code == 302
    clash = steward.post(address, data=mine | {"votes": "41"})
    assert clash.status_code == 409
    assert "<td>40</td><td>41</td>" in clash.text
    resent = hidden(clash.text, "entry") | {"votes": "41"}
    done = steward.post(address, data=resent)
    assert done.status_code == 302
    entry = read_contest(database, settings, "K-1").entry("1")
    assert (entry.votes, entry.project, entry.source) == (41, "夜校", "唱票")
    stale = steward.post(PAGE, data={"do": "remove", "rev": "9"})
    assert (stale.status_code, "已被他人修改" in stale.text) == (409, True)

    # An entry that somebody adds, or changes, does not go with the contest unseen.
    for where, do, values in (
        (PAGE, "new-entry", {"code": "2", "organisation": "丙"}),
        (f"{PAGE}?entry=2", "entry", {"organisation": "丁"}),
    ):
        opened = hidden(steward.get(PAGE).text, "remove")
        assert send(steward, where, do, **values).status_code == 302
        stale = steward.post(PAGE, data=opened)
        assert (stale.status_code, "已被他人修改" in stale.text) == (409, True)
        assert f"<td>{values['organisation']}</td>" in stale.text

    # The change leads to where it is taken back; so does a deleted contest with its entries.
    [number] = re.findall(r"saved=(\d+)", done.location)
    assert "职工票数" in steward.get(f"/steward/history/{number}?lang=zh").text
    assert steward.post(f"/steward/history/{number}/undo").status_code == 302
    assert read_contest(database, settings, "K-1").entry("1").votes == 40
    assert send(steward, PAGE, "remove").status_code == 302
    assert steward.get(PAGE).status_code == 404
    with database.session() as session:
        gone = session.execute(text("select max(id) from change_set")).scalar_one()
    assert steward.post(f"/steward/history/{gone}/undo").status_code == 302
    assert read_contest(database, settings, "K-1").entry("1").project == "夜校"

    set_rights(database, "a-steward", regions=["370203"])
    assert send(steward, address, "entry", votes="42").status_code == 302
    assert send(steward, PAGE, "move", to="result").status_code == 302
    for outside, do, values in (
        (f"{LIST}/K-2?entry=1", "entry", {"votes": "1"}),
        (f"{LIST}/K-2", "new-entry", {"code": "2", "organisation": "丙"}),
        (f"{LIST}/K-2?entry=1", "remove-entry", {}),
        (f"{LIST}/K-2", "move", {"to": "result"}),
        (f"{LIST}/K-2", "remove", {}),
        (PAGE, "contest", {"region": "370200"}),
    ):
        refused = send(steward, outside, do, **values)
        assert (refused.status_code, "370203" in refused.text) == (403, True), do

"""The board of promises: every plan, a promise with what was counted, on any day."""

import io
import json
import re

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.paths import shipped
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import set_rights
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import PASSWORD, client_of, make_app
from tests.web.edge.test_second_factor import set_up


@pytest.fixture
def steward(database: Database, settings: Settings) -> FlaskClient:
    initialise(database)
    return client_of(make_app(settings, database), database, Role.STEWARD)


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return make_app(settings, database).test_client()


def test_the_board_leads_to_every_promise_and_its_document(client: FlaskClient) -> None:
    board = client.get("/programmes?lang=zh").text
    links = set(re.findall(r'href="(/programmes/[^"/?]+/[^"/?]+)"', board))
    assert len(links) == 35
    assert "承诺：</span>" not in board
    # Words stand beside every state; no text of one language is left in the other.
    english = client.get("/programmes?lang=en").text
    assert english.count('class="promise-state') == board.count('class="promise-state') == 35
    assert not re.findall(r"[\u4e00-\u9fff]{4,}(?=[^<]*</strong>)", english)
    promise = client.get("/programmes/zhejiang-2022/Z22-4?lang=zh").text
    assert "超过 100,000 人次" in promise
    assert "浙江工人日报" in promise
    assert "297 家" in client.get("/programmes/zhejiang-2023-2025?lang=zh").text
    assert client.get("/programmes/nothing").status_code == 404
    assert client.get("/programmes/zhejiang-2022/Q-1").status_code == 404
    for address in ("/programmes", "/programmes/qingdao-2022", "/api/v1/programmes/qingdao-2022"):
        for day in ("someday", "2025-02-30", "0001-01-01", "9999-12-31"):
            answer = client.get(f"{address}?lang=zh&as_of={day}")
            assert answer.status_code == 422, (address, day)
            assert "日期，如 20" in answer.text


def test_a_promise_shows_what_counts_on_a_day(client: FlaskClient, database: Database) -> None:
    with database.session() as session:
        session.execute(
            text(
                "update facility set opened_on = '2024-03-01', is_sample = false, "
                "name_zh = '<b>基地</b>' where code = 'T-4';"
                "insert into indicator_split values ('qingdao-2022', 'Q-16', '370203', 1234567)"
            )
        )
    page = client.get("/programmes/qingdao-2022/Q-16?as_of=2025-01-01&lang=zh").text
    assert "/stations/T-4" in page
    assert "&lt;b&gt;基地" in page
    assert 'id="map"' in page
    assert '<dt>市北区</dt><dd class="number">1,234,567 ' in page
    assert "进度落后" in page
    before = client.get("/programmes/qingdao-2022/Q-16?as_of=2024-02-01&lang=zh").text
    assert "/stations/T-4" not in before
    # What is asked on a day stays on that day from page to page.
    assert 'href="/programmes/qingdao-2022?as_of=2025-01-01"' in page
    with database.session() as session:
        session.execute(text("update facility set is_sample = true where code = 'T-4'"))
    sample = client.get("/programmes/qingdao-2022/Q-16?as_of=2025-01-01&lang=zh").text
    assert "/stations/T-4" not in sample
    assert "只数示例" in sample


def test_a_steward_enters_what_a_document_states(steward: FlaskClient) -> None:
    page = "/programmes/qingdao-2022/Q-8"
    given = {"value": "100,000", "as_of": "2022-12-31", "place": "第二段"}
    refused = steward.post(f"{page}/facts", data=given)
    assert refused.status_code == 422
    assert 'value="第二段"' in refused.text
    titled = given | {
        "title_zh": "工作总结",
        "issuer_zh": "某市总工会",
        "published_on": "2023-01-10",
    }
    assert steward.post(f"{page}/facts", data=titled).status_code == 302
    shown = steward.get(f"{page}?lang=zh").text
    assert "某市总工会，《工作总结》，2023-01-10，第二段" in shown
    assert "已兑现" in shown
    # The document is known from now on; its number of a day is entered once.
    known = given | {"document": "qingdao-2022-d1"}
    assert steward.post(f"{page}/facts", data=known).status_code == 409
    # The same title, issuer and day are that document again.
    assert steward.post(f"{page}/facts", data=titled).status_code == 409
    assert "qingdao-2022-d2" not in steward.get(page).text
    late = {"as_of": "2023-01-11"}
    for given_document in (known, titled, titled | {"title_zh": "通报"}):
        refused = steward.post(f"{page}/facts?lang=zh", data=given_document | late)
        assert (refused.status_code, "2023-01-10" in refused.text) == (422, True)
    future = titled | {"title_zh": "通报", "published_on": "2199-01-01"}
    assert steward.post(f"{page}/facts", data=future).status_code == 422
    assert "通报" not in steward.get(f"{page}?lang=zh").text
    for wrong in (
        {"value": "-1"},
        {"value": "NaN"},
        {"value": "12.5"},
        {"as_of": "2022"},
        {"as_of": "2199-12-31"},
        {"document": "nothing"},
    ):
        assert steward.post(f"{page}/facts", data=known | wrong).status_code == 422, wrong
    number = re.search(r"/facts/(\d+)/take", shown)
    assert number is not None
    assert steward.post(f"{page}/facts/{number[1]}/take").status_code == 302
    assert steward.post(f"{page}/facts/{number[1]}/take").status_code == 404
    assert "没有公布的数" in steward.get(f"{page}?lang=zh").text


def test_who_is_kept_to_regions_is_offered_no_form_that_refuses(
    database: Database, settings: Settings
) -> None:
    seed_town(database)
    steward = client_of(make_app(settings, database), database, Role.STEWARD)
    page = "/programmes/qingdao-2022/Q-14"
    for regions, offered in ((["370203"], False), (["370200"], True), ([], True)):
        set_rights(database, f"a-{Role.STEWARD}", regions=regions)
        shown = steward.get(f"{page}?lang=zh").text
        assert (f'action="{page}/facts"' in shown) is offered
        assert ("这个计划不在其中" in shown) is not offered
        given = {"value": "1", "as_of": "2025-01-01", "title_zh": f"总结{len(regions)}"}
        status = steward.post(f"{page}/facts", data=given).status_code
        assert status == (302 if offered else 403), regions


def test_documents_that_differ_are_no_unknown_days(steward: FlaskClient) -> None:
    page = "/programmes/qingdao-2022/Q-14"
    given = {"as_of": "2025-12-31", "title_zh": "总结", "issuer_zh": "某市总工会"}
    for value, day in (("152", "2026-01-20"), ("160", "2026-03-01")):
        sent = given | {"value": value, "published_on": day}
        assert steward.post(f"{page}/facts", data=sent).status_code == 302
    shown = steward.get(f"{page}?lang=zh").text
    assert "152 处 至 160 处" in shown
    assert "几份文件说法不一" in shown
    assert "日期不详" not in shown
    # Two documents of one title are told apart, in the list and where one is taken away.
    for day in ("2026-01-20", "2026-03-01"):
        assert f"总结 · 某市总工会 · {day}</option>" in shown
        assert f"总结 · {day}</span>" in shown


def test_a_manager_states_a_fact_with_a_second_factor(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    app = make_app(settings, database)
    manager = client_of(app, database, Role.MANAGER)
    page = "/programmes/qingdao-2022/Q-8"
    given = {"value": "80,000", "as_of": "2022-12-31", "title_zh": "工作总结"}
    shown = manager.get(page).text
    assert "/account/second-factor" in shown
    assert f'action="{page}/facts"' not in shown
    for path in (f"{page}/facts", f"{page}/facts/1/take"):
        refused = manager.post(path, data=given)
        assert refused.headers["Location"] == "/account/second-factor"
        asked = {"Accept": "application/json"}
        assert manager.post(path, data=given, headers=asked).status_code == 403
    assert manager.get("/use").status_code == 200
    # The page says what it is needed for, and leads on to where somebody was going: here alone.
    sent = manager.get("/new-programme").headers["Location"]
    assert sent == "/account/second-factor?next=/new-programme"
    why = manager.get(f"{sent}&lang=zh").text
    assert "登记计划和文件所载的数，要先开启两步验证" in why
    assert 'name="next" value="/new-programme"' in why
    for elsewhere in ("//example.org/", "https://example.org/", "/\\example.org"):
        asked_for = manager.get("/account/second-factor", query_string={"next": elsewhere}).text
        assert 'name="next"' not in asked_for
    given_with = {"password": PASSWORD, "next": "/new-programme"}
    begun = manager.post("/account/second-factor/start", data=given_with).text
    assert 'name="next" value="/new-programme"' in begun
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", begun)
    assert secret is not None
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    confirmed = {"code": code, "next": "/new-programme"}
    done = manager.post("/account/second-factor/confirm", data=confirmed).text
    assert 'class="button main" href="/new-programme"' in done
    shown = manager.get(page).text
    assert 'name="seen" value=""' in shown
    assert manager.post(f"{page}/facts", data=given | {"seen": ""}).status_code == 302
    # Who still has the old page before them is told, keeps what was typed, and can go on.
    more = given | {"value": "90,000", "as_of": "2023-06-30", "seen": ""}
    stale = manager.post(f"{page}/facts?lang=zh", data=more)
    assert (stale.status_code, "别人登记或撤下" in stale.text) == (409, True)
    assert 'value="90,000"' in stale.text
    seen = re.search(r'name="seen" value="(\d+)"', stale.text)
    assert seen is not None
    assert manager.post(f"{page}/facts", data=more | {"seen": seen[1]}).status_code == 302
    assert manager.post(f"{page}/facts", data=more | {"seen": "all"}).status_code == 422
    admin = client_of(app, database, Role.ADMIN)
    sets = admin.get("/api/v1/change-sets").get_json()["change_sets"]
    stated = [one for one in sets if "indicator_fact" in one["counts"]["by_table"]]
    assert [one["actor"] for one in stated[:2]] == ["a-manager", "a-manager"]
    undone = admin.post(f"/api/v1/change-sets/{stated[0]['id']}/undo")
    assert undone.status_code == 200
    assert manager.post(f"{page}/facts/{seen[1]}/take").status_code == 302
    assert "/take" not in manager.get(page).text


TYPED = {
    "zh": "市北区户外劳动者服务三年行动",
    "issuer_zh": "市北区总工会",
    "published_on": "2026-01-05",
    "region": "370203",
    "promise_zh": ["新建站点 2 处", "", "服务 10,000 人次"],
    "promise_en": ["Two new stations", "", ""],
    "promise_comparator": ["at_least", "at_least", "about"],
    "promise_value": ["2", "", "10,000"],
    "promise_unit": ["place", "place", "person_time"],
    "promise_period_from": ["2024-01-01", "", "2026-01-01"],
    "promise_due": ["2026-12-31", "", "2026-12-31"],
    "promise_place": ["二（一）", "", "二（三）"],
    "promise_counted": ["outdoor_station", "", ""],
}


def test_a_plan_is_typed_in_counted_and_stated(
    town_template: str, database: Database, settings: Settings
) -> None:
    """Two stations were opened since 2024 and are no samples, so the first promise is met at once."""
    with database.session() as session:
        session.execute(
            text(
                "update facility set opened_on = '2024-03-01', opened_basis = 'known', is_sample = false, "
                "kind_code = 'outdoor_station' where code in ('T-1', 'T-2');"
                "update facility set opened_on = '2020-01-01', opened_basis = 'known' where code not in ('T-1', 'T-2')"
            )
        )
    app = make_app(settings, database)
    manager, anybody = client_of(app, database, Role.MANAGER), client_of(app, database)
    set_up(manager)  # as for all that managers state
    assert 'href="/new-programme"' in manager.get("/programmes").text
    assert 'href="/new-programme"' not in anybody.get("/programmes").text
    # Where a value is refused the row and what is accepted are named, and what was typed stays.
    for change, told in (
        ({"zh": " "}, "“计划名称”没有填写"),
        ({"promise_value": ["2.5", "", "1"]}, "第 1 行：“数量”不能是“2.5”：应为 0 或更大的整数"),
        ({"promise_due": ["2026-12-31", "", "soon"]}, "第 3 行：“到”不能是“soon”"),
        ({"promise_place": ["", "", "x"]}, "第 1 行：“文件中的位置”没有填写"),
        ({"promise_zh": ["", "", ""], "promise_value": ["", "", ""]}, "至少一项承诺"),
        ({"promise_period_from": ["2027-01-01", "", ""]}, "不晚于 2026-12-31"),
        ({"promise_counted": ["no-kind", "", ""]}, "no kinds"),
    ):
        refused = manager.post("/new-programme?lang=zh", data=TYPED | change)
        assert refused.status_code == 422, change
        assert told in refused.text, change
        assert 'value="市北区总工会"' in refused.text
    more = manager.post("/new-programme", data=TYPED | {"more": "1"})
    assert more.status_code == 200
    assert more.text.count('name="promise_zh"') == 8
    assert 'value="新建站点 2 处"' in more.text

    made = manager.post("/new-programme", data=TYPED)
    assert made.status_code == 303
    assert made.headers["Location"] == "/programmes/plan-370203-1"
    board = anybody.get("/programmes/plan-370203-1?lang=zh&as_of=2026-06-01").text
    assert "市北区总工会" in board
    assert "2 处" in board
    assert "已兑现" in board
    assert "未知" in board
    assert "Two new stations" in anybody.get("/programmes/plan-370203-1?lang=en").text
    stated = {"value": "12000", "as_of": "2026-03-31", "document": "plan-370203-1-document"}
    manager.post("/programmes/plan-370203-1/P-3/facts", data=stated | {"place": "附件"})
    # The same again is a plan of its own; nobody's is overwritten by typing.
    again = manager.post("/new-programme", data=TYPED)
    assert again.headers["Location"] == "/programmes/plan-370203-2"


def test_a_plan_is_sent_as_a_file_within_ones_regions(
    town_template: str, database: Database, settings: Settings
) -> None:
    app = make_app(settings, database)
    manager = client_of(app, database, Role.MANAGER)
    set_up(manager)
    file = json.loads((shipped("data") / "programmes" / "qingdao_2022.json").read_bytes())
    file |= {"code": "sent", "zh": "寄来的计划"}

    def send(content: bytes) -> TestResponse:
        return manager.post(
            "/new-programme/file?lang=zh",
            data={"file": (io.BytesIO(content), "sent.json")},
            content_type="multipart/form-data",
        )

    assert "sent.json 不是可用的计划文件" in send(b"{").text
    assert "不超过 4 MB" in send(b"").text
    assert send(json.dumps(file).encode()).headers["Location"] == "/programmes/sent"
    assert "寄来的计划" in manager.get("/programmes/sent?lang=zh").text
    # Of one's own regions only: neither a new one for the city, nor in place of the city's.
    set_rights(database, "a-manager", regions=["370203"])
    assert send(json.dumps(file).encode()).status_code == 403
    assert manager.post("/new-programme", data=TYPED | {"region": "370200"}).status_code == 403
    assert manager.post("/new-programme", data=TYPED).status_code == 303

"""Visits, satisfaction and care: entered by stewards, read by managers and programs."""

import io
import re

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, serve, sign_in

PAGE = "/steward/use/T-1"
DAY = "2026-07-01"


def _visits_beside_demand(
    manager: FlaskClient, steward: FlaskClient, database: Database, settings: Settings
) -> None:
    assert "还没有公布的覆盖结果" in manager.get("/use/reach?lang=zh").text
    steward_sees = steward.get("/use/reach?lang=zh").text
    assert (
        "请管理者公布一次" in steward_sees and "/publications" not in steward_sees.split("empty")[1]
    )
    assert manager.get("/use/reach.xlsx").status_code == 404
    assert manager.get("/api/v1/use/reach").json["run"] is None
    run = publish_run(database, settings, CoverageParameters(standard_m=500, demand="town"))
    few = manager.get("/use/reach?lang=zh").text
    assert "只有 1 处，少于 4 处，不分类" in few
    assert f"/coverage?run={run.id}" in few
    for code, n in (("T-2", "9"), ("T-3", "8"), ("T-4", "1")):
        sent = {"do": "visits", "day": DAY, "n": n, "basis": "door"}
        assert steward.post(f"/steward/use/{code}", data=sent).status_code == 302
    page = manager.get("/use/reach?lang=zh&region=370203").text
    # 42, 9, 8, 1: the middle is 8.5.
    assert "有计数的一天 8.5 人次" in page
    assert page.count("<circle") == 4
    assert 'class="middle"' in page
    assert "few come" in manager.get("/use/reach?lang=en").text
    told = manager.get("/api/v1/use/reach?region=370203&limit=3").json
    assert (told["run"], told["quarter"], told["compared"]) == (run.id, "2026Q3", 4)
    assert told["medians"]["visits_a_day"] == 8.5
    rest = manager.get(f"/api/v1/use/reach?region=370203&limit=3&cursor={told['cursor']}").json
    rows = told["facilities"] + rest["facilities"]
    assert (told["total"], rest["cursor"]) == (len(rows), None)
    for field, count in told["fields"].items():
        some = manager.get(f"/api/v1/use/reach?region=370203&field={field}").json["facilities"]
        assert some == [one for one in rows if one["field"] == field]
        assert len(some) == count
    [counted] = [one for one in rows if one["facility"] == "T-1"]
    assert (counted["visits_a_day"], counted["visits"]["counted_days"]) == (42.0, {"door": 1})
    for address in ("/use/reach", "/api/v1/use/reach"):
        for wrong in ("quarter=2026Q5", "region=999999"):
            assert manager.get(f"{address}?{wrong}").status_code == 422, (address, wrong)
    file = manager.get("/use/reach.xlsx?lang=zh")
    sheet = openpyxl.load_workbook(io.BytesIO(file.data))["到访与需求"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    [row] = [one for one in cells if "T-1" in one]
    assert 42 in row
    # One that has become planned since has no public page: it is told and, but for stewards, not linked.
    for status, has_page in (("approved", False), ("open", True)):
        with database.session() as session:
            session.execute(
                text("update facility set status = :status where code = 'T-2'"), {"status": status}
            )
        for whose, link in ((manager, "/stations/T-2"), (steward, "/steward/facilities/T-2")):
            page = whose.get("/use/reach?lang=zh&region=370203").text
            assert ("还没有开放，没有公开的页面" in page) is not has_page
            assert (f'href="{link}"' in page) is (has_page is (whose is manager))
            assert manager.get("/stations/T-2").status_code == (200 if has_page else 404)
    for code in ("T-2", "T-3", "T-4"):
        for action in re.findall(
            r'action="(/steward/use/take/[^"]+)"', steward.get(f"/steward/use/{code}").text
        ):
            steward.post(action)


def test_stewards_enter_and_managers_read(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    steward = client_of(app, database, Role.STEWARD)
    manager = client_of(app, database, Role.MANAGER)
    empty = manager.get("/use?lang=zh").text
    assert "还没有到访、满意度和关爱活动的数据" in empty
    # A manager is told whom to ask, and no command.
    assert "请本单位的数据管理员" in empty and "geoapp import" not in empty
    assert manager.get("/api/v1/use").json["quarter"] is None

    # Visits: a second number of the same day and basis takes the place of the first.
    for n in ("40", "42"):
        sent = steward.post(PAGE, data={"do": "visits", "day": DAY, "n": n, "basis": "door"})
        assert sent.status_code == 302
    wrong = steward.post(PAGE, data={"do": "visits", "day": "明天", "n": "17"})
    assert wrong.status_code == 422
    assert 'value="17"' in wrong.text  # what was typed stays
    # Voices: those of a second tally are added; what was saved by mistake is taken back.
    for stars in ({"stars-5": "3", "stars-1": "1"}, {"stars-5": "2"}):
        sent = steward.post(PAGE, data={"do": "opinions", "day": DAY, **stars})
        assert sent.status_code == 302
    assert "6 人" in steward.get(f"{PAGE}?lang=zh").text
    number = re.fullmatch(r".*saved=(\d+)", sent.headers["Location"])
    assert number is not None
    assert f"/steward/history/{number[1]}" in steward.get(sent.headers["Location"]).text
    undo_change_set(database, settings, int(number[1]))
    few = steward.get(f"{PAGE}?lang=zh").text
    assert "少于 5 人" in few
    assert "4 人" not in few
    assert steward.post(PAGE, data={"do": "opinions", "day": DAY}).status_code == 422
    assert steward.post(PAGE, data={"do": "else"}).status_code == 422
    steward.post("/steward/use/T-2", data={"do": "opinions", "day": DAY, "stars-4": "5"})
    event = {"code": "C-1", "kind": "送清凉", "region": "370203", "day": DAY}
    amount = {"people": "1300", "unit": "times", "money": "12000.50"}
    assert steward.post("/steward/care", data=event | {"people": "9"}).status_code == 422
    assert steward.post("/steward/care", data=event | amount).status_code == 302
    assert steward.post("/steward/care", data=event).status_code == 409

    # Five of four stars: e = 0.607361; the mean is 4, from 1 + 3 (1 - e) = 2.177917 to 4 + e.
    [shown, _] = manager.get("/api/v1/use?quarter=2026Q3&region=370203").json["facilities"]
    assert (shown["facility"], shown["visits"]) == ("T-1", {"n": 42, "counted_days": {"door": 1}})
    nothing = {"voices": None, "stars": None, "satisfied_share": None}
    assert shown["satisfaction"] == {"fewer_than_five": True, **nothing}
    [quarter] = manager.get("/api/v1/facilities/T-2/use").json["quarters"]
    assert (quarter["quarter"], quarter["last_day"], quarter["visits"]) == (
        "2026Q3",
        "2026-09-30",
        None,
    )
    assert quarter["satisfaction"]["stars"] == {"value": 4.0, "low": 2.1779, "high": 4.6074}
    assert "示例</span>" not in manager.get("/use?lang=zh").text
    with database.session() as session:
        session.execute(text("update facility set is_sample = true where code = 'T-1'"))
    page = manager.get("/use?lang=zh").text
    # In the heading, beside its name, and how many they are.
    assert page.count('<span class="tag">示例</span>') == 2
    assert "2 处设施里 1 处是示例。" in page.replace("\xa0", " ")
    for address in ("/use", "/use/reach"):
        assert manager.get(f"{address}?page=0").status_code == 422
    for words in (
        "2026 年第 3 季度",
        "少于 5 人",
        "4.0（2.1 至 4.7）",
        "门口计数 1 天",
        "1,300 人次",
    ):
        assert words in page, words
    assert "12,000.5" in page
    assert "3 处" in page  # T-3, T-4 and T-6 are silent
    assert PAGE not in page  # a manager cannot enter
    assert "Mean stars" in manager.get("/use?lang=en").text
    _visits_beside_demand(manager, steward, database, settings)
    assert manager.get("/use?quarter=2026Q5").status_code == 422
    assert manager.get("/api/v1/use?quarter=2026Q5").status_code == 422
    assert manager.get("/api/v1/facilities/Z-9/use").status_code == 404

    for action in re.findall(
        r'action="(/steward/(?:use|care)/take/[^"]+)"',
        steward.get(PAGE).text + steward.get("/steward/care").text,
    ):
        assert steward.post(action).status_code == 302
        assert steward.post(action).status_code == 404
    left = manager.get("/api/v1/use").json
    assert left["care"] == []
    assert [one["facility"] for one in left["facilities"]] == ["T-1", "T-2"]
    assert left["facilities"][0]["visits"] is None
    assert "satisf" not in client_of(app, database).get("/api/v1/facilities/T-1").text


def test_no_table_is_hidden_on_a_phone(
    database: Database, settings: Settings, visit: Visit
) -> None:
    initialise(database)
    seed_town(database)
    steward = client_of(make_app(settings, database), database, Role.STEWARD)
    steward.post(PAGE, data={"do": "visits", "day": DAY, "n": "40", "basis": "door"})
    steward.post(PAGE, data={"do": "opinions", "day": DAY, "stars-5": "6"})
    event = {"code": "C-1", "kind": "送清凉", "region": "370203", "day": DAY}
    steward.post("/steward/care", data=event | {"people": "1300", "unit": "times"})
    for url in serve(create_app(settings, database)):
        site = Site(url, database)
        page = visit(site, "/sign-in?lang=en", size="phone")
        sign_in(site, page, Role.MANAGER)
        page.goto(f"{url}/use?lang=en")
        assert page.locator(".scroll").count() == 3
        for table in page.locator(".scroll").all():
            assert table.evaluate("box => box.scrollWidth <= box.clientWidth")
        assert fits(page)
        # Each figure says of what it is.
        assert "Mean stars" in page.locator("[data-label='Mean stars']").first.evaluate(
            "cell => getComputedStyle(cell, '::before').content"
        )
        assert serious_violations(page) == []
        # Beside the drawing the map is as high as that: nothing of its card is left empty.
        for code in ("T-2", "T-3", "T-4"):
            steward.post(
                f"/steward/use/{code}", data={"do": "visits", "day": DAY, "n": "9", "basis": "door"}
            )
        publish_run(database, settings, CoverageParameters(standard_m=500, demand="town"))
        page.goto(f"{url}/use/reach?lang=en")
        assert page.locator(".scatter circle").count() == 4
        assert fits(page)
        page.set_viewport_size({"width": 1440, "height": 900})
        assert fits(page)
        card, legend = (
            page.locator(one).evaluate("one => one.getBoundingClientRect().bottom")
            for one in (".map-card", ".map-card .map-legend")
        )
        assert card - legend < 20

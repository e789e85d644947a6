"""The pages of applications: a form filled in and printed, a life led with plain forms."""

import io
import re
import unicodedata
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from geoapp.core.roles import Role
from geoapp.core.schemes import scheme_of
from geoapp.core.settings import Settings
from geoapp.operations.organisations.edit import add_organisation
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in

# Chromium writes some characters of a PDF as radicals; not all of them fold back by NFKC.
RADICALS = str.maketrans("⻅⻝⻋⻬⻓⻔", "见食车齐长门")
HOME = "/steward/applications"
ENTERPRISE = {"code": "E-1", "kind": "enterprise", "name_zh": "示例有限公司"}


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    add_organisation(database, ENTERPRISE)
    return client_of(make_app(settings, database), database, Role.STEWARD)


def opened(client: FlaskClient, path: str) -> dict[str, str]:
    """Return what the form was given when it was opened: what a stale page sends back."""
    page = client.get(path).get_data(as_text=True)
    base = re.search(r'name="base" value="([^"]*)"', page)
    rev = re.search(r'name="rev" value="(\d+)"', page)
    assert base and rev
    held: dict[str, str] = orjson.loads(base[1].replace("&#34;", '"'))
    return held | {"base": orjson.dumps(held).decode(), "rev": rev[1]}


def post(client: FlaskClient, path: str, status: int = 302, **data: Any) -> str:
    response = client.post(f"{HOME}{path}", data=data, content_type="multipart/form-data")
    assert response.status_code == status, response.get_data(as_text=True)
    return response.headers.get("Location", "") + response.get_data(as_text=True)


def test_a_life_by_plain_forms(client: FlaskClient) -> None:
    assert "T-4" in post(client, "/new", 422, track="qingdao-2022/base", subject="示例")
    led = post(client, "/new", track="qingdao-2022/base", subject="T-4")
    assert led.startswith(f"{HOME}/1/form")
    form = f"{HOME}/1/form"
    first, second = opened(client, form), opened(client, form)
    assert "还缺" in client.get(form).get_data(as_text=True)
    post(client, "/1/form", **(first | {"a-basics": "三层楼", "a-next": "办夜校"}))
    # A page that was opened before keeps the other's answers and shows what both changed.
    told = post(client, "/1/form", 409, **(second | {"a-basics": "四层", "a-strengths": "近"}))
    assert "三层楼" in told
    assert "四层" in told
    assert "办夜校" in told
    fresh = opened(client, form)
    rest = {name: f"答 {name}" for name in fresh if name.startswith("a-") and not fresh[name]}
    post(client, "/1/form", **(fresh | rest))
    assert "四层" not in client.get(f"{HOME}/1/print").get_data(as_text=True)

    post(client, "/1/move", to="submitted", on_day="2023-01-05")
    refused = post(
        client, "/1/review", 422, decision="refused", reviewer="组", reviewed_on="2023-02-01",
        **{"head-idea": "思路不清"},
    )  # fmt: skip
    assert "思路不清" in refused  # what was written is not lost
    heads = {f"head-{code}": "符合" for code in ("idea", "policy", "focus", "funds", "mechanism")}
    review = {"decision": "approved", "reviewer": "组", "reviewed_on": "2023-02-01"}
    post(client, "/1/review", **review, **heads)
    post(client, "/1/recognitions", given_on="2023-03-01", until_on="", document="〔2023〕1号")
    title = "青岛市职工服务基地创建示范单位"
    for path in ("/stations/T-4", "/steward/facilities/T-4", "/api/v1/recognitions"):
        assert title in client.get(path).get_data(as_text=True), path
    assert "过期" in client.get(f"{HOME}/calendar").get_data(as_text=True)
    ics = client.get(f"{HOME}/calendar.ics").get_data()
    assert b"UID:rating-1-2023@geoapp" in ics
    assert max(len(line) for line in ics.split(b"\r\n")) <= 75
    post(
        client, "/1/ratings", year="2023", grade="a", rated_on="2024-01-05", **{"rated-scale": "大"}
    )
    post(client, "/1/plan", plan="year", time_words="2024", content="扩建", due_on="2024-06-01")
    post(client, "/1/plan/1", done_on="2024-05-30")
    post(client, "/1/documents", file=(io.BytesIO(b"%PDF-1.7 x"), "认定 文件.pdf"))
    assert "file" in post(client, "/1/documents", 422, file=(io.BytesIO(b"<html>"), "a.pdf"))
    got = client.get(f"{HOME}/1/documents/1")
    assert got.data == b"%PDF-1.7 x"
    assert got.headers["Content-Disposition"].startswith("attachment")
    post(client, "/1/move", 422, to="suspended", on_day="2024-06-01")
    post(client, "/1/move", to="suspended", on_day="2024-06-01", reason="整修")
    assert "可变为" in post(client, "/1/move", 409, to="draft", on_day="2024-06-02")
    post(client, "/1/move", to="exited", on_day="2024-07-01", reason="停办")
    told = client.get("/api/v1/applications/1").get_json()
    assert told["stage"] == "exited"
    assert told["next_states"] == told["missing"] == []
    assert [one["after"] for one in told["steps"]][-2:] == ["suspended", "exited"]
    page = client.get(f"{HOME}/1?lang=en").get_data(as_text=True)
    assert "exited" in page
    assert "停办" in page
    assert client.get(f"{HOME}/{2**70}").status_code == 404
    # A step that is half filled in is kept; handing in names it.
    post(client, "/new", track="qingdao-2022/complex", subject="T-4")
    again = post(client, "/new", 409, track="qingdao-2022/complex", subject="T-4")
    assert f'href="{HOME}/2/form"' in again
    fresh = opened(client, f"{HOME}/2/form?lang=zh")
    post(client, "/2/form", **(fresh | {"s-n0-time_words": "春", "s-n0-content": "装修"}))
    fresh = opened(client, f"{HOME}/2/form")
    post(client, "/2/form", **(fresh | {"s-n1-content": "办夜校", "a-opinion_bears": "同意"}))
    kept = opened(client, f"{HOME}/2/form")
    assert "办夜校" in kept.values()
    assert kept["a-opinion_bears"] == "同意"
    half = post(client, "/2/move", 409, to="submitted", on_day="2024-07-01")
    assert "第 2 步的时间或阶段工作内容" in half


def folded(text: str) -> str:
    """Return a text without space, as it is compared with what a PDF holds."""
    return unicodedata.normalize("NFKC", "".join(text.split())).translate(RADICALS)


def test_each_annex_is_filled_in_and_printed(
    site: Site, visit: Visit, settings: Settings, tmp_path: Any
) -> None:
    """As the published page: A4, its words in its order, boxes for stamps, the cover apart."""
    add_organisation(site.database, ENTERPRISE)
    page = visit(site, "/", size="desktop", scripts=True)
    sign_in(site, page, Role.STEWARD)
    for number, track in enumerate(("enterprise", "base", "partner"), start=1):
        form = scheme_of(settings, "qingdao-2022").form_of(track)
        page.goto(f"{site.url}{HOME}/new")
        page.check(f"input[value='qingdao-2022/{track}']", force=True)
        page.fill("#subject", "E-1")
        page.click("main button[type=submit]")
        page.wait_for_url(f"**/{number}/form")
        if form.has_steps:
            page.fill("#s-n0-time_words", "2023年1月至6月")
            page.fill("#s-n0-content", "建立标准体系")
            page.fill("#s-n0-units", "工会、人力资源部")
        for key in form.answer_keys:
            answer = "2023-01" if key.startswith("period") else f"〈{key}〉"
            if not key.startswith("opinion"):
                page.fill(f"#a-{key}", answer)
        if number == 1:
            assert serious_violations(page) == []
        page.click("main form .save button")
        page.wait_for_url("**/form?saved=1")
        assert page.locator("#missing").count() == 0
        page.goto(f"{site.url}{HOME}/{number}/print")
        lines = "all => all.map(one => getComputedStyle(one).whiteSpace)"
        assert set(page.eval_on_selector_all("td.words", lines)) == {"pre-line"}
        paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        cover, *rest = [folded(one.extract_text()) for one in paper.pages]
        assert (round(paper.pages[0].mediabox.width), round(paper.pages[0].mediabox.height)) == (
            595,  # A4 in points
            842,
        )
        body = "".join(rest)
        assert cover.startswith(folded(form.place_zh))
        for note in form.notes:
            assert folded(note.zh).replace("—", "") in rest[0].replace("―", "").replace("—", "")
        labels = [folded(section.zh) for section in form.sections]
        places = [body.index(label) for label in labels]
        assert places == sorted(places)
        for stamp in form.opinions.stamps:
            assert folded(f"{stamp.zh}（盖章）") in body
        assert body.count(folded("负责人（签名）")) == 3
        for one in form.cover:
            assert folded(one.zh) in cover
        for key in form.answer_keys:
            if not key.startswith(("period", "opinion")):
                assert folded(f"〈{key}〉") in cover + body, key
    page.goto(f"{site.url}{HOME}/1")
    assert serious_violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    for address in ("organisations", "organisations/E-1", "new-organisation"):
        page.goto(f"{site.url}/steward/{address}?lang=en")
        assert serious_violations(page) == [], address
        assert fits(page), address

"""Where a worker finds help: by words, by kind, near a district."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.services.edit import add_desk, add_offer, add_service
from geoapp.store.engine import Database
from tests.web.api_client import make_app

LAW = {"code": "L-1", "category": "法律援助", "name_zh": "劳动争议咨询", "name_en": "Advice"}
HEALTH = {"code": "H-1", "category": "health", "name_zh": "免费体检"}


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return make_app(settings, database).test_client()


def places(client: FlaskClient, query: str) -> list[str]:
    page = client.get(f"/services?{query}")
    assert page.status_code == 200
    return re.findall(r'<h3><a class="reach" href="/stations/([^"]+)"', page.text)


def test_a_place_is_found_by_what_it_helps_with(client: FlaskClient, database: Database) -> None:
    assert "这里还没有登记服务" in client.get("/services?lang=zh").text
    add_service(database, LAW)
    add_service(database, HEALTH)
    add_offer(database, "T-4", {"service": "L-1", "phone": "12351"})
    add_offer(database, "T-1", {"service": "L-1", "hours": "24/7"})
    add_offer(database, "T-5", {"service": "L-1"})  # the place has closed
    add_offer(database, "T-3", {"service": "H-1"})
    add_desk(database, "T-4", {"phone": "0532-1234567转8"})
    for query in ("q=法律援助", "q=勞動爭議", "q=flyz", "q=legal+aid", "category=legal_aid"):
        assert set(places(client, query)) == {"T-1", "T-4"}, query
    # Traditional characters are the simplified ones: the category is found by its own other name.
    assert places(client, "q=體檢") == places(client, "q=体检") == ["T-3"]
    # Two services of a place stand together, and its own telephone where they have none.
    add_offer(database, "T-3", {"service": "L-1"})
    with database.session() as session:
        session.execute(text("update facility set phone = '0532-7；见门口' where code = 'T-3'"))
    assert sorted(places(client, "")) == ["T-1", "T-3", "T-4"]
    own = client.get("/services?q=体检&lang=zh").text
    assert "见门口" in own
    assert "没有找到" in client.get("/services?q=算命&lang=zh").text
    page = client.get("/services?q=flyz&lang=en").text
    assert 'href="tel:12351"' in page
    assert 'href="tel:05321234567,8"' in page
    assert "Hours unknown" in page


def test_the_nearest_to_a_district_comes_first(client: FlaskClient, database: Database) -> None:
    add_service(database, LAW)
    for code in ("T-4", "T-1"):
        add_offer(database, code, {"service": "L-1"})
    with database.session() as session:
        far = (
            "update facility set geom = st_setsrid(st_makepoint(121, 37), 4326) where code = 'T-4'"
        )
        session.execute(text(far))
    assert places(client, "place=370203") == ["T-1", "T-4"]
    assert client.get("/services?place=999999").status_code == 404
    assert client.get("/services?category=nothing").status_code == 404
    assert client.get("/services?q=" + "长" * 5000).status_code == 200


def test_stations_that_list_it_are_pointed_to_where_no_offer_is_known(
    client: FlaskClient, database: Database
) -> None:
    with database.session() as session:
        lists = (
            "update facility set amenities = '{legal_advice}' where code in ('T-2', 'T-3', 'T-5')"
        )
        session.execute(text(lists))
    for query in (
        "q=法律援助",
        "q=法律諮詢",
        "q=flyz",
        "q=legal+advice",
        "category=legal_aid",
        "q=flzx&place=370203",
    ):
        page = client.get(f"/services?lang=zh&{query}").text
        # T-5 has closed for good.
        assert "2 个站点在设施里写着“法律咨询”" in page, query
        assert re.findall(r'href="/stations/(T-\d)"', page) == ["T-2", "T-3"], query
        assert "amenity=legal_advice" in page
    near = client.get("/services?lang=zh&q=flzx&place=370203").text
    # From where the metres are is said, and a button that keeps the area does not say "nearest to me".
    assert "近的在前（离区域中心的直线距离）" in near
    assert "只列这个区域的" in near and "找离我最近的" not in near
    assert "找离我最近的" in client.get("/services?lang=zh&q=flzx").text
    assert "个站点在设施里" not in client.get("/services?lang=zh").text
    assert "个站点在设施里" not in client.get("/services?lang=zh&category=health").text
    assert "2 stations list “Legal advice”" in client.get("/services?lang=en&q=flyz").text

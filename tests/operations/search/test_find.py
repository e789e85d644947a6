"""Facilities, regions and what they offer are found by what people type."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.core.errors import NotFoundError
from geoapp.core.settings import Settings
from geoapp.core.sounds import search_terms
from geoapp.operations.facilities.places import list_places, name_of_place, point_of_place
from geoapp.operations.facilities.search_words import WordsKeeper
from geoapp.operations.nearest.offline import offline_stations
from geoapp.operations.nearest.service import NearestService
from geoapp.operations.search.find import SearchService
from geoapp.operations.search.wishes import offers
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.city_streets import load_city_streets
from tests.seed import seed_town


@pytest.fixture
def search(town_template: str, database: Database, settings: Settings) -> SearchService:
    _run(
        database,
        "update facility set name_zh = '云霄路户外劳动者驿站', address = '市南区云霄路 12 号', "
        "phone = '0532-8591 2345', operator = '市北区总工会' where code = 'T-1'",
        "update facility set name_zh = '云霄路口港湾', name_en = '50%_off Café' where code = 'T-2'",
        "update facility set status = 'proposed', name_zh = '云霄路拟建' where code = 'T-6'",
    )
    return SearchService(database, settings)


def _run(database: Database, *statements: str) -> None:
    with database.session() as session:
        for one in statements:
            session.execute(text(one))


def _codes(search: SearchService, words: str, limit: int = 50) -> list[str]:
    hits = search.find(words, limit=limit).hits
    return [hit.code for hit in hits if hit.kind_of_hit == "facility"]


def test_a_name_is_found_by_its_signs_its_sound_and_its_initials(
    search: SearchService, subtests: pytest.Subtests
) -> None:
    for words in [
        "云霄路",
        "yunxiaolu",
        "Yún xiāo",
        "yxl",
        "yun2xiao1",
        "云霄 路",
        "ＹＸＬ",
        "云 xiao",
    ]:
        with subtests.test(words=words):
            # The shorter name first; what is not published stays unseen.
            assert _codes(search, words) == ["T-2", "T-1"]


def test_code_address_telephone_and_operator_find_it_too(
    search: SearchService, subtests: pytest.Subtests
) -> None:
    for words in [
        "T-1",
        "t1",
        "云霄路户外劳动者驿站",
        "85912345",
        "0532-8591",
        "12号",
        "驿站 总工会",
        "shinanqu",
    ]:
        with subtests.test(words=words):
            assert _codes(search, words)[0] == "T-1"


def test_who_may_see_what_is_planned_finds_it(search: SearchService) -> None:
    hits = search.find("拟建", limit=5, unpublished=True).hits
    assert [(hit.code, hit.context.zh) for hit in hits] == [
        ("T-6", "市北区 · 户外劳动者服务站点 · 拟建")
    ]
    assert search.find("拟建", limit=5).hits == []


def test_one_out_of_service_is_found_with_the_reason(
    database: Database, search: SearchService
) -> None:
    _run(
        database,
        "update facility set status = 'suspended', status_note = '装修到年底' where code = 'T-2'",
        "update facility set status_note = '装修完了' where code = 'T-1'",
    )
    told = {hit.code: hit.context.zh for hit in search.find("云霄路", limit=5).hits}
    assert told["T-2"].endswith(" · 暂停：装修到年底")
    assert "装修" not in told["T-1"]


def test_regions_kinds_and_amenities_are_found(database: Database, search: SearchService) -> None:
    [region] = search.find("shibei", limit=5).hits[:1]
    assert (region.kind_of_hit, region.code, region.context.zh) == (
        "region",
        "370203",
        "青岛市 · 区县",
    )
    assert region.position == pytest.approx((120.35, 36.07), abs=0.01)
    # A region without an outline is found without a place.
    [city] = [hit for hit in search.find("青岛市", limit=5).hits if hit.kind_of_hit == "region"]
    assert (city.code, city.position) == ("370200", None)
    for words, code in (("微波", "microwave"), ("喝水", "drinking_water"), ("歇脚", "indoor_room")):
        hits = search.find(words, limit=5).hits
        assert ("amenity", code) in {(hit.kind_of_hit, hit.code) for hit in hits}
    # A question is asked by what it asks for; what is found as it stands is no question.
    for words, meant, code in (
        ("哪里能充电", "充电", "phone_charging"),
        ("厕所在哪", "厕所", "toilet"),
        ("附近能热饭的", "热饭", "microwave"),
        ("Where can I charge my phone?", "charge my phone", "phone_charging"),
    ):
        found = search.find(words, limit=5)
        assert found.meant == meant
        assert code in [hit.code for hit in found.hits]
    # Several wishes at once; a short Latin word is the name that it is, and no initials.
    for words, codes in (
        ("哪里能充电热饭", ["phone_charging,microwave", "phone_charging", "microwave"]),
        ("microwave and toilet", ["microwave,toilet", "microwave", "toilet"]),
        ("Where can I charge, eat and nap?", ["phone_charging,meals,rest_bed"]),
        ("WC", ["toilet"]),
        ("wifi", ["wifi"]),
        ("AED", ["aed"]),
        ("SOS", ["first_aid"]),
        ("EV", ["ebike_charging"]),
    ):
        found = search.find(words, limit=5).hits
        assert [hit.code for hit in found][: len(codes)] == codes, words
    assert {hit.kind_of_hit for hit in search.find("WC", limit=5).hits} == {"amenity"}
    _run(database, "update facility set name_zh = '云霄路流动服务车' where code = 'T-2'")
    assert _codes(search, "fwc") == ["T-2"]
    assert _codes(search, "WC") == []
    assert "," not in search.find("电动车充电", limit=5).hits[0].code
    assert search.find("充电", limit=5).meant is None
    assert search.find("附近有吗", limit=5).hits == []
    # A place of the town, of the districts that the register knows.
    [spot] = search.find("taidong", limit=5).hits[:1]
    assert (spot.kind_of_hit, spot.code, spot.name.zh) == ("landmark", "370203:台东", "台东（约）")
    assert spot.position == pytest.approx((120.36, 36.09), abs=0.02)
    assert search.find("五四广场", limit=5).hits == []
    _run(
        database,
        "insert into region (code, parent_code, level, name_zh, name_en) "
        "values ('370202', '370200', 'district', '市南区', 'Shinan')",
    )
    for words in ("火车站", "火车站在哪", "青岛站", "qingdaozhan", "train station"):
        assert "370202:青岛站" in [hit.code for hit in search.find(words, limit=5).hits]
    # What is wanted in a place that is named is found there; a landmark is such a place, too.
    for words, place, code, name in (
        ("市北区厕所", "370203", "toilet", "市北区 · 厕所"),
        ("shibei 充电热饭", "370203", "phone_charging,microwave", "市北区 · 手机充电 + 微波炉"),
        ("toilet in Shibei District", "370203", "toilet", "市北区 · 厕所"),
        ("台东热饭", "370203:台东", "microwave", "台东（约） · 微波炉"),
        ("市北职工之家", "370203", "worker_home", "市北区 · 职工之家"),
    ):
        hit = search.find(words, limit=5).hits[0]
        assert hit.place is not None, words
        assert (hit.place.code, hit.code, hit.name.zh) == (place, code, name)
        assert hit.position is not None
    assert all(hit.place is None for hit in search.find("青岛市厕所", limit=5).hits)  # no outline
    # By initials, in traditional characters, by a name that the district had before: which is said.
    became = "四方区 2012 年并入市北区 · "
    for words, told in (
        ("sbq厕所", ""),
        ("市北區廁所", ""),
        ("四方区厕所", became),
        ("青岛市四方區 廁所", became),
        ("sifangqu toilet", became),
    ):
        hit = search.find(words, limit=5).hits[0]
        assert (hit.place and hit.place.code, hit.code) == ("370203", "toilet"), words
        assert hit.context.zh == f"{told}从那里找，只看有的", words
    [hit] = [one for one in search.find("四方區", limit=5).hits if one.kind_of_hit == "region"]
    assert (hit.code, hit.context.zh) == ("370203", "四方区 2012 年并入市北区 · 青岛市 · 区县")
    # Without its ending the name is the quarter's.
    hit = search.find("四方厕所", limit=5).hits[0]
    assert hit.place is not None
    assert hit.place.code == "370203:四方"
    # Registered in traditional characters, it is found by these and by simplified ones.
    _run(
        database,
        "update facility set name_zh = '廣場驛站', address = '香港東路 7 號' where code = 'T-2'",
    )
    for words in ("廣場", "广场", "guangchang", "gcyz", "香港東路7號", "香港东路7号"):
        assert _codes(search, words) == ["T-2"], words
    assert search.find("广场驿站", limit=1).hits[0].name.zh == "廣場驛站"
    # Kinds do not crowd out the facility that carries the very name.
    _hits = search.find("云霄路户外劳动者驿站", limit=1).hits
    assert [hit.code for hit in _hits] == ["T-1"]


def test_nothing_is_found_where_nothing_fits(
    search: SearchService, subtests: pytest.Subtests
) -> None:
    for words in ["", " ", "··", "%", "_", "\\", "云霄路%", "xyzzy", "a" * 100]:
        with subtests.test(words=words):
            expected = ["T-2"] if words == "%" else []
            assert _codes(search, words) == expected


def test_words_follow_every_change_at_once(database: Database, search: SearchService) -> None:
    assert _codes(search, "云霄路口")
    _run(
        database,
        "update facility set name_zh = '延吉路驿站' where code = 'T-2'",
        "delete from facility where code = 'T-1'",
    )
    assert _codes(search, "yunxiao") == []
    assert _codes(search, "yanjilu") == ["T-2"]


def test_streets_are_found_and_lead_to_a_point_on_them(
    database: Database, settings: Settings, search: SearchService, tmp_path: Path
) -> None:
    assert search.find("zhongshanlu", limit=5).hits == []
    load_city_streets(settings, tmp_path)
    _run(
        database,
        "insert into region (code, parent_code, level, name_zh, name_en, geom) values ('370202', "
        "'370200', 'district', '市南区', 'Shinan', "
        "st_multi(st_makeenvelope(120, 36, 120.3, 36.3, 4326)))",
    )
    for words in ("香港中路", "xianggang", "xgzl", "hong kong middle", "老香港路"):
        [hit] = [one for one in search.find(words, limit=5).hits if one.kind_of_hit == "street"]
        assert (hit.code, hit.name.zh) == ("street:香港中路:1", "香港中路（约）")
        assert hit.name.en == "Hong Kong Middle Road (about)"
    # 0.02 degrees long: its ends are 900 m from its middle.
    assert hit.context.zh == "市南区 · 街道，约略位置，可能差 900 米"
    assert hit.position == pytest.approx((120.11, 36.10))
    # Two of one name: the longer first, the other one outside every district.
    hits = search.find("中山路", limit=5).hits
    [first, second] = [one for one in hits if one.kind_of_hit == "street"]
    assert [first.code, second.code] == ["street:中山路:1", "street:中山路:2"]
    assert second.context.zh.startswith("街道")
    assert point_of_place(database, settings, second.code) == pytest.approx((120.402, 36.2))
    assert name_of_place(database, settings, second.code) == second.name
    [chosen] = list_places(database, settings, 1, second.code)[0]
    assert chosen.name_zh == "中山路（约）"
    # Corners and house numbers; a number that the map does not have leads to its street.
    for words, code, name, context, position in (
        (
            "台东三路77号甲",
            "house:台东三路:1:77甲",
            "台东三路 77 号甲（约）",
            "门牌",
            (120.141, 36.1002),
        ),
        (
            "市南区香港中路与南京路交叉口",
            "crossing:香港中路:1:南京路:1:1",
            "香港中路与南京路路口（约）",
            "市南区 · 路口",
            (120.11, 36.1),
        ),
        (
            "Nanjing Lu & Hong Kong Middle Road",
            "crossing:南京路:1:香港中路:1:1",
            "南京路与香港中路路口（约）",
            "市南区 · 路口",
            (120.11, 36.1),
        ),
        (
            "台东三路 500 号",
            "street:台东三路:1",
            "台东三路（约）",
            "地图上没有 500 号",
            (120.142, 36.1),
        ),
        ("台东三路莱州路路口", "street:台东三路:1", "台东三路（约）", "地图上", (120.142, 36.1)),
        ("市南区中山路", "street:中山路:1", "中山路（约）", "市南区 · 街道", (120.205, 36.2)),
    ):
        hit = search.find(words, limit=5).hits[0]
        assert (hit.kind_of_hit, hit.code, hit.name.zh) == ("street", code, name)
        assert context in hit.context.zh
        assert hit.position == pytest.approx(position, abs=0.0005)
        assert point_of_place(database, settings, code) == hit.position
        assert name_of_place(database, settings, code) == hit.name
    # The street is not in that district, which is offered.
    assert [hit.code for hit in search.find("市南区莱州路 5 号", limit=5).hits] == ["370202"]
    [hit] = search.find("莱州路充电", limit=5).hits
    assert (hit.code, hit.place and hit.place.code) == ("phone_charging", "street:莱州路:1")
    # A number and a wish: from that house, and never from one whose number only looks so.
    for words in ("台东三路77号甲厕所", "台东三路 77 号甲 厕所"):
        hit = search.find(words, limit=5).hits[0]
        assert (hit.code, hit.place and hit.place.code) == ("toilet", "house:台东三路:1:77甲")
    for words in ("台东三路 500 号厕所", "台东三路7-7甲厕所"):
        assert all(hit.place is None for hit in search.find(words, limit=5).hits)
    for code in (
        "street:中山路:3",
        "street:中山路:0",
        "street:中山路",
        "street::1",
        "street:x:²",
        "house:台东三路:1:500",
        "house:台东三路:2:9",
        "crossing:香港中路:1:南京路:1:9",
        "crossing:香港中路:1:1",
        "crossing:中山路:1:莱州路:1:1",
    ):
        with pytest.raises(NotFoundError):
            point_of_place(database, settings, code)


def test_what_is_too_new_is_counted_and_made_in_parts(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_town(database)
    _run(
        database,
        "insert into facility (code, kind_code, name_zh, geom) select 'N' || n, 'outdoor_station', "
        "'新站' || n, st_setsrid(st_makepoint(120.35, 36.07), 4326) from generate_series(1, 300) n",
    )
    search = SearchService(database, settings)
    assert search.find("xinzhan", limit=5).unread == 106
    keeper = WordsKeeper(database)
    assert not keeper.catch_up(50)
    assert keeper.catch_up(57)
    found = search.find("xinzhan 300", limit=5)
    assert ([hit.code for hit in found.hits], found.unread) == (["N300"], 0)


def test_initials_that_the_phone_is_tested_by_are_those_of_the_service(
    town_template: str, database: Database, settings: Settings
) -> None:
    file = Path(__file__).parents[2] / "js" / "worker" / "offline" / "initials.json"
    vectors = json.loads(file.read_text(encoding="utf-8"))
    nearest = NearestService(database, settings)
    kept = offline_stations(nearest, database, settings, None)
    known = {one["code"]: one for one in (*kept["kinds"], *kept["amenities"])}
    for one in vectors["things"]:
        assert known[one["code"]] == one | (
            {"family": known[one["code"]]["family"]} if "family" in known[one["code"]] else {}
        )
    codes = {one["code"] for one in vectors["things"]}
    for words, found in vectors["found"].items():
        hits = offers(search_terms(words))
        assert sorted(one.code for one in hits if one.code in codes) == found, words

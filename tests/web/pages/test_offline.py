"""The finder on a phone that has been here once and has no network now."""

import json
import random
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.app import create_app
from geoapp.core.entering import parse_entering
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.travel import By
from geoapp.operations.along.question import AlongQuery
from geoapp.operations.along.service import along
from geoapp.operations.nearest import offline
from geoapp.operations.nearest.of_region import list_region, regions_of
from geoapp.operations.nearest.said import said_now, said_on_arrival
from geoapp.operations.nearest.service import NearestQuery, NearestService
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON, fill_town
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.conftest import Site, Visit, fits, serious_violations, serve, source_modules

ASKED = """async ([modules, questions]) => {
  const { goneBy, listRegion, nearest } = await import(`${modules}/offline/nearest.js`);
  const { admits } = await import(`${modules}/offline/entering.js`);
  const { sayOf } = await import(`${modules}/offline/cards.js`);
  const line = document.getElementById('offline');
  const cache = await caches.open(`geoapp-data ${line.dataset.root}`);
  const kept = await (await cache.match(line.dataset.stations, { ignoreVary: true })).json();
  const told = (item, at_ms, by = 'walk') => {
    const { state, text, note } = sayOf(goneBy(kept, by), item, at_ms).words;
    const both = ['zh', 'en'].map((one) => text[one] + (note ? ` · ${note[one]}` : ''));
    return [item.station.code, state, ...both];
  };
  const any = { k: 5, what: '', amenities: [], openOnArrival: false };
  const answer = (by) => ([lon, lat, at_ms]) => nearest(goneBy(kept, by), { lon, lat, at_ms, ...any })
    .map((item) => told(item, at_ms, by));
  // Of a region: what is open by now from nowhere, and what is from there.
  const listed = ([lon, lat, at_ms]) => [null, { lon, lat }].map((own) => {
    const { items, total } = listRegion(kept, { lon, lat, at_ms, ...any, region: '370200', isFrom: own !== null }, own);
    return [total, items.map((item) => told(item, at_ms))];
  });
  // Where somebody may enter, and whether that is known.
  const asked = [['worker', ['card'], false], ['anyone', [], false], ['', ['qr', 'card'], true]];
  const entered = ([lon, lat, at_ms]) => asked.map(([who, without, surely]) => {
    const entering = { who, without, surely };
    return nearest(kept, { lon, lat, at_ms, ...any, entering })
      .map(({ station }) => [station.code, admits(entering, station.access, station.entry)]);
  });
  // On the way between two or three, by the shortest way or keeping to the line.
  const { onTheWay } = await import(`${modules}/offline/way.js`);
  const { said } = await import(`${modules}/offline/hours.js`);
  const ways = questions.slice(0, 60).map(([lon, lat, at_ms], n) => {
    const own = goneBy(kept, n % 2 ? 'ebike' : 'walk');
    const stops = questions.slice(n, n + 2 + (n % 3 ? 0 : 1)).map(([lon, lat]) => ({ lon, lat }));
    const isLine = n % 4 === 3;
    return onTheWay(own, { stops, isLine, k: 10, at_ms, moreMinutes: 60, amenities: [], openOnArrival: n % 5 === 0 })
      .map(({ station, after, added_m, opening, arrival, travel_s }) => {
        const { state, text, note } = said(own, own.schedules[station.schedule], opening, arrival, at_ms, travel_s);
        const both = ['zh', 'en'].map((one) => text[one] + (note ? ` · ${note[one]}` : ''));
        return [[station.code, after, state, ...both], added_m];
      });
  });
  const few = questions.slice(0, 40);
  const opened = ([lon, lat, at_ms]) => nearest(kept, { lon: lon + 0.2, lat, at_ms, ...any, openOnArrival: true })
    .map(({ station }) => station.code);
  const walked = questions.map(answer('walk'));
  return [walked, few.map(answer('ebike')), few.map(listed), few.map(entered), ways, few.map(opened)];
}"""


def _fill(database: Database) -> None:
    initialise(database)
    fill_town(database)
    with database.session() as session:
        # One at the very place of another, and one that is an area.
        session.execute(
            text(
                "update facility set status = 'open', opening_hours = 'Mo-Sa 22:00-06:00', "
                "geom = (select geom from facility where code = 'T-1') where code = 'T-5'"
            )
        )
        session.execute(
            text(
                "update facility set geom = st_setsrid(st_makeenvelope("
                "120.349, 36.073, 120.3506, 36.0745), 4326) where code = 'T-3'"
            )
        )


@contextmanager
def _served(settings: Settings, database: Database) -> Iterator[Site]:
    with closing(serve(create_app(settings, database))) as urls:
        yield Site(next(urls), database)


def _answers(
    service: NearestService, questions: list[tuple[float, float, datetime]], by: By = By.WALK
) -> list[list[list[str]]]:
    found = []
    for lon, lat, at in questions:
        query = NearestQuery(lon=lon, lat=lat, k=5, at=at, arrive=True, order="line", by=by)
        answer = []
        for item in service.ask(query):
            said = said_on_arrival(item)
            both = said.both()
            answer.append([item.facility.code, said.state, both.zh, both.en])
        found.append(answer)
    return found


def _opened(
    service: NearestService, questions: list[tuple[float, float, datetime]]
) -> list[list[str]]:
    """Return what is open from some 20 km away, where nobody walks: at that moment."""
    asked = [
        NearestQuery(lon=lon + 0.2, lat=lat, k=5, at=at, order="line", open_on_arrival=True)
        for lon, lat, at in questions
    ]
    return [[item.facility.code for item in service.ask(query)] for query in asked]


def _lists(
    service: NearestService, database: Database, questions: list[tuple[float, float, datetime]]
) -> list[list[list[object]]]:
    found = []
    for lon, lat, at in questions:
        lists: list[list[object]] = []
        for own in (None, (lon, lat)):
            query = NearestQuery(
                lon=lon, lat=lat, k=5, at=at, regions=regions_of(database, "370200")
            )
            items = []
            listed = list_region(service, query, own)
            for item in listed.items:
                said = said_now(item, at) if own is None else said_on_arrival(item)
                both = said.both()
                items.append([item.facility.code, said.state, both.zh, both.en])
            lists.append([listed.total, items])
        found.append(lists)
    return found


def _entered(
    service: NearestService, questions: list[tuple[float, float, datetime]]
) -> list[list[list[list[object]]]]:
    asked = [
        parse_entering("worker", ["card"], surely=False),
        parse_entering("anyone", [], surely=False),
        parse_entering("", ["qr", "card"], surely=True),
    ]
    found = []
    for lon, lat, at in questions:
        answers = []
        for entering in asked:
            query = NearestQuery(
                lon=lon, lat=lat, k=5, at=at, arrive=True, order="line", entering=entering
            )
            places = [item.facility for item in service.ask(query)]
            answers.append([[one.code, entering.admits(one.access, one.entry)] for one in places])
        found.append(answers)
    return found


def _ways(
    service: NearestService, questions: list[tuple[float, float, datetime]]
) -> list[list[list[object]]]:
    found = []
    for n, (_, _, at) in enumerate(questions[:60]):
        stops = questions[n : n + 2 + (0 if n % 3 else 1)]
        query = AlongQuery(
            points=tuple((lon, lat) for lon, lat, _ in stops),
            is_line=n % 4 == 3,
            by=By.EBIKE if n % 2 else By.WALK,
            k=10,
            at=at,
            open_only=n % 5 == 0,
            more_minutes=60,
        )
        answer: list[list[object]] = []
        for item in along(service, query).items:
            said = said_on_arrival(item.near)
            both = said.both()
            told = [item.near.facility.code, item.after, said.state, both.zh, both.en]
            answer.append([told, pytest.approx(item.added_m, abs=0.1)])
        found.append(answer)
    return found


def test_once_visited_it_answers_without_a_network(
    database: Database, settings: Settings, visit: Visit
) -> None:
    _fill(database)
    dice = random.Random(13)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    questions = [
        (
            TOWN_LON + dice.uniform(-0.05, 0.05),
            TOWN_LAT + dice.uniform(-0.05, 0.05),
            now + timedelta(minutes=dice.randrange(12 * 1440)),
        )
        for _ in range(200)
    ]
    service = NearestService(database, settings)
    wanted = [
        _answers(service, questions),
        _answers(service, questions[:40], By.EBIKE),
        _lists(service, database, questions[:40]),
        _entered(service, questions[:40]),
        _ways(service, questions),
        _opened(service, questions[:40]),
    ]
    assert len([way for way in wanted[4] if len(way) > 1]) > 20
    codes = [[code for code, _ in some] for some in wanted[3][0]]  # type: ignore[misc]
    assert {tuple(sorted(some)) for some in codes} == {
        ("T-1", "T-2", "T-3", "T-5"),
        ("T-1", "T-3", "T-4", "T-5"),
        ("T-1",),
    }
    with _served(settings, database) as site:
        page = visit(site, "/?lang=zh", keeps=True)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
        expect(page.locator("#offline")).to_contain_text("5 处站点已存在这台设备上")
        names = page.locator("#results .found-pick span:last-child").all_text_contents()
    # The service is gone.
    page.reload()
    expect(page.locator("#offline")).to_contain_text("离线 · 数据为")
    assert page.locator("#results .found-pick span:last-child").all_text_contents() == names
    found = page.evaluate(
        ASKED,
        [
            source_modules(page),
            [(lon, lat, at.timestamp() * 1000) for lon, lat, at in questions],
        ],
    )
    assert found == wanted
    assert serious_violations(page) == []
    assert fits(page)
    # By e-bike it is the ride's minutes, 15 km/h, here too.
    walks = page.locator("#results .found-walk")
    expect(walks.first).to_contain_text("步行")
    page.locator(".chip", has_text="骑电动车").click()
    expect(walks.first).to_contain_text("骑行")
    expect(page.locator("#results")).not_to_contain_text("步行")
    page.locator(".chip", has_text="骑电动车").click()
    expect(walks.first).to_contain_text("步行")
    # A district, a condition and a name are found as before.
    page.locator(".chip", has_text="到时开放").click()
    page.select_option("#place", "370203")
    expect(page.locator(".from-place")).to_contain_text("市北区")
    page.locator(".chip", has_text="微波炉").click()
    expect(page.locator("#results .found")).to_have_count(1)
    page.locator(".chip", has_text="急救箱").click()
    page.click(".misses [data-drop=first_aid]")
    expect(page.locator("#results .found")).to_have_count(1)
    page.locator(".chip", has_text="微波炉").click()
    page.click("#enter > summary")
    page.locator("#enter label", has_text="其他人").click()
    page.get_by_role("button", name="好了").click()
    expect(page.locator("#results .may-enter").first).to_have_text("您能进")
    expect(page.locator("#results")).not_to_contain_text("名字特别特别长")
    page.locator(".more-filters summary").click()
    page.select_option("#what", "base")
    page.click("#enter > summary")
    page.locator("#enter label", has_text="没有卡").click()
    page.get_by_role("button", name="好了").click()
    expect(page.locator(".misses")).to_contain_text("对象：未知；进门：刷卡进入")
    page.click(".misses [data-drop=enter]")
    expect(page.locator("#results .found")).to_have_count(1)
    page.select_option("#what", "")
    page.fill("#words", "mingzitebie")
    page.locator("#hits [role=option]").first.click()
    expect(page.locator("#results .found-name")).to_contain_text("名字特别特别长")
    for words in ("市北区厕所", "青岛市市北区厕所", "shibei cesuo", "sbq厕所", "四方區廁所"):
        page.fill("#words", "")
        page.fill("#words", words)
        expect(page.locator("#hits [role=option]").first).to_contain_text("市北区 · 厕所")
    # Streets are not kept: the district is told, or that they need a network.
    page.fill("#words", "青岛市市北区没有的路 3 号")
    expect(page.locator("#hits [role=option]").first).to_contain_text("要有网络才能找")
    page.fill("#words", "没有的路")
    expect(page.locator("#hits-none")).to_contain_text("街道、门牌和路线要有网络才能找")
    page.fill("#words", "哪里有微波炉？")
    expect(page.locator("#hits [role=option]").first).to_contain_text("微波炉")
    # A shared link is meant as it stands.
    page.goto(f"{site.url}/?place=370203&amenity=microwave")
    expect(page.locator("#offline")).to_contain_text("离线 · 数据为")
    expect(page.locator(".from-place")).to_contain_text("市北区")
    expect(page.locator("#results .found")).to_have_count(1)
    # The page of a station that is not kept, as a closed one is not, offers none that is.
    page.goto(f"{site.url}/stations/GONE")
    expect(page.locator("#kept-words")).to_contain_text("“GONE”没有存在这台设备上")
    expect(page.locator("#kept-station")).to_be_hidden()
    page.goto(f"{site.url}/?station=GONE")
    expect(page.locator("#message")).to_contain_text("这一站没有存在这台设备上")
    # Another page is not the browser's error, and leads back.
    page.goto(f"{site.url}/services")
    page.get_by_role("link", name="去找站点").click()
    expect(page.locator("#results .found").first).to_be_visible()
    # On the way, too: by words, by positions and by an address; what only a network knows is said.
    page.goto(f"{site.url}/along?stop={TOWN_LON - 0.002},{TOWN_LAT}&stop=示例·T-4&keep=1")
    expect(page.locator("#offline")).to_contain_text("离线 · 数据为")
    expect(page.locator(".route")).to_contain_text("B 示例·T-4")
    expect(page.locator("input[name=keep]")).to_be_checked()
    expect(page.locator(".found").first).to_contain_text("沿线")
    page.locator(".more-filters summary").click()
    page.get_by_label("照这条线走").uncheck()
    expect(page.locator(".found").first).to_contain_text("A、B 之间（估算）")
    expect(page.locator(".found").first).to_contain_text(re.compile(r"约 \d\d:\d\d 到："))
    expect(page.locator("#map .badge").first).to_be_attached()
    expect(page.locator("#map .stop-mark")).to_have_text(["A", "B"])
    # Whether T-4, which is the end itself, comes first hangs on its hours on working days.
    codes = [one.get_attribute("data-code") for one in page.locator(".found").all()]
    assert next(code for code in codes if code != "T-4") == "T-1"
    assert serious_violations(page) == []
    assert fits(page)
    fields = page.locator("input[name=stop]")
    for words, told in (
        ("没有的路", "没有“没有的路”；街道和门牌要有网络才能找"),
        ("市北区没有的路3号", "只认出了“市北区”"),
        (f"{TOWN_LAT},{TOWN_LON}", "先经度"),
        ("121.5,31.2", "相邻两处最多 20 公里"),
        (f"{TOWN_LON - 0.002},{TOWN_LAT}", "A 到 B 是同一个地方"),
    ):
        fields.nth(1).fill(words)
        fields.nth(1).press("Enter")
        expect(page.locator("#results")).to_contain_text(told)
    page.locator(".chip", has_text="厕所").click()
    expect(page.locator(".misses > li")).to_have_count(1)
    page.click(".misses [data-drop=toilet]")
    expect(page.locator(".found").first).to_be_visible()
    page.get_by_label("电动车").check(force=True)
    expect(page.locator("#results")).not_to_contain_text("多走")
    page.locator("#enter > summary").click()
    page.locator("#enter label", has_text="只看确知能进的").click()
    page.get_by_role("button", name="好了").click()
    expect(page.locator(".may-enter").first).to_have_text("您能进")
    page.locator(".found").first.locator(".found-pick").click()
    with page.context.expect_page() as beside:
        page.locator(".found").first.get_by_role("link", name="看存着的这一站").click()
    expect(beside.value.locator("#results .found-name")).to_contain_text("示例·T-1")
    beside.value.close()
    page.goto(f"{site.url}/?lang=zh")
    expect(page.locator("#enter > summary")).to_have_text("我能进：只看确知能进的")
    page.click("#enter > summary")
    page.get_by_role("button", name="去掉这一条").click()
    # A device that did not find its position is told so here, too.
    page.evaluate(
        "() => { navigator.geolocation.getCurrentPosition = (got) =>"
        " got({ coords: { longitude: 0, latitude: 0, accuracy: 10 } }); }"
    )
    page.click("#locate")
    expect(page.locator(".odd").first).to_contain_text("几内亚湾")
    # At sea, and elsewhere in the country; a district chosen from there is not listed by nearness.
    for lon, lat, said in (
        (122, 34, "不在本服务的区域内：它在海上或境外。"),
        (113, 30, "不在本服务的区域内。"),
    ):
        page.evaluate(
            "([longitude, latitude]) => { navigator.geolocation.getCurrentPosition = (got) =>"
            " got({ coords: { longitude, latitude, accuracy: 10 } }); }",
            [lon, lat],
        )
        page.click("#locate")
        expect(page.locator(".odd").first).to_contain_text(said)
    page.select_option("#place", "370203")
    expect(page.locator(".odd").first).to_contain_text(said)
    expect(page.locator(".from-place")).to_contain_text("从站点最多的一带列起")
    expect(page.locator("#results .found-walk")).to_have_count(0)


def test_whoever_comes_by_the_code_on_a_door_has_the_finder_without_a_network(
    database: Database, settings: Settings, visit: Visit
) -> None:
    _fill(database)
    with _served(settings, database) as site:
        page = visit(site, "/stations/T-1?lang=zh", keeps=True)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
    # The service is gone. The station, by its page; saving it needs no network.
    page.reload()
    page.get_by_role("link", name="看存着的“示例·T-1”").click()
    expect(page.locator("#results .found-name")).to_contain_text("示例·T-1")
    star = page.locator("#results .star")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_have_attribute("data-href", "/stations/T-1")
    assert fits(page)
    page.goto(
        f"{site.url}/along?stop={TOWN_LON - 0.002},{TOWN_LAT}&stop=示例·T-4"
        "&may_enter=worker&without=card&surely=1"
    )
    expect(page.locator(".route")).to_contain_text("B 示例·T-4")
    expect(page.locator("#enter > summary")).to_have_text("我能进：户外劳动者，没有卡")
    expect(page.locator("#enter [name=surely]")).to_be_checked()
    # What was saved in the finder is so here, too.
    expect(page.locator(".found [data-star='T-1']")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{site.url}/")
    expect(page.locator("#results .found").first).to_be_visible()
    # The position that an address names, and by what it says to go.
    page.goto(f"{site.url}/?lon={TOWN_LON}&lat={TOWN_LAT + 0.0045}&asked=1&by=ebike&lang=zh")
    expect(page.locator("#results .cards")).to_have_attribute(
        "data-lat", str(round(TOWN_LAT + 0.0045, 7))
    )
    expect(page.locator("#results .found").first).to_have_attribute("data-code", "T-3")
    expect(page.locator("#results .found-walk").first).to_contain_text("骑行")


BREAK = """async () => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (!request.url.endsWith('language')) await cache.put(request, new Response('<!doctype html><p>Sign in'));
    }
  }
}"""


def test_what_is_kept_and_broken_is_fetched_anew(
    database: Database, settings: Settings, visit: Visit
) -> None:
    """Such as by a wireless network that answered everything with its sign-in page, or a phone that lost power."""
    _fill(database)
    with _served(settings, database) as site:
        page = visit(site, "/?lang=zh", keeps=True)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
        names = page.locator("#results .found-pick").all_text_contents()
        assert names
        page.evaluate(BREAK)
        # The very next visit works, and mends what is kept.
        page.reload()
        expect(page.locator("#results .found-pick")).to_have_text(names)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
    page.reload()
    expect(page.locator("#offline")).to_contain_text("离线 · 数据为")
    expect(page.locator("#results .found-pick")).to_have_text(names)
    page.goto(f"{site.url}/suggest")
    expect(page.locator("h1")).to_be_visible()


def test_what_is_kept_is_public_and_known_by_its_version(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(database)
    app = make_app(settings, database)
    nobody = app.test_client()
    worker = nobody.get("/sw.js")
    assert (worker.mimetype, worker.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    given = json.loads(worker.text.partition(";\n")[0].removeprefix("self.GEOAPP = "))
    for address in (*given["files"], given["offline"], given["stations"], *given["ground"]):
        with nobody.get(address) as answer:
            assert answer.status_code == 200, address
            assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" not in nobody.get("/", headers={"Accept-Language": "en"}).headers
    # Every page for workers has it kept.
    for path in ("/stations/T-1", "/services", "/services/catalogue", "/suggest"):
        assert "/js/worker/offline/keep.js" in nobody.get(path).text, path
    # Below a prefix everything is.
    below = nobody.get("/sw.js", environ_overrides={"SCRIPT_NAME": "/town"}).text
    assert '"root": "/town/"' in below
    assert '"/town/static/' in below
    manifest = nobody.get("/manifest.webmanifest?lang=en")
    assert manifest.mimetype == "application/manifest+json"
    body = manifest.get_json()
    assert (body["short_name"], body["start_url"], body["display"]) == (
        "Rest stations",
        "/",
        "standalone",
    )
    for icon in body["icons"]:
        with nobody.get(icon["src"]) as answer:
            assert answer.mimetype == "image/png"
    kept = nobody.get("/api/v1/offline/stations")
    # Whoever is signed in gets no more: what is planned or suspended is not there.
    staff = client_of(app, database, Role.ADMIN).get("/api/v1/offline/stations")
    for answer in (kept, staff):
        assert {one["code"] for one in answer.get_json()["stations"]} == {
            "T-1",
            "T-2",
            "T-3",
            "T-4",
            "T-5",
        }
    tag = kept.headers["ETag"]
    again = nobody.get("/api/v1/offline/stations", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert nobody.get("/api/v1/offline/stations?region=370200").get_json()["stations"]
    assert nobody.get("/api/v1/offline/stations?region=nowhere").get_json()["stations"] == []
    monkeypatch.setattr(offline, "MOST_STATIONS", 3)
    problem_of(nobody.get("/api/v1/offline/stations?region=370203"), 422, "region")


def test_the_phone_measures_the_same_distances(repo_root: Path) -> None:
    file = repo_root / "tests" / "js" / "worker" / "offline" / "distances.json"
    for lon1, lat1, lon2, lat2, wanted in json.loads(file.read_text(encoding="utf-8")):
        assert float(
            geodesic_m(lon1, lat1, np.array([lon2]), np.array([lat2]))[0]
        ) == pytest.approx(wanted, abs=1e-5)


def test_of_a_register_too_large_an_area_is_kept(
    database: Database, settings: Settings, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(database)
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
                "('370202', '370200', 'district', '市南区', 'Shinan', "
                "st_multi(st_makeenvelope(120.3, 36.05, 120.33, 36.06, 4326)))"
            )
        )
        session.execute(text("update facility set region_code = '370202' where code = 'T-4'"))
    monkeypatch.setattr(offline, "MOST_STATIONS", 3)
    with _served(settings, database) as site:
        page = visit(site, "/?lang=zh", keeps=True)
        chooser = page.locator("#offline-region")
        expect(chooser).to_contain_text("站点太多", timeout=30_000)
        expect(page.locator("#offline")).to_be_hidden()
        chooser.locator("select").select_option("370203")
        chooser.locator("button").click()
        expect(chooser).to_contain_text("市北区的站点也太多", timeout=30_000)
        chooser.locator("select").select_option("370202")
        chooser.locator("button").click()
        expect(page.locator("#offline")).to_contain_text("市南区的1 处站点", timeout=30_000)
        assert fits(page)
        assert serious_violations(page) == []
    page.reload()
    expect(page.locator("#offline")).to_contain_text("离线 · 市南区的数据为", timeout=30_000)
    expect(page.locator("#results .found")).to_have_count(1)

"""Among hundreds of stations the phone finds, orders and says what the service says by line, from 200 places."""

import random
from contextlib import closing
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.operations.nearest.said import said_on_arrival
from geoapp.operations.nearest.service import NearestQuery, NearestService
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.conftest import Site, Visit, serve, source_modules

STATIONS, QUESTIONS, K = 400, 200, 8
HOURS = (
    "24/7",
    "Mo-Su 08:00-18:00",
    "Mo-Fr 09:00-12:00,13:30-17:00; PH off",
    "Mo-Sa 22:00-06:00",
    "Jun-Sep 08:00-21:00",
    "week 01-53/2 Mo-Fr 10:00-16:00",
    "Su[1] 09:00-12:00",
    None,
)
ASKED = """async ([modules, questions, k]) => {
  const { goneBy, nearest } = await import(`${modules}/offline/nearest.js`);
  const { sayOf } = await import(`${modules}/offline/cards.js`);
  const line = document.getElementById('offline');
  const cache = await caches.open(`geoapp-data ${line.dataset.root}`);
  const kept = goneBy(await (await cache.match(line.dataset.stations, { ignoreVary: true })).json(), 'walk');
  return questions.map(([lon, lat, at_ms, openOnArrival]) => (
    nearest(kept, { lon, lat, at_ms, k, what: '', amenities: [], openOnArrival }).map((item) => {
      const { state, text, note } = sayOf(kept, item, at_ms).words;
      const both = ['zh', 'en'].map((one) => text[one] + (note ? ` · ${note[one]}` : ''));
      return [item.station.code, item.noWay, state, ...both];
    })));
}"""


def _fill(database: Database, dice: random.Random) -> None:
    """Write stations around the town: each tenth an area, each twentieth at another's very place.

    The town lies between two bays, so that the sea lies before many of them.
    """
    initialise(database)
    here = (TOWN_LON, TOWN_LAT)
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) values ('370202', 'district', '市南区', "
                "st_multi(st_makeenvelope(120.31, 36.05, 120.36, 36.09, 4326)))"
            )
        )
        for number in range(STATIONS):
            if number % 20 != 1:
                here = (
                    round(TOWN_LON + dice.uniform(-0.08, 0.08), 6),
                    round(TOWN_LAT + dice.uniform(-0.06, 0.06), 6),
                )
            lon, lat = here
            side = 0.0006 if number % 10 == 2 else 0.0
            session.execute(
                text(
                    """
                    insert into facility (code, kind_code, name_zh, name_en, geom, opening_hours)
                    values (:code, 'outdoor_station', '站 ' || :code, 'Stop ' || :code,
                        st_setsrid(case when :side > 0
                            then st_makeenvelope(:lon, :lat, :lon + :side, :lat + :side)
                            else st_makepoint(:lon, :lat) end, 4326), :hours)
                    """
                ),
                {
                    "code": f"S-{dice.randrange(10**9)}-{number}",  # ties are ordered by it
                    "lon": lon,
                    "lat": lat,
                    "side": side,
                    "hours": dice.choice(HOURS),
                },
            )


def _said(
    service: NearestService, questions: list[tuple[float, float, datetime, bool]]
) -> list[list[list[str]]]:
    found = []
    for lon, lat, at, open_only in questions:
        answer = []
        for item in service.ask(
            NearestQuery(
                lon=lon, lat=lat, k=K, at=at, arrive=True, order="line", open_on_arrival=open_only
            )
        ):
            said = said_on_arrival(item)
            both = said.both()
            answer.append([item.facility.code, item.sea or "", said.state, both.zh, both.en])
        found.append(answer)
    return found


def test_the_phone_answers_as_the_service_by_line(
    database: Database, settings: Settings, visit: Visit
) -> None:
    dice = random.Random(200)
    _fill(database, dice)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    questions = [
        (
            TOWN_LON + dice.uniform(-0.1, 0.1),
            TOWN_LAT + dice.uniform(-0.08, 0.08),
            now + timedelta(minutes=dice.randrange(12 * 1440)),
            number % 3 == 0,
        )
        for number in range(QUESTIONS)
    ]
    wanted = _said(NearestService(database, settings), questions)
    assert sum(len(answer) == K for answer in wanted) == QUESTIONS
    assert {one[2] for answer in wanted for one in answer} == {"open", "shut", "unknown"}
    # Whole answers on this side of the water, and some that go beyond it.
    assert {tuple({one[1] for one in answer}) for answer in wanted} >= {("",), ("here",)}
    assert sum({one[1] for one in answer} == {"", "between"} for answer in wanted) > 2
    with closing(serve(create_app(settings, database))) as urls:
        page = visit(Site(next(urls), database), "/?lang=zh", keeps=True)
        page.locator("body[data-offline=ready]").wait_for(state="attached")
    # The service is gone.
    page.reload()
    expect(page.locator("#offline")).to_contain_text("离线 · 数据为")
    found = page.evaluate(
        ASKED,
        [
            source_modules(page),
            [(lon, lat, at.timestamp() * 1000, only) for lon, lat, at, only in questions],
            K,
        ],
    )
    unlike = [pair for pair in zip(found, wanted, strict=True) if pair[0] != pair[1]]
    assert unlike[:1] == []

"""The dots of the finder's map are opened: by a finger each, by a key as a list of what is in view."""

import re

from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, serious_violations

TOWN = f"{TOWN_LON - 0.05},{TOWN_LAT - 0.05},{TOWN_LON + 0.05},{TOWN_LAT + 0.05}"
# Where on the screen the northernmost dot is drawn.
DOT = """() => {
  const canvas = document.querySelector('.leaflet-dots-pane canvas');
  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const { left, top, width: shown } = canvas.getBoundingClientRect();
  const at = data.findIndex((one, index) => index % 4 === 3 && one > 0);
  const scale = shown / width;
  return [left + ((at - 3) / 4 % width) * scale, top + (Math.floor((at - 3) / 4 / width) + 1) * scale];
}"""


def test_what_is_in_view_is_told_from_the_middle_and_cut(
    town_template: str, database: Database, settings: Settings
) -> None:
    client: FlaskClient = client_of(make_app(settings, database), database)
    answer = client.post("/finder/in-view", data={"bbox": TOWN})
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(re.findall(r'data-code="([^"]+)"', answer.text)) == {"T-1", "T-2", "T-3", "T-4"}
    assert "示例" in answer.text
    assert "图上没有站点" in client.post("/finder/in-view", data={"bbox": "0,0,1,1"}).text
    for wrong in ("", "1,2,3", "a,b,c,d", "\x00"):
        assert client.post("/finder/in-view", data={"bbox": wrong}).status_code == 422


def test_every_dot_can_be_opened(site: Site, visit: Visit) -> None:
    """One that does not fit what is asked is told where it is tapped, and leads to its page."""
    with site.database.session() as session:
        session.execute(
            text(
                "update facility set geom = st_translate(geom, 0, 0.01), opening_hours = null,"
                " name_zh = '北边的一处' where code = 'T-3'"
            )
        )
    page = visit(site, "/?lang=zh", position=None)
    expect(page.locator('#map[data-drawn="4"]')).to_be_visible()
    page.locator("script[src*=in_view]").wait_for(state="attached")
    told = page.locator("#in-view")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(one => one.name.includes('in_view'))"
    )
    page.mouse.click(*page.evaluate(DOT))
    # What is said of keys is not for whoever taps.
    assert page.evaluate("document.getElementById('map-keys').offsetWidth") <= 1
    expect(page.locator("#results .found").first).to_be_visible()
    expect(page.locator("#results .found", has_text="北边的一处")).to_have_count(0)
    expect(told).to_contain_text("北边的一处")
    expect(told.get_by_role("link")).to_have_attribute("href", "/stations/T-3")
    assert serious_violations(page) == []
    told.get_by_role("button", name="关闭").click()
    expect(told).to_be_hidden()


def test_a_key_lists_what_is_in_view(site: Site, visit: Visit) -> None:
    page = visit(site, "/?lang=zh", size="desktop")
    expect(page.locator("#results .found").first).to_be_visible()
    page.locator("script[src*=in_view]").wait_for(state="attached")
    button = page.get_by_role("button", name="列出图上的站点")
    told = page.locator("#in-view")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(one => one.name.includes('in_view'))"
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    button.focus()
    expect(button).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(told).to_be_focused()
    expect(told.get_by_role("link").first).to_be_visible()
    assert [one for one in asked if "in-view" in one and "120." not in one]
    assert serious_violations(page) == []
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    expect(button).to_be_focused()

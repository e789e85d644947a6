"""Two days of a region: which facilities stood, what changed, how sure that is, and the map of it."""

from datetime import date

import pytest
from playwright.sync_api import expect

from geoapp.core.dated_states import Band
from geoapp.core.settings import Settings
from geoapp.core.words import Standing
from geoapp.operations.coverage.through_time import story_of
from geoapp.operations.coverage.two_days import two_days
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import run_sql, town
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations
from tests.web.pages.coverage.test_time_page import dated

__all__ = ["town"]

ADDRESS = "/coverage/370203/time/compare"
KNOWN, POSSIBLE, NO = Standing.KNOWN, Standing.POSSIBLE, Standing.NO


def test_two_days_by_hand(
    town: Database,
    settings: Settings,
    subtests: pytest.Subtests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes = [row[0] for row in run_sql(town, "select code from facility order by code")]
    run_sql(town, "delete from facility where code = any(:codes)", codes=codes[4:])
    one, two, three, four = codes[:4]
    dated(town, one, "2019-03-10", "known", closed="2020-05-20")
    dated(town, two, "2020-02-01", "month")
    dated(town, three, "2020-01-01", "year")
    dated(town, four, None, "unknown")
    for first, last, standings, opened, closed in [
        # Of the fourth nobody knows since when, and nothing says that it ever went; the third came on some day of 2020.
        (
            *("2019-12-31", "2020-12-31"),
            {one: (KNOWN, NO), two: (NO, KNOWN), three: (NO, KNOWN), four: (POSSIBLE, POSSIBLE)},
            *(Band(2, 1), Band(1, 0)),
        ),
        # The second came on some day of February.
        (
            *("2020-02-10", "2020-05-19"),
            {
                one: (KNOWN,) * 2,
                two: (POSSIBLE, KNOWN),
                three: (POSSIBLE,) * 2,
                four: (POSSIBLE,) * 2,
            },
            *(Band(0, 3), Band(0, 0)),
        ),
        # On its last day something is closed already.
        (
            *("2020-05-19", "2020-05-20"),
            {one: (KNOWN, NO), two: (KNOWN,) * 2, three: (POSSIBLE,) * 2, four: (POSSIBLE,) * 2},
            *(Band(0, 2), Band(1, 0)),
        ),
    ]:
        with subtests.test(first=first, last=last):
            days = [date.fromisoformat(day) for day in (first, last)]
            told = two_days(town, settings, "370203", days[0], days[1])
            assert {each.code: (each.then, each.now) for each in told.facilities} == standings
            assert (told.opened, told.closed) == (opened, closed)
            for day, band in zip(days, (told.then, told.now), strict=True):
                if day.day == 31:
                    month = story_of(town, settings, "370203", day.year).months[day.month - 1]
                    assert band == month.in_place

    anybody = client_of(make_app(settings, town), town)
    page = anybody.get(f"{ADDRESS}?from=2019-12-31&to=2020-12-31&lang=zh")
    assert page.status_code == 200
    for said in ("可能启用", ">启用<", ">停用<", f"/stations/{one}"):
        assert said in page.text
    assert "可能启用或停用" not in page.text
    assert page.text.index(f"/stations/{three}") < page.text.index(f"/stations/{four}")
    # By sort, and page by page.
    asked = f"{ADDRESS}?from=2019-12-31&to=2020-12-31&lang=zh"
    for what, seen in {"opened": {two, three}, "closed": {one}, "perhaps": {four}}.items():
        listed = anybody.get(f"{asked}&what={what}").text
        assert {code for code in codes if f"/stations/{code}" in listed} == seen, what
    monkeypatch.setattr("geoapp.web.pages.coverage.two_days.PAGE_ROWS", 3)
    first, last = (anybody.get(f"{asked}&page={number}").text for number in (1, 9))
    assert 'rel="next"' in first and 'rel="prev"' not in first
    assert f"/stations/{four}" in last and f"/stations/{one}" not in last
    assert ADDRESS in anybody.get("/coverage/370203/time").text
    refused = anybody.get(f"{ADDRESS}?from={today(settings)}&lang=zh")
    assert refused.status_code == 422
    assert "from" in refused.text and f"早于 {today(settings)}" in refused.text
    assert anybody.get(ADDRESS).status_code == 200
    for wrong, status in {
        f"{ADDRESS}?from=2020-01-01&to=2020-01-01": 422,
        f"{ADDRESS}?from=2020-02-30": 422,
        f"{ADDRESS}?to=9999-01-01": 422,
        f"{ADDRESS}?from=1799-01-01": 422,
        f"{ADDRESS}?what=gone": 422,
        f"{ADDRESS}?page=0": 422,
        "/coverage/nowhere/time/compare": 404,
    }.items():
        assert anybody.get(wrong).status_code == status, wrong
    run_sql(
        town,
        "update facility set geom = null, position_basis = 'unknown' where code = :code",
        code=two,
    )
    assert "位置不详" in anybody.get(f"{ADDRESS}?from=2019-12-31&to=2020-12-31&lang=zh").text


def test_what_closed_for_certain_is_closed_whenever_it_opened(
    town: Database, settings: Settings
) -> None:
    (code,) = run_sql(town, "select code from facility order by code limit 1")[0]
    run_sql(town, "delete from facility where code <> :code", code=code)
    dated(town, code, None, "unknown", closed="2020-05-20")
    told = two_days(town, settings, "370203", date(2020, 4, 30), date(2020, 5, 31))
    month = story_of(town, settings, "370203", 2020).months[4]
    assert (told.opened, told.closed) == (month.opened, month.closed) == (Band(0, 1), Band(1, 0))


def test_an_area_stands_at_a_point_inside_it(town: Database, settings: Settings) -> None:
    (code,) = run_sql(town, "select code from facility order by code limit 1")[0]
    dated(town, code, "2020-06-01", "known")
    (lon, lat) = run_sql(
        town,
        "update facility set geom = st_expand(geom, 0.001) where code = :code "
        "returning st_x(st_centroid(geom)), st_y(st_centroid(geom))",
        code=code,
    )[0]
    told = two_days(town, settings, "370203", date(2020, 1, 1), date(2020, 12, 31))
    placed = next(one for one in told.facilities if one.code == code)
    assert (placed.lon, placed.lat) == pytest.approx((lon, lat), abs=0.001)


def test_the_line_moves_by_the_keyboard_and_a_phone_has_a_switch(site: Site, visit: Visit) -> None:
    run_sql(
        site.database,
        "update facility set opened_on = '2020-06-01', opened_basis = 'known' where code <> 'T-1'",
    )
    asked = f"{ADDRESS}?from=2020-01-01&to=2020-12-31"
    page = visit(site, asked, size="desktop")
    box = page.locator("#map[data-drawn]")
    box.wait_for()
    assert box.get_attribute("data-share") == "0.5"
    # A sheet of paper is narrower, and holds all that was in sight.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert box.bounding_box()["width"] < 700  # type: ignore[index]
    # There both days are drawn whole, over each other.
    page.emulate_media(media="print")
    for pane in page.locator(".leaflet-then-pane, .leaflet-now-pane").all():
        assert pane.evaluate("pane => getComputedStyle(pane).clipPath") == "none"
    expect(page.locator("#divider")).to_be_hidden()
    expect(page.get_by_text("纸上两天画在一起")).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert box.bounding_box()["width"] > 700  # type: ignore[index]
    page.locator("#swipe").focus()
    page.keyboard.press("Home")
    page.locator('#map[data-share="0"]').wait_for()
    assert page.locator("#side-then").is_hidden()
    page.keyboard.press("End")
    page.locator('#map[data-share="1"]').wait_for()
    assert "100%" in (page.locator("#swipe").get_attribute("aria-valuetext") or "")
    assert (fits(page), serious_violations(page)) == (True, [])
    phone = visit(site, asked, size="phone", language="en")
    phone.locator('#map[data-share="0"]').wait_for()
    assert phone.locator("#swipe").is_hidden()
    phone.get_by_role("radio", name="2020-01-01").check()
    phone.locator('#map[data-share="1"]').wait_for()
    assert (fits(phone), serious_violations(phone)) == (True, [])

"""A card tells on three lines what one needs to set out; the rest is there where it is opened."""

import re

from playwright.sync_api import expect
from sqlalchemy import text

from tests.web.conftest import Site, Visit, serious_violations

FOUND = "#results .found"
# How much of the list the first cards take, in CSS pixels of the screen.
ENDS = f"""() => Array.from(document.querySelectorAll('{FOUND}'))
  .map((one) => one.getBoundingClientRect().bottom)"""


def test_three_fit_under_the_map_and_one_opens(site: Site, visit: Visit) -> None:
    with site.database.session() as session:
        session.execute(
            text("update facility set name_zh = '劳动者驿站', name_en = 'Rest station'")
        )
    for language in ("en", "zh"):
        page = visit(site, f"/?lang={language}", language=language)
        page.locator(".chip").first.click()
        expect(page.locator(FOUND)).to_have_count(4)
        expect(page.locator("#sheet")).to_have_attribute("data-size", "half")
        page.wait_for_function(f"() => ({ENDS})()[2] <= innerHeight")
        sheet = page.locator("#sheet").bounding_box()
        assert sheet
        assert sheet["y"] > 844 / 3  # the map keeps its part of the screen
        # The ring around the field is whole: what scrolls has room for it.
        body, field = page.locator("#sheet-body").bounding_box(), page.locator(".search-row input")
        place = field.bounding_box()
        assert body
        assert place
        assert place["y"] - body["y"] >= 5
    # Hours, the walk, who may enter and what is unknown stand on every card.
    for number in range(4):
        card = page.locator(FOUND).nth(number)
        expect(card.locator(".found-state")).to_be_visible()
        expect(card.locator(".found-walk")).to_be_visible()
        expect(card.locator(".found-entry")).to_be_visible()
        expect(card.locator(".found-rest")).to_be_hidden()
    expect(page.locator(FOUND, has_text="超过一年没有核实").locator(".found-old")).to_be_visible()
    # A press anywhere on its head opens it and shows it on the map; another shuts it again.
    first, second = page.locator(FOUND).nth(0), page.locator(FOUND).nth(1)
    first.locator(".found-state").click()
    expect(first).to_have_class(re.compile("chosen"))
    expect(first.locator(".found-pick")).to_have_attribute("aria-expanded", "true")
    expect(first.locator(".marks")).to_be_visible()
    expect(first.locator(".go-list")).to_be_hidden()
    expect(page.locator(".marker.chosen")).to_have_text("1")
    assert serious_violations(page) == []
    first.locator(".found-pick").click()
    expect(first.locator(".found-rest")).to_be_hidden()
    expect(page.locator(".marker.chosen")).to_have_count(0)
    # Its button opens the directions at once; one card is open at a time, and stays where it was pressed.
    first.locator(".found-more > summary").click()
    expect(first.locator(".go-list a").first).to_be_in_viewport()
    top = second.locator(".found-pick").evaluate(
        "one => { one.scrollIntoView({ block: 'center' }); return one.getBoundingClientRect().top; }"
    )
    second.locator(".found-pick").click()
    expect(first.locator(".found-rest")).to_be_hidden()
    expect(second).to_have_class(re.compile("chosen"))
    now = second.locator(".found-pick").bounding_box()
    assert now
    assert now["y"] <= top + 1
    expect(second.locator(".found-pick")).to_be_in_viewport()
    # What one asks for stands on the card.
    page.locator(".chip", has_text="微波炉").click()
    expect(page.locator(FOUND)).to_have_count(1)
    expect(page.locator(f"{FOUND} .found-head .mark.yes")).to_have_text(re.compile("微波炉"))
    page.locator("#locate").click()
    # The browser's way back opens what was open.
    page.locator(".chip", has_text="微波炉").click()
    expect(page.locator(FOUND)).to_have_count(4)
    second.locator(".found-pick").click()
    first.locator(".found-pick").click()
    page.go_back()
    expect(second.locator(".found-rest")).to_be_visible()
    expect(first.locator(".found-rest")).to_be_hidden()


# What of a card's first lines is cut, or hidden.
CUT = f"""() => Array.from(document.querySelectorAll('{FOUND}')).slice(0, 3)
  .flatMap((one) => Array.from(one.querySelectorAll('.found-state, .found-walk, .found-entry')))
  .filter((one) => one.scrollWidth > one.clientWidth || !one.checkVisibility()).map((one) => one.textContent)"""


def test_three_fit_on_older_phones_by_long_names_and_of_a_district(
    site: Site, visit: Visit
) -> None:
    long = {
        "zh": "青岛市市北区大港街道户外劳动者服务站点",
        "en": "Dagang Subdistrict Service Station of Outdoor Workers",
    }
    with site.database.session() as session:
        session.execute(
            text(
                # Words of hours are as long at every hour: in the evening "opens tomorrow 08:00" takes a line.
                "update facility set name_zh = :zh, name_en = :en, verified_on = current_date, "
                "opening_hours = case when opening_hours is not null then '24/7' end, "
                "address = '青岛市市北区港青路 6 号港口客运站一层大厅东侧'"
            ),
            long,
        )
    page = visit(site, "/?lang=zh")
    for language, whole in long.items():
        for path in (f"/?lang={language}", f"/?lang={language}&place=370203&asked=1"):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
            page.goto(site.url + path)
            if "place" not in path:
                page.locator(".chip").first.click()
            expect(page.locator(FOUND)).to_have_count(4)
            for width, height in ((390, 844), (360, 780), (360, 740)):
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_function("width => innerWidth === width", arg=width)
                if height < 780 and language == "en" and "place" in path:
                    continue  # what is said above the list takes two lines
                page.wait_for_function(f"() => ({ENDS})()[2] <= innerHeight")
                sheet = page.locator("#sheet").bounding_box()
                assert sheet
                assert sheet["y"] >= 0.38 * height
                assert page.evaluate(CUT) == []
            # All of a name that is cut is read out, and seen where the card is open.
            second = page.locator(FOUND).nth(1)
            pick = second.get_by_role("button", name=f"2 {whole}", exact=True)
            words = pick.locator("span").last
            assert words.evaluate("one => one.scrollWidth > one.clientWidth")
            pick.click()
            expect(second).to_have_class(re.compile("chosen"))
            assert words.evaluate(
                "one => one.scrollWidth <= one.clientWidth && getComputedStyle(one).whiteSpace === 'normal'"
            )
            pick.click()
            page.set_viewport_size({"width": 390, "height": 844})


def test_words_of_buttons_are_whole_beside_a_telephone(site: Site, visit: Visit) -> None:
    with site.database.session() as session:
        session.execute(text("update facility set phone = '+358 40 862 2943' where code = 'T-1'"))
    page = visit(site, "/stations/T-1?lang=en")
    button = page.locator(".found-actions .go > summary")
    lines = button.evaluate("one => one.getBoundingClientRect().height")
    button.evaluate("one => { one.style.whiteSpace = 'nowrap'; }")
    assert button.evaluate("one => one.getBoundingClientRect().height") == lines
    assert button.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_without_scripts_a_card_unfolds_by_itself(site: Site, visit: Visit) -> None:
    page = visit(site, "/?lang=zh&place=370203", scripts=False)
    card = page.locator(FOUND).first
    expect(card.locator(".found-rest")).to_be_hidden()
    card.locator(".found-more > summary").click()
    card.locator(".go > summary").click()
    expect(card.locator(".go-list a").first).to_be_visible()

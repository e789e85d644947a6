"""The finder's "I may enter": who somebody is and what they are without, in the hand and without scripts."""

from playwright.sync_api import Page, expect

from tests.web.conftest import WORKER_LAT, WORKER_LON, Site, Visit, fits, serious_violations

FOUND = "#results .found"
CHIP = "#enter > summary"


def choose(page: Page, words: str) -> None:
    """Press a choice of the sheet and wait for its answer."""
    with page.expect_response("**/finder/results*"):
        page.locator("#enter label", has_text=words).click()
    expect(page.locator("#results.waiting")).to_have_count(0)


def told(page: Page) -> list[str]:
    """Return what the cards say of getting in, in their order."""
    return page.locator(f"{FOUND} .found-entry").all_inner_texts()


def test_who_i_am_and_what_i_am_without(site: Site, visit: Visit) -> None:
    """T-1 is for anyone, T-2 for workers, T-3 says nothing, T-4 opens with a card."""
    page = visit(site)
    page.locator(".chip", has_text="到时开放").click()
    expect(page.locator(FOUND)).to_have_count(4)
    assert not [one for one in told(page) if "能" in one]
    page.click(CHIP)
    assert (
        page.evaluate(
            """() => [...document.querySelectorAll('#enter button, #enter label')]
          .filter((one) => one.getBoundingClientRect().height < 43.5).length"""
        )
        == 0
    )
    assert serious_violations(page) == []
    choose(page, "其他人")
    expect(page.locator(FOUND)).to_have_count(3)
    assert [one.split(" · ")[0].strip() for one in told(page)] == [
        "您能进",
        "能不能进：未知",
        "能不能进：未知",
    ]
    choose(page, "户外劳动者")
    choose(page, "没有卡")
    expect(page.locator(FOUND)).to_have_count(3)
    expect(page.locator(FOUND).nth(1).locator(".may-enter")).to_have_text("您能进")
    expect(page.locator("#results")).not_to_contain_text("示例·T-4")
    # The sheet is shut by its button, by Escape and by a press beside it; the chip says what is on.
    page.get_by_role("button", name="好了").click()
    expect(page.locator("#enter")).not_to_have_attribute("open", "")
    expect(page.locator(CHIP)).to_be_focused()
    expect(page.locator(CHIP)).to_have_text("我能进：户外劳动者，没有卡")
    page.keyboard.press("Enter")
    expect(page.locator(".enter-sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".enter-sheet")).to_be_hidden()
    page.click(CHIP)
    page.mouse.click(195, 120)
    expect(page.locator(".enter-sheet")).to_be_hidden()
    assert serious_violations(page) == []
    # It is remembered on this phone, and does not widen the page at 320 or in large characters.
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site.url}/?text=large")
    expect(page.locator(FOUND)).to_have_count(3)
    expect(page.locator(CHIP)).to_have_text("我能进：户外劳动者，没有卡")
    page.click(CHIP)
    assert fits(page)
    choose(page, "只看确知能进的")
    expect(page.locator(FOUND)).to_have_count(2)
    page.get_by_role("button", name="好了").click()
    # What stands in the way is told, with what is known of the door, and left out by one press.
    page.locator(".more-filters summary").click()
    page.select_option("#what", "home")
    misses = page.locator(".misses > li")
    expect(misses).to_have_count(3)
    expect(misses.nth(1)).to_contain_text("对象：未知；进门：未知")
    page.click("[data-drop=surely]")
    expect(page.locator(f"{FOUND} .unsure").first).to_have_text("能不能进：未知")
    page.select_option("#what", "base")
    expect(misses.filter(has_text="进门：刷卡进入")).to_have_count(1)
    page.click("[data-drop=enter]")
    expect(page.locator(FOUND)).to_contain_text("示例·T-4")
    expect(page.locator(CHIP)).to_have_text("我能进")
    # "Only where it is known" alone is where anyone may enter, and the chip says that it is on.
    page.select_option("#what", "")
    page.click(CHIP)
    choose(page, "只看确知能进的")
    expect(page.locator(FOUND)).to_have_count(1)
    expect(page.locator(f"{FOUND} .may-enter")).to_have_text("您能进")
    expect(page.locator(CHIP)).to_have_text("我能进：只看确知能进的")


def test_without_scripts_and_by_address(site: Site, visit: Visit) -> None:
    page = visit(site, scripts=False)
    page.click(CHIP)
    page.locator("#enter label", has_text="户外劳动者").click()
    page.locator("#enter label", has_text="没有卡").click()
    page.locator(".chip", has_text="到时开放").click()
    page.select_option("#place", "370203")
    page.locator("#finder-form button[type=submit]").click()
    assert "may_enter=worker&without=card" in page.url
    expect(page.locator(CHIP)).to_have_text("我能进：户外劳动者，没有卡")
    expect(page.locator(FOUND)).to_have_count(3)
    expect(page.locator(".from-place")).to_contain_text("符合条件的共 3 处")
    here = f"{site.url}/?lon={WORKER_LON}&lat={WORKER_LAT}&lang=en"
    page.goto(f"{here}&may_enter=anyone&surely=1&what=home")
    expect(page.locator(".misses")).to_contain_text("for: unknown")
    expect(page.locator(".misses")).to_contain_text("I may enter: Anybody else")
    page.goto(f"{here}&surely=1&what=base")
    expect(page.locator(CHIP)).to_have_text("I may enter: Only where it is known")
    expect(page.locator(".misses > li")).to_have_count(2)
    for wrong in ("may_enter=boss", "without=shoes"):
        assert page.request.get(f"{here}&{wrong}").status == 422

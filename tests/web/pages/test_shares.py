"""A link shows a region's reports and use to somebody without an account, and nothing else."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from geoapp.core.roles import Role
from geoapp.operations import shares
from geoapp.operations.moment import today
from geoapp.operations.upkeep.users import save_user
from tests.operations.coverage.small_town import run_sql
from tests.operations.monthly.monthly_town import MonthlyTown, town
from tests.web.api_client import PASSWORD, client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in

__all__ = ["town"]


def asked(town: MonthlyTown, **more: Any) -> dict[str, Any]:
    day = today(town.settings) + timedelta(days=30)
    return {"region": "370203", "part": ["report", "use"], "note": "王处长", "until": day} | more


def link_of(client: FlaskClient, form: dict[str, Any]) -> str:
    """Make a link by the form and return its path."""
    sent = client.post("/shares", data=form)
    assert (sent.status_code, sent.location) == (303, "/shares/made"), sent.text
    made = client.get(sent.location)
    assert made.headers["Cache-Control"] == "no-store"
    # It is shown once: who loads the page again makes no second link, and sees the list.
    again = client.get(sent.location)
    assert (again.status_code, again.location) == (303, "/shares")
    found = re.search("/shared/[A-Za-z0-9_-]{43}", made.text)
    assert found is not None
    return found[0]


def test_what_a_link_opens_and_when_it_ends(
    town: MonthlyTown, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    app = make_app(town.settings, town.database)
    manager = client_of(app, town.database, Role.MANAGER)
    anybody = app.test_client()
    link = link_of(manager, asked(town))
    page = manager.get("/shares").text
    assert link not in page
    # What is narrowest is offered first, and everything last.
    assert (
        page.index('value="370203"')
        < page.index('value="370200"')
        < page.index('<option value="">')
    )
    (row,) = run_sql(town.database, "select token_hash, last_used_on from share")
    assert (link.removeprefix("/shared/").encode() in row[0], row[1]) == (False, None)

    page = anybody.get(link)
    assert page.status_code == 200
    assert "王处长" in page.text
    assert "<nav" not in page.text
    for path in (link, f"{link}/use", f"{link}/report?format=html"):
        with subtests.test(path=path.replace(link, "LINK")):
            seen = anybody.get(path)
            assert seen.status_code == 200
            assert seen.headers["X-Robots-Tag"].startswith("noindex")
            assert seen.headers["Referrer-Policy"] == "no-referrer"
            assert "no-store" in seen.headers["Cache-Control"]
    # Of its own region alone, whatever the address asks.
    month = f"{town.scope.period.day:%Y-%m}"
    one = anybody.get(f"{link}/report?format=xlsx&language=zh&region=370202&month={month}")
    own = f"/publications/report?format=xlsx&language=zh&region=370203&month={month}"
    assert one.data == manager.get(own).data
    assert anybody.get(f"{link}/report?month=2026-13").status_code == 422
    assert anybody.get("/use").status_code == 302
    assert f"最近打开 {today(town.settings)}" in manager.get("/shares?lang=zh").text

    report_alone = link_of(manager, asked(town, part=["report"]))
    assert anybody.get(f"{report_alone}/use").status_code == 410
    assert f"{report_alone}/use" not in anybody.get(report_alone).text
    assert anybody.get("/shared/" + "a" * 43).status_code == 410
    whole = link_of(manager, asked(town, region=""))
    assert anybody.get(f"{whole}/use").status_code == 200
    assert anybody.get(f"{whole}/report?format=html").status_code == 200

    monkeypatch.setattr(shares, "PER_MINUTE", 1)
    # On a machine that is busy a minute may have gone by since the last time.
    assert any(anybody.get(whole).status_code == 429 for _ in range(3))
    monkeypatch.undo()
    changes = {
        "it has run out": "update share set until_on = current_date - 3",
        "the account is disabled": "update app_user set active = false where name = 'a-manager'",
        "the account shares no more": "update app_user set role = 'planner' where name = 'a-manager'",
        "the region is none of the account's any more": "update app_user "
        "set regions = '{370202}' where name = 'a-manager'",
        "the region is gone": "update share set region_code = '370299'",
    }
    undo = {
        "it has run out": "update share set until_on = current_date + 3",
        "the account is disabled": "update app_user set active = true where name = 'a-manager'",
        "the account shares no more": "update app_user set role = 'manager' where name = 'a-manager'",
        "the region is none of the account's any more": "update app_user "
        "set regions = '{}' where name = 'a-manager'",
    }
    for why, change in changes.items():
        with subtests.test(why):
            assert anybody.get(report_alone).status_code == 200
            listed = [one.by_right for one in shares.list_shares(town.database)]
            run_sql(town.database, change)
            assert anybody.get(report_alone).status_code == 410
            # The list does not call it in force.
            now = [one.by_right for one in shares.list_shares(town.database)]
            assert (all(listed), any(now)) == (True, why == "it has run out")
            if why in undo:
                run_sql(town.database, undo[why])


def test_a_link_opens_to_the_end_of_its_last_day_and_then_says_so(
    town: MonthlyTown, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    """By the service's clock, which is moved; and what nobody opens any more leads on."""
    app = make_app(town.settings, town.database)
    manager = client_of(app, town.database, Role.MANAGER)
    last = today(town.settings) + timedelta(days=7)
    link = link_of(manager, asked(town, until=last))
    revoked = link_of(manager, asked(town, until=last))
    (number,) = run_sql(town.database, "select max(id) from share")[0]
    assert manager.post(f"/shares/{number}/revoke").status_code == 303
    for day, status in ((last, 200), (last + timedelta(days=1), 410)):
        monkeypatch.setattr(shares, "today", lambda _, day=day: day)
        for path in (link, f"{link}/use", f"{link}/report?format=html"):
            with subtests.test(f"{path.replace(link, 'LINK')} {status}"):
                assert app.test_client().get(path).status_code == status
    for path in (link, revoked, f"{revoked}/use"):
        for tongue, said, way in (
            ("zh", "已经到期、被收回。请向分享的人要新的", "看公布的覆盖情况"),
            (
                "en",
                "has run out or was revoked. Ask whoever shared it",
                "See the published coverage",
            ),
        ):
            headers = {"Accept-Language": tongue, "Accept": "text/html"}
            page = app.test_client().get(path, headers=headers)
            assert page.status_code == 410
            assert said in page.text and way in page.text
            assert 'class="button main" href="/coverage"' in page.text
            assert page.headers["Cache-Control"] == "no-store"
            # Whose it was, and of what region, is told to nobody.
            assert "王处长" not in page.text and "370203" not in page.text


def test_who_makes_and_revokes_and_what_is_refused(town: MonthlyTown) -> None:
    app = make_app(town.settings, town.database)
    now = today(town.settings)
    manager = client_of(app, town.database, Role.MANAGER)
    for wrong in (
        {"until": now - timedelta(days=1)},
        {"until": now + timedelta(days=366)},
        {"until": "soon"},
        {"note": " "},
        {"note": "x" * 101},
        {"part": []},
        {"part": ["report", "all"]},
        {"region": "nowhere"},
    ):
        refused = manager.post("/shares", data=asked(town, **wrong))
        assert (refused.status_code, "share-form" in refused.text) == (422, True), wrong
        kept_ticks = refused.text.count(" checked")
        assert kept_ticks == (0 if wrong == {"part": []} else 2 if "part" not in wrong else 1), (
            wrong
        )
    assert run_sql(town.database, "select count(*) from share") == [(0,)]
    link = link_of(manager, asked(town, until=now))
    number = run_sql(town.database, "select id from share")[0][0]

    manager_of_all = client_of(app, town.database, Role.ADMIN)
    # Who is kept to a region shares that, and sees and revokes no other.
    save_user(town.database, "a-manager", Role.MANAGER, PASSWORD, regions=["370202"], replace=True)
    kept = app.test_client()
    kept.post("/sign-in", data={"name": "a-manager", "password": PASSWORD})
    assert kept.post("/shares", data=asked(town)).status_code == 403
    assert kept.post("/shares", data=asked(town, region="")).status_code == 403
    assert "王处长" not in kept.get("/shares").text
    assert kept.post(f"/shares/{number}/revoke").status_code == 403
    assert link_of(kept, asked(town, region="370202"))
    # A page offers to share what is one's own, and nothing that would be refused.
    for path, offered in (
        ("/coverage/370202", True),
        ("/coverage/370203", False),
        ("/coverage", False),
    ):
        assert ("/shares" in kept.get(path).text) is offered, path
        assert "/shares" in manager_of_all.get(path).text

    admin = client_of(app, town.database, Role.ADMIN)
    assert admin.post(f"/shares/{number}/revoke").status_code == 303
    assert admin.post(f"/shares/{number}/revoke").status_code == 409
    assert admin.post("/shares/99999/revoke").status_code == 404
    assert app.test_client().get(link).status_code == 410
    told = admin.get("/steward/history?lang=zh").text
    assert "分享链接" in told
    assert link.removeprefix("/shared/") not in told


def test_a_manager_shares_and_a_stranger_reads(site: Site, visit: Visit) -> None:
    page = visit(site, size="phone")
    sign_in(site, page, Role.MANAGER)
    page.goto(f"{site.url}/shares?region=370203")
    assert page.locator("#share-region").input_value() == "370203"
    assert (fits(page), serious_violations(page)) == (True, [])
    page.fill("#share-note", "市总工会办公室")
    page.locator("#share-form button[type=submit]").click()
    link = page.locator("#link").input_value()
    assert fits(page)
    page.locator("#copy").click()
    page.locator("#copied:not(:empty)").wait_for()
    stranger = visit(site, link.removeprefix(site.url), size="phone", language="en")
    assert "市总工会办公室" in stranger.locator("header.stack").inner_text()
    assert (fits(stranger), serious_violations(stranger)) == (True, [])
    stranger.locator("a", has_text="Visits, opinions").click()
    stranger.wait_for_url("**/use")
    assert fits(stranger)
    page.goto(f"{site.url}/shares")
    assert (fits(page), serious_violations(page)) == (True, [])
    page.locator("details.confirm summary").click()
    page.get_by_role("button", name="确认收回").click()
    page.get_by_text("已收回").wait_for()

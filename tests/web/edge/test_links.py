"""Links by which somebody chooses a password, and the administrator's page that makes them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.errors import ConflictError
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.links import invite, reset
from geoapp.operations.upkeep.users import (
    UserEntry,
    authenticate,
    list_users,
    save_user,
    set_active,
    set_password,
)
from geoapp.store.engine import Database
from tests.web.api_client import PASSWORD, client_of, make_app

GOOD = {"new": "another long password", "again": "another long password"}


def test_whoever_is_invited_chooses_a_password_once(app: Flask, town: Database) -> None:
    token = invite(town, "wang", Role.STEWARD, regions=["370203"])
    with pytest.raises(ConflictError):
        invite(town, "wang", Role.ADMIN)
    with town.session() as session:
        assert token not in session.scalars(text("select x::text from user_link x")).one()
    client, address = app.test_client(), f"/password/{token}"
    # Looking does not use it up, nor does a password that is refused.
    for _ in range(2):
        shown = client.get(address)
        assert "wang" in shown.get_data(as_text=True)
        assert shown.headers["Cache-Control"] == "no-store"
    weak = client.post(address, data={"new": "qwertyuiop12", "again": "qwertyuiop12"})
    assert weak.status_code == 422
    assert "不相干的词" in weak.get_data(as_text=True)
    assert client.post(address, data={**GOOD, "again": "other"}).status_code == 422
    assert client.post(address, data=GOOD).status_code == 302
    assert client.get("/steward").status_code == 200
    known = authenticate(town, "wang", GOOD["new"])
    assert known is not None
    assert (known.role, known.regions) == (Role.STEWARD, ("370203",))
    assert app.test_client().post(address, data=GOOD).status_code == 410
    assert app.test_client().get(address).status_code == 410


def test_a_reset_shuts_the_account_until_the_link_is_used(app: Flask, town: Database) -> None:
    client = client_of(app, town, Role.STEWARD)
    older = reset(town, "a-steward")
    assert client.get("/steward").status_code == 302
    assert authenticate(town, "a-steward", PASSWORD) is None
    newer = reset(town, "a-steward")
    assert client.get(f"/password/{older}").status_code == 410
    assert client.post(f"/password/{newer}", data=GOOD).status_code == 302
    assert client.get("/steward").status_code == 200


def run_out(database: Database) -> None:
    with database.session() as session:
        session.execute(text("update user_link set expires_at = now()"))


def test_links_run_out_and_end_with_the_account(app: Flask, town: Database) -> None:
    save_user(town, "wang", Role.STEWARD, PASSWORD)
    client = app.test_client()
    for end in (
        lambda: set_active(town, "wang", active=False),
        lambda: set_password(town, "wang", PASSWORD),
        lambda: save_user(town, "wang", Role.STEWARD, PASSWORD, replace=True),
        lambda: run_out(town),
    ):
        token = reset(town, "wang")
        assert client.get(f"/password/{token}").status_code == 200
        end()
        set_active(town, "wang", active=True)
        assert client.post(f"/password/{token}", data=GOOD).status_code == 410


def test_trying_links_is_slowed_down(app: Flask, town: Database) -> None:
    client = app.test_client()
    tried = [client.get(f"/password/guess-{number}").status_code for number in range(31)]
    assert tried == [410] * 30 + [429]


def test_a_link_is_not_logged_when_something_goes_wrong(
    town: Database, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    token = invite(town, "wang", Role.STEWARD)
    talkative = make_app(settings.model_copy(update={"log_level": "debug"}), town)
    client = talkative.test_client()
    assert client.get(f"/password/{token}").status_code == 200
    with town.session() as session:
        session.execute(text("alter table user_link rename to user_link_away"))
    assert client.get(f"/password/{token}").status_code == 500
    with town.session() as session:
        session.execute(text("alter table user_link_away rename to user_link"))
    logged = capfd.readouterr().err
    assert "/password/<token>" in logged
    assert token not in logged


def entry(database: Database, name: str) -> UserEntry:
    return next(one for one in list_users(database) if one.name == name)


def link_in(page: str) -> str:
    found = re.search(r"https://stations\.example\.org/yz(/password/[\w-]+)<", page)
    assert found
    return found[1]


def test_an_administrator_does_it_all_in_the_browser(town: Database, settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://stations.example.org/yz/"})
    app = make_app(public, town)
    admin = client_of(app, town, Role.ADMIN)
    wanted = {"name": "wang", "role": "steward", "region": "370203"}
    for wrong, status in (
        ({"name": "王 五"}, 422),
        ({"role": ""}, 422),
        ({"region": "999999"}, 422),
        ({"role": "admin"}, 422),
        ({"name": "a-admin", "region": []}, 409),
    ):
        refused = admin.post("/admin/users/invite", data={**wanted, **wrong})
        assert refused.status_code == status
        assert 'role="alert"' in refused.get_data(as_text=True)
    made = admin.post("/admin/users/invite", data=wanted)
    assert made.headers["Cache-Control"] == "no-store"
    link = link_in(made.get_data(as_text=True))
    wang = entry(town, "wang")
    assert wang.regions == ("370203",)
    assert wang.link_until is not None
    own = app.test_client()
    assert own.post(link, data=GOOD).status_code == 302
    assert (entry(town, "wang").link_until, entry(town, "wang").sessions) == (None, 1)
    listed = admin.get("/admin/users").get_data(as_text=True)
    assert "市北区" in listed
    page = f"/admin/users/{wang.id}"
    assert "本机" not in admin.get(page).get_data(as_text=True)

    def press(what: str, **form: object) -> int:
        return admin.post(f"{page}/{what}", data=form).status_code

    # Rights count from the next request on, without signing in anew.
    assert own.get("/plan").status_code == 403
    seen = "steward,370203"
    assert f'name="seen" value="{seen}"' in admin.get(page).text
    assert press("rights", role="planner", seen=seen) == 302
    # Another administrator, who opened the page before, sees that; nothing of it is undone unseen.
    stale = admin.post(f"{page}/rights", data={"role": "manager", "seen": seen})
    assert (stale.status_code, "他人改了 wang 的权限" in stale.text) == (409, True)
    assert 'name="seen" value="planner"' in stale.text
    assert own.get("/plan").status_code == 200
    assert entry(town, "wang").regions == ()
    assert press("rights", role="admin", region="370203", seen="planner") == 422
    assert press("rights", role="king") == 422
    # Ended, disabled and enabled again.
    number = re.search(r"/sessions/(\d+)/end", admin.get(page).get_data(as_text=True))
    assert number
    assert press(f"sessions/{number[1]}/end") == 302
    assert own.get("/plan").status_code == 302
    enter(own, GOOD["new"], 302)
    assert press("sessions/end") == 302
    assert own.get("/plan").status_code == 302
    enter(own, GOOD["new"], 302)
    assert press("standing", active="maybe") == 422
    assert press("standing", active="no") == 302
    assert own.get("/plan").status_code == 302
    enter(own, GOOD["new"], 401)
    assert press("reset") == 422
    assert press("standing", active="yes") == 302
    enter(own, GOOD["new"], 302)
    reset_link = link_in(admin.post(f"{page}/reset").get_data(as_text=True))
    assert own.get("/plan").status_code == 302
    enter(own, GOOD["new"], 401)
    assert own.post(reset_link, data=GOOD).status_code == 302
    assert own.get("/plan").status_code == 200
    # Not one's own, and nobody who is not there.
    page = f"/admin/users/{entry(town, 'a-admin').id}"
    for what in ("rights", "standing", "reset", "sessions/end"):
        assert press(what, role="steward", active="no") == 409
    assert admin.get("/admin/users").status_code == 200
    for nobody in (999, 10**20):
        assert admin.get(f"/admin/users/{nobody}").status_code == 404


def enter(client: FlaskClient, password: str, status: int) -> None:
    form = {"name": "wang", "password": password}
    assert client.post("/sign-in", data=form).status_code == status

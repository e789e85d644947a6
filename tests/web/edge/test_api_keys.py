"""API keys: made and shown once, what they open, how they end, and how fast they may be used."""

import html
import re
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.errors import ConflictError, InvalidValueError, NotAllowedError
from geoapp.core.roles import Permission, Role
from geoapp.core.settings import Settings
from geoapp.operations.history.check import check_history
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.upkeep.api_keys import (
    KeyCheck,
    MadeWith,
    Scope,
    check_key,
    list_keys,
    make_key,
)
from geoapp.operations.upkeep.links import reset
from geoapp.operations.upkeep.second_factor import reset_second_factor
from geoapp.operations.upkeep.users import save_user, set_active, set_password, set_rights
from geoapp.store.engine import Database
from geoapp.web.edge import credentials
from geoapp.web.edge.access import require
from geoapp.web.front.environ import LANE, TILE_LANE, WORK_LANE
from tests.web.api_client import PASSWORD, client_of, make_app, problem_of
from tests.web.edge.test_second_factor import later, set_up
from tests.web.edge.test_sign_in import basic, token_of

OWNER = "a-steward"
STATION = "/api/v1/facilities/T-1"
NEW = {"key_name": "sync", "scope": "write", "days": "90", "key_password": PASSWORD}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def key_for(database: Database, owner: str, scope: Scope = Scope.WRITE, name: str = "sync") -> str:
    return make_key(database, owner, name, scope=scope, made_with=MadeWith.ONE_FACTOR)


def shown_key(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(geoapp_[\w-]{43})</textarea>", html.unescape(page))
    assert found, page
    return found[1]


def opens(app: Flask, key: str) -> bool:
    return app.test_client().get(STATION, headers=bearer(key)).status_code == 200


def change(client: FlaskClient, key: str, phone: str) -> int:
    headers = {**bearer(key), "If-Match": "*"}
    return client.patch(STATION, json={"properties": {"phone": phone}}, headers=headers).status_code


def test_a_key_is_made_used_told_of_and_revoked(
    guarded: Flask, town: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    owner = client_of(guarded, town, Role.STEWARD)
    token = {"csrf_token": token_of(owner, "/account")}
    refused = owner.post("/account/keys", data=NEW | token | {"key_password": "x", "days": "365"})
    assert refused.status_code == 422
    assert '<option value="365" selected>' in refused.get_data(as_text=True)
    made = owner.post("/account/keys", data=NEW | token)
    assert made.headers["Cache-Control"] == "no-store"
    key = shown_key(made.get_data(as_text=True))
    assert owner.post("/account/keys", data=NEW | token).status_code == 409  # the name is taken
    # No form's token is asked of a program, and no cookie comes back.
    program = guarded.test_client()
    # QGIS 3.22 knows Basic alone: the key is the password, and whose it is the key knows.
    for name in (OWNER, "", "key"):
        assert program.get("/api/v1/change-sets", headers=basic(name, key)).status_code == 200
    gone = program.get("/api/v1/change-sets", headers=basic(OWNER, f"{key[:-4]}xxxx"))
    assert "revoked" in problem_of(gone, 401)["detail"]
    answer = program.get("/api/v1/change-sets", headers=bearer(key))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Authorization" in program.get(STATION, headers=bearer(key)).headers.get("Vary", "")
    assert change(program, key, "0532-1") == 200
    told = program.get("/api/v1/change-sets?limit=1", headers=bearer(key)).get_json()
    (latest,) = told["change_sets"]
    assert (latest["actor"], latest["via"], latest["key"]) == (OWNER, "api", "sync")
    story = owner.get("/steward/facilities/T-1/history").get_data(as_text=True)
    assert "a-steward（数据管理员，凭密钥“sync”）" in html.unescape(story)
    assert check_history(town)[0]
    (listed,) = list_keys(town, OWNER)
    assert isinstance(listed.last_used_on, date)
    page = owner.get("/account").get_data(as_text=True)
    assert key[:11] in page
    assert key not in page
    # It is nowhere but in its owner's hands, its sum nowhere in the log; in an address it opens nothing.
    with town.session() as session:
        kept = "".join(session.scalars(text("select x::text from api_key x")))
        logged = "".join(session.scalars(text("select x::text from change x")))
        hashed = str(session.scalar(text("select encode(token_hash, 'hex') from api_key")))
    assert key not in kept + logged
    assert hashed in kept
    assert hashed not in logged
    assert program.get(f"/api/v1/change-sets?key={key}").status_code == 401
    # Pages know cookies alone.
    assert program.get("/steward", headers=bearer(key)).status_code == 302
    gone = owner.post(f"/account/keys/{listed.id}/revoke", data=token)
    assert gone.status_code == 302
    refused = program.get(STATION, headers=bearer(key))
    problem_of(refused, 401)
    assert any(one.startswith("Bearer") for one in refused.headers.getlist("WWW-Authenticate"))
    assert key not in capfd.readouterr().err


def test_a_key_opens_no_more_than_its_scope_and_its_owner(app: Flask, town: Database) -> None:
    app.add_url_rule("/api/v1/accounts", view_func=require(Permission.ADMINISTER)(lambda: "all"))
    save_user(town, "wang", Role.STEWARD, PASSWORD, regions=["370203"])
    reading, writing = key_for(town, "wang", Scope.READ, "r"), key_for(town, "wang")
    program = app.test_client()
    assert program.get("/api/v1/change-sets", headers=bearer(reading)).status_code == 200
    assert change(program, reading, "1") == 403
    by_basic = {**basic("wang", reading), "If-Match": "*"}
    refused = program.patch(STATION, json={"properties": {"phone": "1"}}, headers=by_basic)
    assert refused.status_code == 403
    assert change(program, writing, "1") == 200
    with town.session() as session:
        session.execute(text("update app_user set regions = '{999999}' where name = 'wang'"))
    assert change(program, writing, "2") == 403
    set_rights(town, "wang", role=Role.MANAGER, regions=[])
    assert change(program, writing, "3") == 403
    with pytest.raises(InvalidValueError, match="scope"):
        key_for(town, "wang", Scope.WRITE, "more")
    # Not even an administrator's opens accounts, should an address for that ever be added.
    save_user(town, "chief", Role.ADMIN, PASSWORD)
    asked = program.get("/api/v1/accounts", headers=bearer(key_for(town, "chief")))
    assert "key" in problem_of(asked, 403)["detail"]


def test_keys_end_with_whatever_shuts_the_account_out(app: Flask, town: Database) -> None:
    owner = client_of(app, town, Role.STEWARD)
    key = key_for(town, OWNER)
    new = {"current": PASSWORD, "new": "quite another tortoise lamp", "again": ""}
    new["again"] = new["new"]
    assert owner.post("/account/password", data=new).status_code == 302
    assert opens(app, key)  # its owner chose a password, as everybody may
    for shut_out in (
        lambda: set_active(town, OWNER, active=False),
        lambda: reset(town, OWNER),
        lambda: set_password(town, OWNER, PASSWORD),
        lambda: reset_second_factor(town, OWNER),
    ):
        set_active(town, OWNER, active=True)
        key = key_for(town, OWNER)
        assert opens(app, key)
        shut_out()
        assert not opens(app, key)
        set_active(town, OWNER, active=True)
        assert not opens(app, key)
    key = key_for(town, OWNER)
    with town.session() as session:
        session.execute(text("update api_key set expires_at = now()"))
    assert not opens(app, key)


def test_a_key_has_its_own_pace(town: Database, settings: Settings) -> None:
    """Three at once pass and the fourth waits; another key does not; a third of a minute gives one."""
    app = make_app(settings.model_copy(update={"key_requests_per_minute": 3}), town)
    save_user(town, "wang", Role.STEWARD, PASSWORD)
    one, other = key_for(town, "wang", name="one"), key_for(town, "wang", name="other")
    assert [opens(app, one) for _ in range(3)] == [True] * 3
    refused = app.test_client().get(STATION, headers=bearer(one))
    problem_of(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 20
    assert opens(app, other)
    with town.session() as session:
        session.execute(text("update api_key_pace set busy_until = busy_until - interval '21 s'"))
    assert opens(app, one)


def test_tiles_have_a_pace_of_their_own_and_are_counted_once(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, bool]] = []

    def noting(*given: Any, per_minute: int, counted: bool, **more: Any) -> KeyCheck:
        asked.append((per_minute, counted))
        return check_key(*given, per_minute=per_minute, counted=counted, **more)

    monkeypatch.setattr(credentials, "check_key", noting)
    app = make_app(settings, town)
    save_user(town, "wang", Role.STEWARD, PASSWORD)
    key = key_for(town, "wang")
    tile = "/ogc/collections/stations/tiles/WebMercatorQuad/0/0/0"
    for path, lane in ((STATION, WORK_LANE), (tile, WORK_LANE), (tile, TILE_LANE)):
        app.test_client().get(path, headers=bearer(key), environ_overrides={LANE: lane})
    pace, of_tiles = settings.key_requests_per_minute, settings.key_tiles_per_minute
    assert asked == [(pace, True), (of_tiles, True), (of_tiles, False)]
    assert of_tiles > 10 * pace


def test_a_second_factor_stands_behind_each_key_where_it_is_required(
    town: Database, settings: Settings
) -> None:
    required = make_app(settings.model_copy(update={"require_second_factor": True}), town)
    owner = client_of(required, town, Role.STEWARD)
    by_password = key_for(town, OWNER)
    assert "second factor" in str(
        problem_of(required.test_client().get(STATION, headers=bearer(by_password)), 403)["detail"]
    )
    by_operator = make_key(town, OWNER, "cron", scope=Scope.READ, made_with=MadeWith.OPERATOR)
    assert opens(required, by_operator)
    assert owner.post("/account/keys", data=NEW).status_code == 409
    made, _, _ = set_up(owner)
    later(town)
    # A password is no longer enough to make one.
    assert owner.post("/account/keys", data=NEW | {"key_name": "a"}).status_code == 422
    page = owner.post("/account/keys", data=NEW | {"key_name": "a", "code": made.now()})
    assert opens(required, shown_key(page.get_data(as_text=True)))


def test_layers_and_maps_know_programs_too(app: Flask, town: Database) -> None:
    """Whoever shows nothing is told what would help; a browser is not asked by its own window."""
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    key = key_for(town, "wang")
    for path in ("/layers/proposals.geojson", "/ogc/collections/proposals/items"):
        refused = app.test_client().get(path)
        problem_of(refused, 401)
        kinds = [one.split()[0] for one in refused.headers.getlist("WWW-Authenticate")]
        assert kinds == ["Basic", "Bearer"]
        shown = app.test_client().get(path, headers={"Sec-Fetch-Mode": "navigate"})
        kinds = [one.split()[0] for one in shown.headers.getlist("WWW-Authenticate")]
        assert kinds == ["Session", "Bearer"]
        for headers in (bearer(key), basic("wang", PASSWORD)):
            assert app.test_client().get(path, headers=headers).status_code == 200
    assert app.test_client().get("/maps/proposals.html").status_code == 403
    assert app.test_client().get("/maps/proposals.html", headers=bearer(key)).status_code == 200
    for wrong in ("", "x", "geoapp_" + "x" * 43):
        problem_of(app.test_client().get("/ogc/", headers=bearer(wrong)), 401)


def test_an_administrator_revokes_and_nobody_else(
    app: Flask, town: Database, settings: Settings
) -> None:
    other = client_of(app, town, Role.PLANNER)
    admin = client_of(app, town, Role.ADMIN)
    save_user(town, "wang", Role.STEWARD, PASSWORD)
    key = key_for(town, "wang")
    (listed,) = list_keys(town, "wang")
    assert other.post(f"/account/keys/{listed.id}/revoke").status_code == 404
    assert opens(app, key)
    with town.session() as session:
        wang = session.scalar(text("select id from app_user where name = 'wang'"))
        made = int(session.scalar(text("select max(id) from change_set")) or 0)
    assert "sync" in admin.get(f"/admin/users/{wang}").get_data(as_text=True)
    with pytest.raises(NotAllowedError):
        undo_change_set(town, settings, made, administrator=False)
    done = admin.post(f"/admin/users/{wang}/keys/{listed.id}/revoke")
    assert done.status_code == 302
    assert not opens(app, key)
    # What was revoked does not come back by an undo either.
    with town.session() as session:
        revoked = int(session.scalar(text("select max(id) from change_set")) or 0)
    with pytest.raises(ConflictError):
        undo_change_set(town, settings, revoked)


def test_the_log_notices_another_key(app: Flask, town: Database) -> None:
    save_user(town, "wang", Role.STEWARD, PASSWORD)
    assert change(app.test_client(), key_for(town, "wang"), "1") == 200
    assert check_history(town)[0]
    with town.session() as session:
        session.execute(text("alter table change_set disable trigger change_set_stays"))
        session.execute(text("update change_set set api_key = 'li' where api_key = 'sync'"))
        session.execute(text("alter table change_set enable trigger change_set_stays"))
    assert not check_history(town)[0]


def test_the_command_line_makes_lists_and_revokes(app: Flask, town: Database) -> None:
    save_user(town, "robot", Role.STEWARD, PASSWORD)

    def run(*given: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["user", "keys", "robot", *given], env=env)
        return done.exit_code, done.output

    env = {"DATABASE_URL": town.url}
    code, said = run("--new", "nightly", "--scope", "write")
    assert code == 0, said
    key = said.split()[-1]
    assert opens(app, key)
    (listed,) = list_keys(town, "robot")
    assert run()[1].split("\t")[:4] == [str(listed.id), "nightly", "write", f"{key[:11]}…"]
    assert run("--scope", "read")[0] == 2
    assert run("--revoke", str(listed.id))[0] == 0
    assert not opens(app, key)
    assert run("--revoke", str(listed.id))[0] == 2

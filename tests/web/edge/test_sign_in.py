"""Signing in and out: forms, cookies, names with a question, guesses."""

import base64
import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from geoapp.web.pages.sign_in import is_own_path
from tests.web.api_client import PASSWORD, client_of, make_app, problem_of


def token_of(client: FlaskClient, address: str = "/sign-in") -> str:
    page = client.get(address).get_data(as_text=True)
    found = re.search(r'name="csrf[-_]token" (?:value|content)="([^"]+)"', page)
    assert found
    return found[1]


def test_a_form_that_was_open_for_a_day_is_taken(
    guarded: Flask, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who writes a long form does not lose it to an old token."""
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    client = guarded.test_client()
    with monkeypatch.context() as patched:
        a_day_ago = int(time.time()) - 86_400
        patched.setattr(TimestampSigner, "get_timestamp", lambda _self: a_day_ago)
        form = {"name": "wang", "password": PASSWORD, "csrf_token": token_of(client)}
    assert client.post("/sign-in", data=form).status_code == 302


def test_sign_in_and_use_the_api_as_documented(guarded: Flask, town: Database) -> None:
    """As docs/api.md says: a form, its token, and then the token in X-CSRFToken."""
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    client = guarded.test_client()
    form = {"name": "wang", "password": PASSWORD, "csrf_token": token_of(client)}
    entered = client.post("/sign-in", data=form)
    assert entered.status_code == 302
    cookie = next(
        one for one in entered.headers.getlist("Set-Cookie") if one.startswith("session=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    run = {"standard_m": 500}
    refused = client.post("/api/v1/coverage-runs", json=run)
    problem_of(refused, 400)
    headers = {"X-CSRFToken": token_of(client, "/plan")}
    started = client.post("/api/v1/coverage-runs", json=run, headers=headers)
    assert started.status_code == 202
    out = client.post("/sign-out", data={"csrf_token": token_of(client, "/plan")})
    assert out.status_code == 302
    assert client.post("/api/v1/coverage-runs", json=run, headers=headers).status_code in (400, 401)


def test_cookies_are_secure_behind_https(town: Database, settings: Settings) -> None:
    app = make_app(settings.model_copy(update={"secure_cookies": True}), town)
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    entered = app.test_client().post("/sign-in", data={"name": "wang", "password": PASSWORD})
    assert entered.status_code == 302
    for cookie in entered.headers.getlist("Set-Cookie"):
        assert "Secure" in cookie


def test_guessing_passwords_is_slowed_down(app: Flask) -> None:
    client = app.test_client()
    form = {"name": "wang", "password": "wrong"}
    statuses = [client.post("/sign-in", data=form).status_code for _ in range(12)]
    assert statuses[:10] == [401] * 10
    assert statuses[10:] == [429] * 2
    last = client.post("/sign-in", data=form)
    assert int(last.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_sign_in_never_leads_elsewhere(app: Flask, town: Database, wanted: str) -> None:
    assert not is_own_path(wanted)
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    form = {"name": "wang", "password": PASSWORD, "next": wanted}
    response = app.test_client().post("/sign-in", data=form)
    assert (response.status_code, response.headers["Location"]) == (302, "/plan")


def test_sign_in_leads_back(app: Flask, town: Database) -> None:
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    form = {"name": "wang", "password": PASSWORD, "next": "/coverage?run=1"}
    response = app.test_client().post("/sign-in", data=form)
    assert response.headers["Location"] == "/coverage?run=1"


def test_a_new_password_ends_older_sessions(app: Flask, town: Database) -> None:
    client = client_of(app, town, Role.PLANNER)
    assert client.get("/plan").status_code == 200
    save_user(town, "a-planner", Role.PLANNER, "another long password", replace=True)
    assert client.get("/plan").status_code == 302


def basic(name: str, password: str) -> dict[str, str]:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def test_a_program_gives_name_and_password_with_its_question(
    guarded: Flask, town: Database
) -> None:
    save_user(town, "robot", Role.PLANNER, PASSWORD)
    client = guarded.test_client()
    wanted = {"standard_m": 500}
    address = "/api/v1/coverage-runs"
    started = client.post(address, json=wanted, headers=basic("robot", PASSWORD))
    assert started.status_code == 202
    assert "Set-Cookie" not in started.headers
    # Its role is what it may do.
    refused = client.post("/api/v1/facilities", json={}, headers=basic("robot", PASSWORD))
    assert refused.status_code == 403
    # Wrong is told, also where nobody would have asked.
    for path in (address, "/api/v1/kinds"):
        wrong = client.get(path, headers=basic("robot", "wrong"))
        problem_of(wrong, 401)
        assert wrong.headers["WWW-Authenticate"].startswith("Basic")
    # Pages know cookies alone.
    assert client.get("/plan", headers=basic("robot", PASSWORD)).status_code == 302


def test_a_cookie_needs_its_token_whatever_else_is_sent(guarded: Flask, town: Database) -> None:
    client = client_of(guarded, town, Role.PLANNER)
    answer = client.post(
        "/api/v1/coverage-runs",
        json={"standard_m": 500},
        headers=basic("a-planner", PASSWORD),
    )
    problem_of(answer, 400)


def test_guessing_by_header_is_limited(guarded: Flask, town: Database) -> None:
    save_user(town, "robot", Role.PLANNER, PASSWORD)
    client = guarded.test_client()
    for _ in range(10):
        assert client.get("/api/v1/kinds", headers=basic("robot", "wrong")).status_code == 401
    for password in ("wrong", PASSWORD):
        limited = client.get("/api/v1/kinds", headers=basic("robot", password))
        assert limited.status_code == 429
    # Right answers were never counted, and whoever asks without a name is not held up.
    assert client.get("/api/v1/kinds").status_code == 200


def test_no_answer_on_its_way_puts_an_older_cookie_over_a_sign_in(
    guarded: Flask, town: Database
) -> None:
    """The finder asks in the background while somebody signs in, and is answered after that."""
    client = guarded.test_client()
    token_of(client)  # the cookie of a form that is open
    position = {"lon": "120.38", "lat": "36.07"}
    answers = [
        client.get("/"),
        client.get("/coverage"),
        client.get("/sign-in"),
        client.post("/finder/results", data=position),
        client.post("/finder/hits.json", data={"q": "市南"}),
        client.get("/api/v1/nearest", query_string=position, headers={"User-Agent": "another"}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "session=" not in " ".join(answer.headers.getlist("Set-Cookie")), answer.request.path


def test_a_copied_cookie_is_worth_nothing_after_sign_out(app: Flask, town: Database) -> None:
    client = client_of(app, town, Role.PLANNER)
    assert client.get("/plan").status_code == 200
    copied = client.get_cookie("session")
    assert copied is not None
    thief = app.test_client()
    thief.set_cookie("session", copied.value)
    assert thief.get("/plan").status_code == 200
    assert client.post("/sign-out").status_code == 302
    assert thief.get("/plan").status_code == 302
    assert client.post("/sign-out").status_code == 302


def signed_in_from(app: Flask, agent: str) -> FlaskClient:
    client = app.test_client()
    form = {"name": "wang", "password": PASSWORD}
    assert client.post("/sign-in", data=form, headers={"User-Agent": agent}).status_code == 302
    return client


def test_signing_out_ends_this_device_and_no_other(app: Flask, town: Database) -> None:
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    desk = signed_in_from(app, "Mozilla/5.0 (Windows NT 10.0) Chrome/139.0 Safari/537.36 Edg/139.0")
    phone = signed_in_from(app, "Mozilla/5.0 (Linux; Android 14) Chrome/120 MicroMessenger/8.0")
    page = desk.get("/account").get_data(as_text=True)
    assert "Edge · Windows" in page
    assert "微信 WeChat · Android" in page
    assert page.count("本机") == 1
    phone.post("/sign-out")
    assert phone.get("/plan").status_code == 302
    assert desk.get("/plan").status_code == 200
    # Any of one's own can be ended by its button, and all at once.
    phone = signed_in_from(app, "Firefox/140.0")
    number = max(map(int, re.findall(r"/account/sessions/(\d+)/end", page))) + 1
    assert desk.post(f"/account/sessions/{number}/end").status_code == 302
    assert phone.get("/plan").status_code == 302
    phone = signed_in_from(app, "Firefox/140.0")
    desk.post("/account/sessions/end")
    assert (desk.get("/plan").status_code, phone.get("/plan").status_code) == (302, 302)


def test_one_changes_ones_own_password(app: Flask, town: Database) -> None:
    """The present one is asked for, weak ones are refused; other devices are signed out."""
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    desk, phone = signed_in_from(app, "Firefox/140.0"), signed_in_from(app, "Firefox/140.0")
    good = "another long password"
    for current, new, again, said in (
        ("wrong", good, good, "现在的密码不对"),
        (PASSWORD, good, good + "x", "两次输入的新密码不一样"),
        (PASSWORD, "qwertyuiop12", "qwertyuiop12", "不相干的词"),
    ):
        form = {"current": current, "new": new, "again": again}
        refused = desk.post("/account/password", data=form)
        assert refused.status_code == 422
        alert = refused.get_data(as_text=True).partition('role="alert"')[2].partition("</p>")[0]
        assert said in alert
    assert phone.get("/plan").status_code == 200
    form = {"current": PASSWORD, "new": good, "again": good}
    assert desk.post("/account/password", data=form).status_code == 302
    assert desk.get("/plan").status_code == 200
    assert phone.get("/plan").status_code == 302
    assert (
        app.test_client().post("/sign-in", data={"name": "wang", "password": PASSWORD}).status_code
        == 401
    )

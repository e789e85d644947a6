"""Signing in by a provider: a real one runs in the test, on this machine alone."""

import html
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.identities import link
from geoapp.operations.upkeep.users import authenticate, list_users, save_user, set_active
from geoapp.store.engine import Database
from geoapp.web.edge.logout_token import EVENT
from tests.web.api_client import PASSWORD, client_of, make_app

# The provider of the tests, which runs in this process, is older than its own library.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

RIGHTS = {
    "claim": "groups",
    "rules": [
        {"value": "it", "role": "admin"},
        {"value": "north", "role": "steward", "regions": ["370203"]},
        {"value": "city", "role": "steward", "regions": ["370200"]},
    ],
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        patched.setenv("NO_PROXY", "*")
        from oidc_provider_mock import run_server_in_thread  # noqa: PLC0415  (it is slow to load)

        with run_server_in_thread(require_nonce=True) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture
def named(settings: Settings, issuer: str, tmp_path: Path) -> Settings:
    """Settings that name the provider, and let its groups give roles."""
    rights = tmp_path / "rights.json"
    rights.write_text(json.dumps(RIGHTS), encoding="utf-8")
    more = {"oidc_issuer": issuer, "oidc_client_id": "geoapp", "oidc_client_secret": "hush"}
    return settings.model_copy(update={**more, "oidc_rights": rights, "oidc_create_users": True})


@pytest.fixture
def app(town: Database, named: Settings) -> Flask:
    return make_app(named, town)


def at_provider(issuer: str, leaving: TestResponse, subject: str, **claims: Any) -> str:
    """Sign in there as a person does, and return where the browser is sent back to."""
    requests.put(f"{issuer}/users/{subject}", json=claims, timeout=10).raise_for_status()
    asked = leaving.headers["Location"]
    assert asked.startswith(f"{issuer}/oauth2/authorize?")
    answered = requests.post(asked, data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(answered.headers["Location"])
    return f"{back.path}?{back.query}"


def come_in(client: FlaskClient, issuer: str, subject: str, **claims: Any) -> TestResponse:
    leaving = client.get("/sign-in/provider?next=/steward")
    return client.get(at_provider(issuer, leaving, subject, **claims))


def test_who_the_provider_vouches_for_comes_in_with_its_rights(
    app: Flask, town: Database, issuer: str
) -> None:
    client = app.test_client()
    assert "/sign-in/provider" in client.get("/sign-in").get_data(as_text=True)
    leaving = client.get("/sign-in/provider?next=/steward")
    asked = parse_qs(urlsplit(leaving.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    groups = ["north", "city", "choir"]
    back = at_provider(issuer, leaving, "s-1", preferred_username="wang", groups=groups)
    entered = client.get(back)
    assert (entered.status_code, entered.headers["Location"]) == (302, "/steward")
    assert client.get("/steward").status_code == 200
    (made,) = list_users(town)
    assert (made.name, made.role, made.regions) == ("wang", Role.STEWARD, ("370200", "370203"))
    # There is no password, not even an empty one.
    assert authenticate(town, "wang", "") is None
    # What came back counts once, and only in the browser that had asked.
    assert client.get(back).status_code == 403
    other = app.test_client()
    again = at_provider(issuer, client.get("/sign-in/provider"), "s-1", groups=["it"])
    assert other.get(again).status_code == 403
    assert client.get(again).status_code == 302
    assert list_users(town)[0].role == Role.ADMIN
    # Without a role there, one does not come in any more; nor with an answer to another question.
    assert come_in(app.test_client(), issuer, "s-1", groups=["choir"]).status_code == 403
    asking = client.get("/sign-in/provider")
    with client.session_transaction() as session:
        (state,) = [name for name in session if name.startswith("_state_")]
        session[state] = {**session[state], "data": {**session[state]["data"], "nonce": "other"}}
    assert client.get(at_provider(issuer, asking, "s-1", groups=["it"])).status_code == 403
    # Signing out leads on to signing out there.
    out = client.post("/sign-out")
    page = client.get(out.headers["Location"])
    assert client.get("/steward").status_code == 302
    assert f"{issuer}/oauth2/end_session?" in html.unescape(page.get_data(as_text=True))


def test_signing_out_there_ends_the_sessions_here(
    app: Flask, town: Database, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider says so by itself, signed; nobody else can, and nobody else is signed out."""
    groups = ["north"]
    client, other = app.test_client(), app.test_client()
    come_in(client, issuer, "s-5", preferred_username="sun", groups=groups)
    come_in(other, issuer, "s-6", preferred_username="qian", groups=groups)
    theirs, strangers = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("theirs", "other"))
    keys = {"keys": [theirs.as_dict(private=False)]}
    provider = app.extensions["geoapp_provider"].client
    asked: list[bool] = []

    def fetch(*, force: bool = False) -> Any:
        asked.append(force)
        return keys

    monkeypatch.setattr(provider, "fetch_jwk_set", fetch)
    now = int(time.time())
    right = {
        "iss": issuer,
        "aud": ["geoapp"],
        "iat": now,
        "jti": "1",
        "sub": "s-5",
        "events": {EVENT: {}},
    }

    def send(claims: dict[str, Any], key: RSAKey = theirs, **header: str) -> TestResponse:
        token = jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key)
        return app.test_client().post("/sign-out/provider", data={"logout_token": token})

    wrong: list[dict[str, Any]] = [
        {"iss": "http://localhost:1"},
        {"aud": "another"},
        {"events": {}},
        {"events": {EVENT: None}},
        {"nonce": "n"},
        {"sub": None},
        {"jti": None},
        {"iat": now - 3600},
        {"iat": now + 3600},
        {"exp": now - 3600},
    ]
    for claims in wrong:
        refused = send(right | claims)
        assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_request")
    for token in ("", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        data = {"logout_token": token}
        assert app.test_client().post("/sign-out/provider", data=data).status_code == 400
    assert send(right, typ="at+jwt").status_code == 400
    assert asked == []  # what is not the provider's makes us ask it nothing
    assert send(right, strangers).status_code == 400
    assert send(right, strangers).status_code == 400
    assert asked.count(True) <= 1
    assert client.get("/steward").status_code == 200
    # A session that began after the word was given stays: somebody has come anew.
    assert send(right | {"iat": now - 120}).status_code == 200
    assert client.get("/steward").status_code == 200
    done = send(right, typ="logout+jwt")
    assert (done.status_code, done.headers["Cache-Control"]) == (200, "no-store")
    assert (client.get("/steward").status_code, other.get("/steward").status_code) == (302, 200)
    assert send(right | {"sub": "nobody"}).status_code == 200


def test_a_name_or_an_address_is_nobodys_proof(app: Flask, town: Database, issuer: str) -> None:
    """An account of the same name stays its owner's until the owner links it."""
    owner = client_of(app, town, Role.STEWARD)
    taken: dict[str, Any] = {"preferred_username": "a-steward", "groups": ["it"]}
    mail = {"email": "a-steward@example.org", "email_verified": True}
    assert come_in(app.test_client(), issuer, "s-2", **taken, **mail).status_code == 409
    # Nor is one whose name differs in capitals or width alone: what happened and what to do is said.
    alike = come_in(app.test_client(), issuer, "s-3", preferred_username="A-Steward", groups=["it"])
    assert alike.status_code == 409
    assert "单位的登录说您叫 A-Steward；这里已有账号 a-steward，只差大小写或全角半角" in alike.text
    assert "请用账号 a-steward 和它的密码登录，再到“我的账号”关联" in alike.text
    assert [one.name for one in list_users(town)] == ["a-steward"]
    refused = owner.post("/account/provider/link", data={"link_password": "wrong"})
    assert refused.status_code == 422
    assert owner.post("/account/provider/link", data={"link_password": PASSWORD}).status_code == 200
    linked = come_in(owner, issuer, "s-2", **taken)
    assert linked.headers["Location"].startswith("/account")
    entered = app.test_client()
    assert come_in(entered, issuer, "s-2", **taken).headers["Location"] == "/steward"
    assert entered.get("/admin/users").status_code == 200  # the claims' role is the one that counts
    # Somebody else's account cannot be linked to the same person.
    other = client_of(app, town, Role.MANAGER)
    other.post("/account/provider/link", data={"link_password": PASSWORD})
    assert come_in(other, issuer, "s-2", **taken).status_code == 409
    set_active(town, "a-steward", active=False)
    assert come_in(app.test_client(), issuer, "s-2", **taken).status_code == 403
    with town.session() as session:
        told = session.scalars(
            text("select after::text from change where table_name = 'user_identity'")
        ).all()
    assert len(told) == 1
    assert "s-2" in str(told[0])


def test_without_rights_administrators_say_who_may_what(
    town: Database, named: Settings, issuer: str
) -> None:
    plain = {"oidc_rights": None, "oidc_create_users": False}
    app = make_app(named.model_copy(update=plain), town)
    client = app.test_client()
    assert come_in(client, issuer, "s-3", preferred_username="li").status_code == 403
    assert list_users(town) == []
    save_user(town, "li", Role.PLANNER, PASSWORD)
    link(town, "li", issuer, "s-3")
    assert come_in(client, issuer, "s-3", groups=["it"]).status_code == 302
    assert list_users(town)[0].role == Role.PLANNER


def test_a_key_and_a_second_factor_without_a_password(
    app: Flask, town: Database, issuer: str
) -> None:
    """Who came by the provider a moment ago has shown who they are; later they come anew."""
    client = app.test_client()
    come_in(client, issuer, "s-4", preferred_username="zhao", groups=["north"])
    page = client.get("/account").get_data(as_text=True)
    assert "key_password" not in page
    new = {"key_name": "a", "scope": "read", "days": "30"}
    assert client.post("/account/keys", data=new).status_code == 200
    assert re.search("<code>[A-Z2-7 ]+</code>", client.post("/account/second-factor/start").text)
    with client.session_transaction() as session:
        session["by_provider"] -= 601
    assert client.post("/account/keys", data=new | {"key_name": "b"}).status_code == 422
    assert client.post("/account/second-factor/start").status_code == 422
    assert client.post("/account/provider/unlink").status_code == 409


def test_a_provider_that_is_away_or_another_is_said_so(
    town: Database, named: Settings, tmp_path: Path
) -> None:
    away = make_app(named.model_copy(update={"oidc_issuer": "http://localhost:9"}), town)
    assert away.test_client().get("/sign-in/provider").status_code == 503
    assert away.test_client().get("/sign-in").status_code == 200
    other = named.oidc_issuer or ""
    changed = {"oidc_issuer": other.replace("localhost", "127.0.0.1") + "/"}
    said = make_app(named.model_copy(update=changed), town).test_client().get("/sign-in/provider")
    assert said.status_code == 503
    assert "GEOAPP_OIDC_ISSUER" in said.text
    faulty = tmp_path / "faulty.json"
    faulty.write_text('{"claim": "groups", "rules": [{"value": "it", "role": "king"}]}')
    with pytest.raises(UnusableInputError, match=r"rules\.0\.role"):
        make_app(named.model_copy(update={"oidc_rights": faulty}), town)
    with pytest.raises(InvalidValueError, match="GEOAPP_OIDC_CREATE_USERS"):
        make_app(named.model_copy(update={"oidc_rights": None}), town)

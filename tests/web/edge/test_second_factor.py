"""A second factor: set up, asked for, never twice, guessed slowly, required, reset."""

import html
import re
import time

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.links import reset
from geoapp.operations.upkeep.second_factor import reset_second_factor
from geoapp.operations.upkeep.users import list_users, save_user
from geoapp.store.engine import Database
from tests.web.api_client import PASSWORD, client_of, make_app, problem_of
from tests.web.edge.test_sign_in import basic

NAME = "a-steward"


def set_up(client: FlaskClient) -> tuple[pyotp.TOTP, list[str], str]:
    """Turn it on as a person does; return the app, the recovery codes and the code that was used."""
    page = client.post("/account/second-factor/start", data={"password": PASSWORD})
    shown = html.unescape(page.get_data(as_text=True))
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", shown)
    assert secret
    assert "data:image/svg+xml" in shown
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    assert f"?secret={app.secret}&issuer=geoapp" in shown
    wrong = client.post("/account/second-factor/confirm", data={"code": "000000x"})
    assert wrong.status_code == 422
    used = app.now()
    # As a Chinese keyboard may type it.
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in used)
    done = client.post("/account/second-factor/confirm", data={"code": f"{wide[:3]} {wide[3:]}"})
    assert done.headers["Cache-Control"] == "no-store"
    codes = re.findall(r"<code class=\"number\">([\w-]+)</code>", done.get_data(as_text=True))
    assert len(codes) == 10
    return app, codes, used


def later(database: Database) -> None:
    """Let the codes that were used be long ago, and so the failures."""
    with database.session() as session:
        session.execute(
            text("update second_factor set last_step = 0, failed_at = failed_at - interval '1 day'")
        )


def give(app: Flask, code: str, **form: str) -> tuple[FlaskClient, int]:
    """Give the password, and then a code."""
    client = app.test_client()
    asked = client.post("/sign-in", data={"name": NAME, "password": PASSWORD, **form})
    assert asked.headers["Location"] == "/sign-in/code"
    assert client.get("/steward").status_code == 302  # nothing is open yet
    assert client.get("/sign-in/code").status_code == 200
    return client, client.post("/sign-in/code", data={"code": code}).status_code


def test_the_code_is_asked_for_and_counts_once(app: Flask, town: Database) -> None:
    owner = client_of(app, town, Role.STEWARD)
    assert owner.post("/account/second-factor/start", data={"password": "x"}).status_code == 422
    made, codes, used = set_up(owner)
    with town.session() as session:
        kept = "".join(session.scalars(text("select x::text from recovery_code x")))
        logged = "".join(session.scalars(text("select x::text from change x")))
    assert not any(code in kept for code in codes)
    assert made.secret not in logged
    # The code that turned it on was used; the next one is taken, once, with or without a space.
    assert give(app, used)[1] == 401
    later(town)
    code = made.now()
    client, status = give(app, f"{code[:3]} {code[3:]}", next="/steward/facilities")
    assert status == 302
    assert client.get("/steward").status_code == 200
    assert give(app, code)[1] == 401
    # A recovery code as well, and once.
    assert give(app, codes[0].lower())[1] == 302
    with town.session() as session:
        told = session.execute(
            text(
                "select s.actor, c.op, c.after from change c join change_set s on s.id = c.set_id "
                "where c.table_name = 'second_factor' order by c.seq"
            )
        ).all()
    assert [(actor, op) for actor, op, _ in told] == [
        (NAME, "insert"),
        (NAME, "update"),
        (NAME, "update"),
    ]
    assert told[1][2].keys() == {"confirmed_at", "codes_made_at"}
    assert told[2][2] == {"codes_used": 1}
    assert give(app, codes[0])[1] == 401
    # Without the password there is no second step.
    assert app.test_client().post("/sign-in/code", data={"code": made.now()}).status_code == 410
    # Its owner renews the codes, and turns it off again, each with a code.
    assert (
        client.post("/account/second-factor/start", data={"password": PASSWORD}).status_code == 409
    )
    later(town)
    for what in ("codes", "off"):
        assert client.post(f"/account/second-factor/{what}", data={"code": "1"}).status_code == 422
    renewed = client.post("/account/second-factor/codes", data={"code": codes[1]})
    assert renewed.status_code == 200
    assert give(app, codes[2])[1] == 401
    later(town)
    assert client.post("/account/second-factor/off", data={"code": made.now()}).status_code == 200
    form = {"name": NAME, "password": PASSWORD}
    assert app.test_client().post("/sign-in", data=form).headers["Location"] == "/steward"


def test_guessing_codes_waits_longer_and_longer(app: Flask, town: Database) -> None:
    made, codes, _ = set_up(client_of(app, town, Role.STEWARD))
    later(town)
    client, first = give(app, "x")

    def tell(code: str) -> int:
        return client.post("/sign-in/code", data={"code": code}).status_code

    # One more was wrong before it was on.
    assert [first, *(tell("x") for _ in range(3))] == [401] * 4
    assert [tell("x"), tell(made.now()), tell(codes[0])] == [429] * 3
    later(town)
    assert tell("x") == 429
    with town.session() as session:
        waited = "update second_factor set failed_at = now() - interval '61 seconds'"
        session.execute(text(waited))
    assert tell(made.now()) == 429  # two minutes by now
    later(town)
    assert tell(made.now()) == 302


def test_the_half_way_ends_with_the_password_and_the_time(
    app: Flask, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _, _ = set_up(client_of(app, town, Role.STEWARD))
    later(town)
    client, _ = give(app, "x")
    save_user(town, NAME, Role.STEWARD, "another long password", replace=True)
    assert client.post("/sign-in/code", data={"code": made.now()}).status_code == 410
    save_user(town, NAME, Role.STEWARD, PASSWORD, replace=True)
    client, _ = give(app, "x")
    late = time.time() + 601
    monkeypatch.setattr("geoapp.web.edge.entering.time.time", lambda: late)
    assert client.post("/sign-in/code", data={"code": made.now()}).status_code == 410


def test_neither_link_nor_header_goes_round_it(app: Flask, town: Database) -> None:
    made, _, _ = set_up(client_of(app, town, Role.STEWARD))
    refused = app.test_client().get("/api/v1/kinds", headers=basic(NAME, PASSWORD))
    assert "second factor" in problem_of(refused, 401)["detail"]
    wrong = app.test_client().get("/api/v1/kinds", headers=basic(NAME, "wrong"))
    assert "second factor" not in problem_of(wrong, 401)["detail"]
    client = app.test_client()
    new = "another long password"
    chosen = client.post(f"/password/{reset(town, NAME)}", data={"new": new, "again": new})
    assert chosen.headers["Location"] == "/sign-in/code"
    assert client.get("/account").status_code == 302
    later(town)
    assert client.post("/sign-in/code", data={"code": made.now()}).status_code == 302
    assert client.get("/account").status_code == 200


def test_where_it_is_required_it_comes_first(town: Database, settings: Settings) -> None:
    app = make_app(settings.model_copy(update={"require_second_factor": True}), town)
    assert client_of(app, town, Role.MANAGER).get("/plan/scenarios").status_code == 200
    steward = client_of(app, town, Role.STEWARD)
    sent = steward.get("/steward")
    assert sent.headers["Location"] == "/account/second-factor?next=/steward"
    deleted = steward.delete("/api/v1/facilities/T-1", headers={"If-Match": "*"})
    assert "second factor" in problem_of(deleted, 403)["detail"]
    assert steward.get("/account").status_code == 200
    made, _, _ = set_up(steward)
    assert steward.get("/steward").status_code == 200
    later(town)
    assert steward.post("/account/second-factor/off", data={"code": made.now()}).status_code == 409
    # An administrator resets it, which signs out; then it is set up anew.
    admin = client_of(app, town, Role.ADMIN)
    set_up(admin)
    [user] = [one for one in list_users(town) if one.name == NAME]
    assert user.second_factor
    assert admin.post(f"/admin/users/{user.id}/second-factor/reset").status_code == 302
    assert steward.get("/account").status_code == 302
    reset_second_factor(town, "a-admin")
    assert not any(one.second_factor for one in list_users(town))

"""What administrators see of who signed in or tried to, and what is never kept."""

import base64
import csv
import io
import json
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.sign_ins import network_of
from geoapp.operations.upkeep.api_keys import MadeWith, Scope, make_key
from geoapp.operations.upkeep.forget_sign_ins import forget_old_sign_ins
from geoapp.operations.upkeep.links import invite
from geoapp.operations.upkeep.second_factor import begin, confirm
from geoapp.operations.upkeep.sign_ins import SignInFilter, list_sign_ins
from geoapp.operations.upkeep.users import save_user, set_active
from geoapp.store.engine import Database
from geoapp.web.edge.attempts import SIGN_INS
from tests.web.api_client import PASSWORD, client_of, make_app

FROM = {"REMOTE_ADDR": "203.0.113.77"}
CHROME = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/139.0 Safari/537.36"}

Row = tuple[str, str, str, int, str]


def rows(database: Database) -> list[Row]:
    """Return name, way, outcome, tries and network of each, the earliest first."""
    found = list_sign_ins(database, SignInFilter(), limit=1000)
    return [(one.name, one.way, one.outcome, one.tries, one.network) for one in reversed(found)]


def everything(database: Database) -> str:
    """Return all that the table holds as one text."""
    with database.snapshot() as session:
        return str(session.scalar(text("select json_agg(s)::text from sign_in s")))


def test_each_way_in_is_noted_and_guesses_are_gathered(app: Flask, town: Database) -> None:
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    client = app.test_client()
    before = SIGN_INS.labels("password", "wrong")._value.get()
    for _ in range(11):  # the eleventh is not looked at
        client.post("/sign-in", data={"name": "wang", "password": "guess"}, environ_base=FROM)
    here = {"environ_base": {"REMOTE_ADDR": "198.51.100.9"}, "headers": CHROME}
    client.post("/sign-in", data={"name": "wang", "password": PASSWORD}, **here)
    assert rows(town) == [
        ("wang", "password", "wrong", 10, "203.0.113.0/24"),
        ("wang", "password", "held", 1, "203.0.113.0/24"),
        ("wang", "password", "in", 1, "198.51.100.0/24"),
    ]
    assert SIGN_INS.labels("password", "wrong")._value.get() == before + 10
    assert list_sign_ins(town, SignInFilter(), limit=1)[0].device == "Chrome · Windows"

    # The password alone is half the way; the code is the other.
    user = save_user(town, "li", Role.STEWARD, PASSWORD)
    totp = pyotp.TOTP(begin(town, user.id))
    confirm(town, user.id, totp.now())
    li = app.test_client()
    assert li.post("/sign-in", data={"name": "li", "password": PASSWORD}).status_code == 302
    li.post("/sign-in/code", data={"code": "000000"})
    token = invite(town, "zhao", Role.MANAGER)
    chosen = {"new": "another long password", "again": "another long password"}
    assert app.test_client().post(f"/password/{token}", data=chosen).status_code == 302
    assert app.test_client().get("/password/nonsense").status_code == 410
    assert [row[:3] for row in rows(town)[3:]] == [
        ("li", "password", "half"),
        ("li", "code", "wrong"),
        ("zhao", "link", "in"),
        ("", "link", "wrong"),
    ]
    assert "nonsense" not in everything(town)


def test_what_is_typed_into_the_wrong_field_is_not_kept(app: Flask, town: Database) -> None:
    """Neither a password nor a name that nobody has; a disabled account is told as one."""
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    set_active(town, "wang", active=False)
    client = app.test_client()
    client.post("/sign-in", data={"name": "My-Secret-Password", "password": ""}, environ_base=FROM)
    client.post("/sign-in", data={"name": "wang", "password": PASSWORD}, environ_base=FROM)
    assert [row[:3] for row in rows(town)] == [
        ("", "password", "wrong"),
        ("wang", "password", "disabled"),
    ]
    kept = everything(town)
    assert [one for one in ("My-Secret", PASSWORD, "203.0.113.77") if one in kept] == []


def test_programs_are_noted_once_a_day_and_wrong_keys_gathered(app: Flask, town: Database) -> None:
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    key = make_key(town, "wang", "nightly", scope=Scope.READ, made_with=MadeWith.OPERATOR)
    basic = base64.b64encode(f"wang:{PASSWORD}".encode()).decode()
    client = app.test_client()
    for given in (f"Bearer {key}", f"Basic {basic}"):
        for _ in range(3):
            sent = {"headers": {"Authorization": given}, "environ_base": FROM}
            assert client.get("/api/v1/kinds", **sent).status_code == 200
    for _ in range(3):
        sent = {"headers": {"Authorization": "Bearer geoapp_wrong"}, "environ_base": FROM}
        assert client.get("/api/v1/kinds", **sent).status_code == 401
    assert rows(town) == [
        ("wang", "key", "in", 1, "203.0.113.0/24"),
        ("wang", "basic", "in", 1, "203.0.113.0/24"),
        ("", "key", "wrong", 3, "203.0.113.0/24"),
    ]
    first = list_sign_ins(town, SignInFilter(name="wang"), limit=10)[-1]
    assert first.key_name == "nightly"
    assert key not in everything(town)


def test_who_has_no_account_never_appears(app: Flask, town: Database) -> None:
    client = app.test_client()
    for address in (
        "/",
        "/api/v1/nearest?lon=120.3&lat=36.1",
        "/services",
        "/coverage",
        "/sign-in",
    ):
        assert client.get(address, environ_base=FROM).status_code == 200, address
    client.get("/plan", environ_base=FROM)
    assert rows(town) == []


def test_the_page_filters_pages_and_answers_a_table(
    app: Flask, town: Database, subtests: pytest.Subtests
) -> None:
    admin = client_of(app, town, Role.ADMIN)
    save_user(town, "-wang", Role.PLANNER, PASSWORD)
    client = app.test_client()
    client.post("/sign-in", data={"name": "-wang", "password": "guess"}, environ_base=FROM)
    client.post("/sign-in", data={"name": "-wang", "password": PASSWORD}, environ_base=FROM)
    with subtests.test("filters"):
        page = admin.get("/admin/sign-ins?name=-wang&outcome=failed&lang=en").text
        assert page.count('<th scope="row"') == 1
        assert ">wrong<" in page
        assert "203.0.113.0/24" in page
        page = admin.get("/admin/sign-ins?name=-wang&outcome=held&lang=zh").text
        assert "没有这样的登录" in page
        assert admin.get("/admin/sign-ins?outcome=x").status_code == 422
        assert admin.get("/admin/sign-ins?way=x").status_code == 422
        assert admin.get("/admin/sign-ins?since=x").status_code == 422
    with subtests.test("table"):
        answer = admin.get("/admin/sign-ins.csv?name=-wang&way=password")
        assert answer.headers["Cache-Control"] == "private, no-store"
        told = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        # A name that a spreadsheet would run stands behind an apostrophe.
        assert [(one["name"], one["outcome"], one["outcome_zh"]) for one in told] == [
            ("'-wang", "in", "已登录"),
            ("'-wang", "wrong", "不对"),
        ]
    with subtests.test("pages"):
        with town.session() as session:
            session.execute(
                text(
                    "insert into sign_in (at, first_at, name, way, outcome) select moment, moment, "
                    "'old', 'password', 'in' from (select now() - n * interval '1 minute' as moment "
                    "from generate_series(60, 209) n) x"
                )
            )
        seen = 0
        address: str | None = "/admin/sign-ins?name=old&lang=en"
        while address is not None:
            page = admin.get(address).text
            seen += page.count('<th scope="row"')
            found = page.rpartition('href="/admin/sign-ins?')[2].partition('"')[0]
            more = f"/admin/sign-ins?{found}".replace("&amp;", "&") if "before=" in found else None
            address = more if "Earlier" in page else None
        assert seen == 150


def test_it_is_forgotten_in_time_and_told_on_the_machine(
    app: Flask, town: Database, settings: Settings, tmp_path: Path
) -> None:
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    client = app.test_client()
    client.post("/sign-in", data={"name": "wang", "password": "guess"}, environ_base=FROM)
    with town.session() as session:
        session.execute(
            text("update sign_in set at = at - interval '183 days' where outcome = 'wrong'")
        )
    forget_old_sign_ins(town, settings)
    assert len(rows(town)) == 1
    env = {"DATABASE_URL": town.url}
    told = CliRunner().invoke(main, ["sign-ins", "wang", "--failed", "--json"], env=env)
    [one] = json.loads(told.output)["sign_ins"]
    assert (one["name"], one["outcome"], one["tries"]) == ("wang", "wrong", 1)
    told = CliRunner().invoke(main, ["sign-ins", "nobody"], env=env)
    assert "没有这样的登录" in told.output
    file = tmp_path / "sign-ins.xlsx"
    assert CliRunner().invoke(main, ["sign-ins", "-o", str(file)], env=env).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    with town.session() as session:
        session.execute(text("update sign_in set at = at - interval '2 days'"))
    forget_old_sign_ins(town, settings)
    assert rows(town) == []


def test_a_store_that_takes_no_writes_still_lets_programs_read(
    town: Database, settings: Settings
) -> None:
    save_user(town, "wang", Role.PLANNER, PASSWORD)
    app = make_app(settings, town)
    basic = base64.b64encode(f"wang:{PASSWORD}".encode()).decode()
    with town.session() as session:
        session.execute(
            text(
                "create function full_disk() returns trigger language plpgsql as $$ begin "
                "raise exception 'no room' using errcode = '53100'; end $$"
            )
        )
        session.execute(
            text(
                "create trigger full_disk before insert on sign_in for each row "
                "execute function full_disk()"
            )
        )
    answer = app.test_client().get(
        "/api/v1/kinds", headers={"Authorization": f"Basic {basic}"}, environ_base=FROM
    )
    assert answer.status_code == 200
    assert rows(town) == []


def test_of_an_address_its_network_alone() -> None:
    assert network_of("203.0.113.77") == "203.0.113.0/24"
    assert network_of("::ffff:203.0.113.77") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network_of("fe80::1%eth0") == "fe80::/48"
    assert network_of("unknown") is None
    assert network_of(None) is None

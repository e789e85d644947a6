"""Behind reverse proxies: whose word counts, and what a name that is not ours gets."""

import pytest
from flask import Flask

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.guessing import count_guess
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from tests.web.api_client import PASSWORD, client_of, make_app, problem_of

FORWARDED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "stations.example.org",
    "X-Forwarded-Prefix": "/yz",
}


def behind(settings: Settings, database: Database, count: int, **more: object) -> Flask:
    initialise(database)
    chosen = settings.model_copy(update={"trusted_proxies": count, **more})
    return make_app(chosen, database)


def test_https_host_and_prefix_come_from_a_trusted_proxy(
    database: Database, settings: Settings
) -> None:
    client = behind(settings, database, 1).test_client()
    page = client.get("/", headers=FORWARDED)
    assert page.headers["Strict-Transport-Security"]
    assert 'src="/yz/static/' in page.get_data(as_text=True)
    drawn = client.get("/maps/stations.html", headers=FORWARDED).get_data(as_text=True)
    assert 'src="/yz/static/' in drawn
    assert 'src="/static/' not in drawn
    sent = client.get("/plan", headers=FORWARDED)
    assert sent.headers["Location"] == "/yz/sign-in?next=/yz/plan"
    landing = client.get("/ogc/?f=json", headers=FORWARDED).get_data(as_text=True)
    assert "https://stations.example.org/yz/ogc" in landing


def test_nobody_is_believed_by_default(database: Database, settings: Settings) -> None:
    client = behind(settings, database, 0).test_client()
    page = client.get("/", headers=FORWARDED)
    assert "Strict-Transport-Security" not in page.headers
    assert "/yz/" not in page.get_data(as_text=True)
    landing = client.get("/ogc/?f=json", headers=FORWARDED).get_data(as_text=True)
    assert "stations.example.org" not in landing


def test_a_form_without_a_referrer_passes_under_https(
    database: Database, settings: Settings
) -> None:
    """Our Referrer-Policy keeps browsers from sending one, so that it must not be asked for."""
    app = behind(settings, database, 1)
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    page = client.get("/sign-in", headers=FORWARDED).get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"name": "nobody", "password": "wrong", "csrf_token": token}
    assert client.post("/sign-in", data=form, headers=FORWARDED).status_code == 401
    without = client.post("/sign-in", data={"name": "nobody"}, headers=FORWARDED)
    assert without.status_code == 400


def test_guesses_are_counted_by_the_address_behind_the_proxy(
    database: Database, settings: Settings
) -> None:
    client = behind(settings, database, 1).test_client()

    def enter(name: str, address: str, password: str = "wrong") -> int:
        form = {"name": name, "password": password}
        # What the caller itself wrote stands before what the proxy added.
        headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
        return client.post("/sign-in", data=form, headers=headers).status_code

    save_user(database, "wang", Role.PLANNER, PASSWORD)
    assert [enter("wang", "203.0.113.7") for _ in range(11)] == [401] * 10 + [429]
    # A colleague at the same address, and the same account from another, go on.
    save_user(database, "li", Role.PLANNER, PASSWORD)
    assert enter("li", "203.0.113.7", PASSWORD) == 302
    assert enter("wang", "203.0.113.8", PASSWORD) == 302
    # Who tries many accounts is stopped by the address.
    tried = [enter(f"guess-{number}", "203.0.113.7") for number in range(21)]
    assert tried == [401] * 20 + [429]


def test_an_account_is_guarded_against_many_addresses(
    database: Database, settings: Settings
) -> None:
    app = behind(settings, database, 1)
    client = app.test_client()
    # Most of them without the passwords' slow sums, so that all fall within the minute.
    for number in range(58):
        count_guess(database, app.config["SECRET_KEY"], "wang", f"203.0.113.{number}")
    form = {"name": "wang", "password": "wrong"}
    tried = [
        client.post(
            "/sign-in", data=form, headers={"X-Forwarded-For": f"203.0.113.{number}"}
        ).status_code
        for number in range(100, 103)
    ]
    assert tried == [401, 401, 429]


def test_right_passwords_are_not_counted(database: Database, settings: Settings) -> None:
    app = behind(settings, database, 0)
    save_user(database, "wang", Role.PLANNER, PASSWORD)
    form = {"name": "wang", "password": PASSWORD}
    assert {app.test_client().post("/sign-in", data=form).status_code for _ in range(12)} == {302}


def test_other_hosts_are_refused(
    database: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for host, passes in [
        ("stations.example.org", True),
        ("stations.example.org:8443", True),
        ("a.city.example", True),
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("evil.example", False),
        ("stations.example.org.evil.example", False),
        ("", False),
    ]:
        with subtests.test(host=host, passes=passes):
            app = behind(settings, database, 0, trusted_hosts="stations.example.org, .city.example")
            client = client_of(app, database)
            answered = client.get("/ogc/?f=json", headers={"Host": host})
            if passes:
                assert answered.status_code == 200
            else:
                assert "GEOAPP_TRUSTED_HOSTS" in problem_of(answered, 400)["detail"]

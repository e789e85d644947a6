"""The stewards' inbox: each place's reports together, settled with one press, by their regions."""

import hashlib
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.voices import Outcome, ReportKind
from geoapp.operations.voices.inbox import count_inbox, read_inbox
from geoapp.operations.voices.take import Told, take_report
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app

INBOX = "/steward/reports"


@pytest.fixture
def town(town_template: str, database: Database, settings: Settings) -> Database:
    """The town, with two who found T-1 shut, one who found T-2 full, and a suggestion."""
    for sender, told in (
        ("198.51.100.1", Told("", "T-1", ReportKind.SHUT, note="<b>门锁着</b>")),
        ("198.51.100.2", Told("", "T-1", ReportKind.SHUT)),
        ("198.51.100.3", Told("", "T-2", ReportKind.FULL)),
        (
            "198.51.100.4",
            Told(
                "",
                kind=ReportKind.SUGGEST,
                place_name="东门岗亭",
                place_words="东门内",
                place=(TOWN_LON, TOWN_LAT),
            ),
        ),
        ("198.51.100.5", Told("", "T-4", ReportKind.OPEN)),
    ):
        key = hashlib.sha256(sender.encode()).hexdigest()
        values = {name: getattr(told, name) for name in told.__slots__} | {"key": key}
        take_report(database, settings, "secret", sender, Told(**values))
    return database


@pytest.fixture
def steward(town: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, town), town, Role.STEWARD)


def keep_to(town: Database, region: str) -> None:
    """Keep the steward's account to a region."""
    with town.session() as session:
        session.execute(
            text("update app_user set regions = array[:region] where name = 'a-steward'"),
            {"region": region},
        )


def numbers(page: str) -> list[str]:
    """Return the number up to which each matter is settled, in the order of the page."""
    found = re.findall(r'<li class="card stack">.*?name="number" value="(\d+)"', page, re.S)
    return [str(one) for one in found]


def test_reports_of_a_place_are_settled_together_and_its_doubt_ends(
    town: Database, settings: Settings, steward: FlaskClient
) -> None:
    page = steward.get(INBOX).get_data(as_text=True)
    first, second, third = numbers(page)
    assert "工人反映关着门（2 人" in page
    assert "&lt;b&gt;门锁着&lt;/b&gt;" in page
    assert '<span class="nav-count number">4</span>' in page
    assert "T-4" not in page  # nobody has to look at a place that was found open
    # What came after the page was read is not settled with it.
    take_report(town, settings, "secret", "2001:db8::1", Told("k" * 16, "T-1", ReportKind.WRONG))
    sent = {"code": "T-1", "number": first, "outcome": "suspended"}
    assert steward.post(INBOX, data=sent).status_code == 302
    with town.session() as session:
        status, note, doubt = session.execute(
            text(
                "select f.status, f.status_note, v.doubt from facility f "
                "join facility_voice v on v.facility_id = f.id where f.code = 'T-1'"
            )
        ).one()
        settled = session.execute(
            text(
                "select settled_as, settled_by, sender from worker_report "
                "where settled_at is not null order by id"
            )
        ).all()
    assert (status, doubt) == ("suspended", None)
    assert note == "工人反映关着门，已核实 / workers reported it shut, which was checked"
    page = steward.get("/stations/T-1?lang=zh").get_data(as_text=True)
    assert "暂停服务：工人反映关着门，已核实。" in page
    story = steward.get("/steward/facilities/T-1/history").get_data(as_text=True)
    assert "工人反馈：属实，已暂停服务" in story
    assert list(settled) == [("suspended", "a-steward", None)] * 2
    sent = {"code": "T-2", "number": second, "outcome": "dismissed"}
    assert steward.post(INBOX, data=sent).status_code == 302
    inbox = read_inbox(town, settings, own=())
    assert [one.first.code for one in inbox.waiting] == [None, "T-1"]
    assert (inbox.state.waiting, inbox.state.late, inbox.state.settled) == (2, 0, 3)
    assert inbox.state.median_days is not None
    # What happened first is first, whenever it was sent: a telephone without a network sends late.
    with town.session() as session:
        session.execute(
            text(
                "update worker_report set at = at - interval '2 days' "
                "where facility_id is not null and settled_at is null"
            )
        )
    inbox = read_inbox(town, settings, own=())
    assert [one.first.code for one in inbox.waiting] == ["T-1", None]
    wrong = {"code": "T-1", "number": third, "outcome": str(Outcome.ADDED)}
    assert steward.post(INBOX, data=wrong).status_code == 422


def test_a_suggestion_becomes_a_record(town: Database, steward: FlaskClient) -> None:
    number = numbers(steward.get(INBOX).get_data(as_text=True))[2]
    blank = steward.get(f"/steward/new?suggestion={number}").get_data(as_text=True)
    for value in ("东门岗亭", "东门内", f"{TOWN_LON:.7f}", "工人建议"):
        assert f'value="{value}"' in blank
    given = {"code": "N-1", "kind": "outdoor_station", "name_zh": "东门岗亭", "status": "proposed"}
    given |= {"lon": str(TOWN_LON), "lat": str(TOWN_LAT), "suggestion": number}
    assert steward.post("/steward/new", data=given).status_code == 302
    assert count_inbox(town, ()) == 3
    assert steward.get(f"/steward/new?suggestion={number}").status_code == 404


def test_a_steward_of_another_region_sees_and_settles_nothing(
    town: Database, steward: FlaskClient
) -> None:
    own = numbers(steward.get(INBOX).get_data(as_text=True))
    with town.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh) values ('370202', 'district', '市南区')"
            )
        )
    keep_to(town, "370202")
    assert numbers(steward.get(INBOX).get_data(as_text=True)) == []
    for data in ({"code": "T-1", "number": own[0]}, {"number": own[2]}):
        sent = data | {"outcome": "dismissed"}
        assert steward.post(INBOX, data=sent).status_code == 403
    assert steward.get(f"/steward/new?suggestion={own[2]}").status_code == 403
    keep_to(town, "370203")
    assert numbers(steward.get(INBOX).get_data(as_text=True)) == own

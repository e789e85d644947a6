"""Webhooks: a real receiver, the real queue; nothing lost, nothing told twice, nothing private."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.settings import Settings
from geoapp.core.webhooks import (
    MOST_GIVEN_UP,
    MOST_TRIES,
    WAITS_SECONDS,
    Delivery,
    DeliveryRecord,
    Event,
    Trouble,
)
from geoapp.operations.upkeep.doctor import examine
from geoapp.operations.upkeep.measure import measure_all
from geoapp.operations.webhooks import events as told
from geoapp.operations.webhooks import send
from geoapp.operations.webhooks.address import TroubleError, check_address, is_public
from geoapp.operations.webhooks.edit import (
    add_webhook,
    get_webhook,
    list_deliveries,
    list_webhooks,
    redeliver,
    remove_webhook,
    rotate_secret,
    send_test,
    set_enabled,
)
from geoapp.operations.webhooks.waiting import forget_deliveries, is_one_to_tell
from geoapp.operations.webhooks.work import deliver_waiting
from geoapp.store.engine import Database
from geoapp.store.webhooks import ChangedFacility
from tests.web.api_client import make_app

FACILITY_EVENTS = [Event.CREATED, Event.CHANGED, Event.CLOSED]
NOW = "update procrastinate_jobs set scheduled_at = clock_timestamp() where queue_name = 'webhooks'"


class Receiver:
    """What a receiver got, and what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.location: str | None = None
        self.drips: tuple[bytes, ...] = ()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append((self.path, headers, body))
                for drip in receiver.drips:
                    try:
                        self.connection.sendall(drip)
                    except OSError:
                        return
                    time.sleep(0.2)
                self.send_response(receiver.status)
                if receiver.location is not None:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://localhost:{self.server.server_port}/hook?city=qd"

    def taken(self) -> list[dict[str, Any]]:
        """Return the messages since this was asked last."""
        bodies = [json.loads(body) for _, _, body in self.got]
        self.got.clear()
        return bodies


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


def deliver(database: Database, settings: Settings) -> None:
    """Deliver what is due; in a thread, since the browser's loop holds this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(deliver_waiting, database, settings, 0.0).result()


def sql(database: Database, *statements: str) -> None:
    """Run statements as one transaction, and so as one change set."""
    with database.session() as session:
        for statement in statements:
            session.execute(text(statement))


def count(database: Database, table: str) -> int:
    with database.session() as session:
        return int(session.execute(text(f"select count(*) from {table}")).scalar_one())


def newest(database: Database, number: int) -> DeliveryRecord:
    return list_deliveries(database, number)[0]


@pytest.fixture
def permissive(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhooks_http": True, "webhooks_private": True})


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def test_what_happens_is_told_once_to_those_who_asked_and_only_what_is_public(
    town: Database, permissive: Settings
) -> None:
    change = "update facility set phone = '0532-1' where code = 'T-1'"
    sql(town, change)
    # Nobody has asked: nothing is noted.
    assert count(town, "webhook_event") == 0
    assert not is_one_to_tell(town)
    with receiving() as receiver, receiving() as elsewhere:
        hook, secret = add_webhook(
            town,
            permissive,
            name="portal",
            address=receiver.address,
            events=list(Event),
            region="370200",
        )
        sql(
            town,
            "insert into region (code, parent_code, level, name_zh) "
            "values ('370300', null, 'city', '淄博市')",
        )
        add_webhook(
            town,
            permissive,
            name="other",
            address=elsewhere.address,
            events=FACILITY_EVENTS,
            region="370300",
        )
        # A change that is rolled back was never one.
        with pytest.raises(ZeroDivisionError), town.session() as session:
            session.execute(text("update facility set phone = '0532-9' where code = 'T-1'"))
            raise ZeroDivisionError
        assert not is_one_to_tell(town)
        sql(
            town,
            "update facility set phone = '0532-2' where code in ('T-1', 'T-2')",
            # Nobody's news: what is kept aside, and what is not published.
            "update facility set extra = '{\"a\": \"b\"}' where code = 'T-3'",
            "update facility set status = 'proposed' where code = 'T-6'",
        )
        # Noted in the transaction of the change; what dies now loses nothing.
        assert count(town, "webhook_event") == 1
        assert is_one_to_tell(town)
        deliver(town, permissive)
        assert not is_one_to_tell(town)
        assert elsewhere.got == []
        path, headers, body = max(receiver.got, key=lambda one: len(one[2]))
        assert path == "/hook?city=qd"
        assert headers["host"] == receiver.address.split("/")[2]
        # As docs/howto/webhooks.md says.
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 300
        by_type = {one["type"]: one["data"] for one in receiver.taken()}
        assert set(by_type) == {"facility.changed", "facility.closed"}
        # What anybody is answered, and nothing more.
        anybody = make_app(permissive, town).test_client()
        for feature in by_type["facility.changed"]["facilities"]:
            answer = anybody.get("/api/v1/facilities?status=open").get_json(force=True)
            [same] = [one for one in answer["features"] if one["id"] == feature["id"]]
            assert feature == same
        told_of = by_type["facility.changed"]["facilities"]
        assert [one["id"] for one in told_of] == ["T-1", "T-2"]
        # It left the public: its code is all that is told.
        assert by_type["facility.closed"] == {"count": 1, "facilities": [], "gone": ["T-6"]}

        sql(town, "update facility set status = 'open' where code = 'T-6'")
        sql(town, "update facility set status = 'closed' where code = 'T-2'")
        sql(town, "delete from facility where code = 'T-3'")
        sql(town, "update facility set region_code = '370300' where code = 'T-4'")
        run = (
            "insert into run (kind, status, params, created_by) "
            "values ('coverage', 'running', '{\"region\": \"370203\"}', 'a-person')"
        )
        end = "update run set status = 'succeeded', finished_at = clock_timestamp()"
        publish = (
            "insert into publication (region_code, run_id, published_by, note) "
            "select '370203', max(id), 'a-person', 'a note' from run"
        )
        sql(town, run)
        sql(town, end, publish)
        deliver(town, permissive)
        messages = receiver.taken()
        found = {one["type"]: one["data"] for one in messages if "facilities" not in one["data"]}
        run_id = found["run.finished"].pop("run")
        assert found["run.finished"] == {
            "kind": "coverage",
            "status": "succeeded",
            "region": "370203",
        }
        assert found["publication.changed"]["run"] == run_id
        assert found["publication.changed"]["withdrawn_at"] is None
        assert "a-person" not in json.dumps(messages)
        assert "a note" not in json.dumps(messages)
        codes = {
            (one["type"], feature["id"])
            for one in messages
            for feature in one["data"].get("facilities", ())
        }
        assert codes == {
            ("facility.created", "T-6"),
            ("facility.closed", "T-2"),
            ("facility.changed", "T-4"),
        }
        [gone] = [one["data"]["gone"] for one in messages if one["data"].get("gone")]
        assert gone == ["T-3"]
        # Who moves to another region is news in both.
        [moved] = elsewhere.taken()
        assert [one["id"] for one in moved["data"]["facilities"]] == ["T-4"]
        ended = list_deliveries(town, hook.id)
        assert {one.status for one in ended} == {Delivery.DELIVERED}
        assert len({one.message for one in ended}) == len(ended)
        assert get_webhook(town, hook.id).delivered_at is not None

        # Of very many how many they are.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(told, "MOST_TOLD_FACILITIES", 2)
            sql(town, "update facility set host = 'x'")
            deliver(town, permissive)
        [large] = receiver.taken()
        assert large["data"] == {"count": 4, "facilities": None, "gone": None}


def test_what_does_not_arrive_is_tried_again_and_a_webhook_that_fails_is_stopped(
    town: Database, permissive: Settings, settings: Settings
) -> None:
    with receiving() as receiver:
        hook, _ = add_webhook(
            town, permissive, name="a", address=receiver.address, events=FACILITY_EVENTS
        )
        number = hook.id
        receiver.status, receiver.location = 302, "/elsewhere"
        send_test(town, number)
        deliver(town, permissive)
        # No redirect is followed.
        assert [path for path, _, _ in receiver.got] == ["/hook?city=qd"]
        first = newest(town, number)
        assert (first.status, first.tries, first.http_status) == (Delivery.WAITING, 1, 302)
        assert first.trouble is Trouble.REDIRECTED
        waits = []
        receiver.status, receiver.location = 500, None
        for _ in range(MOST_TRIES - 1):
            one = newest(town, number)
            assert one.next_at is not None
            assert one.last_at is not None
            waits.append((one.next_at - one.last_at).total_seconds())
            # Until it is due, nothing is sent.
            deliver(town, permissive)
            assert newest(town, number).tries == one.tries
            sql(town, NOW)
            deliver(town, permissive)
        assert waits == list(WAITS_SECONDS)
        last = newest(town, number)
        assert (last.status, last.tries, last.next_at) == (Delivery.FAILED, MOST_TRIES, None)
        # The same message each time.
        assert {headers["webhook-id"] for _, headers, _ in receiver.got} == {last.message}
        assert len({body for _, _, body in receiver.got}) == 1
        with town.session() as session:
            assert session.execute(text("select given_up from webhook")).scalar_one() == 1

        receiver.taken()
        receiver.status = 200
        redeliver(town, number, last.id)
        with pytest.raises(ConflictError):
            redeliver(town, number, last.id)
        deliver(town, permissive)
        assert receiver.got[0][1]["webhook-id"] == last.message
        assert newest(town, number).status is Delivery.DELIVERED
        # How the first one ended stays on record.
        again, earlier, *_ = list_deliveries(town, number)
        assert again.message == earlier.message
        assert (earlier.id, earlier.status, earlier.http_status) == (last.id, Delivery.FAILED, 500)

        # A worker that died with it: another takes it up.
        send_test(town, number)
        sql(town, "update procrastinate_jobs set status = 'doing' where queue_name = 'webhooks'")
        assert is_one_to_tell(town)
        deliver(town, permissive)
        assert newest(town, number).status is Delivery.DELIVERED
        assert count(town, "procrastinate_jobs where status = 'todo'") == 0

        # Settings that forbid it hold at each delivery, whatever they were when it was added.
        receiver.taken()
        for changed, trouble in (
            ({"webhooks_private": False}, Trouble.PRIVATE),
            ({"webhooks_http": False}, Trouble.ADDRESS),
        ):
            send_test(town, number)
            deliver(town, permissive.model_copy(update=changed))
            assert newest(town, number).trouble is trouble
        assert receiver.got == []

        # So many given up one after another stop it, and everybody who watches is told.
        sql(
            town,
            f"update webhook set given_up = {MOST_GIVEN_UP - 1}",
            f"update webhook_delivery set tries = {MOST_TRIES - 1} where status = 'waiting'",
            "update facility set phone = '1' where code = 'T-1'",
        )
        receiver.status = 503
        deliver(town, permissive)
        sql(town, NOW)
        deliver(town, permissive)
        stopped = get_webhook(town, number)
        assert not stopped.enabled
        assert stopped.stopped_at is not None
        assert stopped.waiting == 0
        sql(town, "update facility set phone = '2' where code = 'T-1'")
        assert not is_one_to_tell(town)
        with pytest.raises(ConflictError):
            send_test(town, number)
        with pytest.raises(ConflictError):
            redeliver(town, number, last.id)
        measured = measure_all(town, settings).store
        assert measured is not None
        assert (measured.webhooks_stopped, measured.webhooks_waiting) == (1, 0)
        found = {
            one.name: one for one in examine(settings.model_copy(update={"database_url": town.url}))
        }
        assert not found["webhooks"].ok

        set_enabled(town, number, enabled=True)
        receiver.status = 410
        send_test(town, number)
        deliver(town, permissive)
        # Gone for good, the receiver says.
        assert get_webhook(town, number).stopped_at is not None

        sql(town, "update webhook_delivery set last_at = now() - interval '31 days'")
        forget_deliveries(town)
        assert list_deliveries(town, number) == []
        remove_webhook(town, number)
        with pytest.raises(NotFoundError):
            remove_webhook(town, number)
        assert list_webhooks(town) == []
        # Neither address nor secret is in the history.
        with town.session() as session:
            rows = session.execute(
                text(
                    "select coalesce(before, '{}')::text || coalesce(after, '{}')::text "
                    "from change where table_name = 'webhook'"
                )
            ).scalars()
            assert not [one for one in rows if "localhost" in one or "whsec_" in one]


def test_a_receiver_that_answers_in_drips_holds_nothing_up(
    permissive: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "WHOLE_SECONDS", 1.0)
    with receiving() as receiver:
        receiver.drips = (b"H", *[b"T"] * 30)
        began = time.monotonic()
        with pytest.raises(TroubleError) as refused:
            send.post(permissive, receiver.address, ["whsec_AAAA"], "msg_1", b"{}")
        assert refused.value.trouble is Trouble.NO_ANSWER
        assert time.monotonic() - began < 4
        # What its first line says counts; the rest is not waited for.
        receiver.drips = (b"HTTP/1.1 200 OK\r\n", *[b"X: 1\r\n"] * 30)
        began = time.monotonic()
        assert send.post(permissive, receiver.address, ["whsec_AAAA"], "msg_2", b"{}") == 200
        assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    ("before", "after", "public", "event"),
    [
        (None, "open", True, Event.CREATED),
        ("proposed", "open", True, Event.CREATED),
        (None, "proposed", True, None),
        ("approved", "approved", True, None),
        ("proposed", None, True, None),
        ("open", "open", True, Event.CHANGED),
        ("open", "open", False, None),
        ("open", "suspended", True, Event.CHANGED),
        ("open", "closed", True, Event.CLOSED),
        ("closed", "closed", True, Event.CHANGED),
        ("closed", "open", True, Event.CHANGED),
        ("open", None, True, Event.CLOSED),
        ("open", "proposed", True, Event.CLOSED),
    ],
)
def test_what_everybody_may_know_of_a_change(
    before: str | None, after: str | None, public: bool, event: Event | None
) -> None:
    change = ChangedFacility(1, "T-1", before, after, frozenset(), public)
    assert told.event_of(change) is event


@pytest.mark.parametrize(
    "address",
    [
        "http://portal.example.org/",
        "ftp://portal.example.org/",
        "https://",
        "https://user:word@portal.example.org/",
        "https://portal.example.org/#part",
        "https://portal.example.org\\@127.0.0.1/",
        "https://portal.example.org:0/",
        "https://portal.example.org:99999/",
        "https://门户.example.org/",
        "https://portal.example.org/a b",
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[::ffff:192.168.1.1]/",
    ],
)
def test_an_address_that_may_not_be_told_is_refused(settings: Settings, address: str) -> None:
    with pytest.raises(InvalidValueError):
        check_address(settings, address)


def test_addresses_of_the_internet_also_within_others(settings: Settings) -> None:
    check_address(settings, "https://portal.example.org:8443/hook?a=b")
    check_address(settings, "https://8.8.8.8/")
    for private in (
        "0.0.0.0",
        "127.8.8.8",
        "100.64.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "::",
        "fd00::1",
        "64:ff9b::10.0.0.1",
        "2002:c0a8:101::",
        "::ffff:127.0.0.1",
    ):
        assert not is_public(ip_address(private)), private
    for public in ("8.8.8.8", "2001:4860:4860::8888", "64:ff9b::8.8.8.8"):
        assert is_public(ip_address(public)), public


def signed_by(secret: str, headers: dict[str, str], body: bytes) -> str:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def test_a_changed_secret_signs_beside_the_former_one_until_the_stated_time(
    town: Database, permissive: Settings
) -> None:
    with receiving() as receiver:
        hook, first = add_webhook(
            town, permissive, name="portal", address=receiver.address, events=FACILITY_EVENTS
        )
        assert (hook.secret_made_at, hook.former_until) == (hook.created_at, None)

        def signatures() -> tuple[str, dict[str, str], bytes]:
            send_test(town, hook.id)
            deliver(town, permissive)
            _, headers, body = receiver.got.pop()
            return headers["webhook-signature"], headers, body

        changed, second = rotate_secret(town, hook.id, 3)
        assert second != first
        assert changed.former_until is not None
        assert changed.former_until - changed.secret_made_at == timedelta(hours=3)
        told, headers, body = signatures()
        assert told.split(" ") == [signed_by(one, headers, body) for one in (second, first)]
        # Changed again, the one before the last signs no more.
        _, third = rotate_secret(town, hook.id)
        told, headers, body = signatures()
        assert told.split(" ") == [signed_by(one, headers, body) for one in (third, second)]
        # When its time is over the former one signs no more, and is forgotten.
        sql(town, "update webhook set former_until = clock_timestamp() - interval '1 second'")
        assert get_webhook(town, hook.id).former_until is None
        told, headers, body = signatures()
        assert told == signed_by(third, headers, body)
        forget_deliveries(town)
        with town.session() as session:
            kept = session.execute(text("select former_secret, former_until from webhook")).one()
        assert tuple(kept) == (None, None)
        # At once, where somebody else has it.
        changed, last = rotate_secret(town, hook.id, 0)
        assert changed.former_until is None
        told, headers, body = signatures()
        assert told == signed_by(last, headers, body)
        for hours in (-1, 169):
            with pytest.raises(InvalidValueError, match="168"):
                rotate_secret(town, hook.id, hours)
        with pytest.raises(NotFoundError):
            rotate_secret(town, 99)
        # The log tells of each change, and of no secret.
        with town.session() as session:
            changes = session.execute(
                text(
                    "select after::text from change where table_name = 'webhook' order by set_id, seq"
                )
            ).scalars()
            log = list(changes)
        assert sum("secret_made_at" in one for one in log) >= 3
        assert not any(one in "".join(log) for one in (first, second, third, last))

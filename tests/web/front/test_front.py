"""The front as the server calls it, around a small application."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.wrappers import Request

from geoapp.web.front.environ import (
    FILE_LANE,
    HEAVY_LANE,
    LANE,
    MOVED,
    MOVED_TO,
    REFUSED,
    RETRY_SECONDS,
    TILE_LANE,
    Refused,
)
from geoapp.web.front.front import MOST_FILES_OF_ADDRESS, PIECE_BYTES, WORK_THREADS, Front
from geoapp.web.front.lanes import (
    LEAST_RETRY_SECONDS,
    MOST_RETRY_SECONDS,
    MOST_TURNS_OF_ADDRESS,
    Lane,
    Turns,
)
from tests import loops

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Protocol:
    """What the server gives: the body to read, and the answer's ways."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.sent: list[bytes] = []
        self.on_piece: Callable[[], None] = lambda: None

    async def __aiter__(self) -> Any:
        for chunk in self._chunks:
            yield chunk

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers = status, headers
        self.sent.append(body)

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Protocol":
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, data: bytes) -> None:
        self.sent.append(data)
        self.on_piece()


def scope(path: str = "/", method: str = "GET", **headers: str) -> SimpleNamespace:
    return SimpleNamespace(
        method=method,
        path=path,
        query_string="a=%E4%BD%A0",
        http_version="1.1",
        server="127.0.0.1:8000",
        client="[::1]:50000",
        scheme="http",
        authority=None,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def ask(wsgi: Wsgi, asked: Any, chunks: list[bytes] | None = None) -> Protocol:
    protocol = Protocol(chunks or [])
    front = Front(wsgi, body_seconds=60, most_body_bytes=1000)
    loops.run(front.__rsgi__(asked, protocol))
    return protocol


def test_a_request_reaches_the_application_as_wsgi_has_it() -> None:
    seen: dict[str, Any] = {}

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start("201 CREATED", [("x-a", "b")])
        return [b"one", b"two"]

    asked = scope("/你", "POST", host="example.org", content_length="4", x_a="b")
    answer = ask(wsgi, asked, [b"bo", b"dy"])
    assert (answer.status, answer.headers, answer.sent) == (201, [("x-a", "b")], [b"onetwo"])
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/你"
    assert (seen["body"], seen["CONTENT_LENGTH"], seen["QUERY_STRING"]) == (
        b"body",
        "4",
        "a=%E4%BD%A0",
    )
    assert (seen["REMOTE_ADDR"], seen["HTTP_HOST"], seen["HTTP_X_A"]) == ("::1", "example.org", "b")


def test_an_address_written_by_hand_may_leave_chinese_as_it_is() -> None:
    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [])
        return [Request(environ).args["q"].encode()]

    asked = scope("/search")
    asked.query_string = "q=喵星"
    assert ask(wsgi, asked).sent == ["喵星".encode()]


def test_a_refused_body_is_answered_by_the_application_and_ends_the_connection() -> None:
    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        assert environ["wsgi.input"].read() == b""
        assert environ[REFUSED] is Refused.LARGE
        start("413 NO", [])
        return [b"too large"]

    answer = ask(wsgi, scope("/", "POST", content_length="1001"))
    assert (answer.status, answer.headers) == (413, [("connection", "close")])


def test_a_long_answer_is_made_as_it_is_sent() -> None:
    pieces = 5
    made = 0
    ahead: list[int] = []
    closed: list[bool] = []

    class Answer:
        def __iter__(self) -> Iterator[bytes]:
            nonlocal made
            for _ in range(pieces):
                made += 1
                yield b"x" * PIECE_BYTES

        def close(self) -> None:
            closed.append(True)

    def wsgi(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return Answer()

    protocol = Protocol([])
    protocol.on_piece = lambda: ahead.append(made - len(protocol.sent))
    loops.run(Front(wsgi, body_seconds=60, most_body_bytes=1000).__rsgi__(scope(), protocol))
    assert sum(map(len, protocol.sent)) == pieces * PIECE_BYTES
    # Never more than what is being sent: it is not held in memory.
    assert ahead == [0] * pieces
    assert closed == [True]


def test_a_reader_that_leaves_ends_a_long_answer() -> None:
    closed: list[bool] = []

    class Answer(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def wsgi(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return Answer([b"x" * PIECE_BYTES] * 3)

    def leave() -> None:
        raise ConnectionError

    protocol = Protocol([])
    protocol.on_piece = leave
    front = Front(wsgi, body_seconds=60, most_body_bytes=1000)
    with pytest.raises(ConnectionError):
        loops.run(front.__rsgi__(scope(), protocol))
    assert (len(protocol.sent), closed) == (1, [True])


def test_health_is_answered_while_every_thread_works() -> None:
    release = threading.Event()
    at_work = threading.Semaphore(0)

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if environ["PATH_INFO"] != "/healthz":
            at_work.release()
            assert release.wait(60)
        start("200 OK", [])
        return [b"ok"]

    async def ask_all() -> None:
        front = Front(wsgi, body_seconds=60, most_body_bytes=1000)
        # More than there are threads: the others wait.
        busy = [Protocol([]) for _ in range(2 * WORK_THREADS)]
        tasks = [asyncio.create_task(front.__rsgi__(scope("/work"), one)) for one in busy]
        for _ in range(WORK_THREADS):
            assert await asyncio.to_thread(at_work.acquire, timeout=60)
        health = Protocol([])
        await front.__rsgi__(scope("/healthz"), health)
        assert (health.status, [one.status for one in busy]) == (200, [0] * len(busy))
        release.set()
        await asyncio.gather(*tasks)
        assert [one.status for one in busy] == [200] * len(busy)

    loops.run(ask_all())


def heavy_scope(query: str) -> SimpleNamespace:
    asked = scope("/heavy", "POST", content_length="4")
    asked.query_string = query
    return asked


def test_heavy_work_begins_anew_apart_and_quick_work_goes_on() -> None:
    release = threading.Event()

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read()
        if environ["PATH_INFO"] == "/heavy" and REFUSED not in environ:
            if environ[LANE] != HEAVY_LANE:
                environ[MOVED] = environ["QUERY_STRING"]
                start("503 MOVED", [])
                return [b""]
            assert release.wait(60)
        start("429 NO" if environ.get(REFUSED) is Refused.CROWDING else "200 OK", [])
        return [body]

    async def ask_all() -> None:
        front = Front(wsgi, body_seconds=60, most_body_bytes=1000)
        busy = [Protocol([b"bo", b"dy"]) for _ in range(MOST_TURNS_OF_ADDRESS + 1)]
        tasks = [
            asyncio.create_task(front.__rsgi__(heavy_scope(str(number)), one))
            for number, one in enumerate(busy)
        ]
        # The one too many is answered first.
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        quick = Protocol([])
        await front.__rsgi__(scope("/quick"), quick)
        assert sorted(one.status for one in busy) == [0] * MOST_TURNS_OF_ADDRESS + [429]
        assert quick.status == 200
        release.set()
        await asyncio.gather(*tasks)
        # The body was read whole both times.
        assert {one.sent[0] for one in busy} == {b"body"}
        assert sorted(one.status for one in busy) == [200] * MOST_TURNS_OF_ADDRESS + [429]
        # All turns were given back.
        last = Protocol([b"body"])
        await front.__rsgi__(heavy_scope("last"), last)
        assert last.status == 200

    loops.run(ask_all())


def test_a_screen_of_tiles_is_made_apart_and_not_refused() -> None:
    lanes: list[str] = []

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if environ[LANE] != TILE_LANE:
            environ[MOVED], environ[MOVED_TO] = environ["QUERY_STRING"], TILE_LANE
            start("503 MOVED", [])
            return [b""]
        lanes.append(threading.current_thread().name.rpartition("-")[0])
        start("429 NO" if REFUSED in environ else "200 OK", [])
        return [b"tile"]

    async def ask_all() -> None:
        front = Front(wsgi, body_seconds=60, most_body_bytes=1000)
        # Four layers, each on a screen of 40 tiles.
        screen = [Protocol([b"body"]) for _ in range(160)]
        asked = (front.__rsgi__(heavy_scope(str(n)), one) for n, one in enumerate(screen))
        await asyncio.gather(*asked)
        assert {one.status for one in screen} == {200}
        assert set(lanes) == {"tiles"}

    loops.run(ask_all())


def test_maps_do_not_wait_behind_files_and_who_finds_no_turn_is_told_when() -> None:
    release = threading.Event()
    told: list[int] = []

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        query = environ["QUERY_STRING"]
        lane = FILE_LANE if query.startswith("file") else HEAVY_LANE
        if REFUSED in environ:
            told.append(environ[RETRY_SECONDS])
            start("429 NO", [])
            return [b""]
        if environ[LANE] != lane:
            environ[MOVED], environ[MOVED_TO] = query, lane
            start("503 MOVED", [])
            return [b""]
        if lane == FILE_LANE:
            assert release.wait(60)
        start("200 OK", [])
        return [b"made"]

    async def ask_all() -> None:
        front = Front(wsgi, body_seconds=60, most_body_bytes=1000)
        files = [Protocol([b"body"]) for _ in range(MOST_FILES_OF_ADDRESS + 1)]
        tasks = [
            asyncio.create_task(front.__rsgi__(heavy_scope(f"file{number}"), one))
            for number, one in enumerate(files)
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        drawn = Protocol([b"body"])
        await front.__rsgi__(heavy_scope("map"), drawn)
        assert drawn.status == 200
        assert sorted(one.status for one in files) == [0] * MOST_FILES_OF_ADDRESS + [429]
        release.set()
        await asyncio.gather(*tasks)
        assert sorted(one.status for one in files) == [200] * MOST_FILES_OF_ADDRESS + [429]

    loops.run(ask_all())
    assert len(told) == 1
    assert LEAST_RETRY_SECONDS <= told[0] <= MOST_RETRY_SECONDS


def test_when_a_turn_is_free_follows_what_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("geoapp.web.front.lanes.time.monotonic", lambda: now)
    lane = Lane("files", 1)
    while_at_work: list[int] = []

    def work(seconds: float) -> None:
        nonlocal now
        now += seconds
        while_at_work.append(lane.retry_seconds())

    async def do_all() -> None:
        for seconds in (120.0, 1.0, 10_000.0):
            await lane.do(lambda seconds=seconds: work(seconds))

    assert lane.retry_seconds() == LEAST_RETRY_SECONDS
    loops.run(do_all())
    # As long as the first has taken; a fourth of it once it is over; never more than the greatest.
    assert while_at_work == [121, 31, MOST_RETRY_SECONDS]


def test_those_who_ask_for_the_same_share_one_turn() -> None:
    release = threading.Event()
    made: list[str] = []

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        query = environ["QUERY_STRING"]
        if environ[LANE] != HEAVY_LANE:
            if query not in made:
                environ[MOVED] = query
                start("503 MOVED", [])
                return [b""]
        else:
            assert release.wait(60)
            made.append(query)
        start("200 OK", [])
        return [environ["wsgi.input"].read()]

    async def ask_all() -> None:
        front = Front(wsgi, body_seconds=60, most_body_bytes=1000)
        many = [Protocol([b"body"]) for _ in range(3 * MOST_TURNS_OF_ADDRESS)]
        tasks = [asyncio.create_task(front.__rsgi__(heavy_scope("same"), one)) for one in many]
        # All have been moved before the first is made.
        await front.__rsgi__(scope("/quick"), Protocol([]))
        release.set()
        await asyncio.gather(*tasks)
        assert made.count("same") == 1
        assert {(one.status, one.sent[0]) for one in many} == {(200, b"body")}

    made.append("a=%E4%BD%A0")  # what the quick one asks
    loops.run(ask_all())


def test_turns_have_a_limit_for_each_address_and_for_all() -> None:
    turns = Turns(most=3, most_of_address=2)
    assert [turns.take("a") for _ in range(3)] == [None, None, Refused.CROWDING]
    assert [turns.take(one) for one in "bc"] == [None, Refused.BUSY]
    turns.give_back("a")
    assert turns.take("c") is None

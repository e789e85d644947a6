"""The service among senders that stall and requests that are cut: over real connections."""

import http.client
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.web.test_service_process import (
    environment,
    free_port,
    get,
    serve,
    started,
    with_store,
)

__all__ = ["environment", "started", "with_store"]

STALLED = 500
HOST = b"Host: 127.0.0.1\r\n"
NEAREST = "/api/v1/nearest?lon=120&lat=36"


@pytest.fixture
def port(
    with_store: dict[str, str],
    started: list[subprocess.Popen[str]],
) -> Iterator[int]:
    chosen = free_port()
    limits = {
        "GEOAPP_HEADER_SECONDS": "3",
        "GEOAPP_BODY_SECONDS": "3",
        "GEOAPP_UPLOAD_LIMIT_MB": "1",
    }
    serve({**with_store, **limits}, started, chosen)
    yield chosen


def connect(port: int, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=120)
    connection.sendall(sent)
    return connection


def to_the_end(connection: socket.socket) -> bytes:
    """What comes until the service closes the connection."""
    parts = []
    with connection:
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def post(more: bytes) -> bytes:
    return b"POST /api/v1/facilities HTTP/1.1\r\n" + HOST + more


def test_stalled_senders_hold_nobody_up_and_are_let_go(port: int) -> None:
    with ExitStack() as open_connections:
        stalled = [
            open_connections.enter_context(connect(port, post(b"Content-Length: 100\r\n\r\nx")))
            for _ in range(STALLED)
        ]
        assert get(port, "/healthz") == 200
        assert get(port, NEAREST) == 200
        late = connect(port, post(b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"))
        half_a_head = connect(port, b"GET /healthz HT")
        silent = connect(port, b"")
        kept_open = connect(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        for connection in stalled:
            assert to_the_end(connection).startswith(b"HTTP/1.1 408 ")
    too_slow = to_the_end(late)
    assert too_slow.startswith(b"HTTP/1.1 408 ")
    assert "没有在规定时间内到达".encode() in too_slow
    # Where nothing whole was asked, there is nothing to answer.
    assert to_the_end(half_a_head) == b""
    assert to_the_end(silent) == b""
    assert to_the_end(kept_open).endswith(b"}")

    # A body without end is too large when it has passed the limit.
    endless = connect(port, post(b"Transfer-Encoding: chunked\r\n\r\n"))
    with pytest.raises(OSError), endless:  # reset or closed, as it comes
        while True:
            endless.sendall(b"10000\r\n" + bytes(0x10000) + b"\r\n")
    # One that says so is not asked for.
    large = post(b"Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n")
    assert to_the_end(connect(port, large)).startswith(b"HTTP/1.1 413 ")
    small = post(b"Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
    waiting = connect(port, small)
    assert waiting.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    waiting.sendall(b"{}")
    assert to_the_end(waiting).startswith(b"HTTP/1.1 401 ")

    ask = b"GET /healthz HTTP/1.1\r\n" + HOST
    both = to_the_end(connect(port, ask + b"\r\n" + ask + b"Connection: close\r\n\r\n"))
    assert both.count(b"HTTP/1.1 200 OK") == 2
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in ("/healthz", "/static/js/lib/map.js"):
        asking.request("GET", path)
        answer = asking.getresponse()
        body = answer.read()
        asking.request("HEAD", path)
        head = asking.getresponse()
        assert (head.status, head.read()) == (answer.status, b"")
        assert int(head.headers["Content-Length"]) == len(body)
    asking.close()

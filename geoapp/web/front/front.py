"""The front of a web process: senders and readers wait on its loop, the application's work in threads.

Whoever is slow to send or to read, on a bad line or on purpose, costs a connection and a little
memory and no thread. A request goes to a thread once it is whole; an answer leaves it as soon as the
thread has made it, and a stream is taken from the application a piece at a time, as the reader
takes it.

What takes long has a thread of its own: the application says so when it has begun with a request and
finds that it is heavy, and the request begins anew there, or is refused where too many wait. Those
who ask for the same wait for one making of it.
"""

import asyncio
import contextvars
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from geoapp.web.front.bodies import Bodies, Body, SenderLeftError
from geoapp.web.front.environ import (
    FILE_LANE,
    HEAVY_LANE,
    LANE,
    MOVED,
    MOVED_TO,
    REFUSED,
    RETRY_SECONDS,
    TILE_LANE,
    WORK_LANE,
    Refused,
    wsgi_environ,
)
from geoapp.web.front.lanes import Lane, Turns

WORK_THREADS: Final = 4
# Asked by whoever watches the service; answered however much work there is.
_HEALTH: Final = ("/healthz", "/readyz", "/metrics")
_WITHOUT_BODY: Final = ("GET", "HEAD", "OPTIONS")
PIECE_BYTES: Final = 256 * 1024
# A screen full of tiles of several layers comes at once, and many people may sit behind one address.
MOST_TILES: Final = 512
MOST_TILES_OF_ADDRESS: Final = 256
# Each may take minutes, and who waits longer than a few of them take has left.
MOST_FILES: Final = 6
MOST_FILES_OF_ADDRESS: Final = 3

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]


@dataclass(slots=True)
class _Answer:
    """What the application answers: the beginning, and what is still to come if it is long."""

    status: int
    headers: Headers
    begun: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], None]


class Front:
    """An RSGI application around a WSGI application.

    Parameters
    ----------
    wsgi
        The application.
    body_seconds
        How long a sender may take over a body; a large one may take longer if it comes steadily.
    most_body_bytes
        The greatest body.
    """

    def __init__(self, wsgi: Wsgi, *, body_seconds: float, most_body_bytes: int) -> None:
        self._wsgi: Final = wsgi
        self._bodies: Final = Bodies(seconds=body_seconds, most_bytes=most_body_bytes)
        self._work: Final = Lane("work", WORK_THREADS)
        self._health: Final = Lane("health", 1)
        self._apart: Final = {
            # One: two would take turns in the interpreter with each other and with the quick ones.
            HEAVY_LANE: (Lane("heavy", 1), Turns()),
            # Two: the database makes them, while the threads wait.
            TILE_LANE: (
                Lane("tiles", 2),
                Turns(most=MOST_TILES, most_of_address=MOST_TILES_OF_ADDRESS),
            ),
            # One: each holds much memory.
            FILE_LANE: (
                Lane("files", 1),
                Turns(most=MOST_FILES, most_of_address=MOST_FILES_OF_ADDRESS),
            ),
        }
        # What is being made apart, by its tag: whoever asks for the same waits for it.
        self._making: Final[dict[str, asyncio.Event]] = {}

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer a request."""
        environ = wsgi_environ(scope)
        try:
            body = await self._body(environ, protocol)
        except SenderLeftError:
            return
        try:
            await self._answer(environ, protocol, body)
        finally:
            if body is not None:
                body.close()

    async def _body(self, environ: dict[str, Any], protocol: Any) -> Body | None:
        """Take the body in, if there is one; where it is refused, the application says so."""
        environ["wsgi.input"] = io.BytesIO()
        declared = environ.get("CONTENT_LENGTH")
        if environ["REQUEST_METHOD"] in _WITHOUT_BODY or (
            declared in (None, "0") and "HTTP_TRANSFER_ENCODING" not in environ
        ):
            return None
        taken = await self._bodies.take_in(protocol, None if declared is None else int(declared))
        if isinstance(taken, Refused):
            environ[REFUSED] = taken
            # Its length would speak of a body that is not there.
            environ.pop("CONTENT_LENGTH", None)
            return None
        environ["wsgi.input"] = taken.file
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["CONTENT_LENGTH"] = str(taken.size)
        return taken

    async def _answer(self, environ: dict[str, Any], protocol: Any, body: Body | None) -> None:
        lane = self._health if environ["PATH_INFO"] in _HEALTH else self._work
        context, answer = await self._made(lane, environ, body)
        if REFUSED in environ:
            # What is still to come of the body would be read as the next request.
            answer.headers.append(("connection", "close"))
        if answer.rest is None:
            protocol.response_bytes(answer.status, answer.headers, answer.begun)
            return
        try:
            stream = protocol.response_stream(answer.status, answer.headers)
            piece = answer.begun
            while piece:
                await stream.send_bytes(piece)
                piece = await lane.do(partial(context.run, _piece, answer.rest))
        finally:
            await lane.do(partial(context.run, answer.close))

    async def _made(
        self, lane: Lane, environ: dict[str, Any], body: Body | None
    ) -> tuple[contextvars.Context, "_Answer"]:
        """Let the application answer; where it finds that this is heavy work, apart or not at all."""
        while True:
            asked = {**environ, LANE: WORK_LANE}
            context, answer = await _do(lane, self._wsgi, asked)
            if answer is not None:
                return context, answer
            if body is not None:
                body.file.seek(0)
            making = self._making.get(asked[MOVED])
            if making is None:
                break
            # Somebody else's turn makes the same. It is kept then, or is made after all.
            await making.wait()
        # As the application knows it, behind whatever proxies it trusts.
        address = asked.get("REMOTE_ADDR") or ""
        name = asked.get(MOVED_TO, HEAVY_LANE)
        apart, turns = self._apart[name]
        refused = turns.take(address)
        if refused is not None:
            asked = {**environ, REFUSED: refused, RETRY_SECONDS: apart.retry_seconds()}
            context, answer = await _do(lane, self._wsgi, asked)
        else:
            made = self._making[asked[MOVED]] = asyncio.Event()
            try:
                context, answer = await _do(apart, self._wsgi, {**environ, LANE: name})
            finally:
                del self._making[asked[MOVED]]
                made.set()
                turns.give_back(address)
        if answer is None:
            raise RuntimeError(f"{environ['PATH_INFO']} was moved twice")
        return context, answer


async def _do(
    lane: Lane, wsgi: Wsgi, environ: dict[str, Any]
) -> tuple[contextvars.Context, "_Answer | None"]:
    # One for the whole request, since a long answer may be made in several threads.
    context = contextvars.Context()
    return context, await lane.do(partial(context.run, _begin, wsgi, environ))


def _begin(wsgi: Wsgi, environ: dict[str, Any]) -> _Answer | None:
    """Let the application answer, up to the first piece; None if it finds that it is heavy work.

    Runs in a thread.
    """
    started: dict[str, Any] = {}

    def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:  # noqa: ARG001
        started["status"], started["headers"] = int(status.split(" ", 1)[0]), list(headers)

    parts = wsgi(environ, start_response)
    close = getattr(parts, "close", _nothing)
    rest = iter(parts)
    try:
        begun = _piece(rest)
    except BaseException:
        close()
        raise
    if MOVED in environ:
        close()
        return None
    if len(begun) < PIECE_BYTES:  # that was all
        close()
        return _Answer(started["status"], started["headers"], begun, None, _nothing)
    return _Answer(started["status"], started["headers"], begun, rest, close)


def _piece(rest: Iterator[bytes]) -> bytes:
    """Return what comes next of a long answer, at least `PIECE_BYTES` until it ends."""
    parts, size = [], 0
    for part in rest:
        parts.append(part)
        size += len(part)
        if size >= PIECE_BYTES:
            break
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _nothing() -> None:
    """Close what needs no closing."""

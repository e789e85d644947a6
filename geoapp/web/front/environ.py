"""A request of the server (RSGI) in the words of the application (WSGI, PEP 3333)."""

import sys
from enum import StrEnum
from typing import Any, Final

# What the front and the application say to each other beside the request: why it is refused, in which
# lane it is done, and that it has to be done in another; the last by that lane and a tag that is the
# same for requests with the same answer. Of a refusal for want of a turn, after how many seconds one is free.
REFUSED: Final = "geoapp.refused"
RETRY_SECONDS: Final = "geoapp.retry_seconds"
LANE: Final = "geoapp.lane"
MOVED: Final = "geoapp.moved"
MOVED_TO: Final = "geoapp.moved_to"
WORK_LANE: Final = "work"
HEAVY_LANE: Final = "heavy"
# What comes in dozens, each of which is made soon.
TILE_LANE: Final = "tiles"
# All of a register as one file: a large one takes minutes, and maps do not wait behind it.
FILE_LANE: Final = "files"
# A request that comes in one of these has been asked among the quick ones before.
APART: Final = frozenset({HEAVY_LANE, TILE_LANE, FILE_LANE})


class Refused(StrEnum):
    """Why a request is not done; the application says so to whoever sent it."""

    SLOW = "slow"
    LARGE = "large"
    NO_ROOM = "no_room"
    BUSY = "busy"
    CROWDING = "crowding"


_BASE: Final[dict[str, Any]] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.version": (1, 0),
    # The body is whole and ends where it ends, whatever was said of its length.
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def _bytes_as_characters(text: str) -> str:
    """Return the text of UTF-8 bytes with each byte as a character, as WSGI has it."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def wsgi_environ(scope: Any) -> dict[str, Any]:
    """Return the request's environment, without its body."""
    server, _, port = scope.server.rpartition(":")
    environ = {
        **_BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _bytes_as_characters(scope.path),
        # Whoever writes an address by hand may leave 喵 as it is.
        "QUERY_STRING": _bytes_as_characters(scope.query_string),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH", "HOST"):
            environ[key if key != "HOST" else "HTTP_HOST"] = value
            continue
        key = f"HTTP_{key}"
        before = environ.get(key)
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = value if before is None else f"{before}{between}{value}"
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ

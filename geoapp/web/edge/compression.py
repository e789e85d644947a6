"""Answers leave as small as the asker can read them: brotli, else gzip.

What stays the same is made small once: a file of this release, and an answer that is kept (see
`heavy`). Everything else is made small as it goes out, a stream too.
"""

import threading
from typing import Final

from cachetools import LRUCache
from flask import Flask, Response, g, request
from flask_compress import Compress

MOST_KEPT_BYTES: Final = 32 * 1024 * 1024
# What fits into one packet with its headers arrives no sooner for being smaller.
LEAST_BYTES: Final = 1200
_ENCODINGS: Final = ("br", "gzip")
MADE_SMALL: Final = (
    "application/atom+xml",
    "application/geo+json",
    "application/geo+json-seq",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "application/problem+json",
    "application/vnd.mapbox-vector-tile",
    "application/vnd.google-earth.kml+xml",
    "application/xml",
    "image/svg+xml",
    "text/calendar",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
    "text/xml",
)


class _KeptSmall:
    """What was made small, by what it was made of; an answer without such a mark is not kept."""

    def __init__(self) -> None:
        self._kept: Final[LRUCache[str, bytes]] = LRUCache(MOST_KEPT_BYTES, len)
        self._lock: Final = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Return the bytes, if they are there."""
        with self._lock:
            return self._kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Keep the bytes, unless nothing tells them from others, or they are too many."""
        if not key.endswith(";") and len(value) <= MOST_KEPT_BYTES // 2:
            with self._lock:
                self._kept[key] = value


def _mark(_request: object) -> str:
    """Return what tells an answer's bytes from all others, or nothing."""
    return str(g.get("small_mark") or g.get("kept_tag") or "")


def init_compression(app: Flask) -> None:
    """Make what leaves small. To be set up before all else that changes answers, as it comes last."""
    app.config.update(
        COMPRESS_ALGORITHM=list(_ENCODINGS),
        COMPRESS_ALGORITHM_STREAMING=list(_ENCODINGS),
        COMPRESS_MIMETYPES=list(MADE_SMALL),
        COMPRESS_MIN_SIZE=LEAST_BYTES,
        COMPRESS_BR_LEVEL=5,
        COMPRESS_CACHE_BACKEND=_KeptSmall,
        COMPRESS_CACHE_KEY=_mark,
        COMPRESS_REGISTER=False,
    )
    compress = Compress(app)

    @app.after_request
    def make_small(response: Response) -> Response:
        # A page that holds the token of a form, and may repeat what was asked, is sent as it is: from
        # how small such a page becomes, the token can be guessed letter by letter (BREACH).
        if (
            response.status_code != 200
            or request.method == "HEAD"
            or "csrf_token" in g
            # The library takes "br;q=0" for a wish, where it is a refusal.
            or not any(request.accept_encodings[one] > 0 for one in _ENCODINGS)
            # A file on its way to the asker: what stands in front may send it without reading it.
            or response.direct_passthrough
        ):
            return response
        return compress.after_request(response)

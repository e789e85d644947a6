"""Answers that take long to make: kept while they are true, and made apart from the quick ones.

An answer is kept for everything that it depends on: the data's versions, the day, the address with
its query, the language and the role of who asks. Whoever has it already is told so (304). What must
be made anew is made where the front lets heavy work be done, so that quick answers do not wait for
it, and once for all who ask for it at the same time.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import blake2b
from typing import Final, ParamSpec
from uuid import uuid4

from cachetools import LRUCache
from flask import Flask, Response, abort, current_app, g, request
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as BaseResponse

from geoapp import __version__
from geoapp.maps.registry import registry
from geoapp.operations.moment import data_moment, today
from geoapp.web.edge.access import current_role
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.edge.text_size import is_large
from geoapp.web.front.environ import FILE_LANE, HEAVY_LANE, LANE, MOVED, MOVED_TO, WORK_LANE

P = ParamSpec("P")
View = Callable[P, Response]

MOST_KEPT_BYTES: Final = 64 * 1024 * 1024
_SECRETS: Final = {
    "database_url",
    "database_read_url",
    "secret_key",
    "monitor_token",
    "oidc_client_secret",
}


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was made, before anything of the asker was added."""

    body: bytes
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """How much it takes up, in bytes."""
        return len(self.body) + 1000


class KeptAnswers:
    """Answers by what they depend on; those not asked for longest make room. For all threads.

    Parameters
    ----------
    most_bytes
        How much they may hold together; an answer of more than half of it is not kept.
    """

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most_bytes: Final = most_bytes
        self._kept: Final[LRUCache[str, KeptAnswer]] = LRUCache(most_bytes, lambda one: one.size)
        self._lock: Final = threading.Lock()

    @property
    def size(self) -> float:
        """How much they hold together, in bytes."""
        return self._kept.currsize

    def get(self, tag: str) -> KeptAnswer | None:
        """Return an answer, if it is there."""
        with self._lock:
            return self._kept.get(tag)

    def put(self, tag: str, kept: KeptAnswer) -> None:
        """Keep an answer, unless it is too large to be kept."""
        if kept.size <= self._most_bytes // 2:
            with self._lock:
                self._kept[tag] = kept


def take_turn(lane: str = HEAVY_LANE) -> None:
    """Begin heavy work: go on only in the lane for it.

    To be called before anything that takes long, and after whatever may make it needless. Where the
    request came in among the quick ones, this does not return: the front asks anew in the lane for
    heavy work, or answers 429 or 503 with when to come back. So nothing may be changed before.
    """
    if request.environ.get(LANE) == WORK_LANE:
        request.environ[MOVED_TO] = lane
        # What is not kept is made for each who asks.
        request.environ[MOVED] = g.get("kept_tag") or uuid4().hex
        abort(BaseResponse(status=503))  # never sent


def heavy(view: View[P]) -> View[P]:
    """Let a view be done in the lane for heavy work; nothing of its answer is kept."""
    return _apart(view, HEAVY_LANE)


def whole_file(view: View[P]) -> View[P]:
    """Let a view that answers much of the register as a file be done in the lane for files."""
    return _apart(view, FILE_LANE)


def _apart(view: View[P], lane: str) -> View[P]:
    @wraps(view)
    def apart(*args: P.args, **named: P.kwargs) -> Response:
        take_turn(lane)
        return view(*args, **named)

    return apart


def kept(
    moment: Callable[[], str] | None = None,
    *,
    at_once: bool = True,
    lane: str = HEAVY_LANE,
    is_made_soon: Callable[..., bool] | None = None,
) -> Callable[[View[P]], View[P]]:
    """Keep a view's answers, which must be the same for everybody of one role and one language.

    Parameters
    ----------
    moment
        What the answers depend on beside the request: a text that changes when they may change;
        all of the data's versions if not given.
    at_once
        Whether all of the view is heavy; else it calls `take_turn` itself, where what takes long
        begins.
    lane
        Where what is not kept is made.
    is_made_soon
        Tells of a request, by the view's arguments, whether it is made among the quick ones all the same.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def keeping(*args: P.args, **named: P.kwargs) -> Response:
            # Before the answer is made: what comes between makes it newer than it claims, never older.
            tag = g.kept_tag = _tag(_data() if moment is None else moment())
            answers: KeptAnswers = current_app.extensions["kept_answers"]
            found = answers.get(tag)
            if found is not None:
                return _reply(Response(found.body, headers=Headers(list(found.headers))), tag)
            if at_once:
                if request.if_none_match.contains_weak(tag):
                    return _reply(Response(), tag)
                if is_made_soon is None or not is_made_soon(*args, **named):
                    take_turn(lane)
            made = view(*args, **named)
            if made.status_code == 200 and not made.is_streamed and not made.cache_control.no_store:
                made.headers.setdefault("ETag", f'W/"{tag}"')
                answers.put(tag, KeptAnswer(made.get_data(), tuple(made.headers.items())))
            return _reply(made, tag)

        return keeping

    return decorate


def _data() -> str:
    parts = services()
    return data_moment(parts.database, parts.settings)


def _tag(moment: str) -> str:
    # Of the role and not of the person: what one of a role may see all may see. Of the settings and
    # the layers' files too, since browsers keep answers when the service starts anew with others.
    settings = services().settings
    role = current_role()
    parts = (
        __version__,
        settings.model_dump_json(exclude=_SECRETS),
        services().life.now(),
        moment,
        today(settings).isoformat(),
        request.url,
        language(),
        str(is_large()),
        str(role),
        *(layer.source_hash for layer in registry().visible_to(role)),
    )
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _reply(response: Response, tag: str) -> Response:
    """Mark an answer with its tag; 304 where the asker has it."""
    if response.status_code not in (200, 304):
        return response
    response.headers.setdefault("ETag", f'W/"{tag}"')
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Authorization", "Cookie", "Accept-Language"))
    response.make_conditional(request)
    if response.status_code == 304:
        # The policy of the page that the asker has stands: it names that page's own script.
        response.headers.pop("Content-Security-Policy", None)
    return response


def init_heavy(app: Flask) -> None:
    """Set up what this process keeps."""
    app.extensions["kept_answers"] = KeptAnswers()

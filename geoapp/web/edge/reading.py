"""From where a request is answered: public reading from the replica, unless who asks has just written.

Whoever is signed in on pages reads the primary: they follow runs and each other's edits from page to
page, and are few. Programs and everybody else read the replica, and after a change of their own only
once it holds that: pages are told by a cookie of a minute, programs by a header that they send back.
"""

from typing import Final

from flask import Flask, Response, current_app, request
from flask_login import current_user
from itsdangerous import BadSignature, TimestampSigner
from prometheus_client import Counter
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import ReplicaLostError, UnavailableError
from geoapp.core.reading import Reading, declare_reading, reading
from geoapp.web.edge import credentials
from geoapp.web.edge.access import required_permission
from geoapp.web.edge.problems import on_geoapp_error
from geoapp.web.edge.services import services

HEADER: Final = "Geoapp-Seen"
COOKIE: Final = "geoapp_seen"
# A replica that is further behind than the limit is not asked at all, so that this is more than enough.
KEPT_SECONDS: Final = 60
_READING: Final = ("GET", "HEAD")

READINGS = Counter(
    "geoapp_public_readings_total",
    "Requests that the replica might answer, by who answered",
    ["source"],
)


def _signer() -> TimestampSigner:
    key = current_app.secret_key
    if not key:
        raise RuntimeError("no key to sign with")
    return TimestampSigner(key, salt="geoapp-seen")


def _mark() -> int:
    """Return the position that who asks has written up to; 0 for none, or one that we did not sign."""
    sent = request.headers.get(HEADER) or request.cookies.get(COOKIE)
    if not sent:
        return 0
    try:
        return int(_signer().unsign(sent, max_age=KEPT_SECONDS))
    except (BadSignature, ValueError):
        return 0


def _begin() -> None:
    declare_reading(None)  # what the thread did before is over, however it ended
    if services().database.replica is None or request.method not in _READING:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or required_permission(view) is not None:
        return
    if current_user.is_authenticated and not credentials.are_given():
        return
    mark = _mark()
    declare_reading(Reading(mark, floor=mark))


def _end(_error: BaseException | None) -> None:
    what = reading()
    if what is not None and (what.from_primary or what.from_replica):
        READINGS.labels("primary" if what.from_primary else "replica").inc()
    declare_reading(None)


def _tell(response: Response) -> Response:
    """Give who has changed something the position that what they read next must hold."""
    database = services().database
    if database.replica is None or request.method in (*_READING, "OPTIONS"):
        return response
    try:
        signed = _signer().sign(str(database.position())).decode()
    except UnavailableError:
        return response  # nothing was changed then
    response.headers[HEADER] = signed
    if not credentials.are_given():
        response.set_cookie(
            COOKIE,
            signed,
            max_age=KEPT_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=services().settings.secure_cookies,
            path=request.script_root or "/",
        )
    return response


def _from_primary(error: ReplicaLostError) -> BaseResponse:
    """Answer the same question once more, from the primary."""
    what = reading()
    if what is None:
        return on_geoapp_error(error)
    what.from_primary = True
    try:
        return current_app.make_response(current_app.dispatch_request())
    except Exception as again:
        return current_app.make_response(current_app.handle_user_exception(again))


def init_reading(app: Flask) -> None:
    """Choose for each request; to be set up after access, which knows who asks."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)
    app.register_error_handler(ReplicaLostError, _from_primary)

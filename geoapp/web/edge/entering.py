"""Beginning a session in a browser, whichever way somebody has shown who they are."""

import time

from flask import redirect, request, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from geoapp.core.sign_ins import Outcome, Way
from geoapp.operations.upkeep.second_factor import entering_user, password_mark
from geoapp.operations.upkeep.sessions import open_session
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.web.edge.attempts import note
from geoapp.web.edge.device import device_of
from geoapp.web.edge.services import services

BY_PROVIDER = "by_provider"  # when the provider vouched for who is signed in here
_PENDING = "second_step"
_SECONDS_FOR_CODE = 600


def enter_as(user: SignedInUser, way: Way) -> None:
    """Begin a session on this device."""
    parts = services()
    session.pop(_PENDING, None)
    device = device_of(request.user_agent.string)
    login_user(open_session(parts.database, user, device=device, days=parts.settings.session_days))
    note(way, Outcome.IN, user.name)


def admit(user: SignedInUser, way: Way, wanted: str) -> Response:
    """Go on for somebody whose password fits: to the code that is asked for, or in.

    The signed cookie says meanwhile whose password it was; it opens nothing but the next step.
    """
    if user.second_factor:
        session[_PENDING] = {
            "user": user.id,
            "mark": password_mark(services().database, user.id),
            "until": time.time() + _SECONDS_FOR_CODE,
            "next": wanted,
        }
        note(way, Outcome.HALF, user.name)
        return redirect(url_for("sign_in.ask_code"))
    enter_as(user, way)
    return redirect(wanted)


def half_entered() -> tuple[SignedInUser, str] | None:
    """Return whose password fitted within the last ten minutes, and where they want to go."""
    pending = session.get(_PENDING)
    if not isinstance(pending, dict) or time.time() > pending["until"]:
        return None
    user = entering_user(services().database, pending["user"], pending["mark"])
    return None if user is None else (user, pending["next"])

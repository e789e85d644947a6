"""Beginning a session in a browser, whichever way somebody has shown who they are."""

from flask import request
from flask_login import login_user

from geoapp.operations.upkeep.sessions import open_session
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.web.edge.device import device_of
from geoapp.web.edge.services import services


def enter_as(user: SignedInUser) -> None:
    """Begin a session on this device."""
    parts = services()
    device = device_of(request.user_agent.string)
    login_user(open_session(parts.database, user, device=device, days=parts.settings.session_days))

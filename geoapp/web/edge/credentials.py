"""How a program shows with each question whose it is: HTTP Basic, or an API key as Bearer or by Basic.

Neither is ever taken from an address, where it would stand in logs and histories.
"""

from dataclasses import dataclass
from typing import Final

from flask import current_app, request

from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.sign_ins import Outcome, Way
from geoapp.operations.moment import today
from geoapp.operations.upkeep.api_keys import check_key, looks_like_key
from geoapp.operations.upkeep.users import SignedInUser, authenticate
from geoapp.web.edge.attempts import count_failure, note, note_program, refuse_after_failures
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.front.environ import APART, LANE

API: Final = "/api/"
# Where programs ask; pages know cookies alone.
_FOR_PROGRAMS = (API, "/ogc/", "/layers/", "/maps/")
# One look at a map asks for dozens.
_TILES = ("ogc.tile",)
_WRONG = Text("用户名或密码不对。", "Wrong name or password.")
_WRONG_KEY = Text(
    "密钥不对、已过期或已吊销。请在“我的账号”里另建一个。",
    "The key is wrong, has run out or was revoked. Make another one on “My account”.",
)
_WANTS_CODE = Text(
    "这个账号开启了两步验证，不能只凭密码使用 API。请在“我的账号”里建一个密钥。",
    "This account has a second factor: its password alone does not open the API. "
    "Make a key on “My account”.",
)
_TOO_FAST = Text(
    "这个密钥的请求太频繁，请稍后再试。", "Too many requests with this key. Try again later."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why credentials let nobody in."""

    status: int
    text: Text
    retry_after_seconds: int = 0


def are_given() -> bool:
    """Tell whether a program gives credentials with its question, where they count."""
    given = request.authorization
    return (
        given is not None
        and given.type in ("basic", "bearer")
        and request.path.startswith(_FOR_PROGRAMS)
    )


def identify() -> SignedInUser | Refusal:
    """Return whose credentials these are, or why they let nobody in."""
    given = request.authorization
    if given is not None and given.type == "bearer":
        return _by_key(given.token or "")
    password = (given.password if given else "") or ""
    # Programs that know Basic alone, such as QGIS 3.22, bring a key in the password's place.
    if looks_like_key(password):
        return _by_key(password)
    name = without_nul((given.username if given else "") or "")
    refuse_after_failures(name, Way.BASIC)
    user = authenticate(services().database, name, password)
    if user is None:
        count_failure(name, Way.BASIC)
        return Refusal(401, _WRONG)
    if user.second_factor:
        note(Way.BASIC, Outcome.HALF, user.name)
        return Refusal(401, _WANTS_CODE)
    note_program(Way.BASIC, user.name)
    return user


def _by_key(token: str) -> SignedInUser | Refusal:
    # Wrong keys are not counted: nobody guesses one, and a program whose key has run out would shut
    # out everybody else at its address.
    parts = services()
    checked = check_key(
        parts.database,
        token,
        day=today(parts.settings),
        per_minute=_pace(parts.settings),
        # The front asks again in the lanes for what takes long; that is the same request.
        counted=request.environ.get(LANE) not in APART,
    )
    if checked.user is None:
        note(Way.KEY, Outcome.WRONG, None)
        return Refusal(401, _WRONG_KEY)
    if checked.wait_seconds:
        return Refusal(429, _TOO_FAST, checked.wait_seconds)
    if checked.user.key is not None:
        note_program(Way.KEY, checked.user.name, checked.user.key.name)
    return checked.user


def _pace(settings: Settings) -> int:
    """Return how many requests such as the present one are answered within a minute."""
    if request.endpoint in _TILES:
        return max(settings.key_tiles_per_minute, settings.key_requests_per_minute)
    return settings.key_requests_per_minute


def challenges() -> list[str]:
    """Return what an answer 401 asks for (WWW-Authenticate), one for each way.

    A browser would meet "Basic" with a window of its own, where our pages lead to the form.
    """
    asked = ['Bearer realm="geoapp"']
    cookie = str(current_app.config["SESSION_COOKIE_NAME"])
    is_browser = "Sec-Fetch-Mode" in request.headers or cookie in request.cookies
    if is_browser or not request.path.startswith(_FOR_PROGRAMS):
        return ['Session realm="geoapp"', *asked]
    return ['Basic realm="geoapp", charset="UTF-8"', *asked]

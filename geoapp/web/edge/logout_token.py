"""What a provider sends by itself when somebody signed out there (OpenID Connect Back-Channel Logout 1.0).

The token is signed by the provider's published keys. It is held against what is expected before
anything is asked of the provider, so that nobody else can make us ask.
"""

import base64
import binascii
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeGuard

import orjson

from geoapp.web.edge.provider import Provider, asking

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
MOST_CHARACTERS: Final = 16_384
_LATE_SECONDS: Final = 300
_LEEWAY_SECONDS: Final = 60
_KEYS_EVERY_SECONDS: Final = 60.0
_TYPES: Final = (None, "jwt", "logout+jwt")


class WrongLogoutTokenError(ValueError):
    """A token does not say, by the provider's word, who signed out there; a program is told why."""


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Who signed out at the provider, by its number for a person, and until when sessions end.

    A session that began later is one that somebody has come to anew.
    """

    subject: str
    until: datetime


class _Keys:
    """When keys were fetched anew last: a key that is not known makes us ask once a minute at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = float("-inf")

    def may_ask(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now - self._at < _KEYS_EVERY_SECONDS:
                return False
            self._at = now
            return True


_keys = _Keys()


def signed_out(provider: Provider, token: str) -> SignedOut:
    """Return who signed out, as a token says that the provider signed.

    Raises
    ------
    WrongLogoutTokenError
        If the token is none, is not the provider's or not for us, is late, or names nobody.
    UnavailableError
        If the provider's keys are needed and it does not answer.
    """
    if len(token) > MOST_CHARACTERS or token.count(".") != 2:
        raise WrongLogoutTokenError("no signed token")
    head, claims = (_unchecked(part) for part in token.split(".")[:2])
    if head.get("typ") is not None and str(head["typ"]).lower() not in _TYPES:
        raise WrongLogoutTokenError("another kind of token")
    _expected(provider, claims)
    return _expected(provider, _signed_claims(provider, token))


def _expected(provider: Provider, claims: dict[str, Any]) -> SignedOut:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != provider.issuer or provider.client.client_id not in audiences:
        raise WrongLogoutTokenError("not from the provider, or not for this service")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise WrongLogoutTokenError("no event of signing out")
    if "nonce" in claims:  # one that was given to sign in does not sign out
        raise WrongLogoutTokenError("a token to sign in")
    subject, number = claims.get("sub"), claims.get("jti")
    if not isinstance(subject, str) or not subject or not isinstance(number, str):
        raise WrongLogoutTokenError("nobody named: sub and jti are needed")
    now, made, ends = time.time(), claims.get("iat"), claims.get("exp")
    if not _is_moment(made) or not now - _LATE_SECONDS <= made <= now + _LEEWAY_SECONDS:
        raise WrongLogoutTokenError("made too long ago, or to come")
    if ends is not None and (not _is_moment(ends) or ends < now - _LEEWAY_SECONDS):
        raise WrongLogoutTokenError("run out")
    until = datetime.fromtimestamp(made, UTC) + timedelta(seconds=_LEEWAY_SECONDS)
    return SignedOut(subject, until)


def _is_moment(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _signed_claims(provider: Provider, token: str) -> dict[str, Any]:
    from joserfc import jwt  # noqa: PLC0415  (an extra)
    from joserfc.errors import InvalidKeyIdError, JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415
    from joserfc.jws import JWSRegistry  # noqa: PLC0415

    def decoded(keys: Any) -> dict[str, Any]:
        key_set = KeySet.import_key_set(keys)
        return dict(jwt.decode(token, key=key_set, registry=registry).claims)

    with asking():
        algorithms = provider.metadata()["id_token_signing_alg_values_supported"]
        keys = provider.client.fetch_jwk_set()
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    try:
        try:
            return decoded(keys)
        except InvalidKeyIdError:
            if not _keys.may_ask():
                raise
            with asking():
                keys = provider.client.fetch_jwk_set(force=True)
            return decoded(keys)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise WrongLogoutTokenError("no signature of the provider") from error


def _unchecked(part: str) -> dict[str, Any]:
    try:
        found = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError) as error:
        raise WrongLogoutTokenError("no signed token") from error
    if not isinstance(found, dict):
        raise WrongLogoutTokenError("no signed token")
    return found

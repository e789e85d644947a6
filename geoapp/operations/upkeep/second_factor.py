"""A second factor at sign-in: six digits from an app on a phone (TOTP, RFC 6238; pyotp).

A code counts once; what was missed or came too early by half a minute counts too. Whoever guesses
waits longer and longer. A phone that is lost is replaced by a recovery code, each used once and
kept as its SHA-256, which is enough for 80 random bits. The app's secret has to be kept as it is.
"""

import base64
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import pyotp

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission, Role, allows
from geoapp.operations.upkeep.users import SignedInUser, signed_in_as, stored_user
from geoapp.store.api_keys import delete_keys
from geoapp.store.engine import Database, Session
from geoapp.store.second_factor import (
    SecondFactor,
    count_recovery_codes,
    delete_factor,
    factor_of,
    put_recovery_codes,
    put_unconfirmed,
    use_recovery_code,
)
from geoapp.store.sessions import delete_sessions
from geoapp.store.users import user_by_number

ISSUER: Final = "geoapp"
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES = 10
_STEP_SECONDS = 30
_FREE_FAILURES = 5
_LONGEST_WAIT = timedelta(hours=1)
_WRITING = (
    Permission.RUN,
    Permission.CARRY_OUT,
    Permission.EDIT,
    Permission.IMPORT,
    Permission.ADMINISTER,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a code; ``wait_seconds`` is how long no further one is looked at."""

    fits: bool
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody has a second factor, since when, and how many recovery codes are left."""

    since: datetime | None
    codes_left: int


def may_write(role: Role) -> bool:
    """Tell whether a role may change or start anything beyond its own account."""
    return any(allows(role, one) for one in _WRITING)


def standing_of(database: Database, user_id: int) -> Standing:
    """Return how it stands with somebody's second factor."""
    with database.session() as session:
        row = factor_of(session, user_id)
        if row is None or row.confirmed_at is None:
            return Standing(None, 0)
        return Standing(row.confirmed_at, count_recovery_codes(session, user_id))


def begin(database: Database, user_id: int) -> str:
    """Make a secret that counts once a code of it is given, and return it.

    Raises
    ------
    ConflictError
        If there is a second factor already.
    """
    secret = pyotp.random_base32()
    with database.session() as session:
        row = factor_of(session, user_id)
        if row is not None and row.confirmed_at is not None:
            raise ConflictError(Text("两步验证已开启。", "The second factor is on already."))
        put_unconfirmed(session, user_id, secret)
    return secret


def begun(database: Database, user_id: int) -> str | None:
    """Return the secret that is still to be confirmed."""
    with database.session() as session:
        row = factor_of(session, user_id)
        return row.secret if row is not None and row.confirmed_at is None else None


def app_address(secret: str, name: str) -> str:
    """Return the address that an app takes a secret from, as a QR code or a link."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def confirm(database: Database, user_id: int, code: str) -> tuple[Checked, list[str]]:
    """Turn the second factor on with a first code, and return the recovery codes."""
    with database.session() as session:
        row = factor_of(session, user_id)
        if row is None or row.confirmed_at is not None:
            return Checked(fits=False), []
        checked = _check(session, row, code)
        if not checked.fits:
            return checked, []
        row.confirmed_at = datetime.now(UTC)
        return checked, _new_codes(session, row)


def check_code(database: Database, user_id: int, code: str) -> Checked:
    """Tell whether a code of the app, or a recovery code, fits; either is used up."""
    with database.session() as session:
        row = factor_of(session, user_id)
        if row is None or row.confirmed_at is None:
            return Checked(fits=False)
        return _check(session, row, code)


def renew_codes(database: Database, user_id: int) -> list[str]:
    """Make recovery codes instead of those there were; for somebody whose code fitted."""
    with database.session() as session:
        row = factor_of(session, user_id)
        return [] if row is None else _new_codes(session, row)


def turn_off(database: Database, user_id: int) -> None:
    """Take the second factor away; for somebody whose code fitted."""
    with database.session() as session:
        delete_factor(session, user_id)


def reset_second_factor(database: Database, name: str) -> None:
    """Take somebody's second factor away, as when phone and recovery codes are lost.

    Every session and key of the user ends, as the phone may be in other hands.

    Raises
    ------
    NotFoundError
        If there is no such user.
    """
    with database.session() as session:
        user = stored_user(session, name)
        delete_factor(session, user.id)
        delete_sessions(session, user.id)
        delete_keys(session, user.id)


def entering_user(database: Database, user_id: int, password_hash: str) -> SignedInUser | None:
    """Return who gave the password a moment ago, unless it or the account has changed since."""
    with database.session() as session:
        user = user_by_number(session, user_id)
        if user is None or not user.active or fingerprint(user.password_hash) != password_hash:
            return None
        return signed_in_as(user)


def password_mark(database: Database, user_id: int) -> str:
    """Return what tells that a user's password is still the same."""
    with database.session() as session:
        user = user_by_number(session, user_id)
        return "" if user is None else fingerprint(user.password_hash)


def fingerprint(password_hash: str) -> str:
    """Return a mark of a stored password that says nothing of it."""
    return sha256(password_hash.encode()).hexdigest()[:32]


def _check(session: Session, row: SecondFactor, code: str) -> Checked:
    now = datetime.now(UTC)
    wait = _wait(row, now)
    if wait > timedelta():
        return Checked(fits=False, wait_seconds=int(wait.total_seconds()) + 1)
    step = _step(row.secret, code, now)
    if step is not None and (row.last_step is None or step > row.last_step):
        row.last_step = step
    elif row.confirmed_at is None or not use_recovery_code(session, row.user_id, _hash(code)):
        row.failed += 1
        row.failed_at = now
        return Checked(fits=False, wait_seconds=int(_wait(row, now).total_seconds()))
    else:
        row.codes_used += 1
    row.failed = 0
    return Checked(fits=True)


def _wait(row: SecondFactor, now: datetime) -> timedelta:
    """Return how long no code is looked at: a minute after five failures, then twice as long."""
    if row.failed < _FREE_FAILURES or row.failed_at is None:
        return timedelta()
    # Kept small before it is a power: failures can be many.
    doubled = 2 ** min(row.failed - _FREE_FAILURES, 6)
    return row.failed_at + min(timedelta(minutes=doubled), _LONGEST_WAIT) - now


def _step(secret: str, code: str, now: datetime) -> int | None:
    """Return of which half minute this is the code: the present one, or one beside it."""
    given = _as_typed(code)
    present = int(now.timestamp()) // _STEP_SECONDS
    made = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(made.at(step * _STEP_SECONDS).encode(), given.encode()):
            return step
    return None


def _new_codes(session: Session, row: SecondFactor) -> list[str]:
    codes = [
        base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
        for _ in range(RECOVERY_CODES)
    ]
    row.codes_made_at = datetime.now(UTC)
    put_recovery_codes(session, row.user_id, [_hash(one) for one in codes])
    return ["-".join(re.findall("....", one)) for one in codes]


def _hash(code: str) -> bytes:
    return sha256(re.sub(r"[^A-Z2-7]", "", _as_typed(code).upper()).encode()).digest()


def _as_typed(code: str) -> str:
    # A Chinese keyboard types digits and letters of full width as well.
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", code))

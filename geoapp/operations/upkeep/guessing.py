"""Slowing down whoever guesses passwords: failures are counted, never successes.

Somebody who guesses is stopped first by the account at the address, so that neither a colleague in
the same office nor the account's owner elsewhere is held up by a few wrong tries. What is counted
names neither: keys are made with the service's secret, and forgotten after a minute.
"""

import hmac
from typing import Final

from geoapp.store.engine import Database
from geoapp.store.sign_in_failures import SECONDS, add_failure, recent_failures

WAIT_SECONDS: Final = SECONDS
_MOST_OF_ACCOUNT_AT_ADDRESS: Final = 10
_MOST_AT_ADDRESS: Final = 30
_MOST_OF_ACCOUNT: Final = 60
_MOST_NAME_CHARACTERS: Final = 100


def is_guessing(database: Database, secret: str, name: str, address: str) -> bool:
    """Tell whether too many attempts failed within a minute.

    That is 10 for this account from this address, 30 from this address or 60 for this account.
    """
    keys, most = _counted(secret, name, address)
    with database.session() as session:
        found = recent_failures(session, keys)
    return any(count >= limit for count, limit in zip(found, most, strict=True))


def count_guess(database: Database, secret: str, name: str, address: str) -> None:
    """Count that signing in to an account has failed from an address."""
    keys, _ = _counted(secret, name, address)
    with database.session() as session:
        add_failure(session, keys)


def _counted(secret: str, name: str, address: str) -> tuple[list[bytes], list[int]]:
    account = name.strip().casefold()[:_MOST_NAME_CHARACTERS]
    counted = {
        f"both\x00{address}\x00{account}": _MOST_OF_ACCOUNT_AT_ADDRESS,
        f"address\x00{address}": _MOST_AT_ADDRESS,
        f"account\x00{account}": _MOST_OF_ACCOUNT,
    }
    keys = [hmac.digest(secret.encode(), one.encode(), "sha256") for one in counted]
    return keys, list(counted.values())

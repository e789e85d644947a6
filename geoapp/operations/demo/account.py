"""The account of the demo: made anew at each start, so that no password is ever written down."""

import secrets
from dataclasses import dataclass

from geoapp.core.roles import Role
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database

NAME = "demo"


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """What a person types to sign in to the demo."""

    name: str
    password: str


def renew_sample_account(database: Database) -> SampleAccount:
    """Give the sample account a fresh random password; its older sessions end."""
    password = secrets.token_urlsafe(12)
    save_user(database, NAME, Role.ADMIN, password, is_sample=True, replace=True)
    return SampleAccount(name=NAME, password=password)

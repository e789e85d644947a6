"""Attempts to sign in: those who guess are slowed down, and administrators see what happened."""

from datetime import datetime
from typing import Final

from flask import current_app, request
from prometheus_client import Counter
from werkzeug.exceptions import TooManyRequests

from geoapp.core.sign_ins import Outcome, Way, network_of
from geoapp.operations.upkeep.guessing import WAIT_SECONDS, count_guess, is_guessing
from geoapp.operations.upkeep.sign_ins import note_sign_in, start_of_today
from geoapp.web.edge.device import device_of
from geoapp.web.edge.services import services

SIGN_INS = Counter("geoapp_sign_ins_total", "Attempts to sign in", ["way", "outcome"])
_MOST_NOTED: Final = 10_000

# What programs were noted with today, so that not each of their questions asks the store.
_noted: set[tuple[datetime, Way, str, str | None, str]] = set()


def refuse_after_failures(name: str, way: Way) -> None:
    """Refuse (429) where too many attempts to sign in have failed, without counting this one.

    Parameters
    ----------
    name
        The account that is asked for, or with ``Way.LINK`` the link.

    Raises
    ------
    TooManyRequests
        After 10 failures within a minute for this account from this address, 30 from this address
        or 60 for this account, whichever processes they came to.
    """
    if is_guessing(services().database, current_app.config["SECRET_KEY"], name, _address()):
        note(way, Outcome.HELD, None if way is Way.LINK else name)
        raise TooManyRequests(retry_after=WAIT_SECONDS)


def count_failure(name: str, way: Way) -> None:
    """Count that signing in to an account has failed, for the account and for the address."""
    count_guess(services().database, current_app.config["SECRET_KEY"], name, _address())
    note(way, Outcome.WRONG, None if way is Way.LINK else name)


def note(way: Way, outcome: Outcome, name: str | None) -> None:
    """Note an attempt; ``name`` is the account that was asked for, None where none is known."""
    SIGN_INS.labels(way, outcome).inc()
    note_sign_in(
        services().database,
        way,
        outcome,
        name=name,
        network=network_of(request.remote_addr),
        device=device_of(request.user_agent.string),
    )


def note_program(way: Way, name: str, key_name: str = "") -> None:
    """Note once a day for each network that a program came in, which shows it with each question."""
    parts = services()
    day, network = start_of_today(parts.settings), network_of(request.remote_addr)
    once = (day, way, name, network, key_name)
    if once in _noted:
        return
    if len(_noted) >= _MOST_NOTED:
        _noted.clear()
    _noted.add(once)
    SIGN_INS.labels(way, Outcome.IN).inc()
    note_sign_in(
        parts.database,
        way,
        Outcome.IN,
        name=name,
        network=network,
        key_name=key_name,
        once_since=day,
    )


def _address() -> str:
    return request.remote_addr or "unknown"

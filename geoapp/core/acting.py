"""Who does what is being done, by which way and why; the store's log takes it from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final


class Via(StrEnum):
    """By which way a change came; ``psql`` = from outside geoapp, straight into the database."""

    WEB = "web"
    API = "api"
    IMPORT = "import"
    CLI = "cli"
    JOB = "job"
    RESTORE = "restore"
    PSQL = "psql"


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts.

    Attributes
    ----------
    actor
        A user's name, or that of the account on the machine; None if nobody signed in.
    reason
        In words: a file's name, or what a person gave.
    undoes
        The change set that is taken back.
    import_id
        What names the file of an import.
    api_key
        The name of the actor's key by which a program came.
    regions
        Codes of the regions that the account is kept to; none = everywhere. The database refuses
        what lies elsewhere.
    """

    via: Via
    actor: str | None = None
    role: str | None = None
    reason: str | None = None
    undoes: int | None = None
    import_id: str | None = None
    api_key: str | None = None
    regions: tuple[str, ...] = ()


_acting: Final[ContextVar[Acting | None]] = ContextVar("geoapp_acting", default=None)


def acting() -> Acting | None:
    """Return who acts now; None if nobody has said so."""
    return _acting.get()


def declare(who: Acting | None) -> None:
    """Say who acts from now on, in this thread: for the edges, which know when they are called."""
    _acting.set(who)


@contextmanager
def act(**changes: Any) -> Iterator[None]:
    """Act with some things said anew (fields of `Acting`), and as before afterwards."""
    token = _acting.set(replace(_acting.get() or Acting(Via.CLI), **changes))
    try:
        yield
    finally:
        _acting.reset(token)

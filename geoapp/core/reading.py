"""What one question may be answered from: the store itself, or a replica that is a little behind."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(slots=True)
class Reading:
    """How far a question's readings have come; they never go back to an earlier state of the store.

    Attributes
    ----------
    mark
        The position in the primary's log that who asks has written up to, 0 for none known.
    floor
        The position that the next reading must hold: the mark, or what was read already.
    from_replica
        Whether a replica answered any of it.
    from_primary
        Whether only the primary may still be read, since it was read once or the replica failed.
    """

    mark: int = 0
    floor: int = 0
    from_replica: bool = False
    from_primary: bool = False


_reading: Final[ContextVar[Reading | None]] = ContextVar("geoapp_reading", default=None)


def reading() -> Reading | None:
    """Return what the present question may be answered from; None where that is the primary alone."""
    return _reading.get()


def declare_reading(what: Reading | None) -> None:
    """Say from now on, in this thread, what may be read: for the edge, which knows who asks."""
    _reading.set(what)


def may_lag() -> bool:
    """Tell whether the present question may be answered as of a moment ago.

    False for whatever reads the primary alone, and for who has just changed something.
    """
    what = _reading.get()
    return what is not None and not what.from_primary and what.mark == 0


def position_of_reading() -> int | None:
    """Return the position that what was read last holds at least; None where that is the primary's."""
    what = _reading.get()
    return None if what is None or what.from_primary else what.floor


def read_at_least(position: int) -> None:
    """Let nothing that answers the present question be older than what was read at a position."""
    what = _reading.get()
    if what is not None:
        what.floor = max(what.floor, position)


def turn_to_primary() -> None:
    """Answer the rest of the present question from the primary."""
    what = _reading.get()
    if what is not None:
        what.from_primary = True


def is_on_replica() -> bool:
    """Tell whether what was read last in this question came from a replica."""
    what = _reading.get()
    return what is not None and what.from_replica and not what.from_primary

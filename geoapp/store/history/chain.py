"""The seals of the log: each sums up a set and all before it, so that tampering shows."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class ChainState:
    """What a check of the log found.

    Attributes
    ----------
    sets
        How many sets are sealed.
    head
        The last seal in hexadecimal; noted elsewhere, it also proves that nobody wrote all anew.
    broken
        The first set that is not as it was sealed, or None.
    ends_early
        Whether the last sets are gone: the seals do not reach the end of the chain.
    """

    sets: int
    head: str
    broken: int | None
    ends_early: bool

    @property
    def sound(self) -> bool:
        """Tell whether the log is as it was written."""
        return self.broken is None and not self.ends_early


_SEALS = text(
    "select n, set_id, digest, hash, geoapp_set_digest(set_id) as found from change_seal order by n"
)
# Sets without a seal and changes without a set; the present transaction's own are not sealed yet.
_LOOSE = text(
    """
    select min(id) from (
        select id from change_set s where not exists (select from change_seal where set_id = s.id)
        union all
        select set_id from change c where not exists (select from change_set where id = c.set_id)
    ) loose
    """
)


def check_chain(session: Session) -> ChainState:
    """Sum the whole log up again and hold it against its seals."""
    end, head = session.execute(text("select n, hash from change_chain")).one()
    last, number = b"", 0
    broken: int | None = None
    for seal in session.execute(_SEALS):
        number += 1
        last = hashlib.sha256(last + bytes(seal.digest)).digest()
        whole = (
            seal.n == number
            and seal.found is not None
            and bytes(seal.found) == bytes(seal.digest)
            and bytes(seal.hash) == last
        )
        if not whole:
            broken = seal.set_id
            break
    loose = session.scalar(_LOOSE)
    if loose is not None and (broken is None or loose < broken):
        broken = loose
    ends_early = broken is None and (number != end or last != bytes(head))
    return ChainState(int(end), bytes(head).hex(), broken, ends_early)


def open_set(session: Session) -> int:
    """Return this transaction's change set, made now if nothing has changed yet."""
    return int(session.execute(text("select geoapp_change_set()")).scalar_one())


def current_set(session: Session) -> int | None:
    """Return this transaction's change set; None if nothing that is logged has changed."""
    number = session.scalar(
        text("select nullif(current_setting('geoapp.change_set', true), '')::bigint")
    )
    return None if number is None else int(number)


def note_kept(session: Session, count: int) -> None:
    """Let this transaction's change set say how much an undo left; before its first change."""
    session.execute(
        text("select set_config('geoapp.kept', :kept, true)"), {"kept": str(count) if count else ""}
    )


def log_length(session: Session) -> int:
    """Return how many change sets were sealed, which rises with every logged change."""
    return int(session.execute(text("select n from change_chain")).scalar_one())

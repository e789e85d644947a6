"""Two people at the same record: what each changed is kept, and what both changed is shown."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed differently since they both read it."""

    field: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What to do with an edit.

    Attributes
    ----------
    changes
        What the edit changes, by field; fields that others set to the very same are left out.
    clashes
        Where somebody else changed the same field to something else meanwhile.
    others
        Fields that others changed meanwhile and this edit does not touch.
    """

    changes: dict[str, str]
    clashes: list[Clash]
    others: list[str]


def merge(base: Mapping[str, str], mine: Mapping[str, str], now: Mapping[str, str]) -> Merge:
    """Compare an edit with what was read before it and with what is stored now.

    Parameters
    ----------
    base
        The fields as they were read.
    mine
        The fields as the edit has them; what it does not have it does not touch.
    now
        The fields as they are stored.
    """
    changes: dict[str, str] = {}
    clashes = []
    for field, value in mine.items():
        stored = now.get(field, "")
        if value == base.get(field, "") or value == stored:
            continue
        changes[field] = value
        if field in base and stored != base[field]:
            clashes.append(Clash(field, stored, value))
    others = [
        field
        for field, stored in now.items()
        if field in base and stored != base[field] and field not in changes
    ]
    return Merge(changes, clashes, others)

"""What taking a change set back came to."""

from dataclasses import dataclass
from enum import StrEnum


class Undone(StrEnum):
    """How far a change set was taken back by undos that stand."""

    NO = "no"
    IN_PART = "in_part"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What was taken back: the new set, and how many rows went, came back and were changed.

    ``kept`` values stay as they are now; ``erased`` rows do not come back, for what they showed was
    erased for good; nor those whose picture or file was added again since and is ``already_there``.
    """

    undone: int
    change_set: int | None
    removed: int
    restored: int
    changed: int
    kept: int
    erased: int
    already_there: int

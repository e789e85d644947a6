"""What a run's tables of regions are compared with: an earlier run, or the facilities of an earlier day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from geoapp.core.i18n import Text
from geoapp.reports.parts import Cell, Column, Form
from geoapp.reports.words import changes


class Then(Protocol):
    """What there was, in columns of its own."""

    @property
    def columns(self) -> Sequence[Column]:
        """The columns that a table gets."""

    @property
    def notes(self) -> Sequence[Text]:
        """What is said below a table."""

    def cells(self, code: str | None, share: float | None) -> list[Cell]:
        """Return a region's cells by the share that it has now; of no code the whole's."""


@dataclass(frozen=True, slots=True)
class RunThen:
    """An earlier run, and the share it covers by code; a region that it has no figures of has no entry."""

    run_id: int
    shares: Mapping[str, float | None]

    @property
    def columns(self) -> Sequence[Column]:
        """The share covered then, and by how much it has grown."""
        return (
            Column(changes.share_then(self.run_id), Form.SHARE),
            Column(changes.CHANGE, Form.POINTS),
        )

    @property
    def notes(self) -> Sequence[Text]:
        """Nothing: the heading says all."""
        return ()

    def cells(self, code: str | None, share: float | None) -> list[Cell]:
        """Return both; of the whole neither."""
        if code is None:
            return ["", ""]
        before = self.shares.get(code)
        change = None if before is None or share is None else 100.0 * (share - before)
        return [before, change]


@dataclass(frozen=True, slots=True)
class DayThen:
    """The facilities of a day, and the share covered with them at least and at most.

    Attributes
    ----------
    whole, shares
        Of all that the run was asked about and by code; None or no entry where it is not known.
    told
        What the changes are measured from.
    """

    day: date
    whole: tuple[float, float] | None
    shares: Mapping[str, tuple[float, float] | None]
    told: Text

    @property
    def columns(self) -> Sequence[Column]:
        """Both ends of the share covered then, and of the change since."""
        return (
            Column(changes.day_least(self.day), Form.SHARE),
            Column(changes.day_most(self.day), Form.SHARE),
            Column(changes.CHANGE_LEAST, Form.POINTS),
            Column(changes.CHANGE_MOST, Form.POINTS),
        )

    @property
    def notes(self) -> Sequence[Text]:
        """What the changes are measured from."""
        return (self.told,)

    def cells(self, code: str | None, share: float | None) -> list[Cell]:
        """Return all four: the least change is from the greatest share."""
        then = self.whole if code is None else self.shares.get(code)
        if then is None:
            return [None] * 4
        if share is None:
            return [*then, None, None]
        return [*then, 100.0 * (share - then[1]), 100.0 * (share - then[0])]

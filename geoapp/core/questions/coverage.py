"""What a coverage run is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.checks import check_fields
from geoapp.core.questions.field import Table
from geoapp.core.questions.tables.coverage import FIELDS
from geoapp.core.words import Family

if TYPE_CHECKING:
    from geoapp.core.walking import Standard


@dataclass(frozen=True, slots=True)
class CoverageParameters:
    """What a coverage run is asked; exactly one of the two standards is given.

    Attributes
    ----------
    standard_m, standard_seconds
        Greatest acceptable walk.
    region
        Whose demand; the regions below it included. None is all of the demand set.
    demand
        Code of the demand set; None is the newest.
    families
        Which families of facilities count; None is all.
    at
        The moment: only facilities known to be open then count, and demand is weighed by its
        hourly profile. None: opening hours do not count.
    """

    standard_m: float | None = None
    standard_seconds: float | None = None
    region: str | None = None
    demand: str | None = None
    families: tuple[str, ...] | None = None
    at: datetime | None = None

    @property
    def standard(self) -> Standard:
        """The standard as the analysis takes it."""
        from geoapp.core.walking import Standard

        if self.standard_m is not None:
            return Standard.of_metres(self.standard_m)
        if self.standard_seconds is not None:
            return Standard.of_seconds(self.standard_seconds)
        raise InvalidValueError("standard", None, Text("米数或秒数", "metres or seconds"))

    def check(self) -> None:
        """Refuse what no data could answer.

        Raises
        ------
        InvalidValueError
            If a value is out of range.
        """
        check_fields(COVERAGE, self)

    def plain(self) -> CoverageParameters:
        """Return the same question with what is meant by default written out."""
        return replace(self, families=self.families or tuple(Family))

    def same_as(self, other: CoverageParameters) -> bool:
        """Tell whether another question asks the same, however it is written down."""
        from geoapp.core.questions.meaning import same_meaning

        return same_meaning(COVERAGE, self.plain(), other.plain())

    def stored(self) -> dict[str, Any]:
        """Return the parameters as the run keeps them."""
        return {
            "standard_m": self.standard_m,
            "standard_seconds": self.standard_seconds,
            "region": self.region,
            "demand": self.demand,
            "families": None if self.families is None else list(self.families),
            "at": None if self.at is None else self.at.isoformat(),
        }

    @classmethod
    def from_stored(cls, params: dict[str, Any]) -> CoverageParameters:
        """Return what ``stored`` kept."""
        at, families = params["at"], params["families"]
        return cls(
            standard_m=params["standard_m"],
            standard_seconds=params["standard_seconds"],
            region=params["region"],
            demand=params["demand"],
            families=None if families is None else tuple(families),
            at=None if at is None else datetime.fromisoformat(at),
        )


COVERAGE = Table(CoverageParameters, FIELDS)

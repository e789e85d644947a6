"""A rule of spacing as a standard states it: how far a station may be, and how near to the next."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from geoapp.core.i18n import Text
from geoapp.core.published import Published, Words, distinct

Metres = Annotated[float, Field(ge=10, le=50_000, allow_inf_nan=False)]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6,12}$")]
By = Literal["line", "walk"]
"""Whether metres are those of the straight line on the spheroid or those walked."""


class Figures(Published):
    """The figures of a rule; what it does not state is None.

    Attributes
    ----------
    between_m
        Neighbouring stations along a stretch are at most so far from each other: no place between
        them is farther than half of it from the nearer one.
    within_m
        The nearest station of any place where people work is at most so far.
    apart_m
        Stations are at least so far apart.
    """

    between_m: Metres | None = None
    within_m: Metres | None = None
    apart_m: Metres | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.between_m is None and self.within_m is None and self.apart_m is None:
            raise ValueError("one of between_m, within_m and apart_m is needed")
        if self.between_m is not None and self.within_m is not None:
            raise ValueError("between_m and within_m say the same in two ways: give one")
        return self

    @property
    def reach_m(self) -> float | None:
        """How far the nearest station of a place may be; None where the rule does not say."""
        return self.between_m / 2 if self.between_m is not None else self.within_m


class Busy(Figures):
    """Where it is busy, and the figures that hold there.

    Attributes
    ----------
    regions
        Named areas by their codes; what lies below them included.
    workers_per_km2, around_m
        Or wherever at least so many people work on a square kilometre, counted within so many metres.
    """

    regions: tuple[RegionCode, ...] | None = Field(None, min_length=1)
    workers_per_km2: float | None = Field(None, gt=0, le=1_000_000, allow_inf_nan=False)
    around_m: float = Field(500, ge=50, le=5_000, allow_inf_nan=False)

    @model_validator(mode="after")
    def _one_way_to_tell(self) -> Self:
        if (self.regions is None) == (self.workers_per_km2 is None):
            raise ValueError("busy is told by regions or by workers_per_km2: give one")
        distinct(list(self.regions or ()))
        return self


class Spacing(Figures):
    """A rule of spacing with its source.

    Attributes
    ----------
    by
        What its metres are.
    busy
        What else holds where it is busy; None: the same everywhere.
    sample
        Whether it is made up, and stands in no document.
    """

    by: By
    busy: Busy | None = None
    source_zh: Words
    source_en: Words
    sample: bool = False

    @model_validator(mode="after")
    def _busy_has_what_the_rule_has(self) -> Self:
        if self.busy is not None:
            if self.busy.reach_m is not None and self.reach_m is None:
                raise ValueError("busy: there is no between_m or within_m elsewhere")
            if self.busy.apart_m is not None and self.apart_m is None:
                raise ValueError("busy: there is no apart_m elsewhere")
        return self

    @property
    def source(self) -> Text:
        """Where the rule stands."""
        return Text(self.source_zh, self.source_en)

    @property
    def busy_reach_m(self) -> float | None:
        """How far the nearest station may be where it is busy."""
        own = None if self.busy is None else self.busy.reach_m
        return self.reach_m if own is None else own

    @property
    def busy_apart_m(self) -> float | None:
        """How far stations must be apart where it is busy."""
        own = None if self.busy is None else self.busy.apart_m
        return self.apart_m if own is None else own

"""How the stations of a region stand to a rule of spacing."""

from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.spacing import By
from geoapp.core.standards import Standard


@dataclass(frozen=True, slots=True)
class Spot:
    """A station where it stands, WGS-84."""

    code: str
    name: Text
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class ClosePair:
    """Two stations closer to each other than the rule allows, in metres."""

    one: Spot
    other: Spot
    away_m: float
    least_m: float
    district: str | None


@dataclass(frozen=True, slots=True)
class FarArea:
    """An area where people work farther from any station than the rule allows.

    Attributes
    ----------
    place
        Where its farthest place is, in words; ``lon, lat`` the same, WGS-84.
    outline_wkb
        The area, WGS-84.
    workers
        Who works in it.
    farthest_m, allowed_m
        From the farthest place to the nearest station, None where there is no way; and how far it
        may be there.
    nearest
        The nearest station; None where there is none.
    """

    place: Text
    lon: float
    lat: float
    outline_wkb: bytes
    district: str | None
    workers: float
    farthest_m: float | None
    allowed_m: float
    nearest: Spot | None


@dataclass(frozen=True, slots=True)
class SpacingCount:
    """The figures of a region.

    Attributes
    ----------
    stations
        How many stand in it.
    close_pairs
        Pairs of which at least one stands in it; a pair across a border counts on both sides.
    workers, far_workers
        Who works there, and whose nearest station is too far.
    farthest_m
        The farthest of these, in metres; None where nobody is too far or there is no way.
    no_way
        Whether somebody cannot reach any station at all.
    """

    stations: int
    close_pairs: int
    workers: float
    far_workers: float
    farthest_m: float | None
    no_way: bool

    @property
    def far_share(self) -> float | None:
        """The share (0 to 1) of those too far; None where nobody works."""
        return self.far_workers / self.workers if self.workers > 0 else None


@dataclass(frozen=True, slots=True)
class RegionSpacing:
    """A region with its figures; no code: the district is not known."""

    code: str | None
    level: str | None
    name: Text
    count: SpacingCount


@dataclass(frozen=True, slots=True)
class SpacingResult:
    """A rule of spacing held against the stations and the demand of a region.

    Attributes
    ----------
    region
        None is everywhere.
    by
        What the metres are.
    can_walk
        Whether a walking network is loaded.
    demand, demand_sample
        The demand set, and whether it is made up.
    sample, left_out_samples
        Whether the stations are samples: there are no others; how many are left out beside real ones.
    without_position
        Stations in service that nobody knows the position of: they take no part.
    pairs
        The closest first; both stations, or one of them, in the region.
    areas, rest_areas, rest_workers
        The farthest first, and what lies beyond those that are listed.
    """

    standard: Standard
    region: str | None
    by: By
    can_walk: bool
    demand: str | None
    demand_sample: bool
    sample: bool
    left_out_samples: int
    without_position: int
    total: SpacingCount
    regions: tuple[RegionSpacing, ...]
    pairs: tuple[ClosePair, ...]
    areas: tuple[FarArea, ...]
    rest_areas: int
    rest_workers: float

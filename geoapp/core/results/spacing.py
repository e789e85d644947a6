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
class FarStretch:
    """A stretch of street that is farther from any station than the rule allows, whole.

    Attributes
    ----------
    street
        Its name; None where it has none.
    place
        Where its farthest place is, in words; ``lon, lat`` the same, WGS-84.
    line_wkb
        The stretch, WGS-84.
    length_m
        Along the way.
    farthest_m, allowed_m
        From its farthest place to the nearest station on foot, None where there is no way; and how far
        it may be.
    """

    street: Text | None
    place: Text
    lon: float
    lat: float
    line_wkb: bytes
    district: str | None
    length_m: float
    farthest_m: float | None
    allowed_m: float


@dataclass(frozen=True, slots=True)
class FarStreets:
    """The streets of a region along which a station is too far.

    Attributes
    ----------
    stretches, rest_stretches, rest_m
        The longest first, and what lies beyond those that are listed.
    stations_beside
        Stations that are too far from any way to be walked to on the network.
    """

    stretches: tuple[FarStretch, ...]
    rest_stretches: int
    rest_m: float
    stations_beside: int


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
    street_m, far_street_m
        Metres of street, and of those from which any station is too far; None where streets are not
        measured.
    """

    stations: int
    close_pairs: int
    workers: float
    far_workers: float
    farthest_m: float | None
    no_way: bool
    street_m: float | None
    far_street_m: float | None

    @property
    def far_street_share(self) -> float | None:
        """The share (0 to 1) of street from which any station is too far; None where there is none."""
        if not self.street_m or self.far_street_m is None:
            return None
        return self.far_street_m / self.street_m

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
    streets
        Along streets; None where that is not measured: by line, or where the rule says nothing of it.
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
    streets: FarStreets | None

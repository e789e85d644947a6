"""How facilities stand to a standard: one by one, and counted by region."""

from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.standards import Compliance, Standard


@dataclass(frozen=True, slots=True)
class FacilityCompliance:
    """A facility beside a standard; WGS-84, None where its position is not known.

    Attributes
    ----------
    there, lacking, unknown
        The numbers (from 1) of the standard's items.
    """

    code: str
    name: Text
    region_code: str | None
    district: str | None
    sample: bool
    lon: float | None
    lat: float | None
    there: tuple[int, ...]
    lacking: tuple[int, ...]
    unknown: tuple[int, ...]
    state: Compliance


@dataclass(frozen=True, slots=True)
class ItemCount:
    """At how many facilities an item is there, lacking, unknown."""

    there: int
    lacking: int
    unknown: int


@dataclass(frozen=True, slots=True)
class ComplianceCount:
    """How many facilities stand how, and each item of the standard in its order."""

    facilities: int
    complies: int
    lacks: int
    unknown: int
    items: tuple[ItemCount, ...]

    def of(self, state: Compliance) -> int:
        """Return how many stand so."""
        count: int = getattr(self, state.value)
        return count

    def share(self, state: Compliance) -> float | None:
        """Return the share (0 to 1) that stand so; None where there is no facility."""
        return self.of(state) / self.facilities if self.facilities else None


@dataclass(frozen=True, slots=True)
class RegionCompliance:
    """A region with the counts of all that lies in it; no code: the district is not known."""

    code: str | None
    level: str | None
    name: Text
    count: ComplianceCount


@dataclass(frozen=True, slots=True)
class StandardResult:
    """A standard held against the facilities in service of a region.

    Attributes
    ----------
    region
        None is everywhere.
    sample
        Whether the figures are of samples: there are no others. Samples and real ones are never
        counted together.
    left_out_samples
        How many samples are not counted beside real ones.
    regions
        Provinces, cities and districts by code; the districts, with what lies in none that is
        known, sum to the total.
    facilities
        By code.
    """

    standard: Standard
    region: str | None
    sample: bool
    left_out_samples: int
    total: ComplianceCount
    regions: tuple[RegionCompliance, ...]
    facilities: tuple[FacilityCompliance, ...]


@dataclass(frozen=True, slots=True)
class Purchase:
    """What of an item must be bought: one for each facility.

    Attributes
    ----------
    surely, possibly
        Where it is known to be lacking, and where it is unknown besides; None where no record can
        say anything of the item.
    price
        For one; None is not given.
    """

    number: int
    item: Text
    surely: int | None
    possibly: int | None
    price: float | None

    @property
    def cost(self) -> tuple[float, float] | None:
        """The least and the most that it costs; None without a price or a number."""
        if self.price is None or self.surely is None or self.possibly is None:
            return None
        return self.surely * self.price, (self.surely + self.possibly) * self.price


@dataclass(frozen=True, slots=True)
class PurchaseList:
    """All that must be bought.

    Attributes
    ----------
    unpriced
        How many items that are recorded have no price: they are not in the cost.
    unrecorded
        How many items no record can say anything of.
    """

    items: tuple[Purchase, ...]
    cost: tuple[float, float] | None
    unpriced: int
    unrecorded: int

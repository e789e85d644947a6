"""How facilities stand to a standard: one by one, and counted by region."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
class StoredPrice:
    """What one piece of an amenity costs by a list: in yuan; no region: it holds everywhere."""

    yuan: float
    unit: str | None
    as_of: date
    source: str
    noted_by: str | None
    region: str | None
    sample: bool


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of a list that hold in a region, by amenity.

    Attributes
    ----------
    narrower
        How many regions below have prices of their own in it, which do not hold in all the region.
    """

    name: str
    prices: Mapping[str, StoredPrice]
    narrower: int = 0

    @property
    def first(self) -> date:
        """The day as of which its oldest price is known."""
        return min(one.as_of for one in self.prices.values())

    @property
    def last(self) -> date:
        """The day as of which its newest price is known."""
        return max(one.as_of for one in self.prices.values())

    @property
    def sample(self) -> bool:
        """Whether any of its prices is made up."""
        return any(one.sample for one in self.prices.values())


@dataclass(frozen=True, slots=True)
class Prices:
    """What the items of a standard cost, by their number.

    Attributes
    ----------
    by_item
        In yuan; an item without one has no known price.
    stored
        Those of them that are a list's.
    price_list
        The list; None where none is used.
    """

    by_item: Mapping[int, float]
    stored: Mapping[int, StoredPrice]
    price_list: PriceList | None


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

    @property
    def is_lower_bound(self) -> bool:
        """Whether what all costs is not known: some of it has no price, or no number."""
        return self.unpriced > 0 or self.unrecorded > 0

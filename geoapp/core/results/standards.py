"""How facilities stand to a standard: one by one, and counted by region."""

from collections.abc import Iterable, Mapping
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

    price_list: str
    yuan: float
    unit: str | None
    as_of: date
    source: str
    region: str | None
    sample: bool


@dataclass(frozen=True, slots=True)
class PriceList:
    """A list of prices.

    Attributes
    ----------
    first, last
        The days as of which its oldest and its newest price are known.
    sample
        Whether any of its prices is made up.
    """

    name: str
    first: date
    last: date
    sample: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """What the items of a standard cost, by their number, wherever a facility stands.

    Attributes
    ----------
    given
        In yuan, the same everywhere; they go before those of a list.
    by_place
        By the code of the region that a facility stands in, None where it is not known: those of
        lists that hold there. An item without one has no known price there.
    lists
        The lists that these prices are of, with the days of these prices, the newest first.
    """

    given: Mapping[int, float]
    by_place: Mapping[str | None, Mapping[int, StoredPrice]]
    lists: tuple[PriceList, ...]

    @property
    def differ(self) -> bool:
        """Whether an item costs more in one place than in another, or has a price in some alone."""
        places = list(self.by_place.values())
        return any(one != places[0] for one in places[1:])


@dataclass(frozen=True, slots=True)
class PricedPieces:
    """Pieces of an item of one price.

    Attributes
    ----------
    price
        For one; None is not known.
    stored
        What a list says of it; None where the price was given or is not known.
    surely, possibly
        Where the item is known to be lacking, and where it is unknown besides.
    """

    price: float | None
    stored: StoredPrice | None
    surely: int
    possibly: int

    @property
    def needed(self) -> int:
        """How many are to be bought at most."""
        return self.surely + self.possibly

    @property
    def cost(self) -> tuple[float, float] | None:
        """The least and the most that they cost; None without a price, unless there are none."""
        if self.price is None:
            return None if self.needed else (0.0, 0.0)
        return self.surely * self.price, (self.surely + self.possibly) * self.price


@dataclass(frozen=True, slots=True)
class Purchase:
    """What of an item must be bought: one for each facility.

    Attributes
    ----------
    pieces
        By what they cost, which differs by place; what has no price comes last. None where no
        record can say anything of the item.
    """

    number: int
    item: Text
    pieces: tuple[PricedPieces, ...] | None

    @property
    def surely(self) -> int | None:
        """At how many facilities it is known to be lacking; None if no record can say."""
        return None if self.pieces is None else sum(one.surely for one in self.pieces)

    @property
    def possibly(self) -> int | None:
        """At how many it is unknown besides; None if no record can say."""
        return None if self.pieces is None else sum(one.possibly for one in self.pieces)

    @property
    def is_unpriced(self) -> bool:
        """Whether it has no known price where any is to be bought, be it in some places alone."""
        return any(one.price is None and one.needed for one in self.pieces or ())

    @property
    def is_needed(self) -> bool:
        """Whether any is to be bought, as far as records can say."""
        return any(one.needed for one in self.pieces or ())

    @property
    def cost(self) -> tuple[float, float] | None:
        """The least and the most that those with a price cost; None if none has one that is needed."""
        return summed([one.cost for one in self.pieces or ()])


@dataclass(frozen=True, slots=True)
class PurchaseList:
    """All that must be bought.

    Attributes
    ----------
    unpriced
        How many items that are to be bought have no price, be it in some places alone: it is not in
        the cost.
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


def summed(costs: Iterable[tuple[float, float] | None]) -> tuple[float, float] | None:
    """Return the least and the most of all that are known; None where none is."""
    known = [one for one in costs if one is not None]
    return (sum(least for least, _ in known), sum(most for _, most in known)) if known else None

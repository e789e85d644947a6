"""The shapes of answers about standards; null is unknown."""

from datetime import date
from typing import Literal

from pydantic import BaseModel

from geoapp.core.spacing import By
from geoapp.core.standards import Compliance, Confidence
from geoapp.core.words import Level


class StandardSource(BaseModel):
    """The document that a standard is known from."""

    title: str
    title_en: str | None
    issuer_zh: str | None
    issuer_en: str | None
    published_on: date | None
    confidence: Confidence
    sentence: str | None
    url: str | None


class StandardItemAnswer(BaseModel):
    """An item; any of the amenities satisfies it, and without any it is not recorded."""

    number: int
    zh: str
    en: str
    amenities: list[str]


class OtherRequirement(BaseModel):
    """What a standard asks for beside its list; it is not checked."""

    zh: str
    en: str


class SpacingFigures(BaseModel):
    """The figures of a rule of spacing, in metres; null is not stated."""

    between_m: float | None
    within_m: float | None
    apart_m: float | None


class BusyAnswer(SpacingFigures):
    """Where it is busy, by named regions or by workers, and what holds there."""

    regions: list[str] | None
    workers_per_km2: float | None
    around_m: float


class SpacingAnswer(SpacingFigures):
    """A rule of spacing; ``sample`` is made up and stands in no document."""

    by: By
    busy: BusyAnswer | None
    source_zh: str
    source_en: str
    sample: bool


class StandardAnswer(BaseModel):
    """A standard; ``items`` is null where no source lists them."""

    code: str
    name_zh: str
    name_en: str
    nature: Literal["equipment", "management"]
    region: str | None
    region_zh: str | None
    region_en: str | None
    kinds: list[str]
    document: StandardSource | None
    note_zh: str
    note_en: str
    can_be_checked: bool
    items: list[StandardItemAnswer] | None
    spacing: SpacingAnswer | None
    other_requirements: list[OtherRequirement]


class StandardList(BaseModel):
    """The standards in their order."""

    standards: list[StandardAnswer]


class ItemFigures(BaseModel):
    """At how many facilities an item is there, lacking, unknown."""

    number: int
    there: int
    lacking: int
    unknown: int


class ComplianceFigures(BaseModel):
    """How many facilities stand how, and each item."""

    facilities: int
    complies: int
    lacks: int
    unknown: int
    items: list[ItemFigures]


class RegionStanding(ComplianceFigures):
    """The figures of a region; a null code is what lies in no known district."""

    code: str | None
    level: Level | None
    name_zh: str
    name_en: str


class FacilityCompliance(BaseModel):
    """How a facility stands, with the numbers of the items; WGS-84."""

    code: str
    name_zh: str
    name_en: str
    region: str | None
    district: str | None
    sample: bool
    lon: float | None
    lat: float | None
    state: Compliance
    there: list[int]
    lacking: list[int]
    unknown: list[int]


class ComplianceResult(BaseModel):
    """The figures; ``sample`` says that they are of samples, ``left_out_samples`` are not counted."""

    region: str | None
    sample: bool
    left_out_samples: int
    total: ComplianceFigures
    regions: list[RegionStanding]


class OneStandard(BaseModel):
    """A standard held against facilities; ``result`` is null where it cannot be checked."""

    standard: StandardAnswer
    result: ComplianceResult | None
    facilities: list[FacilityCompliance]
    cursor: str | None

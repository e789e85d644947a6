"""The shapes of answers about published plans; null is unknown."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.programmes import (
    Comparator,
    Measure,
    Nature,
    PromiseState,
    Recurrence,
    Scope,
    Unit,
)


class DocumentAnswer(BaseModel):
    """A published text."""

    code: str
    title_zh: str
    title_en: str
    issuer_zh: str | None
    issuer_en: str | None
    number: str | None
    published_on: date | None
    note_zh: str | None
    note_en: str | None
    url: str | None


class PlacedDocument(DocumentAnswer):
    """A published text, and where in it."""

    place: str | None


class StatedFact(BaseModel):
    """A number that a document states."""

    id: int
    as_of: date | None
    value: float
    unit: Unit
    name_zh: str | None
    name_en: str | None
    region: str | None
    document: PlacedDocument


class CountedSubject(BaseModel):
    """A facility, an organisation or a region that counts; WGS-84."""

    subject: str
    code: str
    name_zh: str
    name_en: str | None
    region: str | None
    lon: float | None
    lat: float | None
    event_on: date | None
    document: str | None
    place: str | None


class ForecastAnswer(BaseModel):
    """The fact on the last day if it goes on as in the last days, and from how many events."""

    value: float
    events: int
    days: int


class FactAnswer(BaseModel):
    """Where a promise stands.

    ``possible`` adds what may count and has no day that tells; ``of_set`` is the size of the set
    that a share is of; ``share`` is the fact over what was promised.
    """

    fact: float | None
    possible: float | None
    of_set: int | None
    fact_on: date | None
    basis: str | None
    state: PromiseState
    share: float | None
    pace_per_day: float | None
    days_left: int | None
    forecast: ForecastAnswer | None


class SplitAnswer(BaseModel):
    """The part of a promise that its document gives to a region."""

    region: str
    value: float


class ClaimAnswer(BaseModel):
    """A subject that another indicator counts too, though the document does not let them share."""

    code: str
    by: str


class YearAnswer(BaseModel):
    """What became of a yearly promise in a year that is over."""

    model_config = ConfigDict(populate_by_name=True)

    first: date | None = Field(alias="from")
    last: date = Field(alias="to")
    fact: float | None
    state: PromiseState


class IndicatorAnswer(FactAnswer):
    """A promise: what was said, what is, what it rests on."""

    programme: str
    code: str
    name_zh: str
    name_en: str
    nature: Nature
    comparator: Comparator
    value: float
    unit: Unit
    period_from: date | None
    due: date | None
    recurrence: Recurrence | None
    scope: Scope
    measure: Measure
    window_from: date | None
    window_to: date
    document: PlacedDocument
    splits: list[SplitAnswer]
    evidence: list[CountedSubject | StatedFact] | None
    undated_evidence: list[CountedSubject] | None
    claimed_twice: list[ClaimAnswer]
    stated: list[StatedFact]
    years: list[YearAnswer]
    sample: FactAnswer | None


class ProgrammeAnswer(BaseModel):
    """A plan; ``indicators`` and ``facts`` count what it holds."""

    code: str
    name_zh: str
    name_en: str
    region: str
    document: DocumentAnswer
    note_zh: str | None
    note_en: str | None
    indicators: int
    facts: int


class ProgrammeList(BaseModel):
    """All plans."""

    programmes: list[ProgrammeAnswer]


class OneProgramme(BaseModel):
    """A plan with its promises on a day, and what documents state beside them."""

    code: str
    name_zh: str
    name_en: str
    region: str
    document: DocumentAnswer
    note_zh: str | None
    note_en: str | None
    as_of: date
    indicators: list[IndicatorAnswer]
    facts: list[StatedFact]

"""Published plans: what was promised, how it is counted, and what was reported of it since.

A plan is data: documents, indicators, each with the rule by which the register is asked for it. No
code is written for an indicator. `geoapp.core.programme_files` reads them from files.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_NAME_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_SOURCE_CHARACTERS,
)
from geoapp.core.words import Level, Status


class Nature(StrEnum):
    """What an indicator counts."""

    FLOW = "flow"
    STOCK = "stock"
    SHARE = "share"
    AWARD = "award"
    NAMED = "named"
    ENTERED = "entered"


class Comparator(StrEnum):
    """How a promise's number is meant; ``exactly`` is a number that stands alone."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    ABOUT = "about"
    EXACTLY = "exactly"


class Measure(StrEnum):
    """What a fact is known from."""

    STORE = "store"
    ENTERED = "entered"
    NOT_COUNTABLE = "not_countable"


class Scope(StrEnum):
    """Whether a number is a total, or asked of each member of a set."""

    TOTAL = "total"
    EACH_OF_SET = "each_of_set"


class Recurrence(StrEnum):
    """How often a promise is made anew."""

    YEARLY = "yearly"


class Event(StrEnum):
    """What happens to a subject so that it counts."""

    OPENED = "opened"
    APPROVED = "approved"
    RECOGNISED = "recognised"
    AWARDED = "awarded"
    NAMED = "named"


class Unit(StrEnum):
    """What is counted. Numbers of different units are never added."""

    PLACE = "place"
    ORGANISATION = "organisation"
    PERSON = "person"
    PERSON_TIME = "person_time"
    POLICY = "policy"
    PROJECT = "project"
    REGION = "region"
    PER_CENT = "per_cent"
    HOUSEHOLD = "household"
    HOUSEHOLD_TIME = "household_time"
    YUAN = "yuan"
    PRIZE = "prize"


class PromiseState(StrEnum):
    """Where a promise stands on a day."""

    MET = "met"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    LATE = "late"
    NOT_BEGUN = "not_begun"
    NOT_COUNTABLE = "not_countable"
    UNKNOWN = "unknown"


NATURE_TEXT = {
    Nature.FLOW: Text("期内新增", "New in a period"),
    Nature.STOCK: Text("到期在册", "Standing on a day"),
    Nature.SHARE: Text("占比", "Share of a set"),
    Nature.AWARD: Text("选树认定", "Awarded"),
    Nature.NAMED: Text("名单列出", "Listed by name"),
    Nature.ENTERED: Text("按文件登记", "Known from documents"),
}
COMPARATOR_TEXT = {
    Comparator.AT_LEAST: Text("不少于 ", "at least "),
    Comparator.MORE_THAN: Text("超过 ", "more than "),
    Comparator.ABOUT: Text("约 ", "about "),
    Comparator.EXACTLY: Text("", ""),
}
STATE_TEXT = {
    PromiseState.MET: Text("已兑现", "Met"),
    PromiseState.ON_TRACK: Text("进度正常", "On track"),
    PromiseState.BEHIND: Text("进度落后", "Behind"),
    PromiseState.LATE: Text("逾期未达", "Late"),
    PromiseState.NOT_BEGUN: Text("尚未开始", "Not begun"),
    PromiseState.NOT_COUNTABLE: Text("无法计数", "Not countable"),
    PromiseState.UNKNOWN: Text("未知", "Unknown"),
}
# The measure word, English for one, English for many.
UNIT_TEXT = {
    Unit.PLACE: ("处", "place", "places"),
    Unit.ORGANISATION: ("家", "organisation", "organisations"),
    Unit.PERSON: ("人", "person", "persons"),
    Unit.PERSON_TIME: ("人次", "person-time", "person-times"),
    Unit.POLICY: ("份", "policy", "policies"),
    Unit.PROJECT: ("个项目", "project", "projects"),
    Unit.REGION: ("个区域", "area", "areas"),
    Unit.PER_CENT: ("%", "%", "%"),
    Unit.HOUSEHOLD: ("户", "household", "households"),
    Unit.HOUSEHOLD_TIME: ("户次", "household-time", "household-times"),
    Unit.YUAN: ("元", "yuan", "yuan"),
    Unit.PRIZE: ("个奖项", "prize", "prizes"),
}

# What may be a part of one; all others are counted.
DIVIDED = frozenset({Unit.PER_CENT, Unit.YUAN})

Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
Words = Annotated[
    str, Field(min_length=1, max_length=MOST_SOURCE_CHARACTERS, pattern=r"^[^\x00]*$")
]
Name = Annotated[str, Field(min_length=1, max_length=MOST_NAME_CHARACTERS, pattern=r"^[^\x00]*$")]
Region = Annotated[str, Field(pattern=rf"^[0-9A-Za-z_-]{{1,{MOST_REGION_CHARACTERS}}}$")]
Subject = Annotated[
    str, Field(min_length=1, max_length=MOST_CODE_CHARACTERS, pattern=r"^[^\x00]*$")
]
Number = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Model):
    """A published text; None is unknown.

    ``dated`` says in words what is known of its day where the day itself is not.
    """

    code: Code
    title_zh: Words
    title_en: Words
    issuer_zh: Name | None = None
    issuer_en: Name | None = None
    number: Name | None = None
    published_on: date | None = None
    note_zh: Words | None = None
    note_en: Words | None = None
    url: Words | None = None


class Denominator(_Model):
    """The set that a share is of: facilities that stand, or regions of a level.

    ``expected`` are levels of regions: the set is known to have one member for each region of these
    levels; those that are not registered are unknown.
    """

    of: Annotated[str, Field(pattern="^(facilities|regions)$")]
    kinds: tuple[Code, ...] = ()
    level: Level | None = None
    expected: tuple[Level, ...] = ()

    @model_validator(mode="after")
    def _is_one_set(self) -> Self:
        if self.of == "facilities" and (not self.kinds or self.level is not None):
            raise ValueError("a set of facilities has kinds and no level")
        if self.of == "regions" and (self.level is None or self.kinds or self.expected):
            raise ValueError("a set of regions has a level and nothing else")
        return self


class Rule(_Model):
    """What the register is asked for: which subjects count, by what event, where.

    Attributes
    ----------
    event
        ``opened``: facilities by their dates; ``approved`` and ``recognised``: subjects of
        applications; ``awarded``: subjects entered with a document; ``named``: organisations that a
        document lists.
    kinds
        Kinds of facilities. For a share of facilities: what a member of the set must be joined to,
        as whole or part.
    states
        What counts as standing.
    regions
        Where; those below are included. Empty: where the programme holds.
    titles, tracks, schemes
        Which titles and which applications, by the codes of the schemes.
    listed_as, listed_on
        As what a document lists organisations, and the document's day.
    """

    event: Event
    kinds: tuple[Code, ...] = ()
    states: tuple[Status, ...] = (Status.OPEN,)
    regions: tuple[Region, ...] = ()
    titles: tuple[Code, ...] = ()
    tracks: tuple[Code, ...] = ()
    schemes: tuple[Code, ...] = ()
    listed_as: tuple[Name, ...] = ()
    listed_on: date | None = None
    denominator: Denominator | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        needed = {
            Event.OPENED: (self.kinds, "kinds"),
            Event.APPROVED: (self.tracks, "tracks"),
            Event.RECOGNISED: (self.titles, "titles"),
            Event.NAMED: (self.listed_as, "listed_as"),
            Event.AWARDED: (True, ""),
        }[self.event]
        if not needed[0]:
            raise ValueError(f"the event {self.event} needs {needed[1]}")
        if not self.states:
            raise ValueError("states must not be empty")
        return self


class Split(_Model):
    """A part of a promise that the document itself gives to a region."""

    region: Region
    value: Number


class Fact(_Model):
    """A number that a document states; ``as_of`` is the day that it holds for, None unknown.

    Of an indicator, or of the programme alone where the document does not divide it.
    """

    as_of: date | None = None
    value: Number
    unit: Unit | None = None
    zh: Words | None = None
    en: Words | None = None
    region: Region | None = None
    document: Code
    place: Words | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.unit is not None and self.unit not in DIVIDED and not self.value.is_integer():
            raise ValueError("what is counted is a whole number")
        return self


class Evidence(_Model):
    """A subject that a document gives an award to; a facility or an organisation by its code."""

    facility: Subject | None = None
    organisation: Subject | None = None
    event_on: date | None = None
    document: Code
    place: Words | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.facility is None) == (self.organisation is None):
            raise ValueError("either a facility or an organisation")
        return self


class Indicator(_Model):
    """One promise: how many of what, by when, and how it is counted.

    ``shares_with`` are indicators of the same programme that may count the same subjects, as a
    stock counts what was new in a year. ``due`` of a yearly promise is the last day that it holds.
    ``care`` are kinds of care events whose people count, where documents state no greater number.
    """

    code: Code
    zh: Words
    en: Words
    nature: Nature
    comparator: Comparator
    value: Number
    unit: Unit
    period_from: date | None = None
    due: date | None = None
    recurrence: Recurrence | None = None
    scope: Scope = Scope.TOTAL
    measure: Measure
    rule: Rule | None = None
    document: Code
    place: Words
    care: tuple[Name, ...] = ()
    shares_with: tuple[Code, ...] = ()
    splits: tuple[Split, ...] = ()
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def text(self) -> Text:
        """The promise in both languages."""
        return Text(self.zh, self.en)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = {
            "a measure of the store needs a rule, others have none": (
                (self.measure is Measure.STORE) != (self.rule is not None)
            ),
            "what is entered is measured by entering it": (
                self.nature is Nature.ENTERED and self.measure is Measure.STORE
            ),
            "a share is in per_cent, and per_cent is of a share": (
                (self.unit is Unit.PER_CENT) != (self.nature is Nature.SHARE)
            ),
            "what is counted is a whole number": self.unit not in DIVIDED
            and not all(
                one.is_integer()
                for one in (
                    self.value,
                    *(split.value for split in self.splits),
                    *(fact.value for fact in self.facts),
                )
            ),
            "a share is at most 100": self.nature is Nature.SHARE and self.value > 100,
            "period_from is after due": (
                self.period_from is not None
                and self.due is not None
                and self.period_from > self.due
            ),
            "a flow has a first day": self.nature is Nature.FLOW and self.period_from is None,
            "a yearly promise has a first day": (
                self.recurrence is not None and self.period_from is None
            ),
            "only a yearly promise is without a last day": (
                self.due is None and self.recurrence is None
            ),
            "facts of an indicator have a day": any(one.as_of is None for one in self.facts),
            "facts of an indicator are in its unit": any(
                one.unit not in (None, self.unit) for one in self.facts
            ),
            "care events count for what is entered, in persons or person-times, from a first day": (
                bool(self.care)
                and (
                    self.measure is not Measure.ENTERED
                    or self.unit not in (Unit.PERSON, Unit.PERSON_TIME)
                    or self.period_from is None
                )
            ),
            "splits name each region once": (
                len({one.region for one in self.splits}) != len(self.splits)
            ),
            "evidence names each subject once": len(
                {(one.facility, one.organisation) for one in self.evidence}
            )
            != len(self.evidence),
        }
        if self.rule is not None:
            share = self.rule.denominator is not None
            faults |= {
                "a share has a denominator, others have none": (
                    share != (self.nature is Nature.SHARE)
                ),
                "a share is counted by the event opened": share
                and self.rule.event is not Event.OPENED,
                "a nature named goes with the event named": (
                    (self.nature is Nature.NAMED) != (self.rule.event is Event.NAMED)
                ),
                "evidence is entered for the event awarded alone": bool(self.evidence)
                and self.rule.event is not Event.AWARDED,
            }
        elif self.evidence:
            faults["evidence needs a rule with the event awarded"] = True
        for fault, is_so in faults.items():
            if is_so:
                raise ValueError(f"{self.code}: {fault}")
        return self


class Programme(_Model):
    """A published plan, or a report whose facts stand beside plans; whole and checked."""

    code: Code
    zh: Words
    en: Words
    region: Region
    document: Code
    note_zh: Words | None = None
    note_en: Words | None = None
    documents: tuple[Document, ...] = Field(min_length=1)
    indicators: tuple[Indicator, ...] = ()
    facts: tuple[Fact, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        documents = {one.code for one in self.documents}
        indicators = {one.code for one in self.indicators}
        if len(documents) != len(self.documents) or len(indicators) != len(self.indicators):
            raise ValueError("a code is repeated")
        if not self.indicators and not self.facts:
            raise ValueError("neither indicators nor facts")
        named = [self.document]
        for one in self.indicators:
            named += [one.document, *(fact.document for fact in one.facts)]
            named += [evidence.document for evidence in one.evidence]
            if unknown := set(one.shares_with) - indicators:
                raise ValueError(f"{one.code}: no indicators {sorted(unknown)} to share with")
        named += [fact.document for fact in self.facts]
        if unknown := set(named) - documents:
            raise ValueError(f"no documents {sorted(unknown)}")
        for fact in self.facts:
            if fact.unit is None or fact.zh is None or fact.en is None:
                raise ValueError("a fact of a programme has a unit and words in both languages")
        return self

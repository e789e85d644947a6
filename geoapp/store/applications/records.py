"""Rows of applications and of what belongs to them, and which ones are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# What a column of numbers holds; nothing has a greater one.
MOST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """An application; its subject is a facility or an organisation, by code and name."""

    id: int
    scheme: str
    track: str
    form: str
    form_version: str
    facility: str | None
    organisation: str | None
    subject_name: str
    facility_status: str | None
    region_code: str | None
    state: str
    answers: Mapping[str, str]
    created_on: date
    rev: int

    @property
    def subject(self) -> str:
        """The code of the facility or the organisation."""
        return self.facility or self.organisation or ""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A change of state."""

    id: int
    application_id: int
    before: str
    after: str
    on_day: date
    by_whom: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class PlanStepRecord:
    """A row of a plan."""

    id: int
    application_id: int
    plan: str
    time_words: str
    content: str
    units: str | None
    funds: str | None
    due_on: date | None
    done_on: date | None

    @property
    def whole(self) -> bool:
        """Whether it says when and what; a draft keeps what is half written."""
        return bool(self.time_words and self.content)


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A review; a ground is true where it applies, false where not."""

    id: int
    application_id: int
    reviewed_on: date
    reviewer: str
    heads: Mapping[str, str]
    grounds: Mapping[str, bool]
    decision: str
    note: str | None


@dataclass(frozen=True, slots=True)
class RecognitionRecord:
    """A title that was given."""

    id: int
    application_id: int
    title: str
    given_on: date
    until_on: date | None
    document: str
    revoked_on: date | None
    revoked_reason: str | None

    def in_force(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return (
            self.given_on <= day
            and (self.until_on is None or day <= self.until_on)
            and (self.revoked_on is None or day < self.revoked_on)
        )


@dataclass(frozen=True, slots=True)
class RatingRecord:
    """The rating of a year."""

    id: int
    application_id: int
    year: int
    heads: Mapping[str, str]
    grade: str
    note: str | None
    rated_on: date


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """An attached file without its content."""

    id: int
    application_id: int
    sha256: str
    name: str
    media_type: str
    size: int
    added_on: date


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an application may be for; ``kind`` is ``facility`` or ``organisation``."""

    kind: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """Which applications; None does not filter. A region includes those below."""

    scheme: str | None = None
    states: frozenset[tuple[str, str]] | None = None
    region: str | None = None
    facility: str | None = None
    organisation: str | None = None

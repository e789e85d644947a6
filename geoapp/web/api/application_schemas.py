"""The shapes of applications: what is asked of the API, and what it answers."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.limits import (
    MOST_ANSWER_CHARACTERS,
    MOST_CODE_CHARACTERS,
    MOST_NOTE_CHARACTERS,
    MOST_REGION_CHARACTERS,
)
from geoapp.core.schemes import Stage
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters

Code = Annotated[str, Field(min_length=1, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL)]
Note = Annotated[str, Field(max_length=MOST_NOTE_CHARACTERS, pattern=WITHOUT_NUL)]
Answer = Annotated[str, Field(max_length=MOST_ANSWER_CHARACTERS, pattern=WITHOUT_NUL)]
Day = Annotated[date, Field(ge=date(1949, 1, 1), le=date(2200, 12, 31))]
PlanWord = Literal["three_years", "year"]
Decision = Literal["approved", "refused", "opinion"]


class ApplicationParameters(Parameters):
    """Which applications; None asks for all. A region includes those below."""

    stage: Stage | None = None
    region: str | None = Field(None, max_length=MOST_REGION_CHARACTERS, pattern=WITHOUT_NUL)


class ApplicationPath(BaseModel):
    """Which application."""

    id: int = Field(ge=1, le=2**63 - 1, description="申报号 / the application's number")


class RecognitionPath(ApplicationPath):
    """Which recognition of which application."""

    recognition: int = Field(ge=1, le=2**63 - 1, description="认定号 / the recognition's number")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewApplicationBody(_Body):
    """As what, and who applies: a facility or an organisation, one of them."""

    scheme: Code
    track: Code
    facility: Code | None = None
    organisation: Code | None = None
    answers: dict[str, Answer] = {}


class AnswersBody(_Body):
    """Answers by the names of the form's fields; an empty one takes an answer away."""

    answers: dict[str, Answer]


class PlanBody(_Body):
    """A step of a plan; ``due_on`` puts it into the calendar."""

    plan: PlanWord
    time_words: Note
    content: Note
    units: Note | None = None
    funds: Note | None = None
    due_on: Day | None = None


class StepBody(_Body):
    """Which state it gets, from which day on, and why."""

    to: Code
    on_day: Day
    reason: Note | None = None


class ReviewBody(_Body):
    """A review; a ground that was not looked at is left out."""

    reviewed_on: Day
    reviewer: Note
    heads: dict[str, Note] = {}
    grounds: dict[str, bool] = {}
    decision: Decision
    note: Note | None = None


class RecognitionBody(_Body):
    """The title of the scheme is given, by which document."""

    given_on: Day
    until_on: Day | None = None
    document: Note


class RevokeBody(_Body):
    """From which day on the title is revoked, and why."""

    on_day: Day
    reason: Note


class RatingBody(_Body):
    """The rating of a year; the same year again changes it."""

    year: int = Field(ge=2000, le=2200)
    heads: dict[str, Note] = {}
    grade: Code
    note: Note | None = None
    rated_on: Day


class ApplicationSummary(BaseModel):
    """An application as the list has it; ``stage`` says what its scheme's state means."""

    id: int
    scheme: str
    track: str
    name: str
    facility: str | None
    organisation: str | None
    subject_name: str
    region: str | None
    state: str
    stage: Stage
    state_zh: str
    state_en: str
    created_on: date
    rev: int


class ApplicationList(BaseModel):
    """Applications in the order in which they were made."""

    applications: list[ApplicationSummary]


class ApplicationStepAnswer(BaseModel):
    """A change of state; ``change_set`` is what takes it back."""

    id: int
    before: str
    after: str
    on_day: date
    by_whom: str | None
    reason: str | None
    change_set: int | None


class PlanStepAnswer(BaseModel):
    """A step of a plan."""

    id: int
    plan: PlanWord
    time_words: str
    content: str
    units: str | None
    funds: str | None
    due_on: date | None
    done_on: date | None


class ReviewAnswer(BaseModel):
    """A review."""

    id: int
    reviewed_on: date
    reviewer: str
    heads: dict[str, str]
    grounds: dict[str, bool]
    decision: Decision
    note: str | None


class GivenTitleAnswer(BaseModel):
    """A title that was given, revoked ones too."""

    id: int
    title: str
    given_on: date
    until_on: date | None
    document: str
    revoked_on: date | None
    revoked_reason: str | None


class RatingAnswer(BaseModel):
    """The rating of a year."""

    id: int
    year: int
    heads: dict[str, str]
    grade: str
    note: str | None
    rated_on: date


class AttachedFileAnswer(BaseModel):
    """An attached file; its content is read by its number."""

    id: int
    sha256: str
    name: str
    media_type: str
    size: int
    added_on: date


class ApplicationAnswer(ApplicationSummary):
    """An application with all that belongs to it."""

    form: str
    form_version: str
    answers: dict[str, str]
    missing: list[str]
    next_states: list[str]
    steps: list[ApplicationStepAnswer]
    plan: list[PlanStepAnswer]
    reviews: list[ReviewAnswer]
    recognitions: list[GivenTitleAnswer]
    ratings: list[RatingAnswer]
    documents: list[AttachedFileAnswer]


class DueAnswer(BaseModel):
    """Something that is due; ``application`` null = the last day of a scheme."""

    kind: Literal["deadline", "plan", "rating", "end"]
    on: date
    application: int | None
    text: str
    text_en: str


class DueList(BaseModel):
    """What is due to the end of the next year, and what is overdue, by day."""

    due: list[DueAnswer]

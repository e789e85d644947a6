"""How a city lets bases, complexes, enterprises and partners in, keeps them and lets them go.

One file of ``data/applications`` is one published scheme: its forms, grounds for refusal, heads of
review and rating, titles, states and what may follow each. An operator's own files lie in the folder
``applications`` of the data folder. No code is written for a city.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from geoapp.core.i18n import Text
from geoapp.core.published import (
    Code,
    Document,
    Named,
    Published,
    Words,
    distinct,
    folders_of,
    found_by_code,
    read_folders,
    read_published,
)
from geoapp.core.settings import Settings


class Stage(StrEnum):
    """What a state of a scheme means to the service, whatever the scheme calls it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    RECOGNISED = "recognised"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXITED = "exited"


class Act(StrEnum):
    """What a scheme may leave to one body; all else is for whoever works on the application.

    To APPROVE is to decide upon a review, either way; to SUSPEND is also to resume.
    """

    APPROVE = "approve"
    RECOGNISE = "recognise"
    REVOKE = "revoke"
    RATE = "rate"
    SUSPEND = "suspend"
    EXIT = "exit"


class FormField(Named):
    """A field of a form.

    Attributes
    ----------
    kind
        ``text`` is one line, ``long`` several; ``months`` a period from a month to a month;
        ``steps`` are the rows of the plan.
    layout
        Where it stands on paper: ``cell`` beside its label, ``full`` below it, ``body`` below the
        heading of its section, which is its label.
    """

    kind: Literal["text", "long", "months", "steps"]
    required: bool
    layout: Literal["cell", "full", "body"]


class Section(Named):
    """A numbered part of a form."""

    fields: tuple[FormField, ...] = Field(min_length=1)


class Opinions(Published):
    """The last part of a form: a box with room for a stamp, a signature and a date for each unit."""

    zh: Words
    en: Words
    stamps: tuple[Named, ...] = Field(min_length=1)


class Note(Published):
    """A hint on how a form is filled in."""

    zh: Words
    en: Words


class Form(Named):
    """A published form: a cover, sections, opinions with stamps."""

    version: Words
    place_zh: Words
    place_en: Words
    notes: tuple[Note, ...]
    cover: tuple[FormField, ...]
    sections: tuple[Section, ...]
    opinions: Opinions

    @property
    def fields(self) -> tuple[FormField, ...]:
        """All fields in order, those of the cover first."""
        return (*self.cover, *(one for section in self.sections for one in section.fields))

    @property
    def answer_keys(self) -> tuple[str, ...]:
        """The names of all answers; a period is two, opinions have one each, plans are no answers."""
        return tuple(key for key, _ in self._labelled)

    @property
    def labels(self) -> dict[str, Text]:
        """What each answer is called on the form; both ends of a period say which they are."""
        return dict(self._labelled)

    @property
    def _labelled(self) -> list[tuple[str, Text]]:
        found: list[tuple[str, Text]] = []
        for one in self.fields:
            if one.kind == "months":
                found += [
                    (f"{one.code}_from", Text(f"{one.zh}（起）", f"{one.en}, from")),
                    (f"{one.code}_to", Text(f"{one.zh}（止）", f"{one.en}, to")),
                ]
            elif one.kind != "steps":
                found.append((one.code, one.text))
        return found + [(f"opinion_{one.code}", one.text) for one in self.opinions.stamps]

    @property
    def has_steps(self) -> bool:
        """Whether the plan is a part of the form."""
        return any(one.kind == "steps" for one in self.fields)

    def missing(self, answers: Mapping[str, str], steps: Sequence[bool]) -> list[FormField]:
        """Return the required fields that have no answer yet, and the plan where a row is half written.

        ``steps`` tells of each row of the plan whether it says when and what.
        """
        found = []
        for one in self.fields:
            keys = [f"{one.code}_from", f"{one.code}_to"] if one.kind == "months" else [one.code]
            given = bool(steps) if one.kind == "steps" else all(answers.get(key) for key in keys)
            half = one.kind == "steps" and not all(steps)
            if half or (one.required and not given):
                found.append(one)
        return found


class Deadline(Published):
    """The last day of each year for applications."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    zh: Words
    en: Words
    place: Words

    def on(self, year: int) -> date:
        """Return the day of a year."""
        return date(year, self.month, self.day)


class Track(Named):
    """Whom a scheme is for: which form, which grounds for refusal, which title; None: none."""

    form: Code
    grounds: Code | None
    title: Code | None


class GroundList(Published):
    """A published list of grounds for refusal, and where it stands."""

    code: Code
    place: Words
    grounds: tuple[Named, ...] = Field(min_length=1)


class Review(Published):
    """The heads under which an application is reviewed."""

    place: Words
    heads: tuple[Named, ...] = Field(min_length=1)


class Title(Named):
    """A title that is given, and where the document names it."""

    place: Words


class RatingScheme(Published):
    """The heads and grades of the yearly rating, and the day by which it is due."""

    place: Words
    heads: tuple[Named, ...] = Field(min_length=1)
    grades: tuple[Named, ...] = Field(min_length=1)
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    note_zh: Words
    note_en: Words

    def due(self, year: int) -> date:
        """Return the day by which a year is to be rated."""
        return date(year, self.month, self.day)


class State(Named):
    """A state of an application."""

    stage: Stage


class Transition(Published):
    """What may follow a state."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    before: Code = Field(alias="from")
    to: tuple[Code, ...]


class DecidedAct(Published):
    """An act that is the decider's, and where the document says so."""

    act: Act
    place: Words


class Decider(Published):
    """Who decides: whoever has rights for a region, such as the whole city; the others file and review."""

    region_code: Words
    zh: Words
    en: Words
    acts: tuple[DecidedAct, ...] = Field(min_length=1)
    note_zh: Words
    note_en: Words

    @property
    def text(self) -> Text:
        """What the body is called."""
        return Text(self.zh, self.en)


class Scheme(Named):
    """A published scheme, whole and checked; without a decider every act is for whoever works on it."""

    version: int = Field(ge=1)
    region_code: Words
    document: Document
    decider: Decider | None = None
    deadline: Deadline
    tracks: tuple[Track, ...] = Field(min_length=1)
    forms: tuple[Form, ...] = Field(min_length=1)
    grounds: tuple[GroundList, ...]
    review: Review
    titles: tuple[Title, ...]
    rating: RatingScheme
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    states_note_zh: Words
    states_note_en: Words

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for lists in (
            self.tracks,
            self.forms,
            self.grounds,
            self.titles,
            self.states,
            self.review.heads,
            self.rating.heads,
            self.rating.grades,
        ):
            distinct([one.code for one in lists])
        for form in self.forms:
            distinct(list(form.answer_keys))
            if sum(one.kind == "steps" for one in form.fields) > 1:
                raise ValueError(f"{form.code}: a form has one plan at most")
        forms, grounds = {one.code for one in self.forms}, {one.code for one in self.grounds}
        titles = {one.code for one in self.titles}
        for track in self.tracks:
            if track.form not in forms:
                raise ValueError(f"{track.code}: no form {track.form!r}")
            if track.grounds is not None and track.grounds not in grounds:
                raise ValueError(f"{track.code}: no list of grounds {track.grounds!r}")
            if track.title is not None and track.title not in titles:
                raise ValueError(f"{track.code}: no title {track.title!r}")
        if self.decider is not None:
            distinct([one.act for one in self.decider.acts])
        states = {one.code for one in self.states}
        rows = [one.before for one in self.transitions]
        distinct(rows)
        if set(rows) != states:
            raise ValueError("transitions must have one row for each state")
        if unknown := {to for one in self.transitions for to in one.to} - states:
            raise ValueError(f"transitions lead to states that are not there: {sorted(unknown)}")
        if lacking := set(Stage) - {one.stage for one in self.states}:
            raise ValueError(f"no state of the stages {sorted(lacking)}")
        for month, day in (
            (self.deadline.month, self.deadline.day),
            (self.rating.month, self.rating.day),
        ):
            date(2001, month, day)  # a day that every year has
        return self

    def track(self, code: str) -> Track:
        """Return a track by its code; InvalidValueError where there is none."""
        return found_by_code(self.tracks, "track", code)

    def form_of(self, track: str) -> Form:
        """Return the form of a track."""
        return found_by_code(self.forms, "form", self.track(track).form)

    def grounds_of(self, track: str) -> GroundList | None:
        """Return the grounds for refusing a track; None where the document lists none."""
        code = self.track(track).grounds
        return next((one for one in self.grounds if one.code == code), None)

    def title_of(self, track: str) -> Title | None:
        """Return the title of a track; None where the document has none."""
        code = self.track(track).title
        return next((one for one in self.titles if one.code == code), None)

    def place_of_act(self, act: Act) -> str | None:
        """Return where the document leaves an act to the decider; None where it does not."""
        acts = () if self.decider is None else self.decider.acts
        return next((one.place for one in acts if one.act is act), None)

    def state(self, code: str) -> State:
        """Return a state by its code; InvalidValueError where there is none."""
        return found_by_code(self.states, "to", code)

    def first(self, stage: Stage) -> State:
        """Return the state that stands for a stage."""
        return next(one for one in self.states if one.stage is stage)

    def next_states(self, code: str) -> tuple[State, ...]:
        """Return what may follow a state."""
        row = next(one for one in self.transitions if one.before == code)
        return tuple(self.state(to) for to in row.to)


_WHAT = Text("申报办法", "scheme")


def read_scheme(path: Path) -> Scheme:
    """Read and check a file.

    Raises
    ------
    UnusableInputError
        Naming the file and its first fault.
    """
    return read_published(path, Scheme, _WHAT)


@cache
def _schemes(folders: tuple[Path, ...]) -> Mapping[str, Scheme]:
    return read_folders(folders, Scheme, _WHAT)


def schemes(settings: Settings) -> Mapping[str, Scheme]:
    """Return all schemes by code: those shipped, then the operator's own; read once per process.

    Raises
    ------
    UnusableInputError
        If a file breaks the rules; it names the file.
    """
    return _schemes(folders_of(settings, "applications"))


def scheme_of(settings: Settings, code: str) -> Scheme:
    """Return a scheme by its code.

    Raises
    ------
    InvalidValueError
        If there is none; it says which there are.
    """
    return found_by_code(tuple(schemes(settings).values()), "scheme", code)

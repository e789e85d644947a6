"""One field of a question, and the table of all fields of one kind of run.

From a table come the body of the API, the options of the command and the controls of the page, what
is out of range, and which model honours what. A field that one of the three does not have says why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import Any, get_type_hints

from geoapp.core.i18n import Text


class Kind(StrEnum):
    """What a field holds."""

    WHOLE = "whole"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    CODE = "code"
    CODES = "codes"
    FAMILIES = "families"
    MOMENT = "moment"
    MOMENTS = "moments"
    QUOTAS = "quotas"
    PHASES = "phases"
    SIZES = "sizes"
    WEIGHTS = "weights"
    SITES = "sites"
    AREAS = "areas"


class Unit(StrEnum):
    """What a number counts; a share is 0 to 1, and percent on screens."""

    METRES = "metres"
    SECONDS = "seconds"
    SHARE = "share"
    SEATS = "seats"


UNIT_TEXT = {
    Unit.METRES: Text("米", "m"),
    Unit.SECONDS: Text("秒", "s"),
    Unit.SHARE: Text("%", "%"),
    Unit.SEATS: Text("座", "seats"),
}

_NAMED_UNITS = {
    Unit.METRES: Text("米", "metres"),
    Unit.SECONDS: Text("秒", "seconds"),
    Unit.SHARE: Text("0 至 1", "0 to 1"),
}


@dataclass(frozen=True, slots=True)
class Absent:
    """A field is not there, and why."""

    reason: str


class Place(StrEnum):
    """Where a page has a field: in view, among further conditions, or in markup of its own.

    Markup of its own names in ``data-asks`` the fields that it asks.
    """

    MAIN = "main"
    MORE = "more"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a question; its default is that of the question's own type.

    Attributes
    ----------
    name
        In the API and in the stored question.
    label, help
        A short name, and a sentence: what it asks.
    least, most
        Range of a number, both inclusive, in the unit.
    longest
        Characters of a text or of a code.
    most_items
        How many members a list or a mapping may have.
    choices
        Value and words of each choice.
    spellings
        Further spellings of choices that are accepted.
    models
        The models that honour it; empty = all. Others refuse it unless it has its default.
    written
        How it is written down as text, where that is not plain.
    refused
        What else to say where another model refuses it.
    needs
        The field without which this one means nothing.
    option
        The command's option. Two fields may share one, as the standard in metres or seconds does.
    page
        Where the planner's page has it.
    start
        What the page's field starts with, where that is not the default.
    asked
        Whether it changes what is asked; how long the solver may search does not.
    """

    name: str
    kind: Kind
    label: Text
    help: Text
    option: str | Absent
    page: Place | Absent
    least: float | None = None
    most: float | None = None
    unit: Unit | None = None
    longest: int | None = None
    most_items: int | None = None
    choices: Mapping[str, Text] | None = None
    spellings: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    written: Text | None = None
    refused: Text | None = None
    needs: str | None = None
    start: float | str | None = None
    asked: bool = True

    @property
    def described(self) -> Text:
        """What it asks, in which unit, and of which models where not all honour it."""
        zh, en = self.help
        if self.unit in _NAMED_UNITS:
            unit = _NAMED_UNITS[self.unit]
            zh, en = f"{zh}，{unit.zh}", f"{en}, {unit.en}"
        if self.models:
            names = ", ".join(self.models)
            zh, en = f"{zh}（{names}）", f"{en} ({names})"
        return Text(zh, en)


class Table:
    """All fields of one kind of question.

    Parameters
    ----------
    question
        The question's type, a dataclass with the same fields in any order.
    rows
        The fields, in the order in which they are shown.
    """

    def __init__(self, question: type[Any], rows: tuple[Field, ...]) -> None:
        self.question = question
        self._rows = {one.name: one for one in rows}
        held = {one.name for one in fields(question)}
        if set(self._rows) != held or len(rows) != len(held):
            wrong = sorted(set(self._rows) ^ held) or [one.name for one in rows]
            raise TypeError(f"{question.__name__} and its table differ: {', '.join(wrong)}")

    @cached_property
    def _types(self) -> dict[str, Any]:
        return get_type_hints(self.question)

    def __iter__(self) -> Iterator[Field]:
        """Go through the fields in order."""
        return iter(self._rows.values())

    def __getitem__(self, name: str) -> Field:
        """Return a field by name."""
        return self._rows[name]

    def default(self, name: str) -> Any:
        """Return a field's default; ``MISSING`` = it must be given."""
        return next(one.default for one in fields(self.question) if one.name == name)

    def is_given(self, question: Any, name: str) -> bool:
        """Tell whether a question departs from a field's default."""
        default = self.default(name)
        return default is MISSING or getattr(question, name) != default

    def chosen(self, name: str, value: str) -> Any:
        """Return a choice as the question holds it: a member of its own enumeration."""
        return self._types[name](value.replace("-", "_"))

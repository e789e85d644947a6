"""What is wrong with a row of a file: located, coded and said in both languages."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from geoapp.core.i18n import Text

MOST_SHOWN_CHARACTERS = 120
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was rejected, or what of it was kept without being understood.

    ``line`` is the line of a CSV file (the first is 1), the row of a sheet, or the number of a
    feature (the first is 1); ``value`` is what stood there, shortened.
    """

    line: int
    field: str
    value: str
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row as it came, and what is wrong with it."""

    line: int
    cells: list[Any]
    geometry: Any
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Reading(Generic[Row]):
    """What a file holds: the good rows, and the others with their problems.

    ``given`` are the columns known to the importer that the file has; a column that is absent
    leaves what is stored. ``extra`` are the file's other columns, kept aside with each row.
    ``hints`` are doubts about the file as a whole, ``warnings`` about single cells of good rows.
    """

    rows: list[Row]
    rejected: list[Rejected]
    given: frozenset[str]
    extra: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    hints: tuple[Text, ...] = ()
    is_rejects_file: bool = False
    warnings: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems in the order of the file."""
        return tuple(problem for rejected in self.rejected for problem in rejected.problems)

    @property
    def read(self) -> int:
        """How many rows the file holds."""
        return len(self.rows) + len(self.rejected)


def shown(value: Any) -> str:
    """Return a value as it may be shown: one line, shortened, control characters made visible."""
    text = "" if value is None else str(value)
    text = "".join(
        character if character.isprintable() else repr(character)[1:-1]
        for character in text[: MOST_SHOWN_CHARACTERS + 1]
    )
    return text if len(text) <= MOST_SHOWN_CHARACTERS else text[:MOST_SHOWN_CHARACTERS] + "…"


@dataclass(slots=True)
class Findings:
    """Collects the problems of one row, which reject it, and warnings, which do not."""

    line: int
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, column: str, value: Any, code: str, zh: str, en: str) -> None:
        """Note a problem; the texts say what is wrong and what is accepted."""
        self.problems.append(Problem(self.line, column, shown(value), code, Text(zh, en)))

    def warn(self, column: str, value: Any, code: str, zh: str, en: str) -> None:
        """Note a doubt about a cell whose row is accepted; the texts say what becomes of it."""
        self.warnings.append(Problem(self.line, column, shown(value), code, Text(zh, en)))

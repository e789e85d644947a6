"""What a report of a month or of a run consists of, whatever the file: texts, tables, bars, a map.

A cell that is None is unknown and shown as a dash, never as a nought.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import assert_never

from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Language, Text, said
from geoapp.core.results.coverage_hours import RegionHours
from geoapp.core.units import UNKNOWN, format_count, format_difference, format_share
from geoapp.core.words import Standing
from geoapp.reports.ground import GroundOf


class Form(StrEnum):
    """How the values of a column are written; an amount has a decimal only where there is one."""

    WORDS = "words"
    COUNT = "count"
    AMOUNT = "amount"
    CHANGE = "change"
    POINTS = "points"
    SHARE = "share"
    METRES = "metres"
    DECIMAL = "decimal"
    RATIO = "ratio"
    DEGREES = "degrees"
    DAY = "day"

    @property
    def is_number(self) -> bool:
        """Whether its values stand at the right of their cells."""
        return self not in (Form.WORDS, Form.DAY)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in a form of its own, where the values of a column are of several."""

    value: float | date | None
    form: Form


Cell = Text | str | float | int | date | Figure | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and form; ``wide`` is how many times it is as wide as a plain one."""

    text: Text
    form: Form = Form.WORDS
    wide: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings.

    Attributes
    ----------
    sheet
        A short name, that of its sheet in a workbook.
    total
        Whether the last row adds up those above it.
    paper
        How many of its columns are printed on paper, from the left, where not all fit.
    """

    sheet: Text
    title: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: bool = False
    notes: Sequence[Text] = ()
    paper: int | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Shares (0 to 1, None unknown) side by side; the table beside them has the same figures."""

    title: Text
    rows: Sequence[tuple[Text, float | None]]


@dataclass(frozen=True, slots=True)
class Area:
    """A region on the map with its share (0 to 1), None where it has none."""

    shape: BaseGeometry
    share: float | None
    name: Text


@dataclass(frozen=True, slots=True)
class Spot:
    """A numbered place on the map, degrees in WGS-84."""

    number: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Map:
    """Regions coloured by share, gap zones, facilities as dots, numbered places that would help.

    ``ground`` reads the streets of a window; None where none are loaded.
    """

    title: Text
    areas: Sequence[Area]
    gaps: Sequence[BaseGeometry]
    facilities: Sequence[tuple[float, float]]
    spots: Sequence[Spot]
    ground: GroundOf | None = None


@dataclass(frozen=True, slots=True)
class OnTwoDays:
    """A facility at its place (degrees in WGS-84), and whether it was there on each of two days."""

    lon: float
    lat: float
    name: Text
    then: Standing
    now: Standing


@dataclass(frozen=True, slots=True)
class Swipe:
    """Two days on one map, for a page that a reader moves a line on; paper has the tables of it.

    ``then`` and ``now`` are the same regions in the same order, each with its share as it was
    published by that day.
    """

    title: Text
    first: date
    last: date
    then: Sequence[Area]
    now: Sequence[Area]
    facilities: Sequence[OnTwoDays]


@dataclass(frozen=True, slots=True)
class Week:
    """The 168 hours of a week, for a page with a slider; paper has the table of it.

    ``own`` is the region that the report is of. ``parts`` are the regions below it, or it alone, each
    with its name and, where one is stored, its outline.
    """

    title: Text
    own: RegionHours
    parts: Sequence[tuple[RegionHours, Text, BaseGeometry | None]]


@dataclass(frozen=True, slots=True)
class Section:
    """One question of the report, with what answers it; a number among its figures has its form."""

    heading: Text
    figures: Sequence[tuple[Text, Cell]] = ()
    lines: Sequence[Text] = ()
    maps: Sequence[Map] = ()
    bars: Sequence[Bars] = ()
    swipe: Swipe | None = None
    week: Week | None = None
    tables: Sequence[Table] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a month or of a run.

    Attributes
    ----------
    day
        The last day that it tells of; files carry it as their date.
    facts
        What the title page says, as labels and values.
    sample
        Whether any of the figures are made up.
    """

    title: Text
    day: date
    sample: bool
    facts: Sequence[tuple[Text, Cell]]
    sections: Sequence[Section] = field(default_factory=tuple)


# Five classes, their lower edges and colours, as on the service's own map (``static/css/tokens.css``).
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8)
CLASS_TEXT = ("< 20%", "20–40%", "40–60%", "60–80%", "≥ 80%")
CLASS_COLOURS = ("#b5402a", "#e0906b", "#efd9b4", "#8fc1b5", "#2f7f79")
NONE_COLOUR = "#c9d0d4"
# Gap zones on top of any of the classes.
ZONE_COLOUR = "#4a3c6e"


def class_colour(share: float | None) -> str:
    """Return the colour of a share; what is unknown has one of its own."""
    if share is None:
        return NONE_COLOUR
    return CLASS_COLOURS[max(0, sum(share >= edge for edge in EDGES) - 1)]


def written(cell: Cell, language: Language | None) -> str:
    """Return a value that stands alone as people read it."""
    return shown(cell, Form.WORDS, language)


def shown(cell: Cell, form: Form, language: Language | None) -> str:
    """Return a cell as people read it."""
    if isinstance(cell, Figure):
        return shown(cell.value, cell.form, language)
    if cell is None:
        return UNKNOWN
    if isinstance(cell, Text):
        return said(cell, language)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    match form:
        case Form.SHARE:
            return format_share(cell)
        case Form.CHANGE:
            return format_difference(cell)
        case Form.POINTS:
            return f"{cell:+.1f}" if round(cell, 1) else "0.0"
        case Form.AMOUNT:
            return f"{cell:,.0f}" if float(cell).is_integer() else f"{cell:,.1f}"
        case Form.DECIMAL:
            return f"{cell:,.1f}"
        case Form.RATIO:
            return f"{cell:.2f}"
        case Form.DEGREES:
            return f"{cell:.5f}"
        case Form.COUNT | Form.METRES | Form.WORDS | Form.DAY:
            return format_count(cell)
        case _:
            assert_never(form)

"""The layer kit: what a file under ``layers/`` describes itself with.

A layer says what it shows (a query), how it is painted and what a pop-up tells. Bounding box,
limit, roles, language, datum and escaping are the machinery's work, the same for every layer.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from geoapp.core.i18n import Text
from geoapp.core.roles import Permission, Role, allows

__all__ = [
    "COVERAGE_COLOURS",
    "DEMAND_COLOURS",
    "FACILITY_ATTRIBUTES",
    "FACILITY_POPUP",
    "FACILITY_TIMES",
    "SOURCE",
    "Category",
    "ClassBreaks",
    "Constant",
    "Context",
    "CoverAreas",
    "Field",
    "Grid",
    "Layer",
    "Legend",
    "Look",
    "Popup",
    "Streets",
    "Style",
    "Text",
    "class_of",
    "classes_of",
]

Format = Literal[
    "text",
    "number",
    "rank",
    "people",
    "metres",
    "share",
    "date",
    "hours",
    "amenities",
    "entry",
    "access",
    "doubt",
]
Shape = Literal["circle", "square", "house", "triangle", "diamond"]

# Least to most; the same as the tokens --class-1 to --class-5 of the screens. Told apart with
# every common kind of colour blindness, by lightness from the middle and by hue between the ends.
COVERAGE_COLOURS = ("#b5402a", "#e0906b", "#efd9b4", "#8fc1b5", "#2f7f79")
# One hue, light to dark: reads without colour too.
DEMAND_COLOURS = ("#e3e6f3", "#b9c0e0", "#8c95cb", "#5f69b1", "#363f8d")


@dataclass(frozen=True, slots=True)
class Context:
    """What a query may depend on besides the layer itself.

    Attributes
    ----------
    today
        The day in the service's own time zone, for places of moving facilities.
    run_id
        The coverage run that is shown; None where no run has succeeded yet.
    siting_run_id
        The siting run that is shown; None where none has succeeded yet.
    demand
        The code of that run's demand set; None is the newest.
    walk_m, line_m
        The run's standard in walked metres (or the default of 500), and the straight metres within
        which it is met by the estimate.
    network
        The walking network in use; None where there is none.
    frame
        An SQL expression of the box (EPSG:4326) that will be shown, so that a query may leave the
        rest out early; None is everywhere. What a query does not leave out, the machinery does.
    """

    today: date
    run_id: int | None = None
    siting_run_id: int | None = None
    demand: str | None = None
    walk_m: float = 500.0
    line_m: float = 500 / 1.3
    network: Any | None = None
    frame: Any | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How one class of things is painted.

    Attributes
    ----------
    colour
        Hexadecimal, of the marker or the area's fill.
    shape
        Of a marker: shapes differ where colours do, for people who cannot tell these apart.
    fill_share
        Opacity of an area, 0 to 1.
    outline
        Colour of an area's border; None = as the fill.
    width_px
        Of an area's border.
    hatch
        Whether an area is filled with lines: what it tells of is somewhere in it, nobody knows where.
        It lets everything below it be met, and carries a mark with the first pop-up field.
    """

    colour: str
    shape: Shape = "circle"
    fill_share: float = 0.7
    outline: str | None = None
    width_px: float = 1.0
    hatch: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """By a column: each value's words and look; ``other`` is for every other value."""

    column: str
    looks: Mapping[Any, tuple[Text, Look]]
    other: tuple[Text, Look]


@dataclass(frozen=True, slots=True)
class ClassBreaks:
    """By a number: ``colours[i]`` from ``breaks[i - 1]`` (inclusive) to ``breaks[i]``.

    Attributes
    ----------
    breaks
        Rising, one fewer than the colours.
    format
        How the legend writes the breaks.
    unknown
        Words and look where the number is unknown.
    """

    column: str
    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    format: Format
    unknown: tuple[Text, Look]
    look: Look = Look("#000000")


@dataclass(frozen=True, slots=True)
class Constant:
    """The same look for all."""

    text: Text
    look: Look


Style = Constant | Category | ClassBreaks


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a pop-up: the column's value under a title.

    Where the query has no such column but ``<column>_zh`` and ``<column>_en``, the reader's
    language decides, and Chinese stands in for English that is missing. No value is told as unknown, unless
    ``if_any``: then there is none.
    """

    column: str
    title: Text
    format: Format = "text"
    if_any: bool = False


@dataclass(frozen=True, slots=True)
class Popup:
    """What a pop-up tells: a title (a column as in `Field`), then the known fields in order.

    ``sample`` names the column that is true for sample data, which is then marked as such.
    """

    title: str
    fields: tuple[Field, ...] = ()
    sample: str | None = None


@dataclass(frozen=True, slots=True)
class Legend:
    """What a legend says beside the classes of the style.

    ``without_run`` is shown in place of the classes while no coverage run has succeeded.
    """

    note: Text | None = None
    without_run: Text | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Gather the query's points (columns ``weight`` and ``geometry``) into hexagons.

    The layer then has the columns ``id``, ``weight``, ``point_count`` and ``geometry``, and ``source``:
    what the query's column of that name says, if it has one.
    """

    cell_m2: float


@dataclass(frozen=True, slots=True)
class CoverAreas:
    """Replace each facility by what is walked to from it within the run's standard.

    On the walking network that is its catchment; elsewhere a circle. The layer then has the columns
    ``basis_zh`` and ``basis_en`` too, and its versions name the network.
    """


@dataclass(frozen=True, slots=True)
class Streets:
    """Show the edges of the walking network in use; the layer has no query.

    The layer then has the columns ``id``, ``name_zh``, ``name_en``, ``length_m``, ``reach`` (`joined`
    or `cut_off`) and ``geometry``.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One map layer.

    Attributes
    ----------
    id
        The file's name without ``.py``.
    title
        As the layer control and the collection say it.
    query
        A SQLAlchemy select, or a function of `Context` that returns one (None: nothing to show),
        with columns ``id`` (distinct) and ``geometry`` (EPSG:4326) and those that style and pop-up
        name.
    versions
        Names in ``data_version`` whose rise may change what the query answers.
    derive
        What the machinery makes of the rows before they are shown.
    permission
        What a reader must be allowed to; None = everybody.
    published
        False = only for those who may see what is not published yet.
    shown
        Whether a map shows it at once.
    cluster
        Whether many markers gather into counts.
    search
        Whether the map's search box finds its pop-up titles.
    label
        Whether each area carries its pop-up title.
    numbered
        The column whose whole number each marker carries; None = none.
    uses_run
        Whether what it shows depends on the coverage or siting run that is shown.
    attributes
        What GIS programs get at ``/ogc/`` beside the fields of the pop-up.
    times
        Columns with dates at which a feature is known to be; from the first to the last of them is
        its time.
    """

    id: str
    title: Text
    query: Any | Callable[[Context], Any]
    style: Style
    popup: Popup
    versions: tuple[str, ...]
    legend: Legend = Legend()
    derive: Grid | CoverAreas | Streets | None = None
    permission: Permission | None = None
    published: bool = True
    shown: bool = True
    cluster: bool = False
    search: bool = False
    label: bool = False
    numbered: str | None = None
    uses_run: bool = False
    attributes: tuple[Field, ...] = ()
    times: tuple[str, ...] = ()
    # Stamped by the registry: a hash of the file, so that an edited layer is a new version.
    source_hash: str = ""

    def stamped(self, source_hash: str) -> "Layer":
        """Return this layer with the hash of its file."""
        return replace(self, source_hash=source_hash)

    def visible_to(self, role: Role | None) -> bool:
        """Tell whether somebody of this role (None: not signed in) may see the layer."""
        if not self.published and not allows(role, Permission.SEE_UNPUBLISHED):
            return False
        return self.permission is None or allows(role, self.permission)

    def select(self, context: Context) -> Any | None:
        """Return the SQLAlchemy select for a context; None where there is nothing to show."""
        return self.query(context) if callable(self.query) else self.query


def classes_of(style: Style) -> list[tuple[Text | None, Look]]:
    """Return the classes of a style in the legend's order; the text of a break is None."""
    if isinstance(style, Constant):
        return [(style.text, style.look)]
    if isinstance(style, Category):
        return [*style.looks.values(), style.other]
    broken: list[tuple[Text | None, Look]] = [
        (None, replace(style.look, colour=colour)) for colour in style.colours
    ]
    return [*broken, style.unknown]


def class_of(style: Style, row: Mapping[str, Any]) -> int:
    """Return which of `classes_of` a row belongs to."""
    if isinstance(style, Constant):
        return 0
    value = row.get(style.column)
    if isinstance(style, Category):
        return list(style.looks).index(value) if value in style.looks else len(style.looks)
    return len(style.colours) if value is None else bisect_right(style.breaks, value)


# What the layers of stations, bases and homes tell of each.
FACILITY_POPUP = Popup(
    title="name",
    sample="is_sample",
    fields=(
        Field("kind", Text("类型", "Kind")),
        Field("doubtful", Text("注意", "Mind"), "doubt", if_any=True),
        Field("opening_hours", Text("开放时间", "Hours"), "hours"),
        Field("place", Text("停靠点", "Stands at"), if_any=True),
        Field("entry", Text("进入方式", "Entry"), "entry"),
        Field("access", Text("开放对象", "For"), "access"),
        Field("amenities", Text("有", "Has"), "amenities"),
        Field("no_amenities", Text("没有", "Has not"), "amenities"),
        Field("address", Text("地址", "Address")),
        Field("verified_on", Text("核实于", "Verified"), "date"),
        Field("code", Text("编号", "Code")),
    ),
)

# Whose data it is: a file that is handed on names it (ODbL asks for that).
SOURCE = Field("source", Text("来源", "Source"))

# What GIS programs get of each facility beside that.
FACILITY_ATTRIBUTES = (
    Field("kind_code", Text("类型编码", "Code of the kind")),
    Field("family", Text("大类", "Family")),
    Field("status", Text("状态", "Status")),
    Field("region_code", Text("区域编码", "Code of the region")),
    Field("region", Text("区域", "Region")),
    Field("phone", Text("电话", "Telephone")),
    Field("host", Text("所在单位", "Host")),
    Field("operator", Text("管理单位", "Run by")),
    Field("capacity", Text("容纳人数", "Capacity"), "number"),
    Field("opened_on", Text("启用日期", "Opened"), "date"),
    Field("opened_basis", Text("启用日期依据", "What the opening date rests on")),
    Field("closed_on", Text("停用日期", "Closed"), "date", if_any=True),
    Field("closed_basis", Text("停用日期依据", "What the closing date rests on"), if_any=True),
    SOURCE,
)
FACILITY_TIMES = ("opened_on", "verified_on")

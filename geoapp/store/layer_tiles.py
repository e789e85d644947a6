"""A layer's query as a vector tile (Mapbox Vector Tile 2), made by PostGIS.

Every feature says how many it stands for (``count``), and over all tiles of a zoom these add up to
the number of rows: a point lies in one tile and is drawn there alone; an area or a line may reach
into several and counts in the one that holds a certain point of it, with 0 in the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Dialect,
    Float,
    Integer,
    Numeric,
    Select,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY as PG_ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from geoapp.core.tiles import BUFFER, EXTENT, HALF_M, Tile

# A tile that would hold more features gathers its small ones.
MOST_FEATURES: Final = 2000
# What is gathered lies in one of so many by so many cells of its tile.
CELLS: Final = 32
# Steps of the tile's coordinates: half a pixel where a tile is drawn 256 pixels wide.
_DOT: Final = 8
# Columns that every tile has beside the layer's own.
OWN: Final = ("id", "name_zh", "name_en", "look", "count")


@dataclass(frozen=True, slots=True)
class ClassBy:
    """Which class of a legend a row is of.

    Attributes
    ----------
    column
        What decides; None where all are of one class.
    values
        The classes of a style by category, in order; every other value comes after them.
    breaks
        The rising bounds of a style by number; what is unknown comes after the classes.
    """

    column: str | None = None
    values: Sequence[Any] = ()
    breaks: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class TilePlan:
    """What a layer's tiles hold.

    Attributes
    ----------
    name
        What the layer is called in the tile.
    query
        With ``id``, ``geometry`` (EPSG:4326) and the columns.
    title
        Of the query's columns, those that name a feature in Chinese and in English.
    columns
        Further columns of the query.
    sample
        The column that is true of sample data.
    look
        The class in the legend.
    most
        How many features a tile has at most before the small ones are gathered.
    """

    name: str
    query: Select[Any]
    title: tuple[str | None, str | None]
    columns: Sequence[str]
    sample: str | None
    look: ClassBy
    most: int = MOST_FEATURES


@dataclass(frozen=True, slots=True)
class MadeTile:
    """A tile's bytes, and how many features it holds."""

    body: bytes
    features: int


class Gathering(StrEnum):
    """What of a tile is gathered in cells: nothing, what is smaller than a cell, or all of it."""

    NOTHING = "nothing"
    SMALL = "small"
    ALL = "all"


# Which tile it is, said with each execution of a statement that was put together once.
_ZOOM, _ROW, _COLUMN, _LAST = (
    bindparam(f"tile_{name}", type_=Integer) for name in ("zoom", "row", "column", "last")
)
_SIZE_M, *_SIDES = (
    bindparam(f"tile_{name}", type_=Float(53))
    for name in ("size_m", "west", "south", "east", "north")
)
# The box of the tile that a statement is executed for (EPSG:4326), with all that is drawn of it.
FRAME: Final[ColumnElement[Any]] = func.st_makeenvelope(*_SIDES, 4326)


class TileStatement:
    """A layer's tiles as one statement, put together and compiled once for all of them.

    Parameters
    ----------
    plan
        What the tiles hold.
    gathering
        Whether features are gathered in cells. A cell with one feature alone names it, one with more
        says how many; other columns are left out.
    """

    def __init__(self, session: Session, plan: TilePlan, gathering: Gathering) -> None:
        if gathering is Gathering.NOTHING:
            placed = _placed(plan, whole=True)
            found: Any = _singles(placed)
        else:
            placed = _placed(plan, whole=False)
            small = placed.c.width < _SIZE_M / CELLS
            if gathering is Gathering.SMALL:
                cells = _cells(placed, and_(placed.c.here, small))
                found = union_all(cells, _singles(placed).where(~small))
            else:
                found = _cells(placed, placed.c.here)
        features = found.subquery("features")
        drawn = select(features).where(features.c.geom.is_not(None))
        if gathering is Gathering.NOTHING:
            # One more tells that there are too many: of those that are drawn, else some would be left out unseen.
            drawn = drawn.limit(plan.most + 1)
        kept = drawn.subquery("tile")
        row = func.st_asmvt(literal_column("tile.*"), plan.name, EXTENT, "geom")
        statement = select(row, func.count()).select_from(kept)
        # As text: to put together and to compile it anew costs more than most tiles do.
        dialect = session.get_bind().dialect
        compiled: Any = statement.compile(
            dialect=dialect, compile_kwargs={"render_postcompile": True}
        )
        self._sql: Final = str(compiled)
        self._values: Final = {
            name: _for_driver(compiled.binds.get(name), value, dialect)
            for name, value in compiled.params.items()
        }

    def make(
        self, session: Session, tile: Tile, given: Mapping[str, Any] | None = None
    ) -> MadeTile:
        """Return a tile.

        Parameters
        ----------
        given
            Further parameters of the plan's query: the rows that are not in the store.
        """
        west, south, east, north = tile.frame()
        asked = {
            "tile_zoom": tile.zoom,
            "tile_row": tile.row,
            "tile_column": tile.column,
            "tile_last": 2**tile.zoom - 1,
            "tile_size_m": tile.size_m,
            "tile_west": west,
            "tile_south": south,
            "tile_east": east,
            "tile_north": north,
        }
        found = session.connection().exec_driver_sql(
            self._sql, {**self._values, **(given or {}), **asked}
        )
        body, count = found.one()
        return MadeTile(bytes(body), count)


def _for_driver(bound: Any | None, value: Any, dialect: Dialect) -> Any:
    """Return a value as the driver takes it, where its type makes something of it."""
    if bound is None:
        return value
    process = bound.type.dialect_impl(dialect).bind_processor(dialect)
    return value if process is None else process(value)


def told_columns(plan: TilePlan, columns: Any, *, whole: bool) -> Mapping[str, ColumnElement[Any]]:
    """Return what the features of a plan's tiles tell, by name, ``count`` aside.

    Parameters
    ----------
    columns
        Those of the plan's query.
    whole
        Whether the plan's further columns are among it.
    """
    told: dict[str, ColumnElement[Any]] = {"id": func.concat(columns.id)}
    for name, source in zip(("name_zh", "name_en"), plan.title, strict=True):
        if source is not None:
            told[name] = cast(columns[source], Text)
    if whole:
        told |= {name: _value(columns[name]) for name in plan.columns if name not in told}
    if plan.sample is not None:
        told["is_sample"] = func.coalesce(columns[plan.sample], false())
    told["look"] = _look(columns, plan.look)
    return told


def _placed(plan: TilePlan, *, whole: bool) -> Any:
    """Return what lies in a tile, or reaches into it, with ``here``: whether it counts in it."""
    inner = plan.query.subquery("layer")
    named = told_columns(plan, inner.c, whole=whole)
    # Each step is kept, else the projection would be done anew wherever its shape is named.
    shaped = (
        select(
            *[value.label(name) for name, value in named.items()],
            func.st_transform(inner.c.geometry, 3857).label("shape"),
            func.st_dimension(inner.c.geometry).label("dimension"),
        )
        .where(inner.c.geometry.op("&&")(FRAME))
        .cte("shaped")
        .prefix_with("materialized")
    )
    shape = shaped.c.shape
    inside = case((func.geometrytype(shape) == "POINT", shape), else_=func.st_pointonsurface(shape))
    spotted = select(shaped, inside.label("spot")).cte("spotted").prefix_with("materialized")
    shape, spot = spotted.c.shape, spotted.c.spot
    # Half-open, so that what lies on the border of two tiles lies in one of them; the far borders of
    # the world belong to the last ones.
    across = func.least(func.floor((func.st_x(spot) + HALF_M) / _SIZE_M), _LAST)
    down = func.least(func.floor((HALF_M - func.st_y(spot)) / _SIZE_M), _LAST)
    here = and_(across == _COLUMN, down == _ROW)
    width = func.greatest(
        func.st_xmax(shape) - func.st_xmin(shape), func.st_ymax(shape) - func.st_ymin(shape)
    )
    placed = select(spotted, here.label("here"), width.label("width")).subquery("placed")
    return select(placed).where(or_(placed.c.here, placed.c.dimension > 0)).subquery("kept")


def _names(placed: Any) -> list[str]:
    made = ("shape", "spot", "dimension", "here", "width")
    return [one.name for one in placed.c if one.name not in made]


def _singles(placed: Any) -> Select[Any]:
    count = case((placed.c.here, 1), else_=0)
    columns = [placed.c[name] for name in _names(placed)]
    return select(_drawn(placed).label("geom"), *columns, count.label("count"))


def _cells(placed: Any, chosen: ColumnElement[bool]) -> Select[Any]:
    names = _names(placed)
    rows = (
        select(
            *[placed.c[name] for name in names],
            func.st_x(placed.c.spot).label("x"),
            func.st_y(placed.c.spot).label("y"),
        )
        .where(chosen)
        .subquery("rows")
    )

    def told(name: str) -> ColumnElement[Any]:
        value = rows.c[name]
        if name == "is_sample":
            return func.bool_and(value)
        if name == "look":  # of a class that they share
            return case((func.min(value) == func.max(value), func.min(value)))
        return case((func.count() == 1, func.min(value.collate("C"))))

    # Cells of the world and not of the tile, so that none is shared by two tiles.
    cell_m = _SIZE_M / CELLS
    middle = func.st_makepoint(func.avg(rows.c.x), func.avg(rows.c.y))
    return select(
        _in_tile(func.st_setsrid(middle, 3857)).label("geom"),
        *[told(name).label(name) for name in names],
        cast(func.count(), Integer).label("count"),
    ).group_by(func.floor(rows.c.x / cell_m), func.floor(rows.c.y / cell_m))


def _in_tile(shape: Any) -> Any:
    frame = func.st_tileenvelope(_ZOOM, _COLUMN, _ROW)
    return func.st_asmvtgeom(shape, frame, EXTENT, BUFFER, true())


def _drawn(placed: Any) -> Any:
    """Return a shape in the tile's coordinates, without detail that nobody could see.

    What would vanish is drawn where it counts: an area as a square of a pixel, a line as a point.
    """
    step_m = _SIZE_M / EXTENT
    simple = func.st_simplify(placed.c.shape, step_m, true())
    square = func.st_expand(placed.c.spot, _DOT * step_m)
    dot = case((placed.c.dimension == 2, square), else_=placed.c.spot)
    return func.coalesce(_in_tile(simple), case((placed.c.here, _in_tile(dot))))


def _value(found: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column as a tile can hold it: a number, a truth or a text."""
    kind = found.type
    if isinstance(kind, ARRAY | PG_ARRAY):
        return func.array_to_string(found, ";")
    if isinstance(kind, Numeric) and not isinstance(kind, Float):
        return cast(found, Float(53))
    if isinstance(kind, Boolean | Integer | Float | String | NullType):
        return found
    return cast(found, Text)


def tile_columns(plan: TilePlan) -> Mapping[str, str]:
    """Return the columns of a plan's tiles with their kind: ``string``, ``number`` or ``boolean``."""
    known = plan.query.selected_columns
    kinds = {"id": "string"}
    for name, source in zip(("name_zh", "name_en"), plan.title, strict=True):
        if source is not None:
            kinds[name] = "string"
    for name in plan.columns:
        kinds.setdefault(name, _kind(_value(known[name])))
    if plan.sample is not None:
        kinds["is_sample"] = "boolean"
    return {**kinds, "look": "number", "count": "number"}


def _kind(found: ColumnElement[Any]) -> str:
    if isinstance(found.type, Boolean):
        return "boolean"
    return "number" if isinstance(found.type, Integer | Numeric) else "string"


def _look(columns: Any, by: ClassBy) -> ColumnElement[Any]:
    if by.column is None:
        return literal(0)
    found = columns[by.column]
    if by.breaks is None:
        classes = [(found == value, place) for place, value in enumerate(by.values)]
        return case(*classes, else_=len(by.values)) if classes else literal(0)
    # Which class a value is of: from its bound on, below the next.
    classes = [(found < bound, place) for place, bound in enumerate(by.breaks)]
    most = len(by.breaks)
    return case((found.is_(null()), most + 1), *classes, else_=most)

"""The rows of a layer's query: counted, cut to a box and a page, read with their shapes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.orm import Session

from geoapp.core.arrays import FloatArray
from geoapp.core.filters import Condition, SortKey
from geoapp.core.parsing import Bbox
from geoapp.core.words import OSM_NAME
from geoapp.store.layer_filter import after_sql, order_sql, sql_of


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows of a layer are wanted, in order of ``keys`` and their ids unless ``thinned``.

    Attributes
    ----------
    frame
        Only what touches this shape (EPSG:4326); None is everywhere.
    row_id
        Only the row of this id.
    where
        Only rows of which this is true.
    keys, after
        The order, and after which values of its keys and which id the page begins.
    limit, offset
        How many rows (None = all), after how many.
    thinned
        Whether a limit leaves out some of everywhere, rather than the highest ids, which may be a
        whole city's. It does so in the same way each time.
    first
        With ``thinned``: what touches this shape (EPSG:4326) comes before everything else.
    near
        In place of ``keys``: what is nearest to this place (lon, lat; EPSG:4326) comes first, in degrees
        as on a plane, which is enough to put a list in order.
    """

    frame: BaseGeometry | None = None
    row_id: str | None = None
    limit: int | None = None
    offset: int = 0
    thinned: bool = False
    first: BaseGeometry | None = None
    where: Condition | None = None
    keys: tuple[SortKey, ...] = ()
    after: tuple[tuple[Any, ...], Any] | None = None
    near: tuple[float, float] | None = None


def _where(inner: Any, wanted: RowFilter) -> Sequence[Any]:
    where: list[Any] = []
    if wanted.frame is not None:
        frame = func.st_geomfromwkb(shapely.to_wkb(wanted.frame), 4326)
        where.append(func.st_intersects(inner.c.geometry, frame))
    if wanted.row_id is not None:
        # PostgreSQL's texts hold no zero byte, so no id does.
        where.append(func.concat(inner.c.id) == wanted.row_id.replace("\x00", ""))
    if wanted.where is not None:
        where.append(sql_of(wanted.where, inner.c))
    return where


def _order(inner: Any, wanted: RowFilter) -> list[Any]:
    if wanted.near is not None:
        place = func.st_setsrid(func.st_makepoint(*wanted.near), 4326)
        return [inner.c.geometry.op("<->")(place), inner.c.id]
    if not wanted.thinned:
        return [*order_sql(wanted.keys, inner.c), inner.c.id]
    order: list[Any] = [func.md5(func.concat(inner.c.id)), inner.c.id]
    if wanted.first is not None:
        first = func.st_geomfromwkb(shapely.to_wkb(wanted.first), 4326)
        order.insert(0, func.st_intersects(inner.c.geometry, first).desc())
    return order


def count_rows(session: Session, query: Select[Any], wanted: RowFilter) -> int:
    """Return how many rows there are, whatever the page."""
    inner = query.subquery()
    count = select(func.count()).select_from(inner).where(*_where(inner, wanted))
    return session.scalar(count) or 0


def layer_rows(session: Session, query: Select[Any], wanted: RowFilter) -> list[dict[str, Any]]:
    """Return rows by column; ``geometry`` is a shapely geometry in EPSG:4326."""
    return _with_shapes(session.execute(_statement(query, wanted)).mappings())


def layer_pages(
    session: Session, query: Select[Any], wanted: RowFilter, size: int
) -> Iterator[list[dict[str, Any]]]:
    """Yield rows, as ``layer_rows`` returns them, so many at a time: no more are held here."""
    told = session.execute(_statement(query, wanted), execution_options={"yield_per": size})
    for part in told.mappings().partitions():
        yield _with_shapes(part)


def _statement(query: Select[Any], wanted: RowFilter) -> Select[Any]:
    inner = query.subquery()
    columns = [column for column in inner.c if column.key != "geometry"]
    where = list(_where(inner, wanted))
    if wanted.after is not None:
        where.append(after_sql(wanted.keys, *wanted.after, inner.c))
    return (
        select(*columns, func.st_asbinary(inner.c.geometry).label("geometry"))
        .where(*where)
        .order_by(*_order(inner, wanted))
        .limit(wanted.limit)
        .offset(wanted.offset)
    )


def _with_shapes(found: Iterable[RowMapping]) -> list[dict[str, Any]]:
    rows = [dict(row) for row in found]
    shapes = shapely.from_wkb([bytes(row["geometry"]) for row in rows])
    for row, shape in zip(rows, shapes, strict=True):
        row["geometry"] = shape
    return rows


def weighted_points(
    session: Session, query: Select[Any]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return longitude and latitude (degrees, EPSG:4326) and weight of a query of points."""
    inner = query.subquery()
    point = inner.c.geometry
    rows = session.execute(select(func.st_x(point), func.st_y(point), inner.c.weight)).all()
    lon, lat, weight = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 3).T
    return lon, lat, weight


def sources(session: Session, query: Select[Any]) -> list[str]:
    """Return in order what a query's column ``source`` says; nothing where it has none."""
    inner = query.subquery()
    if "source" not in inner.c:
        return []
    known = inner.c.source
    return list(session.scalars(select(known).where(known.is_not(None)).distinct().order_by(known)))


def names_source(session: Session, query: Select[Any]) -> bool:
    """Tell whether a query's column ``source`` names OpenStreetMap in any row."""
    inner = query.subquery()
    if "source" not in inner.c:
        return False
    named = select(inner.c.source).where(inner.c.source.icontains(OSM_NAME))
    return bool(session.scalar(select(named.exists())))


def layer_extent(session: Session, query: Select[Any]) -> Bbox | None:
    """Return west, south, east, north (degrees, EPSG:4326) of all shapes; None without any."""
    extent = select(func.st_extent(query.subquery().c.geometry).label("box")).subquery().c.box
    sides = (func.st_xmin, func.st_ymin, func.st_xmax, func.st_ymax)
    west, south, east, north = session.execute(select(*[side(extent) for side in sides])).one()
    return None if west is None else (west, south, east, north)

"""All that a layer's tiles hold, read at once: each row's spot and values as a tile has them."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from geoapp.store.layer_tiles import TilePlan, told_columns

# What stands before the values in a row: the spot, and the box of what is more than a point
# (west, south, east, north; None of a point); EPSG:3857.
PLACES: Final = 6
_PIECE: Final = 5000


def tile_row_columns(plan: TilePlan) -> list[str]:
    """Return the names of the values of a plan's rows, in their order."""
    return list(told_columns(plan, plan.query.subquery("layer").c, whole=True))


def read_tile_rows(session: Session, plan: TilePlan) -> Iterator[Sequence[Any]]:
    """Return the rows of a plan, in no order: `PLACES` numbers, then the values.

    A row counts at its spot: where it is, if it is a point, else somewhere on it.
    """
    inner = plan.query.subquery("layer")
    told = told_columns(plan, inner.c, whole=True)
    # Each step is kept, else the projection would be done anew wherever its shape is named.
    shaped = (
        select(
            *[value.label(name) for name, value in told.items()],
            func.st_transform(inner.c.geometry, 3857).label("shape"),
        )
        .cte("shaped")
        .prefix_with("materialized")
    )
    is_point = func.geometrytype(shaped.c.shape) == "POINT"
    spot = case((is_point, shaped.c.shape), else_=func.st_pointonsurface(shaped.c.shape))
    spotted = (
        select(shaped, spot.label("spot"), is_point.label("is_point"))
        .cte("spotted")
        .prefix_with("materialized")
    )
    sides = (func.st_xmin, func.st_ymin, func.st_xmax, func.st_ymax)
    statement = select(
        func.st_x(spotted.c.spot),
        func.st_y(spotted.c.spot),
        *[case((~spotted.c.is_point, side(spotted.c.shape))) for side in sides],
        *[spotted.c[name] for name in told],
    )
    yield from session.execute(statement.execution_options(yield_per=_PIECE))

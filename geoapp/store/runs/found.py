"""What runs found, row by row: figures by region, gap zones, sites, arrays."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from geoalchemy2.elements import WKBElement
from numpy.typing import NDArray
from sqlalchemy import delete, select, text, true
from sqlalchemy.orm import Session

from geoapp.store.models import Facility, RunArray, RunGap, RunRegion, RunSite
from geoapp.store.region_tree import WITHIN_REGION

_SRID = 4326
_IN_REGION = WITHIN_REGION.format(column="run_gap.region_code")


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """One region's figures."""

    region_code: str
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap zone, by rank; its shape as WKB (MultiPolygon, EPSG:4326)."""

    rank: int
    name_zh: str
    name_en: str
    region_code: str | None
    geometry_wkb: bytes
    points: int
    workers: float
    worst_m: float | None
    mean_m: float | None
    nearest_code: str | None
    nearest_name: str | None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site of a siting run: a chosen one or among the best of the others; WKB, EPSG:4326."""

    chosen: bool
    rank: int
    code: str
    name: str | None
    place_zh: str | None
    place_en: str | None
    geometry_wkb: bytes
    region_code: str | None
    cost: float | None
    fixed: bool
    adds: float
    by_district: dict[str, Any]


def save_results(
    session: Session,
    run_id: int,
    *,
    regions: Sequence[FiguresRow] = (),
    gaps: Sequence[GapRow] = (),
    arrays: Mapping[str, NDArray[Any]],
    sites: Sequence[SiteRow] = (),
) -> None:
    """Write the tables of a run; to be called in the transaction that ends it."""
    for model in (RunRegion, RunGap, RunArray, RunSite):
        session.execute(delete(model).where(model.run_id == run_id))
    session.add_all(
        RunRegion(run_id=run_id, region_code=one.region_code, figures=one.figures)
        for one in regions
    )
    for model, rows in ((RunGap, gaps), (RunSite, sites)):
        session.add_all(model(run_id=run_id, **_columns(row)) for row in rows)
    session.add_all(
        RunArray(run_id=run_id, name=name, data=_bytes_of(values))
        for name, values in arrays.items()
    )


def _columns(row: GapRow | SiteRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in row.__slots__ if name != "geometry_wkb"}
    return values | {"geom": WKBElement(row.geometry_wkb, srid=_SRID)}


def _bytes_of(values: NDArray[Any]) -> bytes:
    target = io.BytesIO()
    np.save(target, values, allow_pickle=False)
    return target.getvalue()


def run_regions(session: Session, run_id: int) -> list[FiguresRow]:
    """Return a run's figures by region, in order of region code."""
    rows = session.execute(
        select(RunRegion.region_code, RunRegion.figures)
        .where(RunRegion.run_id == run_id)
        .order_by(RunRegion.region_code)
    )
    return [FiguresRow(code, figures) for code, figures in rows]


def run_array(session: Session, run_id: int, name: str) -> NDArray[Any] | None:
    """Return one of a run's arrays; None where it has none of that name."""
    found = session.get(RunArray, (run_id, name))
    if found is None:
        return None
    values: NDArray[Any] = np.load(io.BytesIO(found.data), allow_pickle=False)
    return values


def has_array(session: Session, run_id: int, name: str) -> bool:
    """Say whether a run has an array of that name."""
    asked = select(RunArray.run_id).where(RunArray.run_id == run_id, RunArray.name == name)
    return session.scalar(asked) is not None


def run_gaps(
    session: Session, run_id: int, limit: int, region: str | None = None
) -> list[tuple[GapRow, str | None]]:
    """Return a run's gap zones by rank, each with its nearest facility's English name of today.

    Parameters
    ----------
    region
        Only zones that lie mainly in it; None is everywhere.
    """
    inside = true() if region is None else text(_IN_REGION).bindparams(region=region)
    rows = session.execute(
        select(RunGap, Facility.name_en)
        .outerjoin(Facility, Facility.code == RunGap.nearest_code)
        .where(RunGap.run_id == run_id, inside)
        .order_by(RunGap.rank)
        .limit(limit)
    )
    return [(GapRow(**_row(gap, GapRow)), name_en) for gap, name_en in rows]


def run_sites(session: Session, run_id: int, *, chosen: bool) -> list[SiteRow]:
    """Return a run's chosen sites in order of what each adds, or the best of the others."""
    rows = session.scalars(
        select(RunSite)
        .where(RunSite.run_id == run_id, RunSite.chosen == chosen)
        .order_by(RunSite.rank)
    )
    return [SiteRow(**_row(one, SiteRow)) for one in rows]


def _row(stored: RunGap | RunSite, kind: type[GapRow] | type[SiteRow]) -> dict[str, Any]:
    names = [name for name in kind.__slots__ if name != "geometry_wkb"]
    return {name: getattr(stored, name) for name in names} | {
        "geometry_wkb": bytes(stored.geom.data)
    }

"""A coverage run's tables and zones into files for programs: GeoJSON, GeoPackage, CSV, GeoParquet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.filters import ValueKind
from geoapp.core.results.coverage import CoverageGap, OverlapFigures, RegionFigures
from geoapp.reports.asked import Asked, add_question_layer, as_members, beside_rows
from geoapp.reports.file_table import FileTable, numbers_at
from geoapp.reports.tables import fill_file, write_table

_COLUMNS = (
    *("code", "name_zh", "name_en", "level", "parent", "weight", "point_count"),
    *("backup_share", "backup_weight", "covered_share", "covered_weight"),
    *("uncovered_share", "uncovered_weight", "unreachable_weight"),
)
_TEXTS = {"code", "name_zh", "name_en", "level", "parent"}
_NO_CELL = {"geometry_wkb"}
SUFFIXES = (".geojson", ".json", ".gpkg", ".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class CoverageTables:
    """What a file of a run holds.

    Attributes
    ----------
    question
        What was asked, and how many gap zones are listed of how many, as labels and values for people.
    about
        The run's number, parameters, inputs and totals.
    regions
        One row a region; nested figures are flattened to columns such as ``walk_mean_m``.
    gaps
        One row a gap zone, with ``geometry_wkb`` (WGS-84).
    overlaps
        One row a pair of facilities that cover the same workers; None where it is not known.
    outlines
        Of regions by code, as WKB (WGS-84); what is not known is left out. GeoPackage and GeoParquet
        have them.
    """

    question: Asked
    about: dict[str, Any]
    regions: Sequence[RegionFigures]
    gaps: Sequence[CoverageGap]
    overlaps: Sequence[OverlapFigures] | None
    outlines: Mapping[str, bytes] = field(default_factory=dict)


def _flat(row: RegionFigures) -> dict[str, Any]:
    flat = {name: getattr(row, name) for name in _COLUMNS}
    for name in ("mean_m", "p10_m", "p50_m", "p90_m", "greatest_m"):
        flat[f"walk_{name}"] = None if row.walk is None else getattr(row.walk, name)
    for name in ("straight_line", "access"):
        nested = getattr(row, name)
        flat |= _unfolded({} if nested is None else nested.model_dump(), name)
    return flat


def _zone(zone: CoverageGap) -> dict[str, Any]:
    """Return a gap zone with the places of what would close it in one cell."""
    cells = zone.model_dump(exclude=_NO_CELL)
    if zone.closers is not None:
        cells["closers"] = "; ".join(
            f"{one.lon:.5f}, {one.lat:.5f}: {one.workers:,.0f}" for one in zone.closers
        )
    return cells


def _unfolded(values: dict[str, Any], name: str) -> dict[str, Any]:
    """Return nested figures as columns such as ``access_walk_quantiles_m_90``."""
    flat: dict[str, Any] = {}
    for part, value in sorted(values.items()):
        column = f"{name}_{part}"
        flat |= _unfolded(value, column) if isinstance(value, dict) else {column: value}
    return flat


def _sheet(frame: pd.DataFrame) -> list[list[Any]]:
    """Return a frame's columns and rows; what is not known is None."""
    known = frame.astype(object).where(frame.notna(), None)
    return [list(frame.columns), *known.values.tolist()]


def _outlines(tables: CoverageTables) -> list[BaseGeometry | None]:
    """Return the regions' outlines in their order; None where one is not known."""
    return [
        shapely.from_wkb(tables.outlines[one.code]) if one.code in tables.outlines else None
        for one in tables.regions
    ]


def _kinds(frame: pd.DataFrame) -> dict[int, ValueKind]:
    """Return which columns hold numbers, by their places: all but those that say which region it is."""
    return numbers_at(place for place, name in enumerate(frame.columns) if name not in _TEXTS)


def write_coverage(tables: CoverageTables, path: Path) -> None:
    """Write a run's tables; the format is the suffix's, one of ``SUFFIXES``. Geometries are EPSG:4326."""
    suffix = path.suffix.lower()
    regions = pd.DataFrame([_flat(row) for row in tables.regions])
    shapes = [shapely.from_wkb(zone.geometry_wkb) for zone in tables.gaps]
    if suffix in (".geojson", ".json"):
        features = [
            {
                "type": "Feature",
                "id": zone.rank,
                "geometry": shapely.geometry.mapping(shape),
                "properties": zone.model_dump(mode="json", exclude=_NO_CELL),
            }
            for zone, shape in zip(tables.gaps, shapes, strict=True)
        ]
        body = {
            "type": "FeatureCollection",
            "features": features,
            "question": as_members(tables.question),
            "run": tables.about,
            "regions": [row.model_dump(mode="json") for row in tables.regions],
            "overlaps": None
            if tables.overlaps is None
            else [one.model_dump() for one in tables.overlaps],
        }
        path.write_bytes(orjson.dumps(body))
    elif suffix == ".csv":
        head, *rows = _sheet(regions)
        table = FileTable(head, [(row, None) for row in rows])
        write_table(beside_rows(table, tables.question), path, layer="regions")
    elif suffix == ".parquet":
        head, *rows = _sheet(regions)
        table = FileTable(head, list(zip(rows, _outlines(tables), strict=True)), _kinds(regions))
        fill_file(beside_rows(table, tables.question), path, suffix, layer="regions")
    else:
        gaps = gpd.GeoDataFrame(
            [_zone(one) for one in tables.gaps], geometry=shapes, crs="EPSG:4326"
        )
        gaps.to_file(path, layer="gaps", driver="GPKG")
        shown = gpd.GeoDataFrame(regions, geometry=_outlines(tables), crs="EPSG:4326")
        shown.to_file(path, layer="regions", driver="GPKG", mode="a")
        add_question_layer(path, tables.question)

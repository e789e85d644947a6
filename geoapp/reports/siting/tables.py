"""A siting run's sites and figures as files for programs: GeoJSON, GeoPackage, CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geoapp.core.i18n import Text
from geoapp.core.results.freedom import PlanFreedom, PossibleHost
from geoapp.core.results.kept import Kept
from geoapp.core.results.siting import (
    DistrictGain,
    Site,
    SitingGap,
    SitingRegionFigures,
    ZoneGain,
)
from geoapp.reports.asked import Asked, add_layer, add_members, as_members, beside_rows
from geoapp.reports.file_table import FileTable, numbers_at
from geoapp.reports.tables import check_format, write_table

_COLUMNS = (
    "order",
    "code",
    "name",
    "place_zh",
    "place_en",
    "lon",
    "lat",
    "region",
    "cost",
    "size",
    "seats",
    "fixed",
    "phase",
    "adds",
    "by_district",
    "by_zone",
    "sample",
)
_GAP_COLUMNS = (
    "rank",
    "name_zh",
    "name_en",
    "region",
    "workers",
    "reached_workers",
    "left_workers",
    "points",
    "worst_m",
    "mean_m",
    "nearest_code",
    "nearest_name",
)
_REGION_COLUMNS = (
    *("code", "name_zh", "name_en", "level", "parent", "sites", "weight", "point_count"),
    *("added_weight", "uncovered_weight", "backup_after_weight", "covered_after_share"),
    *("backup_before_weight", "covered_after_weight", "covered_before_share"),
    "covered_before_weight",
)
_FREEDOM_COLUMNS = (
    *("order", "code", "share", "weight", "area_m2", "any_way_m", "farthest_m", "pieces"),
)
_HOST_COLUMNS = (
    *("order", "source", "code", "name_zh", "name_en", "kind", "status", "distance_m", "share"),
    *("lon", "lat"),
)
_NUMBERS = frozenset(map(_COLUMNS.index, ("order", "lon", "lat", "cost", "seats", "phase", "adds")))


@dataclass(frozen=True, slots=True)
class SitingTables:
    """What a file of a siting run holds.

    Attributes
    ----------
    question
        What was asked, as labels and values for people.
    summary
        Lines of a label and a value for people: model, status, objective, bound, gap, samples;
        the question before them.
    explanation
        Why the answer is no better, and what would do, line by line.
    about
        The run's number, parameters, inputs and results, for programs.
    sites, others
        One row a site, in order of what each adds, with its place (WGS-84); the best of the
        candidates that were not chosen.
    regions
        One row a region, before and after.
    gaps
        One row a gap zone before the sites, with whom they reach of it and ``geometry_wkb`` (WGS-84).
    freedom, hosts
        Where each site may stand instead, None where that is not known; by a site's order, what the
        register knows there.
    """

    question: Asked
    summary: list[tuple[Text, Any]]
    explanation: list[Text]
    about: dict[str, Any]
    sites: Sequence[Site]
    others: Sequence[Site]
    regions: Sequence[SitingRegionFigures]
    gaps: Sequence[SitingGap]
    freedom: PlanFreedom | None
    hosts: Mapping[int, Sequence[PossibleHost]]


def _rows(sites: Sequence[Site]) -> list[tuple[list[Any], Any]]:
    rows = []
    for site in sites:
        cells = {
            **dict(site),
            "by_district": _gains(site.by_district),
            "by_zone": None if site.by_zone is None else _gains(site.by_zone),
        }
        rows.append(([cells[name] for name in _COLUMNS], shapely.Point(site.lon, site.lat)))
    return rows


def _gains(rows: Sequence[DistrictGain | ZoneGain]) -> str:
    """Return who gains in one cell."""
    return "; ".join(f"{one.name_zh or '?'} {one.workers:,.0f}" for one in rows)


def _cells(row: Kept, columns: Sequence[str]) -> list[Any]:
    return [getattr(row, name) for name in columns]


def _table(sites: Sequence[Site]) -> FileTable:
    return FileTable(_COLUMNS, _rows(sites), numbers_at(_NUMBERS))


def _zones(gaps: Sequence[SitingGap]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame([_cells(one, _GAP_COLUMNS) for one in gaps], columns=list(_GAP_COLUMNS))
    shapes = [shapely.from_wkb(one.geometry_wkb) for one in gaps]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")


def _freedom(tables: SitingTables) -> tuple[list[list[Any]], list[Any]]:
    """Return one row for each site and loss, and their areas."""
    rows, shapes = [], []
    for site in () if tables.freedom is None else tables.freedom.sites:
        for area in site.areas:
            cells = {**dict(area), "order": site.order, "code": site.code, "weight": site.weight}
            rows.append([cells[name] for name in _FREEDOM_COLUMNS])
            shapes.append(area.geometry)
    return rows, shapes


def _hosts(tables: SitingTables) -> list[list[Any]]:
    return [
        [order if name == "order" else getattr(host, name) for name in _HOST_COLUMNS]
        for order, some in tables.hosts.items()
        for host in some
    ]


def write_siting(tables: SitingTables, path: Path) -> None:
    """Write a run; the format is the suffix's. Geometries are EPSG:4326.

    CSV holds the sites, each beside the question; GeoJSON the sites and, as further members, the
    question, the run and its figures; GeoPackage the sites, the best of the others, the gap zones, where
    sites may stand instead with possible hosts, the regions and a summary with the question.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    UnusableInputError
        If the file cannot be written.
    """
    suffix = check_format(path)
    sites = _table(tables.sites)
    if suffix == ".csv":
        sites = beside_rows(sites, tables.question)
    write_table(sites, path, layer="sites")
    if suffix == ".geojson":
        regions = [one.model_dump(mode="json") for one in tables.regions]
        members = {"question": as_members(tables.question), "run": tables.about}
        add_members(path, members | {"regions": regions})
    elif suffix == ".gpkg":
        _add_layers(tables, path)


def _add_layers(tables: SitingTables, path: Path) -> None:
    table = _table(tables.others)
    rows = list(table.rows)
    frame = pd.DataFrame([cells for cells, _ in rows], columns=list(_COLUMNS))
    frame = gpd.GeoDataFrame(frame, geometry=[point for _, point in rows], crs="EPSG:4326")
    frame.to_file(path, layer="others", driver="GPKG", engine="pyogrio", mode="a")
    _zones(tables.gaps).to_file(path, layer="gaps", driver="GPKG", engine="pyogrio", mode="a")
    if tables.freedom is not None:
        losses, shapes = _freedom(tables)
        areas = pd.DataFrame(losses, columns=list(_FREEDOM_COLUMNS))
        areas = gpd.GeoDataFrame(areas, geometry=shapes, crs="EPSG:4326")
        areas.to_file(path, layer="freedom", driver="GPKG", engine="pyogrio", mode="a")
        known = pd.DataFrame(_hosts(tables), columns=list(_HOST_COLUMNS))
        points = gpd.points_from_xy(known.lon, known.lat)
        known = gpd.GeoDataFrame(known, geometry=points, crs="EPSG:4326")
        known.to_file(path, layer="hosts", driver="GPKG", engine="pyogrio", mode="a")
    regions = [
        dict(zip(_REGION_COLUMNS, _cells(one, _REGION_COLUMNS), strict=True))
        for one in tables.regions
    ]
    add_layer(path, "regions", regions)
    lines = [
        {"zh": label.zh, "en": label.en, "value": str(value)} for label, value in tables.summary
    ]
    lines += [{"zh": line.zh, "en": line.en, "value": ""} for line in tables.explanation]
    add_layer(path, "summary", lines)

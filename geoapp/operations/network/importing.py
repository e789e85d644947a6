"""An OpenStreetMap extract as a walking network, taken into use."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.network.detour import with_detour
from geoapp.analysis.network.graph import NetworkStatistics, WalkingNetwork
from geoapp.core.errors import NotFoundError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.osm.walk import WalkSegments, read_walk_segments
from geoapp.operations.network.keeper import Progress, take_into_use
from geoapp.store.engine import Database
from geoapp.store.regions import region_outline


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What an import of a network made; ``unchanged`` where the same one was in use already."""

    name: str
    version: str
    statistics: NetworkStatistics
    bounds: tuple[float, float, float, float]
    unchanged: bool


def import_network(
    database: Database,
    settings: Settings,
    path: Path,
    *,
    name: str | None = None,
    clip: str | None = None,
    progress: Progress | None = None,
) -> NetworkReport:
    """Build the walking network of an OpenStreetMap extract and take it into use.

    Parameters
    ----------
    path
        An ``.osm.pbf`` file.
    name
        What it is called; by default the file's name.
    clip
        Code of a region with an outline: only ways that touch it are taken.

    Raises
    ------
    UnusableInputError
        If the file cannot be used; the network that was in use stays.
    NotFoundError
        If there is no such region or it has no outline.
    """
    tell = progress or (lambda _share, _step: None)
    outline = clip_outline(database, clip)
    network, about = build_network(path, name=name, clip=clip, outline=outline, progress=tell)
    tell(0.8, Text("保存", "Saving"))
    unchanged = take_into_use(settings, network, about)
    tell(1.0, Text("完成", "Done"))
    return NetworkReport(
        str(about["name"]), network.version, network.statistics(), network.bounds, unchanged
    )


def clip_outline(database: Database, clip: str | None) -> BaseGeometry | None:
    """Return the outline of the region to which an extract is clipped; None without one.

    Raises
    ------
    NotFoundError
        If there is no such region or it has no outline.
    """
    if clip is None:
        return None
    with database.session() as session:
        outline: BaseGeometry | None = region_outline(session, clip)
    if outline is None:
        raise NotFoundError(Text("有轮廓的区域", "region with an outline"), clip)
    return outline


def build_network(
    path: Path,
    *,
    name: str | None,
    clip: str | None,
    outline: BaseGeometry | None,
    progress: Progress,
) -> tuple[WalkingNetwork, dict[str, Any]]:
    """Build the walking network of an extract, with its name and clip, and keep nothing of it.

    Raises
    ------
    UnusableInputError
        If the file cannot be used.
    """
    if not path.name.endswith(".pbf"):
        raise UnusableInputError(
            Text(f"{path.name} 应是 .osm.pbf 文件。", f"{path.name} must be an .osm.pbf file.")
        )
    progress(0.0, Text("读取道路", "Reading ways"))
    segments = read_walk_segments(
        path,
        lambda count: progress(
            0.0, Text(f"读取道路，{count:,} 个点和路", f"Reading ways, {count:,} points and ways")
        ),
    )
    if outline is not None:
        segments = _clipped(segments, outline, path)
    progress(0.6, Text("建立网络", "Building the network"))
    network = WalkingNetwork.build(
        segments.lon,
        segments.lat,
        segments.start,
        segments.end,
        segments.length_dm,
        segments.kind,
        segments.closed,
    )
    called = name or path.name.removesuffix(".pbf").removesuffix(".osm")
    return with_detour(network), {"name": called, "clip": clip}


def _clipped(segments: WalkSegments, outline: Any, path: Path) -> WalkSegments:
    shapely.prepare(outline)
    inside = shapely.intersects_xy(outline, segments.lon, segments.lat)
    kept = inside[segments.start] | inside[segments.end]
    if not kept.any():
        raise UnusableInputError(
            Text(f"{path.name} 与该区域不相交。", f"{path.name} has no ways in that region.")
        )
    return WalkSegments(
        segments.lon,
        segments.lat,
        segments.start[kept],
        segments.end[kept],
        segments.length_dm[kept],
        segments.kind[kept],
        segments.closed,
    )

"""The walking network of this installation: imported once, swapped whole, shared by all processes.

A network lies in ``networks/VERSION`` of the data folder and is never changed; ``networks/current``
names the one in use and is replaced in one step. Every process looks at that name, so a new network
is seen by all within a second, without a restart.
"""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import shapely

from geoapp.analysis.network.detour import with_detour
from geoapp.analysis.network.graph import NetworkStatistics, WalkingNetwork, describe
from geoapp.core.errors import NotFoundError, UnavailableError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.osm.walk import WalkSegments, read_walk_segments
from geoapp.store.engine import Database
from geoapp.store.regions import region_outline

CHECK_SECONDS: Final = 0.5
_CURRENT: Final = "current"
Progress = Callable[[float, Text], None]


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What an import of a network made; ``unchanged`` where the same one was in use already."""

    name: str
    version: str
    statistics: NetworkStatistics
    bounds: tuple[float, float, float, float]
    unchanged: bool


def _folder(settings: Settings) -> Path:
    return settings.data / "networks"


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
    outline = None
    if clip is not None:
        with database.session() as session:
            outline = region_outline(session, clip)
        if outline is None:
            raise NotFoundError(Text("有轮廓的区域", "region with an outline"), clip)
    if not path.name.endswith(".pbf"):
        raise UnusableInputError(
            Text(f"{path.name} 应是 .osm.pbf 文件。", f"{path.name} must be an .osm.pbf file.")
        )
    tell(0.0, Text("读取道路", "Reading ways"))
    segments = read_walk_segments(
        path,
        lambda count: tell(
            0.0, Text(f"读取道路，{count:,} 个点和路", f"Reading ways, {count:,} points and ways")
        ),
    )
    if outline is not None:
        segments = _clipped(segments, outline, path)
    tell(0.6, Text("建立网络", "Building the network"))
    network = WalkingNetwork.build(
        segments.lon,
        segments.lat,
        segments.start,
        segments.end,
        segments.length_dm,
        segments.kind,
    )
    network = with_detour(network)
    tell(0.8, Text("保存", "Saving"))
    about = {"name": name or path.name.removesuffix(".pbf").removesuffix(".osm"), "clip": clip}
    unchanged = take_into_use(settings, network, about)
    tell(1.0, Text("完成", "Done"))
    return NetworkReport(
        str(about["name"]), network.version, network.statistics(), network.bounds, unchanged
    )


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
    )


def take_into_use(settings: Settings, network: WalkingNetwork, about: dict[str, Any]) -> bool:
    """Save a network unless it is there, let ``current`` name it, and remove the others.

    ``about`` has its ``name`` and the region it was clipped to (``clip``, a code or None). Tells
    whether this very network was in use already.
    """
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = folder / network.version
    if wanted.is_dir() and not _is_sound(wanted):
        shutil.rmtree(wanted)
    unchanged = wanted.is_dir() and _named(folder) == network.version
    if not wanted.is_dir():
        try:
            network.save(wanted, about)
        except OSError as error:
            if not wanted.is_dir():  # another import of the same file may have been faster
                raise UnusableInputError(
                    Text(f"无法保存网络：{error}", f"The network cannot be saved: {error}")
                ) from None
    fresh = folder / f".{_CURRENT}.{secrets.token_hex(4)}"
    fresh.write_text(network.version, encoding="ascii")
    os.replace(fresh, folder / _CURRENT)
    for other in folder.iterdir():
        # Whoever has it open keeps its files until they are closed.
        # A name with a dot is that of an import that is still at work.
        if other.is_dir() and other.name != network.version and other.name[0] != ".":
            shutil.rmtree(other, ignore_errors=True)
    return unchanged


def _is_sound(folder: Path) -> bool:
    try:
        WalkingNetwork.load(folder)
    except UnusableInputError:
        return False
    return True


def _named(folder: Path) -> str | None:
    try:
        return (folder / _CURRENT).read_text(encoding="ascii").strip() or None
    except OSError:
        return None


def network_folder(settings: Settings) -> Path | None:
    """Return where the network in use lies; None where there is none."""
    version = _named(_folder(settings))
    return None if version is None else _folder(settings) / version


def describe_network(settings: Settings) -> dict[str, Any] | None:
    """Return the manifest of the network in use: version, bounds, statistics, about; None if none."""
    folder = network_folder(settings)
    return None if folder is None else describe(folder)


class NetworkKeeper:
    """This process's view of the network in use, no older than ``CHECK_SECONDS``."""

    def __init__(self, settings: Settings) -> None:
        self._folder = _folder(settings)
        self._lock = threading.Lock()
        self._network: WalkingNetwork | None = None
        self._checked = -1e9

    def current(self) -> WalkingNetwork | None:
        """Return the network in use; None where none was imported.

        Raises
        ------
        UnavailableError
            If the network in use is damaged.
        """
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return self._network
        with self._lock:
            if time.monotonic() - self._checked >= CHECK_SECONDS:
                asked = time.monotonic()
                self._network = self._read()
                self._checked = asked
            return self._network

    def _read(self) -> WalkingNetwork | None:
        for last in (False, True):
            version = _named(self._folder)
            if version is None:
                return None
            if self._network is not None and self._network.version == version:
                return self._network
            try:
                return WalkingNetwork.load(self._folder / version)
            except UnusableInputError as error:
                # It may have been swapped between the two looks.
                if last:
                    raise UnavailableError(error.text) from None
        return None

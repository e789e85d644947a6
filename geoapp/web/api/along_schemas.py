"""The shapes of stations on the way, as the OpenAPI document states them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from geoapp.core.travel import By
from geoapp.core.words import Basis
from geoapp.web.api.schemas import Feature, Geometry, NearProperties, Words


class AlongProperties(NearProperties):
    """A facility on the way, and what going by it adds; null is unknown."""

    by: By
    added_m: float
    added_seconds: int
    after_stop: int | None
    along_m: float | None
    arrives_at: datetime | None


class AlongFeature(Feature):
    """A facility on the way as a GeoJSON feature."""

    id: str
    geometry: Geometry
    properties: AlongProperties


class AlongLeg(BaseModel):
    """The way from one stop to the next; null where the network has none, or the sea is between."""

    way_m: float | None
    seconds: int | None
    basis: Basis
    geometry: Geometry | None


class AlongRoute(BaseModel):
    """The way itself, without any station."""

    by: By
    basis: Basis
    basis_note: Words
    leaves_at: datetime
    way_m: float | None
    seconds: int | None
    legs: list[AlongLeg]


class AlongFeatureCollection(BaseModel):
    """Facilities on the way, least added first, and the way."""

    type: Literal["FeatureCollection"]
    route: AlongRoute
    features: list[AlongFeature]

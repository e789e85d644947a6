"""The shapes of answers, as the OpenAPI document states them."""

from typing import Any, Literal

from pydantic import BaseModel


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    title_zh: str
    status: int
    detail: str
    detail_zh: str
    parameter: str | None = None
    value: str | None = None
    accepted: str | None = None
    accepted_zh: str | None = None


class Feature(BaseModel):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    id: str | int | None = None
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FeatureCollection(BaseModel):
    """A GeoJSON feature collection."""

    type: Literal["FeatureCollection"]
    features: list[Feature]

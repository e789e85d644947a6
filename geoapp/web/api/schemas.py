"""The shapes of answers, as the OpenAPI document states them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from geoapp.core.travel import By
from geoapp.core.words import (
    Access,
    Basis,
    DateBasis,
    Entry,
    Family,
    Level,
    OrganisationRole,
    PositionBasis,
    Status,
)
from geoapp.web.api.recognition_schemas import RecognitionAnswer
from geoapp.web.api.service_schemas import FacilityDesk, FacilityOffer
from geoapp.web.api.state_schemas import AsOfDay, AsOfTotal, StateAnswer


class ParameterError(BaseModel):
    """One of several parameters that were not accepted."""

    parameter: str
    accepted: str
    accepted_zh: str


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
    errors: list[ParameterError] | None = None
    incident: str | None = None


class Geometry(BaseModel):
    """A GeoJSON geometry."""

    type: Literal["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


class Words(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class Links(BaseModel):
    """Navigation to a place, each map service in its own datum; no ride can be asked of Apple's maps."""

    amap: str
    baidu: str
    tencent: str
    apple: str | None = None
    google: str


class Place(BaseModel):
    """Where a facility that moves stands in a period."""

    label_zh: str | None
    label_en: str | None
    valid_from: date | None
    valid_to: date | None
    opening_hours: str | None
    geometry: Geometry


class Doubtful(BaseModel):
    """What workers agree to be wrong with a facility: how many, and since when."""

    kind: Literal["shut", "moved"]
    voices: int
    since: date
    note: Words


class _Described(BaseModel):
    code: str
    kind: str
    family: Family
    name: str
    name_en: str | None
    entry: Entry | None
    access: Access | None
    verified_on: date | None
    confirmed_on: date | None
    doubtful: Doubtful | None
    opening_hours: str | None
    amenities: list[str]
    no_amenities: list[str]
    address: str | None
    phone: str | None
    operator: str | None
    host: str | None
    capacity: int | None
    region: str | None
    position_accuracy_m: float | None
    sample: bool


class FacilityProperties(_Described):
    """What is stored of a facility; null is unknown."""

    name_zh: str
    status: Status
    opened_on: date | None
    opened_basis: DateBasis
    closed_on: date | None
    closed_basis: DateBasis
    status_note: str | None
    timezone: str
    source: str | None
    position_basis: PositionBasis
    region_match: str | None
    region_distance_m: float | None
    places: list[Place]
    rev: int
    updated_at: datetime
    as_of: AsOfDay | None = None


class RelatedFacility(BaseModel):
    """A part of a facility, or the whole that it is part of; both days are included, null is open."""

    id: int
    code: str
    name_zh: str
    kind: str
    status: Status
    valid_from: date | None
    valid_to: date | None


class RelatedOrganisation(BaseModel):
    """What an organisation does for a facility; both days are included, null is open."""

    id: int
    code: str
    name_zh: str
    role: OrganisationRole
    valid_from: date | None
    valid_to: date | None


class FacilityPhotoLink(BaseModel):
    """A photo of a facility, as JPEG at ``href``."""

    id: int
    href: str
    width_px: int
    height_px: int
    caption_zh: str | None
    caption_en: str | None
    public: bool


class OneFacilityProperties(FacilityProperties):
    """What is stored of a facility, with what belongs to it and navigation to it."""

    parts: list[RelatedFacility]
    part_of: list[RelatedFacility]
    organisations: list[RelatedOrganisation]
    recognitions: list[RecognitionAnswer]
    photos: list[FacilityPhotoLink]
    services: list[FacilityOffer]
    duty_desks: list[FacilityDesk]
    states: list[StateAnswer]
    links: Links | None


class NearProperties(_Described):
    """A facility as seen from where the question was asked; null is unknown."""

    distance_m: float
    walk_m: float | None
    walk_seconds: int | None
    no_way_note: Words | None = None
    basis: Basis
    open: bool | None
    open_changes_at: datetime | None
    open_note: Words | None
    open_on_arrival: bool | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    arrival_note: Words | None = None
    by: By | None = None
    ride_seconds: int | None = None
    may_enter: bool | None = None
    may_enter_note: Words | None = None
    place: Words | None
    lon: float
    lat: float
    links: Links


class RegionProperties(BaseModel):
    """What is known of a region."""

    code: str
    parent: str | None
    level: Level
    name: str
    name_zh: str
    name_en: str | None
    population: int | None
    population_source: str | None
    source: str | None


class Feature(BaseModel):
    """What every GeoJSON feature begins with."""

    type: Literal["Feature"]


class FacilityFeature(Feature):
    """A facility as a GeoJSON feature; null geometry where its position is not known."""

    id: str
    geometry: Geometry | None
    properties: FacilityProperties


class OneFacilityFeature(Feature):
    """One facility as a GeoJSON feature; null geometry where its position is not known."""

    id: str
    geometry: Geometry | None
    properties: OneFacilityProperties


class NearFeature(Feature):
    """A facility and how far it is, as a GeoJSON feature."""

    id: str
    geometry: Geometry
    properties: NearProperties


class RouteProperties(BaseModel):
    """A walk to a facility; null where there is no way on the network."""

    code: str
    name: str
    name_en: str | None
    distance_m: float
    walk_m: float | None
    walk_seconds: int | None
    basis: Basis


class RouteFeature(Feature):
    """The way to a facility as a GeoJSON feature."""

    id: str
    geometry: Geometry | None
    properties: RouteProperties


class WalkAreaProperties(BaseModel):
    """What lies within a walk of a facility."""

    code: str
    name: str
    name_en: str | None
    walk_m: float
    basis: Basis


class WalkAreaFeature(Feature):
    """What lies within a walk of a facility, as a GeoJSON feature."""

    id: str
    geometry: Geometry
    properties: WalkAreaProperties


class RegionFeature(Feature):
    """A region as a GeoJSON feature; an unknown outline is null."""

    id: str
    geometry: Geometry | None
    properties: RegionProperties


class HitProperties(BaseModel):
    """Something that was found by words; ``context`` tells it from others of its name.

    ``place`` is where it is sought: a region, landmark or street that the words name, as `code` of its own hit.
    """

    kind_of_hit: Literal["facility", "region", "landmark", "street", "kind", "amenity", "service"]
    code: str
    name_zh: str
    name_en: str
    context_zh: str
    context_en: str
    sample: bool
    place: str | None


class HitFeature(Feature):
    """Something that was found; null geometry where there is no one place."""

    geometry: Geometry | None
    properties: HitProperties


class HitFeatureCollection(BaseModel):
    """What was found, best first; ``not_yet_searched`` facilities changed a moment ago.

    ``looked_for``: of a question nothing was found as it stands; this is what it asks for.
    """

    type: Literal["FeatureCollection"]
    features: list[HitFeature]
    not_yet_searched: int
    looked_for: str | None


class FacilityFeatureCollection(BaseModel):
    """A page of facilities; ``cursor`` asks for the next one. ``as_of`` counts the whole list."""

    type: Literal["FeatureCollection"]
    features: list[FacilityFeature]
    number_returned: int = Field(alias="numberReturned")
    cursor: str | None
    as_of: AsOfTotal | None = None


class UnplacedNear(BaseModel):
    """How many that fit are known only to be somewhere in the position's district."""

    count: int
    region: str
    note: Words


class NearFeatureCollection(BaseModel):
    """Facilities, nearest first; ``beyond_m`` where all lie beyond a walk of so many metres."""

    type: Literal["FeatureCollection"]
    beyond_m: float | None = None
    beyond_note: Words | None = None
    outside_note: Words | None = None
    unplaced: UnplacedNear | None = None
    features: list[NearFeature]


class RegionFeatureCollection(BaseModel):
    """Regions in order of code."""

    type: Literal["FeatureCollection"]
    features: list[RegionFeature]


class FamilyWord(BaseModel):
    """A family."""

    code: Family
    name_zh: str
    name_en: str


class KindWord(BaseModel):
    """A kind of facilities."""

    code: str
    family: Family
    name_zh: str
    name_en: str | None


class KindList(BaseModel):
    """The kinds of facilities."""

    families: list[FamilyWord]
    kinds: list[KindWord]


class AmenityWord(BaseModel):
    """An amenity, and what else it is called in files."""

    code: str
    name_zh: str
    name_en: str
    synonyms: list[str]


class AmenityStandard(BaseModel):
    """A published list of amenities that a station must have, with its source."""

    code: str
    name_zh: str
    name_en: str
    region: str | None
    issuer: str | None
    published_on: date | None
    source: str
    source_note: str | None
    amenities: list[str]


class AmenityList(BaseModel):
    """The amenities, and the published standards that ask for them."""

    amenities: list[AmenityWord]
    standards: list[AmenityStandard]


class DemandSetAnswer(BaseModel):
    """A demand set and its totals."""

    code: str
    name_zh: str
    name_en: str | None
    source: str | None
    points: int
    weight: float
    sample: bool


class DemandSetList(BaseModel):
    """The demand sets, the newest first."""

    demand_sets: list[DemandSetAnswer]

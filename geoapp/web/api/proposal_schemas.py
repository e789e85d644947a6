"""Proposals as they come and leave: sites of a plan on their way to opened stations."""

from datetime import date
from typing import Annotated, Any, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_NAME_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_SITES,
)
from geoapp.core.proposals import TRANSITIONS, ProposalState
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.words import Datum
from geoapp.operations.proposals.edit import MOST_NOTE, MOST_WORDS
from geoapp.operations.proposals.read import OneProposal
from geoapp.store.proposals import ProposalRecord, StepRecord
from geoapp.web.api.history import ChangeSetAnswer
from geoapp.web.api.schemas import Feature, Geometry
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters

MOST_ID = 2**63 - 1
Words = Annotated[str, Field(max_length=MOST_WORDS, pattern=WITHOUT_NUL)]
Note = Annotated[str, Field(max_length=MOST_NOTE, pattern=WITHOUT_NUL)]


class ProposalPath(BaseModel):
    """Which proposal."""

    id: int = Field(ge=1, le=MOST_ID, description="看板编号 / number of the proposal")


class ProposalsParameters(Parameters):
    """Which proposals, and how coordinates are given."""

    state: list[ProposalState] = Field([], description="进展，可重复 / states")
    region: str | None = Field(
        None, max_length=MOST_REGION_CHARACTERS, description="区域代码，含下级 / with those below"
    )
    owner: str | None = Field(None, max_length=MOST_NAME_CHARACTERS, description="负责人 / a user")
    run: int | None = Field(None, ge=1, le=MOST_ID, description="选址编号 / a siting run")
    datum: Datum = Datum.WGS84


class OneParameters(Parameters):
    """How coordinates are given."""

    datum: Datum = Datum.WGS84


class TakeBody(BaseModel):
    """Which sites of a finished siting run; without ``sites`` all of them."""

    model_config = ConfigDict(extra="forbid")

    run: int = Field(ge=1, le=MOST_ID, strict=True)
    sites: list[Annotated[int, Field(ge=1, strict=True)]] | None = Field(
        None, max_length=MOST_SITES, description="站点在方案里的序号 / their order in the plan"
    )


class ChangeBody(BaseModel):
    """What is to be changed; what is left out stays, null clears.

    ``on`` is the day of the new ``state``; a move and dropping need a ``reason``.
    """

    model_config = ConfigDict(extra="forbid")

    name_zh: Words | None = None
    name_en: Words | None = None
    owner: Words | None = None
    organisation: Words | None = None
    host: Words | None = None
    cost: float | None = Field(None, ge=0, allow_inf_nan=False)
    planned_on: date | None = None
    note: Note | None = None
    lon: float | None = Field(None, allow_inf_nan=False)
    lat: float | None = Field(None, allow_inf_nan=False)
    datum: Datum = Datum.WGS84
    state: ProposalState | None = None
    on: date | None = None
    reason: Note | None = None


class OpenBody(BaseModel):
    """The opening: the day, and a new station's columns or the code of a facility that is there."""

    model_config = ConfigDict(extra="forbid")

    opened_on: date
    facility: str | None = Field(None, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL)
    station: dict[str, Any] | None = Field(
        None,
        description="站点的列，如 kind、opening_hours、amenities / columns of a facility",
    )


class PromiseAnswer(BaseModel):
    """What the plan promised of a site: workers newly reached, the standard, the moment."""

    workers: float
    standard_m: float | None
    standard_seconds: float | None
    at: str | None
    demand: str | None
    region: str | None
    families: list[str] | None


class ProposalProperties(BaseModel):
    """A proposal; null is unknown. ``moved_m`` is how far it lies from where the plan had it."""

    id: int
    state: ProposalState
    since: date
    reason: str | None
    next_states: list[ProposalState]
    name_zh: str
    name_en: str | None
    region: str | None
    owner: str | None
    organisation: str | None
    host: str | None
    cost: float | None
    planned_on: date | None
    note: str | None
    run: int
    site: int
    promise: PromiseAnswer
    moved_m: float
    facility: str | None
    opened_on: date | None
    sample: bool
    rev: int


class ProposalFeature(Feature):
    """A proposal as a GeoJSON feature."""

    id: int
    geometry: Geometry
    properties: ProposalProperties


class ProposalFeatureCollection(BaseModel):
    """Proposals by run and by the order of its sites."""

    type: Literal["FeatureCollection"]
    features: list[ProposalFeature]


class StepAnswer(BaseModel):
    """A state that a proposal got, and why where that was said."""

    state: ProposalState
    on: date
    reason: str | None


class OneProposalProperties(ProposalProperties):
    """A proposal with the states that it got, the first one first."""

    steps: list[StepAnswer]


class OneProposalFeature(Feature):
    """A proposal with its steps."""

    id: int
    geometry: Geometry
    properties: OneProposalProperties


class TakenAnswer(BaseModel):
    """Numbers of the proposals: those that are new, and those that were on the board already."""

    added: list[int]
    there: list[int]


class FactAnswer(BaseModel):
    """Promise against fact, in workers newly reached; null where it cannot be told, with the reason."""

    promised: float
    workers: float | None
    at: str | None
    demand: str | None
    reason_zh: str | None
    reason_en: str | None


class ProposalHistory(BaseModel):
    """What was done to a proposal, newest first."""

    change_sets: list[ChangeSetAnswer]


def feature_of(record: ProposalRecord, datum: Datum) -> dict[str, Any]:
    """Return a proposal as a GeoJSON feature in a datum."""
    asked = SitingParameters.from_stored(record.question)
    own = {
        name: getattr(record, name)
        for name in ProposalProperties.model_fields
        if hasattr(record, name)
    }
    return {
        "type": "Feature",
        "id": record.id,
        "geometry": geometry_from_wgs84(shapely.Point(record.lon, record.lat).wkb, datum),
        "properties": own
        | {
            "site": record.order,
            "next_states": list(TRANSITIONS[ProposalState(record.state)]),
            "moved_m": round(record.moved_m, 1),
            "promise": {
                "workers": record.promised,
                "standard_m": asked.standard_m,
                "standard_seconds": asked.standard_seconds,
                "at": None if asked.at is None or asked.several else asked.at.isoformat(),
                "demand": asked.demand,
                "region": asked.region,
                "families": None if asked.families is None else list(asked.families),
            },
        },
    }


def one_feature(one: OneProposal, datum: Datum) -> dict[str, Any]:
    """Return a proposal with its steps."""
    found = feature_of(one.record, datum)
    found["properties"]["steps"] = [_step(step) for step in one.steps]
    return found


def _step(step: StepRecord) -> dict[str, Any]:
    return {"state": step.state, "on": step.on_day, "reason": step.reason}

"""The bodies that start runs, made from the tables of their questions."""

from collections.abc import Iterable
from dataclasses import MISSING
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_HOUR_WEIGHT,
    MOST_HOUR_WEIGHTS_CHARACTERS,
    MOST_MONEY,
    MOST_NAME_CHARACTERS,
    MOST_SEATS,
    MOST_SITES,
)
from geoapp.core.questions import field as table
from geoapp.core.questions.field import Kind, Table
from geoapp.core.questions.reading import Sender, from_json
from geoapp.core.questions.sizes import MOST_NAME
from geoapp.core.words import Datum, Family
from geoapp.operations.ground.in_service import now
from geoapp.web.edge.parameters import WITHOUT_NUL


def _text(longest: int | None) -> Any:
    """Return the type of a text of so many characters; made as it runs, so none that mypy knows."""
    return Annotated[str, StringConstraints(min_length=1, max_length=longest, pattern=WITHOUT_NUL)]


class DrawnBody(BaseModel):
    """A candidate drawn by hand."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL),
    ]
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False, strict=True)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, strict=True)
    name: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=MOST_NAME_CHARACTERS, pattern=WITHOUT_NUL),
        ]
        | None
    ) = None
    cost: float | None = Field(None, ge=0, le=MOST_MONEY, allow_inf_nan=False, strict=True)


class QuotaBody(BaseModel):
    """How many new sites a region must or may have."""

    model_config = ConfigDict(extra="forbid")

    min: int | None = Field(None, ge=0, le=MOST_SITES, strict=True)
    max: int | None = Field(None, ge=0, le=MOST_SITES, strict=True)


class SizeBody(BaseModel):
    """A size in which a site may be built."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=MOST_NAME, pattern=WITHOUT_NUL)]
    seats: float = Field(ge=1, le=MOST_SEATS, allow_inf_nan=False, strict=True)
    cost: float = Field(ge=0, le=MOST_MONEY, allow_inf_nan=False, strict=True)


class HourWeightBody(BaseModel):
    """Hours, and how much a moment within them counts."""

    model_config = ConfigDict(extra="forbid")

    hours: Annotated[
        str,
        StringConstraints(
            min_length=1, max_length=MOST_HOUR_WEIGHTS_CHARACTERS, pattern=WITHOUT_NUL
        ),
    ]
    weight: int = Field(ge=0, le=MOST_HOUR_WEIGHT, strict=True)


class AreaBody(BaseModel):
    """A GeoJSON polygon."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class QuestionBody(BaseModel):
    """What the bodies of all questions have: where their coordinates are from."""

    datum: Datum = Field(
        Datum.WGS84, description="所给坐标的坐标系 / of the coordinates that are sent"
    )


def _number(field: table.Field, of: type) -> Any:
    known: dict[str, Any] = {"strict": True}
    if of is float:
        known["allow_inf_nan"] = False
    for key, value in (("ge", field.least), ("le", field.most)):
        if value is not None:
            known[key] = int(value) if value == int(value) else value
    return Annotated[of, Field(**known)]


def _type(field: table.Field, *, required: bool) -> Any:
    """Return the type that pydantic checks a field by."""
    some = field.most_items
    text: Any = _text(field.longest)
    match field.kind:
        case Kind.WHOLE:
            return _number(field, int)
        case Kind.NUMBER:
            return _number(field, float)
        case Kind.CHOICE:
            return Literal[(*(field.choices or ()), *field.spellings)]
        case Kind.CODES:
            return Annotated[list[text], Field(max_length=some)]
        case Kind.FAMILIES:
            return Annotated[list[Family], Field(min_length=1, max_length=len(Family))]
        case Kind.MOMENT:
            return Annotated[str, StringConstraints(max_length=field.longest)]
        case Kind.MOMENTS:
            return Annotated[list[text], Field(min_length=int(required), max_length=some)]
        case Kind.QUOTAS:
            return Annotated[dict[text, QuotaBody], Field(max_length=some)]
        case Kind.PHASES:
            number = Annotated[int, Field(strict=True, ge=1, le=MOST_SITES)]
            year = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
            # As a text, too, for that is how people write them in one field.
            return Annotated[dict[year, number], Field(max_length=some)] | text
        case Kind.SIZES:
            return Annotated[list[SizeBody], Field(max_length=some)] | text
        case Kind.WEIGHTS:
            return Annotated[list[HourWeightBody], Field(max_length=some)] | text
        case Kind.SITES:
            return Annotated[list[DrawnBody], Field(max_length=some)]
        case Kind.AREAS:
            return Annotated[list[AreaBody], Field(max_length=some)]
    return text


_EMPTY: dict[Kind, Any] = {
    Kind.CODES: list,
    Kind.MOMENTS: list,
    Kind.QUOTAS: dict,
    Kind.PHASES: dict,
    Kind.SIZES: list,
    Kind.WEIGHTS: list,
    Kind.SITES: list,
    Kind.AREAS: list,
}


def question_body(
    questions: Table,
    name: str,
    about: str,
    *,
    only: Iterable[str] | None = None,
    with_datum: bool = True,
) -> type[BaseModel]:
    """Return the model of a request's body: one field for each row of a table.

    Parameters
    ----------
    only
        The fields to take, and others that are sent are left aside; None is all, and others are
        refused.
    with_datum
        Whether coordinates may be sent, in a datum that the body names.
    """
    made: dict[str, Any] = {}
    chosen = None if only is None else set(only)
    for field in questions:
        if chosen is not None and field.name not in chosen:
            continue
        default = questions.default(field.name)
        kind = _type(field, required=default is MISSING)
        text = Text(field.described.zh, field.described.en).both()
        if default is None:
            kind |= None
        if default is MISSING:
            info = Field(description=text)
        elif field.kind in _EMPTY:
            info = Field(_EMPTY[field.kind](), description=text)
        else:
            info = Field(default, description=text)
        made[field.name] = (kind, info)
    base: type[BaseModel] = QuestionBody if with_datum else BaseModel
    settled = create_model(name, __base__=base, __doc__=about, **made)
    settled.model_config["extra"] = "forbid" if only is None else "ignore"
    settled.model_rebuild(force=True)
    return settled


def asked(questions: Table, body: BaseModel, zone: str) -> Any:
    """Return the question that a body asks, in WGS-84.

    Parameters
    ----------
    zone
        Whose clocks a moment without an offset is by.
    """
    values = body.model_dump()
    sender = Sender(zone, now(), values.pop("datum", Datum.WGS84))
    return from_json(questions, values, sender)

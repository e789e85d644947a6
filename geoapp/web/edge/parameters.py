"""Parameters of requests, each parsed once, at the edge, into a typed value."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, wraps
from typing import Any, Self
from zoneinfo import ZoneInfo

import orjson
from flask import Flask, Response, abort, current_app, request
from flask.json.provider import DefaultJSONProvider
from pydantic import BaseModel, ValidationError

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

# PostgreSQL's text holds no NUL.
WITHOUT_NUL = r"^[^\x00]*$"


class Parameters(BaseModel):
    """Base of the models of query parameters.

    The API library asks a model for its JSON schema at every request to see which parameters are
    lists; made anew each time, that alone took longer than the answer.
    """

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """Return the schema; the plain one is made once for each class."""
        if args or options:
            return super().model_json_schema(*args, **options)
        return _plain_schema(cls)

    @classmethod
    def read(cls) -> Self:
        """Return the present request's query parameters; end it with 422 where one is wrong."""
        args = request.args
        lists = _lists(cls)
        given = {name: args.getlist(name) if name in lists else args[name] for name in args}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            abort(current_app.validation_error_callback(error))  # type: ignore[attr-defined]


def read_at_once(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let a view's ``query`` be read by `Parameters.read`: for a hot path.

    The API library's own reading walks the model's description at every request and takes longer
    than the answer; what it describes stays the same.
    """
    model: type[Parameters] = view.__annotations__["query"]

    @wraps(view)
    def reading(**more: Any) -> Response:
        return view(query=model.read(), **more)

    reading.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return reading


@cache
def _lists(model: type[Parameters]) -> frozenset[str]:
    properties = _plain_schema(model)["properties"]
    return frozenset(name for name, one in properties.items() if one.get("type") == "array")


@cache
def _plain_schema(model: type[Parameters]) -> dict[str, Any]:
    return BaseModel.model_json_schema.__func__(model)  # type: ignore[attr-defined]


_MOMENT = Text(
    "ISO 8601 时刻，如 2026-11-23T22:00，或 now",
    "an ISO 8601 moment such as 2026-11-23T22:00, or now",
)


def parse_moment(parameter: str, value: str, zone: str) -> datetime | None:
    """Return a moment with its zone; ``now`` (or an empty value) is None.

    A moment that states no offset is local time in ``zone``. A plus sign that came as a space, as
    in ``2026-11-23T22:00 08:00``, is understood.
    """
    text = value.strip()
    if text.lower() in ("", "now"):
        return None
    head, space, tail = text.rpartition(" ")
    if space and "T" in head:
        text = f"{head}+{tail}"
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        # Years at the very ends cannot be moved between zones.
        if not 1970 <= aware.year <= 9998:
            raise ValueError
    except (ValueError, OverflowError):
        raise InvalidValueError(parameter, value, _MOMENT) from None
    return aware


def split_codes(values: Iterable[str]) -> frozenset[str]:
    """Return the codes of a parameter that may be repeated or separated by commas."""
    return frozenset(part.strip() for value in values for part in value.split(",") if part.strip())


def parse_number(parameter: str, value: str) -> float:
    """Return a finite number."""
    try:
        # Python would take 1_000 and digits of other scripts.
        number = float(value) if value.isascii() and "_" not in value else float("nan")
    except ValueError:
        number = float("nan")
    if number != number or number in (float("inf"), float("-inf")):
        raise InvalidValueError(parameter, value, Text("一个数", "a number"))
    return number


def parse_bbox(parameter: str, value: str) -> tuple[float, float, float, float]:
    """Return west, south, east, north in decimal degrees."""
    parts = value.split(",")
    accepted = Text("西,南,东,北（十进制度）", "west,south,east,north (decimal degrees)")
    if len(parts) != 4:
        raise InvalidValueError(parameter, value, accepted)
    west, south, east, north = (parse_number(parameter, part) for part in parts)
    if not (
        -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90 and west <= east
    ):
        raise InvalidValueError(parameter, value, accepted)
    return west, south, east, north


def without_nul(value: str) -> str:
    """Return a text without NUL characters, which PostgreSQL's text cannot hold."""
    return value.replace("\x00", "")


class StrictJson(DefaultJSONProvider):
    """Reads bodies as RFC 8259 has them.

    Python's own reader takes NaN and halves of surrogate pairs, which no store can hold, and fails
    at deep nesting.
    """

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Return the value; what is no JSON is a ValueError."""
        return orjson.loads(s)


def init_parameters(app: Flask) -> None:
    """Read JSON strictly; refuse NUL characters in addresses, which no code or name can hold."""
    app.json = StrictJson(app)

    @app.before_request
    def refuse_nul() -> None:
        if "\x00" in request.path:
            abort(404)
        if b"%00" in request.query_string:
            for name, value in request.args.items(multi=True):
                if "\x00" in name or "\x00" in value:
                    accepted = Text("不含空字符的文字", "text without NUL characters")
                    raise InvalidValueError(name, value, accepted)


def parse_whole(parameter: str, value: str, least: int, most: int) -> int:
    """Return a whole number between two bounds, both inclusive."""
    accepted = Text(f"{least} 至 {most} 的整数", f"a whole number from {least} to {most}")
    text = value.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
        raise InvalidValueError(parameter, value, accepted)
    return int(text)

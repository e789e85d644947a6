"""Parameters of requests, each parsed once, at the edge, into a typed value."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, wraps
from typing import Any, Self
from urllib.parse import unquote, unquote_to_bytes

import orjson
from flask import Flask, Response, abort, current_app, request
from flask.json.provider import DefaultJSONProvider
from pydantic import BaseModel, ValidationError, model_validator

from geoapp.core.errors import InvalidValueError, UnknownParameterError
from geoapp.core.i18n import Text

# The server in front of the application reads 64 KiB, and answers more without a word.
MOST_ADDRESS = 48 * 1024
# Of any address: the language of its words, the size of a page's.
_EVERYWHERE = frozenset({"lang", "text"})
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
        """Return the present request's query parameters; end it with 422 where one is wrong.

        Raises
        ------
        UnknownParameterError
            If one is not known: what is misspelt would else be left out without a word.
        """
        names, lists = _names(cls), _lists(cls)
        given: dict[str, Any] = {}
        for name, values in request.args.lists():
            if name in lists:
                given[name] = values
            elif name in names or name in _EVERYWHERE:
                given[name] = values[0]
            else:
                raise UnknownParameterError(name, values[0], list(cls.model_fields))
        return cls.check(given)

    @classmethod
    def check(cls, given: Mapping[str, Any]) -> Self:
        """Return given values checked; end the request with 422 where one is wrong."""
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            abort(current_app.validation_error_callback(error))  # type: ignore[attr-defined]


class FormBody(BaseModel):
    """Base of the models of ``multipart/form-data``: a field that is not known is refused.

    The API library hands a model the fields that it knows, so the others are looked for here.
    """

    @model_validator(mode="before")
    @classmethod
    def _known_only(cls, value: Any) -> Any:
        for name in (*request.form, *request.files):
            if name not in cls.model_fields and name != "csrf_token":
                names = list(cls.model_fields)
                accepted = Text("、".join(names), ", ".join(names))
                # A part may come without any name.
                raise InvalidValueError((name or "")[:40], request.form.get(name), accepted)
        return value


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
def _names(model: type[Parameters]) -> frozenset[str]:
    return frozenset(model.model_fields)


@cache
def _lists(model: type[Parameters]) -> frozenset[str]:
    properties = _plain_schema(model)["properties"]
    return frozenset(name for name, one in properties.items() if one.get("type") == "array")


@cache
def _plain_schema(model: type[Parameters]) -> dict[str, Any]:
    schema: dict[str, Any] = BaseModel.model_json_schema.__func__(model)  # type: ignore[attr-defined]
    return schema


def without_nul(value: str) -> str:
    """Return a text without NUL characters, which PostgreSQL's text cannot hold."""
    return value.replace("\x00", "")


def full_hour(value: str) -> int:
    """Return an hour as a form gives it; whoever keeps it sees that it is one of the day.

    Raises
    ------
    InvalidValueError
        If it is no number.
    """
    if re.fullmatch("[0-9]{1,2}", value) is None:
        accepted = Text("0 到 23 的整点", "a full hour, 0 to 23")
        raise InvalidValueError("hour", value[:40], accepted)
    return int(value)


def _refuse_other_text(query: bytes) -> None:
    """Refuse what is no UTF-8: with something in its place, the answer would be to another question."""
    for part in query.split(b"&"):
        try:
            unquote_to_bytes(part).decode("utf-8")
        except UnicodeDecodeError:
            name, _, value = part.decode("latin-1").partition("=")
            accepted = Text("UTF-8 编码的文字", "text in UTF-8")
            raise InvalidValueError(unquote(name), value[:100], accepted) from None


def _as_written(value: Any) -> Any:
    """Return a day or a moment by ISO 8601, as the API writes it; Flask's own writes that of an HTTP header."""
    return value.isoformat() if isinstance(value, date) else DefaultJSONProvider.default(value)


class StrictJson(DefaultJSONProvider):
    """Reads bodies as RFC 8259 has them, and writes days and moments by ISO 8601.

    Python's own reader takes NaN and halves of surrogate pairs, which no store can hold, and fails
    at deep nesting.
    """

    default = staticmethod(_as_written)

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Return the value; what is no JSON is a ValueError."""
        return orjson.loads(s)


def init_parameters(app: Flask) -> None:
    """Read JSON strictly; refuse in addresses what no code or name can hold."""
    app.json = StrictJson(app)
    # Flask gives its templates the provider that it began with.
    app.jinja_env.policies["json.dumps_function"] = app.json.dumps

    @app.before_request
    def refuse_nul() -> None:
        if len(request.environ.get("PATH_INFO", "")) + len(request.query_string) > MOST_ADDRESS:
            abort(414)
        if "\x00" in request.path:
            abort(404)
        # Most addresses hold nothing that is quoted.
        if b"%" in request.query_string or not request.query_string.isascii():
            _refuse_other_text(request.query_string)
        if b"%00" in request.query_string:
            for name, value in request.args.items(multi=True):
                if "\x00" in name or "\x00" in value:
                    accepted = Text("不含空字符的文字", "text without NUL characters")
                    raise InvalidValueError(name, value, accepted)

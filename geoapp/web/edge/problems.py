"""Errors as people and programs need them: one table from meaning to HTTP status.

Programs get a problem document (RFC 9457), people a page. What nobody expected answers 500 with an
incident number; its text goes only to the log.
"""

import re
import secrets
from typing import Any

import orjson
import structlog
from flask import Flask, Response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import (
    CancelledError,
    ConflictError,
    GeoappError,
    GoneError,
    InvalidValueError,
    MissingPartError,
    NotAllowedError,
    NotFoundError,
    OtherSiteError,
    TooOftenError,
    UnavailableError,
    UnknownParameterError,
    UnusableInputError,
    full_disk,
)
from geoapp.core.i18n import Text
from geoapp.web.edge.credentials import challenges
from geoapp.web.edge.negotiation import wants_html

log = structlog.get_logger(__name__)

STATUS: dict[type[GeoappError], int] = {
    UnknownParameterError: 400,
    InvalidValueError: 422,
    UnusableInputError: 422,
    NotFoundError: 404,
    GoneError: 410,
    ConflictError: 409,
    CancelledError: 409,
    NotAllowedError: 403,
    TooOftenError: 429,
    UnavailableError: 503,
    MissingPartError: 503,
}

TITLES: dict[int, Text] = {
    400: Text("请求无法理解", "The request cannot be understood"),
    401: Text("请先登录", "Please sign in"),
    403: Text("没有权限", "Not permitted"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持这种请求方式", "Method not allowed"),
    408: Text("发送得太慢", "Sent too slowly"),
    409: Text("与现有数据冲突", "Conflict with what is stored"),
    410: Text("已经不在了", "No longer there"),
    412: Text("版本已变", "The version has changed"),
    413: Text("内容太大", "Too large"),
    414: Text("网址太长", "The address is too long"),
    415: Text("不支持的内容类型", "Unsupported content type"),
    422: Text("参数无效", "A value is not accepted"),
    428: Text("缺少 If-Match", "If-Match is required"),
    429: Text("请求太频繁", "Too many requests"),
    500: Text("服务出错了", "Something went wrong here"),
    503: Text("服务暂时不可用", "The service is not available now"),
}

_FOR_PROGRAMS = ("/api/", "/layers/", "/healthz", "/readyz", "/metrics", "/tiles/", "/feeds/")
# The same addresses for programs and for people.
_FOR_EITHER = ("/ogc",)


_FORM_EXPIRED = Text(
    "表单已过期，请刷新页面后重试", "The form has expired; reload the page and try again"
)
_TOKEN_MISSING = Text(
    "请求头 X-CSRFToken 缺失或已过期；它在每个页面的 meta csrf-token 里",
    "The header X-CSRFToken is missing or expired; every page holds it as meta csrf-token",
)


def is_for_program() -> bool:
    """Tell whether the present request wants a problem document rather than a page."""
    # The pages' own scripts say that they want one.
    asked = request.headers.get("Accept", "").startswith("application/json")
    if request.path.startswith(_FOR_EITHER):
        return not wants_html()
    return asked or request.path.startswith(_FOR_PROGRAMS)


def problem(status: int, text: Text, **extra: Any) -> Response:
    """Make a problem document (RFC 9457) with both languages."""
    title = TITLES.get(status, Text("出错了", "Error"))
    body = {
        "type": "about:blank",
        "title": title.en,
        "title_zh": title.zh,
        "status": status,
        "detail": text.en,
        "detail_zh": text.zh,
        **extra,
    }
    response = Response(orjson.dumps(body), status, mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "5"
    if status == 401:
        for challenge in challenges():
            response.headers.add("WWW-Authenticate", challenge)
    return response


def answer(status: int, text: Text, **extra: Any) -> Response:
    """Answer an error as a problem document or as a page, whichever the request wants."""
    if is_for_program():
        return problem(status, text, **extra)
    title = TITLES.get(status, Text("出错了", "Error"))
    page = render_template("error.html", status=status, title=title, text=text, **extra)
    response = Response(page, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


# What pydantic puts in a place beside the names that a client wrote: which of several types it tried.
_TYPE_TRIED = re.compile(r"(literal|dict|list|tuple|set|union|function-\w+|constrained-\w+)\[.*\]")


def _where(location: tuple[Any, ...]) -> str:
    """Return where a value stands by the names that the client knows."""
    parts = [str(part) for part in location]
    return ".".join(part for part in parts if not _TYPE_TRIED.fullmatch(part)) or "body"


_ACCEPTED: dict[str, Text] = {
    "missing": Text("必填", "a value (it is required)"),
    "float_parsing": Text("一个数", "a number"),
    "float_type": Text("一个数", "a number"),
    "finite_number": Text("一个有限的数", "a finite number"),
    "int_parsing": Text("一个整数", "a whole number"),
    "int_type": Text("一个整数", "a whole number"),
    "int_from_float": Text("一个整数", "a whole number"),
    **{
        kind: Text("日期，如 2025-12-31", "a date such as 2025-12-31")
        for kind in (
            "date_type",
            "date_parsing",
            "date_from_datetime_parsing",
            "date_from_datetime_inexact",
        )
    },
    "bool_parsing": Text("true 或 false", "true or false"),
    "bool_type": Text("true 或 false", "true or false"),
    "greater_than_equal": Text("不小于 {ge} 的数", "a number of at least {ge}"),
    "greater_than": Text("大于 {gt} 的数", "a number above {gt}"),
    "less_than_equal": Text("不大于 {le} 的数", "a number of at most {le}"),
    "less_than": Text("小于 {lt} 的数", "a number below {lt}"),
    "enum": Text("{expected} 之一", "one of {expected}"),
    "literal_error": Text("{expected} 之一", "one of {expected}"),
    "string_too_long": Text("至多 {max_length} 个字符", "at most {max_length} characters"),
    "string_too_short": Text("至少 {min_length} 个字符", "at least {min_length} characters"),
    "string_pattern_mismatch": Text("符合 {pattern} 的文字", "a text that fits {pattern}"),
    "too_short": Text("至少 {min_length} 项", "at least {min_length} items"),
    "too_long": Text("至多 {max_length} 项", "at most {max_length} items"),
    "model_type": Text("一个 JSON 对象", "a JSON object"),
    "model_attributes_type": Text("一个 JSON 对象", "a JSON object"),
    "dict_type": Text("一个 JSON 对象", "a JSON object"),
    "list_type": Text("一个 JSON 数组", "a JSON array"),
    "string_type": Text("一段文字", "a text"),
    "extra_forbidden": Text("已知的字段", "a known field"),
}


def _accepted(detail: Any) -> Text:
    known = _ACCEPTED.get(detail["type"])
    if known is None:
        return Text(detail["msg"], detail["msg"])
    text = known.format(**detail.get("ctx", {}))
    if detail["type"] in ("enum", "literal_error"):
        return Text(text.zh.replace("' or '", "' 或 '"), text.en)  # as pydantic lists them
    return text


def on_validation_error(error: ValidationError) -> Response:
    """Name the first parameter that pydantic refused, its value and what is accepted."""
    details = error.errors(include_url=False)
    first = details[0]
    value = first.get("input")
    shown = value if isinstance(value, str | int | float | bool) else None
    if value and first["type"] != "missing" and isinstance(value, list | dict):
        shown = "[…]" if isinstance(value, list) else "{…}"  # there is one, and it may be long
    wrong = InvalidValueError(_where(first["loc"]), shown, _accepted(first))
    errors = [
        {
            "parameter": _where(item["loc"]),
            "accepted": _accepted(item).en,
            "accepted_zh": _accepted(item).zh,
        }
        for item in details
    ]
    return on_geoapp_error(wrong, errors=errors)


def on_geoapp_error(error: GeoappError, **more: Any) -> Response:
    """Answer an error by the table of statuses; ``more`` goes into the problem document."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    asks_who = status == 403 and not isinstance(error, OtherSiteError)
    if asks_who and is_for_program() and not current_user.is_authenticated:
        status = 401  # it may be open to whoever shows who they are
    extra: dict[str, Any] = dict(more)
    if isinstance(error, InvalidValueError):
        extra |= {
            "parameter": error.parameter,
            "value": error.value,
            "accepted": error.accepted.en,
            "accepted_zh": error.accepted.zh,
        }
    response = answer(status, error.text, **extra)
    if isinstance(error, TooOftenError):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _on_http_error(error: HTTPException) -> BaseResponse:
    if error.response is not None:
        return error.get_response()
    status = error.code or 500
    title = TITLES.get(status, Text("出错了", "Error"))
    if isinstance(error, CSRFError):
        status = 400
        title = _TOKEN_MISSING if is_for_program() else _FORM_EXPIRED
    response = answer(status, title)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = "60"
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _logged_path() -> str:
    """Return the path, but of an address that opens an account to whoever reads it the pattern."""
    rule = request.url_rule.rule if request.url_rule else ""
    return rule if "<token>" in rule else request.path


def _on_unexpected(error: Exception) -> Response:
    full = full_disk(error)
    if full is not None:
        log.error("full disk", path=_logged_path(), exc_info=error)
        return on_geoapp_error(full)
    incident = secrets.token_hex(4)
    log.error("unexpected", incident=incident, path=_logged_path(), exc_info=error)
    text = Text(
        f"已记录，编号 {incident}。请稍后再试。", f"It is logged under {incident}. Try again later."
    )
    return answer(500, text, incident=incident)


def init_problems(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(GeoappError, on_geoapp_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_unexpected)

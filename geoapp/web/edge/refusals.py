"""Requests that the front did not take in: said as every other error is."""

from flask import Flask, Response, request

from geoapp.core.i18n import Text
from geoapp.web.edge.problems import TITLES, answer
from geoapp.web.front.environ import REFUSED

_WHY = {
    408: Text(
        "请求的内容没有在规定时间内到达。请检查网络后重试。",
        "The body of the request did not arrive in time. Check the connection and try again.",
    ),
    503: Text(
        "现在上传的文件太多。请稍后再试。",
        "Too much is being uploaded at present. Try again later.",
    ),
}


def init_refusals(app: Flask) -> None:
    """Answer 408, 413 or 503 before anything else is looked at."""

    @app.before_request
    def refuse() -> Response | None:
        status = request.environ.get(REFUSED)
        return None if status is None else answer(status, _WHY.get(status, TITLES[status]))

"""Requests that the front refuses: said as every other error is."""

from flask import Flask, Response, request

from geoapp.core.i18n import Text
from geoapp.web.edge.problems import TITLES, answer
from geoapp.web.front.environ import REFUSED, RETRY_SECONDS, Refused

_WHY = {
    Refused.SLOW: (
        408,
        Text(
            "请求的内容没有在规定时间内到达。请检查网络后重试。",
            "The body of the request did not arrive in time. Check the connection and try again.",
        ),
    ),
    Refused.LARGE: (413, TITLES[413]),
    Refused.NO_ROOM: (
        503,
        Text(
            "现在上传的文件太多。请稍后再试。",
            "Too much is being uploaded at present. Try again later.",
        ),
    ),
    Refused.BUSY: (
        503,
        Text(
            "现在要地图、图层和文件的人太多。请 {seconds} 秒后再试。",
            "Too many maps, layers and files are being made at present. Try again in {seconds} seconds.",
        ),
    ),
    Refused.CROWDING: (
        429,
        Text(
            "这个地址同时要的地图、图层和文件太多。请等前面的完成，{seconds} 秒后再试。",
            "This address asks for too many maps, layers and files at the same time. Let some of "
            "them be answered, and try again in {seconds} seconds.",
        ),
    ),
}


def init_refusals(app: Flask) -> None:
    """Answer what is refused before anything else is looked at."""

    @app.before_request
    def refuse() -> Response | None:
        why = request.environ.get(REFUSED)
        if why is None:
            return None
        status, text = _WHY[why]
        if why not in (Refused.BUSY, Refused.CROWDING):
            return answer(status, text)
        seconds = str(request.environ[RETRY_SECONDS])
        told = Text(text.zh.format(seconds=seconds), text.en.format(seconds=seconds))
        refused = answer(status, told)
        refused.headers["Retry-After"] = seconds
        return refused

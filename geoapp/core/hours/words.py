"""Opening hours as a person reads them, from OpenStreetMap's syntax.

Only words are exchanged, token by token; what is not known here stays as it is written, so
nothing is lost and nothing is guessed.
"""

import re

from geoapp.core.i18n import Language, Text

_DAYS = {
    "Mo": Text("周一", "Mon"),
    "Tu": Text("周二", "Tue"),
    "We": Text("周三", "Wed"),
    "Th": Text("周四", "Thu"),
    "Fr": Text("周五", "Fri"),
    "Sa": Text("周六", "Sat"),
    "Su": Text("周日", "Sun"),
    "PH": Text("法定节假日", "public holidays"),
    "SH": Text("学校假期", "school holidays"),
}
_MONTHS = {
    name: Text(f"{number}月", name)
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_WORDS = {
    **_DAYS,
    **_MONTHS,
    "off": Text("不开放", "closed"),
    "closed": Text("不开放", "closed"),
    "24/7": Text("全天 24 小时", "24 hours a day"),
    "open": Text("开放", "open"),
    "unknown": Text("未知", "unknown"),
    "dawn": Text("天亮", "dawn"),
    "dusk": Text("天黑", "dusk"),
    "sunrise": Text("日出", "sunrise"),
    "sunset": Text("日落", "sunset"),
}
_COMMENT = re.compile(r'("[^"]*")')
_ELSE = Text("；其余时间 ", "; else ")
_TOKEN = re.compile(r"24/7|[A-Za-z]+")
_RANGE = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])|(?<=[月日])-(?=\d)")
_EVERY_DAY = re.compile(r"\bMo-Su\b")


def words_of(hours: str, language: Language) -> str:
    """Return opening hours in one language's words.

    Parameters
    ----------
    hours
        OpenStreetMap's ``opening_hours`` syntax.
    """
    parts = _COMMENT.split(hours)
    # What stands in quotation marks is somebody's own words, and stays as it is.
    return "".join(
        part if number % 2 else _words_of(part, language) for number, part in enumerate(parts)
    )


def _words_of(hours: str, language: Language) -> str:
    every = Text("每天", "daily").pick(language)
    known = _EVERY_DAY.sub(every, hours)
    text = _TOKEN.sub(lambda token: _word(token.group(), language), known)
    text = re.sub(r"\s*\|\|\s*", _ELSE.pick(language), text)
    if language == "en":
        return re.sub(r"\s*;\s*", "; ", text)
    text = re.sub(r"月 (\d\d?)(?![\d:])", r"月\1日", text)
    text = _RANGE.sub("至", text)
    return re.sub(r"\s*;\s*", "；", text).replace(", ", "；").replace(",", "、")


def _word(token: str, language: Language) -> str:
    known = _WORDS.get(token)
    return token if known is None else known.pick(language)

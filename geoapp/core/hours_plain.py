"""Opening hours as people write them in Chinese files, into OpenStreetMap's syntax.

Only forms whose meaning is certain are taken; seasons, "as the host" and the like are refused.
"""

import re
import unicodedata

_DIGITS = {
    "一": "Mo",
    "二": "Tu",
    "三": "We",
    "四": "Th",
    "五": "Fr",
    "六": "Sa",
    "日": "Su",
    "天": "Su",
    "末": "?",
}
_ALWAYS = {
    "24小时",
    "全天",
    "全天候",
    "24h",
    "24小时开放",
    "全天开放",
    "全天24小时",
    "24小时营业",
    "全天候开放",
    "24hours",
    "昼夜开放",
}
_DASH = re.compile(r"\s*(?:-+|~|—+|–|−|至|到)\s*")
_DAY_WORD = r"(?:周|星期|礼拜)([一二三四五六日天])"
_DAY_RANGE = re.compile(rf"{_DAY_WORD}-(?:周|星期|礼拜)?([一二三四五六日天])")
_DAY_LIST = re.compile(r"(?:周|星期|礼拜)((?:[一二三四五六日天][、,]?)*[一二三四五六日天])")
_NAMED_DAYS = (
    ("法定工作日", "Mo-Fr"),
    ("工作日", "Mo-Fr"),
    ("双休日", "Sa-Su"),
    ("周末", "Sa-Su"),
    ("每天", "Mo-Su"),
    ("每日", "Mo-Su"),
    ("天天", "Mo-Su"),
)
_NO_HOLIDAYS = re.compile(
    r"[(（]?(?:法定)?(?:节假日|公休日|节日)(?:除外|休息|不开放|关闭|闭馆|休)[)）]?"
)
_TIME = re.compile(
    r"(上午|早上|早|中午|下午|晚上|晚|次日|凌晨|夜间)?\s*(\d{1,2})(?::(\d{1,2})|点半|点(?:(\d{1,2})分?)?|时(?:(\d{1,2})分?)?|(?=-))?(半)?"
)
_SPANS = re.compile(r"(?:\d\d:\d\d-\d\d:\d\d)(?:,\d\d:\d\d-\d\d:\d\d)*")


def from_plain(text: str) -> str | None:
    """Return OpenStreetMap's syntax for a plain form, None if its meaning is not certain."""
    words = unicodedata.normalize("NFKC", text).strip().replace("：", ":")
    squeezed = re.sub(r"\s+", "", words)
    if squeezed in _ALWAYS:
        return "24/7"
    holidays_off = (
        bool(_NO_HOLIDAYS.search(squeezed)) or "法定工作日" in squeezed or "工作日" in squeezed
    )
    body = _NO_HOLIDAYS.sub("", words)
    rules = []
    for part in re.split(r"[;；。\n]|,\s*(?=周|星期|礼拜|工作日|周末|每)", body):
        if part.strip(" ,、()（）"):
            rule = _rule(part)
            if rule is None:
                return None
            rules.append(rule)
    if not rules:
        return None
    return "; ".join([*rules, "PH off"] if holidays_off else rules)


def _rule(part: str) -> str | None:
    words = _DASH.sub("-", part.strip(" ,、"))
    days, rest = _days(words)
    rest = rest.strip(" :,、()（）")
    for noise in ("开放时间", "营业时间", "服务时间", "开放", "营业"):
        rest = rest.replace(noise, "")
    rest = rest.strip(" :,、()（）")
    if days and rest in ("休息", "不开放", "关闭", "闭馆", "休"):
        return f"{days} off"
    if re.sub(r"\s+", "", rest) in _ALWAYS or (not rest and days is None):
        return f"{days} 00:00-24:00" if days else "24/7"
    spans = _times(rest)
    if spans is None:
        return None
    return f"{days} {spans}" if days else spans


def _days(words: str) -> tuple[str | None, str]:
    """Split the days off the front; None where no day is named."""
    for name, days in _NAMED_DAYS:
        if words.startswith(name):
            return days, words[len(name) :]
    match = _DAY_RANGE.match(words)
    if match:
        return f"{_DIGITS[match[1]]}-{_DIGITS[match[2]]}", words[match.end() :]
    match = _DAY_LIST.match(words)
    if match:
        found = [_DIGITS[one] for one in match[1] if one in _DIGITS]
        return ",".join(found), words[match.end() :]
    return None, words


def _times(words: str) -> str | None:
    spans = []
    for piece in re.split(r"[,、/和及]|\s+(?=\d|上午|下午|早|晚)", words):
        piece = piece.strip()
        if not piece:
            continue
        # "上午8:30-11:30 下午2:00-5:30" may come without a blank between the two.
        for span in re.split(r"(?<=[\d分点半])(?=上午|下午|晚上)", piece):
            ends = span.split("-")
            if len(ends) != 2:
                return None
            start = _clock(ends[0], None)
            end = _clock(ends[1], ends[0])
            if start is None or end is None or start == end:
                return None
            spans.append(f"{start}-{end}")
    joined = ",".join(spans)
    return joined if _SPANS.fullmatch(joined) else None


_AFTERNOON = ("下午", "晚上", "晚", "夜间")


def _clock(word: str, start: str | None) -> str | None:
    """Return hh:mm; an end without a half of the day takes that of its start."""
    match = _TIME.fullmatch(word.strip())
    if match is None:
        return None
    half = match[1]
    hour = int(match[2])
    minute = int(match[3] or match[4] or match[5] or 0)
    if "半" in word:
        minute = 30
    if half is None and start is not None and start.strip().startswith(_AFTERNOON) and hour < 12:
        half = "下午"
    if half in _AFTERNOON and hour < 12:
        hour += 12
    if half == "中午" and hour < 3:
        hour += 12
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return f"{hour:02d}:{minute:02d}"

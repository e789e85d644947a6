"""The words of people's opening hours, Chinese and English, as tokens."""

import re
import unicodedata
from dataclasses import dataclass, field, replace

from geoapp.core.hours.clocks import Half, Said, Style
from geoapp.core.hours.rules import MONTH_NAMES

WORKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})
ALL_DAYS = frozenset(range(7))

_TRADITIONAL = str.maketrans(
    "週禮點時開營業間節務對無閉館關門後當隨為單員", "周礼点时开营业间节务对无闭馆关门后当随为单员"
)
_COMMENT = re.compile(r'("[^"]*")')
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_NUMERALS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7}
_NUMERALS |= {"八": 8, "九": 9}
_NUMERAL_HOUR = re.compile(
    r"(?<![周拜期])([一二两三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九])(?=[点时])"
)
_IDIOM = re.compile(r"[朝早]([一二两三四五六七八九十]{1,2})晚([一二两三四五六七八九十]{1,2})")

_HALVES = {
    Half.SMALL_HOURS: "凌晨|深夜|半夜|午夜",
    Half.FORENOON: "上午",
    Half.MORNING: "早上|早晨|清晨|早间|早",
    Half.NOON: "中午|正午|午间",
    Half.AFTERNOON: "下午|午后|傍晚",
    Half.EVENING: "晚上|晚间|晚",
    Half.NIGHT: "夜间|夜晚|夜里|夜",
}
_HALF_OF = {word: half for half, words in _HALVES.items() for word in words.split("|")}
_DAY_OF = {
    **{name: number for number, name in enumerate("一二三四五六日")},
    **{str(number + 1): number for number in range(7)},
    "天": 6,
}
_ENGLISH_DAYS = (
    "monday|mon|mo",
    "tuesday|tues|tue|tu",
    "wednesday|weds|wed|we",
    "thursday|thurs|thur|thu|th",
    "friday|fri|fr",
    "saturday|sat|sa",
    "sunday|sun|su",
)
_ENGLISH_DAY_OF = {
    name: number for number, names in enumerate(_ENGLISH_DAYS) for name in names.split("|")
}
_MONTH_OF = {name.lower(): number for number, name in enumerate(MONTH_NAMES, 1)}
_LONG_MONTHS = (
    "january|february|march|april|june|july|august|september|sept|october|november|december"
)

_TOKEN = re.compile(
    r"(?P<break>(?:[;。\n]|(?<!\|)\|(?!\|))+)"
    r"|(?P<blank>[^\S\n]+)"
    r"|(?P<always>7\s*(?:天)?\s*[x×*/,]?\s*24\s*(?:小时|h)?|24\s*/\s*7"
    r"|24\s*-?\s*(?:小时|hours?\b|hrs?\b|h\b)(?:\s*(?:(?:a|per)\s+day|[/x×]\s*7(?:天|d\b)?))?"
    r"|全天候?|昼夜|a?round the clock|全日)"
    r"|(?P<allyear>全年无休|年中无休|全年不休|一年365天|全年365天|365天|全年)"
    r"|(?P<workdays>法定工作日|工作日|上班日|平日|(?:on\s+)?(?:weekdays?|working days|business days)\b)"
    r"|(?P<weekend>周末|双休日|(?:on\s+)?weekends?\b)"
    r"|(?P<daily>每天|每日|天天|daily\b|every\s?day\b|(?:7|seven) days a week\b|all days\b)"
    r"|(?P<holidays>法定节假日|国家法定节假日|节假日|法定假日|公休日|节日|假日|public holidays?\b"
    r"|bank holidays?\b|holidays?\b|ph\b)"
    r"|(?P<nobreak>中午不休息?|午间不休息?|无午休)"
    r"|(?P<pause>午休(?:时间)?|午间休息|lunch(?:\s+break)?\b)"
    r"|(?P<weekday>(?:每?逢?(?:周|星期|礼拜))(?P<day_zh>[一二三四五六日天]|[1-7](?!\d)))"
    rf"|(?P<weekday_en>\b(?P<day_en>{'|'.join(_ENGLISH_DAYS)})(?:s\b|\b)\.?)"
    r"|(?P<month>(?P<month_zh>1[0-2]|[1-9])月(?:份|(?P<month_day>[12]\d|3[01]|[1-9])[日号])?)"
    rf"|(?P<month_word>\b(?P<month_en>{_LONG_MONTHS}|{'|'.join(_MONTH_OF)})\b)"
    r"|(?P<next_day>次日|第二天|翌日|隔天|隔日|次晨)"
    r"|(?P<same_day>当日|当天)"
    r"|(?P<same>照常(?:开放|营业|服务)?|正常(?:开放|营业|服务)|不休息?|无休)"
    r"|(?P<others>其[他它余](?:时间|日子|各?天)?)"
    r"|(?P<except>除外|以外|除了?|外|except(?:\s+for)?\b|excluding\b|excl\.)"
    r"|(?P<closed>休息|闭馆|闭店|关闭|关门|不开放|不营业|不开门|不开|不对外|歇业|打烊|休馆|公休|休|closed\b|off\b)"
    r"|(?P<noon>noon\b)|(?P<midnight>midnight\b)"
    rf"|(?P<half>{'|'.join(sorted(_HALF_OF, key=len, reverse=True))})"
    r"|(?P<clock>(?<!\d)(?P<hour>\d{1,2})\s?(?::|[点时])(?P<minute>\d{2})(?!\d)(?:分|时)?)"
    r"|(?P<dotted>(?<![\d.])(?P<dot_hour>\d{1,2})\.(?P<dot_minute>00|30)(?![\d.]))"
    r"|(?P<digits>(?<!\d)(?P<digit_hour>[01]\d|2[0-3])(?P<digit_minute>[0-5][05])(?!\d))"
    r"|(?P<oclock>(?<!\d)(?P<o_hour>\d{1,2})\s?(?:点|时)(?P<o_rest>半|整|钟|一刻|三刻)?)"
    r"|(?P<bare>(?<!\d)(?P<bare_hour>\d{1,2})(?!\d))"
    r"|(?P<ampm>(?P<meridiem>[ap])\.?\s?m\b\.?)"
    r"|(?P<dash>-+|~+|至|到|(?:to|until|till|thru|through)\b)"
    r"|(?P<short_day>[一二三四五六日天](?![点时]))"
    r"|(?P<comma>[,、/&+]|和|及|与|以及|and\b)"
    r"|(?P<left>[(\[【])|(?P<right>[)\]】])"
    r"|(?P<noise>opening_hours\s*=|opening hours\b|business hours\b|hours?\b|opens?\b|from\b|the\b"
    r"|on\b|at\b|between\b|are\b|is\b|开放时间|营业时间|服务时间|工作时间|接待时间|开馆时间|对外开放|开放|营业"
    r"|服务|接待|开馆|时间|对外|自助|均|都|为|是|每周|[:=.])"
)


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the week, public holidays too, and whether they follow the official calendar."""

    weekdays: frozenset[int] = frozenset()
    holidays: bool = False
    official: bool = False

    def __or__(self, other: "Days") -> "Days":
        return Days(
            self.weekdays | other.weekdays,
            self.holidays or other.holidays,
            self.official or other.official,
        )


@dataclass(slots=True)
class Token:
    """A word of opening hours; ``days``, ``said`` or ``number`` as its kind has them."""

    kind: str
    days: Days = field(default_factory=Days)
    said: Said | None = None
    half: Half | None = None
    number: int = 0
    day_of_month: int = 0


def clean(text: str) -> str:
    """Return words with full-width signs, dashes and invisible letters made ordinary.

    What stands in quotation marks is a comment, and stays as it is.
    """
    parts = _COMMENT.split(text)
    return "".join(
        part if number % 2 else _clean(part) for number, part in enumerate(parts)
    ).strip()


def _clean(text: str) -> str:
    words = unicodedata.normalize("NFKC", text)
    words = _ZERO_WIDTH.sub("", words).replace("\r\n", "\n").replace("\r", "\n")
    words = re.sub(r"[\u2010-\u2015\u2212\u2500\uff5e\u301c\u223c]+", "-", words)
    return re.sub(r"^\s*opening_hours\s*=\s*", "", words)


def tokens(text: str) -> list[Token] | None:
    """Return the tokens of cleaned words; None if one of them is not known."""
    words = text.translate(_TRADITIONAL).lower()
    words = re.sub(r"(?<=\d)\s*一\s*(?=\d)", "-", words)  # a dash, as scanned
    words = _IDIOM.sub(lambda one: f"早{_numeral(one[1])}晚{_numeral(one[2])}", words)
    words = _NUMERAL_HOUR.sub(lambda one: str(_numeral(one[1])), words)
    found: list[Token] = []
    position = 0
    while position < len(words):
        match = _TOKEN.match(words, position)
        if match is None or match.lastgroup is None:
            return None
        position = match.end()
        if match.lastgroup not in _SILENT:
            found.append(_token(match.lastgroup, match))
    return _with_halves(found)


_SILENT = frozenset({"blank", "noise", "same_day", "nobreak"})
_DAY_SETS = {
    "workdays": Days(WORKDAYS, official=True),
    "weekend": Days(WEEKEND),
    "daily": Days(ALL_DAYS),
    "allyear": Days(ALL_DAYS, holidays=True),
    "holidays": Days(holidays=True),
}
_TIMES = frozenset({"clock", "dotted", "digits", "oclock", "bare", "noon", "midnight"})
_MINUTES_OF = {"半": 30, "一刻": 15, "三刻": 45}


def _token(kind: str, match: re.Match[str]) -> Token:
    if kind in _DAY_SETS:
        if kind == "workdays" and re.search("[a-z]", match[0]):
            return Token("days", days=Days(WORKDAYS))
        return Token("days", days=_DAY_SETS[kind])
    if kind in ("weekday", "weekday_en", "short_day"):
        if kind == "weekday_en":
            number = _ENGLISH_DAY_OF[match["day_en"]]
        else:
            number = _DAY_OF[match["day_zh"] if kind == "weekday" else match[0]]
        shape = "short_day" if kind == "short_day" else "day"
        return Token(shape, days=Days(frozenset({number})), number=number)
    if kind in ("month", "month_word"):
        if kind == "month":
            day = int(match["month_day"] or 0)
            return Token("month", number=int(match["month_zh"]), day_of_month=day)
        return Token("month", number=_MONTH_OF[match["month_en"][:3]])
    if kind == "half":
        return Token("half", half=_HALF_OF[match[0]])
    if kind == "ampm":
        return Token("ampm", half=Half.AM if match["meridiem"] == "a" else Half.PM)
    if kind in _TIMES:
        return Token("time", said=_said(kind, match))
    return Token(kind)


def _said(kind: str, match: re.Match[str]) -> Said:
    if kind in ("noon", "midnight"):
        return Said(12, 0, Style.CLOCK, Half.PM if kind == "noon" else Half.EVENING)
    if kind == "oclock":
        minute = _MINUTES_OF.get(match["o_rest"] or "", 0)
        return Said(int(match["o_hour"]), minute, Style.OCLOCK)
    if kind == "bare":
        return Said(int(match["bare_hour"]), 0, Style.BARE)
    prefix = {"clock": "", "dotted": "dot_", "digits": "digit_"}[kind]
    hour, minutes = match[f"{prefix}hour"], match[f"{prefix}minute"]
    style = Style.DIGITS if kind == "digits" else Style.CLOCK
    return Said(int(hour), int(minutes), style, padded=len(hour) == 2)


def _with_halves(found: list[Token]) -> list[Token] | None:
    """Join each half of the day with its time; None if one is left over."""
    joined: list[Token] = []
    half: Half | None = None
    next_day = False
    for token in found:
        if token.kind == "half" and half is None:
            half = token.half
        elif token.kind == "next_day" and not next_day:
            next_day = True
        elif token.kind == "time" and token.said is not None:
            if half is not None and token.said.half is not None:
                return None
            said = replace(token.said, half=half or token.said.half, next_day=next_day)
            joined.append(Token("time", said=said))
            half, next_day = None, False
        elif token.kind == "ampm":
            last = joined[-1].said if joined else None
            if half or next_day or last is None or last.half is not None:
                return None
            joined[-1] = Token("time", said=replace(last, half=token.half))
        elif half is not None or next_day:
            return None
        else:
            joined.append(token)
    return None if half is not None or next_day else joined


def _numeral(word: str) -> int:
    tens, ten, ones = word.partition("十")
    if not ten:
        return _NUMERALS[tens]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)

"""Which streets an address names, and how: with a number, or as a crossing.

Names are sought as the map has them. What only looks like a name within a longer one, as 南京路 in
南京路小学 or in 南京路二支路, is none.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.simplified import simplified
from geoapp.core.streets import folded_street, house_number

_MOST_CHARACTERS: Final = 200
_MOST_WORDS: Final = 7

# Chinese: what a name may stand behind. An administrative name has two signs before its ending.
_BEFORE: Final = re.compile(
    r"(?:^|[^\w]|[\u4e00-\u9fff]{2,}(?:[省市区县旗镇乡州盟村]|街道|社区)|[号與与和及近至到沿在由交口侧]|靠近)$"
)
# What makes it a longer name ...
_LONGER: Final = re.compile(
    r"[一二三四五六七八九十东西南北中上下前后新老]*(?:支路|大道|路(?!口)|街(?!口|角)|巷|弄|胡同)"
    r"|\d+\s*号?\s*(?:巷|支路|支弄|胡同)"
)
# ... or that of something else, which need not lie on the street.
_OTHER_THING: Final = re.compile(
    r"街道|社区|居委|村|小区|派出所|地铁|公交|站|支行|分行|店|小学|中学|学校|幼儿园|医院|市场|菜场|"
    r"公园|广场|大桥|桥|立交|高架|隧道|商圈|片区|办事处|服务区|收费站"
)
_STREET_LIKE: Final = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|[省市区县旗镇乡]|街道|社区)[与和近至及]?"
    r"([\u4e00-\u9fff]{1,7}?(?:大道|大街|胡同|路|街(?!道)|巷))"
)
_NUMBER: Final = re.compile(r"\s*(\d{1,5}(?:-\d{1,4})?)\s*号?\s*([甲乙丙丁戊a-z])?(?![\d路弄巷])")
_CROSS: Final = re.compile(r"交叉|路口|街口|交汇|交界|相交|转角|拐角|口(?:$|[东西南北),\s])|十字")
_BETWEEN: Final = re.compile("之间|中间|至|到")
_AND: Final = re.compile(r"\s*(?:与|和|及|×|x|交|&|/)\s*")
# What Chinese says of a name in Latin letters: Mannerheimintie 5 号, Bulevardi与Aleksanterinkatu路口.
_CHINESE: Final = re.compile("[\u2e80-\uffff]")
_JOINING: Final = re.compile("[与與和及]")
_CORNER: Final = re.compile("(?:的?(?:交叉)?路口|的?交叉口|的?交汇处|的?拐角|的?转角)")
_HINTS: Final = re.compile("\\(约\\)|[号號]")
_MAYBE_AND: Final = re.compile(r"\s*(?:与|和|及|×|x|交|&|/|、|,|-|\(|)\s*")

# English, and what else is written in Latin letters.
_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s.]")
_KIND_WORDS: Final = frozenset(
    {"road", "street", "avenue", "boulevard", "lane", "highway", "drive"}
)
_SIDE_WORDS: Final = frozenset({"north", "south", "east", "west", "middle"})
_CROSS_WORDS: Final = frozenset({"corner", "cnr", "crossing", "intersection", "junction"})
_AND_WORDS: Final = frozenset({"and", "at", "&", "/", "@", "x"})
_LINKS: Final = (
    _CROSS_WORDS
    | _AND_WORDS
    | {
        "of",
        "the",
        "near",
        "no",
        "number",
        "opposite",
        "between",
        "off",
        "on",
        "along",
        "in",
        "with",
    }
    | {"district", "city", "county", "province", "town"}
)


@dataclass(frozen=True, slots=True)
class NamedStreet:
    """A name in an address; ``streets`` are the places in the index of all pieces that carry it.

    ``numbers`` are the house numbers that may be meant with it, the most exact first.
    """

    words: str
    streets: tuple[int, ...]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressWords:
    """What an address says.

    Attributes
    ----------
    named
        The streets that it names and that are known, in its order.
    is_crossing
        Whether it means where the two of them meet.
    unknown
        What looks like a street and is not known.
    """

    named: tuple[NamedStreet, ...] = ()
    is_crossing: bool = False
    unknown: tuple[str, ...] = ()


def read_address(
    address: str, index: StreetIndex, regions: Collection[str] = frozenset()
) -> AddressWords:
    """Tell which known streets an address names.

    Parameters
    ----------
    regions
        Names of regions, whole and short, behind which a street's name may stand.
    """
    plain = unicodedata.normalize("NFKC", address[:_MOST_CHARACTERS])
    if not _CHINESE.search(plain):
        return _latin(plain, index)
    said = _chinese(simplified(plain.casefold()), index, regions)
    # A name in Latin letters among Chinese words, as this service itself writes it in Chinese.
    spelled = _HINTS.sub(" ", _CORNER.sub(" corner ", _JOINING.sub(" and ", plain)))
    return said if said.named or _CHINESE.search(spelled) else _latin(spelled, index)


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    named: NamedStreet


def _chinese(text: str, index: StreetIndex, regions: Collection[str]) -> AddressWords:
    matches: list[_Match] = []
    seen: list[tuple[int, int]] = []
    longest = max(map(len, index.chinese), default=0)
    place = 0
    while place < len(text):
        name = next(
            (
                text[place : place + length]
                for length in range(min(longest, len(text) - place), 1, -1)
                if text[place : place + length] in index.chinese
            ),
            "",
        )
        if not name:
            place += 1
            continue
        end, before = place + len(name), text[:place]
        rest = text[end:]
        follows = bool(matches) and matches[-1].end == place
        seen.append((place, end))
        stands = follows or _BEFORE.search(before) or _ends_with(before, regions)
        if stands and not _LONGER.match(rest) and not _OTHER_THING.match(rest):
            number = _NUMBER.match(rest)
            numbers = () if number is None else _chinese_numbers(number[1], number[2] or "")
            matches.append(_Match(place, end, NamedStreet(name, index.chinese[name], numbers)))
        place = end
    return AddressWords(
        _each_once(matches), _is_crossing(text, matches), _unknown(text, seen)
    )  # fmt: skip


def _ends_with(before: str, regions: Collection[str]) -> bool:
    return any(before[-length:] in regions for length in range(2, min(len(before), 12) + 1))


def _each_once(matches: list[_Match]) -> tuple[NamedStreet, ...]:
    found: dict[tuple[int, ...], NamedStreet] = {}
    for one in matches:
        found.setdefault(one.named.streets, one.named)
    return tuple(found.values())


def _is_crossing(text: str, matches: list[_Match]) -> bool:
    if len(_each_once(matches)) != 2 or len(matches) != 2:
        return False
    first, second = matches
    if first.named.numbers or second.named.numbers:
        return False
    between, after = text[first.end : second.start], text[second.end :]
    if _BETWEEN.search(between + after):
        return False
    if _AND.fullmatch(between):
        return True
    return bool(_MAYBE_AND.fullmatch(between)) and bool(_CROSS.search(between + after))


def _chinese_numbers(number: str, letter: str) -> tuple[str, ...]:
    """Return a number as it may stand on the map: 77号甲 is another house than 77, 77号a座 is a part."""
    whole = house_number(number + letter)
    return (whole, house_number(number)) if letter.isascii() and letter else (whole,)


def _unknown(text: str, seen: list[tuple[int, int]]) -> tuple[str, ...]:
    rest = list(text)
    for start, end in seen:
        rest[start:end] = " " * (end - start)
    return tuple(dict.fromkeys(_STREET_LIKE.findall("".join(rest))))


def _latin(text: str, index: StreetIndex) -> AddressWords:
    tokens = []
    for found in _TOKEN.findall(text.replace("'", "").replace("’", "")):
        tokens.append(folded_street(found) or found)
    matches: list[_Match] = []
    place = 0
    while place < len(tokens):
        end = next(
            (
                end
                for end in range(min(place + _MOST_WORDS, len(tokens)), place, -1)
                if "".join(tokens[place:end]) in index.latin
            ),
            None,
        )
        if end is None:
            place += 1
            continue
        ends_before = place == 0 or bool(matches and matches[-1].end == place)
        if (ends_before or _is_border(tokens[place - 1])) and _may_end(tokens, end):
            numbers = _latin_numbers(tokens, place, end)
            streets = index.latin["".join(tokens[place:end])]
            words = " ".join(tokens[place:end])
            matches.append(_Match(place, end, NamedStreet(words, streets, numbers)))
            place = end
        else:
            place += 1
    return AddressWords(_each_once(matches), _is_latin_crossing(tokens, matches))


def _is_border(token: str) -> bool:
    return not token[0].isalpha() or token in _LINKS


def _may_end(tokens: list[str], end: int) -> bool:
    """Tell whether a street's name may end before a token: what says its kind goes with it."""
    if end == len(tokens) or _is_border(tokens[end]):
        return True
    return tokens[end - 1] in _KIND_WORDS and tokens[end] not in _KIND_WORDS | _SIDE_WORDS


def _latin_numbers(tokens: list[str], start: int, end: int) -> tuple[str, ...]:
    """Return the number beside a name, with the letter behind it and without."""
    after = tokens[end] if end < len(tokens) else ""
    if re.fullmatch(r"\d{1,4}[a-z]?", after):
        letter = tokens[end + 1] if end + 1 < len(tokens) and len(tokens[end + 1]) == 1 else ""
        plain = after.rstrip("abcdefghijklmnopqrstuvwxyz")
        return tuple(dict.fromkeys((after + (letter if letter.isalpha() else ""), after, plain)))
    if start > 1 and tokens[start - 1] == ",":
        start -= 1  # No. 68, Hong Kong Middle Road
    before = tokens[start - 1] if start else ""
    return (before,) if re.fullmatch(r"\d{1,4}[a-z]?", before) else ()


def _is_latin_crossing(tokens: list[str], matches: list[_Match]) -> bool:
    if len(matches) != 2 or len(_each_once(matches)) != 2:
        return False
    first, second = matches
    if first.named.numbers or second.named.numbers:
        return False
    between = tokens[first.end : second.start]
    if "between" in tokens:
        return False
    if len(between) == 1 and between[0] in _AND_WORDS:
        return True
    around = {*tokens[: first.start], *between, *tokens[second.end :]}
    return bool(around & _CROSS_WORDS) and not set(between) - _LINKS - {","}

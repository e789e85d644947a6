"""Regions as lists name them: by code, whole or short, with or without the names above them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.simplified import simplified
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells

_BETWEEN: Final = re.compile(r"[\s\-_/\\·•>→|,，、]+")
_CODE: Final = re.compile(r"(\d{6})(?:0{3}|0{6})?(?:\.0+)?")
# Longest first. What is left must still be a name: 矿区 is no 矿.
_ENDS: Final = ("自治区", "自治州", "自治县", "街道", "地区", "新区", *"省市区县旗镇乡")
_LEAST_NAME: Final = 2
# Shorter ones are within other words: 矿区, 东乡.
_LEAST_IN_ADDRESS: Final = 3
_MOST_TOLD: Final = 5
# GB/T 2260; a store may begin below the province that a list names.
_PROVINCES: Final[dict[str, str]] = dict(
    re.findall(
        r"(\d\d)(\S+)",
        "11北京市 12天津市 13河北省 14山西省 15内蒙古自治区 21辽宁省 22吉林省 23黑龙江省 31上海市 32江苏省 "
        "33浙江省 34安徽省 35福建省 36江西省 37山东省 41河南省 42湖北省 43湖南省 44广东省 45广西壮族自治区 "
        "46海南省 50重庆市 51四川省 52贵州省 53云南省 54西藏自治区 61陕西省 62甘肃省 63青海省 "
        "64宁夏回族自治区 65新疆维吾尔自治区 71台湾省 81香港特别行政区 82澳门特别行政区",
    )
)
_COUNTRIES: Final = ("中华人民共和国", "中国")


@dataclass(frozen=True)
class RegionNames:
    """The regions that cells may mean: their parents and names by code."""

    parents: Mapping[str, str | None] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _whole(self) -> dict[str, list[str]]:
        codes: dict[str, list[str]] = {}
        for code, name in self.names.items():
            codes.setdefault(_folded(name), []).append(code)
        return codes

    @cached_property
    def _short(self) -> dict[str, list[str]]:
        codes: dict[str, list[str]] = {}
        for code, name in self.names.items():
            short = _shortened(_folded(name))
            if short is not None:
                codes.setdefault(short, []).append(code)
        return codes

    @cached_property
    def _in_addresses(self) -> list[tuple[str, list[str]]]:
        return [
            (name, codes)
            for name, codes in self._whole.items()
            if len(name) >= _LEAST_IN_ADDRESS and name.endswith(_ENDS)
        ]

    def otherwise_in(self, address: str, code: str) -> tuple[str, ...]:
        """Return the names of regions in an address that are neither a region, nor above it or below.

        None where the address names the region itself too, or one below it.
        """
        words = _folded(address)
        if _folded(self.names.get(code, "")) in words:
            return ()
        above = set(self._above(code))
        found: list[str] = []
        for name, codes in self._in_addresses:
            if name not in words or above & set(codes):
                continue
            if any(code in self._above(one) for one in codes):
                return ()
            found.append(name)
        return tuple(found)

    def _above(self, code: str) -> list[str]:
        chain: list[str] = []
        parent = self.parents.get(code)
        while parent is not None and parent not in chain:
            chain.append(parent)
            parent = self.parents.get(parent)
        return chain

    @cached_property
    def _known(self) -> dict[str, tuple[str, ...]]:
        return {}

    def codes_of(self, words: str) -> tuple[str, ...]:
        """Return the codes of the regions that some words may mean; several cannot be told apart.

        A code, or a name: 市南区 and 市南, 青岛市市南区 and "山东省 青岛市 市南", in traditional characters
        too. Every name before it must be that of a region above. A whole name goes before a short one.
        """
        if words in self.parents:
            return (words,)
        if words not in self._known:
            self._known[words] = self._sought(words)
        return self._known[words]

    def _sought(self, words: str) -> tuple[str, ...]:
        text = _folded(words)
        number = _CODE.fullmatch(text)
        if text in self.parents or (number is not None and number[1] in self.parents):
            return (text if text in self.parents or number is None else number[1],)
        return self._called(text) or self._called(simplified(text))

    def _called(self, text: str) -> tuple[str, ...]:
        for index in (self._whole, self._short):
            found = {
                code
                for start in range(len(text))
                for code in index.get(text[start:], ())
                if self._is_above(text[:start], code)
            }
            if found:
                return tuple(sorted(found))
        return ()

    def _is_above(self, words: str, code: str) -> bool:
        """Tell whether words are names of what lies above a region, and nothing else."""
        passed: set[str] = set()
        above = self.parents.get(code)
        while words and above is not None and above not in passed:
            passed.add(above)
            words = _without_end(words, _folded(self.names.get(above, "")))
            above = self.parents.get(above)
        if words and re.fullmatch(r"\d{6}(?:\d{3}){0,2}", code):
            words = _without_end(words, _PROVINCES.get(code[:2], ""))
        return words in ("", *_COUNTRIES)


def _folded(words: str) -> str:
    """Return words without regard to width, case, what stands between names, and 市辖区."""
    text = _BETWEEN.sub("", unicodedata.normalize("NFKC", words)).casefold()
    return text.replace("街道办事处", "街道").replace("市辖区", "")


def _shortened(name: str) -> str | None:
    end = next((one for one in _ENDS if name.endswith(one)), "")
    short = name.removesuffix(end)
    return short if end and len(short) >= _LEAST_NAME else None


def _without_end(words: str, name: str) -> str:
    for one in (name, _shortened(name)):
        if one and words.endswith(one):
            return words.removesuffix(one)
    return words


BY_POSITION: Final = Text(
    "请先导入区域，或清空此格由坐标判定",
    "import it first, or leave the cell empty and let the position decide",
)
IMPORT_FIRST: Final = Text("请先导入区域", "import it first")
OR_BLANK: Final = Text(
    "请先导入区域；不知道在哪个区请留空",
    "import it first, or leave the cell empty where it is unknown",
)


def read_region(
    found: Findings, cell: Any, regions: RegionNames, ways: Text = BY_POSITION
) -> str | None:
    """Return the code of the region that a cell states, or note that none or several may be meant.

    Parameters
    ----------
    ways
        What to do where no region is meant.
    """
    words = cells.read_text(found, "region", cell)
    if words is None:
        return None
    codes = regions.codes_of(words)
    if len(codes) == 1:
        return codes[0]
    shown = words[:40]
    if codes:
        listed = "、".join(_told(code, regions) for code in codes[:_MOST_TOLD])
        found.add(
            "region",
            words,
            "ambiguous_region",
            f"“{shown}”可能是几个区域：{listed}；请连上级一起写，或填区域代码。",
            f"{shown!r} may be several regions: {listed}; write the names above it too, or its code.",
        )
    else:
        said = unknown_region(shown, ways)
        found.add("region", words, "unknown_region", said.zh, said.en)
    return words


def check_address(
    found: Findings, address: str | None, region: str | None, regions: RegionNames
) -> None:
    """Warn of a row whose address names another region than its column does."""
    if address is None or region is None or region not in regions.names:
        return
    others = regions.otherwise_in(address, region)
    if not others:
        return
    named, there = regions.names[region], "、".join(others[:_MOST_TOLD])
    found.warn(
        "region, address",
        address,
        "address_in_another",
        f"区域写的是“{named}”，地址里却是“{there}”；按区域“{named}”读取，请核对。",
        f"The region is {named}, and the address names {there}; it is read as in {named}. Please check.",
    )


def unknown_region(shown: str, ways: Text) -> Text:
    """Say that no region is meant by some words, and what to do."""
    return Text(
        f"没有代码为“{shown}”的区域，也没有叫这个名称的；{ways.zh}。",
        f"There is no region with the code or the name {shown!r}; {ways.en}.",
    )


def _told(code: str, regions: RegionNames) -> str:
    above = regions.parents.get(code)
    return f"{regions.names.get(above or '', '')}{regions.names.get(code, '')}（{code}）"

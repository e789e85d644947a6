"""Sheets of paper: one font, a square for each sign that it lacks, texts that fit."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, cast

from fpdf import FPDF
from fpdf.fonts import TTFFont

from geoapp.core.i18n import Language, Text, said
from geoapp.core.paths import shipped
from geoapp.core.units import counted

FONT: Final = "vendor/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
INK, SOFT, LINE = (24, 32, 38), (92, 104, 112), (200, 208, 212)
MARGIN_MM, WIDTH_MM, FOOT_MM = 16.0, 178.0, 20.0
_PLACEHOLDER: Final = "□"
_LACKING: Final = Text("字体没有的字", "signs that the font lacks")
_LACKING_SEE: Final = Text("字体没有的字，见末页", "signs that the font lacks, see the last page")
_MOST_SIGNS: Final = 40
_UNIT: Final = re.compile(r"(?<=\d) (?=[\u4e00-\u9fff])")
# What no line begins with, and what none ends with; Chinese has no spaces for a library to end lines at.
_NEVER_FIRST: Final = "，。；：、？！％…）”》」"
_NEVER_LAST: Final = "“（《「"
_CHINESE: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_UNITS: Final = re.compile(
    f"[ ]*[{_NEVER_LAST}]*(?:[^ {_CHINESE}{_NEVER_FIRST}{_NEVER_LAST}]+(?:(?<=\u00a0)[{_CHINESE}])?|.)"
    f"[{_NEVER_FIRST}]*"
)
# Signs of format that are seen all the same: Arabic and other numbers' and verses' marks.
_SEEN_FORMATS: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# A heading of this length fits three lines; a row must fit one page, or nothing is written at all.
MOST_IN_HEADING: Final = 72
_MOST_IN_NAME, _MOST_IN_ROW = 60, 900


class Sheet(FPDF):
    """Paper upright, A4 if not said, with the service's one font and a foot on each page.

    What it says of itself is in its language; None is both, Chinese first.
    """

    def __init__(
        self,
        foot: str,
        paper_mm: tuple[float, float] = (210.0, 297.0),
        *,
        language: Language | None = None,
    ) -> None:
        super().__init__(format=paper_mm)
        self._foot = foot
        self.language: Final = language
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, margin=FOOT_MM)
        self.add_font("sans", fname=shipped("static") / FONT)
        self.set_lang("en" if language == "en" else "zh-CN")
        self._glyphs = frozenset(cast("TTFFont", self.fonts["sans"]).cmap)
        self._on_page = False
        self.missing: dict[str, None] = {}

    def normalize_text(self, text: str) -> str:
        """Return a text with a square for each sign that the font lacks: none vanishes unseen.

        Whatever is written passes here. What no font draws (joiners, directions) is left out. No line
        ends between a figure and its Chinese unit.
        """
        kept = _UNIT.sub("\u00a0", super().normalize_text(text))
        return "".join(self._drawn(sign) for sign in kept)

    def _drawn(self, sign: str) -> str:
        if ord(sign) in self._glyphs or sign.isspace():
            return sign
        if (
            sign not in _SEEN_FORMATS and unicodedata.category(sign) in ("Cc", "Cf")
        ) or "\ufe00" <= sign <= "\ufe0f":
            return ""
        self.missing[sign] = None
        self._on_page = True
        return _PLACEHOLDER

    def footer(self) -> None:
        """Write whose plan it is, the page, and what a square on it stands for."""
        self.set_y(-14)
        squares = (
            f" · {_PLACEHOLDER}{_colon(self.language)}{said(_LACKING_SEE, self.language)}"
            if self._on_page
            else ""
        )
        self._on_page = False
        self.words(f"{self._foot} · {self.page_no()} / {{nb}}{squares}", 8, SOFT)

    def words(
        self, text: str, size: float, colour: tuple[int, int, int] = INK, gap_mm: float = 0.0
    ) -> None:
        """Write a paragraph over the whole width."""
        self.set_font("sans", size=size)
        self.set_text_color(*colour)
        text = self.in_lines(text, WIDTH_MM)
        self.multi_cell(WIDTH_MM, size * 0.52, text, new_x="LMARGIN", new_y="NEXT", align="L")
        if gap_mm:
            self.ln(gap_mm)

    def in_lines(self, text: str, wide_mm: float) -> str:
        """Return a text with its lines ended, for the present font and a cell of a width.

        None begins with a comma or what else belongs to the sign before it, none ends with an opening
        bracket, and no figure is parted from its unit.
        """
        room = wide_mm - 2 * self.c_margin
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for unit in _UNITS.findall(_UNIT.sub("\u00a0", paragraph)):
                if line and self.get_string_width(line + unit) > room:
                    lines.append(line)
                    line = unit.lstrip(" ")
                else:
                    line += unit
            lines.append(line)
        return "\n".join(lines)


def name_missing(pdf: Sheet) -> None:
    """Name the signs for which squares stand, by their code points."""
    if not pdf.missing:
        return
    named = ", ".join(
        f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".rstrip()
        for sign in list(pdf.missing)[:_MOST_SIGNS]
    )
    rest = len(pdf.missing) - _MOST_SIGNS
    tail = ""
    if rest > 0:
        more = counted(rest, "个", "more", "more")
        tail = said(Text(f"；另有 {more.zh}", f"; and {more.en}"), pdf.language)
    lacking = said(_LACKING, pdf.language)
    pdf.words(f"{_PLACEHOLDER}{_colon(pdf.language)}{lacking}: {named}{tail}", 7.5, SOFT)


def _colon(language: Language | None) -> str:
    return ": " if language == "en" else "："


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many signs, with an ellipsis where something is left out."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def short_name(name: Text, language: Language) -> str:
    """Return a name for a table, cut where it would not fit."""
    return shortened(name.pick(language), _MOST_IN_NAME)


def room_for(pdf: Sheet, height_mm: float) -> float:
    """Return where a map of this height begins: below what is written, or on a page of its own."""
    if pdf.get_y() + 1 + height_mm > pdf.h - FOOT_MM:
        pdf.add_page()
    return pdf.get_y() + 1


def in_parts(row: Sequence[str]) -> list[Sequence[str]]:
    """Return a row as several below each other where its last text is too long for one page."""
    *first, last = row
    parts = [last[at : at + _MOST_IN_ROW] for at in range(0, len(last), _MOST_IN_ROW)] or [""]
    return [
        [*(first if not number else [""] * len(first)), one] for number, one in enumerate(parts)
    ]

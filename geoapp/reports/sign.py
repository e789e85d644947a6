"""The sign of a station for its door, with a QR code that leads to its page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast
from unicodedata import east_asian_width

import segno

from geoapp.core.i18n import Text
from geoapp.reports.sheet import INK, SOFT, Sheet

# Width and height in millimetres.
_PAPER: Final[dict[str, tuple[float, float]]] = {"a4": (210.0, 297.0), "a6": (105.0, 148.0)}
SIGN_SIZES: Final = tuple(_PAPER)
_NEVER_FIRST: Final = "，。；：、）”’》·・)"
_NEVER_LAST: Final = "（“‘《("
_BEHIND: Final = " ·・、，：）)-—"
_POINT_MM: Final = 25.4 / 72
_SCAN: Final = Text(
    "扫码看开放时间、设施和附近的站点", "Scan for hours, amenities and stations near by"
)


@dataclass(frozen=True, slots=True)
class SignWords:
    """What stands on a sign; ``lines`` are pairs of a heading and what is known, in order.

    ``whole`` are words of the Chinese name that no line ends within.
    """

    name: Text
    kind: Text
    lines: tuple[tuple[Text, Text], ...]
    address: str
    sample: bool
    whole: tuple[str, ...] = ()


def balanced(text: str, whole: Sequence[str] = ()) -> tuple[str, str] | None:
    """Return a text as two lines, about as long, broken where a reader would; None where it has no such place.

    Parameters
    ----------
    whole
        Words that stay in one piece.
    """
    wide = [2 if east_asian_width(sign) in "WF" else 1 for sign in text]
    best: tuple[int, int] | None = None
    for place in range(1, len(text)):
        before, behind = text[place - 1], text[place]
        if behind in _NEVER_FIRST or before in _NEVER_LAST or behind == " ":
            continue
        # Between two letters or digits no word ends; a number belongs to what stands before it.
        if behind.isascii() and ((before.isascii() and before != " ") or text[place:].isdecimal()):
            continue
        if any(
            start < place < start + len(word)
            for word in whole
            for start in range(len(text))
            if text.startswith(word, start)
        ):
            continue
        # A mark, a blank or a whole word's edge is a better place than between two signs.
        is_edge = (
            before in _BEHIND
            or behind in _NEVER_LAST
            or any(text.startswith(word, place) or text[:place].endswith(word) for word in whole)
        )
        longer = max(sum(wide[:place]), sum(wide[place:]))
        cost = longer if is_edge else longer + max(2, sum(wide) // 3)
        if best is None or cost < best[0]:
            best = (cost, place)
    if best is None:
        return None
    return text[: best[1]].rstrip(), text[best[1] :].lstrip()


class _Sign(Sheet):
    def __init__(self, size: str) -> None:
        super().__init__("", paper_mm=_PAPER[size])
        self.set_auto_page_break(False)
        self.add_page()

    def footer(self) -> None:
        """Leave the foot empty: the code and the QR code say whose sign it is."""

    def centred(
        self, text: str, size: float, *, colour: tuple[int, int, int] = INK, most_lines: int = 2
    ) -> None:
        """Write a text in the middle, smaller where it needs more lines than there are for it."""
        self.set_text_color(*colour)
        width = self.w - 2 * self.l_margin
        while True:
            self.set_font("sans", size=size)
            given = self._in_items(text, width - 2 * self.c_margin)
            lines = cast(
                "list[str]", self.multi_cell(width, text=given, dry_run=True, output="LINES")
            )
            if len(lines) <= most_lines or size <= 6:
                break
            size *= 0.93
        self.multi_cell(
            width,
            size * _POINT_MM * 1.3,
            "\n".join(lines[:most_lines]),
            align="C",
            new_x="LMARGIN",
            new_y="NEXT",
        )

    def name(self, text: str, size: float, whole: Sequence[str]) -> None:
        """Write a name in the middle: in one line, a third smaller if need be, else in two that say something."""
        room = self.w - 2 * self.l_margin - 2 * self.c_margin

        def fits(lines: Sequence[str], size: float) -> bool:
            self.set_font("sans", size=size)
            return all(self.get_string_width(line) <= room for line in lines)

        least = size * 0.65
        lines: Sequence[str] = [text]
        if not fits(lines, least):
            lines, least = balanced(text, whole) or lines, size * 0.4
        while size > least and not fits(lines, size):
            size *= 0.97
        if not fits(lines, size):
            self.centred(text, size)
            return
        self.centred("\n".join(lines), size)

    def _in_items(self, text: str, width: float) -> str:
        """Return a text with its lines ended behind a "、" where it has some: none begins with one."""
        lines = [""]
        for item in re.findall("[^、]*、|[^、]+", text):
            if lines[-1] and self.get_string_width(lines[-1] + item) > width:
                lines.append("")
            lines[-1] += item
        return "\n".join(lines)

    def code(self, address: str, side_mm: float) -> None:
        """Draw the QR code as squares, sharp at any size, with the quiet zone that scanners need."""
        rows = [
            list(row) for row in segno.make(address, error="q", micro=False).matrix_iter(border=4)
        ]
        step = side_mm / len(rows)
        left, top = (self.w - side_mm) / 2, self.get_y()
        self.set_fill_color(0, 0, 0)
        for row, line in enumerate(rows):
            column = 0
            while column < len(line):
                end = column
                while end < len(line) and line[end]:
                    end += 1
                if end > column:
                    self.rect(
                        left + column * step, top + row * step, (end - column) * step, step, "F"
                    )
                column = max(end, column + 1)
        self.set_y(top + side_mm)


def render_sign(words: SignWords, size: str) -> bytes:
    """Return the sign as a PDF of one page, Chinese above English; ``size`` is one of `SIGN_SIZES`."""
    sign = _Sign(size)
    scale = sign.w / 210
    sign.set_y(sign.h * 0.06)
    sign.centred(words.kind.zh, 24 * scale, colour=SOFT, most_lines=1)
    sign.centred(words.kind.en, 14 * scale, colour=SOFT, most_lines=1)
    sign.ln(6 * scale)
    sign.name(words.name.zh, 46 * scale, words.whole)
    if words.name.en != words.name.zh:
        sign.name(words.name.en, 20 * scale, ())
    sign.ln(4 * scale)
    sign.code(words.address, 84 * scale)
    sign.centred(_SCAN.zh, 16 * scale, most_lines=1)
    sign.centred(_SCAN.en, 11 * scale, colour=SOFT, most_lines=1)
    sign.centred(words.address, 9 * scale, colour=SOFT, most_lines=2)
    sign.ln(4 * scale)
    for heading, value in words.lines:
        sign.centred(f"{heading.zh}：{value.zh}", 17 * scale)
        sign.centred(f"{heading.en}: {value.en}", 11 * scale, colour=SOFT)
    if words.sample:
        sign.set_y(sign.h * 0.95)
        sign.centred(
            "示例数据，并非真实站点 / Sample data, not a real station", 10 * scale, most_lines=1
        )
    return bytes(sign.output())

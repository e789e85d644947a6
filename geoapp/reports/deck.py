"""Slides that can be edited: real tables, charts and shapes, no pictures; measures are in inches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geoapp.core.errors import MissingPartError
from geoapp.core.i18n import Language, Text, said
from geoapp.reports.book import lines_in
from geoapp.reports.drawing import Frame
from geoapp.reports.map_names import MapName
from geoapp.reports.settled import settle_file
from geoapp.reports.sheet import shortened
from geoapp.reports.widths import fair_widths, longest_words
from geoapp.reports.words.monthly import NONE_LISTED, SAMPLE, left_out

if TYPE_CHECKING:
    from pptx.presentation import Presentation

# The slide is 16:9.
WIDE, HIGH, EDGE, TOP, FOOT = 13.333, 7.5, 0.6, 1.45, 0.45
INK_HEX, SOFT_HEX, HEAD_HEX = "#182026", "#5c6870", "#dde8e1"
FINEST: Final = 0.005
_SUM, _PIN = "#f0f3f4", "#146e3c"
# The sans serif of Chinese offices, on Windows and on what stands in for it elsewhere.
_CHINESE: Final = "Microsoft YaHei"
_TITLE_ONLY: Final = 5
OPENING_POINTS: Final = 32.0
_MOST_ROWS, _MOST_SLIDES, _MOST_SIGNS = 14, 3, 160
_CELL_POINTS, _HEAD_POINTS, _SIGN_INCHES, _LINE_INCHES = 12.0, 11.0, 0.088, 0.21


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of a slide: headings with their shares of the width and whether numbers stand there.

    Where all headings are empty there is no head.
    """

    title: Text
    columns: Sequence[tuple[str, float, bool]]
    rows: Sequence[Sequence[str]]
    total: bool = False


def has_slides() -> bool:
    """Tell whether the library for slides, which is an extra, is installed."""
    return find_spec("pptx") is not None


def new_presentation() -> "Presentation":
    """Return slides without any.

    Raises
    ------
    MissingPartError
        If the library for slides is not installed.
    """
    try:
        import pptx  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as missing:
        raise MissingPartError(
            Text(
                "PPTX 需要另装：pip install 'geoapp[slides]'；也可以用 .pdf .xlsx .html",
                "PPTX needs more: pip install 'geoapp[slides]'; or take .pdf .xlsx .html",
            )
        ) from missing
    return pptx.Presentation()


class Deck:
    """The slides as they are made: each has a title, which the outline view shows, and a foot.

    Parameters
    ----------
    language
        In which language; None is both, Chinese first.
    """

    def __init__(self, title: Text, day: date, language: Language | None, *, sample: bool) -> None:
        slides = new_presentation()
        from pptx.util import Inches  # noqa: PLC0415  (an extra)

        self._inches: Final = Inches
        self._slides: Final = slides
        self._title: Final = title
        self._day: Final = day
        self._sample: Final = sample
        self._language: Final = language
        slides.slide_width, slides.slide_height = Inches(WIDE), Inches(HIGH)
        core = slides.core_properties
        core.title, core.author, core.last_modified_by = (
            shortened(self._said(title), 250),
            "geoapp",
            "geoapp",
        )
        self._write_chinese()

    def _said(self, text: Text) -> str:
        return said(text, self._language)

    def _write_chinese(self) -> None:
        """Name the Chinese typeface in the theme, which names none of its own."""
        from pptx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415  (an extra)

        theme: Any = self._slides.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
        named = f'<a:ea typeface="{_CHINESE}"/>'.encode()
        theme._blob = theme.blob.replace(b'<a:ea typeface=""/>', named)

    def finish(self, path: Path) -> None:
        """Write the file, with the day of what it tells for its date."""
        self._slides.save(str(path))
        settle_file(path, self._day)

    def _slide(self, title: Text, size: float = 24.0) -> Any:
        slide = self._slides.slides.add_slide(self._slides.slide_layouts[_TITLE_ONLY])
        head = slide.shapes.title
        at = self._inches
        head.left, head.top = at(EDGE), at(0.4)
        head.width, head.height = at(WIDE - 2 * EDGE), at(0.6 if size < OPENING_POINTS else 0.8)
        _write(head.text_frame, [title.pick(self._language or "zh")], size, INK_HEX)
        if self._language is None and title.zh != title.en:
            below = 1.0 if size < OPENING_POINTS else 1.25
            self._words(slide, EDGE, below, WIDE - 2 * EDGE, [title.en], 12, SOFT_HEX)
        foot = shortened(self._title.pick(self._language or "zh"), 90)
        if self._sample:
            foot += " · " + SAMPLE.pick(self._language or "zh")
        number = len(self._slides.slides)
        self._words(slide, EDGE, HIGH - FOOT, WIDE - 2 * EDGE, [f"{foot} · {number}"], 10, SOFT_HEX)
        return slide

    def _words(
        self,
        slide: Any,
        left: float,
        top: float,
        width: float,
        lines: Sequence[str],
        size: float,
        colour: str = INK_HEX,
    ) -> None:
        if not lines:
            return
        at = self._inches
        box = slide.shapes.add_textbox(at(left), at(top), at(width), at(0.35 * len(lines)))
        _write(box.text_frame, lines, size, colour)

    def _figures(self, slide: Any, figures: Sequence[tuple[Text, str]]) -> float:
        """Write the figures large, at most six in a row, and return where what follows begins."""
        across = min(6, len(figures)) or 1
        width, top = (WIDE - 2 * EDGE) / across, TOP
        for number, (label, value) in enumerate(figures):
            left = EDGE + width * (number % across)
            top = TOP + 1.5 * (number // across)
            self._words(slide, left, top, width, [self._said(label)], 12, SOFT_HEX)
            self._words(slide, left, top + 0.62, width, [value], 26)
        return top + (1.5 if figures else 0.0)

    def _table(self, table: Rows) -> None:
        """Make slides of a table, as many rows on each as there is room for."""
        rows = [[shortened(cell, _MOST_SIGNS) for cell in row] for row in table.rows]
        widths = _widths(table.columns, rows)
        head = [text for text, _, _ in table.columns]
        headed = any(head)
        room = HIGH - TOP - FOOT - 0.35 - (_height(head, widths) if headed else 0.0)
        slides = list(_paged(rows, widths, room))
        for number, some in enumerate(slides[:_MOST_SLIDES]):
            slide, last = self._slide(table.title), number == len(slides) - 1
            numbers = [one for _, _, one in table.columns]
            shown = [head, *some] if headed else some
            total = table.total and last
            self._rows(slide, TOP, shown, widths, numbers, headed=headed, total=total)
            if number == _MOST_SLIDES - 1 and not last:
                left = sum(len(one) for one in slides[_MOST_SLIDES:])
                text = self._said(left_out(left))
                self._words(slide, EDGE, HIGH - 0.75, WIDE - 2 * EDGE, [text], 11, SOFT_HEX)
        if not slides:
            slide = self._slide(table.title)
            self._words(slide, EDGE, TOP, 6.0, [self._said(NONE_LISTED)], 15)

    def _rows(
        self,
        slide: Any,
        top: float,
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        numbers: Sequence[bool],
        *,
        left: float = EDGE,
        headed: bool = True,
        total: bool = False,
    ) -> float:
        """Write a table, its head first where it has one, and return where it ends."""
        from pptx.enum.text import PP_ALIGN  # noqa: PLC0415  (an extra)

        at = self._inches
        frame = slide.shapes.add_table(
            len(rows), len(widths), at(left), at(top), at(sum(widths)), at(0.3 * len(rows))
        )
        drawn = frame.table
        drawn.horz_banding, drawn.first_row = False, headed
        for place, width in enumerate(widths):
            drawn.columns[place].width = at(width)
        for number, cells in enumerate(rows):
            high = _height(cells, widths)
            drawn.rows[number].height = at(high)
            top += high
            last, head = total and number == len(rows) - 1, headed and not number
            colour = HEAD_HEX if head else _SUM if last else "#ffffff"
            for place, text in enumerate(cells):
                cell = drawn.cell(number, place)
                cell.margin_left = cell.margin_right = at(0.05)
                cell.margin_top = cell.margin_bottom = at(0.03)
                _fill(cell.fill, colour)
                size = _HEAD_POINTS if head else _CELL_POINTS
                _write(cell.text_frame, [text], size, INK_HEX, bold=head or last)
                if numbers[place]:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
        return top

    def _outline(
        self,
        slide: Any,
        rings: Sequence[Sequence[tuple[float, float]]],
        fill: str | None,
        name: str,
        line: tuple[str, float] | None = (SOFT_HEX, 0.006),
        *,
        close: bool = True,
    ) -> None:
        """Draw one shape of some rings, in inches; its line is a colour and a width.

        Parameters
        ----------
        close
            False for lines, which are left open.
        """
        if not rings:
            return
        # The library rounds to whole units, so these are its own: 914,400 to the inch.
        units = [[(self._inches(x), self._inches(y)) for x, y in ring] for ring in rings]
        first, *others = units
        build = _freeform(slide.shapes, *first[0])
        build.add_line_segments(first[1:], close=close)
        for ring in others:
            build.move_to(*ring[0])
            build.add_line_segments(ring[1:], close=close)
        shape = build.convert_to_shape()
        shape.name = name
        shape.shadow.inherit = False
        if fill is None:
            shape.fill.background()
        else:
            _fill(shape.fill, fill)
        if line is None:
            shape.line.fill.background()
            return
        _fill(shape.line.fill, line[0])
        shape.line.width = self._inches(line[1])

    def _dots(
        self, slide: Any, frame: Frame, places: Sequence[tuple[float, float]], fill: str, name: str
    ) -> None:
        """Draw places (lon, lat) as one shape of many small squares."""
        half = 0.02
        squares = [
            [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
            for x, y in (frame.at(*place) for place in places if frame.shows(*place))
        ]
        self._outline(slide, squares, fill, name, None)

    def _label(self, slide: Any, name: MapName) -> None:
        """Write a name on the map; facilities are as dark as the words, so what lies below is paler."""
        from pptx.enum.text import PP_ALIGN  # noqa: PLC0415  (an extra)
        from pptx.oxml.ns import qn  # noqa: PLC0415

        at, (left, top, _, _) = self._inches, name.box
        box = slide.shapes.add_textbox(at(left), at(top), at(name.wide), at(name.high))
        _fill(box.fill, "#ffffff")
        colour = next(box.element.iter(qn("a:srgbClr")))
        colour.append(colour.makeelement(qn("a:alpha"), {"val": "75000"}))
        text = box.text_frame
        text.margin_left = text.margin_right = text.margin_top = text.margin_bottom = 0
        _write(text, [name.text], 10, INK_HEX)
        text.word_wrap = False
        text.paragraphs[0].alignment = PP_ALIGN.CENTER

    def _pin(self, slide: Any, x: float, y: float, number: int, colour: str = _PIN) -> None:
        from pptx.enum.shapes import MSO_SHAPE  # noqa: PLC0415  (an extra)
        from pptx.enum.text import PP_ALIGN  # noqa: PLC0415

        at, half = self._inches, 0.14
        disc = slide.shapes.add_shape(
            MSO_SHAPE.OVAL, at(x - half), at(y - half), at(2 * half), at(2 * half)
        )
        disc.shadow.inherit = False
        _fill(disc.fill, colour)
        _fill(disc.line.fill, "#ffffff")
        text = disc.text_frame
        text.margin_left = text.margin_right = text.margin_top = text.margin_bottom = 0
        _write(text, [str(number)], 9, "#ffffff", bold=True)
        text.paragraphs[0].alignment = PP_ALIGN.CENTER


def _freeform(shapes: Any, x: int, y: int) -> Any:
    """Begin a shape whose offset is found once: the library looks at all points for each of them."""
    from pptx.shapes.freeform import FreeformBuilder  # noqa: PLC0415  (an extra)

    class Quick(FreeformBuilder):
        @cached_property
        def shape_offset_x(self) -> Any:
            return super().shape_offset_x

        @cached_property
        def shape_offset_y(self) -> Any:
            return super().shape_offset_y

    return Quick.new(shapes, x, y, 1.0, 1.0)


def _widths(
    columns: Sequence[tuple[str, float, bool]], rows: Sequence[Sequence[str]]
) -> list[float]:
    """Return the columns' widths in inches: no word of a head and no number is broken."""
    least = []
    for place, (head, _, numbers) in enumerate(columns):
        whole = longest_words([head, *([row[place] for row in rows] if numbers else [])])
        # Heads are bold, and fonts of other machines may be wider.
        least.append(max(map(len, whole)) * _SIGN_INCHES * 1.2 + 0.1)
    return fair_widths([wide for _, wide, _ in columns], least, WIDE - 2 * EDGE)


def _height(cells: Sequence[str], widths: Sequence[float]) -> float:
    """Return how high a row is, in inches."""
    lines = max(
        lines_in(text, int((width - 0.1) / _SIGN_INCHES) + 2)
        for text, width in zip(cells, widths, strict=True)
    )
    return 0.08 + lines * _LINE_INCHES


def _paged(
    rows: Sequence[Sequence[str]], widths: Sequence[float], room: float
) -> Iterator[list[Sequence[str]]]:
    """Yield rows slide by slide."""
    some: list[Sequence[str]] = []
    taken = 0.0
    for row in rows:
        high = _height(row, widths)
        if some and (taken + high > room or len(some) == _MOST_ROWS):
            yield some
            some, taken = [], 0.0
        some.append(row)
        taken += high
    if some:
        yield some


def _write(
    frame: Any, lines: Sequence[str], size: float, colour: str, *, bold: bool = False
) -> None:
    """Write paragraphs in one size and colour."""
    from pptx.dml.color import RGBColor  # noqa: PLC0415  (an extra)
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN  # noqa: PLC0415
    from pptx.util import Pt  # noqa: PLC0415

    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(size * 0.3 if len(lines) > 1 else 0)
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = RGBColor.from_string(colour[1:].upper())


def _fill(fill: Any, colour: str) -> None:
    from pptx.dml.color import RGBColor  # noqa: PLC0415  (an extra)

    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())

"""A month's report on paper: a title page with contents, then a chapter for each question."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableHeadingsDisplay
from fpdf.fonts import FontFace
from fpdf.outline import OutlineSection

from geoapp.core.i18n import Language, Text, said
from geoapp.core.units import format_share
from geoapp.reports.drawing import draw_figures, draw_rows
from geoapp.reports.monthly.paper_map import draw_map, layout_of
from geoapp.reports.parts import (
    Bars,
    Column,
    Report,
    Section,
    Table,
    shown,
    written,
)
from geoapp.reports.sheet import (
    INK,
    LINE,
    MARGIN_MM,
    SOFT,
    WIDTH_MM,
    Sheet,
    name_missing,
    room_for,
    shortened,
)
from geoapp.reports.widths import fair_widths, longest_words
from geoapp.reports.words import monthly as words

_BAR_MM, _LABEL_MM, _VALUE_MM = 5.0, 74.0, 16.0
_BAR: Final = (43, 102, 151)
_HEAD: Final = FontFace(size_pt=6.8, fill_color=(221, 232, 225))
_SUM: Final = FontFace(fill_color=(240, 243, 244))
# Signs in a cell: a row must fit one page, or nothing is written at all.
_MOST_IN_CELL: Final = 300
# Above and below a cell's text, and beside it: a number and the words of the next column stand apart.
_PADDING_MM, _BESIDE_MM = 0.6, 1.0
_MOST_FIGURES: Final = 3
_MOST_BARS: Final = 30
_FEW_MM: Final = 90.0
# A line of the contents, and their heading with what is above it.
_ENTRY_MM, _CONTENTS_MM = 6.2, 14.0


def write_paper(report: Report, path: Path, language: Language | None) -> None:
    """Write a report as A4 pages; the same report gives the same bytes.

    Parameters
    ----------
    language
        In which language; None is both, Chinese first.

    Raises
    ------
    FileNotFoundError
        If the installation does not carry the font.
    """
    sample = Text("（示例数据）", " (sample data)") if report.sample else Text("", "")
    # One line at the foot: in one language, which of both is the Chinese one.
    foot = report.title.pick(language or "zh") + sample.pick(language or "zh")
    pdf = Sheet(shortened(foot, 90), language=language)
    pdf.set_title(said(report.title, language))
    pdf.set_creator("geoapp")
    pdf.set_creation_date(datetime.combine(report.day, time(), UTC))
    _title(pdf, report, language)
    for number, section in enumerate(report.sections):
        # The contents end with their page; a chapter begins a new one unless most of it is empty.
        if number and pdf.get_y() > _FEW_MM:
            pdf.add_page()
        _chapter(pdf, section, language)
    name_missing(pdf)
    pdf.output(str(path))


def _title(pdf: Sheet, report: Report, language: Language | None) -> None:
    pdf.add_page()
    pdf.ln(16)
    if report.sample:
        pdf.words(said(words.SAMPLE_SAID, language), 10, (168, 60, 30), 3)
    for number, text in enumerate(_languages(report.title, language)):
        pdf.words(text, 12.0 if number else 22.0, SOFT if number else INK, 2)
    pdf.ln(6)
    rows = [(said(label, language), written(value, language)) for label, value in report.facts]
    draw_rows(pdf, (), rows)
    # What does not fit below stands on pages of its own.
    lines = len(report.sections) + sum(_entries(one) for one in report.sections)
    if pdf.get_y() + _CONTENTS_MM + _ENTRY_MM * lines > pdf.page_break_trigger:
        pdf.add_page()
    pdf.ln(4)
    pdf.words(said(words.CONTENTS, language), 14, gap_mm=2)
    pdf.insert_toc_placeholder(_contents, pages=_pages(pdf, lines))


def _entries(section: Section) -> int:
    maps = sum(bool(one.areas) for one in section.maps)
    return maps + len(section.bars) + len(section.tables)


def _pages(pdf: Sheet, lines: int) -> int:
    """Return how many pages so many lines of contents take from here on: they are kept free beforehand."""
    pages, y = 1, pdf.get_y()
    for _ in range(lines):
        if y + _ENTRY_MM > pdf.page_break_trigger:
            pages, y = pages + 1, pdf.t_margin
        y += _ENTRY_MM
    return pages


def _contents(pdf: FPDF, outline: list[OutlineSection]) -> None:
    """Write the chapters with their pages; each leads there."""
    for one in outline:
        indent = 6.0 * one.level
        pdf.set_font("sans", size=9.5 if one.level else 10.5)
        pdf.set_text_color(*(SOFT if one.level else INK))
        link = pdf.add_link(page=one.page_number)
        pdf.set_x(MARGIN_MM + indent)
        width = WIDTH_MM - indent - 14
        pdf.cell(width, _ENTRY_MM, _fitted(pdf, one.name, width), link=link)
        pdf.cell(
            14,
            _ENTRY_MM,
            str(one.page_number),
            align="R",
            link=link,
            new_x="LMARGIN",
            new_y="NEXT",
        )


def _languages(text: Text, language: Language | None) -> list[str]:
    """Return a text as paragraphs, one for each language."""
    if language is not None:
        return [text.pick(language)]
    return [text.zh] if text.zh == text.en else [text.zh, text.en]


def _chapter(pdf: Sheet, section: Section, language: Language | None) -> None:
    pdf.start_section(said(section.heading, language))
    pdf.words(said(section.heading, language), 17, gap_mm=3)
    figures = [
        (said(label, language), written(value, language)) for label, value in section.figures
    ]
    across = 4 if len(figures) % _MOST_FIGURES == 1 else _MOST_FIGURES
    for first in range(0, len(figures), across):
        some = figures[first : first + across]
        draw_figures(pdf, [*some, *[("", "")] * (across - len(some))])
    for line in section.lines:
        for number, text in enumerate(_languages(line, language)):
            pdf.words(text, 8.5 if number else 9.5, SOFT if number else INK, 1)
    pdf.ln(2)
    for one in section.maps:
        if one.areas:
            layout = layout_of(one)
            _heading(pdf, one.title, language, layout.height_mm)
            draw_map(pdf, one, layout, language)
    for chart in section.bars:
        _bars(pdf, chart, language)
    for table in section.tables:
        _table(pdf, table, language)


def _heading(pdf: Sheet, title: Text, language: Language | None, below_mm: float) -> None:
    """Write a heading with room for what comes below it, and enter it in the contents."""
    room_for(pdf, below_mm + 10)
    text = said(title, language)
    pdf.start_section(text, level=1)
    pdf.words(text, 11.5, gap_mm=1)


def _fitted(pdf: FPDF, text: str, width_mm: float) -> str:
    """Return a text that fits a width in the present font, with an ellipsis where it is cut."""
    kept = text
    while kept and pdf.get_string_width(kept) > width_mm - 2.5:
        kept = kept[:-1]
    return text if kept == text else f"{kept[:-1].rstrip()}…"


def _bars(pdf: Sheet, chart: Bars, language: Language | None) -> None:
    """Draw shares as bars of one scale, each with its name and its figure."""
    # Bars are read against each other: as many as a page holds stand on one.
    _heading(pdf, chart.title, language, min(len(chart.rows), _MOST_BARS) * _BAR_MM)
    most = max([1.0, *(share for _, share in chart.rows if share is not None)])
    width = WIDTH_MM - _LABEL_MM - _VALUE_MM
    for name, share in chart.rows:
        if pdf.get_y() + _BAR_MM > pdf.h - 20:
            pdf.add_page()
        top = pdf.get_y()
        pdf.set_font("sans", size=8)
        pdf.set_text_color(*INK)
        pdf.set_xy(MARGIN_MM, top)
        pdf.cell(_LABEL_MM, _BAR_MM, _fitted(pdf, said(name, language), _LABEL_MM))
        pdf.set_fill_color(*LINE)
        pdf.rect(MARGIN_MM + _LABEL_MM, top + 0.8, width / most, _BAR_MM - 1.6, style="F")
        if share:
            pdf.set_fill_color(*_BAR)
            pdf.rect(
                MARGIN_MM + _LABEL_MM, top + 0.8, width * share / most, _BAR_MM - 1.6, style="F"
            )
        pdf.set_xy(MARGIN_MM + _LABEL_MM + width, top)
        pdf.cell(_VALUE_MM, _BAR_MM, format_share(share), align="R")
        pdf.set_xy(MARGIN_MM, top + _BAR_MM)
    pdf.ln(4)


def _table(pdf: Sheet, table: Table, language: Language | None) -> None:
    """Write a table; its head is repeated on each page."""
    _heading(pdf, table.title, language, 22)
    for note in table.notes:
        pdf.words(said(note, language), 8, SOFT, 1)
    if not table.rows:
        pdf.words(said(words.NONE_LISTED, language), 9, SOFT, 4)
        return
    many = table.paper or len(table.columns)
    columns = table.columns[:many]
    rows = [
        [
            shortened(shown(cell, column.form, language), _MOST_IN_CELL)
            for column, cell in zip(columns, row, strict=False)
        ]
        for row in table.rows
    ]
    heads = ["\n".join(_languages(column.text, language)) for column in columns]
    widths = _widths(pdf, columns, heads, rows)
    pdf.set_font("sans", size=7.5)
    pdf.set_text_color(*INK)
    pdf.set_draw_color(*LINE)
    # Rows are filled with whatever was drawn last, unless it is the paper's own colour.
    pdf.set_fill_color(255, 255, 255)
    with pdf.table(
        cell_fill_mode="NONE",
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=_HEAD,
        repeat_headings=TableHeadingsDisplay.ON_TOP_OF_EVERY_PAGE,
        col_widths=tuple(widths),
        text_align=tuple("RIGHT" if one.form.is_number else "LEFT" for one in columns),
        line_height=3.9,
        padding=(_PADDING_MM, _BESIDE_MM),
        width=int(WIDTH_MM),
        align="LEFT",
    ) as drawn:
        rooms = [width - 2 * _BESIDE_MM for width in widths]
        head = drawn.row()
        with pdf.local_context(font_size_pt=_HEAD.size_pt):
            ended = [pdf.in_lines(text, room) for text, room in zip(heads, rooms, strict=True)]
        for text in ended:
            head.cell(text)
        for number, cells in enumerate(rows, start=1):
            last = table.total and number == len(rows)
            line = drawn.row(style=_SUM if last else None)
            for cell, room in zip(cells, rooms, strict=False):
                line.cell(pdf.in_lines(cell, room))
    pdf.ln(4)


def _widths(
    pdf: Sheet, columns: Sequence[Column], heads: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[float]:
    """Return the columns' widths in millimetres: no word of a head and no number is broken."""
    pdf.set_font("sans", size=7.5)
    least = []
    for place, (column, head) in enumerate(zip(columns, heads, strict=True)):
        numbers = [row[place] for row in rows] if column.form.is_number else []
        whole = longest_words([head, *numbers])
        least.append(max(map(pdf.get_string_width, whole)) + 2 * (_BESIDE_MM + pdf.c_margin))
    return fair_widths([one.wide for one in columns], least, float(int(WIDTH_MM)))

"""A month's report as one HTML file that needs no network, is moved by a line and a slider, and prints well."""

import base64
import hashlib
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from geoapp.core.i18n import Language, Text, said
from geoapp.core.one_script import one_script
from geoapp.core.paths import shipped
from geoapp.core.units import format_share
from geoapp.reports.coverage.week import hour_words, played
from geoapp.reports.monthly.svg import bars_svg, map_svg, swipe_svgs, week_svg
from geoapp.reports.parts import (
    CLASS_COLOURS,
    CLASS_TEXT,
    NONE_COLOUR,
    Report,
    Table,
    Week,
    class_colour,
    shown,
    written,
)
from geoapp.reports.words import monthly as words

_LONG: Final = 1.5


def write_page(report: Report, path: Path, language: Language | None) -> None:
    """Write a report as a page; the same report gives the same bytes.

    Parameters
    ----------
    language
        In which language; None is both, Chinese first.
    """
    environment = Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def in_parts(text: Text) -> list[tuple[str, str]]:
        """Return a text as paragraphs with their languages."""
        if language is not None:
            return [(language, text.pick(language))]
        return [("zh", text.zh)] if text.zh == text.en else [("zh", text.zh), ("en", text.en)]

    def column_class(table: Table, place: int) -> str:
        """Return how a column is set: figures at the right, long texts wide, what paper leaves out."""
        column = table.columns[place]
        more = table.paper is not None and place >= table.paper
        names = (("number", column.form.is_number), ("long", column.wide > _LONG), ("more", more))
        return " ".join(name for name, holds in names if holds)

    def week_told(week: Week) -> dict[str, Any]:
        """Return what the slider of a week needs."""
        return {
            "regions": played(row for row, _, _ in week.parts),
            "words": [said(one, language) for one in hour_words(week.own)],
            "colours": [NONE_COLOUR, *CLASS_COLOURS],
        }

    script = one_script(shipped("static") / "maps" / "month.js")
    page = environment.get_template("reports/monthly.html").render(
        report=report,
        words=words,
        lang="en" if language == "en" else "zh",
        say=lambda text: said(text, language),
        in_parts=in_parts,
        column_class=column_class,
        written=lambda cell: written(cell, language),
        shown=lambda cell, form: shown(cell, form, language),
        map_svg=lambda drawn: map_svg(drawn, language),
        bars_svg=lambda chart: bars_svg(chart, language),
        swipe_svgs=lambda drawn: swipe_svgs(drawn, language),
        week_svg=lambda week: week_svg(week, language),
        week_told=week_told,
        class_colour=class_colour,
        whole_percent=lambda share: format_share(share, 0),
        # Of the page's own making, and named by its digest in the page's policy.
        script=Markup(script),  # noqa: S704
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        legend=[
            *zip(CLASS_COLOURS, CLASS_TEXT, strict=True),
            (NONE_COLOUR, said(words.NO_FIGURE, language)),
        ],
    )
    path.write_text(page, encoding="utf-8")

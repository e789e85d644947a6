"""What templates write passes here once more, so that none of them has to think of it.

Chinese in an English page is said to be: whoever reads it aloud needs to know. Names of facilities, regions
and documents are Chinese where nobody has given an English one, alone or within a sentence. And a band of
two numbers stays on one line: at its dash a browser would break it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from flask import Flask, has_request_context
from jinja2 import Template

from geoapp.web.edge.language import language

# Ideographs with what stands between them: signs of Chinese, figures, and letters of a code or a brand.
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SIGNS: Final = "\u3000-\u303f\uff00-\uffef\u00b7\u2014\u2026"
_RUN: Final = re.compile(
    f"[{_HAN}{_SIGNS}]*[{_HAN}](?:[{_HAN}{_SIGNS}]|[A-Za-z0-9-]+(?=[{_HAN}{_SIGNS}]))*"
)
# What holds no elements, or is not read.
_KEPT: Final = re.compile(
    r"<(script|style|title|textarea|option|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL
)
_CHINESE_TAG: Final = re.compile(r"""\blang=["']?zh""")
# What holds no elements and is read: the whole of it is told to be Chinese. A Chinese voice reads Latin letters,
# too; an English one leaves ideographs out.
_PLAIN: Final = re.compile(
    rf"<(title|option)\b(?![^>]*\blang=)([^>]*)>(?=[^<]*[{_HAN}])", re.IGNORECASE
)
_BAND: Final = re.compile(r"[+−-]?\d[\d,.:]*%?–[+−-]?\d(?:[\d,.:]*\d)?%?")


def _in_text(page: str, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], str]]:
    """Find a pattern in what is read of a page of HTML, each with the last tag before it."""
    kept = iter([one.span() for one in _KEPT.finditer(page)])
    start, end = next(kept, (len(page), len(page)))
    for found in pattern.finditer(page):
        at = found.start()
        while at >= end:
            start, end = next(kept, (len(page), len(page)))
        opened, closed = page.rfind("<", 0, at), page.rfind(">", 0, at)
        # In an attribute, or in what is kept.
        if at < start and opened <= closed:
            yield found, page[opened:closed]


def told_chinese(page: str) -> str:
    """Return a page of HTML with every run of Chinese in its text in an element that says so."""
    parts: list[str] = []
    done = 0
    for run, tag in _in_text(page, _RUN):
        if not _CHINESE_TAG.search(tag):
            parts += (page[done : run.start()], f'<span lang="zh-CN">{run[0]}</span>')
            done = run.end()
    return _PLAIN.sub(r'<\1 lang="zh-CN"\2>', "".join((*parts, page[done:])))


def whole_bands(page: str) -> str:
    """Return a page of HTML with every band of numbers in its text in an element that no line breaks."""
    if "–" not in page:
        return page
    parts: list[str] = []
    done = 0
    for band, tag in _in_text(page, _BAND):
        if 'class="whole"' not in tag:
            parts += (page[done : band.start()], f'<span class="whole">{band[0]}</span>')
            done = band.end()
    return "".join((*parts, page[done:]))


def init_spoken(app: Flask) -> None:
    """Have all templates pass `whole_bands`, and in English `told_chinese`."""
    app.jinja_env.template_class = SpokenTemplate


class SpokenTemplate(Template):
    """A template whose bands are whole, and whose pages in English tell what in them is Chinese."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Return the page."""
        page = super().render(*args, **kwargs)
        if self.name is None or not self.name.endswith(".html"):
            return page
        page = whole_bands(page)
        return told_chinese(page) if has_request_context() and language() == "en" else page

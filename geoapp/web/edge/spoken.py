"""What is Chinese in an English page is said to be: whoever reads it aloud needs to know.

Names of facilities, regions and documents are Chinese where nobody has given an English one, alone or
within a sentence. All that templates write passes here, so that no template has to think of it.
"""

import re
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


def told_chinese(page: str) -> str:
    """Return a page of HTML with every run of Chinese in its text in an element that says so."""
    kept = iter([one.span() for one in _KEPT.finditer(page)])
    start, end = next(kept, (len(page), len(page)))
    parts: list[str] = []
    done = 0
    for run in _RUN.finditer(page):
        at = run.start()
        while at >= end:
            start, end = next(kept, (len(page), len(page)))
        opened, closed = page.rfind("<", 0, at), page.rfind(">", 0, at)
        # In an attribute, in what is kept, or in an element that is told to be Chinese already.
        if at >= start or opened > closed or _CHINESE_TAG.search(page, opened, closed):
            continue
        parts += (page[done:at], f'<span lang="zh-CN">{run[0]}</span>')
        done = run.end()
    return "".join((*parts, page[done:]))


def init_spoken(app: Flask) -> None:
    """Have all templates pass `told_chinese` in English."""
    app.jinja_env.template_class = SpokenTemplate


class SpokenTemplate(Template):
    """A template whose pages in English tell what in them is Chinese."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Return the page."""
        page = super().render(*args, **kwargs)
        is_page = self.name is not None and self.name.endswith(".html")
        if is_page and has_request_context() and language() == "en":
            return told_chinese(page)
        return page

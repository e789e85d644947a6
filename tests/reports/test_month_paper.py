"""A month's report on paper, whatever its contents: each of them on its page, and leading there."""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from geoapp.core.i18n import Text
from geoapp.reports.monthly.paper import write_paper
from geoapp.reports.parts import Bars, Report, Section

DAY = date(2026, 11, 30)


def report(facts: int, chapters: int, parts: int) -> Report:
    """Return a report of chapters with bars that lack rows: headings are all that they hold."""
    return Report(
        title=Text("月报", "Month"),
        day=DAY,
        sample=True,
        facts=[(Text(f"事实 {n}", f"fact {n}"), n) for n in range(facts)],
        sections=[
            Section(
                Text(f"第 {n} 章", f"Chapter {n}"),
                bars=[Bars(Text(f"图 {n}.{k}", f"Chart {n}.{k}"), ()) for k in range(parts)],
            )
            for n in range(chapters)
        ],
    )


# So that the contents end at the foot of a page, beyond it, and on a third.
SIZES = [(facts, chapters, 3) for facts in (0, 8, 40) for chapters in (7, 8, 9, 10)]


@pytest.mark.parametrize(
    ("facts", "chapters", "parts"), [*SIZES, (4, 8, 12), (4, 30, 4), (4, 0, 0)]
)
def test_the_contents_take_as_many_pages_as_they_need(
    tmp_path: Path, facts: int, chapters: int, parts: int
) -> None:
    path = tmp_path / "month.pdf"
    write_paper(report(facts, chapters, parts), path, None)
    pages = [
        page.extract_text().replace("\u00a0", " ").splitlines() for page in PdfReader(path).pages
    ]
    for number in range(chapters):
        names = [(f"第 {number} 章", f"Chapter {number}")]
        names += [(f"图 {number}.{part}", f"Chart {number}.{part}") for part in range(parts)]
        for zh, en in names:
            heading = f"{zh} / {en}"
            [told] = [
                int(line.removeprefix(heading))
                for page in pages
                for line in page
                if line.startswith(f"{heading} ")
            ]
            assert heading in pages[told - 1]

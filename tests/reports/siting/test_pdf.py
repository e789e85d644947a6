"""A plan on paper keeps every sign in sight and every name within its page."""

from pathlib import Path

import shapely
from pypdf import PdfReader

from geoapp.core.i18n import Text
from geoapp.reports.siting.pdf import Paper, PaperSite, write_siting_pdf

LONG = "很长的名称" * 80


def paper(name: str, *, district: str = "市北区", value: str = "500 m") -> Paper:
    site = PaperSite(
        order=1,
        name=name,
        lon=120.38,
        lat=36.07,
        fixed=False,
        adds=12.0,
        covered_share=0.5,
        lines=[(Text("候选点", "candidate"), "c1")],
        gains=[(Text(district, district), 12.0)],
        zones=[(Text(district, district), 12.0)],
    )
    return Paper(
        title=Text(f"{district}的选址", f"siting in {district}"),
        verdict=Text("已证明最优", "proven best"),
        sample=False,
        figures=[(Text("新站点", "new stations"), "1")],
        lines=[(Text("家族", "families"), value)],
        districts=[(Text(district, district), 0.1, 0.5, 12.0)],
        sites=[site],
        outlines=[shapely.box(120.3, 36.0, 120.4, 36.1)],
        gaps=[],
        facilities=[(120.38, 36.07)],
        reach_m=500.0,
        reach_text=Text("直线 500 米", "500 m as a line"),
        footer=Text("选址 1", "siting run 1"),
    )


def pages(printed: Paper, path: Path) -> list[str]:
    write_siting_pdf(printed, path)
    return ["".join(page.extract_text().split()) for page in PdfReader(path).pages]


def test_signs_that_the_font_lacks_are_squares_named_on_the_last_page(tmp_path: Path) -> None:
    answer, proposal = pages(
        paper("𠮷野家 مر \u0600\u06dd 👷\u200d♀\ufe0f 站"), tmp_path / "plan.pdf"
    )
    assert "1.□野家□□□□□" in proposal
    assert "□：字体没有的字，见末页" in proposal
    assert "□" not in answer
    for code in (
        "U+20BB7CJKUNIFIED",
        "U+0645ARABICLETTERMEEM",
        "U+1F477CONSTRUCTIONWORKER",
        "U+06DDARABICEND",
    ):
        assert code in proposal
    assert "U+200D" not in proposal


def test_a_plan_whose_signs_are_all_drawn_speaks_of_no_squares(tmp_path: Path) -> None:
    assert not any("□" in page for page in pages(paper("香港中路站"), tmp_path / "plan.pdf"))


def test_names_of_400_signs_neither_move_the_map_off_its_page_nor_break_the_file(
    tmp_path: Path,
) -> None:
    printed = paper(LONG, district=LONG, value=LONG * 10)
    found = pages(printed, tmp_path / "plan.pdf")
    # The answer's longest value alone takes 4,000 signs; the site has a page, and its full name once.
    assert len(found) <= 6
    whole = "".join(found)
    assert "1." + LONG[:71] + "…" in whole
    assert LONG in whole
    # Whatever stands on a page, its map's text stands on the same one as its heading.
    site = next(page for page in found if "1.很长的名称" in page)
    assert "绿点" in site

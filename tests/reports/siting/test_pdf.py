"""A plan on paper keeps every sign in sight and every name within its page."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import shapely
from pptx import Presentation
from pypdf import PdfReader

from geoapp.core.i18n import Text
from geoapp.reports.siting.paper import Paper, PaperDistrict, PaperSite
from geoapp.reports.siting.pdf import write_siting_pdf
from geoapp.reports.siting.slides import write_siting_slides

LONG = "很长的名称" * 80


def paper(
    name: str, *, district: str = "市北区", value: str = "500 m", districts: int = 1
) -> Paper:
    site = PaperSite(
        order=1,
        name=Text(name, name),
        lon=120.38,
        lat=36.07,
        fixed=False,
        adds=12.0,
        covered_share=0.5,
        lines=[(Text("候选点", "candidate"), Text("c1", "c1"))],
        gains=[(Text(district, district), 12.0)],
        zones=[(Text(district, district), 12.0)],
    )
    return Paper(
        title=Text(f"{district}的选址", f"siting in {district}"),
        verdict=Text("已证明最优", "proven best"),
        besides=[],
        day=date(2026, 11, 23),
        sample=False,
        figures=[(Text("新站点", "new stations"), Text("1", "1"))],
        districts=[PaperDistrict(Text(district, district), 0.1, 0.5, 12.0)] * districts,
        sites=[site],
        considered=[(Text("落选中最好的", "the best of the others"), [Text(value, value)] * 3)],
        asked=[(Text("家族", "families"), Text(value, value))],
        rests_on=[(Text("需求", "demand"), Text(value, value))],
        method=[Text("最大覆盖。", "Maximal covering.")],
        outlines=[(Text(district, district), shapely.box(120.3, 36.0, 120.4, 36.1))],
        gaps=[],
        facilities=[(120.38, 36.07)],
        reach_m=500.0,
        reach_text=Text("直线 500 米", "500 m as a line"),
        footer=Text("选址 1", "siting run 1"),
    )


def pages(printed: Paper, path: Path) -> list[str]:
    write_siting_pdf(printed, path, "zh")
    return ["".join(page.extract_text().split()) for page in PdfReader(path).pages]


def test_signs_that_the_font_lacks_are_squares_named_on_the_last_page(tmp_path: Path) -> None:
    answer, proposal, _, last = pages(
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
        assert code in last
    assert "U+200D" not in last


def test_a_plan_whose_signs_are_all_drawn_speaks_of_no_squares(tmp_path: Path) -> None:
    assert not any("□" in page for page in pages(paper("香港中路站"), tmp_path / "plan.pdf"))


def test_names_of_400_signs_neither_move_the_map_off_its_page_nor_break_the_file(
    tmp_path: Path,
) -> None:
    printed = paper(LONG, district=LONG, value=LONG * 10)
    found = pages(printed, tmp_path / "plan.pdf")
    # The longest value alone takes 4,000 signs, five times; the site has a page, and its full name once.
    assert len(found) <= 14
    whole = "".join(found)
    assert "1." + LONG[:71] + "…" in whole
    assert LONG in whole
    # Whatever stands on a page, its map's text stands on the same one as its heading.
    site = next(page for page in found if "1.很长的名称" in page)
    assert "绿点" in site


def test_the_answer_is_one_page_whatever_the_districts_and_slides_say_the_same(
    tmp_path: Path,
) -> None:
    printed = paper("香港中路站", districts=40)
    first, site, *others = pages(printed, tmp_path / "plan.pdf")
    assert "另有28个区，见“方法与来源”" in first
    assert site.count("1.香港中路站") == 1
    assert "".join(others).count("市北区") >= 40
    for name in ("plan.pptx", "again.pptx"):
        write_siting_slides(printed, tmp_path / name, "en")
    assert (tmp_path / "plan.pptx").read_bytes() == (tmp_path / "again.pptx").read_bytes()
    slides = Presentation(str(tmp_path / "plan.pptx"))
    titles = [one.shapes.title.text for one in slides.slides]
    assert titles[0] == "siting in 市北区"
    assert "1. 香港中路站" in titles
    assert titles[-2:] == ["What was asked", "What it rests on"]
    high, wide = slides.slide_height, slides.slide_width
    for slide in slides.slides:
        for shape in slide.shapes:
            assert -9_144 <= shape.left <= shape.left + shape.width <= wide + 9_144, shape.name
            assert shape.top + shape.height <= high + 9_144, shape.name


def test_no_line_ends_between_a_figure_and_its_unit(tmp_path: Path) -> None:
    for length in range(16, 28):
        write_siting_pdf(
            paper("站", district="长" * length + " 500 米以内"), tmp_path / "plan.pdf", "zh"
        )
        first = PdfReader(tmp_path / "plan.pdf").pages[0].extract_text()
        assert "500 米以内的选址" in first.replace("\n", ""), length
        assert not re.search(r"\n[，。；、）]", first), length


def test_the_first_page_has_the_whole_question(tmp_path: Path) -> None:
    title = "、".join(["一个很长的条件"] * 20)
    printed = replace(paper("站"), title=Text(title, title))
    write_siting_pdf(printed, tmp_path / "plan.pdf", "zh")
    first = PdfReader(tmp_path / "plan.pdf").pages[0].extract_text()
    assert title in first.replace("\n", "")
    assert not re.search(r"\n、", first)


def test_english_slides_say_all_that_fits(tmp_path: Path) -> None:
    told = "may move about 5 m in every direction (75 m at most; 2,141 square metres) and lose 5% at most"
    printed = paper("站")
    printed.sites[0].lines.append((Text("可移动的范围", "Where it may move"), Text("不多", told)))
    write_siting_slides(printed, tmp_path / "plan.pptx", "en")
    cells = [
        cell.text
        for slide in Presentation(str(tmp_path / "plan.pptx")).slides
        for shape in slide.shapes
        if shape.has_table
        for cell in shape.table.iter_cells()
    ]
    assert told in cells

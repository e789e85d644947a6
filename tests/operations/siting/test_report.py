"""A plan on paper: a page for the answer and one for each site, every figure the run's."""

from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.plan_report import check_plan_output, save_plan
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.store.engine import Database

WANTED = SitingParameters(p=3, standard_m=300.0, spacing_m=100.0)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def words(text: str) -> str:
    """Return a text without white space, which a page's lines break anywhere."""
    return "".join(text.split())


def test_a_page_for_the_answer_and_one_for_each_site(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    run = siting_run.run_here(town, settings, WANTED)
    path = tmp_path / "plan.pdf"
    save_plan(town, settings, run.id, path)
    assert [one.name for one in tmp_path.iterdir()] == ["plan.pdf"]
    pages = [words(page.extract_text()) for page in PdfReader(path).pages]
    sites = siting_results.sites_of(town, run.id)
    first, proposals = pages[0], pages[1 : len(sites) + 1]
    assert run.result is not None
    total = run.result.total
    assert "选址方案" in first
    assert "已证明最优" in first
    assert "费用合计" in first
    assert f"{total.added_weight:,.0f}" in first
    assert words(f"{total.covered_before_share:.1%} → {total.covered_after_share:.1%}") in first
    assert "市北区" in first
    for site, page in zip(sites, proposals, strict=True):
        assert f"{site.order}.{words(site.label.zh)}" in page
        assert f"{site.adds:,.0f}" in page
        for one in site.by_zone or []:
            assert words(one.name_zh or "") in page
    rest = "".join(pages[len(sites) + 1 :])
    assert "考虑过什么，为什么不选" in rest
    assert "方法与来源" in rest
    # What it rests on names the demand, though the question left it open to the newest.
    assert "最新的需求集" not in rest
    assert "（town），第1版" in rest
    assert "不建最后2处" in rest
    for page in pages:
        assert f"选址{run.id}·" in page
    # In the reader's language alone.
    save_plan(town, settings, run.id, tmp_path / "en.pdf", "en")
    english = "".join(page.extract_text() for page in PdfReader(tmp_path / "en.pdf").pages)
    assert "Proven best" in english
    assert "Method and sources" in english
    for word in ("选址", "方法", "区域", "依据"):
        assert word not in english
    save_plan(town, settings, run.id, tmp_path / "plan.pptx")
    deck = Presentation(str(tmp_path / "plan.pptx"))
    titles = [slide.shapes.title.text for slide in deck.slides]
    for site in sites:
        assert f"{site.order}. {site.label.zh}" in titles
    fonts = {
        font.get_object()["/BaseFont"]
        for page in PdfReader(path).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert len(fonts) == 1  # embedded as a subset, whatever the reader's machine has
    assert "+" in str(fonts.pop())


def test_no_sites_is_a_page_too(town: Database, settings: Settings, tmp_path: Path) -> None:
    wanted = replace(WANTED, model=SitingModel.LSCP, p=None, standard_m=20.0, spacing_m=5_000.0)
    run = siting_run.run_here(town, settings, wanted)
    save_plan(town, settings, run.id, tmp_path / "plan.pdf")
    text = words("".join(page.extract_text() for page in PdfReader(tmp_path / "plan.pdf").pages))
    assert "无可行方案" in text


def test_what_cannot_be_written_is_refused(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValueError, match=r"\.pdf"):
        check_plan_output(tmp_path / "plan.docx")
    check_plan_output(tmp_path / "plan.XLSX")
    queued = siting_run.start(town, WANTED, None)
    with pytest.raises(ConflictError):
        save_plan(town, settings, queued.id, tmp_path / "plan.pdf")
    assert list(tmp_path.iterdir()) == []

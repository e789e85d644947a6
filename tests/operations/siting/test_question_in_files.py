"""What a run was asked stands wherever its answer goes: terminal, workbook, paper, HTML."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from geoapp.cli import main
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.settings import Settings
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.files import save_coverage
from geoapp.operations.plan_report import save_plan
from geoapp.operations.runs.state import recent_runs
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON

AT = datetime(2026, 11, 24, 22, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FAR = {
    "type": "Polygon",
    "coordinates": [
        [
            [TOWN_LON + 1, TOWN_LAT],
            [TOWN_LON + 1.1, TOWN_LAT],
            [TOWN_LON + 1.1, TOWN_LAT + 0.1],
            [TOWN_LON + 1, TOWN_LAT],
        ]
    ],
}
QUESTION = SitingParameters(
    p=2,
    standard_m=300.0,
    at=AT,
    hours="20:00-23:00",
    families=("station",),
    quotas=(("370203", Quota(1, 2)),),
    min_spacing_m=60.0,
    forbidden_areas=(FAR,),
)
TITLE = (
    "2 sites, within 300 m on foot (maximal covering); none in 1 forbidden area; "
    "Outdoor workers' service station alone counted; Tue 2026-11-24 22:00; "
    "new stations open 20:00-23:00; stations at least 60 m apart; 1 to 2 in Shibei"
)
ZH = (
    "2026-11-24 周二 22:00",
    "新站点 20:00-23:00 开放",
    "站点相隔至少 60 米",
    "禁设范围 1 处",
    "市北区 1 至 2 个",
)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def tight(text: str) -> str:
    """Return a text without white space, which a page's lines break anywhere."""
    return "".join(text.split())


def test_a_siting_run(
    town: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", town.url)
    monkeypatch.setenv("GEOAPP_DATA", str(settings.data))
    areas = tmp_path / "far.geojson"
    areas.write_text(json.dumps(FAR))
    words = "site -p 2 --standard 300m --at 2026-11-24T22:00 --family station --min-spacing 60"
    more = ["--hours", "20:00-23:00", "--quota", "370203=1..2", "--forbidden-areas", str(areas)]
    done = CliRunner().invoke(main, [*words.split(), *more, "-o", str(tmp_path / "plan.xlsx")])
    assert done.exit_code == 0, done.output
    assert TITLE in done.output
    [run] = recent_runs(town, SITING_RUNS)
    assert SitingParameters.from_stored(run.params).same_as(QUESTION)
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["封面"]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    save_plan(town, settings, run.id, tmp_path / "english.xlsx", "en")
    sheet = openpyxl.load_workbook(tmp_path / "english.xlsx")["Cover"]
    assert any(TITLE in str(cell.value) for row in sheet.iter_rows() for cell in row)
    for suffix in ("pdf", "html"):
        save_plan(town, settings, run.id, tmp_path / f"plan.{suffix}")
    paper = "".join(page.extract_text() for page in PdfReader(tmp_path / "plan.pdf").pages)
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    for one in ZH:
        assert any(one in cell for cell in cells), one
        assert tight(one) in tight(paper), one
        assert one in page, one
    # The map in the page has the run's own title, too.
    assert page.split("srcdoc=")[1].count("站点相隔至少 60 米") >= 1


def test_a_coverage_run(town: Database, settings: Settings, tmp_path: Path) -> None:
    question = CoverageParameters(standard_m=300.0, at=AT, families=("station",))
    run = coverage_run.run_here(town, settings, question)
    save_coverage(town, run.id, tmp_path / "run.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "run.xlsx")["做法"]
    told = {str(row[0].value): str(row[1].value) for row in sheet.iter_rows()}
    assert "Tue 2026-11-24 22:00" in told["问题 / question"]
    assert "周二 22:00" in told["时刻 / Moment"]

"""``geoapp actions`` and its files."""

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
from click.testing import CliRunner, Result

from geoapp.cli import main
from geoapp.core.questions.actions import ActionKind
from geoapp.core.results.actions import ACTION_RUNS, ActionFindings
from geoapp.core.results.status import SitingStatus
from geoapp.core.settings import Settings
from geoapp.operations.runs.state import recent_runs
from geoapp.reports.words.actions import kinds_text, verdict
from geoapp.store.engine import Database

ASKED = ("--standard", "400m", "--budget", "9", "--at", "2026-11-24T20:00", "--spacing", "100")


@pytest.fixture
def actions(
    town_template: str, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Runs ``geoapp actions`` with some words on this test's database."""
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("GEOAPP_DATA", str(settings.data))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["actions", *words])

    return run


def test_a_plan_from_the_terminal(actions: Any, database: Database, tmp_path: Path) -> None:
    book, layer = tmp_path / "actions.xlsx", tmp_path / "actions.gpkg"
    told = actions(*ASKED, "--extend", "2", "--build", "5", "-o", str(book))
    assert told.exit_code == 0, told.output
    found = recent_runs(database, ACTION_RUNS)[0].result
    assert found is not None
    for one in found.actions:
        assert f"{one.text_zh} / {one.text_en}" in told.output
        # A station has its English name where English is spoken.
        assert not re.search("[\u3400-\u9fff]", one.text_en), one.text_en
    assert "已证明最优 / proven best" in told.output
    assert "只延长开放时间 / Longer hours only: +" in told.output
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["封面", "花法", "措施", "分区"]
    rows = list(sheets["措施"].iter_rows(min_row=4, values_only=True))
    assert [row[1] for row in rows] == [one.text_zh for one in found.actions]
    assert [row[4] for row in rows] == [one.adds for one in found.actions]
    rows = list(sheets["分区"].iter_rows(min_row=4, values_only=True))
    assert [row[2:7] for row in rows] == [
        (one.before, one.before_share, one.after - one.before, one.after, one.after_share)
        for one in found.districts
    ]
    in_english = actions(
        *ASKED, "--extend", "2", "--build", "5", "--lang", "en", "-o", f"{book}.xlsx"
    )
    assert in_english.exit_code == 0, in_english.output
    sheets = openpyxl.load_workbook(f"{book}.xlsx")
    assert sheets.sheetnames == ["Cover", "Ways to spend", "Actions", "By region"]
    assert [cell.value for cell in sheets["Actions"][3]][:3] == ["no.", "what is done", "action"]
    assert actions(*ASKED, "--extend", "2", "-o", str(layer)).exit_code == 0
    frame = gpd.read_file(layer, layer="actions")
    assert set(frame.kind) == {"extend_hours"}
    assert frame.crs.to_epsg() == 4326


def test_what_is_refused(actions: Any, tmp_path: Path) -> None:
    for words in (
        ASKED,
        (*ASKED, "--extend", "2", "--at", "now"),
        (*ASKED, "--extend", "-2"),
        (*ASKED, "--extend", "2", "--hours", "late"),
        (*ASKED, "--extend", "2", "-o", str(tmp_path / "a.exe")),
    ):
        told = actions(*words)
        assert told.exit_code == 2
        assert "Traceback" not in told.output


def test_in_words_nothing_unproven_is_best() -> None:
    def of(status: SitingStatus, gap_share: float | None) -> str:
        return verdict(ActionFindings.model_construct(status=status, gap_share=gap_share)).zh

    assert of(SitingStatus.OPTIMAL, 0.0) == "已证明最优"
    assert "0.01%" in of(SitingStatus.TIME_LIMIT, 1e-9)
    assert "未知" in of(SitingStatus.TIME_LIMIT, None)
    assert kinds_text({}).en == "nothing"
    assert kinds_text({ActionKind.BUILD: 2, ActionKind.CLOSE: 1}).zh == "新建 2 处，撤销 1 处"

"""``geoapp site`` and its files: what is said, what is saved, and that nothing unproven is best."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geoapp.analysis.siting import SitingStatus
from geoapp.cli import main
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Language
from geoapp.core.questions.siting import DrawnSite, SitingParameters
from geoapp.core.results.siting import SitingFindings
from geoapp.core.settings import Settings
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting import solve as siting_solve
from geoapp.operations.siting.files import explanation_lines, save_siting
from geoapp.reports.words.siting import gap_words
from geoapp.store.engine import Database

WANTED = SitingParameters(p=2, standard_m=500.0, spacing_m=100.0)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def site(town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs ``geoapp site`` with some words on this test's database."""
    monkeypatch.setenv("DATABASE_URL", town.url)
    monkeypatch.setenv("GEOAPP_DATA", str(settings.data))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["site", *words])

    return run


def test_a_run_from_the_terminal(site: Any, tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    told = site("-p", "2", "--standard", "500m", "--spacing", "100", "-o", str(path))
    assert told.exit_code == 0, told.output
    assert "已证明最优 / Proven best" in told.output
    assert "任何方案至多 / no plan has more than" in told.output
    assert "建 3 个站点：不会多覆盖 / With 3 sites: nobody more" in told.output
    assert "示例 / Sample" not in told.output
    frame = pd.read_csv(path)
    assert frame.order.tolist() == [1, 2]
    assert frame.adds.tolist() == sorted(frame.adds, reverse=True)
    assert all(code in told.output for code in frame.code)
    assert list(tmp_path.glob(".*")) == []


def test_samples_are_said_to_be_samples(site: Any, town: Database) -> None:
    with town.session() as session:
        session.execute(text("update facility set is_sample = true"))
    told = site("-p", "1", "--standard", "8min", "--model", "p-median", "--spacing", "100")
    assert told.exit_code == 0, told.output
    assert "示例 / Sample" in told.output
    assert "worker-metres" in told.output


def test_what_is_not_accepted_ends_with_2(site: Any, subtests: pytest.Subtests) -> None:
    for words, told in [
        (("--standard", "500m"), "p"),
        (("-p", "2", "--standard", "500 parsec"), "standard"),
        (("-p", "2", "--standard", "500m", "-o", "sites.doc"), "-o"),
        (("-p", "2", "--standard", "500m", "--region", "nowhere"), "region"),
        (("-p", "2", "--standard", "500m", "--fixed", "X"), "fixed"),
        (("-p", "2", "--standard", "500m", "--model", "lscp"), "p"),
        (("-p", "2", "--standard", "500m", "--budget", "5"), "budget"),
        (("-p", "2", "--standard", "500m", "--time-limit", "0"), "--time-limit"),
    ]:
        with subtests.test(words=words, told=told):
            result = site(*words)
            assert result.exit_code == 2, result.output
            assert f"{told}" in result.output


def test_infeasible_says_what_would_do(site: Any) -> None:
    """Within 50 m of nothing but itself each of 25 points needs a site; 21 have none nearby."""
    told = site("--model", "lscp", "--share", "1", "--standard", "50m", "--spacing", "1000")
    assert told.exit_code == 0, told.output
    assert "无可行方案" in told.output
    assert "候选点全部启用可覆盖" in told.output


def test_files_of_a_run(town: Database, settings: Settings, tmp_path: Path) -> None:
    with town.session() as session:
        session.execute(text("update facility set is_sample = true"))
    run = siting_run.run_here(town, settings, WANTED)
    sites = siting_results.sites_of(town, run.id)
    for suffix in ("geojson", "gpkg", "csv", "xlsx"):
        save_siting(town, run.id, tmp_path / f"run.{suffix}")
    collection = orjson.loads((tmp_path / "run.geojson").read_bytes())
    assert [one["properties"]["code"] for one in collection["features"]] == [
        one.code for one in sites
    ]
    assert collection["run"]["result"]["objective"] == run.result.objective  # type: ignore[index]
    assert collection["features"][0]["properties"]["sample"] is True
    with pytest.raises(InvalidValueError):
        save_siting(town, run.id, tmp_path / "run.doc")
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("language", "names", "head"),
    [
        (
            "zh",
            ["封面", "站点", "落选", "分区", "盲区", "可移动范围", "可能的场地"],
            ["序", "站点", "区域", "新增（人）", "累计覆盖率", "谁受益，按区（人）"],
        ),
        (
            "en",
            [
                "Cover",
                "Sites",
                "Others",
                "Districts",
                "Gap zones",
                "Where to move",
                "Possible hosts",
            ],
            ["no.", "site", "region", "adds (workers)", "covered so far"],
        ),
    ],
)
def test_a_workbook_for_people_speaks_one_language(
    town: Database,
    settings: Settings,
    tmp_path: Path,
    language: Language,
    names: list[str],
    head: list[str],
) -> None:
    """One sheet a question, heads and words in the language asked for, numbers that are numbers."""
    with town.session() as session:
        session.execute(text("update facility set is_sample = true"))
    run = siting_run.run_here(town, settings, WANTED)
    save_siting(town, run.id, tmp_path / "run.xlsx", language=language)
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    assert book.sheetnames == names
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes and sheet.auto_filter.ref, sheet.title
    cover = {str(row[0].value): row[1].value for row in book.worksheets[0].iter_rows()}
    assert ("示例" if language == "zh" else "Sample") in cover
    for line in explanation_lines(town, run):
        assert line.pick(language) in cover
    sheet = book[names[1]]
    at = next(row for row in sheet.iter_rows() if row[0].value == head[0])
    assert [cell.value for cell in at][: len(head)] == head
    sites = siting_results.sites_of(town, run.id)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=at[0].row + 1)]
    assert [row[3] for row in rows] == [one.adds for one in sites]
    share = sheet.cell(at[0].row + len(sites), 5)
    assert share.value == run.found.total.covered_after_share
    assert share.number_format == "0.0%"
    districts = book[names[3]]
    *_, last = districts.iter_rows()
    total = run.found.total
    assert [cell.value for cell in last][2:8] == [
        total.weight,
        total.covered_before_weight,
        total.covered_before_share,
        total.added_weight,
        total.covered_after_weight,
        total.covered_after_share,
    ]
    # No code of ours, and no other language, stands where a person reads.
    told = [cell for one in book.worksheets for row in one.iter_rows() for cell in row]
    words = [cell.value for cell in told if isinstance(cell.value, str)]
    assert not [one for one in words if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", one)]
    heads = [one.title for one in book.worksheets] + [*map(str, cover)]
    assert any(re.search("[\u3400-\u9fff]", one) for one in heads) is (language == "zh")


LAYERS = """
import sys, pyogrio
path = sys.argv[1]
for layer in ("sites", "others", "gaps", "regions", "summary"):
    frame = pyogrio.read_dataframe(path, layer=layer)
    print(layer, len(frame), None if frame.geometry.isna().all() else frame.crs.to_epsg())
"""


def test_a_geopackage_holds_five_layers(town: Database, settings: Settings, tmp_path: Path) -> None:
    run = siting_run.run_here(town, settings, WANTED)
    save_siting(town, run.id, tmp_path / "run.gpkg")
    others = len(siting_results.sites_of(town, run.id, chosen=False))
    told = subprocess.run(
        [sys.executable, "-c", LAYERS, str(tmp_path / "run.gpkg")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert told[0] == "sites 2 4326"
    assert told[1].startswith(f"others {others}")
    zones = siting_results.gap_zones(town, run.id)
    assert told[2] == f"gaps {len(zones)} 4326"
    assert told[3].startswith("regions 2")
    assert int(told[4].split()[1]) > 5


def test_a_formula_in_a_name_stays_text(town: Database, settings: Settings, tmp_path: Path) -> None:
    drawn = (DrawnSite("=1+1", 120.36, 36.07, '=HYPERLINK("http://x")'),)
    run = siting_run.run_here(town, settings, replace(WANTED, drawn=drawn, fixed=("=1+1",)))
    save_siting(town, run.id, tmp_path / "run.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "run.xlsx")["站点"]
    named = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert {str(cell.value) for cell in named} == {"=1+1", '=HYPERLINK("http://x")'}
    assert {cell.data_type for cell in named} == {"s"}
    save_siting(town, run.id, tmp_path / "run.csv")
    assert "'=1+1" in (tmp_path / "run.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("status", "gap", "told"),
    [
        ("optimal", 0.0, "proven best"),
        ("within_gap", 0.01, "within the gap asked for; at most 1.00% from the best possible"),
        ("time_limit", 1e-9, "stopped by time, not proven best; at most 0.01% from"),
        ("time_limit", None, "stopped by time, not proven best; the gap is not known"),
        ("cancelled", 0.25, "at most 25.00% from the best possible"),
    ],
)
def test_the_gap_in_words(status: str, gap: float | None, told: str) -> None:
    words = gap_words(
        SitingFindings.model_construct(status=SitingStatus(status), gap_share=gap, objective=10.0)
    )
    assert told in words.en
    assert ("最优" in words.zh and "未" not in words.zh) == (status == "optimal")


def test_nothing_is_called_best_that_is_not_proven(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search without time for a proof says so, whatever it found."""
    real = siting_solve.most_covered

    def hasty(*args: Any, **more: Any) -> Any:
        found = real(*args, **more)
        return replace(
            found,
            bound=found.objective * 1.05,
            gap_share=0.05,
            status=SitingStatus.TIME_LIMIT,
        )

    monkeypatch.setattr(siting_solve, "most_covered", hasty)
    run = siting_run.run_here(town, settings, WANTED)
    assert run.result is not None
    assert (run.result.status, run.result.proven) == ("time_limit", False)
    assert "5.00%" in gap_words(run.result).en

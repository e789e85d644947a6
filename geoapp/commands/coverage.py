"""``geoapp coverage``: who is covered, from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geoapp.commands.context import NewFile, open_store, read_settings, say
from geoapp.commands.question_options import (
    question_from_options,
    question_options,
    refused_by_option,
)
from geoapp.commands.running import run_with_bar
from geoapp.commands.scheduler import scheduler_options, workforce_of
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import COVERAGE
from geoapp.core.units import format_metres
from geoapp.core.words import Every

if TYPE_CHECKING:
    from geoapp.core.i18n import Language
    from geoapp.core.results.coverage import CoverageFigures, CoverageRun, RegionFigures


@click.command()
@question_options(COVERAGE)
@click.option(
    "-o",
    "output",
    type=NewFile(),
    help="结果文件 .xlsx .png .gpkg .parquet .csv .geojson / results file",
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en"]),
    help="工作簿和地图的语言，默认中英文 / language of a workbook or picture, by default both",
)
@scheduler_options
def coverage(
    output: Path | None,
    language: Language | None,
    scheduler: str | None,
    workers: int | None,
    worker_memory_gb: float | None,
    **options: Any,
) -> None:
    """覆盖分析：谁在标准以内，盲区在哪里 / Who is within the standard, and where the gaps are."""
    from geoapp.operations.coverage import results as coverage_results
    from geoapp.operations.coverage import run as coverage_run
    from geoapp.operations.coverage.files import check_output, save_run
    from geoapp.operations.facilities.naming import read_naming
    from geoapp.reports.words.question import question_title

    settings = read_settings()
    wanted = question_from_options(COVERAGE, options, settings)
    if output is not None:
        check_output(output)
    with (
        workforce_of(scheduler, workers, worker_memory_gb) as workforce,
        open_store(settings) as (settings, database),
    ):
        with refused_by_option(COVERAGE):
            run = run_with_bar(
                lambda tell: coverage_run.run_here(database, settings, wanted, tell, workforce)
            )
        say(question_title(wanted, read_naming(database, settings.timezone)))
        _show(run, coverage_results.region_figures(database, run.id))
        if output is not None:
            save_run(database, settings, run.id, output, language)
            say(Text(f"结果已写入 {output}", f"Results written to {output}"))


@click.command()
@click.argument("run", type=click.IntRange(min=1))
@click.option("--note", help="说明，所有人都能看到 / a note that everybody can read")
@click.option("--withdraw", is_flag=True, help="撤回这次运行的公布 / take its publication back")
def publish(run: int, note: str | None, withdraw: bool) -> None:
    """把一次覆盖分析公布为它的区域的结果 / Make a coverage run the official answer of its region."""
    from geoapp.operations.coverage import official
    from geoapp.operations.facilities.naming import read_naming
    from geoapp.reports.words.official import published_text

    with open_store() as (settings, database):
        if withdraw:
            official.withdraw_run(database, run)
            say(Text(f"运行 {run} 的公布已撤回。", f"The publication of run {run} is withdrawn."))
            return
        made = official.publish(database, run, by=None, note=note)
        naming = read_naming(database, settings.timezone)
        say(published_text(made, naming.regions, naming.zone))


@click.command()
@click.option(
    "--region", help="区域编号；不写为整个范围 / a region's code; without it the whole area"
)
@click.option(
    "--every",
    type=click.Choice([*(str(one) for one in Every), "never"]),
    help="每晚、每月 1 日或不再 / every night, on the first of each month, or no more",
)
@click.option(
    "--hour",
    type=click.IntRange(0, 23),
    default=2,
    show_default=True,
    help="几点，0 到 23 / at which full hour, 0 to 23",
)
@click.option(
    "--report",
    "reports",
    is_flag=True,
    help="月报：每月 1 日生成上个月的并留存 / reports: that of the month before, kept",
)
def schedule(region: str | None, every: str | None, hour: int, *, reports: bool) -> None:
    """定时重算公布的覆盖结果，或生成月报；不写 --every 就列出 / When answers and reports are made."""
    if reports:
        _schedule_reports(region, every, hour)
        return
    from geoapp.operations.coverage import schedule as schedules
    from geoapp.operations.facilities.naming import read_naming
    from geoapp.reports.words.official import outcome_text, schedule_text

    with open_store() as (settings, database):
        names = read_naming(database, settings.timezone)
        if every is None:
            known = [one for one in schedules.schedules(database) if region in (None, one.region)]
            for one in known:
                last = outcome_text(one, names.zone)
                say(schedule_text(one, names.regions, names.zone))
                if last is not None:
                    say(last)
            if not known:
                say(Text("没有定时计算。", "There is no schedule."))
        elif every == "never":
            schedules.remove_schedule(database, region)
            say(Text("不再定时计算。", "It is computed anew by itself no more."))
        else:
            made = schedules.set_schedule(database, settings, region, Every(every), hour, by=None)
            say(schedule_text(made, names.regions, names.zone))


def _schedule_reports(region: str | None, every: str | None, hour: int) -> None:
    from geoapp.operations.facilities.naming import read_naming
    from geoapp.operations.monthly import kept
    from geoapp.reports.words.kept_reports import report_outcome_text, report_schedule_text

    if every == Every.NIGHT:
        raise InvalidValueError("--every", every, Text("month 或 never", "month or never"))
    with open_store() as (settings, database):
        names = read_naming(database, settings.timezone)
        if every is None:
            known = [one for one in kept.report_schedules(database) if region in (None, one.region)]
            for one in known:
                last = report_outcome_text(one, names.zone)
                say(report_schedule_text(one, names.regions, names.zone))
                if last is not None:
                    say(last)
            if not known:
                say(Text("没有定时月报。", "There is no schedule of reports."))
        elif every == "never":
            kept.remove_report_schedule(database, region)
            say(Text("不再自动生成月报。", "Reports are made by themselves no more."))
        else:
            made = kept.set_report_schedule(database, settings, region, hour, by=None)
            say(report_schedule_text(made, names.regions, names.zone))


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.1f}%"


def _metres(value: float | None) -> str:
    return "—" if value is None else format_metres(value).en


def _show(run: CoverageRun, regions: list[RegionFigures]) -> None:
    from rich.console import Console
    from rich.table import Table

    from geoapp.reports.words.coverage import (
        counted_text,
        figures_of,
        season_text,
        unplaced_text,
    )

    table = Table(title=f"运行 / run {run.id}")
    for name in (
        "区域 / region",
        "人数 / workers",
        "覆盖 / covered",
        "备用 / backup",
        "未覆盖 / uncovered",
        "平均步行 / mean walk",
    ):
        table.add_column(name, justify="left" if name.startswith("区域") else "right")
    rows: list[tuple[str, CoverageFigures]] = [
        (f"{one.name_zh} {one.name_en or ''}".strip(), one) for one in regions
    ]
    for name, one in [*rows, ("合计 Total", run.found.total)]:
        figures = figures_of(one)
        table.add_row(
            name,
            f"{figures.weight:,.0f}",
            _percent(figures.covered_share),
            _percent(figures.backup_share),
            f"{figures.uncovered_weight:,.0f}",
            _metres(figures.mean_m),
        )
    Console(width=120).print(table)
    say(counted_text(run.found))
    if run.inputs.without_position:
        say(unplaced_text(run.inputs.without_position))
    if run.inputs.out_of_season:
        say(season_text(run.inputs.out_of_season))

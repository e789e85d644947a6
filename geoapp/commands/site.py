"""``geoapp site``: where the next stations should go, from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geoapp.commands.context import NewFile, open_store, paper_language, read_settings, say
from geoapp.commands.question_options import (
    question_from_options,
    question_options,
    refused_by_option,
)
from geoapp.commands.running import run_with_bar
from geoapp.commands.scheduler import scheduler_options, workforce_of
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SITING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geoapp.core.i18n import Language
    from geoapp.core.results.siting import Site, SitingRun


@click.command()
@question_options(SITING)
@click.option(
    "-o",
    "output",
    type=NewFile(),
    help="结果文件 .pdf .pptx .html .xlsx .gpkg .geojson .csv / results file; .proof.json 证明 / the proof",
)
@paper_language
@scheduler_options
def site(
    output: Path | None,
    language: Language,
    scheduler: str | None,
    workers: int | None,
    worker_memory_gb: float | None,
    **options: Any,
) -> None:
    """选址：下一批站点放在哪里，离最好的最多差多少 / Where the next stations should go."""
    from geoapp.operations.facilities.naming import read_naming
    from geoapp.operations.facilities.places import list_regions
    from geoapp.operations.plan_report import check_plan_output, save_plan
    from geoapp.operations.siting import results as siting_results
    from geoapp.operations.siting import run as siting_run
    from geoapp.operations.siting.files import explanation_lines
    from geoapp.operations.siting.parts import check_in_parts
    from geoapp.reports.words.question import question_title
    from geoapp.reports.words.same_cost import same_cost_lines
    from geoapp.reports.words.siting import alternative_words, ended_words

    settings = read_settings()
    wanted = question_from_options(SITING, options, settings)
    if output is not None:
        check_plan_output(output)
    if scheduler is not None:
        check_in_parts(wanted)
    with (
        workforce_of(scheduler, workers, worker_memory_gb) as workforce,
        open_store(settings) as (settings, database),
    ):
        with refused_by_option(SITING):
            run = run_with_bar(
                lambda tell: siting_run.run_here(database, settings, wanted, tell, workforce)
            )
        naming = read_naming(database, settings.timezone)
        say(question_title(wanted, naming))
        _show(run, siting_results.sites_of(database, run.id), naming.demand)
        for line in explanation_lines(database, run):
            say(line)
        names = {
            one.code: Text(one.name_zh, one.name_en or one.name_zh)
            for one in list_regions(database)
        }
        for line in same_cost_lines(run.found.same_cost, names):
            say(line)
        others = run.found.alternatives
        if others is not None:
            for one in others.plans:
                say(alternative_words(one, names))
            say(ended_words(others))
        if output is not None:
            save_plan(database, settings, run.id, output, language)
            say(Text(f"结果已写入 {output}", f"Results written to {output}"))


def _show(run: SitingRun, sites: list[Site], demands: Mapping[str, Text]) -> None:
    from rich.console import Console
    from rich.table import Table

    from geoapp.reports.words.coverage import unplaced_text
    from geoapp.reports.words.siting import summary_lines

    if sites:
        table = Table(title=f"运行 / run {run.id}")
        for name in ("#", "候选点 / site", "区域 / region", "新增 / adds", "费用 / cost"):
            table.add_column(name, justify="left" if "/ site" in name else "right")
        for one in sites:
            table.add_row(
                str(one.order),
                " ".join(part for part in (one.code, one.name or one.place_zh) if part)
                + ("" if one.phase is None else f" ({one.phase})")
                + ("" if one.size is None else f" [{one.size}]")
                + (" (fixed)" if one.fixed else ""),
                one.region or "—",
                f"{one.adds:,.0f}",
                "—" if one.cost is None else f"{one.cost:,.10g}",
            )
        Console(width=120, markup=False).print(table)
    for label, value in summary_lines(run, demands):
        click.echo(f"{label.both()}: {value}")
    if run.inputs.without_position:
        say(unplaced_text(run.inputs.without_position))

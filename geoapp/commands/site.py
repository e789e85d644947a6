"""``geoapp site``: where the next stations should go, from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geoapp.commands.context import open_store, say
from geoapp.commands.running import run_with_bar
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_moment, split_codes
from geoapp.core.questions.siting import DEFAULT_SPACING_M
from geoapp.core.units import parse_standard

if TYPE_CHECKING:
    from geoapp.core.results.run import RunState

_MODELS = ("mclp", "lscp", "p-median", "p-center", "equity")


@click.command()
@click.option("-p", type=int, help="新站点数 / number of new sites")
@click.option("--standard", required=True, help="服务标准，如 500m、10min / the service standard")
@click.option("--model", type=click.Choice(_MODELS), default="mclp", show_default=True)
@click.option("--region", help="区域代码 / region code")
@click.option("--demand", help="需求集，默认最新的 / demand set, by default the newest")
@click.option(
    "--candidates",
    help="候选集，或 generated（默认）、generated-network / a set, or generated ones",
)
@click.option(
    "--spacing",
    type=float,
    default=DEFAULT_SPACING_M,
    show_default=True,
    help="生成的候选点的间距，米 / spacing of generated candidates, metres",
)
@click.option("--family", multiple=True, help="station | base | home")
@click.option("--at", help="那时开着的才算，如 2026-11-23T22:00 / only those open then count")
@click.option("--fixed", multiple=True, help="必须开的候选点 / candidates that must be opened")
@click.option("--forbidden", multiple=True, help="不得开的候选点 / candidates that must not be")
@click.option("--budget", type=float, help="费用上限（mclp）/ the most that sites may cost")
@click.option("--share", type=float, default=1.0, help="要覆盖的比例（lscp）/ part to be covered")
@click.option(
    "--backup-share", type=float, default=0.0, help="第二个站点算多少（mclp）/ what backup counts"
)
@click.option("--capacity", type=float, help="每处座位（mclp）/ seats of each new site")
@click.option("--min-spacing", type=float, help="站点的最小间距，米 / least spacing, metres")
@click.option(
    "--time-limit", type=float, default=60.0, show_default=True, help="秒 / seconds of solving"
)
@click.option(
    "--alternatives", type=int, default=0, help="另找几个方案（mclp）/ other plans sought"
)
@click.option("--differ", type=int, default=2, help="至少换几个站点 / with so many other sites")
@click.option(
    "--within", type=float, default=0.01, help="至多少覆盖的比例 / and at most this share less"
)
@click.option("--gap", type=float, default=0.0, help="差距不大于此即停，如 0.01 / stop within")
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="结果文件 .pdf .html .xlsx .gpkg .geojson .csv / results file",
)
def site(
    p: int | None,
    standard: str,
    model: str,
    at: str | None,
    output: Path | None,
    **options: Any,
) -> None:
    """选址：下一批站点放在哪里，离最好的最多差多少 / Where the next stations should go."""
    from geoapp.core.questions.siting import SitingModel, SitingParameters
    from geoapp.operations.facilities.places import list_regions
    from geoapp.operations.ground.in_service import now
    from geoapp.operations.plan_report import check_plan_output, save_plan
    from geoapp.operations.siting import results as siting_results
    from geoapp.operations.siting import run as siting_run
    from geoapp.operations.siting.files import explanation_lines
    from geoapp.reports.words.siting import alternative_words, ended_words

    metres, seconds = parse_standard(standard)
    if output is not None:
        check_plan_output(output)
    with open_store() as (settings, database):
        moment = None if at is None else parse_moment("at", at, settings.timezone)
        wanted = SitingParameters(
            model=SitingModel(model.replace("-", "_")),
            p=p,
            standard_m=metres,
            standard_seconds=seconds,
            region=options["region"],
            demand=options["demand"],
            candidates=options["candidates"],
            spacing_m=options["spacing"],
            fixed=tuple(sorted(split_codes(options["fixed"]))),
            forbidden=tuple(sorted(split_codes(options["forbidden"]))),
            families=tuple(sorted(set(options["family"]))) or None,
            at=now() if at is not None and moment is None else moment,
            budget=options["budget"],
            share=options["share"],
            backup_share=options["backup_share"],
            min_spacing_m=options["min_spacing"],
            capacity=options["capacity"],
            time_limit_seconds=options["time_limit"],
            target_gap=options["gap"],
            alternatives=options["alternatives"],
            differ=options["differ"],
            within_share=options["within"],
        )
        run = run_with_bar(lambda tell: siting_run.run_here(database, settings, wanted, tell))
        _show(run, siting_results.sites_of(database, run.id))
        for line in explanation_lines(database, run):
            say(line)
        others = (run.result or {})["alternatives"]
        if others is not None:
            names = {
                one.code: Text(one.name_zh, one.name_en or one.name_zh)
                for one in list_regions(database)
            }
            for one in others["plans"]:
                say(alternative_words(one, names))
            say(ended_words(others))
        if output is not None:
            save_plan(database, settings, run.id, output)
            say(Text(f"结果已写入 {output}", f"Results written to {output}"))


def _show(run: RunState, sites: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    from geoapp.reports.words.siting import summary_lines

    if sites:
        table = Table(title=f"运行 / run {run.id}")
        for name in ("#", "候选点 / site", "区域 / region", "新增 / adds", "费用 / cost"):
            table.add_column(name, justify="left" if "/ site" in name else "right")
        for one in sites:
            table.add_row(
                str(one["order"]),
                " ".join(part for part in (one["code"], one["name"]) if part)
                + (" (fixed)" if one["fixed"] else ""),
                one["region"] or "—",
                f"{one['adds']:,.0f}",
                "—" if one["cost"] is None else f"{one['cost']:,.10g}",
            )
        Console(width=120, markup=False).print(table)
    for label, value in summary_lines(run):
        click.echo(f"{label.both()}: {value}")

"""``geoapp actions``: longer hours, new stations, moves: what helps most for one budget."""

from pathlib import Path
from typing import Any

import click

from geoapp.commands.context import open_store, say
from geoapp.commands.running import run_with_bar
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_moment
from geoapp.core.questions.actions import DEFAULT_HOURS, ActionParameters
from geoapp.core.questions.siting import DEFAULT_SPACING_M
from geoapp.core.units import parse_standard


@click.command()
@click.option("--standard", required=True, help="服务标准，如 500m、10min / the service standard")
@click.option("--budget", type=float, required=True, help="费用上限 / the most that all may cost")
@click.option(
    "--at",
    "moments",
    multiple=True,
    required=True,
    help="看哪些时刻，如 2026-11-24T21:00，可多次 / the moments that matter, repeatable",
)
@click.option("--build", type=float, help="新建一处的费用 / cost of a new station")
@click.option("--extend", type=float, help="延长一处开放时间的费用 / cost of longer hours")
@click.option("--move", type=float, help="迁一处的费用 / cost of moving one")
@click.option("--upgrade", type=float, help="升级一处的费用 / cost of upgrading one")
@click.option("--close", type=float, help="撤销一处节省的费用 / what closing one saves")
@click.option(
    "--hours",
    default=DEFAULT_HOURS,
    show_default=True,
    help="新站点的、延长后的开放时间 / hours of new stations, and longer ones",
)
@click.option("--region", help="区域代码 / region code")
@click.option("--demand", help="需求集，默认最新的 / demand set, by default the newest")
@click.option("--family", multiple=True, help="算哪些设施：station | base | home / which count")
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
@click.option("--min-spacing", type=float, help="站点的最小间距，米 / least spacing, metres")
@click.option("--most", type=int, help="至多几项措施 / no more actions than this")
@click.option(
    "--time-limit",
    type=float,
    default=30.0,
    show_default=True,
    help="每次求解的秒数 / seconds each",
)
@click.option("--gap", type=float, default=0.0, help="差距不大于此即可，如 0.01 / within is enough")
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="结果文件 .geojson .gpkg .csv .xlsx / results file",
)
def actions(
    standard: str, budget: float, moments: tuple[str, ...], output: Path | None, **options: Any
) -> None:
    """同一笔钱怎么花：延长、新建、迁址、升级、撤销 / What helps most for one budget."""
    from geoapp.operations.actions import run as action_run
    from geoapp.operations.actions.files import save_actions
    from geoapp.reports.tables import check_format
    from geoapp.reports.words.actions import summary_lines

    metres, seconds = parse_standard(standard)
    if output is not None:
        check_format(output)
    with open_store() as (settings, database):
        when = []
        for one in moments:
            moment = parse_moment("--at", one, settings.timezone)
            if moment is None:
                raise InvalidValueError("--at", one, Text("日期和时刻", "a date and a time"))
            when.append(moment)
        wanted = ActionParameters(
            moments=tuple(when),
            budget=budget,
            standard_m=metres,
            standard_seconds=seconds,
            build_cost=options["build"],
            extend_cost=options["extend"],
            move_cost=options["move"],
            upgrade_cost=options["upgrade"],
            close_saving=options["close"],
            hours=options["hours"],
            region=options["region"],
            demand=options["demand"],
            families=tuple(sorted(set(options["family"]))) or None,
            candidates=options["candidates"],
            spacing_m=options["spacing"],
            min_spacing_m=options["min_spacing"],
            most_actions=options["most"],
            time_limit_seconds=options["time_limit"],
            target_gap=options["gap"],
        )
        run = run_with_bar(lambda tell: action_run.run_here(database, settings, wanted, tell))
        for one in (run.result or {})["actions"]:
            words = Text(one["text_zh"], one["text_en"]).both()
            click.echo(f"{one['order']}. {words}: {one['cost']:,.10g} → {one['adds']:+,.0f}")
        for label, value in summary_lines(run):
            click.echo(f"{label.both()}: {value}")
        if output is not None:
            save_actions(database, run.id, output)
            say(Text(f"结果已写入 {output}", f"Results written to {output}"))

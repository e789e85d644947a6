"""``geoapp actions``: longer hours, new stations, moves: what helps most for one budget."""

from pathlib import Path
from typing import Any

import click

from geoapp.commands.context import (
    NewFile,
    open_store,
    paper_language,
    read_settings,
    say,
)
from geoapp.commands.question_options import (
    question_from_options,
    question_options,
    refused_by_option,
)
from geoapp.commands.running import run_with_bar
from geoapp.core.i18n import Language, Text
from geoapp.core.questions.actions import ACTIONS


@click.command()
@question_options(ACTIONS)
@click.option(
    "-o",
    "output",
    type=NewFile(),
    help="结果文件 .geojson .gpkg .csv .xlsx / results file",
)
@paper_language
def actions(output: Path | None, language: Language, **options: Any) -> None:
    """同一笔钱怎么花：延长、新建、迁址、升级、撤销 / What helps most for one budget."""
    from geoapp.operations.actions import run as action_run
    from geoapp.operations.actions.files import save_actions
    from geoapp.operations.facilities.naming import read_naming
    from geoapp.reports.tables import check_format
    from geoapp.reports.words.actions import action_line, summary_lines
    from geoapp.reports.words.coverage import unplaced_text
    from geoapp.reports.words.question import question_title

    settings = read_settings()
    wanted = question_from_options(ACTIONS, options, settings)
    if output is not None:
        check_format(output)
    with open_store(settings) as (settings, database):
        with refused_by_option(ACTIONS):
            run = run_with_bar(lambda tell: action_run.run_here(database, settings, wanted, tell))
        say(question_title(wanted, read_naming(database, settings.timezone)))
        for taken in run.found.actions:
            click.echo(action_line(taken))
        for label, value in summary_lines(run):
            click.echo(f"{label.both()}: {value}")
        if run.inputs.without_position:
            say(unplaced_text(run.inputs.without_position))
        if output is not None:
            save_actions(database, run.id, output, settings.timezone, language)
            say(Text(f"结果已写入 {output}", f"Results written to {output}"))

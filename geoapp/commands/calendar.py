"""``geoapp calendar``: the years whose public holidays and shifted working days are known."""

from pathlib import Path

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text


@click.group()
def calendar() -> None:
    """节假日和调休 / Public holidays and shifted working days."""


@calendar.command("list")
def show() -> None:
    """列出已知的年份 / List the years that are known."""
    from geoapp.operations.upkeep.holidays import calendar_years
    from geoapp.operations.upkeep.init import initialise

    with open_store() as (_settings, database):
        initialise(database)
        for year in calendar_years(database):
            click.echo(f"{year.year}\t{year.holidays}\t{year.workdays}\t{year.source}")


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="出处，如通知的文号 / where it was announced")
def import_(file: Path, source: str) -> None:
    """导入一年的安排：CSV，列 date,nature[,name] / Import years from a CSV: date,nature[,name].

    nature 为 holiday（放假）或 workday（调休上班）。文件中出现的年份整年替换。
    """
    from geoapp.operations.upkeep.holidays import update_calendar
    from geoapp.operations.upkeep.init import initialise

    with open_store() as (_settings, database):
        initialise(database)
        years = update_calendar(database, file, source)
    named = ", ".join(map(str, years))
    say(Text(f"已更新 {named} 年", f"Updated {named}"))

"""``geoapp compare``: two to four stored siting runs beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoapp.commands.context import NewFile, open_store, paper_language, say
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.core.i18n import Language


@click.command("compare")
@click.argument("runs", type=int, nargs=-1, required=True)
@click.option("-o", "output", type=NewFile(), help="文件 .xlsx .csv / the file")
@paper_language
def compare_(runs: tuple[int, ...], output: Path | None, language: Language) -> None:
    """2 至 4 次选址并排比较：费用、各区、各类劳动者 / Two to four siting runs beside each other."""
    from geoapp.core.files import replaced_whole
    from geoapp.operations.facilities.naming import read_naming
    from geoapp.operations.siting import results as siting_results
    from geoapp.operations.siting.compare import check_plans, compare, plan_of_run
    from geoapp.reports.siting.compared import (
        LETTERS,
        check_comparison_output,
        write_comparison,
    )

    check_plans(runs)
    if output is not None:
        check_comparison_output(output)
    with open_store() as (settings, database):
        naming = read_naming(database, settings.timezone)
        found = compare(
            [plan_of_run(database, naming, siting_results.finished(database, one)) for one in runs]
        )
    for letter, title in zip(LETTERS, found.titles, strict=False):
        click.echo(f"{letter}: {title.pick(language)}")
    for row in found.whole:
        values = " | ".join(one.pick(language) for one in row.shown())
        click.echo(f"{row.label.pick(language)}: {values}")
    if output is not None:
        with replaced_whole(output) as fresh:
            write_comparison(found, fresh, language)
        say(Text(f"已写入 {output}", f"Written to {output}"))

"""``geoapp plan-report``: a stored siting run as a file, papers for a committee among them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoapp.commands.context import NewFile, open_store, paper_language, say
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.core.i18n import Language


@click.command("plan-report")
@click.argument("run", type=int)
@click.option(
    "-o",
    "output",
    required=True,
    type=NewFile(),
    help="文件 .pdf .pptx .html .xlsx .gpkg .geojson .csv .proof.json / the file",
)
@paper_language
def plan_report(run: int, output: Path, language: Language) -> None:
    """已算好的选址运行 RUN 写成材料：摘要、每处一页、没选什么 / A stored siting run as papers for a committee."""
    from geoapp.operations.plan_report import check_plan_output, save_plan

    check_plan_output(output)
    with open_store() as (settings, database):
        save_plan(database, settings, run, output, language)
    say(Text(f"已写入 {output}", f"Written to {output}"))

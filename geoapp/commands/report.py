"""``geoapp report``: the manager's report of a month, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geoapp.commands.context import NewFile, open_store, say
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.core.i18n import Language


@click.command()
@click.option(
    "--region", help="区域代码，默认全部范围 / a region's code, by default the whole area"
)
@click.option(
    "--month", help="月份，如 2026-11，默认本月 / a month such as 2026-11, by default this one"
)
@click.option(
    "--date",
    "day",
    help="截至哪一天，默认月末或今天 / up to which day, by default the month's last",
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en"]),
    help="只用一种语言，默认中英文 / one language alone, by default both",
)
@click.option(
    "-o",
    "output",
    required=True,
    type=NewFile(),
    help="报告文件 .xlsx .html .pdf .pptx / the report's file",
)
def report(
    region: str | None,
    month: str | None,
    day: str | None,
    language: Language | None,
    output: Path,
) -> None:
    """月报：覆盖、站点、承诺、使用、依据 / A month's report: coverage, facilities, promises, use, basis."""
    from geoapp.operations.monthly.save import check_report_output, save_report
    from geoapp.operations.monthly.scope import scope_of

    check_report_output(output)
    with open_store() as (settings, database):
        scope = scope_of(database, settings, region, month, day)
        save_report(scope, output, language)
    say(Text(f"报告已写入 {output}", f"Report written to {output}"))

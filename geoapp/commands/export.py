"""``geoapp export``: the store into files."""

from pathlib import Path
from typing import Any

import click

from geoapp.commands.context import NewFile, open_store, say
from geoapp.core.i18n import Text


@click.group("export")
def export() -> None:
    """导出为 .geojson .csv .xlsx .gpkg 文件 / Export to files."""


_output = click.option(
    "-o",
    "output",
    required=True,
    type=NewFile(),
    help="文件，后缀即格式 / the file; its suffix is the format",
)
_headers = click.option(
    "--headers",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="列名的语言 / language of the column names",
)


@export.command()
@_output
@click.option(
    "--datum",
    default="wgs84",
    show_default=True,
    help="坐标系 / datum: wgs84 cgcs2000 gcj02 bd09",
)
@_headers
@click.option("--region", help="区域代码，含下级 / region code, with those below")
@click.option("--kind", "kinds", multiple=True, help="类型代码或名称 / kind codes or names")
@click.option(
    "--as-of",
    metavar="DATE",
    help="那天在的和可能在的，如 2015-01-01 / those that were, or may have been, there on a day",
)
def facilities(
    output: Path,
    datum: str,
    headers: Any,
    region: str | None,
    kinds: tuple[str, ...],
    as_of: str | None,
) -> None:
    """导出站点、基地、职工之家 / Export stations, bases and homes."""
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    from geoapp.core.geo import parse_datum
    from geoapp.operations.facilities.export import export_facilities
    from geoapp.operations.facilities.read import parse_as_of
    from geoapp.operations.upkeep.init import initialise
    from geoapp.store.facilities.as_of import AsOf
    from geoapp.store.facilities.read import FacilityFilter

    chosen = parse_datum(datum)
    columns = (TextColumn("{task.description}"), TimeElapsedColumn())
    with open_store() as (settings, database):
        initialise(database)
        asked = None if as_of is None else AsOf(*parse_as_of(as_of, settings.timezone))
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("0", total=None)
            count = export_facilities(
                database,
                output,
                datum=chosen,
                headers=headers,
                wanted=FacilityFilter(region=region, kinds=frozenset(kinds), as_of=asked),
                progress=lambda rows: bar.update(task, description=str(rows)),
            )
    say(
        Text(
            f"{count} 个站点已写入 {output}（坐标系 {chosen}）",
            f"{count} facilities written to {output} (datum {chosen})",
        )
    )


@export.command()
@_output
@_headers
def organisations(output: Path, headers: Any) -> None:
    """导出单位（.csv .xlsx）/ Export organisations."""
    from geoapp.operations.organisations.export import export_organisations
    from geoapp.operations.upkeep.init import initialise

    with open_store() as (_settings, database):
        initialise(database)
        count = export_organisations(database, output, headers=headers)
    say(Text(f"{count} 个单位已写入 {output}", f"{count} organisations written to {output}"))


@export.command()
@_output
@_headers
def services(output: Path, headers: Any) -> None:
    """导出服务事项（.csv .xlsx）/ Export services."""
    _export_keyed("services", output, headers)


@export.command()
@_output
@_headers
def offers(output: Path, headers: Any) -> None:
    """导出哪里提供哪项服务（.csv .xlsx）/ Export which place offers which service."""
    _export_keyed("offers", output, headers)


@export.command()
@_output
@_headers
def desks(output: Path, headers: Any) -> None:
    """导出值守窗口（.csv .xlsx）/ Export duty desks."""
    _export_keyed("desks", output, headers)


@export.command()
@_output
@_headers
def visits(output: Path, headers: Any) -> None:
    """导出到访人次（.csv .xlsx）/ Export counts of visits."""
    _export_keyed("visits", output, headers)


@export.command()
@_output
@_headers
def opinions(output: Path, headers: Any) -> None:
    """导出满意度原始计数，内部使用（.csv .xlsx）/ Export tallies of opinions, not to be published."""
    _export_keyed("opinions", output, headers)


@export.command()
@_output
@_headers
def care(output: Path, headers: Any) -> None:
    """导出关爱活动（.csv .xlsx）/ Export care events."""
    _export_keyed("care", output, headers)


@export.command()
@_output
@_headers
def contests(output: Path, headers: Any) -> None:
    """导出服务项目竞赛（.csv .xlsx）/ Export contests of service projects."""
    _export_keyed("contests", output, headers)


@export.command()
@_output
@_headers
def entries(output: Path, headers: Any) -> None:
    """导出参赛项目（.csv .xlsx）/ Export entries of contests."""
    _export_keyed("entries", output, headers)


@export.command()
@_output
@_headers
def prices(output: Path, headers: Any) -> None:
    """导出价格表（.csv .xlsx）/ Export price lists."""
    _export_keyed("prices", output, headers)


def _export_keyed(what: Any, output: Path, headers: Any) -> None:
    from geoapp.operations.keyed_export import export_keyed
    from geoapp.operations.upkeep.init import initialise

    with open_store() as (_settings, database):
        initialise(database)
        count = export_keyed(database, what, output, headers=headers)
    say(Text(f"{count} 行已写入 {output}", f"{count} rows written to {output}"))

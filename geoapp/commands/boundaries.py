"""``geoapp boundaries``: districts' outlines for ``geoapp import regions``."""

from pathlib import Path

import click

from geoapp.commands.context import NewFile, say
from geoapp.core.i18n import Text


@click.command()
@click.argument("city")
@click.option(
    "-o",
    "output",
    required=True,
    type=NewFile(),
    help=".geojson | .gpkg",
)
def boundaries(city: str, output: Path) -> None:
    """取一个城市各区县的轮廓（需 demo 附加包）/ Outlines of a city's districts (demo extra).

    CITY 为 GB/T 2260 代码，如 370200（青岛）、500000（重庆）。
    """
    from geoapp.operations.upkeep.boundaries import write_boundaries

    count = write_boundaries(city, output)
    say(
        Text(
            f"{count} 个区域已写入 {output}（WGS-84），可用 geoapp import regions 导入",
            f"{count} regions written to {output} (WGS-84), for geoapp import regions",
        )
    )

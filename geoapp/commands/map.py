"""``geoapp map``: a map as one file."""

from pathlib import Path

import click

from geoapp.commands.context import NewFile, open_store, say
from geoapp.core.i18n import Text
from geoapp.core.roles import Role
from geoapp.core.words import DEFAULT_LAYERS


@click.command("map")
@click.option(
    "-o",
    "output",
    required=True,
    type=NewFile(),
    help="HTML 文件 / the HTML file",
)
@click.option(
    "--layers",
    default=",".join(DEFAULT_LAYERS),
    show_default=True,
    help="图层，逗号分隔 / layers, separated by commas",
)
@click.option(
    "--run", type=int, help="覆盖分析编号，默认最近一次 / coverage run, by default the latest"
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def map_(output: Path, layers: str, run: int | None, lang: str) -> None:
    """生成不用联网的交互地图 / Write an interactive map that needs no network."""
    from geoapp.maps.registry import registry
    from geoapp.operations.layers.map_page import MapRequest, save_map
    from geoapp.operations.upkeep.init import initialise

    chosen = [
        registry().get(name.strip(), Role.ADMIN) for name in layers.split(",") if name.strip()
    ]
    with open_store() as (settings, database):
        initialise(database)
        wanted = MapRequest(chosen, run, "en" if lang == "en" else "zh")
        save_map(database, settings, wanted, output)
    say(Text(f"地图已写入 {output}", f"Map written to {output}"))

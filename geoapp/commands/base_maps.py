"""``geoapp base-maps``: the operator's own base maps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from geoapp.commands.context import read_settings, say
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.core.base_maps import OperatorMap


@click.command("base-maps")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def base_maps(as_json: bool) -> None:
    """列出自己的底图 / List the base maps of your own."""
    import orjson

    from geoapp.operations.base_maps.keeper import damage_of, operator_maps

    settings = read_settings()
    damage = damage_of(settings)
    if damage is not None:
        raise damage
    maps = operator_maps(settings)
    if as_json:
        told = [
            {
                "code": one.code,
                "name_zh": one.name.zh,
                "name_en": one.name.en,
                "datum": str(one.datum),
                "address": one.address or None,
                "file": None if one.file is None else str(one.file),
                "attribution": one.credit,
                "min_zoom": one.least_zoom,
                "max_zoom": one.deepest_zoom,
            }
            for one in maps
        ]
        click.echo(orjson.dumps({"base_maps": told}, option=orjson.OPT_INDENT_2).decode())
        return
    show_maps(maps)


def show_maps(maps: Iterable[OperatorMap]) -> None:
    """Print base maps in their order, without their keys."""
    none = True
    for one in maps:
        none = False
        where = f"{one.datum} {one.least_zoom}–{one.deepest_zoom} {one.file or one.address}"
        say(Text(f"{one.code}：{one.name.zh}，{where}", f"{one.code}: {one.name.en}, {where}"))
    if none:
        say(Text("没有自己的底图。", "No base maps of your own."))

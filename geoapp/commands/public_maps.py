"""``geoapp public-maps``: what public maps list of the facilities, and what is to be put right."""

from __future__ import annotations

import json
from pathlib import Path

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text
from geoapp.core.public_maps import (
    FINDING_TEXT,
    LEAST_MOVED_M,
    MOST_MOVED_M,
    MOVED_M,
    PUBLIC_MAP_TEXT,
    PublicMap,
)


@click.command("public-maps")
@click.option(
    "--map",
    "name",
    type=click.Choice([str(one) for one in PublicMap]),
    help="哪个地图，默认最近读入的 / which map, by default the one read last",
)
@click.option("--region", help="区域代码，含下级 / region code, with those below")
@click.option(
    "--over",
    type=click.IntRange(LEAST_MOVED_M, MOST_MOVED_M),
    default=MOVED_M,
    show_default=True,
    help="相距超过多少米算位置不对 / from how many metres on it is in another place",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    help="写成给地图方的 .csv 或 .xlsx / what to tell the map's owner, as .csv or .xlsx",
)
@click.option("--same", nargs=2, metavar="条目 编号", help="是同一处 / LISTING CODE: they are one")
@click.option(
    "--different", nargs=2, metavar="条目 编号", help="不是同一处 / LISTING CODE: they are not"
)
@click.option("--reopen", nargs=2, metavar="条目 编号", help="收回判断 / LISTING CODE: ask again")
def public_maps(
    name: str | None,
    region: str | None,
    over: int,
    output: Path | None,
    same: tuple[str, str] | None,
    different: tuple[str, str] | None,
    reopen: tuple[str, str] | None,
    *,
    as_json: bool,
) -> None:
    """高德、百度等图上的站点与名册对照 / Public maps against the register; and deciding on listings."""
    from geoapp.core.errors import NotFoundError
    from geoapp.core.public_maps import Verdict
    from geoapp.operations.public_maps.compare import (
        compare,
        compared_document,
        line_document,
        lists,
    )
    from geoapp.operations.public_maps.decide import decide
    from geoapp.operations.public_maps.files import write_for_owner

    decided = ((same, Verdict.SAME), (different, Verdict.DIFFERENT), (reopen, None))
    with open_store() as (settings, database):
        read = lists(database)
        if name is None and not read:
            raise NotFoundError(Text("读入的地图名录", "list of a public map"))
        public_map = PublicMap(name) if name else read[0].map
        done = [(pair, verdict) for pair, verdict in decided if pair]
        for pair, verdict in done:
            decide(database, public_map, *pair, verdict)
            say(Text(f"已记住：{' 和 '.join(pair)}", f"Remembered: {' and '.join(pair)}"))
        if done:
            return
        found = compare(database, public_map, region, moved_m=over)
        if output is not None:
            write_for_owner(database, found, output, settings.timezone, None)
    if as_json:
        lines = [line_document(one) for one in found.lines]
        body = compared_document(found) | {"lines": lines}
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    title = PUBLIC_MAP_TEXT[public_map]
    listed = found.told.listings
    say(Text(f"{title.zh}：{listed:,} 条", f"{title.en}: {listed:,} listings"))
    for one, count in found.counts.items():
        text = FINDING_TEXT[one]
        click.echo(f"{count:>7,}  {text.zh} / {text.en}")
    if output is not None:
        say(Text(f"已写入 {output}", f"Written to {output}"))

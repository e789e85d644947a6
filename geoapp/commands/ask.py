"""``geoapp nearest`` and ``geoapp along``: ask from a terminal."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from geoapp.commands.context import open_store
from geoapp.core.i18n import Text
from geoapp.core.travel import BY_TEXT, WAY_TEXT, By
from geoapp.core.units import format_metres, format_seconds
from geoapp.core.words import BASIS_TEXT

if TYPE_CHECKING:
    from geoapp.operations.along.service import AlongAnswer

_OPEN = {
    True: Text("开放", "open"),
    False: Text("关闭", "closed"),
    None: Text("开放情况未知", "opening unknown"),
}


# What both ask of the facilities, as the API does.
_CONDITIONS = (
    click.option("-k", default=5, show_default=True, help="最多几个 / how many at most"),
    click.option("--kind", multiple=True, help="类型代码 / kind code"),
    click.option("--family", multiple=True, help="station | base | home"),
    click.option("--amenity", multiple=True, help="须有的设施 / amenity that must be there"),
    click.option(
        "--may-enter",
        type=click.Choice(["anyone", "worker", "member"]),
        help="谁要进：确知进不去的不列 / who wants to enter: no place known to keep them out",
    ),
    click.option(
        "--without",
        multiple=True,
        type=click.Choice(["app", "card", "qr", "face"]),
        help="没有、不能用的 / what they are without",
    ),
    click.option(
        "--surely",
        is_flag=True,
        help="只要确知能进的；没说是谁，即谁都能进的 / only those known to let them in, or, of nobody named, anyone",
    ),
)


def _conditions(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_CONDITIONS):
        command = option(command)
    return command


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@_conditions
@click.option(
    "--open-now", is_flag=True, help="只要确知现在开放的 / only those known to be open now"
)
@click.option("--max-m", type=float, help="直线距离上限（米）/ greatest straight line, metres")
@click.option("--datum", default="wgs84", show_default=True, help="坐标系 / datum of LON LAT")
@click.option(
    "--arrive",
    is_flag=True,
    help="JSON 中加上走到时的开放情况 / add the opening on arrival to JSON",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def nearest(
    lon: float,
    lat: float,
    k: int,
    kind: tuple[str, ...],
    family: tuple[str, ...],
    amenity: tuple[str, ...],
    may_enter: str | None,
    without: tuple[str, ...],
    surely: bool,
    open_now: bool,
    max_m: float | None,
    datum: str,
    arrive: bool,
    as_json: bool,
) -> None:
    """最近的站点 / The nearest facilities to LON LAT, nearest first."""
    from geoapp.core.entering import MAY_ENTER_TEXT, parse_entering, why_not
    from geoapp.core.geo import parse_datum, to_wgs84
    from geoapp.operations.nearest.answer import render_answer
    from geoapp.operations.nearest.arrival import beyond_text
    from geoapp.operations.nearest.said import said_on_arrival
    from geoapp.operations.nearest.sea import NO_WAY_TEXT
    from geoapp.operations.nearest.service import NearestQuery, NearestService

    chosen = parse_datum(datum)
    wgs_lon, wgs_lat = to_wgs84(lon=lon, lat=lat, datum=chosen)
    entering = parse_entering(may_enter or "", without, surely=surely)
    query = NearestQuery(
        lon=float(wgs_lon),
        lat=float(wgs_lat),
        k=k,
        kinds=frozenset(kind),
        families=frozenset(family),
        amenities=frozenset(amenity),
        entering=entering,
        at=datetime.now(UTC),
        open_only=open_now,
        max_m=max_m,
        arrive=arrive or not as_json,
        is_from=arrive or not as_json,
    )
    with open_store() as (settings, database):
        service = NearestService(database, settings)
        items = service.ask(query)
        somewhere = service.somewhere(query)
        where = service.where(database, query.lon, query.lat) if query.arrive else None
        answer = b""
        if as_json:
            answer = render_answer(service, items, chosen, somewhere, entering, where=where)
        beyond_m = service.beyond_m(items)
    if as_json:
        click.echo(answer)
        return
    if where is not None:
        click.echo(where.both())
    if not items:
        click.echo(Text("没有符合条件的站点", "No facility fits").both())
    if beyond_m is not None:
        first = min(items, key=lambda item: item.walk_m)
        far = format_metres(first.distance_m if first.is_afar else first.walk_m)
        click.echo(beyond_text(beyond_m, far, in_line=first.is_afar).both())
    for rank, item in enumerate(items, 1):
        place = item.facility
        walk = Text(
            f"{format_metres(item.walk_m).zh}，步行约 {format_seconds(item.walk_seconds).zh}",
            f"{format_metres(item.walk_m).en}, about {format_seconds(item.walk_seconds).en} on foot",
        )
        click.echo(f"{rank}. {place.name}  [{place.code}]")
        if item.is_afar:
            line = format_metres(item.distance_m)
            click.echo(f"   {Text(f'直线 {line.zh}', f'{line.en} in a straight line').both()}")
            if item.sea is not None:
                click.echo(f"   {NO_WAY_TEXT[item.sea].both()}")
        else:
            click.echo(f"   {walk.both()}")
            click.echo(f"   {BASIS_TEXT[item.basis].both()}")
        click.echo(f"   {_OPEN[item.open].both()}  {place.opening_hours or ''}".rstrip())
        if item.arrival is not None:
            click.echo(f"   {said_on_arrival(item).both().both()}")
        if entering.is_asked:
            admits = entering.admits(place.access, place.entry)
            why = "" if admits else f"  {why_not(entering, place.access, place.entry).both()}"
            click.echo(f"   {MAY_ENTER_TEXT[admits].both()}{why}")
    if somewhere is not None:
        click.echo(somewhere.note.both())


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--stop",
    "stops",
    multiple=True,
    metavar="LON,LAT",
    help="一处要去的地方，按先后重复 / a stop, repeated in order",
)
@click.option("--path", metavar="LON,LAT;LON,LAT;…", help="照着走的线 / a line to keep to")
@click.option(
    "--by",
    type=click.Choice([str(one) for one in By]),
    default="walk",
    show_default=True,
    help="步行或电动车 / on foot or by e-bike",
)
@_conditions
@click.option(
    "--open-now",
    is_flag=True,
    help="现在出发，只要确知到时开放的 / leaving now, only those known to be open on arrival",
)
@click.option(
    "--max-m",
    type=float,
    help="离开路线处到站点的直线上限（米）/ greatest straight line from the route, metres",
)
@click.option(
    "--more-minutes",
    default=15.0,
    show_default=True,
    help="最多多走几分钟 / minutes added at most",
)
@click.option("--datum", default="wgs84", show_default=True, help="坐标系 / datum of the stops")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def along(
    stops: tuple[str, ...],
    path: str | None,
    by: str,
    k: int,
    kind: tuple[str, ...],
    family: tuple[str, ...],
    amenity: tuple[str, ...],
    may_enter: str | None,
    without: tuple[str, ...],
    surely: bool,
    open_now: bool,
    max_m: float | None,
    more_minutes: float,
    datum: str,
    as_json: bool,
) -> None:
    """顺路的站点 / The facilities that add least to a way, least first."""
    from geoapp.core.entering import parse_entering
    from geoapp.core.geo import parse_datum
    from geoapp.operations.along.answer import render_along
    from geoapp.operations.along.question import AlongQuery, points_of
    from geoapp.operations.along.service import along as find
    from geoapp.operations.nearest.service import NearestService

    chosen = parse_datum(datum)
    query = AlongQuery(
        points=points_of(";".join(stops) or None, path, chosen),
        is_line=path is not None,
        by=By(by),
        k=k,
        kinds=frozenset(kind),
        families=frozenset(family),
        amenities=frozenset(amenity),
        entering=parse_entering(may_enter or "", without, surely=surely),
        at=datetime.now(UTC),
        open_only=open_now,
        max_m=max_m,
        more_minutes=more_minutes,
    )
    with open_store() as (settings, database):
        service = NearestService(database, settings)
        answer = find(service, query)
        told = render_along(service, answer, chosen) if as_json else b""
    if as_json:
        click.echo(told)
        return
    _tell_along(answer)


def _tell_along(answer: "AlongAnswer") -> None:
    from geoapp.operations.along.said import (
        added_text,
        after_text,
        no_way_text,
        nothing_text,
        same_places,
    )
    from geoapp.operations.nearest.said import said_on_arrival

    by = answer.query.by
    for text in [*same_places(answer.query), *no_way_text(answer)]:
        click.echo(text.both())
    if not answer.items:
        click.echo(nothing_text(answer.query).both())
    for rank, item in enumerate(answer.items, 1):
        place = item.near.facility
        click.echo(f"{rank}. {place.name}  [{place.code}]")
        click.echo(
            f"   {BY_TEXT[by].both()}: {added_text(item, by).both()}; {after_text(item).both()}"
        )
        click.echo(f"   {WAY_TEXT[by, item.near.basis].both()}")
        click.echo(f"   {said_on_arrival(item.near).both().both()}")

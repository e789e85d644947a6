"""``geoapp standards``: published standards, who complies and who lacks what."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from geoapp.commands.context import NewFile, open_store, read_settings, say
from geoapp.core.i18n import Text

_MOST_TOLD: Final = 10


@click.command()
@click.argument("code", required=False)
@click.option("--region", help="区域代码，含下级 / region code, with those below")
@click.option(
    "--state",
    type=click.Choice(["complies", "lacks", "unknown"]),
    help="文件里只列出这样的设施 / only facilities that stand so are listed in the file",
)
@click.option(
    "--price",
    "prices",
    multiple=True,
    metavar="NUMBER=YUAN",
    help="一项的单价，可多次 / the price of an item, by its number; several times",
)
@click.option(
    "--prices",
    "price_list",
    metavar="LIST",
    help="只用哪份价格表，默认每处用它所在地最近、最新的价；写空（--prices ''）就不用 / the price list that "
    "counts alone, by default the nearest and newest price of where a station stands; empty for none",
)
@click.option(
    "--spacing", is_flag=True, help="对照它的间距规定 / hold stations against its rule of spacing"
)
@click.option(
    "--by",
    type=click.Choice(["line", "walk"]),
    help="间距按直线还是步行，默认按规则 / whether its metres are straight or walked, by default as it says",
)
@click.option(
    "-o",
    "output",
    type=NewFile(),
    help=".xlsx、.csv，或地图 .png / .xlsx, .csv, or the map as .png",
)
@click.option("--json", "as_json", is_flag=True, help="与接口相同的 JSON / the API's JSON")
def standards(
    code: str | None,
    region: str | None,
    state: str | None,
    prices: tuple[str, ...],
    price_list: str | None,
    output: Path | None,
    *,
    spacing: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """建设标准：谁达标、谁缺什么 / Standards of equipment: who complies, who lacks what."""
    if code is None:
        if region or state or prices or price_list or output:
            raise click.UsageError("请先写明标准的编号 / name the standard's code first")
        _list(as_json=as_json)
        return
    if spacing:
        if state or prices or price_list or as_json:
            raise click.UsageError(
                "--spacing 只能与 --region、--by、-o 一起用 / --spacing goes with --region, --by and -o alone"
            )
        _spacing(code, region, by, output)
        return
    if by:
        raise click.UsageError("--by 要与 --spacing 一起用 / --by goes with --spacing")
    _check(code, region, state, prices, price_list, output, as_json=as_json)


def _spacing(code: str, region: str | None, by: Any, output: Path | None) -> None:
    from geoapp.core.units import format_metres
    from geoapp.operations.facilities.naming import read_naming
    from geoapp.operations.standards.files import save_spacing
    from geoapp.operations.standards.spacing import check_spacing
    from geoapp.reports.words.spacing import (
        farthest_text,
        made_up_text,
        measured_text,
        rule_text,
        street_text,
        streets_text,
    )
    from geoapp.reports.words.standards import samples_text

    with open_store() as (settings, database):
        result = check_spacing(database, settings, code, region, by)
        if output is not None:
            save_spacing(database, result, output)
            say(Text(f"已写入 {output}", f"Written to {output}"))
            return
        names = read_naming(database, settings.timezone).regions
    rule = result.standard.spacing
    told = [
        result.standard.text,
        measured_text(result),
        streets_text(result),
        samples_text(result),
    ]
    if rule is not None:
        told[1:1] = [rule_text(rule, names), made_up_text(rule)]
    for one in told:
        if one is not None:
            say(one)
    total = Text("合计", "Total")
    for name, count in (
        *((one.name, one.count) for one in result.regions),
        (total, result.total),
    ):
        far = f"{count.far_workers:,.0f}"
        click.echo(
            f"{name.zh}\t{count.stations} 个站点：太近 {count.close_pairs} 对，太远 {far} 人\n"
            f"{name.en}\t{count.stations} stations: pairs too close {count.close_pairs}, "
            f"workers too far {far}"
        )
        if count.far_street_m is not None:
            street = format_metres(count.far_street_m)
            click.echo(f"\t太远的路段 {street.zh} / street too far: {street.en}")
    for stretch in () if result.streets is None else result.streets.stretches[:_MOST_TOLD]:
        named, length = street_text(stretch), format_metres(stretch.length_m)
        click.echo(
            f"{named.zh}\t{length.zh}\t{stretch.place.zh}\n{named.en}\t{length.en}\t{stretch.place.en}"
        )
    for area in result.areas[:_MOST_TOLD]:
        away = farthest_text(area)
        click.echo(f"{area.place.zh}\t{away.zh}\n{area.place.en}\t{away.en}")
    for pair in result.pairs[:_MOST_TOLD]:
        click.echo(
            f"{pair.one.code} {pair.other.code}\t{pair.away_m:,.0f} m < {pair.least_m:,.0f} m"
        )


def _list(*, as_json: bool) -> None:
    from geoapp.core.standards import standards as every
    from geoapp.reports.words.standards import issued_text

    found = every(read_settings()).values()
    if as_json:
        import orjson

        from geoapp.operations.standards.document import standard_document

        click.echo(orjson.dumps({"standards": [standard_document(one) for one in found]}))
        return
    for one in found:
        issued = issued_text(one)
        checked = (
            Text("", "")
            if one.can_be_checked or one.spacing is not None
            else Text("（不能核对）", " (cannot be checked)")
        )
        click.echo(f"{one.code}\t{one.zh}：{issued.zh}{checked.zh}")
        click.echo(f"\t{one.en}: {issued.en}{checked.en}")


def _check(
    code: str,
    region: str | None,
    state: str | None,
    prices: tuple[str, ...],
    price_list: str | None,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    from geoapp.core.standards import Compliance, standard_of
    from geoapp.operations.moment import today
    from geoapp.operations.standards.document import figures_document, standard_document
    from geoapp.operations.standards.files import write_compliance
    from geoapp.operations.standards.picture import save_standard_picture
    from geoapp.operations.standards.prices import parse_prices, prices_for
    from geoapp.operations.standards.read import check_standard, purchase_list
    from geoapp.reports.standards import PICTURE
    from geoapp.reports.words.standards import (
        cost_text,
        item_price_text,
        prices_text,
        samples_text,
    )

    with open_store() as (settings, database):
        standard = standard_of(settings, code)
        given = {name: value for name, _, value in (one.partition("=") for one in prices)}
        typed = parse_prices(standard, given, "--price {}")
        result = check_standard(database, settings, code, region)
        priced = prices_for(database, result, typed, price_list, "--prices")
        if output is not None:
            listed = None if state is None else Compliance(state)
            if output.suffix.lower() == PICTURE:
                save_standard_picture(database, result, output, today(settings), state=listed)
            else:
                write_compliance(database, result, priced, output, state=listed)
            say(Text(f"已写入 {output}", f"Written to {output}"))
            return
    if as_json:
        import orjson

        body = {"standard": standard_document(standard), "result": figures_document(result)}
        click.echo(orjson.dumps(body))
        return
    say(standard.text)
    samples = samples_text(result)
    if samples is not None:
        say(samples)
    total = Text("合计", "Total")
    for name, one in (*((one.name, one.count) for one in result.regions), (total, result.total)):
        click.echo(
            f"{name.zh}\t{one.facilities}：达标 {one.complies}，缺项 {one.lacks}，未知 {one.unknown}\n"
            f"{name.en}\t{one.facilities}: comply {one.complies}, lack something {one.lacks}, "
            f"unknown {one.unknown}"
        )
    bought = purchase_list(standard, result.facilities, priced)
    for item in bought.items:
        if item.surely is None:
            click.echo(f"{item.number} {item.item.both()}\t资料里没有对应项 / not recorded")
            continue
        price = item_price_text(item)
        click.echo(
            f"{item.number} {item.item.both()}\t缺 {item.surely}，未知 {item.possibly}；{price.zh} / "
            f"lacking {item.surely}, unknown {item.possibly}; {price.en}"
        )
    say(prices_text(priced))
    say(cost_text(bought))
    if bought.cost is None:
        say(
            Text(
                "用 geoapp import prices 导入价格表，或用 --price 给出单价。",
                "Import a price list by geoapp import prices, or give prices by --price.",
            )
        )

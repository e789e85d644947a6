"""``geoapp standards``: published standards, who complies and who lacks what."""

from __future__ import annotations

from pathlib import Path

import click

from geoapp.commands.context import NewFile, open_store, read_settings, say
from geoapp.core.i18n import Text


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
    "-o",
    "output",
    type=NewFile(),
    help=".xlsx 或 .csv / or .csv",
)
@click.option("--json", "as_json", is_flag=True, help="与接口相同的 JSON / the API's JSON")
def standards(
    code: str | None,
    region: str | None,
    state: str | None,
    prices: tuple[str, ...],
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """建设标准：谁达标、谁缺什么 / Standards of equipment: who complies, who lacks what."""
    if code is None:
        if region or state or prices or output:
            raise click.UsageError("请先写明标准的编号 / name the standard's code first")
        _list(as_json=as_json)
        return
    _check(code, region, state, prices, output, as_json=as_json)


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
            Text("", "") if one.can_be_checked else Text("（不能核对）", " (cannot be checked)")
        )
        click.echo(f"{one.code}\t{one.zh}：{issued.zh}{checked.zh}")
        click.echo(f"\t{one.en}: {issued.en}{checked.en}")


def _check(
    code: str,
    region: str | None,
    state: str | None,
    prices: tuple[str, ...],
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    from geoapp.core.standards import Compliance, standard_of
    from geoapp.core.units import format_money
    from geoapp.operations.standards.document import figures_document, standard_document
    from geoapp.operations.standards.files import write_compliance
    from geoapp.operations.standards.prices import parse_prices
    from geoapp.operations.standards.read import check_standard, purchase_list
    from geoapp.reports.words.standards import samples_text

    with open_store() as (settings, database):
        standard = standard_of(settings, code)
        given = {name: value for name, _, value in (one.partition("=") for one in prices)}
        priced = parse_prices(standard, given, "--price {}")
        result = check_standard(database, settings, code, region)
        if output is not None:
            listed = None if state is None else Compliance(state)
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
    bought = purchase_list(standard, result.total, priced)
    for item in bought.items:
        if item.surely is None:
            click.echo(f"{item.number} {item.item.both()}\t资料里没有对应项 / not recorded")
            continue
        click.echo(
            f"{item.number} {item.item.both()}\t缺 {item.surely}，未知 {item.possibly} / "
            f"lacking {item.surely}, unknown {item.possibly}"
        )
    if bought.cost is None:
        say(
            Text(
                "用 --price 给出单价后才有费用。",
                "Give prices by --price to see the cost.",
            )
        )
        return
    least, most = (format_money(one) for one in bought.cost)
    say(
        Text(
            f"费用 {least} 至 {most} 元；{bought.unpriced} 项没有单价，没有计入。",
            f"Cost {least} to {most} yuan; items without a price, not in it: {bought.unpriced}.",
        )
    )

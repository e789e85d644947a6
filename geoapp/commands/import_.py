"""``geoapp import``: files into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geoapp.commands.context import open_store, read_settings, say
from geoapp.commands.progress import progress_shown
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_WEIGHT

if TYPE_CHECKING:
    from geoapp.operations.network.importing import NetworkReport

EXIT_TO_BE_CHOSEN = 2
EXIT_SOME_REJECTED = 3

_file = click.argument("file", type=click.Path(path_type=Path))
_datum = click.option(
    "--datum",
    default="wgs84",
    show_default=True,
    help="文件的坐标系 / the file's datum: wgs84 cgcs2000 gcj02 bd09",
)
_own_datum = click.option(
    "--datum",
    help="坐标系：wgs84 cgcs2000 gcj02 bd09；不写时按表里写明的读，没有写明而落点更像别的就停下来问 / "
    "the datum; by default as the list says; where it does not and points look like another, it is asked for",
)
_encoding = click.option(
    "--encoding",
    help="CSV 或 Shapefile 的编码 / a CSV's or Shapefile's encoding: "
    "utf-8 gb18030 big5 utf-16 euc-kr euc-jp shift-jis",
)
_sheet = click.option(
    "--sheet",
    "--layer",
    multiple=True,
    help="读哪张工作表、图层或列表，可重复；all = 所有表头相同的 / which sheet, layer or list is read, "
    "repeatable; all = those with the same headings",
)
_crs = click.option(
    "--crs",
    help="坐标的参考系，如 EPSG:4547；guess = 列出可能的 / what the coordinates are in, such as EPSG:4547; "
    "guess = list what it may be (facilities)",
)
_dry_run = click.option("--dry-run", is_flag=True, help="只检查，不写入 / check, write nothing")
_anywhere = click.option(
    "--anywhere", is_flag=True, help="不核对已有区域 / do not check against the stored regions"
)
_set = click.option("--set", "set_code", help="集合代码，默认取文件名 / the set's code")
_name = click.option("--name", "set_name", help="集合名称 / the set's name")

_ORDER_HELP = "一格两个坐标时的顺序，默认按数值判断 / the order of pairs in one cell, by default told by ranges"


@click.group("import")
def import_() -> None:
    """导入表格和地图文件 / Import tables and map files."""


@import_.command()
@_file
@_own_datum
@_encoding
@_sheet
@_crs
@_dry_run
@_anywhere
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="列名=字段",
    help="某列是什么，可重复；“列名=-”另行保存 / what a column is, repeatable; column=- keeps it aside",
)
@click.option("--kind", help="没有写类型的行是什么类型 / the kind of rows that state none")
@click.option("--order", type=click.Choice(["lon,lat", "lat,lon"]), help=_ORDER_HELP)
@click.option("--issue-codes", is_flag=True, help="给没有编号的行编号 / give codes to rows without")
@click.option(
    "--without-position",
    is_flag=True,
    help="接收没有坐标的行，按没有位置登记 / take in rows without coordinates as places without a position",
)
@click.option(
    "--place-by-street",
    "by_street",
    metavar="500m",
    help="没有坐标的行，地址只指一处且误差不超过此数时放在街上（要先导入街道）；试运行先看 / place rows without "
    "coordinates on their street where the address means one place within this (streets are needed)",
)
@click.option(
    "--blank",
    type=click.Choice(["keep", "clear"]),
    help="空白的格：keep 保留已知的值，clear 改为未知；默认凭名称认出的行保留，有编号的行改为未知 / what a "
    "blank cell does to a known value; by default it stays in rows matched without a code",
)
@click.option(
    "--code-key",
    help="凭哪些字段认出同一处，默认 name_zh,address / by which fields a place is known again",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")
def facilities(
    file: Path,
    datum: str | None,
    columns: tuple[str, ...],
    issue_codes: bool,
    code_key: str | None,
    by_street: str | None,
    **chosen: Any,
) -> None:
    """导入站点、基地、职工之家 / Import stations, bases and homes."""
    from geoapp.core.parsing import parse_metres
    from geoapp.importers.rows.issue import DEFAULT_KEY, parse_key

    key = None if code_key is None else parse_key(code_key)
    if issue_codes:
        key = key or DEFAULT_KEY
    elif key is not None:
        raise click.UsageError("--code-key: 需同时写 --issue-codes / needs --issue-codes")
    limit = None if by_street is None else parse_metres("--place-by-street", by_street)
    _import("facilities", file, datum, columns=columns, code_key=key, by_street_m=limit, **chosen)


@import_.command()
@_file
@_datum
@_encoding
@_sheet
@_crs
@_dry_run
def regions(file: Path, datum: str, **chosen: Any) -> None:
    """导入行政区域 / Import regions."""
    _import("regions", file, datum, **chosen)


@import_.command()
@_file
@_datum
@_encoding
@_sheet
@_crs
@_dry_run
@_anywhere
@_set
@_name
@click.option("--add", is_flag=True, help="加到集合中，不替换 / add to the set, replace nothing")
@click.option(
    "--weight-default", type=float, help="没有需求列时每点的人数 / weight where no column has it"
)
def demand(
    file: Path,
    datum: str,
    set_code: str | None,
    weight_default: float | None,
    **chosen: Any,
) -> None:
    """导入需求点，整体替换同名集合 / Import demand points; they replace the set as a whole."""
    if weight_default is not None and not 0 <= weight_default <= MOST_WEIGHT:
        raise InvalidValueError(
            "--weight-default", weight_default, Text("不小于 0 的数", "a number, 0 or more")
        )
    _import(
        "demand",
        file,
        datum,
        set_code=set_code or "",
        weight_default=weight_default,
        **chosen,
    )


@import_.command()
@_file
@_datum
@_encoding
@_sheet
@_crs
@_dry_run
@_anywhere
@_set
@_name
def candidates(file: Path, datum: str, set_code: str | None, **chosen: Any) -> None:
    """导入候选点 / Import candidate sites."""
    _import("candidates", file, datum, set_code=set_code or "", **chosen)


@import_.command("public-map")
@_file
@click.option(
    "--map",
    "map_name",
    required=True,
    type=click.Choice(["amap", "baidu", "tencent", "other"]),
    help="谁的名录 / whose list it is",
)
@click.option(
    "--datum",
    help="坐标系；默认高德、腾讯 gcj02，百度 bd09，其他要写明 / the datum; by default that of the map, "
    "and to be stated for another one",
)
@click.option(
    "--region",
    "covers",
    metavar="CODE",
    help="名录完整覆盖的区域：那里没列出的算缺；不写，缺不缺未知 / the region that the list covers whole: what is "
    "not listed there is missing; without it that is unknown",
)
@_encoding
@_sheet
@_crs
@_dry_run
@_anywhere
def public_map(file: Path, map_name: str, datum: str | None, **chosen: Any) -> None:
    """导入公共地图上的站点名录，整体替换 / Import what a public map lists; it replaces the list."""
    from geoapp.core.public_maps import PublicMap

    _import("public-map", file, datum, public_map=PublicMap(map_name), **chosen)


# Tables that need nothing but their columns.
_TABLES = {
    "organisations": "导入单位：工会、企业、园区、伙伴 / Import organisations: unions, enterprises, partners.",
    "services": "导入服务事项 / Import services: for whom, how, how soon, who answers first.",
    "offers": "导入哪里提供哪项服务 / Import which place or organisation offers which service.",
    "desks": "导入值守窗口和公开电话 / Import duty desks and their public telephones.",
    "visits": "导入到访人次 / Import how many visits facilities had, by day or hour.",
    "opinions": "导入满意度 / Import how many workers gave facilities so many stars, by day.",
    "care": "导入关爱活动 / Import care events: how many people or person-times, what it cost.",
    "prices": "导入价格表：一项设施一件多少钱 / Import price lists: what one piece of an amenity costs.",
    "contests": "导入服务项目竞赛 / Import contests of service projects.",
    "entries": "导入参赛项目：评分、票数、奖项 / Import entries of contests: points, votes, prizes.",
}


def _table(name: str, told: str) -> click.Command:
    @_file
    @_encoding
    @_sheet
    @_dry_run
    def read(file: Path, **chosen: Any) -> None:
        _import(name, file, "wgs84", **chosen)

    return click.command(name, help=told)(read)


for _table_name, _told in _TABLES.items():
    import_.add_command(_table(_table_name, _told))


@import_.command()
@_file
@_dry_run
def programmes(file: Path, *, dry_run: bool) -> None:
    """导入已公布的计划（JSON，一个文件一个计划）/ Import a published plan: a JSON file, one plan."""
    from geoapp.operations.programmes.imports import import_programme
    from geoapp.operations.upkeep.init import initialise

    with open_store() as (settings, database):
        initialise(database)
        report = import_programme(database, settings, file, dry_run=dry_run)
    prefix = Text("试运行，未写入。", "Dry run, nothing written. ") if dry_run else Text("", "")
    say(
        Text(
            f"{prefix.zh}{report.name.zh}（{report.programme}）：{report.indicators:,} 项指标；"
            f"新增 {report.inserted:,}，更新 {report.updated:,}，不变 {report.unchanged:,}，"
            f"删除 {report.deleted:,}",
            f"{prefix.en}{report.name.en} ({report.programme}), indicators: {report.indicators:,}; "
            f"inserted {report.inserted:,}, updated {report.updated:,}, unchanged "
            f"{report.unchanged:,}, deleted {report.deleted:,}",
        )
    )


@import_.command()
@_file
@click.option("--name", help="网络名称，默认文件名 / what it is called, by default as the file")
@click.option("--clip", help="只取该区域的道路（区域代码）/ only ways in this region (its code)")
def network(file: Path, name: str | None, clip: str | None) -> None:
    """导入步行网络（OpenStreetMap，.osm.pbf）/ Import the walking network."""
    from geoapp.operations.nearest.service import NearestService
    from geoapp.operations.network.importing import import_network
    from geoapp.operations.upkeep.init import initialise

    with open_store() as (settings, database):
        initialise(database)
        with progress_shown() as told:
            report = import_network(database, settings, file, name=name, clip=clip, progress=told)
            told(1.0, Text("准备查询", "Preparing answers"))
            NearestService(database, settings).warm_up()
    _say_network(report)


@import_.command()
@_file
@click.option("--name", help="名称，默认文件名 / what it is called, by default as the file")
@click.option("--clip", help="只取该区域（区域代码）/ only what touches this region (its code)")
def streets(file: Path, name: str | None, clip: str | None) -> None:
    """一次导入步行网络和街道底图（.osm.pbf）/ Import walking network and base map from one extract."""
    from geoapp.operations.nearest.service import NearestService
    from geoapp.operations.streets.importing import import_streets
    from geoapp.operations.upkeep.init import initialise

    with open_store() as (settings, database):
        initialise(database)
        with progress_shown() as told:
            report = import_streets(database, settings, file, name=name, clip=clip, progress=told)
            told(1.0, Text("准备查询", "Preparing answers"))
            NearestService(database, settings).warm_up()
    _say_network(report.network)
    counts = report.features.counts
    megabytes = report.size_bytes / 1_000_000
    say(
        Text(
            f"底图 {report.version}：{megabytes:,.2f} MB，街道 {counts['streets']:,} 段，"
            f"建筑 {counts.get('buildings', 0):,} 座，共 {sum(counts.values()):,} 个要素",
            f"Base map {report.version}: {megabytes:,.2f} MB, {counts['streets']:,} streets, "
            f"{counts.get('buildings', 0):,} buildings, {sum(counts.values()):,} features in all",
        )
    )
    say(
        Text(
            f"路名 {report.named:,} 条，门牌 {report.house_numbers:,} 个：可以按路名查找，导入时可以按地址提出位置",
            f"Streets with a name: {report.named:,}; house numbers: {report.house_numbers:,}. Streets are "
            "found by name, and addresses in lists are proposed a place",
        )
    )
    if report.features.incomplete:
        say(
            Text(
                f"数据中不完整的道路和面：{report.features.incomplete:,} 个（面未画，道路画了其余部分）",
                f"Incomplete in the extract: {report.features.incomplete:,} "
                "(areas are left out, of lines the rest is drawn)",
            )
        )


@import_.command("base-maps")
@_file
@_dry_run
def base_maps(file: Path, dry_run: bool) -> None:
    """导入自己的底图（TOML、JSON）/ Take in base maps of your own (howto/base-maps.md)."""
    from geoapp.commands.base_maps import show_maps
    from geoapp.operations.base_maps.importing import import_base_maps

    show_maps(import_base_maps(read_settings(), file, dry_run=dry_run))
    if dry_run:
        say(Text("检查通过，没有写入。", "Checked; nothing was written."))


def _say_network(report: NetworkReport) -> None:
    numbers = report.statistics
    say(
        Text(
            f"步行网络“{report.name}”：{numbers.nodes:,} 个节点，{numbers.edges:,} 条边，"
            f"{numbers.length_m / 1000:,.0f} 公里，{numbers.components:,} 个互不连通的部分，"
            f"最大的占 {numbers.largest_share:.1%}，断头路 {numbers.dead_ends:,} 处",
            f"Walking network {report.name!r}: {numbers.nodes:,} nodes, {numbers.edges:,} edges, "
            f"{numbers.length_m / 1000:,.0f} km, {numbers.components:,} separate parts, "
            f"{numbers.largest_share:.1%} in the largest, {numbers.dead_ends:,} dead ends",
        )
    )
    if report.unchanged:
        say(Text("与正在使用的网络相同。", "It is the network that was in use."))


def _import(
    what: str,
    file: Path,
    datum: str | None,
    *,
    sheet: tuple[str, ...] = (),
    as_json: bool = False,
    **chosen: Any,
) -> None:
    """Import a file with a progress bar, print the report, and end with 3 if rows were rejected."""
    from geoapp.core.geo import parse_datum
    from geoapp.operations.imports.file import import_file
    from geoapp.operations.imports.report import ImportOptions
    from geoapp.operations.upkeep.init import initialise

    sheets = sheet if len(sheet) > 1 else next(iter(sheet), None)
    options = ImportOptions(None if datum is None else parse_datum(datum), sheet=sheets, **chosen)
    with open_store() as (settings, database):
        initialise(database)
        if what == "facilities" and options.crs == "guess":
            from geoapp.commands.import_shown import show_crs
            from geoapp.operations.imports.guess import guess_crs

            show_crs(*guess_crs(database, settings, file, options))
            click.get_current_context().exit(EXIT_TO_BE_CHOSEN)
        with progress_shown() as told:
            report = import_file(database, settings, what, file, options, progress=told)
    if as_json:
        from geoapp.operations.imports.as_json import report_json

        click.echo(report_json(report))
    else:
        from geoapp.commands.import_shown import show_report

        show_report(report)
    if report.rejected:
        click.get_current_context().exit(EXIT_SOME_REJECTED)

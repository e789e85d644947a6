"""``geoapp init``, ``demo``, ``serve`` and ``worker``: make the store ready and answer."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from geoapp.commands.context import open_store, read_settings, say
from geoapp.commands.progress import progress_shown
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.core.questions.coverage import CoverageParameters
    from geoapp.core.settings import Settings
    from geoapp.store.engine import Database

_host = click.option("--host", help="监听的地址 / the address to listen on")
_port = click.option("--port", type=int, help="端口 / the port")
_workers = click.option("--workers", type=int, help="网页进程数 / web processes")


@click.command()
def init() -> None:
    """建立或升级数据库 / Create or migrate the store."""
    from geoapp.operations.upkeep.init import initialise

    with open_store() as (_settings, database):
        report = initialise(database)
    years = report.calendar_years
    say(
        Text(
            f"数据库已就绪；节假日历：{years[0]}–{years[-1]} 年",
            f"The store is ready; holiday calendar: {years[0]} to {years[-1]}",
        )
    )


@click.command()
@_host
@_port
@_workers
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """启动网页服务和后台任务 / Serve the web pages, with a job worker."""
    from geoapp.commands.serving import check_port, raise_on_sigterm, run

    raise_on_sigterm()
    settings = read_settings(host=host, port=port, workers=workers)
    check_port(settings)
    run(settings)


@click.command()
@click.option(
    "--city",
    type=click.Choice(["qingdao", "helsinki"]),
    default="qingdao",
    show_default=True,
    help="哪个城市 / which city",
)
@_host
@_port
@_workers
def demo(city: str, host: str | None, port: int | None, workers: int | None) -> None:
    """装入一个城市的演示数据（一次）并启动 / Load a city's demo data (once) and serve.

    qingdao：示例站点和需求 / sample stations and demand. helsinki：OpenStreetMap 的真实场所和步行路网、
    示例需求，要用单独的数据目录 / real places and streets, sample demand, in a store of its own.
    """
    from geoapp.commands.serving import check_port, do_apart, raise_on_sigterm, run
    from geoapp.operations.demo import HELSINKI_TIMEZONE

    raise_on_sigterm()
    settings = read_settings(host=host, port=port, workers=workers)
    if city == "helsinki" and "timezone" not in settings.model_fields_set:
        settings = settings.model_copy(update={"timezone": HELSINKI_TIMEZONE})
    check_port(settings)
    # Apart, because loading takes memory that serving does not need.
    do_apart(lambda: _load(city, settings))
    run(settings)


def _load(city: str, settings: Settings) -> None:
    """Make the store ready with a city's demo data, a first coverage run and the sample account."""
    from geoapp.core.results.coverage import COVERAGE_RUNS
    from geoapp.operations.coverage import official
    from geoapp.operations.coverage import run as coverage_run
    from geoapp.operations.demo.account import renew_sample_account
    from geoapp.operations.demo.helsinki import packaged_extract
    from geoapp.operations.runs.state import recent_runs
    from geoapp.operations.upkeep.init import initialise

    if city == "helsinki":
        packaged_extract()
    with ExitStack() as kept:
        with progress_shown(each_step=True) as tell:
            tell(
                0.0,
                Text(
                    "准备数据库（第一次要建立）",
                    "Making the database ready (set up the first time)",
                ),
            )
            _, database = kept.enter_context(open_store(settings))
            initialise(database)
        first_run = (
            _helsinki(database, settings) if city == "helsinki" else _qingdao(database, settings)
        )
        if not recent_runs(database, COVERAGE_RUNS, 1):
            # The first look at the coverage page and the maps should show an answer.
            with progress_shown(each_step=True) as tell:
                run = coverage_run.run_here(database, settings, first_run, tell)
            official.publish(database, run.id, by=None)
        account = renew_sample_account(database)
        say(
            Text(
                f"示例账号 {account.name}，密码 {account.password}（每次启动更换）",
                f"Sample account {account.name}, password {account.password} (new at each start)",
            )
        )


def _qingdao(database: Database, settings: Settings) -> CoverageParameters:
    """Load Qingdao's sample unless it is there; return what its first coverage run is asked."""
    from geoapp.core.questions.coverage import CoverageParameters
    from geoapp.operations.demo.qingdao import CITY, load_sample
    from geoapp.operations.demo.rule import place_rule

    with progress_shown(each_step=True) as tell:
        report = load_sample(database, settings, tell)
    if report.loaded:
        place_rule(settings)
        say(
            Text(
                f"已装入示例数据：{report.facilities} 个站点、{report.demand_points} 个需求点；"
                f"并登记青岛 2022 年公布的 {report.organisations} 个试点单位（不是示例），"
                f"其中 {report.bases} 个服务职工基地也是设施，只知所在区市",
                f"Sample loaded: {report.facilities} facilities, {report.demand_points} demand points;"
                f" {report.organisations} pilots that Qingdao published in 2022 (no samples), "
                f"{report.bases} service bases among them as facilities known by their district",
            )
        )
    return CoverageParameters(standard_m=500, region=CITY)


def _helsinki(database: Database, settings: Settings) -> CoverageParameters:
    """Load Helsinki's demo unless it is there; return what its first coverage run is asked."""
    from geoapp.core.questions.coverage import CoverageParameters
    from geoapp.operations.demo.helsinki import REGION, STANDARD_M, load_helsinki

    with progress_shown(each_step=True) as tell:
        report = load_helsinki(database, settings, tell)
    if report.loaded:
        say(
            Text(
                f"已装入赫尔辛基：OpenStreetMap 的 {report.facilities} 处真实场所（数据截至 "
                f"{report.changed_on}；另有 {report.rejected} 处开放时间看不懂，未装入）、"
                f"{report.network_km:.0f} 公里步行路网，以及 {report.demand_points} 个示例需求点",
                f"Helsinki loaded: {report.facilities} real places of OpenStreetMap (as of "
                f"{report.changed_on}; {report.rejected} more have hours that are not understood), "
                f"a walking network of {report.network_km:.0f} km, and {report.demand_points} sample "
                "demand points",
            )
        )
    return CoverageParameters(standard_m=STANDARD_M, region=REGION)


@click.command()
def worker() -> None:
    """再加一个后台任务进程 / Run a further job worker."""
    from geoapp.commands.serving import raise_on_sigterm
    from geoapp.operations.worker import run_worker

    raise_on_sigterm()
    with open_store() as (settings, database):
        run_worker(database, settings)

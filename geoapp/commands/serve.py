"""``geoapp init``, ``demo``, ``serve`` and ``worker``: make the store ready and answer."""

import click

from geoapp.commands.context import open_store, read_settings, say
from geoapp.commands.serving import check_port, end_with_server, raise_on_sigterm, run
from geoapp.core.i18n import Text
from geoapp.operations import coverage_run
from geoapp.operations.coverage_run import CoverageParameters, run_here
from geoapp.operations.init import initialise
from geoapp.operations.jobs import run_worker
from geoapp.operations.sample import CITY, load_sample
from geoapp.operations.sample_account import renew_sample_account

_host = click.option("--host", help="监听的地址 / the address to listen on")
_port = click.option("--port", type=int, help="端口 / the port")
_workers = click.option("--workers", type=int, help="网页进程数 / web processes")


@click.command()
def init() -> None:
    """建立或升级数据库 / Create or migrate the store."""
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
    raise_on_sigterm()
    settings = read_settings(host=host, port=port, workers=workers)
    check_port(settings)
    with open_store(settings) as (_, database):
        initialise(database)
        run(settings)


@click.command()
@_host
@_port
@_workers
def demo(host: str | None, port: int | None, workers: int | None) -> None:
    """装入青岛示例数据（一次）并启动 / Load the Qingdao sample (once) and serve."""
    raise_on_sigterm()
    settings = read_settings(host=host, port=port, workers=workers)
    check_port(settings)
    with open_store(settings) as (_, database):
        initialise(database)
        report = load_sample(database, settings)
        if report.loaded:
            say(
                Text(
                    f"已装入示例数据：{report.facilities} 个站点、{report.demand_points} 个需求点",
                    f"Sample loaded: {report.facilities} facilities, {report.demand_points} demand points",
                )
            )
        if not coverage_run.recent(database, 1):
            # The first look at the coverage page and the maps should show an answer.
            run_here(database, settings, CoverageParameters(standard_m=500, region=CITY))
        account = renew_sample_account(database)
        say(
            Text(
                f"示例账号 {account.name}，密码 {account.password}（每次启动更换）",
                f"Sample account {account.name}, password {account.password} (new at each start)",
            )
        )
        run(settings)


@click.command()
def worker() -> None:
    """再加一个后台任务进程 / Run a further job worker."""
    raise_on_sigterm()
    end_with_server()
    with open_store() as (settings, database):
        run_worker(database, settings)

"""Who computes a run in a terminal: this process, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from geoapp.operations.workforce import Workforce

_F = TypeVar("_F", bound=Callable[..., Any])


def scheduler_options(command: _F) -> _F:
    """Add the options that say who computes: ``scheduler``, ``workers``, ``worker_memory_gb``."""
    options = (
        click.option(
            "--scheduler",
            metavar="local|tcp://HOST:PORT",
            help="用 Dask 分块计算：本机，或已有的集群 / in parts on Dask: on this machine, or a cluster",
        ),
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            help="本机的工作进程数，默认每核一个 / processes of a local Dask; one for each core",
        ),
        click.option(
            "--worker-memory-gb",
            type=click.FloatRange(min=0.5),
            help="本机每个工作进程的内存上限 / memory of each process of a local Dask",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@contextmanager
def workforce_of(
    scheduler: str | None, workers: int | None, memory_gb: float | None
) -> Iterator[Workforce | None]:
    """Open the workforce that the options name, and leave it afterwards; None = this process computes.

    Raises
    ------
    GeoappError
        As `open_workforce` says.
    """
    from geoapp.operations.workforce import check_scheduler, open_workforce

    check_scheduler(scheduler, workers, memory_gb)
    if scheduler is None:
        yield None
        return
    with open_workforce(scheduler, workers, memory_gb) as workforce:
        yield workforce

"""How far long work is: a bar on a terminal, lines where what is said goes into a file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

from geoapp.core.i18n import Text

Tell = Callable[[float, Text], None]
EVERY_SECONDS: Final = 5.0


@contextmanager
def progress_shown(
    every_seconds: float = EVERY_SECONDS, *, each_step: bool = False
) -> Iterator[Tell]:
    """Show how far some work is, on standard error; yield what tells it: the share done, and the step.

    Parameters
    ----------
    every_seconds
        How often a line is written where there is no terminal, also while a step goes on and tells nothing.
        What ends before writes none.
    each_step
        Whether the beginning of each step is a line, too, however soon it ends.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        with _lines(every_seconds, each_step=each_step) as tell:
            yield tell
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share, step: bar.update(task, completed=share, description=step.both())


@contextmanager
def _lines(every_seconds: float, *, each_step: bool) -> Iterator[Tell]:
    began = time.monotonic()
    over = threading.Event()
    told: tuple[float, Text] | None = None

    def tell(share: float, step: Text) -> None:
        nonlocal told
        is_new = told is None or told[1] != step
        told = share, step
        if each_step and is_new:
            write(share, step)

    def write(share: float, step: Text) -> None:
        click.echo(f"{share:4.0%}  {step.both()}  {time.monotonic() - began:.0f} s", err=True)

    def keep_writing() -> None:
        while not over.wait(every_seconds):
            if told is not None:
                write(*told)

    writing = threading.Thread(target=keep_writing, name="progress", daemon=True)
    writing.start()
    try:
        yield tell
    finally:
        over.set()
        writing.join()

"""A run in the terminal: its progress, and Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from geoapp.commands.context import say
from geoapp.commands.progress import Tell, progress_shown
from geoapp.core.errors import CancelledError, GeoappError
from geoapp.core.i18n import Text
from geoapp.core.words import RunStatus

if TYPE_CHECKING:
    from geoapp.core.results.run import InputsT_co, ResultT_co, RunState

_STOPPING = Text(
    "正在停止，已有的方案会保留；再按一次 Ctrl-C 立即结束",
    "Stopping; a plan that was met is kept. Ctrl-C once more ends at once",
)
_STOPPED = Text("已停止", "Stopped")


def run_with_bar(
    run_here: Callable[[Tell], RunState[ResultT_co, InputsT_co]],
) -> RunState[ResultT_co, InputsT_co]:
    """Do a run with a progress bar and return it finished.

    The first Ctrl-C cancels the run, which keeps its best plan so far if it has one; the second ends
    the program.

    Parameters
    ----------
    run_here
        Does the run and tells its progress: the share done and the step.

    Raises
    ------
    CancelledError
        If it was cancelled before it had anything.
    GeoappError
        If it failed.
    """
    stopping = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        if stopping:
            raise KeyboardInterrupt
        stopping = True

    former = signal.signal(signal.SIGINT, interrupt)
    try:
        with progress_shown() as show:
            told = False

            def tell(share: float, step: Text) -> None:
                nonlocal told
                if stopping:
                    if not told:
                        told = True
                        say(_STOPPING)
                    raise CancelledError(_STOPPED)
                show(share, step)

            run = run_here(tell)
    finally:
        signal.signal(signal.SIGINT, former)
    if run.status is not RunStatus.SUCCEEDED or run.result is None:
        error = run.error or Text("运行没有完成", "The run did not finish")
        raise CancelledError(error) if run.status is RunStatus.CANCELLED else GeoappError(error)
    return run

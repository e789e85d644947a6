"""Ctrl-C in a terminal: the first cancels and keeps what there is, the second ends the program."""

import os
import signal

import pytest

from geoapp.commands.running import run_with_bar
from geoapp.core.errors import CancelledError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.results.run import RunState
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.state import recent_runs
from geoapp.operations.siting import run as siting_run
from geoapp.store.engine import Database


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def press() -> None:
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def test_a_search_that_is_stopped_keeps_its_plan(town: Database, settings: Settings) -> None:
    pressed: list[str] = []

    def run(tell: object) -> RunState:
        def listen(share: float, step: Text) -> None:
            if step.zh.startswith("求解：目前") and not pressed:
                pressed.append(step.zh)
                press()
            tell(share, step)  # type: ignore[operator]

        wanted = SitingParameters(p=3, standard_m=300.0, spacing_m=100.0)
        return siting_run.run_here(town, settings, wanted, listen)

    ended = run_with_bar(run)
    assert pressed
    assert ended.result is not None
    # Small enough that it may have been proven when it was stopped.
    assert ended.result.status in ("cancelled", "optimal")
    assert ended.result.sites == 3


def test_what_has_nothing_yet_is_cancelled(town: Database, settings: Settings) -> None:
    def run(tell: object) -> RunState:
        def listen(share: float, step: Text) -> None:
            press()
            tell(share, step)  # type: ignore[operator]

        return coverage_run.run_here(town, settings, CoverageParameters(standard_m=300.0), listen)

    with pytest.raises(CancelledError):
        run_with_bar(run)
    assert recent_runs(town, COVERAGE_RUNS)[0].status is RunStatus.CANCELLED


def test_the_second_ends_the_program_and_the_terminal_is_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)

    def run(tell: object) -> RunState:
        press()
        press()
        raise AssertionError("not reached")

    with pytest.raises(KeyboardInterrupt):
        run_with_bar(run)
    assert signal.getsignal(signal.SIGINT) is before

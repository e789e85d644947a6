"""Runs of actions: longer hours or new stations, and what else, for one budget."""

from collections.abc import Callable
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.results.actions import ACTION_RUNS, CHOICE_TEXT, ActionRun, Choice
from geoapp.core.settings import Settings
from geoapp.core.units import counted
from geoapp.operations.actions.inputs import read_action_inputs
from geoapp.operations.actions.results import store_actions
from geoapp.operations.actions.solve import Solved, choices, solve_choice
from geoapp.operations.ground.reading import check_siting
from geoapp.operations.runs.lifecycle import Attempt, Work, do_here
from geoapp.operations.runs.queue import enqueue
from geoapp.operations.runs.watch import Watch
from geoapp.store.engine import Database

_SAVING = Text("保存结果", "Saving the results")
_READ_SHARE = 0.4
_SOLVED_SHARE = 0.95


def start(database: Database, wanted: ActionParameters, created_by: str | None) -> ActionRun:
    """Queue a run and return its state.

    Raises
    ------
    InvalidValueError
        If a value is not accepted.
    """
    _check(database, wanted)
    return enqueue(database, ACTION_RUNS, wanted.stored(), created_by)


def run_here(
    database: Database,
    settings: Settings,
    wanted: ActionParameters,
    progress: Callable[[float, Text], None] | None = None,
) -> ActionRun:
    """Do a run in this process, for the command line, and return how it ended."""
    _check(database, wanted)
    return do_here(database, ACTION_RUNS, wanted.stored(), work(database, settings), progress)


def _check(database: Database, wanted: ActionParameters) -> None:
    wanted.check()
    with database.session() as session:
        check_siting(session, wanted.ground())


def work(database: Database, settings: Settings) -> Work:
    """Return the function that does a queued run."""

    def do(attempt: Attempt, params: dict[str, Any]) -> None:
        _compute(database, settings, attempt, ActionParameters.from_stored(params))

    return do


def _reached(workers: float) -> Text:
    some = counted(workers, "人", "worker")
    return Text(f"覆盖 {some.zh}", some.en)


def _watch(attempt: Attempt, choice: Choice, share: float, until: float) -> Watch:
    name = CHOICE_TEXT[choice]
    return Watch(
        attempt,
        heading=name,
        best=_reached,
        step=Text(f"{name.zh}：求解", f"{name.en}: solving"),
        share=share,
        until=until,
    )


def _compute(
    database: Database, settings: Settings, attempt: Attempt, wanted: ActionParameters
) -> None:
    inputs = read_action_inputs(
        database,
        settings,
        wanted,
        lambda share, step: attempt.progress(_READ_SHARE * share, step),
    )
    solved: list[Solved] = []
    asked = choices(inputs)
    step = (_SOLVED_SHARE - _READ_SHARE) / len(asked)
    for number, choice in enumerate(asked):
        begin = _READ_SHARE + number * step
        watch = _watch(attempt, choice, begin, begin + step)
        found = solve_choice(inputs, wanted, choice, progress=watch.tell, cancelled=watch.cancelled)
        if watch.stopped is not None and (choice is not Choice.ALL or not watch.keeps_best):
            raise watch.stopped  # nothing of the whole has been met yet
        solved.append(found)
        if watch.stopped is None:
            attempt.progress(begin + step, _SAVING)
    store_actions(database, attempt, inputs, wanted, solved)

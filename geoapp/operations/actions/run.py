"""Runs of actions: longer hours or new stations, and what else, for one budget."""

import math
from collections.abc import Callable
from typing import Any

from geoapp.analysis.siting.result import gap_share
from geoapp.core.errors import CancelledError
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.results.actions import CHOICE_TEXT, Choice
from geoapp.core.results.run import RunState
from geoapp.core.settings import Settings
from geoapp.operations.actions.inputs import read_action_inputs
from geoapp.operations.actions.results import KIND, store_actions
from geoapp.operations.actions.solve import Solved, choices, solve_choice
from geoapp.operations.ground.reading import check_siting
from geoapp.operations.runs import lifecycle as runs
from geoapp.operations.runs.lifecycle import Attempt, InterruptedRunError, LostRunError
from geoapp.store.engine import Database

_SAVING = Text("保存结果", "Saving the results")
_READ_SHARE = 0.4
_SOLVED_SHARE = 0.95


def start(database: Database, wanted: ActionParameters, created_by: str | None) -> RunState:
    """Queue a run and return its state.

    Raises
    ------
    InvalidValueError
        If a value is not accepted.
    """
    _check(database, wanted)
    return read(database, runs.enqueue(database, KIND, wanted.stored(), created_by))


def run_here(
    database: Database,
    settings: Settings,
    wanted: ActionParameters,
    progress: Callable[[float, Text], None] | None = None,
) -> RunState:
    """Do a run in this process, for the command line, and return how it ended."""
    _check(database, wanted)
    run_id = runs.store_run(database, KIND, wanted.stored(), None)
    runs.perform_here(database, run_id, work(database, settings), progress)
    return read(database, run_id)


def _check(database: Database, wanted: ActionParameters) -> None:
    wanted.check()
    with database.session() as session:
        check_siting(session, wanted.ground())


def work(database: Database, settings: Settings) -> runs.Work:
    """Return the function that does a queued run."""

    def do(attempt: Attempt, params: dict[str, Any]) -> None:
        _compute(database, settings, attempt, ActionParameters.from_stored(params))

    return do


class _Watch:
    """What the solver is told and asked while it looks for one plan."""

    def __init__(self, attempt: Attempt, choice: Choice, share: float, until: float) -> None:
        self._attempt, self._share, self._until = attempt, share, until
        self._name = CHOICE_TEXT[choice]
        self._step = Text(f"{self._name.zh}：求解", f"{self._name.en}: solving")
        self.stopped: Exception | None = None

    def tell(self, objective: float, bound: float) -> None:
        """Note the best objective and bound so far."""
        if math.isfinite(objective):
            gap = gap_share(objective, bound)
            shown = f"{gap:.2%}" if math.isfinite(gap) else "?"
            self._step = Text(
                f"{self._name.zh}：目前覆盖 {objective:,.0f} 人，与界相差至多 {shown}",
                f"{self._name.en}: {objective:,.0f} workers so far, within {shown} of the bound",
            )
            self._share += (self._until - self._share) * 0.05
        self.cancelled()

    def cancelled(self) -> bool:
        """Say whether to stop: by the user, who keeps the best so far, or because the run is lost."""
        if self.stopped is None:
            try:
                self._attempt.progress(self._share, self._step)
            except (CancelledError, InterruptedRunError, LostRunError) as error:
                self.stopped = error
        return self.stopped is not None


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
        watch = _Watch(attempt, choice, begin, begin + step)
        found = solve_choice(inputs, wanted, choice, progress=watch.tell, cancelled=watch.cancelled)
        if watch.stopped is not None and (
            choice is not Choice.ALL or not isinstance(watch.stopped, CancelledError)
        ):
            raise watch.stopped  # nothing of the whole has been met yet
        solved.append(found)
        if watch.stopped is None:
            attempt.progress(begin + step, _SAVING)
    store_actions(database, attempt, inputs, wanted, solved)


def read(database: Database, run_id: int) -> RunState:
    """Return the state of a run of actions."""
    return runs.read_run(database, KIND, run_id)


def recent(database: Database, limit: int = 20) -> list[RunState]:
    """Return the newest runs of actions, newest first."""
    return runs.recent_runs(database, KIND, limit)


def cancel(database: Database, run_id: int) -> RunState:
    """Cancel a run of actions; one that looks for the whole plan keeps its best so far."""
    return runs.cancel(database, KIND, run_id)

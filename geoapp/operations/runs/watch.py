"""What a solver is told and asked while it searches: how far it is, and whether to stop."""

import math
from collections.abc import Callable

from geoapp.analysis.siting.result import gap_share
from geoapp.core.errors import CancelledError
from geoapp.core.i18n import Text
from geoapp.core.units import format_gap
from geoapp.operations.runs.lifecycle import Attempt, InterruptedRunError, LostRunError


class Watch:
    """Turns the best so far into a run's progress, and a run's cancel into a solver's stop.

    Parameters
    ----------
    heading
        What is being solved; stands before the best so far.
    best
        Says an objective in words.
    step
        What is shown until there is a best.
    share, until
        The run's progress at the beginning and at the end of the search, 0 to 1.

    Attributes
    ----------
    stopped
        Why the search was to stop; None while it goes on.
    """

    def __init__(
        self,
        attempt: Attempt,
        *,
        heading: Text,
        best: Callable[[float], Text],
        step: Text,
        share: float,
        until: float,
    ) -> None:
        self._attempt = attempt
        self._heading, self._best = heading, best
        self._share, self._until, self._step = share, until, step
        self.stopped: Exception | None = None

    def tell(self, objective: float, bound: float) -> None:
        """Note the best objective and bound so far."""
        if math.isfinite(objective):
            gap = gap_share(objective, bound)
            shown = format_gap(gap) if math.isfinite(gap) else "?"
            best = self._best(objective)
            self._step = Text(
                f"{self._heading.zh}：目前{best.zh}，与界相差至多 {shown}",
                f"{self._heading.en}: {best.en} so far, within {shown} of the bound",
            )
            # Nobody knows how long a proof takes; each better answer goes part of the way.
            self._share += (self._until - self._share) * 0.05
        self.cancelled()

    def at(self, share: float, step: Text) -> None:
        """Note another step."""
        self._share, self._step = share, step

    def cancelled(self) -> bool:
        """Say whether to stop: by the user, who keeps the best so far, or because the run is lost."""
        if self.stopped is None:
            try:
                self._attempt.progress(self._share, self._step)
            except (CancelledError, InterruptedRunError, LostRunError) as error:
                self.stopped = error
        return self.stopped is not None

    @property
    def keeps_best(self) -> bool:
        """Whether the search may be ended with the best so far: a user cancelled it, or nobody."""
        return self.stopped is None or isinstance(self.stopped, CancelledError)

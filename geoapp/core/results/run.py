"""A run of any kind as its followers see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.results.kept import KeptResult, RunInputs
from geoapp.core.words import RunStatus

ResultT_co = TypeVar("ResultT_co", bound=KeptResult, covariant=True)
InputsT_co = TypeVar("InputsT_co", bound=RunInputs, covariant=True)


@dataclass(frozen=True, slots=True)
class RunKind(Generic[ResultT_co, InputsT_co]):
    """A kind of runs: its name in the store, and what its runs keep."""

    name: str
    result: type[ResultT_co]
    inputs: type[InputsT_co]


@dataclass(frozen=True, slots=True)
class RunState(Generic[ResultT_co, InputsT_co]):
    """A run as its followers see it.

    Attributes
    ----------
    inputs
        What it rests on; all defaults as long as it has not succeeded.
    result
        What it found; None as long as it has not succeeded, and where what is stored cannot be
        read: ``error`` then says why.
    """

    id: int
    kind: str
    status: RunStatus
    progress_share: float
    step: Text
    params: dict[str, Any]
    inputs: InputsT_co
    result: ResultT_co | None
    error: Text | None
    cancel_requested: bool
    created_by: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def found(self) -> ResultT_co:
        """What the run found.

        Raises
        ------
        ConflictError
            If it has not succeeded, or what it stored cannot be read.
        """
        if self.result is not None:
            return self.result
        if self.status is RunStatus.SUCCEEDED and self.error is not None:
            raise ConflictError(
                Text(f"运行 {self.id}：{self.error.zh}", f"Run {self.id}: {self.error.en}")
            )
        raise ConflictError(
            Text(
                f"运行 {self.id} 没有结果（状态：{self.status}）。",
                f"Run {self.id} has no results (status: {self.status}).",
            )
        )

    def about(self) -> dict[str, Any]:
        """Return what a file says of the run, for programs: what was asked, rested on and found."""
        return {
            "id": self.id,
            "params": self.params,
            "inputs": self.inputs.as_json(),
            "result": None if self.result is None else self.result.as_json(),
        }


AnyKind = RunKind[KeptResult, RunInputs]
AnyRun = RunState[KeptResult, RunInputs]

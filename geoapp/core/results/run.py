"""A run of any kind as its followers see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.words import RunStatus


@dataclass(frozen=True, slots=True)
class RunState:
    """A run as its followers see it."""

    id: int
    kind: str
    status: RunStatus
    progress_share: float
    step: Text
    params: dict[str, Any]
    inputs: dict[str, Any]
    result: dict[str, Any] | None
    error: Text | None
    cancel_requested: bool
    created_by: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

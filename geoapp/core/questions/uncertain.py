"""What is asked of one plan for several demands of which nobody knows which comes true."""

from collections.abc import Sequence
from enum import StrEnum

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


class Criterion(StrEnum):
    """By what such a plan is the best."""

    REGRET = "regret"
    SHARE = "share"


def check_demands(code: str | None, others: Sequence[str]) -> None:
    """Refuse demands that are none, or twice the same.

    Parameters
    ----------
    code, others
        The question's demand set (None: the newest), and those beside it.

    Raises
    ------
    InvalidValueError
        That says what is accepted.
    """
    if not others:
        accepted = Text(
            "至少一个别的需求集：需求说不准，指的是几个需求集都可能成真",
            "one more demand set at least: of several nobody knows which comes true",
        )
        raise InvalidValueError("also_demand", None, accepted)
    again = code if code in others else next((one for one in others if others.count(one) > 1), None)
    if again is not None:
        accepted = Text("互不相同的需求集", "demand sets that differ from each other")
        raise InvalidValueError("also_demand", again, accepted)

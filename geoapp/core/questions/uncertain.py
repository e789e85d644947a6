"""What is asked of one plan for several demands of which nobody knows which comes true."""

from collections.abc import Sequence
from enum import StrEnum

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


class Criterion(StrEnum):
    """By what such a plan is the best."""

    REGRET = "regret"
    SHARE = "share"


def check_demands(code: str | None, others: Sequence[str], off_share: float | None = None) -> None:
    """Refuse demands that are none, or twice the same.

    Parameters
    ----------
    code, others
        The question's demand set (None: the newest), and those beside it.
    off_share
        By how much each district may be off; None = by nothing.

    Raises
    ------
    InvalidValueError
        That says what is accepted.
    """
    if not others and off_share is None:
        accepted = Text(
            "至少一个别的需求集，或各区可能多、少的份额（demand_off_share）：需求说不准，指的是几种都可能成真",
            "one more demand set at least, or by how much each district may be off (demand_off_share): of "
            "several nobody knows which comes true",
        )
        raise InvalidValueError("also_demand", None, accepted)
    again = code if code in others else next((one for one in others if others.count(one) > 1), None)
    if again is not None:
        accepted = Text("互不相同的需求集", "demand sets that differ from each other")
        raise InvalidValueError("also_demand", again, accepted)

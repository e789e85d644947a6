"""How an answer about sites stands, and what may limit it; light enough for the solvers."""

from enum import StrEnum
from typing import Final

from geoapp.core.i18n import Text


class SitingStatus(StrEnum):
    """How an answer stands; decided by objective and bound alone, never by a solver's word."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within_gap"
    TIME_LIMIT = "time_limit"
    CANCELLED = "cancelled"
    UNPROVEN = "unproven"
    INFEASIBLE = "infeasible"


STATUS_TEXT = {
    SitingStatus.OPTIMAL: Text("已证明最优", "proven best"),
    SitingStatus.WITHIN_GAP: Text("在允许差距内", "within the gap asked for"),
    SitingStatus.TIME_LIMIT: Text("到时停止，未证明最优", "stopped by time, not proven best"),
    SitingStatus.CANCELLED: Text("已取消，保留目前最好的方案", "cancelled, the best so far kept"),
    SitingStatus.UNPROVEN: Text("搜索已完，未证明最优", "the search has ended, not proven best"),
    SitingStatus.INFEASIBLE: Text("无可行方案", "nothing fulfils the demands"),
}


class Limit(StrEnum):
    """What limits a plan."""

    SITES = "sites"
    BUDGET = "budget"
    GROUP_MAX = "group_max"
    GROUP_MIN = "group_min"
    STANDARD = "standard"


# What may limit a plan besides: the least distance of sites, and the share that must be covered.
SPACING: Final = "spacing"
SHARE: Final = "share"


class Outcome(StrEnum):
    """What is known of a relaxation."""

    ENOUGH = "enough"
    NEVER = "never"
    UNKNOWN = "unknown"


class Loosening(StrEnum):
    """What one step more of a limit brings."""

    GAIN = "gain"
    USELESS = "useless"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"

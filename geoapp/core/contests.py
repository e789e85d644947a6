"""Contests of service projects: through which stages one goes, and what a cell of points says."""

import re
from enum import StrEnum
from typing import Final

from geoapp.core.i18n import Text


class ContestStage(StrEnum):
    """Where a contest stands; the order is that of the stages."""

    ENTRIES = "entries"
    REVIEW = "review"
    VOTES = "votes"
    RESULT = "result"


CONTEST_STAGE_TEXT = {
    ContestStage.ENTRIES: Text("报名", "entries"),
    ContestStage.REVIEW: Text("初审和专家评审", "review by experts"),
    ContestStage.VOTES: Text("职工投票", "workers vote"),
    ContestStage.RESULT: Text("结果已定", "result"),
}
LIST: Final = "; "
_POINTS: Final = re.compile(r"(.+?)\s*[:：\s]\s*(\d+(?:\.\d+)?)")


def may_follow(stage: ContestStage, now: ContestStage) -> bool:
    """Tell whether a contest may go from where it stands now to a stage: stay, or go on."""
    order = list(ContestStage)
    return order.index(stage) >= order.index(now)


def parse_points(part: str) -> tuple[str, float] | None:
    """Return the criterion and the points that a text such as ``方案合理 9.5`` states; None if none."""
    match = _POINTS.fullmatch(part)
    return None if match is None else (match[1].strip(), float(match[2]))

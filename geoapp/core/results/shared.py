"""What is shared with somebody without an account, until when, and whether it still is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from geoapp.core.i18n import Text


class Part(StrEnum):
    """What a link shows beside what everybody may see."""

    REPORT = "report"
    USE = "use"


PART_TEXT = {
    Part.REPORT: Text("每月的月报", "the report of each month"),
    Part.USE: Text("使用情况：到访、满意度、关爱活动", "use: visits, opinions, care events"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """A link that somebody made.

    Attributes
    ----------
    region
        None is the whole area.
    note
        For whom it was made.
    until
        The last day on which it opens.
    last_used
        The day on which it was opened last; None if never.
    revoked_at, revoked_by
        None while nobody has.
    by_right
        Whether whoever made it may still share this: else it opens nothing.
    """

    id: int
    region: str | None
    parts: frozenset[Part]
    note: str
    made_by: str
    made_at: datetime
    until: date
    last_used: date | None
    revoked_at: datetime | None
    revoked_by: str | None
    by_right: bool

    def stands(self, today: date) -> bool:
        """Tell whether it is neither revoked nor run out on a day."""
        return self.revoked_at is None and today <= self.until

"""How many new sites a region, or a type of host, must or may have."""

from dataclasses import dataclass

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

_ACCEPTED = Text(
    "代码=最少..最多，如 370203=1..3、370203=..3、370203=2",
    "CODE=LEAST..MOST, such as 370203=1..3, 370203=..3, 370203=2",
)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many new sites a region must or may have; None = no such limit."""

    least: int | None = None
    most: int | None = None

    @property
    def limits_nothing(self) -> bool:
        """Whether every number of sites keeps it."""
        return not self.least and self.most is None


def parse_quota(parameter: str, text: str) -> tuple[str, Quota]:
    """Return the code and the quota of such as ``370203=1..3``; a single number is exactly so many.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    code, equals, limits = text.rpartition("=")
    code = code.strip()
    ends = [one.strip() for one in limits.split("..")]
    if len(ends) == 1:
        ends *= 2
    if not (
        code
        and equals
        and len(ends) == 2
        and any(ends)
        and all(not one or (one.isascii() and one.isdecimal() and len(one) < 10) for one in ends)
    ):
        raise InvalidValueError(parameter, text, _ACCEPTED)
    least, most = (int(one) if one else None for one in ends)
    return code, Quota(least, most)

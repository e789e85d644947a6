"""Which regions lie in one, and in which it lies: for conditions of other queries, and as codes."""

from sqlalchemy import text
from sqlalchemy.orm import Session

REGIONS_BELOW = """
    with recursive below(code) as (
        select code from region where code = :region
        union all select r.code from region r join below b on r.parent_code = b.code
    ) select code from below
"""
# For conditions: thousands of codes as a value of the statement would be planned with anew each time.
WITHIN_REGION = f"{{column}} in ({REGIONS_BELOW})"
_ABOVE = text(
    """
    with recursive above(code, parent_code, step) as (
        select code, parent_code, 0 from region where code = :region
        union all
        select r.code, r.parent_code, a.step + 1 from region r join above a on r.code = a.parent_code
    ) select code from above order by step
    """
)


def codes_above(session: Session, code: str) -> list[str]:
    """Return a region's code and those of the regions that contain it, from the inside out."""
    return list(session.scalars(_ABOVE, {"region": code}))

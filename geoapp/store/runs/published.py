"""Named queries on publications: which coverage run is, or was, the official answer of a region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from geoapp.core.words import RunStatus
from geoapp.store.facilities.public import HAS_PAGE
from geoapp.store.models import Publication, Region, Run
from geoapp.store.region_tree import WITHIN_REGION

__all__ = [
    "ChangedFacility",
    "Publication",
    "add_publication",
    "changed_facilities",
    "in_force",
    "levels_of",
    "list_publications",
    "name_changed",
    "never_published",
    "of_run",
    "on_samples",
    "withdraw",
]

# A facility that was deleted leaves a row behind, so that its going counts as well.
_CHANGED = """
    select count(*) from (
        select f.id from facility f where f.rev > :since {within}
        union
        select t.facility_id from facility_tombstone t where t.rev > :since
    ) changed
"""


# The newest first; of one that is gone only its code is left.
_NAMED = f"""
    select code, name_zh, name_en, has_page from (
        select f.code, f.name_zh, f.name_en, f.{HAS_PAGE} as has_page, f.rev
        from facility f where f.rev > :since {{within}}
        union all
        select t.code, null, null, false, t.rev from facility_tombstone t where t.rev > :since
            and not exists (select from facility f where f.id = t.facility_id)
    ) changed order by rev desc, code limit :most
"""


# A run keeps the code of the demand that it took.
_ON_SAMPLES = text(
    "select r.id from run r join demand_set d on d.code = r.inputs ->> 'demand' "
    "where r.id = any(:runs) and d.is_sample"
)


@dataclass(frozen=True, slots=True)
class ChangedFacility:
    """A facility that was added, changed or removed; without a name it is gone.

    ``has_page`` where everybody may read a page on it.
    """

    code: str
    name_zh: str | None
    name_en: str | None
    has_page: bool


def never_published(session: Session, kind: str, limit: int) -> list[Run]:
    """Return the newest runs of a kind that succeeded and were never published, newest first."""
    published = select(Publication.id).where(Publication.run_id == Run.id).exists()
    found = select(Run).where(Run.kind == kind, Run.status == RunStatus.SUCCEEDED, ~published)
    return list(session.scalars(found.order_by(Run.id.desc()).limit(limit)))


def add_publication(
    session: Session, region: str | None, run_id: int, by: str | None, note: str | None
) -> Publication:
    """Make a run the official answer of a region from now on."""
    made = Publication(region_code=region, run_id=run_id, published_by=by, note=note)
    session.add(made)
    session.flush()
    session.refresh(made)
    return made


def in_force(session: Session, at: datetime | None = None) -> dict[str | None, Publication]:
    """Return by region the publication that was official at a moment (None: now).

    One that is withdrawn leaves the place to the one before it.
    """
    moment = func.clock_timestamp() if at is None else at
    rows = session.scalars(
        select(Publication)
        .where(
            Publication.published_at <= moment,
            or_(Publication.withdrawn_at.is_(None), Publication.withdrawn_at > moment),
        )
        .ext(distinct_on(Publication.region_code))
        .order_by(Publication.region_code, Publication.published_at.desc(), Publication.id.desc())
    )
    return {one.region_code: one for one in rows}


def list_publications(session: Session, limit: int) -> list[Publication]:
    """Return what was published, the newest first."""
    return list(session.scalars(select(Publication).order_by(Publication.id.desc()).limit(limit)))


def history(session: Session, regions: Sequence[str]) -> list[Publication]:
    """Return what was ever published for some regions or for the whole area, the oldest first."""
    return list(
        session.scalars(
            select(Publication)
            .where(or_(Publication.region_code.is_(None), Publication.region_code.in_(regions)))
            .order_by(Publication.published_at, Publication.id)
        )
    )


def of_run(session: Session, run_id: int) -> Publication | None:
    """Return the newest publication of a run."""
    return session.scalars(
        select(Publication)
        .where(Publication.run_id == run_id)
        .order_by(Publication.id.desc())
        .limit(1)
    ).one_or_none()


def on_samples(session: Session, runs: Sequence[int]) -> frozenset[int]:
    """Return which of some runs took a demand that is generated."""
    return frozenset(session.scalars(_ON_SAMPLES, {"runs": list(runs)}))


def withdraw(session: Session, number: int, by: str | None) -> bool:
    """Take a publication back; False if there is none of this number in force."""
    withdrawn = session.execute(
        update(Publication)
        .where(Publication.id == number, Publication.withdrawn_at.is_(None))
        .values(withdrawn_at=func.clock_timestamp(), withdrawn_by=by)
        .returning(Publication.id)
    )
    return withdrawn.scalar_one_or_none() is not None


def levels_of(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """Return the levels of regions by code."""
    rows = session.execute(select(Region.code, Region.level).where(Region.code.in_(codes)))
    return {code: level for code, level in rows}


def changed_facilities(session: Session, since: int, region: str | None) -> int:
    """Return how many facilities were added, changed or removed after a version of the data.

    Parameters
    ----------
    since
        The counter of the facilities, as a run keeps it.
    region
        Only those in it or of unknown region, and all that were removed; None is everywhere.
    """
    within, values = _within(region)
    asked = text(_CHANGED.format(within=within))
    return int(session.execute(asked, {"since": since, **values}).scalar_one())


def name_changed(
    session: Session, since: int, region: str | None, most: int
) -> list[ChangedFacility]:
    """Return the newest of those that `changed_facilities` counts."""
    within, values = _within(region)
    asked = text(_NAMED.format(within=within))
    rows = session.execute(asked, {"since": since, "most": most, **values})
    return [ChangedFacility(*row) for row in rows]


def _within(region: str | None) -> tuple[str, dict[str, Any]]:
    if region is None:
        return "", {}
    inside = WITHIN_REGION.format(column="f.region_code")
    return f"and (f.region_code is null or {inside})", {"region": region}

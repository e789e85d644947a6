"""Named queries on who signed in or tried to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.core.sign_ins import Outcome, Way
from geoapp.store.models import SignIn

__all__ = ["SignIn", "SignInFilter", "add_sign_in", "forget_sign_ins", "list_sign_ins"]


@dataclass(frozen=True, slots=True)
class SignInFilter:
    """Which attempts; None asks nothing. ``before`` is the number of one: what is earlier."""

    name: str | None = None
    ways: tuple[Way, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def add_sign_in(session: Session, row: SignIn, *, once_since: datetime | None = None) -> None:
    """Note an attempt. What let nobody in joins the row of its hour.

    Parameters
    ----------
    once_since
        Do not note it where the same was noted from the same network since then.
    """
    given = {
        "name": row.name,
        "way": row.way,
        "outcome": row.outcome,
        "network": row.network,
        "device": row.device,
        "key_name": row.key_name,
    }
    if once_since is not None:
        same = select(SignIn.id).where(
            SignIn.at >= once_since,
            *(getattr(SignIn, name) == value for name, value in given.items() if name != "device"),
        )
        if session.scalar(same.limit(1)) is not None:
            return
    if row.outcome == Outcome.IN:
        session.execute(insert(SignIn).values(given))
        return
    new = insert(SignIn).values(given | {"hour": func.date_trunc("hour", func.now())})
    session.execute(
        new.on_conflict_do_update(
            constraint="sign_in_gathered",
            set_={
                "tries": SignIn.tries + 1,
                "at": func.greatest(SignIn.at, func.now()),
                "device": new.excluded.device,
            },
        )
    )


def list_sign_ins(session: Session, wanted: SignInFilter, limit: int) -> list[SignIn]:
    """Return attempts, the latest first, at most ``limit``."""
    found = select(SignIn).order_by(SignIn.at.desc(), SignIn.id.desc()).limit(limit)
    if wanted.name is not None:
        found = found.where(SignIn.name == wanted.name)
    if wanted.ways:
        found = found.where(SignIn.way.in_(wanted.ways))
    if wanted.outcomes:
        found = found.where(SignIn.outcome.in_(wanted.outcomes))
    if wanted.since is not None:
        found = found.where(SignIn.at >= wanted.since)
    if wanted.until is not None:
        found = found.where(SignIn.first_at < wanted.until)
    if wanted.before is not None:
        last = select(SignIn.at, SignIn.id).where(SignIn.id == wanted.before).subquery()
        found = found.where(
            tuple_(SignIn.at, SignIn.id) < select(last.c.at, last.c.id).scalar_subquery()
        )
    return list(session.scalars(found))


def forget_sign_ins(session: Session, days: int) -> None:
    """Delete what is older than so many days."""
    age = text("make_interval(days => :days)").bindparams(days=days)
    session.execute(delete(SignIn).where(SignIn.at < func.now() - age))

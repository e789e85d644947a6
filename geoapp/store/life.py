"""Which life of the store this is: it gets another whenever it is brought back from a backup."""

import uuid

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.store.models import StoreLife

# More than was ever stamped in a life that is lost. What is stamped anew goes on from there, so that
# nobody's older form, or an ETag, names a version that has another content now.
LEAP = 2**32


def life_of(session: Session) -> uuid.UUID | None:
    """Return which life this is; None just after the store was brought back."""
    return session.scalar(select(StoreLife.id))


def begin_life(session: Session) -> None:
    """Give the store a life, unless another process does so at the same moment."""
    session.execute(insert(StoreLife).values(one=True).on_conflict_do_nothing())


def leap_versions(session: Session) -> None:
    """Stamp from now on with versions that no life before has reached."""
    session.execute(
        text(
            "update data_version set version = version + :leap "
            "where name in ('facilities', 'organisations')"
        ),
        {"leap": LEAP},
    )
    session.execute(
        text("select setval('record_version', last_value + :leap) from record_version"),
        {"leap": LEAP},
    )

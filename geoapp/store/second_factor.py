"""Named queries on second factors and their recovery codes."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from geoapp.store.models import RecoveryCode, SecondFactor

__all__ = [
    "SecondFactor",
    "count_recovery_codes",
    "delete_factor",
    "factor_of",
    "put_recovery_codes",
    "put_unconfirmed",
    "use_recovery_code",
]


def factor_of(session: Session, user_id: int) -> SecondFactor | None:
    """Return a user's second factor, confirmed or not; nobody else changes it meanwhile."""
    found = select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    return session.scalars(found).one_or_none()


def put_unconfirmed(session: Session, user_id: int, secret: str) -> None:
    """Store a new secret, that counts once it is confirmed, instead of any older one."""
    delete_factor(session, user_id)
    session.execute(insert(SecondFactor).values(user_id=user_id, secret=secret))


def delete_factor(session: Session, user_id: int) -> None:
    """Delete a user's second factor with its recovery codes."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def put_recovery_codes(session: Session, user_id: int, hashes: Sequence[bytes]) -> None:
    """Store recovery codes instead of those there were."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(
        insert(RecoveryCode), [{"user_id": user_id, "code_hash": one} for one in hashes]
    )


def use_recovery_code(session: Session, user_id: int, code_hash: bytes) -> bool:
    """Use a recovery code up, and tell whether there was one."""
    gone = session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash)
        .returning(RecoveryCode.user_id)
    )
    return gone.first() is not None


def count_recovery_codes(session: Session, user_id: int) -> int:
    """Return how many recovery codes are left."""
    counted = select(func.count()).where(RecoveryCode.user_id == user_id)
    return int(session.execute(counted).scalar_one())

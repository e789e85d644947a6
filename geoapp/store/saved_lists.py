"""Named queries on lists that stewards keep under a name."""

from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from geoapp.store.models import AppUser, SavedList

__all__ = [
    "KeptList",
    "SavedList",
    "add_saved_list",
    "count_own_lists",
    "delete_saved_list",
    "find_own_list",
    "has_own_list",
    "visible_lists",
]


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list as somebody sees it: ``query`` is what it asks, ``owner`` whose it is."""

    number: int
    name: str
    query: str
    is_shared: bool
    owner: str
    is_own: bool


def visible_lists(session: Session, user_id: int) -> list[KeptList]:
    """Return somebody's own lists by name, and then those that others share."""
    is_own = SavedList.user_id == user_id
    rows = session.execute(
        select(SavedList, AppUser.name)
        .join(AppUser, AppUser.id == SavedList.user_id)
        .where(or_(is_own, SavedList.is_shared))
        .order_by(is_own.desc(), SavedList.name, SavedList.id)
    )
    return [
        KeptList(one.id, one.name, one.query, one.is_shared, owner, one.user_id == user_id)
        for one, owner in rows
    ]


def count_own_lists(session: Session, user_id: int) -> int:
    """Return how many lists somebody keeps."""
    asked = select(func.count()).select_from(SavedList).where(SavedList.user_id == user_id)
    return session.scalars(asked).one()


def has_own_list(session: Session, user_id: int, name: str, besides: int | None = None) -> bool:
    """Tell whether somebody has a list of this name, other than one."""
    asked = select(SavedList.id).where(SavedList.user_id == user_id, SavedList.name == name)
    return any(number != besides for number in session.scalars(asked))


def add_saved_list(
    session: Session, user_id: int, name: str, query: str, *, is_shared: bool
) -> None:
    """Keep a list."""
    session.add(SavedList(user_id=user_id, name=name, query=query, is_shared=is_shared))
    session.flush()


def find_own_list(session: Session, user_id: int, number: int) -> SavedList | None:
    """Return somebody's own list, to be changed."""
    asked = select(SavedList).where(SavedList.id == number, SavedList.user_id == user_id)
    return session.scalars(asked.with_for_update()).one_or_none()


def delete_saved_list(session: Session, user_id: int, number: int) -> bool:
    """Delete somebody's own list, and tell whether there was one."""
    gone = session.execute(
        delete(SavedList)
        .where(SavedList.id == number, SavedList.user_id == user_id)
        .returning(SavedList.id)
    )
    return gone.first() is not None

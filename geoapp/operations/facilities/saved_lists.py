"""Lists of facilities under a name: kept by their owner, shared with all stewards if he likes."""

from typing import Final

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_LIST_CHARACTERS, MOST_LISTS
from geoapp.store import saved_lists as store
from geoapp.store.engine import Database, Session
from geoapp.store.saved_lists import KeptList

_LIST: Final = Text("保存的清单", "saved list")


def kept_lists(database: Database, user_id: int) -> list[KeptList]:
    """Return somebody's own lists by name, and then those that others share."""
    with database.snapshot() as session:
        return store.visible_lists(session, user_id)


def keep_list(database: Database, user_id: int, name: str, query: str, *, is_shared: bool) -> None:
    """Keep what is listed under a name.

    Raises
    ------
    InvalidValueError
        If the name is empty or too long.
    ConflictError
        If one's own list of this name is there already.
    UnusableInputError
        If there are too many.
    """
    name = _checked(name)
    with database.session() as session:
        if store.count_own_lists(session, user_id) >= MOST_LISTS:
            raise UnusableInputError(
                Text(
                    f"您已保存 {MOST_LISTS} 个清单，请先删除不用的。",
                    f"You keep {MOST_LISTS} lists, which is the most: delete one first.",
                )
            )
        _refuse_taken(session, user_id, name)
        store.add_saved_list(session, user_id, name, query, is_shared=is_shared)


def change_list(
    database: Database, user_id: int, number: int, name: str, *, is_shared: bool
) -> None:
    """Give one's own list another name, share it, or share it no longer.

    Raises
    ------
    InvalidValueError
        If the name is empty or too long.
    ConflictError
        If one's own list of this name is there already.
    NotFoundError
        If it is not there, or is another's.
    """
    name = _checked(name)
    with database.session() as session:
        row = store.find_own_list(session, user_id, number)
        if row is None:
            raise NotFoundError(_LIST, str(number))
        _refuse_taken(session, user_id, name, besides=number)
        row.name, row.is_shared = name, is_shared


def forget_list(database: Database, user_id: int, number: int) -> None:
    """Delete one's own list; the facilities stay.

    Raises
    ------
    NotFoundError
        If it is not there, or is another's.
    """
    with database.session() as session:
        if not store.delete_saved_list(session, user_id, number):
            raise NotFoundError(_LIST, str(number))


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MOST_LIST_CHARACTERS:
        accepted = Text(
            f"1 到 {MOST_LIST_CHARACTERS} 个字符的名称",
            f"a name of 1 to {MOST_LIST_CHARACTERS} characters",
        )
        raise InvalidValueError("name", name, accepted)
    return name


def _refuse_taken(session: Session, user_id: int, name: str, besides: int | None = None) -> None:
    if store.has_own_list(session, user_id, name, besides):
        raise ConflictError(
            Text(
                f"您已有名为“{name}”的清单，请换一个名称。",
                f"You have a list called {name!r}: choose another name.",
            )
        )

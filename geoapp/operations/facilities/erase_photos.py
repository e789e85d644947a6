"""Pictures that no facility shows any more: looked at, and erased for good."""

import re

from geoapp.core.errors import ConflictError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.store.engine import Database
from geoapp.store.facilities import photos as store
from geoapp.store.facilities.photos import RemovedPicture

_PICTURE = Text("照片", "photo")
_HASH = re.compile(r"[0-9a-f]{64}")


def list_removed(database: Database) -> list[RemovedPicture]:
    """Return the pictures that no facility shows, and those erased, the latest first."""
    with database.snapshot() as session:
        return store.removed_pictures(session)


def read_removed(database: Database, named: str) -> bytes:
    """Return a picture that no facility shows as JPEG.

    Parameters
    ----------
    named
        Its SHA-256, hexadecimal.

    Raises
    ------
    NotFoundError
        If there is none of that name, or it was erased.
    """
    with database.snapshot() as session:
        pictures = store.removed_pictures(session)
        kept = {one.hash for one in pictures if one.is_kept and not one.is_shown}
        if named not in kept:
            raise NotFoundError(_PICTURE, named[:20])
        return store.photo_bytes(session, named)


def erase_photo(database: Database, named: str, by: str) -> None:
    """Erase a picture that no facility shows: no undo brings it back.

    Parameters
    ----------
    named
        Its SHA-256, hexadecimal.

    Raises
    ------
    NotFoundError
        If there is none of that name, or it was erased before.
    ConflictError
        If a facility shows it.
    """
    if _HASH.fullmatch(named) is None:
        raise NotFoundError(_PICTURE, named[:20])
    with database.session() as session:
        shown = store.picture_is_shown(session, named)
        if shown is None:
            raise NotFoundError(_PICTURE, named[:20])
        if shown:
            raise ConflictError(
                Text(
                    "还有设施在用这张照片；先从设施上拿掉，再永久删除。",
                    "A facility shows this photo; remove it there before erasing it for good.",
                )
            )
        store.erase_picture(session, named, by)

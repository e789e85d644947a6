"""Photos of a facility: added, described, ordered and removed; each a change that can be undone."""

from hashlib import sha256
from typing import Literal, TypedDict

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CAPTION_CHARACTERS, MOST_PHOTOS
from geoapp.importers.formats.table import bad_character
from geoapp.importers.photos import read_photo
from geoapp.operations.facilities.read import PUBLIC_STATUSES, found_facility
from geoapp.operations.stale import refuse_stale
from geoapp.store.engine import Database, Session
from geoapp.store.facilities import photos as store
from geoapp.store.facilities.photos import PhotoRecord
from geoapp.store.facilities.read import facility_by_code

_PHOTO = Text("照片", "photo")
_FACILITY = Text("站点", "facility")
Step = Literal["earlier", "later"]


class PhotoChanges(TypedDict, total=False):
    """What is changed of what is said of a photo."""

    caption_zh: str | None
    caption_en: str | None
    public: bool


def read_photo_file(
    database: Database, number: int, named: str, *, unpublished: bool
) -> tuple[PhotoRecord, bytes]:
    """Return a photo and its picture as JPEG.

    Parameters
    ----------
    named
        How its hash begins, as its address has it.

    Raises
    ------
    NotFoundError
        If there is no such photo, or it may not be seen.
    """
    with database.snapshot() as session:
        found = store.photo_and_status(session, number)
        if found is None or not found[0].hash.startswith(named):
            raise NotFoundError(_PHOTO, str(number))
        photo, status = found
        if not unpublished and not (photo.is_public and status in PUBLIC_STATUSES):
            raise NotFoundError(_PHOTO, str(number))
        return photo, store.photo_bytes(session, photo.hash)


def list_photos(database: Database, code: str, *, unpublished: bool) -> list[PhotoRecord]:
    """Return a facility's photos in their order.

    Raises
    ------
    NotFoundError
        If there is no such facility, or it is not published and may not be seen.
    """
    with database.snapshot() as session:
        found_facility(session, code, unpublished=unpublished)
        return store.photos_of(session, code, public_only=not unpublished)


def add_photo(
    database: Database,
    code: str,
    content: bytes,
    caption_zh: str,
    caption_en: str,
    *,
    is_public: bool,
) -> int:
    """Store a photo of a facility after its others; return its number.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    UnusableInputError
        If it is no picture that can be read.
    InvalidValueError
        If a caption is too long.
    ConflictError
        If the facility has this picture already, or `MOST_PHOTOS`.
    """
    captions = _captions(caption_zh, caption_en)
    photo = read_photo(content)  # before the store is held up
    with database.session() as session:
        facility = facility_by_code(session, code, for_update=True)
        if facility is None:
            raise NotFoundError(_FACILITY, code)
        there = store.photos_of(session, code, public_only=False)
        same = next((one for one in there if one.hash == sha256(photo.jpeg).hexdigest()), None)
        if same is not None:
            raise ConflictError(
                Text(
                    f"这处设施已有这张照片（{same.id} 号），没有再存一份；说明可以改。",
                    f"The facility has this photo already (number {same.id}); it was not stored "
                    "again. What is said of it may be changed.",
                )
            )
        if len(there) >= MOST_PHOTOS:
            raise ConflictError(
                Text(
                    f"一处设施最多 {MOST_PHOTOS} 张照片。",
                    f"A facility has {MOST_PHOTOS} photos at most.",
                )
            )
        size_px = photo.width_px, photo.height_px
        return store.add_photo(
            session, facility.id, photo.jpeg, size_px, captions, is_public=is_public
        )


def describe_photo(
    database: Database, number: int, caption_zh: str, caption_en: str, *, is_public: bool
) -> str:
    """Store what is said of a photo and whether everybody may see it; return its facility's code.

    Raises
    ------
    NotFoundError
        If there is no such photo.
    InvalidValueError
        If a caption is too long.
    """
    captions = _captions(caption_zh, caption_en)
    with database.session() as session:
        photo = _found(session, number)
        store.change_photo(session, number, captions, is_public=is_public)
        return photo.facility


def move_photo(database: Database, number: int, step: Step) -> str:
    """Let a photo stand one place earlier or later; return its facility's code.

    Raises
    ------
    NotFoundError
        If there is no such photo.
    """
    with database.session() as session:
        photo = _found(session, number)
        numbers = [one.id for one in store.photos_of(session, photo.facility, public_only=False)]
        place = numbers.index(number)
        other = max(0, min(len(numbers) - 1, place + (1 if step == "later" else -1)))
        numbers.insert(other, numbers.pop(place))
        store.order_photos(session, numbers)
        return photo.facility


def remove_photo(database: Database, number: int) -> str:
    """Remove a photo, which an undo brings back; return its facility's code.

    Raises
    ------
    NotFoundError
        If there is no such photo.
    """
    with database.session() as session:
        photo = _found(session, number)
        store.delete_photo(session, number)
        return photo.facility


def change_photo_of(
    database: Database,
    code: str,
    number: int,
    changes: PhotoChanges,
    *,
    expected_rev: int | None,
) -> PhotoRecord:
    """Change what is said of a facility's photo; what is left out stays, a caption of None goes.

    Raises
    ------
    NotFoundError
        If there is no such facility, or it has no such photo.
    ConflictError
        If somebody else has changed the facility since ``expected_rev``.
    InvalidValueError
        If a caption is too long.
    """
    with database.session() as session:
        photo = _photo_of(session, code, number, expected_rev)
        captions = _captions(
            changes.get("caption_zh", photo.caption_zh) or "",
            changes.get("caption_en", photo.caption_en) or "",
        )
        public = changes.get("public", photo.is_public)
        store.change_photo(session, number, captions, is_public=public)
        return _found(session, number)


def remove_photo_of(
    database: Database, code: str, number: int, *, expected_rev: int | None
) -> None:
    """Remove a facility's photo, which an undo brings back.

    Raises
    ------
    NotFoundError
        If there is no such facility, or it has no such photo.
    ConflictError
        If somebody else has changed the facility since ``expected_rev``.
    """
    with database.session() as session:
        _photo_of(session, code, number, expected_rev)
        store.delete_photo(session, number)


def _photo_of(session: Session, code: str, number: int, expected_rev: int | None) -> PhotoRecord:
    facility = facility_by_code(session, code, for_update=True)
    if facility is None:
        raise NotFoundError(_FACILITY, code)
    photo = _found(session, number)
    if photo.facility != code:
        raise NotFoundError(_PHOTO, str(number))
    refuse_stale(code, facility.rev, expected_rev)
    return photo


def _found(session: Session, number: int) -> PhotoRecord:
    found = store.photo_and_status(session, number)
    if found is None:
        raise NotFoundError(_PHOTO, str(number))
    return found[0]


def _captions(zh: str, en: str) -> tuple[str | None, str | None]:
    for name, caption in (("caption_zh", zh), ("caption_en", en)):
        if len(caption) > MOST_CAPTION_CHARACTERS or bad_character(caption):
            most = MOST_CAPTION_CHARACTERS
            accepted = Text(f"至多 {most} 个字符的文字", f"a text of at most {most} characters")
            raise InvalidValueError(name, caption[:40], accepted)
    return zh.strip() or None, en.strip() or None

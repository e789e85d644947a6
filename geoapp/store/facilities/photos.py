"""Named queries on photos of facilities."""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.store.models import Facility, FacilityPhoto, PhotoContent


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """A photo without its bytes; ``hash`` names them (SHA-256, hexadecimal)."""

    id: int
    facility: str
    hash: str
    width_px: int
    height_px: int
    caption_zh: str | None
    caption_en: str | None
    is_public: bool


_COLUMNS = (
    FacilityPhoto.id,
    Facility.code,
    func.encode(FacilityPhoto.content_hash, "hex"),
    PhotoContent.width_px,
    PhotoContent.height_px,
    FacilityPhoto.caption_zh,
    FacilityPhoto.caption_en,
    FacilityPhoto.is_public,
)


def photos_of(session: Session, code: str, *, public_only: bool) -> list[PhotoRecord]:
    """Return a facility's photos in their order."""
    query = (
        select(*_COLUMNS)
        .join(Facility, Facility.id == FacilityPhoto.facility_id)
        .join(PhotoContent, PhotoContent.hash == FacilityPhoto.content_hash)
        .where(Facility.code == code)
        .order_by(FacilityPhoto.sort, FacilityPhoto.id)
    )
    if public_only:
        query = query.where(FacilityPhoto.is_public)
    return [PhotoRecord(*row) for row in session.execute(query)]


def photo_and_status(session: Session, number: int) -> tuple[PhotoRecord, str] | None:
    """Return a photo and its facility's status; None if there is none of this number."""
    row = session.execute(
        select(*_COLUMNS, Facility.status)
        .join(Facility, Facility.id == FacilityPhoto.facility_id)
        .join(PhotoContent, PhotoContent.hash == FacilityPhoto.content_hash)
        .where(FacilityPhoto.id == number)
    ).one_or_none()
    return None if row is None else (PhotoRecord(*row[:-1]), row[-1])


def photo_bytes(session: Session, hexadecimal: str) -> bytes:
    """Return the picture that a hash names, as JPEG."""
    content = bytes.fromhex(hexadecimal)
    return session.scalars(select(PhotoContent.jpeg).where(PhotoContent.hash == content)).one()


def add_photo(
    session: Session,
    facility_id: int,
    jpeg: bytes,
    size_px: tuple[int, int],
    captions: tuple[str | None, str | None],
    *,
    is_public: bool,
) -> int:
    """Store a photo after the facility's others; return its number."""
    digest = sha256(jpeg).digest()
    session.execute(
        insert(PhotoContent)
        .values(hash=digest, jpeg=jpeg, width_px=size_px[0], height_px=size_px[1])
        .on_conflict_do_nothing()
    )
    last = (
        select(func.coalesce(func.max(FacilityPhoto.sort), 0) + 1)
        .where(FacilityPhoto.facility_id == facility_id)
        .scalar_subquery()
    )
    return session.scalars(
        insert(FacilityPhoto)
        .values(
            facility_id=facility_id,
            content_hash=digest,
            caption_zh=captions[0],
            caption_en=captions[1],
            is_public=is_public,
            sort=last,
        )
        .returning(FacilityPhoto.id)
    ).one()


def change_photo(
    session: Session, number: int, captions: tuple[str | None, str | None], *, is_public: bool
) -> None:
    """Store what is said of a photo, and who may see it."""
    session.execute(
        update(FacilityPhoto)
        .where(FacilityPhoto.id == number)
        .values(caption_zh=captions[0], caption_en=captions[1], is_public=is_public)
    )


def order_photos(session: Session, numbers: list[int]) -> None:
    """Store in which order photos stand."""
    for place, number in enumerate(numbers, start=1):
        session.execute(
            update(FacilityPhoto)
            .where(FacilityPhoto.id == number, FacilityPhoto.sort != place)
            .values(sort=place)
        )


def delete_photo(session: Session, number: int) -> None:
    """Delete a photo; its bytes stay, so that an undo brings it back."""
    session.execute(delete(FacilityPhoto).where(FacilityPhoto.id == number))

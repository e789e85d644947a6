"""Named queries on photos of facilities."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, or_, select, text, update
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

# What was erased and given anew is shown by photos that were added since, never by older ones.
_IS_KEPT = or_(PhotoContent.erased_at.is_(None), FacilityPhoto.added_at > PhotoContent.erased_at)


def photos_of(session: Session, code: str, *, public_only: bool) -> list[PhotoRecord]:
    """Return a facility's photos in their order."""
    query = (
        select(*_COLUMNS)
        .join(Facility, Facility.id == FacilityPhoto.facility_id)
        .join(PhotoContent, PhotoContent.hash == FacilityPhoto.content_hash)
        .where(Facility.code == code, _IS_KEPT)
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
        .where(FacilityPhoto.id == number, _IS_KEPT)
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
    """Store a photo after the facility's others; return its number.

    A picture that was erased and is given anew is kept again; that it was erased stays written down.
    """
    digest = sha256(jpeg).digest()
    session.execute(
        insert(PhotoContent)
        .values(hash=digest, jpeg=jpeg, width_px=size_px[0], height_px=size_px[1])
        .on_conflict_do_update(
            index_elements=["hash"],
            set_={"jpeg": jpeg},
            where=func.octet_length(PhotoContent.jpeg) == 0,
        )
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
            added_at=func.clock_timestamp(),  # after an erasure that was waited for
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


@dataclass(frozen=True, slots=True)
class RemovedPicture:
    """A picture that no facility shows any more.

    Attributes
    ----------
    facilities
        The codes of those that showed it, whoever removed it last first; without those that are gone.
    removed_at, removed_by
        When the photo was removed, and by whom.
    erased_at, erased_by
        When its bytes were erased for good, and by whom; None if they never were.
    is_kept
        Whether its bytes are there: never erased, or given anew since.
    is_shown
        Whether a facility shows it; of those that are kept, only one given anew can be.
    """

    hash: str
    facilities: tuple[str, ...]
    removed_at: datetime | None
    removed_by: str | None
    erased_at: datetime | None
    erased_by: str | None
    is_kept: bool
    is_shown: bool


def removed_pictures(session: Session) -> list[RemovedPicture]:
    """Return the pictures that no facility shows, and those erased, the latest first."""
    query = text(
        """
        with removed as (
            select distinct on (c.before ->> 'content_hash') c.before ->> 'content_hash' as hash,
                s.at, s.actor
            from change c join change_set s on s.id = c.set_id
            where c.table_name = 'facility_photo' and c.op = 'delete'
            order by c.before ->> 'content_hash', c.set_id desc, c.seq desc
        ), places as (
            select hash, array_agg(code order by last desc, code) as codes
            from (select c.before ->> 'content_hash' as hash, f.code, max(c.seq) as last
                from change c join facility f on f.id = cast(c.before ->> 'facility_id' as bigint)
                where c.table_name = 'facility_photo' and c.op = 'delete'
                group by c.before ->> 'content_hash', f.code) each
            group by hash
        )
        select encode(p.hash, 'hex'), coalesce(places.codes, '{}'), r.at, r.actor, p.erased_at, p.erased_by,
            octet_length(p.jpeg) > 0, shown.yes
        from photo_content p
        cross join lateral (select exists (select from facility_photo o
            where o.content_hash = p.hash
            and (p.erased_at is null or o.added_at > p.erased_at)) as yes) shown
        left join removed r on r.hash = concat(chr(92), 'x', encode(p.hash, 'hex'))
        left join places on places.hash = r.hash
        where p.erased_at is not null or not shown.yes
        order by coalesce(p.erased_at, r.at) desc nulls last, p.hash
        """
    )
    return [
        RemovedPicture(named, tuple(codes), *rest) for named, codes, *rest in session.execute(query)
    ]


def picture_is_shown(session: Session, hexadecimal: str) -> bool | None:
    """Tell whether a facility shows a picture, kept from changing; None if its bytes are not kept."""
    content = bytes.fromhex(hexadecimal)
    kept = session.execute(
        select(PhotoContent.hash)
        .where(PhotoContent.hash == content, func.octet_length(PhotoContent.jpeg) > 0)
        .with_for_update()
    ).one_or_none()
    if kept is None:
        return None
    shows = (
        select(FacilityPhoto.id)
        .join(PhotoContent, PhotoContent.hash == FacilityPhoto.content_hash)
        .where(FacilityPhoto.content_hash == content, _IS_KEPT)
        .limit(1)
    )
    return session.scalars(shows).one_or_none() is not None


def erase_picture(session: Session, hexadecimal: str, by: str | None) -> None:
    """Erase a picture's bytes for good, and write down when and by whom."""
    session.execute(
        update(PhotoContent)
        .where(PhotoContent.hash == bytes.fromhex(hexadecimal))
        .values(jpeg=b"", erased_at=func.clock_timestamp(), erased_by=by)
    )


def delete_photo(session: Session, number: int) -> None:
    """Delete a photo; its bytes stay, so that an undo brings it back."""
    session.execute(delete(FacilityPhoto).where(FacilityPhoto.id == number))

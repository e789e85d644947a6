"""What the log names by a hash alone: whether it was erased for good, or is there again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.history.net import Image


@dataclass(frozen=True, slots=True)
class _Content:
    """Where the contents of a logged table are kept, and to what a row of it belongs."""

    column: str
    kept_in: str
    key: str
    kind: str
    owner: str
    owners: str


_CONTENTS: Final = {
    "facility_photo": _Content(
        *("content_hash", "photo_content", "hash", "bytea"), owner="facility_id", owners="facility"
    ),
    "application_document": _Content(
        *("sha256", "document_file", "sha256", "text"), owner="application_id", owners="application"
    ),
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """When a content was erased for good, and by whom."""

    at: datetime
    by: str | None


def content_of(table: str, image: Image) -> str | None:
    """Return the hash of the content that a logged row names; None if its table names none."""
    known = _CONTENTS.get(table)
    return None if known is None else image.get(known.column)


def owner_and_content(table: str, image: Image) -> tuple[str, str] | None:
    """Return what a row belongs to and the hash of its content; None if its table names none."""
    known = _CONTENTS.get(table)
    return None if known is None else (str(image[known.owner]), str(image[known.column]))


def erased_since(
    session: Session, table: str, hashes: Collection[str], moment: datetime
) -> dict[str, Erasure]:
    """Return the contents that were erased after a moment, by hash; kept from changing until the end.

    Content is erased only while nothing shows it. So what was removed before an erasure named what
    is gone, though the same bytes were given anew since.
    """
    known = _CONTENTS.get(table)
    if known is None or not hashes:
        return {}
    rows = session.execute(
        text(
            f"select cast({known.key} as text), erased_at, erased_by from {known.kept_in} "
            f"where {known.key} = any(cast(cast(:hashes as text[]) as {known.kind}[])) "
            "and erased_at > :moment for share"
        ),
        {"hashes": sorted(hashes), "moment": moment},
    )
    return {name: Erasure(at, by) for name, at, by in rows}


def there_already(
    session: Session, table: str, wanted: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return those of some pairs of owner and content that are there, under whatever number.

    Nothing is added to the owners until the end of the transaction.
    """
    known = _CONTENTS.get(table)
    if known is None or not wanted:
        return set()
    values = {
        "owners": sorted({int(owner) for owner, _ in wanted}),
        "hashes": sorted({content for _, content in wanted}),
    }
    session.execute(
        text(f"select from {known.owners} where id = any(:owners) order by id for update"), values
    )
    rows = session.execute(
        text(
            f"select cast({known.owner} as text), cast({known.column} as text) from {table} "
            f"where {known.owner} = any(:owners) "
            f"and {known.column} = any(cast(cast(:hashes as text[]) as {known.kind}[]))"
        ),
        values,
    )
    return {(owner, content) for owner, content in rows} & set(wanted)

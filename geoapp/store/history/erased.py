"""What the log names by a hash alone, and whether it was erased for good."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.history.net import Image

# By logged table: its column that names a content; the table, key and type by which that is kept.
CONTENTS: Final = {
    "facility_photo": ("content_hash", "photo_content", "hash", "bytea"),
    "application_document": ("sha256", "document_file", "sha256", "text"),
}


@dataclass(frozen=True, slots=True)
class Erasure:
    """When a content was erased for good, and by whom."""

    at: datetime
    by: str | None


def content_of(table: str, image: Image) -> str | None:
    """Return the hash of the content that a logged row names; None if its table names none."""
    known = CONTENTS.get(table)
    return None if known is None else image.get(known[0])


def erased_since(
    session: Session, table: str, hashes: Collection[str], moment: datetime
) -> dict[str, Erasure]:
    """Return the contents that were erased after a moment, by hash; kept from changing until the end.

    Content is erased only while nothing shows it. So what was removed before an erasure named what
    is gone, though the same bytes were given anew since.
    """
    known = CONTENTS.get(table)
    if known is None or not hashes:
        return {}
    _, store, key, kind = known
    rows = session.execute(
        text(
            f"select cast({key} as text), erased_at, erased_by from {store} "
            f"where {key} = any(cast(cast(:hashes as text[]) as {kind}[])) and erased_at > :moment "
            "for share"
        ),
        {"hashes": sorted(hashes), "moment": moment},
    )
    return {name: Erasure(at, by) for name, at, by in rows}

"""Files that somebody is about to import in the browser, kept for their owner alone for some days."""

import unicodedata
from pathlib import Path
from typing import Any, Final

from geoapp.core.errors import InvalidValueError, NotFoundError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import DRAFT_DAYS, MOST_DRAFT_BYTES, MOST_DRAFTS
from geoapp.store.engine import Database, Session
from geoapp.store.import_drafts import (
    DraftKind,
    ImportDraft,
    add_draft,
    delete_draft,
    find_draft,
    list_drafts,
    sweep_drafts,
)

_MOST_NAME: Final = 100
DRAFT: Final = Text("导入草稿", "draft of an import")


def checked_name(name: str, content: bytes) -> str:
    """Return a sent file's name without folders, control characters and excess, with its suffix.

    Raises
    ------
    InvalidValueError
        If it has no suffix.
    UnusableInputError
        If the file is too large.
    """
    if len(content) > MOST_DRAFT_BYTES:
        most = MOST_DRAFT_BYTES // 1024**2
        raise UnusableInputError(
            Text(
                f"文件有 {len(content) / 1024**2:,.0f} MB，网页上最多 {most} MB；更大的请用命令 geoapp import 导入。",
                f"The file has {len(content) / 1024**2:,.0f} MB; on this page at most {most} MB are "
                "taken. Import larger ones by the command geoapp import.",
            )
        )
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(one for one in name if unicodedata.category(one)[0] != "C").strip()
    path = Path(name)
    if not path.suffix:
        accepted = Text("带后缀的文件名", "a name with a suffix")
        raise InvalidValueError("file", name[:_MOST_NAME], accepted)
    return path.stem.encode()[:_MOST_NAME].decode(errors="ignore") + path.suffix[:_MOST_NAME]


def keep_file(
    session: Session,
    user_id: int,
    kind: DraftKind,
    name: str,
    content: bytes,
    choices: dict[str, Any],
) -> int:
    """Keep a file whose name was checked as a draft, and return its number.

    Raises
    ------
    UnusableInputError
        If there are too many drafts of this kind already.
    """
    sweep_drafts(session)
    if len(list_drafts(session, user_id, kind)) >= MOST_DRAFTS:
        raise UnusableInputError(
            Text(
                f"您已有 {MOST_DRAFTS} 份没有导入的草稿，请先导入或放弃一份。",
                f"You have {MOST_DRAFTS} drafts that are not imported; import or give up one first.",
            )
        )
    return add_draft(session, user_id, kind, name, content, choices, DRAFT_DAYS)


def found_file(
    session: Session, user_id: int, kind: DraftKind, number: int, *, lock: bool = False
) -> ImportDraft:
    """Return somebody's own draft; ``lock`` keeps others waiting.

    Raises
    ------
    NotFoundError
        If there is none: it is another's, was given up, or has run out.
    """
    row = find_draft(session, user_id, kind, number, lock=lock)
    if row is None:
        raise NotFoundError(DRAFT, str(number))
    return row


def own_files(database: Database, user_id: int, kind: DraftKind) -> list[ImportDraft]:
    """Return somebody's drafts of a kind that are not imported yet, the latest first."""
    with database.session() as session:
        return list_drafts(session, user_id, kind)


def give_up_file(database: Database, user_id: int, kind: DraftKind, number: int) -> None:
    """Delete a draft with its file.

    Raises
    ------
    NotFoundError
        If there is no such draft.
    """
    with database.session() as session:
        if not delete_draft(session, user_id, kind, number):
            raise NotFoundError(DRAFT, str(number))

"""Attached files that no application has any more: looked at, and erased for good."""

from geoapp.core.errors import ConflictError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.store.applications.read import content_of
from geoapp.store.engine import Database
from geoapp.store.removed_documents import (
    RemovedDocument,
    document_is_attached,
    erase_content,
    removed_documents,
)

_DOCUMENT = Text("附件", "attached file")


def list_removed_documents(database: Database) -> list[RemovedDocument]:
    """Return the files that no application has, and those erased, the latest first."""
    with database.snapshot() as session:
        return removed_documents(session)


def read_removed_document(database: Database, sha256: str) -> tuple[RemovedDocument, bytes]:
    """Return a file that no application has, with its content.

    Raises
    ------
    NotFoundError
        If there is none of that digest, or it was erased.
    """
    with database.snapshot() as session:
        for one in removed_documents(session):
            if one.sha256 == sha256 and one.is_kept and not one.is_attached:
                return one, content_of(session, sha256)
    raise NotFoundError(_DOCUMENT, sha256[:20])


def erase_document(database: Database, sha256: str, by: str) -> None:
    """Erase a file that no application has: no undo brings it back.

    Raises
    ------
    NotFoundError
        If there is none of that digest, or it was erased before.
    ConflictError
        If an application has it.
    """
    if "\x00" in sha256:
        raise NotFoundError(_DOCUMENT, sha256[:20].replace("\x00", ""))
    with database.session() as session:
        attached = document_is_attached(session, sha256)
        if attached is None:
            raise NotFoundError(_DOCUMENT, sha256[:20])
        if attached:
            raise ConflictError(
                Text(
                    "还有申报附着这个文件；先在申报的页面上去掉，再永久删除。",
                    "An application has this file; take it away there before erasing it for good.",
                )
            )
        erase_content(session, sha256, by)

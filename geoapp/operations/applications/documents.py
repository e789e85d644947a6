"""Files attached to an application: what they are is told by their content, not by their name."""

import hashlib
import io
import re
import unicodedata
import zipfile

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_DOCUMENT_BYTES, MOST_DOCUMENTS, MOST_NAME_CHARACTERS
from geoapp.core.settings import Settings
from geoapp.operations.applications.read import check_version, known_application
from geoapp.operations.moment import today
from geoapp.store.applications.read import content_of, documents_of
from geoapp.store.applications.records import DocumentRecord
from geoapp.store.applications.write import add_document, delete_of
from geoapp.store.engine import Database

_DOCUMENT = Text("附件", "attached file")
_OFFICE = "application/vnd.openxmlformats-officedocument"
# By suffix: the media type, and in which folder of its archive an Office file keeps its content.
_SUFFIXES = {
    ".pdf": ("application/pdf", None),
    ".jpg": ("image/jpeg", None),
    ".jpeg": ("image/jpeg", None),
    ".png": ("image/png", None),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", "word/"),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", "xl/"),
    ".pptx": (f"{_OFFICE}.presentationml.presentation", "ppt/"),
}
_MAGIC = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
ACCEPTED_SUFFIXES = tuple(_SUFFIXES)


def attach(database: Database, settings: Settings, number: int, name: str, content: bytes) -> int:
    """Attach a file; return its number.

    Raises
    ------
    NotFoundError
        If there is no such application.
    InvalidValueError
        If the file is empty, too large, of another type, or holds macros.
    ConflictError
        If the application has this file already, or as many as it may have.
    """
    called = _clean_name(name)
    media_type = _media_type(called, content)
    with database.session() as session:
        known_application(session, settings, number, lock=True)
        there = documents_of(session, [number])
        digest = hashlib.sha256(content).hexdigest()
        same = next((one for one in there if one.sha256 == digest), None)
        if same is not None:
            raise ConflictError(
                Text(
                    f"这份申报已附有这个文件（{same.name}），没有再存一份。",
                    f"The application has this file already ({same.name}); it was not stored again.",
                )
            )
        if len(there) >= MOST_DOCUMENTS:
            raise ConflictError(
                Text(
                    f"一份申报至多 {MOST_DOCUMENTS} 个附件。",
                    f"An application has at most {MOST_DOCUMENTS} files.",
                )
            )
        values = {
            "application_id": number,
            "sha256": digest,
            "name": called,
            "media_type": media_type,
            "size": len(content),
            "added_on": today(settings),
        }
        return add_document(session, values, content)


def read_document(
    database: Database, settings: Settings, number: int, document: int
) -> tuple[DocumentRecord, bytes]:
    """Return a file and its content.

    Raises
    ------
    NotFoundError
        If there is no such application, or it has no such file.
    """
    with database.snapshot() as session:
        known_application(session, settings, number)
        for one in documents_of(session, [number]):
            if one.id == document:
                return one, content_of(session, one.sha256)
    raise NotFoundError(_DOCUMENT, str(document))


def detach(
    database: Database,
    settings: Settings,
    number: int,
    document: int,
    *,
    expected_rev: int | None = None,
) -> None:
    """Take a file away; an undo brings it back, unless it was erased for good.

    Raises
    ------
    NotFoundError
        If there is no such application, or it has no such file.
    ConflictError
        If somebody else has changed the application since ``expected_rev``.
    """
    with database.session() as session:
        record = known_application(session, settings, number, lock=True).record
        check_version(record, expected_rev)
        if not delete_of(session, "document", number, document):
            raise NotFoundError(_DOCUMENT, str(document))


def _clean_name(name: str) -> str:
    last = re.split(r"[\\/]", name)[-1]
    shown = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip()
    stem, dot, suffix = shown.rpartition(".")
    return f"{stem[: MOST_NAME_CHARACTERS - len(suffix) - 1]}{dot}{suffix}"


def _media_type(name: str, content: bytes) -> str:
    listed = " ".join(_SUFFIXES)
    if not content or len(content) > MOST_DOCUMENT_BYTES:
        most = MOST_DOCUMENT_BYTES // 1024 // 1024
        raise InvalidValueError(
            "file",
            name,
            Text(f"不空、至多 {most} MB 的文件", f"a file of at most {most} MB, not empty"),
        )
    suffix = f".{name.rpartition('.')[2].lower()}"
    media_type, folder = _SUFFIXES.get(suffix, ("", None))
    fits = (
        _is_office(content, folder)
        if folder is not None
        else media_type != "" and content.startswith(_MAGIC[media_type])
    )
    if not fits:
        raise InvalidValueError(
            "file",
            name,
            Text(
                f"内容与后缀相符、不含宏的文件（{listed}）",
                f"a file whose content is what its suffix says, without macros ({listed})",
            ),
        )
    return media_type


def _is_office(content: bytes, folder: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return (
        "[Content_Types].xml" in names
        and any(name.startswith(folder) for name in names)
        and not any(name.lower().endswith("vbaproject.bin") for name in names)
    )

"""``/api/v1/applications/ID/documents``: files attached to an application; for stewards."""

from flask import Response
from flask_openapi3 import APIBlueprint, FileStorage, Tag
from pydantic import Field

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_DOCUMENT_BYTES
from geoapp.core.roles import Permission
from geoapp.operations.applications.document import attached_file
from geoapp.operations.applications.documents import attach, detach, read_document
from geoapp.web.api.application_schemas import ApplicationPath, AttachedFileAnswer
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import FormBody
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "application_documents",
    __name__,
    url_prefix="/api/v1/applications",
    abp_tags=[Tag(name="applications", description="申报与认定 / applications and titles")],
    abp_responses={422: Problem, 503: Problem},
)


class DocumentPath(ApplicationPath):
    """Which file of which application."""

    document: int = Field(ge=1, le=2**63 - 1, description="附件号 / the file's number")


class DocumentForm(FormBody):
    """A file as ``multipart/form-data``."""

    file: FileStorage = Field(description="附件 / the file")


_CONTENT = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@api.post(
    "/<int:id>/documents",
    summary="添加附件 / Attach a file",
    responses={201: AttachedFileAnswer, 404: Problem, 409: Problem, 413: Problem},
)
@require(Permission.EDIT)
def add(path: ApplicationPath, form: DocumentForm) -> Response:
    """Attach a file whose content is what its suffix says."""
    parts = services()
    name = form.file.filename
    if not name:
        raise InvalidValueError("file", "", Text("一个有名字的文件", "a file with a name"))
    content = form.file.stream.read(MOST_DOCUMENT_BYTES + 1)
    number = attach(parts.database, parts.settings, path.id, name, content)
    record, _ = read_document(parts.database, parts.settings, path.id, number)
    return json_reply(attached_file(record), 201)


@api.get(
    "/<int:id>/documents/<int:document>",
    summary="读附件 / Read an attached file",
    responses={200: {"content": _CONTENT}, 404: Problem},
)
@require(Permission.EDIT)
def show(path: DocumentPath) -> Response:
    """Return the content of a file; its type stands in the application's answer."""
    parts = services()
    record, content = read_document(parts.database, parts.settings, path.id, path.document)
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=record.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.delete(
    "/<int:id>/documents/<int:document>",
    summary="拿掉附件 / Take a file away",
    responses={204: None, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def remove(path: DocumentPath, header: EditHeaders) -> Response:
    """Take a file away; an undo brings it back. ``If-Match`` names the application's version."""
    parts = services()
    detach(
        parts.database,
        parts.settings,
        path.id,
        path.document,
        expected_rev=required_version(header.if_match),
    )
    return Response(status=204)

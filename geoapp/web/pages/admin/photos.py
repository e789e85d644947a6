"""``/admin/photos``: removed photos and attached files, erased for good by administrators."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.operations.applications.erase_documents import (
    erase_document,
    list_removed_documents,
    read_removed_document,
)
from geoapp.operations.facilities.erase_photos import erase_photo, list_removed, read_removed
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.services import services

blueprint = Blueprint("admin_photos", __name__)


@blueprint.get("/admin/photos")
@require(Permission.ADMINISTER)
def listed() -> str:
    """List the pictures and files that nothing has any more, and those that were erased."""
    pictures = list_removed(services().database)
    files = list_removed_documents(services().database)
    return render_template(
        "admin/photos.html",
        kept=[one for one in pictures if one.is_kept and not one.is_shown],
        erased=[one for one in pictures if one.erased_at is not None],
        kept_files=[one for one in files if one.is_kept and not one.is_attached],
        erased_files=[one for one in files if one.erased_at is not None],
        done=request.args.get("done") is not None,
    )


@blueprint.get("/admin/photos/<named>.jpg")
@require(Permission.ADMINISTER)
def show(named: str) -> Response:
    """Answer a removed picture, so that it is known which one is erased."""
    response = Response(read_removed(services().database, named), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


@blueprint.post("/admin/photos/<named>")
@require(Permission.ADMINISTER)
def erase(named: str) -> BaseResponse:
    """Erase a picture for good, once that is said to be meant."""
    _require_sure()
    erase_photo(services().database, named, signed_in().name)
    return redirect(url_for("admin_photos.listed", done=1))


@blueprint.get("/admin/files/<named>")
@require(Permission.ADMINISTER)
def download(named: str) -> Response:
    """Answer a file that was taken away, to be saved and not to be shown."""
    record, content = read_removed_document(services().database, named)
    response = Response(content, mimetype=record.media_type or "application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=record.name or named)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/admin/files/<named>")
@require(Permission.ADMINISTER)
def erase_file(named: str) -> BaseResponse:
    """Erase a file for good, once that is said to be meant."""
    _require_sure()
    erase_document(services().database, named, signed_in().name)
    return redirect(url_for("admin_photos.listed", done=1))


def _require_sure() -> None:
    if request.form.get("sure") != "yes":
        accepted = Text("勾选“我知道找不回来”", "the tick that says that it is meant")
        raise InvalidValueError("sure", None, accepted)

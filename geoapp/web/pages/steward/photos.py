"""A facility's photos on its record: added, described, ordered, removed."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.operations.facilities.photos import (
    Step,
    add_photo,
    describe_photo,
    move_photo,
    remove_photo,
)
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.record import RefusedPhoto, page_of_refused_photo

blueprint = Blueprint("steward_photos", __name__)

_NONE = Text("请选择一张照片：JPEG、PNG 或 WebP。", "Choose a photo: JPEG, PNG or WebP.")
_STEPS: dict[str, Step] = {"earlier": "earlier", "later": "later"}


@blueprint.get("/steward/photos/add/<path:code>")
@require(Permission.EDIT)
def back(code: str) -> Response:
    """Lead to the record whoever opens the address of a refused photo again, as by its language."""
    return _back(code)


@blueprint.post("/steward/photos/add/<path:code>")
@require(Permission.EDIT)
def add(code: str) -> Response | tuple[str, int]:
    """Store the photo that was sent; the record's page says why one is not taken."""
    sent = request.files.get("photo")
    try:
        if sent is None or not sent.filename:
            raise UnusableInputError(_NONE)
        add_photo(services().database, code, sent.read(), *_captions(), is_public=_public())
    except (ConflictError, InvalidValueError, UnusableInputError) as error:
        page = page_of_refused_photo(code, RefusedPhoto(error.text, *_captions(), _public()))
        return page, 409 if isinstance(error, ConflictError) else 422
    return _back(code)


@blueprint.post("/steward/photos/<int:number>")
@require(Permission.EDIT)
def change(number: int) -> Response:
    """Do with a photo what the pressed button says."""
    database = services().database
    if number >= 2**63:
        number = 0  # none has it
    pressed = request.form.get("do", "")
    if pressed == "describe":
        code = describe_photo(database, number, *_captions(), is_public=_public())
    elif pressed in _STEPS:
        code = move_photo(database, number, _STEPS[pressed])
    elif pressed == "remove":
        code = remove_photo(database, number)
    else:
        accepted = "describe, earlier, later, remove"
        raise InvalidValueError("do", pressed[:20], Text(accepted, accepted))
    return _back(code)


def _captions() -> tuple[str, str]:
    zh, en = (without_nul(request.form.get(name, "")) for name in ("caption_zh", "caption_en"))
    return zh, en


def _public() -> bool:
    return request.form.get("public") == "yes"


def _back(code: str) -> Response:
    return redirect(url_for("steward_record.show", code=code, _anchor="photos"))

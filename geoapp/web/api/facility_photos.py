"""``/api/v1/facilities/CODE/photos``: a facility's photos; stewards add, describe and remove them."""

from typing import Any, cast

from flask import Response
from flask_openapi3 import APIBlueprint, FileStorage, Tag
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from geoapp.core.limits import MOST_CAPTION_CHARACTERS, MOST_CODE_CHARACTERS, MOST_PHOTO_BYTES
from geoapp.core.roles import Permission
from geoapp.operations.facilities.photos import (
    PhotoChanges,
    add_photo,
    change_photo_of,
    list_photos,
    remove_photo_of,
)
from geoapp.store.facilities.photos import PhotoRecord
from geoapp.web.api.schemas import FacilityPhotoLink, Problem
from geoapp.web.edge.access import may, require
from geoapp.web.edge.parameters import WITHOUT_NUL, FormBody
from geoapp.web.edge.photo_addresses import photo_address
from geoapp.web.edge.replies import json_reply, public_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "facility_photos",
    __name__,
    url_prefix="/api/v1/facilities",
    abp_tags=[Tag(name="facilities", description="站点 / facilities")],
    abp_responses={422: Problem, 503: Problem},
)


class PhotosPath(BaseModel):
    """Whose photos."""

    code: str = Field(
        min_length=1,
        max_length=MOST_CODE_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="站点编号 / code",
    )


class PhotoPath(PhotosPath):
    """Which photo of which facility."""

    id: int = Field(ge=1, le=2**63 - 1, description="照片号 / the photo's number")


class PhotoForm(FormBody):
    """A picture (JPEG, PNG, WebP) as ``multipart/form-data``, and what is said of it."""

    photo: FileStorage = Field(description="照片 / the picture")
    caption_zh: str = Field("", max_length=MOST_CAPTION_CHARACTERS, pattern=WITHOUT_NUL)
    caption_en: str = Field("", max_length=MOST_CAPTION_CHARACTERS, pattern=WITHOUT_NUL)
    public: bool = Field(False, description="公开给所有人 / whether everybody may see it")


class PhotoBody(BaseModel):
    """What is said of a photo; what is left out stays, null clears a caption."""

    model_config = ConfigDict(extra="forbid")

    caption_zh: str | None = Field(
        None, max_length=MOST_CAPTION_CHARACTERS, pattern=WITHOUT_NUL, description="说明"
    )
    caption_en: str | None = Field(
        None, max_length=MOST_CAPTION_CHARACTERS, pattern=WITHOUT_NUL, description="caption"
    )
    public: StrictBool = Field(  # no default that the document would promise: left out, it stays
        default_factory=bool, description="公开给所有人 / whether everybody may see it"
    )

    def changes(self) -> PhotoChanges:
        """Return what the body names, and no more."""
        return cast(PhotoChanges, self.model_dump(exclude_unset=True))


class PhotoList(BaseModel):
    """A facility's photos in their order."""

    photos: list[FacilityPhotoLink]


def photo_link(one: PhotoRecord) -> dict[str, Any]:
    """Return a photo as an answer has it."""
    return {
        "id": one.id,
        "href": photo_address(one),
        "width_px": one.width_px,
        "height_px": one.height_px,
        "caption_zh": one.caption_zh,
        "caption_en": one.caption_en,
        "public": one.is_public,
    }


@api.get(
    "/<path:code>/photos",
    summary="一个设施的照片 / Photos of one facility",
    responses={200: PhotoList, 404: Problem},
)
def list_(path: PhotosPath) -> Response:
    """List a facility's photos in their order; those that are not public to staff alone."""
    unpublished = may(Permission.SEE_UNPUBLISHED)
    found = list_photos(services().database, path.code, unpublished=unpublished)
    return public_reply({"photos": [photo_link(one) for one in found]})


@api.post(
    "/<path:code>/photos",
    summary="添加照片 / Add a photo",
    responses={201: FacilityPhotoLink, 404: Problem, 409: Problem, 413: Problem},
)
@require(Permission.EDIT)
def add(path: PhotosPath, form: PhotoForm) -> Response:
    """Store a picture without what its file says of place, time and device, made smaller.

    A picture that the facility has already is refused (409).
    """
    database = services().database
    content = form.photo.stream.read(MOST_PHOTO_BYTES + 1)
    number = add_photo(
        database, path.code, content, form.caption_zh, form.caption_en, is_public=form.public
    )
    photos = list_photos(database, path.code, unpublished=True)
    return json_reply(photo_link(next(one for one in photos if one.id == number)), 201)


@api.patch(
    "/<path:code>/photos/<int:id>",
    summary="修改照片的说明 / Describe a photo",
    responses={200: FacilityPhotoLink, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def change(path: PhotoPath, header: EditHeaders, body: PhotoBody) -> Response:
    """Change what is said of a photo; ``If-Match`` names the facility's version."""
    photo = change_photo_of(
        services().database,
        path.code,
        path.id,
        body.changes(),
        expected_rev=required_version(header.if_match),
    )
    return json_reply(photo_link(photo))


@api.delete(
    "/<path:code>/photos/<int:id>",
    summary="拿掉照片 / Remove a photo",
    responses={204: None, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def remove(path: PhotoPath, header: EditHeaders) -> Response:
    """Remove a photo; an undo brings it back. ``If-Match`` names the facility's version."""
    remove_photo_of(
        services().database, path.code, path.id, expected_rev=required_version(header.if_match)
    )
    return Response(status=204)

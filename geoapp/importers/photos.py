"""A photo as it is stored: upright, of a moderate size, and with nothing in it but the picture."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_PHOTO_BYTES,
    MOST_PHOTO_PIXELS,
    MOST_PHOTO_SIDE_PX,
    MOST_STORED_PHOTO_BYTES,
)

_FORMATS: Final = ("JPEG", "PNG", "WEBP")
# The first that is small enough is stored.
_QUALITIES: Final = (85, 75, 60, 40, 20)
# What Pillow raises at files that are broken or lie about themselves.
_BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as JPEG."""

    jpeg: bytes
    width_px: int
    height_px: int


def read_photo(content: bytes) -> Photo:
    """Return a picture turned upright and made small enough, without anything else of its file.

    Where it was taken, when and with which camera does not come along: the picture is written anew.
    Of a picture that moves the first frame counts; what is transparent becomes white.

    Raises
    ------
    UnusableInputError
        If it is no JPEG, PNG or WebP, is broken, or has more than `MOST_PHOTO_PIXELS`.
    """
    if len(content) > MOST_PHOTO_BYTES:
        most = MOST_PHOTO_BYTES // 1_000_000
        raise UnusableInputError(
            Text(f"照片最大 {most} MB。", f"A photo may have {most} MB at most.")
        )
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            # Before anything is unpacked: a small file may claim a picture that fills the memory.
            if opened.width * opened.height > MOST_PHOTO_PIXELS:
                raise _too_large()
            opened.draft("RGB", (MOST_PHOTO_SIDE_PX, MOST_PHOTO_SIDE_PX))
            upright = ImageOps.exif_transpose(opened)
            picture = _flat(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except _BROKEN:
        raise UnusableInputError(
            Text(
                "这不是能读的照片：请用 JPEG、PNG 或 WebP。",
                "This is no photo that can be read: JPEG, PNG and WebP are.",
            )
        ) from None
    picture.thumbnail((MOST_PHOTO_SIDE_PX, MOST_PHOTO_SIDE_PX), Image.Resampling.LANCZOS)
    for quality in _QUALITIES:
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
        if written.tell() <= MOST_STORED_PHOTO_BYTES:
            break
    return Photo(written.getvalue(), picture.width, picture.height)


def _too_large() -> UnusableInputError:
    most = MOST_PHOTO_PIXELS // 1_000_000
    return UnusableInputError(
        Text(f"照片最多 {most} 百万像素。", f"A photo may have {most} million pixels at most.")
    )


def _flat(picture: Image.Image) -> Image.Image:
    """Return a picture in red, green and blue alone, whose file has nothing else to tell."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain

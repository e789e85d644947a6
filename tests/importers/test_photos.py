"""A photo is stored upright and small, with nothing in it but the picture; what is none is refused."""

import io
import struct
import zlib

import pytest
from PIL import Image

from geoapp.core.errors import UnusableInputError
from geoapp.core.limits import MOST_PHOTO_SIDE_PX, MOST_STORED_PHOTO_BYTES
from geoapp.importers.photos import read_photo

_GPS, _ORIENTATION, _MAKE = 0x8825, 0x0112, 0x010F


def _written(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _halves(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    return picture


def test_where_it_was_taken_is_left_out_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = 6  # to be turned a quarter clockwise
    exif[_MAKE] = "Secret Camera"
    exif.get_ifd(_GPS)[2] = (36.0, 4.0, 12.0)
    sent = _written(_halves(2000, 1000), "JPEG", exif=exif, comment=b"secret comment")
    assert b"Secret Camera" in sent and Image.open(io.BytesIO(sent)).getexif().get_ifd(_GPS)
    photo = read_photo(sent)
    stored = Image.open(io.BytesIO(photo.jpeg))
    assert stored.format == "JPEG"
    assert (photo.width_px, photo.height_px) == stored.size == (800, MOST_PHOTO_SIDE_PX)
    assert not stored.getexif() and b"ecret" not in photo.jpeg
    # What was left is up, what was right is down.
    top, bottom = stored.getpixel((400, 10)), stored.getpixel((400, 1590))
    assert top[0] > 200 > bottom[0] and bottom[2] > 200 > top[2]  # type: ignore[index]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(kind: str) -> None:
    stored = Image.open(io.BytesIO(read_photo(_written(Image.new("RGBA", (40, 30)), kind)).jpeg))
    assert stored.size == (40, 30)  # made no larger
    assert min(stored.getpixel((20, 15))) > 250  # type: ignore[arg-type, type-var]


def test_noise_is_made_small_enough() -> None:
    noise = Image.effect_noise((2400, 1800), 90).convert("RGB")
    assert len(read_photo(_written(noise, "JPEG", quality=95)).jpeg) <= MOST_STORED_PHOTO_BYTES


def _bomb() -> bytes:
    """Return a PNG of a few hundred bytes that claims 60,000 x 60,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        _written(Image.new("RGB", (10, 10)), "GIF"),
        _written(_halves(200, 100), "JPEG")[:300],
        _written(_halves(200, 100), "PNG")[:-40],
        _bomb(),
        _written(Image.new("1", (9000, 8000)), "PNG"),
    ],
    ids=["empty", "text", "svg", "gif", "cut jpeg", "cut png", "bomb", "too many pixels"],
)
def test_what_is_no_photo_is_refused(sent: bytes) -> None:
    with pytest.raises(UnusableInputError) as refused:
        read_photo(sent)
    assert refused.value.text.zh and refused.value.text.en

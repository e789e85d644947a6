"""Base maps of the operator in files of this machine: PMTiles with pictures, or with vectors of our kind."""

import gzip
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import orjson
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType

from geoapp.core.base_maps import OperatorMap
from geoapp.core.errors import GeoappError, UnusableInputError
from geoapp.core.i18n import Text

_MIMETYPES: Final = {
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
}
# The layer that a file must have to be drawn as our own streets are.
_STREETS: Final = "streets"


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture, and of which kind it is."""

    content: bytes
    mimetype: str


def tile_of(path: Path, zoom: int, column: int, row: int) -> Tile | None:
    """Return a tile of a file of pictures; None where it has none, or there is no such file."""
    try:
        with path.open("rb") as file:
            reader = Reader(MmapSource(file))  # type: ignore[no-untyped-call]
            header = reader.header()  # type: ignore[no-untyped-call]
            mimetype = _MIMETYPES.get(header["tile_type"])
            if mimetype is None or not header["min_zoom"] <= zoom <= header["max_zoom"]:
                return None
            if not 0 <= column < 1 << zoom or not 0 <= row < 1 << zoom:
                return None
            content = reader.get(zoom, column, row)  # type: ignore[no-untyped-call]
    except Exception:  # of many kinds, none the library's own
        return None  # gone, or not whole any more: ``geoapp doctor`` says so
    return Tile(bytes(content), mimetype) if content else None


def opened(one: OperatorMap, path: Path) -> OperatorMap:
    """Return a map in a file with what the file says of itself: its kind and its zooms.

    Raises
    ------
    UnusableInputError
        If it is no PMTiles file, or holds neither pictures nor vectors that our style can draw.
    """
    try:
        with path.open("rb") as file:
            source = MmapSource(file)  # type: ignore[no-untyped-call]
            header = Reader(source).header()  # type: ignore[no-untyped-call]
            about = source(header["metadata_offset"], header["metadata_length"])
    except OSError as error:
        why = error.strerror or str(error)
        raise UnusableInputError(
            Text(f"无法读取 {path}：{why}", f"cannot read {path}: {why}")
        ) from None
    except Exception:  # the library has no class of its own for what is no such file
        raise UnusableInputError(
            Text(f"{path} 不是 PMTiles 第 3 版文件", f"{path} is no PMTiles file of version 3")
        ) from None
    is_vector = header["tile_type"] == TileType.MVT
    if not is_vector and header["tile_type"] not in _MIMETYPES:
        raise UnusableInputError(
            Text(
                f"{path} 里不是 PNG、JPEG、WebP 或矢量（MVT）瓦片",
                f"{path} holds no PNG, JPEG, WebP or vector (MVT) tiles",
            )
        )
    if is_vector and _STREETS not in _layers(about, header["internal_compression"]):
        raise UnusableInputError(
            Text(
                f"{path} 的矢量图层不是本系统的（见 docs/howto/streets.md），没有画法；请用 geoapp import "
                "streets 做的文件，或图片瓦片",
                f"the vector layers of {path} are not ours (docs/howto/streets.md), so there is no style "
                "for them; use a file made by geoapp import streets, or tiles of pictures",
            )
        )
    return replace(
        one,
        least_zoom=max(one.least_zoom, header["min_zoom"]),
        deepest_zoom=header["max_zoom"],
        is_vector=is_vector,
    )


def _layers(about: bytes, compression: Any) -> set[str]:
    try:
        plain = gzip.decompress(about) if compression == Compression.GZIP else about
        return {str(one["id"]) for one in orjson.loads(plain)["vector_layers"]}
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return set()


def fault_of(one: OperatorMap) -> GeoappError | None:
    """Return why a map that was taken in cannot be drawn now; None where nothing is known to be wrong."""
    if one.file is None:
        return None
    try:
        opened(one, one.file)
    except UnusableInputError as error:
        return error
    return None

"""Base maps of the operator's own choice: what one is, and which addresses a page may load for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from geoapp.core.i18n import Text
from geoapp.core.words import Datum

# What else can be chosen beside them; no map of the operator's may be called so.
STREETS: Final = "streets"
PLAIN: Final = "plain"
# The one that the settings name.
OF_SETTINGS: Final = "setting"
DEEPEST_ZOOM: Final = 22
USUAL_SIDE_PX: Final = 256
LARGE_SIDE_PX: Final = 512
# What stands for {s} where nothing else is said, as Leaflet has it.
SUBDOMAINS: Final = ("a", "b", "c")


@dataclass(frozen=True, slots=True)
class OperatorMap:
    """A base map of the operator.

    ``address`` is that of its tiles on the Web Mercator grid, with ``{z}``, ``{x}`` and ``{y}`` (or
    ``{-y}``, counted from below), and where it has them ``{s}`` (one of ``subdomains``) and ``{key}``;
    ``labels`` that of tiles with names, laid above. A map in a file has none: ``file`` is a PMTiles
    file of pictures, or of vectors drawn as our own streets are (``is_vector``). Its tiles lie where
    ``datum`` has their corners. ``credit`` is whose it is and its approval number. Tiles are ``side_px``
    wide; of those of 512 pixels one covers four of the usual ones, so that ``{z}`` is one less than the
    map's zoom. ``least_zoom`` and ``deepest_zoom`` are the map's.
    """

    code: str
    name: Text
    datum: Datum
    address: str = ""
    labels: str = ""
    credit: str = ""
    least_zoom: int = 0
    deepest_zoom: int = 18
    subdomains: Sequence[str] = ()
    key: str = ""
    sends_origin: bool = False
    file: Path | None = None
    is_vector: bool = False
    side_px: int = USUAL_SIDE_PX

    @property
    def tiles(self) -> tuple[str, ...]:
        """The addresses of its tiles with the key in them, those of the names last."""
        return tuple(one.replace("{key}", self.key) for one in (self.address, self.labels) if one)

    def sources(self) -> list[str]:
        """Return what a page must be allowed to load pictures from, as a content policy names it."""
        found: dict[str, None] = {}
        for address in self.tiles:
            parts = urlsplit(address)
            if not parts.scheme or not parts.netloc:
                continue
            for one in self.subdomains if "{s}" in parts.netloc else ("",):
                found[f"{parts.scheme}://{parts.netloc.replace('{s}', one)}"] = None
        return list(found)

"""What a map page shows: its layers with their rows, and what lies below them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geoapp.core.base_maps import OperatorMap
from geoapp.core.i18n import Language
from geoapp.core.parsing import Bbox
from geoapp.maps.kit import Layer, classes_of
from geoapp.maps.values import Speaker

# Between districts and the greatest gap zones.
_HATCH_M2 = 1e7


@dataclass(frozen=True, slots=True)
class Tiled:
    """A layer that is drawn by its tiles: how many features, in which box (degrees, EPSG:4326)."""

    matched: int
    box: Bbox


@dataclass(frozen=True, slots=True)
class PaintedLayer:
    """A layer with its rows (``geometry`` in EPSG:4326); ``left_out`` counts those beyond a limit.

    One that is ``tiled`` has no rows in the page.
    """

    layer: Layer
    rows: Sequence[Mapping[str, Any]]
    left_out: int = 0
    tiled: Tiled | None = None

    @property
    def extent_m2(self) -> float:
        """How large its areas are, only to lay small things above large ones.

        A hatch lies above the regions that it covers, and below the zones in them.
        """
        if any(look.hatch for _, look in classes_of(self.layer.style)):
            return _HATCH_M2
        shapes = [row["geometry"] for row in self.rows]
        return float(shapely.area(shapes).mean()) if shapes else 0.0

    @property
    def box(self) -> Bbox | None:
        """West, south, east, north (degrees, EPSG:4326) of its features; None without any."""
        if self.tiled is not None:
            return self.tiled.box
        if not self.rows:
            return None
        shapes = [row["geometry"] for row in self.rows]
        west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
        return west, south, east, north

    @property
    def has_points(self) -> bool:
        """Tell whether markers are among its features; of an empty layer, whether they would be."""
        if self.rows:
            return any(row["geometry"].geom_type == "Point" for row in self.rows)
        looks = classes_of(self.layer.style)
        return self.layer.cluster or any(look.shape != "circle" for _, look in looks)


def extent_of(painted: Sequence[PaintedLayer]) -> Bbox | None:
    """Return west, south, east, north (degrees, EPSG:4326) of layers; None where they are empty."""
    boxes = [box for one in painted if (box := one.box) is not None]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


@dataclass(frozen=True, slots=True)
class Streets:
    """Our own base map below the layers: its address, or the tiles that the page carries.

    ``address`` is relative to the service's root; ``tiles`` are gzip in base64 by ``z/x/y``, None for
    a page that is served; ``deepest`` is the last zoom that there are tiles of.
    """

    address: str
    tiles: Mapping[str, str] | None
    deepest: int


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name on the ground, at degrees in EPSG:4326; ``box`` is its area's (west, south, east, north)."""

    text: str
    lon: float
    lat: float
    box: Bbox | None


@dataclass(frozen=True, slots=True)
class Outlines:
    """Districts below the layers and streets, with the names of these and of spots in them.

    ``address`` is relative to the service's root; ``inside`` is the GeoJSON that the page carries,
    None for a page that is served; ``sea`` what it carries of the sea, None where it needs none.
    """

    address: str
    inside: str | None
    names: Sequence[PlaceName]
    sea: str | None = None


@dataclass(frozen=True, slots=True)
class MapPage:
    """What a map page shows.

    ``notes`` stand below the title: which run, that it is a sample, what was left out. Without a
    run, layers that need one say so (``has_run``); ``run_id`` is the run that is shown. ``focus``
    is the layer that the first view shows, if it has anything; None = all of them. ``streets`` lie
    below, or one of the operator's ``base_maps``, and ``outlines`` below these. ``credit`` names whose
    data lies below and is in sight on the smallest screen, too. ``embed`` is the map's
    address for another site's page, if it may stand in one.
    """

    title: str
    notes: Sequence[str]
    layers: Sequence[PaintedLayer]
    speaker: Speaker
    has_run: bool
    base_maps: Sequence[OperatorMap] = ()
    focus: str | None = None
    run_id: int | None = None
    streets: Streets | None = None
    outlines: Outlines | None = None
    credit: str | None = None
    embed: str | None = None

    def view(self) -> list[list[float]] | None:
        """Return the corners (lat, lon) of what the first view shows; None = everything."""
        for painted in self.layers:
            box = painted.box if painted.layer.id == self.focus else None
            if box is not None:
                west, south, east, north = box
                return [[south, west], [north, east]]
        return None

    @property
    def language(self) -> Language:
        """The language of the page."""
        return self.speaker.language

"""What a WMTS says of itself (GetCapabilities, OGC 07-057r7): where the tiles of a layer are."""

import re
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree

from geoapp.core.base_maps import LARGE_SIDE_PX, USUAL_SIDE_PX
from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text

_WMTS: Final = "{http://www.opengis.net/wmts/1.0}"
_OWS: Final = "{http://www.opengis.net/ows/1.1}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_WEB_MERCATOR: Final = re.compile(r"EPSG:(?:[\d.]*:)?(?:3857|900913|102100|102113)$")
# Scale denominator of zoom 0 with tiles of 256 pixels of 0.28 mm, and half the earth's girth in metres.
_WHOLE: Final = 559082264.0287178
_EDGE_M: Final = 20037508.342789244
_DEEPEST: Final = 22


@dataclass(frozen=True, slots=True)
class WmtsLayer:
    """Where the tiles of a layer are (``{z}``, ``{x}``, ``{y}``), how wide, from which zoom to which.

    Zooms are the map's; see `OperatorMap`.
    """

    address: str
    least_zoom: int
    deepest_zoom: int
    side_px: int = USUAL_SIDE_PX


def read_capabilities(content: bytes, layer: str, matrix_set: str | None) -> WmtsLayer:
    """Return how the tiles of a layer are asked for, on the Web Mercator grid.

    Parameters
    ----------
    content
        The document that the service answers GetCapabilities with.
    layer
        Identifier of the layer.
    matrix_set
        Identifier of the grid; None = the first that is Web Mercator's.

    Raises
    ------
    UnusableInputError
        If it is no such document, has no such layer, or none on that grid.
    """
    # No such document has a DOCTYPE, and in one entities could be made to grow without end.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _unusable("不是 WMTS 能力文档", "no WMTS capabilities document")
    try:
        document = ElementTree.fromstring(content)  # noqa: S314  # no DOCTYPE, see above
    except ElementTree.ParseError:
        raise _unusable("不是 XML", "no XML") from None
    contents = document.find(f"{_WMTS}Contents")
    if contents is None:
        raise _unusable("不是 WMTS 1.0.0 能力文档", "no capabilities document of WMTS 1.0.0")
    layers = {_text(one, f"{_OWS}Identifier"): one for one in contents.findall(f"{_WMTS}Layer")}
    found = layers.get(layer)
    if found is None:
        names = ", ".join(sorted(layers)) or "—"
        raise _unusable(f"没有图层 {layer}；有：{names}", f"no layer {layer}; there are: {names}")
    sets = {
        _text(one, f"{_OWS}Identifier"): one for one in contents.findall(f"{_WMTS}TileMatrixSet")
    }
    linked = [
        _text(one, f"{_WMTS}TileMatrixSet") for one in found.findall(f"{_WMTS}TileMatrixSetLink")
    ]
    for name in linked if matrix_set is None else [one for one in linked if one == matrix_set]:
        grid = None if name not in sets else _web_mercator(sets[name])
        if grid is not None:
            template, least, deepest, side_px = grid
            address = _address(document, found, layer, name, template)
            return WmtsLayer(address, least, deepest, side_px)
    names = ", ".join(linked) or "—"
    raise _unusable(
        f"图层 {layer} 没有网络墨卡托（EPSG:3857，256 或 512 像素）的网格；有：{names}",
        f"layer {layer} has no grid in Web Mercator (EPSG:3857, 256 or 512 pixels); it has: {names}",
    )


def _web_mercator(grid: Any) -> tuple[str, int, int, int] | None:
    """Return how a grid names its zooms (with ``{z}``), its first and last zoom of the map, its tiles' side.

    None for another grid.
    """
    if not _WEB_MERCATOR.search(_text(grid, f"{_OWS}SupportedCRS")):
        return None
    found = (_named(grid, side_px) for side_px in (USUAL_SIDE_PX, LARGE_SIDE_PX))
    return next((one for one in found if one is not None), None)


def _named(grid: Any, side_px: int) -> tuple[str, int, int, int] | None:
    # The whole world on one tile of 512 pixels is the map's zoom 1, and the tiles' zoom 0.
    larger = int(side_px == LARGE_SIDE_PX)
    zooms: list[int] = []
    template = None
    for matrix in grid.findall(f"{_WMTS}TileMatrix"):
        try:
            scale = float(_text(matrix, f"{_WMTS}ScaleDenominator"))
            side = {int(_text(matrix, f"{_WMTS}Tile{one}")) for one in ("Width", "Height")}
            corner = [float(one) for one in _text(matrix, f"{_WMTS}TopLeftCorner").split()]
        except ValueError:
            return None
        zoom = next(
            (z for z in range(_DEEPEST + 1) if abs(scale * 2**z / _WHOLE - 1.0) < 1e-3), None
        )
        # Some write the corner's northing first.
        if zoom is None or side != {side_px} or not _is_corner(corner):
            continue
        name = _text(matrix, f"{_OWS}Identifier")
        head = name.removesuffix(str(zoom - larger))
        if head == name or template not in (None, f"{head}{{z}}"):
            return None
        template = f"{head}{{z}}"
        zooms.append(zoom)
    return None if template is None else (template, min(zooms), max(zooms), side_px)


def _is_corner(corner: list[float]) -> bool:
    return sorted(round(one) for one in corner) == [-round(_EDGE_M), round(_EDGE_M)]


def _address(document: Any, found: Any, layer: str, grid: str, zoom: str) -> str:
    style = next(
        (
            _text(one, f"{_OWS}Identifier")
            for one in found.findall(f"{_WMTS}Style")
            if one.get("isDefault") == "true"
        ),
        _text(found, f"{_WMTS}Style/{_OWS}Identifier") or "default",
    )
    kinds = [one.text or "" for one in found.findall(f"{_WMTS}Format")]
    for resource in found.findall(f"{_WMTS}ResourceURL"):
        if resource.get("resourceType") == "tile":
            address = resource.get("template") or ""
            return wmts_address(address, layer=layer, grid=grid, style=style, zoom=zoom)
    path = (
        f"{_OWS}OperationsMetadata/{_OWS}Operation[@name='GetTile']/{_OWS}DCP/{_OWS}HTTP/{_OWS}Get"
    )
    get = document.find(path)
    if get is None:
        raise _unusable("没有说明瓦片的地址", "it does not say where tiles are")
    base = get.get(_HREF) or ""
    kind = next((one for one in kinds if one in ("image/png", "tiles")), next(iter(kinds), ""))
    separator = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    query = (
        f"SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE={style}&FORMAT={kind}"
        f"&TILEMATRIXSET={grid}&TILEMATRIX={zoom}&TILEROW={{y}}&TILECOL={{x}}"
    )
    return f"{base}{separator}{query}"


def wmts_address(address: str, *, layer: str, grid: str, style: str, zoom: str = "{z}") -> str:
    """Return a template of WMTS with the names that a map's script fills in."""
    filled = {
        "layer": layer,
        "tilematrixset": grid,
        "style": style,
        "tilematrix": zoom,
        "tilerow": "{y}",
        "tilecol": "{x}",
    }
    return re.sub(r"\{(\w+)\}", lambda one: filled.get(one[1].lower(), one[0]), address)


def _text(element: Any, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _unusable(zh: str, en: str) -> UnusableInputError:
    return UnusableInputError(Text(f"WMTS：{zh}。", f"WMTS: {en}."))

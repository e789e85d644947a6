"""Layers into a Folium map: one HTML page, served with our assets or with all of them inside."""

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

import folium
import orjson
import shapely
from branca.element import CssLink, JavascriptLink, MacroElement
from folium.map import Layer as FoliumLayer
from folium.plugins import Fullscreen
from folium.template import Template
from shapely.geometry.base import BaseGeometry

from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.tiles import MATRIX_SET, MOST_ZOOM
from geoapp.core.words import Datum
from geoapp.maps.assets import OWN, Verbatim, localise
from geoapp.maps.base_maps import OUTLINE, maps_told
from geoapp.maps.ground import ground_scripts, names_told, outlines_told, streets_told
from geoapp.maps.kit import class_of, classes_of
from geoapp.maps.legend import SIGNS, LegendRow, legend_rows
from geoapp.maps.page import MapPage, PaintedLayer
from geoapp.maps.values import Speaker

MAX_ZOOM = 19
CLUSTERS_ABOVE = 60
# So much of an area's colour is left where streets are to be seen through it.
_SEEN_THROUGH = 0.55
_CDN = "https://cdn.jsdelivr.net/npm/"
_CLUSTER = "https://cdnjs.cloudflare.com/ajax/libs/leaflet.markercluster/1.1.0/"
_LEAFLET_JS = [("leaflet", f"{_CDN}leaflet@1.9.3/dist/leaflet.js")]
_LEAFLET_CSS = [("leaflet_css", f"{_CDN}leaflet@1.9.3/dist/leaflet.css")]
_DRAWING_JS = [
    ("markercluster", f"{_CLUSTER}leaflet.markercluster.js"),
    ("geoapp_clusters", f"{OWN}maps/clusters.js"),
    ("geoapp_names", f"{OWN}maps/names.js"),
    ("geoapp_more", f"{OWN}maps/more.js"),
    ("geoapp_find", f"{OWN}maps/find.js"),
    ("geoapp_paper", f"{OWN}maps/paper.js"),
    ("geoapp_maps", f"{OWN}maps/map.js"),
]
# What reads tiles is the library that draws the streets.
_TILES_JS = [
    ("protomaps", f"{OWN}vendor/protomaps-leaflet/dist/protomaps-leaflet.js"),
    ("geoapp_marks", f"{OWN}maps/marks.js"),
    ("geoapp_tiled", f"{OWN}maps/tiled.js"),
]
_DRAWING_CSS = [
    ("geoapp_tokens", f"{OWN}css/tokens.css"),
    ("markercluster_css", f"{_CLUSTER}MarkerCluster.css"),
    ("geoapp_maps_css", f"{OWN}maps/map.css"),
]

_WORDS = {
    "embed": Text("放进别的网页", "Put it into another page"),
    "search": Text("查找地点", "Find a place"),
    "found": Text("找到的地点", "Places found"),
    "nothing": Text("没有找到", "Nothing found"),
    "zoom_in": Text("放大", "Zoom in"),
    "zoom_out": Text("缩小", "Zoom out"),
    "full": Text("全屏", "Full screen"),
    "leave_full": Text("退出全屏", "Leave full screen"),
    "legend": Text("图例", "Legend"),
    "layers": Text("图层", "Layers"),
    "map": Text("地图", "Map"),
    "close": Text("关闭", "Close"),
    "sample": Text("示例", "Sample"),
    "together": Text("这里有 {n} 个", "{n} at this place"),
    "cut": Text("显示 {shown} / 共 {total}", "{shown} of {total} shown"),
    "further": Text("再列出一些", "List more"),
    "waiting": Text("正在取……", "Loading..."),
    "rows_failed": Text("没有取到，请再试", "Could not be loaded; please try again"),
    "gone": Text(
        "地图打开以后停用了或不再公开，请刷新页面",
        "Closed or no longer public since the map was opened; load the page again",
    ),
    "tiles_waiting": Text("正在取视野内的设施……", "Loading what is in view..."),
    "tiles_failed": Text(
        "视野内有一部分没有取到，移动地图再试",
        "Part of what is in view could not be loaded; move the map to try again",
    ),
    "in_view": Text(
        "{title}：视野内显示 {shown} / 共 {total}", "{title}: {shown} of {total} in view"
    ),
    "more_failed": Text(
        "{title}：视野内其余的没有取到，移动地图再试",
        "{title}: the rest in view could not be loaded; move the map to try again",
    ),
}


def _json(value: Any) -> str:
    """Return JSON that may stand inside a script element whatever its strings hold."""
    text = orjson.dumps(value).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


class _DrawnLayer(FoliumLayer):
    """A layer that our own script draws from compact data; pop-ups are built when opened."""

    _template = Template("")

    def __init__(self, data: str, *, name: str, show: bool, tiled: bool) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "DrawnLayer"
        self._data = data
        self._scripts = [*(_TILES_JS if tiled else []), *_DRAWING_JS]

    def render(self, **kwargs: Any) -> str:
        """Add the links, then the script.

        The script is not a template as Folium's are: in one, ``{{`` in a station's name would run.
        """
        figure: Any = self.get_root()
        for name, url in self._scripts:
            figure.header.add_child(JavascriptLink(url), name=name)
        for name, url in _DRAWING_CSS:
            figure.header.add_child(CssLink(url), name=name)
        script = f"var {self.get_name()} = geoappMaps.layer({self._data});\n"
        figure.script.add_child(Verbatim(script), name=self.get_name())
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        return ""


class _Finish(MacroElement):
    """Fits the map to its content and adds the search box, once all layers are there."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "geoappMaps.finish({{ this._parent.get_name() }}, {{ this.data }});"
        "{% endmacro %}"
    )

    def __init__(self, data: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Finish"
        self.data = data


def _label_point(shape: BaseGeometry) -> list[float]:
    """Return where an area's name stands: in the middle of the widest place of its largest part."""
    parts = shapely.get_parts(shape)
    largest = parts[shapely.area(parts).argmax()]
    middle = shapely.maximum_inscribed_circle(largest, tolerance=0.01).coords[0]
    return [round(float(middle[0]), 5), round(float(middle[1]), 5)]


def _layer_data(
    painted: PaintedLayer,
    speaker: Speaker,
    *,
    gathered: bool,
    more: dict[str, Any] | None,
    tiles: dict[str, Any] | None,
    fill: float,
) -> str:
    """Return a layer as the script takes it; a text that many features share stands once.

    Parameters
    ----------
    gathered
        Whether the page's markers gather into counts where a layer lets them.
    more
        Where the script finds what was left out; None where nothing was, or nobody is to be asked.
    tiles
        Where the script finds the layer's tiles and rows, where it is drawn by these.
    fill
        How much of the style's fill is painted.
    """
    layer = painted.layer
    texts: dict[str, int] = {}

    def place_of(text: str | None) -> int | None:
        return None if text is None else texts.setdefault(text, len(texts))

    features = []
    for row in painted.rows:
        shape = geometry_from_wgs84(shapely.to_wkb(row["geometry"]), Datum.WGS84)
        lines = [
            place_of(speaker.value(speaker.column(row, field.column), field.format))
            for field in layer.popup.fields
        ]
        features.append(
            [
                shape["coordinates"] if shape["type"] == "Point" else shape,
                str(speaker.column(row, layer.popup.title) or row["id"]),
                class_of(layer.style, row),
                lines,
                bool(layer.popup.sample and row.get(layer.popup.sample)),
                # Where an area's name stands, or the number of a marker.
                _label_point(row["geometry"])
                if layer.label
                else layer.numbered and str(row[layer.numbered]),
                # Told apart from what is loaded later.
                *([] if more is None else [str(row["id"])]),
            ]
        )
    looks = [
        [
            look.colour,
            look.shape,
            round(look.fill_share * fill, 3),
            look.outline or look.colour,
            look.width_px,
            look.hatch,
        ]
        for _, look in classes_of(layer.style)
    ]
    return _json(
        {
            "id": layer.id,
            "fields": [field.title.pick(speaker.language) for field in layer.popup.fields],
            "title": layer.title.pick(speaker.language),
            "gather": layer.cluster,
            "cluster": layer.cluster and gathered,
            "search": layer.search,
            "label": layer.label,
            # Which line tells the code, by which a feature is found, too.
            "code": next(
                (n for n, one in enumerate(layer.popup.fields) if one.column == "code"), None
            ),
            "looks": looks,
            "more": more,
            "tiles": tiles,
            "texts": list(texts),
            "features": features,
        }
    )


def _more(page: MapPage, painted: PaintedLayer, root: str) -> dict[str, Any] | None:
    """Return where a served page finds what a layer left out: the layer's own address."""
    return {"address": _rows_address(page, painted, root)} if painted.left_out else None


def _rows_address(page: MapPage, painted: PaintedLayer, root: str) -> str:
    asked: dict[str, str] = {"lang": page.language}
    if page.run_id is not None:
        asked["run"] = str(page.run_id)
    return f"{root}/layers/{painted.layer.id}.geojson?{urlencode(asked)}"


def _tiles(page: MapPage, painted: PaintedLayer, root: str) -> dict[str, Any] | None:
    """Return where a served page finds a layer's tiles, the rows of its lists and pop-ups, its box."""
    if painted.tiled is None:
        return None
    west, south, east, north = painted.tiled.box
    path = f"{root}/ogc/collections/{painted.layer.id}/tiles/{MATRIX_SET}"
    return {
        # A mark tells its name alone; the rest is asked for when it is opened.
        "address": f"{path}/{{z}}/{{y}}/{{x}}?properties=",
        "deepest": MOST_ZOOM,
        "rows": _rows_address(page, painted, root),
        "box": [[south, west], [north, east]],
        "english": page.language == "en",
    }


def _fill(page: MapPage, painted: PaintedLayer) -> float:
    ground = page.streets is not None or page.base_maps
    covers = ground and painted.rows and not painted.has_points
    return _SEEN_THROUGH if covers else 1.0


def _legend(page: MapPage) -> str:
    language = page.language
    blocks = []
    for painted in page.layers:
        layer = painted.layer
        used = {class_of(layer.style, row) for row in painted.rows}
        if painted.left_out or painted.tiled:  # what is not here may be of any class
            used = set(range(len(classes_of(layer.style))))
        rows = legend_rows(layer, page.speaker, used=used)
        # What shows something rests on a run, be it one of coverage or of siting.
        missing = None
        if layer.uses_run and not page.has_run and not painted.rows:
            missing = layer.legend.without_run
        parts = []
        if len(rows) > 1 or missing is not None:
            parts.append(f"<h2>{escape(layer.title.pick(language))}</h2>")
        if missing is None:
            kind = "" if painted.has_points else "area"
            fill = _fill(page, painted)
            parts.append("<ul>" + "".join(_legend_row(row, kind, fill) for row in rows) + "</ul>")
            note = layer.legend.note
        else:
            note = missing
        if note is not None:
            parts.append(f"<p>{escape(note.pick(language))}</p>")
        blocks.append(f'<section data-layer="{layer.id}">{"".join(parts)}</section>')
    word = escape(_WORDS["legend"].pick(language))
    return f'<details class="legend" open><summary>{word}</summary>{"".join(blocks)}</details>'


def _legend_row(row: LegendRow, kind: str, fill: float) -> str:
    colour = escape(row.look.colour, quote=True)
    shape = "hatched" if row.look.hatch else kind or row.look.shape
    if kind == "area":  # as much of the colour as the map paints of it
        fill = round(row.look.fill_share * fill, 3)
    return (
        f'<li><svg class="swatch {shape}" viewBox="0 0 16 16" aria-hidden="true" fill="{colour}" '
        f'fill-opacity="{fill}">'
        f"{SIGNS[shape]}</svg>{escape(row.text)}</li>"
    )


def _heading(page: MapPage) -> str:
    notes = "".join(f"<li>{escape(note)}</li>" for note in page.notes)
    if page.credit is not None:
        notes += f'<li class="credit">{escape(page.credit)}</li>'
    embed = "" if page.embed is None else _embed(page.embed, page)
    return f'<header class="heading"><h1>{escape(page.title)}</h1><ul>{notes}</ul>{embed}</header>'


def _embed(address: str, page: MapPage) -> str:
    """Return what somebody copies into a page of their own to have this map there."""
    frame = embed_frame(address, page.title)
    word = escape(_WORDS["embed"].pick(page.language))
    return (
        f'<details class="embed"><summary>{word}</summary>'
        f'<textarea readonly rows="4" aria-label="{word}">{escape(frame)}</textarea></details>'
    )


def embed_frame(address: str, title: str) -> str:
    """Return the element that shows a map in another page."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" '
        'width="100%" height="480" loading="lazy"></iframe>'
    )


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """A page, and the one script that is written into it unless all are: a policy may name it."""

    html: str
    script: str


def render_map(page: MapPage, *, inline: bool, root: str = "") -> DrawnMap:
    """Return the page.

    Parameters
    ----------
    inline
        Whether scripts, styles, images and streets are written into the page, so that the file alone
        is enough; else they are loaded from the service.
    root
        What stands before the service's addresses, such as ``/stations`` behind a proxy.
    """
    language = page.language
    bases = maps_told(
        page.base_maps,
        language,
        root=root,
        outline=f"{root}/static/{OUTLINE}",
        inline=inline,
        outlined=page.outlines is not None,
    )
    drawn = folium.Map(
        tiles=None,
        location=[36.07, 120.38],
        zoom_start=9,
        zoom_control=False,
        prefer_canvas=True,
        max_zoom=MAX_ZOOM,
        maxZoom=MAX_ZOOM,
        attributionControl=bases is not None,
    )
    drawn.default_js = _LEAFLET_JS
    drawn.default_css = _LEAFLET_CSS
    # All or none: a count of one layer would lie over another's single markers.
    gathered = sum(len(one.rows) for one in page.layers if one.layer.cluster) > CLUSTERS_ABOVE
    for painted in sorted(page.layers, key=lambda one: -one.extent_m2):
        more = None if inline else _more(page, painted, root)
        fill = _fill(page, painted)
        tiles = _tiles(page, painted, root)
        data = _layer_data(
            painted, page.speaker, gathered=gathered, more=more, tiles=tiles, fill=fill
        )
        title = escape(painted.layer.title.pick(language))
        is_tiled = tiles is not None
        _DrawnLayer(data, name=title, show=painted.layer.shown, tiled=is_tiled).add_to(drawn)
    folium.LayerControl(position="topright", collapsed=True).add_to(drawn)
    Fullscreen(  # type: ignore[no-untyped-call]
        position="topright",
        title=_WORDS["full"].pick(language),
        title_cancel=_WORDS["leave_full"].pick(language),
    ).add_to(drawn)
    words: dict[str, Any] = {name: text.pick(language) for name, text in _WORDS.items()}
    ground: dict[str, str] = {}
    if page.streets is not None:
        ground |= streets_told(page.streets, language, root)
    if page.outlines is not None:
        ground |= outlines_told(page.outlines, root)
    if bases is not None:
        ground["bases"] = _json(bases)
    told = {
        "signs": SIGNS,
        "view": page.view(),
        "ground": ground,
        "names": names_told(page.outlines),
    }
    drawn.add_child(_Finish(_json(words | told)))
    figure: Any = drawn.get_root()
    figure.html.add_child(Verbatim(_heading(page) + _legend(page)))
    for child in figure._children.values():
        child.render()
    # What Folium says of the page as a whole, such as that nobody may zoom, is said better below.
    del figure.header._children[drawn.get_name()]
    localise(figure, inline=inline, root=f"{root}/static")
    head, body, script = (part.render() for part in (figure.header, figure.html, figure.script))
    code = "zh-CN" if language == "zh" else "en"
    # Without an icon of its own, a browser would ask the server for one.
    html = f"""<!DOCTYPE html>
<html lang="{code}">
<head><title>{escape(page.title)}</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
</head>
<body>
{body}
<script>{script}</script>
{ground_scripts(page.streets, page.outlines, bases, inline=inline, root=root)}
</body>
</html>
"""
    return DrawnMap(html, script)

"""Make a Folium map of some layers: to be served, or as one file that needs no network."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from geoapp.core.errors import UnusableInputError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Language, Text
from geoapp.core.limits import MOST_TILE_ZOOM
from geoapp.core.parsing import Bbox
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.settings import Settings
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.maps.folium_map import DrawnMap, render_map
from geoapp.maps.kit import Layer
from geoapp.maps.page import MapPage, PaintedLayer, Streets, Tiled, extent_of
from geoapp.maps.values import Speaker
from geoapp.operations.base_maps.keeper import operator_maps
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.layers.ground import NOT_ALL_OUTLINES, ROUGH_NAMES, outlines_below
from geoapp.operations.layers.paging import MOST_ROWS
from geoapp.operations.layers.rows import LayerReading, layer_reading
from geoapp.operations.layers.samples import sample_notes
from geoapp.operations.streets.inside import tiles_inside
from geoapp.operations.streets.keeper import base_map
from geoapp.reports.words.coverage import map_note
from geoapp.reports.words.naming import Naming
from geoapp.store.engine import Database

_TITLE = Text("户外劳动者服务站点地图", "Outdoor workers' service stations")
_NO_RUN = Text("还没有公布的覆盖结果", "No published coverage answer yet")
_NOT_ALL_STREETS = Text(
    "范围大，文件里只有主要街道", "A large area: the file holds the greater streets alone"
)
_PLAN = "proposals"
# So many markers a page carries itself; more come by tiles.
TILED_ABOVE = 5000


@dataclass(frozen=True, slots=True)
class MapRequest:
    """Which layers to paint, for which run (None: the latest) and in which language.

    ``focus`` is the layer that the first view shows; None = all. ``title`` stands above the map.
    ``hidden`` are siting runs that are never shown as the latest. ``embed`` is where the map can
    be put into another site's page.
    """

    layers: Sequence[Layer]
    run_id: int | None = None
    language: Language = "zh"
    focus: str | None = None
    title: Text = _TITLE
    hidden: Collection[int] = ()
    embed: str | None = None


def make_map(
    database: Database,
    settings: Settings,
    wanted: MapRequest,
    *,
    inline: bool,
    root: str = "",
) -> DrawnMap:
    """Return the page.

    Parameters
    ----------
    inline
        Whether everything that the page needs is written into it.
    root
        What stands before the service's addresses, such as ``/stations`` behind a proxy.

    Raises
    ------
    NotFoundError
        If there is no run of the number asked for.
    ConflictError
        If that run has no results.
    """
    found: dict[str, PaintedLayer] = {}
    view: Bbox | None = None
    with layer_reading(database, settings, wanted.run_id, wanted.hidden) as reading:
        moment = reading.moment
        tiled = {} if inline else _tiled(reading, wanted.layers)
        # The layer that the first view shows says what is in view, and so comes first in the others.
        for layer in sorted(wanted.layers, key=lambda one: one.id != wanted.focus):
            if layer.id in tiled:
                painted = PaintedLayer(layer, [], tiled=tiled[layer.id])
            else:
                data = reading.shown_rows(layer, first=view, limit=MOST_ROWS)
                painted = PaintedLayer(layer, data.rows, data.matched - len(data.rows))
            found[layer.id] = painted
            if layer.id == wanted.focus:
                view = painted.box
        layers = [found[layer.id] for layer in wanted.layers]
        samples = sample_notes(reading, layers)
    naming = read_naming(database, settings.timezone)
    notes = [*samples, *_notes(moment.run, layers, naming, inline=inline)]
    extent = extent_of([one for one in layers if one.layer.id == wanted.focus]) or extent_of(layers)
    streets, whole = _streets(settings, extent, inline=inline)
    if not whole:
        notes.append(_NOT_ALL_STREETS)
    outlines, whole = outlines_below(
        database, wanted.language, extent, inline=inline, streets=streets is not None
    )
    if not whole:
        notes.append(NOT_ALL_OUTLINES)
    if outlines is not None and any(one.box is None for one in outlines.names):
        notes.append(ROUGH_NAMES)
    is_osm = moment.context.network is not None or streets is not None
    page = MapPage(
        title=wanted.title.pick(wanted.language),
        notes=[note.pick(wanted.language) for note in notes],
        layers=layers,
        speaker=Speaker(wanted.language, moment.amenities),
        has_run=moment.run is not None,
        base_maps=operator_maps(settings),
        focus=wanted.focus,
        run_id=wanted.run_id or moment.context.run_id,
        embed=wanted.embed,
        streets=streets,
        outlines=outlines,
        credit=OSM_ATTRIBUTION if is_osm else None,
    )
    return render_map(page, inline=inline, root=root)


def _streets(
    settings: Settings, extent: Bbox | None, *, inline: bool
) -> tuple[Streets | None, bool]:
    """Return the streets below a map, and whether none were left out for the page's size."""
    if not inline:
        base = base_map(settings)
        if base is None:
            return None, True
        return Streets(f"/tiles/base.pmtiles?v={base.version}", None, MOST_TILE_ZOOM), True
    found = None if extent is None else tiles_inside(settings, extent)
    if found is None:
        return None, True
    return Streets("", found.tiles, found.deepest), found.whole


def _tiled(reading: LayerReading, layers: Sequence[Layer]) -> dict[str, Tiled]:
    """Return the layers that a served page draws by their tiles: where there are many markers.

    All that gather or none: a count of one layer would lie over another's single markers.
    """
    gathered = [one for one in layers if one.cluster and one.derive is None and not one.uses_run]
    matched = {one.id: reading.rows(one, limit=0).matched for one in gathered}
    if sum(matched.values()) <= TILED_ABOVE:
        return {}
    boxes = {one.id: reading.box(one) for one in gathered}
    return {name: Tiled(matched[name], box) for name, box in boxes.items() if box is not None}


def _notes(
    run: CoverageRun | None,
    painted: Sequence[PaintedLayer],
    naming: Naming,
    *,
    inline: bool,
) -> list[Text]:
    notes = []
    # A plan has a standard of its own: the published coverage is not what it rests on.
    if any(one.layer.uses_run and one.layer.id != _PLAN for one in painted):
        notes.append(_NO_RUN if run is None else map_note(run, naming))
    rest = (
        Text("均匀抽取，其余未画出", "thinned evenly")
        if inline
        else Text("其余在放大后画出", "the rest when you zoom in")
    )
    for one in painted:
        if one.tiled is not None:
            number, title = one.tiled.matched, one.layer.title
            notes.append(Text(f"{title.zh}：{number:,} 个", f"{title.en}: {number:,}"))
        if one.left_out:
            title = one.layer.title
            shown = len(one.rows)
            total = shown + one.left_out
            notes.append(
                Text(
                    f"{title.zh}：显示 {shown:,} / 共 {total:,} 个，{rest.zh}",
                    f"{title.en}: {shown:,} of {total:,} drawn, {rest.en}",
                )
            )
    return notes


def save_map(database: Database, settings: Settings, wanted: MapRequest, path: Path) -> None:
    """Write a map that needs no network to one HTML file; it appears whole or not at all.

    Raises
    ------
    UnusableInputError
        If the file cannot be written.
    """
    page = make_map(database, settings, wanted, inline=True)
    try:
        with replaced_whole(path) as fresh:
            fresh.write_text(page.html, encoding="utf-8")
    except OSError as error:
        why = error.strerror or str(error)
        raise UnusableInputError(
            Text(f"无法写入 {path}：{why}", f"Cannot write {path}: {why}")
        ) from None

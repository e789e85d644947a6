"""What a layer shows: its query run within a box and a limit, its rows derived and counted."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from geoapp.analysis.geometry.grid import grid_cells
from geoapp.core.filters import Condition, SortKey
from geoapp.core.i18n import Text
from geoapp.core.parsing import Bbox
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.settings import Settings
from geoapp.maps.kit import Context, CoverAreas, Grid, Layer, Streets
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage.official import official
from geoapp.operations.layers.cover_areas import with_cover_areas
from geoapp.operations.layers.derived import DerivedRows, KeptRows, derived_rows, kept_rows
from geoapp.operations.layers.paging import (
    MOST_ROWS,
    ROWS_OF_PAGE,
    LayerPages,
    LayerRows,
    Wanted,
    cut,
    frame_of,
)
from geoapp.operations.layers.streets import street_pages, streets
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.operations.runs.state import kind_of_run, latest_run
from geoapp.operations.siting import results as siting_results
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import data_versions
from geoapp.store.layer_rows import (
    RowFilter,
    count_rows,
    layer_extent,
    layer_pages,
    layer_rows,
    sources,
    weighted_points,
)
from geoapp.store.runs.inputs import find_demand_set
from geoapp.store.vocabulary import list_amenities

DEFAULT_STANDARD_M = 500.0


@dataclass(frozen=True, slots=True)
class LayerMoment:
    """What a reading of layers rests on: the run that is shown, the day, the data's versions."""

    context: Context
    run: CoverageRun | None
    versions: Mapping[str, int]
    amenities: Mapping[str, Text]

    def version_of(self, layer: Layer) -> str:
        """Return a text that changes whenever what the layer answers may have changed."""
        parts = [layer.id, layer.source_hash, self.context.today.isoformat()]
        parts += [f"{name}={self.versions.get(name, 0)}" for name in layer.versions]
        if "network" in layer.versions and self.context.network is not None:
            parts.append(f"network={self.context.network.version}")
        if layer.uses_run:
            parts += [f"run={self.context.run_id}", f"walk={self.context.walk_m}"]
            parts.append(f"siting={self.context.siting_run_id}")
        return ";".join(parts)


class LayerReading:
    """Layers read at one moment of the store: counts, rows and versions of all of them agree."""

    def __init__(self, session: Session, moment: LayerMoment, kept: KeptRows) -> None:
        self.moment = moment
        self._session = session
        self._kept = kept

    def rows(
        self,
        layer: Layer,
        *,
        bbox: Bbox | None = None,
        limit: int = MOST_ROWS,
        offset: int = 0,
        row_id: str | None = None,
        where: Condition | None = None,
        keys: tuple[SortKey, ...] = (),
        after: tuple[tuple[Any, ...], Any] | None = None,
        near: tuple[float, float] | None = None,
    ) -> LayerRows:
        """Return the rows of a layer; see ``read_layer``.

        Parameters
        ----------
        where
            Only rows of which this is true.
        keys
            Their order, before that of their ids.
        after
            Only rows after one of these values of the keys and this id. Pages that begin so neither
            lose nor repeat a row that stays, whatever comes and goes between them.
        near
            Nearest to this place (lon, lat; EPSG:4326) first, in degrees as on a plane.
        """
        wanted = Wanted(bbox, limit, offset, row_id, where=where, keys=keys, after=after, near=near)
        return self._read(layer, wanted)

    def _read(self, layer: Layer, wanted: Wanted) -> LayerRows:
        def keep(make: Callable[[], Iterator[dict[str, Any]]]) -> DerivedRows:
            return self._kept.get(self.moment.version_of(layer), make)

        return _read_layer(self._session, layer, self.moment.context, wanted, keep)

    def box(self, layer: Layer) -> Bbox | None:
        """Return west, south, east, north (degrees, EPSG:4326) of a stored layer; None if empty."""
        query = layer.select(self.moment.context)
        return None if query is None else layer_extent(self._session, query)

    def demand_is_sample(self) -> bool:
        """Tell whether the demand is a sample on which the run that is shown rests."""
        found = find_demand_set(self._session, self.moment.context.demand)
        return found is not None and found.is_sample

    def pages(self, layer: Layer, wanted: Wanted) -> LayerPages:
        """Return rows as pages, to be taken while this reading is open.

        Of what is stored no more than a page is held at a time.
        """
        context = self.moment.context
        if isinstance(layer.derive, Streets):
            return street_pages(context.network, wanted)
        query = layer.select(context)
        if query is None:
            return LayerPages(0, iter(()))
        if layer.derive is not None:
            found = self._read(layer, wanted)
            return LayerPages(found.matched, iter([found.rows]))
        asked = wanted.in_store()
        matched = count_rows(self._session, query, asked)
        return LayerPages(matched, layer_pages(self._session, query, asked, ROWS_OF_PAGE))

    def shown_rows(
        self,
        layer: Layer,
        *,
        bbox: Bbox | None = None,
        first: Bbox | None = None,
        limit: int = MOST_ROWS,
    ) -> LayerRows:
        """Return the rows of a layer to be drawn: where there are too many, not cut by their ids.

        Parameters
        ----------
        bbox
            Only what touches this box (degrees, EPSG:4326).
        first
            What touches this box comes first; the rest is thinned evenly.
        """
        return self._read(layer, Wanted(bbox, limit, thinned=True, first=first))


@contextmanager
def layer_reading(
    database: Database, settings: Settings, run_id: int | None, hidden: Collection[int] = ()
) -> Iterator[LayerReading]:
    """Open a reading of layers: of the published coverage and the latest sites, or of one run.

    Parameters
    ----------
    run_id
        A coverage run or a siting run, shown in place of what is published or the latest.
    hidden
        Siting runs that are never shown as the latest.

    Raises
    ------
    NotFoundError
        If there is no such run.
    ConflictError
        If it has no results.
    """
    # Before the snapshot, so that all rows of these runs are in it; a finished run never changes.
    siting = None
    if run_id is not None and kind_of_run(database, run_id) == SITING_RUNS.name:
        siting, run_id = siting_results.finished(database, run_id), None
    if run_id is None:
        published = official(database)
        run = None if published is None else published.run
    else:
        run = coverage_results.finished(database, run_id)
    siting = siting or latest_run(database, SITING_RUNS, hidden)
    context = replace(_context(settings, run), siting_run_id=None if siting is None else siting.id)
    with database.snapshot() as session:
        amenities = {one.code: Text(one.name_zh, one.name_en) for one in list_amenities(session)}
        moment = LayerMoment(context, run, data_versions(session), amenities)
        yield LayerReading(session, moment, kept_rows(database))


def read_moment(database: Database, settings: Settings, run_id: int | None) -> LayerMoment:
    """Return what layers are read at; see ``layer_reading``."""
    with layer_reading(database, settings, run_id) as reading:
        return reading.moment


def _context(settings: Settings, run: CoverageRun | None) -> Context:
    context = Context(
        today=datetime.now(ZoneInfo(settings.timezone)).date(),
        walk_m=DEFAULT_STANDARD_M,
        line_m=DEFAULT_STANDARD_M / settings.detour_factor,
        network=NetworkKeeper(settings).sound(),
    )
    if run is None or run.result is None:
        return context
    return replace(
        context,
        run_id=run.id,
        demand=run.inputs.demand,
        walk_m=run.result.standard_walk_m,
        line_m=run.result.standard_line_m,
    )


def read_layer(
    database: Database,
    layer: Layer,
    context: Context,
    *,
    bbox: Bbox | None = None,
    limit: int = MOST_ROWS,
    offset: int = 0,
    row_id: str | None = None,
) -> LayerRows:
    """Return the rows of a layer in order of their ids.

    Parameters
    ----------
    bbox
        West, south, east, north, degrees, EPSG:4326; None is everywhere. West above east is a
        box across the 180th meridian.
    limit, offset
        How many rows, after how many.
    row_id
        Only the row of this id.
    """
    with database.snapshot() as session:
        return _read_layer(session, layer, context, Wanted(bbox, limit, offset, row_id))


def _read_layer(
    session: Session,
    layer: Layer,
    context: Context,
    wanted: Wanted,
    keep: Callable[[Callable[[], Iterator[dict[str, Any]]]], DerivedRows] | None = None,
) -> LayerRows:
    if isinstance(layer.derive, Streets):
        return streets(context.network, wanted)
    query = layer.select(context)
    if query is None:
        return LayerRows(0, [])
    derive = layer.derive
    if derive is not None:

        def make() -> Iterator[dict[str, Any]]:
            return _derived(session, derive, query, context)

        # A GIS program asks page by page for what is made as a whole.
        return cut(derived_rows(make()) if keep is None else keep(make), wanted)
    asked = wanted.in_store()
    matched = count_rows(session, query, asked)
    # Putting rows in an even order costs a sort; where all are shown there is no need of it.
    if wanted.cuts(matched):
        first = None if wanted.first is None else frame_of(wanted.first)
        asked = replace(asked, thinned=True, first=first)
    return LayerRows(matched, layer_rows(session, query, asked))


def _derived(
    session: Session, derive: Grid | CoverAreas, query: Any, context: Context
) -> Iterator[dict[str, Any]]:
    if isinstance(derive, Grid):
        return _grid(session, derive, query)
    return with_cover_areas(layer_rows(session, query, RowFilter()), context)


def _grid(session: Session, grid: Grid, query: Any) -> Iterator[dict[str, Any]]:
    lon, lat, weight = weighted_points(session, query)
    cells = grid_cells(lon, lat, weight, cell_m2=grid.cell_m2)
    source = "; ".join(sources(session, query)) or None
    # A cell is called by its middle, so that its id outlives a change of the other cells.
    for shape, total, count in zip(cells.geometry, cells.weight, cells.point_count, strict=True):
        middle = shape.centroid
        name = f"{middle.x:.4f},{middle.y:.4f}"
        yield {
            "id": name,
            "cell_zh": f"网格 {name}",
            "cell_en": f"Cell {name}",
            "weight": float(total),
            "point_count": int(count),
            "source": source,
            "geometry": shape,
        }

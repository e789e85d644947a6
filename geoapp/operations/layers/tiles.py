"""Vector tiles of layers: what they hold, and each at the state of the store that it is made at."""

import threading
import time
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from cachetools import LRUCache

from geoapp.core.filters import ValueKind
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.tiles import Tile
from geoapp.maps.kit import Category, ClassBreaks, Context, Layer, Streets
from geoapp.operations.layers.attributes import row_kinds
from geoapp.operations.layers.credit import layer_credit
from geoapp.operations.layers.held_tiles import MOST_BYTES, HeldLayer, HeldLayers
from geoapp.operations.layers.paging import ALL_ROWS
from geoapp.operations.layers.rows import layer_reading, read_moment
from geoapp.operations.moment import today
from geoapp.operations.network.keeper import NetworkKeeper
from geoapp.operations.versions import VersionKeeper
from geoapp.store.engine import Database
from geoapp.store.given_rows import given_query, given_values
from geoapp.store.layer_tiles import (
    FRAME,
    MOST_FEATURES,
    ClassBy,
    Gathering,
    TilePlan,
    TileStatement,
    tile_columns,
)

# Up to this zoom a layer whose markers gather on maps has them gathered in tiles too.
GATHERED_TO: Final = 11
# Ways in a tile, beyond which short ones are gathered: some 600 KB.
MOST_WAYS: Final = 20_000


@dataclass(frozen=True, slots=True)
class TileField:
    """One property of a tile's features: its kind (``string``, ``number``, ``boolean``), its words."""

    kind: str
    title: Text


_OWN: Final = {
    "id": Text("编号（同要素集合）", "Id, as in the collection"),
    "name_zh": Text("中文名称", "Name in Chinese"),
    "name_en": Text("英文名称", "Name in English"),
    "look": Text("图例中的第几类，从 0 数", "Class in the legend, from 0"),
    "count": Text(
        "代表几个；在别的瓦片里计数的为 0", "How many it stands for; 0 if counted in another tile"
    ),
    "is_sample": Text("是否示例", "Whether it is a sample"),
}


class LayerTiles:
    """The tiles of layers, with what is the same for many of them kept while it is true.

    For all threads of a process.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database: Final = database
        self._settings: Final = settings
        self._statements: Final[LRUCache[Hashable, TileStatement | None]] = LRUCache(200)
        self._lock: Final = threading.Lock()
        self._held: Final = HeldLayers()
        self._versions: Final = VersionKeeper(database)
        self._networks: Final = NetworkKeeper(settings)
        self._credits: Final[dict[str, tuple[str, str | None]]] = {}  # by layer: of which state

    def version(self, layer: Layer, hidden: Collection[int]) -> str:
        """Return a text that changes whenever a layer's tiles may, the layer's file aside.

        Cheap, as it is asked for every tile: it names no run, but the counter that rises with each, and
        is that of a quarter of a second ago at most.

        Parameters
        ----------
        hidden
            Siting runs that are never shown as the latest.
        """
        names = {*layer.versions, *(("runs",) if layer.uses_run else ())}
        versions = self._versions.now()
        parts = [layer.id, today(self._settings).isoformat()]
        parts += [f"{name}={versions.get(name, 0)}" for name in sorted(names)]
        if "network" in layer.versions and (network := self._networks.sound()) is not None:
            parts.append(f"walked={network.version}")
        if layer.uses_run:
            parts.append(f"hidden={','.join(str(number) for number in sorted(hidden))}")
        return ";".join(parts)

    def credit(self, layer: Layer, hidden: Collection[int] = ()) -> str | None:
        """Return what is to be said of whose data a layer's tiles hold; looked up once for each state of it."""
        mark = f"{self.version(layer, hidden)};{layer.source_hash}"
        found = self._credits.get(layer.id)
        if found is None or found[0] != mark:
            moment = read_moment(self._database, self._settings, None)
            found = (mark, layer_credit(self._database, layer, moment))
            self._credits[layer.id] = found
        return found[1]

    def is_made_soon(self, layer: Layer, tile: Tile, hidden: Collection[int] = ()) -> bool:
        """Tell whether a tile is written from memory in a few milliseconds, and nothing is asked of PostGIS."""
        held = self._held.get(layer.id, f"{self.version(layer, hidden)};{layer.source_hash}")
        return held is not None and held.is_made_soon(tile)

    def read(
        self,
        layer: Layer,
        tile: Tile,
        hidden: Collection[int] = (),
        fields: frozenset[str] | None = None,
    ) -> bytes:
        """Return a tile, of the published coverage and the latest sites; empty if nothing is there.

        Where it would hold too much, what is small is gathered, and its features say how many they
        stand for; where even that is too much, everything is.

        Parameters
        ----------
        fields
            The columns that its features have beside those of every tile; None is all.
        """
        version = self.version(layer, hidden)
        gathered = _gathers(layer, tile)
        held = self._held.get(layer.id, f"{version};{layer.source_hash}")
        if held is not None:
            body = held.read(tile, gathered=gathered, fields=fields, always=tuple(_OWN))
            if body is not None:
                return body
        began = time.perf_counter()
        made = self._made(layer, tile, version, hidden, fields)
        # What does not gather is never much; what does is read when that is worth it.
        if layer.cluster and layer.derive is None and held is None:
            self._note(layer, version, hidden, time.perf_counter() - began)
        return made

    def hold(self, layer: Layer, hidden: Collection[int] = ()) -> None:
        """Read a layer now, so that its tiles are written from memory while it does not change."""
        began = time.perf_counter()
        version = self.version(layer, hidden)
        mark = f"{version};{layer.source_hash}"
        self._held.note(layer.id, mark, 0.0)
        # A version that was read before this is that of something older than what is found here.
        plan = tile_plan(layer, self._context(layer, hidden))
        if plan is not None:
            with self._database.snapshot() as session:
                held = HeldLayer(session, plan)
            self._held.put(layer.id, mark, held, began)

    def _note(self, layer: Layer, version: str, hidden: Collection[int], seconds: float) -> None:
        if self._held.note(layer.id, f"{version};{layer.source_hash}", seconds):
            self.hold(layer, hidden)

    def _made(
        self,
        layer: Layer,
        tile: Tile,
        version: str,
        hidden: Collection[int],
        fields: frozenset[str] | None,
    ) -> bytes:
        """Return a tile as PostGIS makes it."""
        ways = [Gathering.SMALL, Gathering.ALL]
        if not _gathers(layer, tile):
            ways.insert(0, Gathering.NOTHING)
        given = None if layer.derive is None else self._derived(layer, tile, hidden)
        body = b""
        for way in ways:
            statement = self._statement(layer, version, way, hidden, fields)
            if statement is None:
                break
            with self._database.snapshot() as session:
                made = statement.make(session, tile, given)
            body = made.body
            many = way is Gathering.NOTHING and made.features > _most(layer)
            if not many and len(body) <= MOST_BYTES:
                break
        return body

    def _derived(self, layer: Layer, tile: Tile, hidden: Collection[int]) -> dict[str, list[Any]]:
        """Return the rows in a tile's frame of a layer that is computed, as its statement takes them."""
        with layer_reading(self._database, self._settings, None, hidden) as reading:
            rows = reading.rows(layer, bbox=tile.frame(), limit=ALL_ROWS).rows
        return given_values(_derived_kinds(layer), rows)

    def _statement(
        self,
        layer: Layer,
        version: str,
        way: Gathering,
        hidden: Collection[int],
        fields: frozenset[str] | None,
    ) -> TileStatement | None:
        """Return the statement for a state of the store; None where there is nothing to show."""
        key = (version, layer.source_hash, way, fields)
        with self._lock:
            if key in self._statements:
                return self._statements[key]
        # A version that was read before this is that of something older than what is found here.
        plan = tile_plan(layer, replace(self._context(layer, hidden), frame=FRAME))
        found = None
        if plan is not None:
            if fields is not None:
                plan = replace(plan, columns=[one for one in plan.columns if one in fields])
            with self._database.snapshot() as session:
                found = TileStatement(session, plan, way)
        with self._lock:
            self._statements[key] = found
        return found

    def _context(self, layer: Layer, hidden: Collection[int]) -> Context:
        if not layer.uses_run:
            return Context(today=today(self._settings))
        with layer_reading(self._database, self._settings, None, hidden) as reading:
            return reading.moment.context


def tile_fields(layer: Layer, context: Context) -> Mapping[str, TileField]:
    """Return what the features of a layer's tiles tell; nothing while there is nothing to show."""
    plan = tile_plan(layer, context)
    if plan is None:
        return {}
    titles = dict(_OWN)
    for field in layer.popup.fields:
        for name in _both(field.column):
            titles.setdefault(name, field.title)
    return {name: TileField(kind, titles[name]) for name, kind in tile_columns(plan).items()}


def tile_plan(layer: Layer, context: Context) -> TilePlan | None:
    """Return what a layer's tiles hold; None where there is nothing to show."""
    query = layer.select(context)
    if layer.derive is not None and (query is not None or isinstance(layer.derive, Streets)):
        query = given_query(_derived_kinds(layer))
    if query is None:
        return None
    known = set(query.selected_columns.keys())
    plain, chinese, english = _both(layer.popup.title)
    title = (
        chinese if chinese in known else plain if plain in known else None,
        english if english in known else None,
    )
    fields = [name for field in layer.popup.fields for name in _both(field.column)]
    sample = layer.popup.sample
    return TilePlan(
        name=layer.id,
        query=query,
        title=title,
        columns=[name for name in dict.fromkeys(fields) if name in known and name not in _OWN],
        sample=sample if sample in known else None,
        look=_class_by(layer),
        most=_most(layer),
    )


def _gathers(layer: Layer, tile: Tile) -> bool:
    return layer.cluster and tile.zoom <= GATHERED_TO


def _most(layer: Layer) -> int:
    """Return how many features a tile has before small ones are gathered: ways are drawn as lines where they can be."""
    return MOST_WAYS if isinstance(layer.derive, Streets) else MOST_FEATURES


def _derived_kinds(layer: Layer) -> dict[str, ValueKind]:
    """Return what a tile tells of a row that is computed, by column."""
    kinds = row_kinds(layer)
    style = layer.style.column if isinstance(layer.style, Category | ClassBreaks) else None
    fields = [name for field in layer.popup.fields for name in _both(field.column)]
    wanted = {"id", *_both(layer.popup.title), *fields, style}
    found = {name: kind for name, kind in kinds.items() if name in wanted}
    if layer.popup.sample in kinds:
        found[layer.popup.sample] = ValueKind.BOOLEAN
    return found


def _both(column: str) -> tuple[str, str, str]:
    return column, f"{column}_zh", f"{column}_en"


def _class_by(layer: Layer) -> ClassBy:
    style = layer.style
    if isinstance(style, Category):
        return ClassBy(style.column, values=tuple(style.looks))
    if isinstance(style, ClassBreaks):
        return ClassBy(style.column, breaks=style.breaks)
    return ClassBy()

"""What is to be said of whose data a layer holds, wherever it is shown or handed on."""

from typing import Final
from weakref import WeakKeyDictionary

from geoapp.core.words import OSM_ATTRIBUTION, is_of_osm
from geoapp.maps.kit import Layer
from geoapp.operations.layers.rows import LayerMoment
from geoapp.store.engine import Database, Session
from geoapp.store.layer_rows import names_source
from geoapp.store.runs.inputs import find_demand_set

# By layer: of which version, and what.
_kept: Final[WeakKeyDictionary[Database, dict[str, tuple[str, str | None]]]] = WeakKeyDictionary()


def layer_credit(database: Database, layer: Layer, moment: LayerMoment) -> str | None:
    """Return what the licence of OpenStreetMap's data asks to be said of a layer; None without such data.

    Such data are the walking network, what is found on it, and whatever names OpenStreetMap as its
    source. Looked up once for each version of what the layer shows; outside of a reading of layers, as
    it takes one of its own.
    """
    version, kept = moment.version_of(layer), _kept.setdefault(database, {})
    found = kept.get(layer.id)
    if found is None or found[0] != version:
        with database.snapshot() as session:
            is_osm = _is_of_osm(session, layer, moment)
        found = (version, OSM_ATTRIBUTION if is_osm else None)
        kept[layer.id] = found
    return found[1]


def _is_of_osm(session: Session, layer: Layer, moment: LayerMoment) -> bool:
    if "network" in layer.versions and moment.context.network is not None:
        return True
    if layer.uses_run and moment.run is not None:
        demand = find_demand_set(session, moment.context.demand)
        if moment.run.inputs.network is not None or (demand and is_of_osm(demand.source)):
            return True
    query = layer.select(moment.context)
    return query is not None and names_source(session, query)

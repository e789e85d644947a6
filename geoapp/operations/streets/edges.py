"""Which pieces of the walking network are streets, and which named street each runs along."""

from typing import Final

import numpy as np

from geoapp.analysis.network.graph import FINE, WalkingNetwork
from geoapp.analysis.streets.along import streets_along
from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.arrays import IntArray
from geoapp.importers.osm.walk import CLASSES

# Footpaths, stairs and drives are walked on, and are no streets.
_STREETS: Final = frozenset(
    {
        *("living_street", "residential", "unclassified", "road"),
        *(f"{size}{end}" for size in ("tertiary", "secondary", "primary") for end in ("", "_link")),
        *("trunk", "trunk_link"),
    }
)
_KINDS: Final = [number for number, name in enumerate(CLASSES) if name in _STREETS]
# A street where nobody drives has a name; without one it is the rim of a square.
_ON_FOOT: Final = CLASSES.index("pedestrian")


def walkable_edges(network: WalkingNetwork) -> IntArray:
    """Return the edges from which others can be reached, squares' crossings included, ascending."""
    return np.flatnonzero(network.edge_fine == FINE)


def street_edges(network: WalkingNetwork, streets: StreetIndex | None) -> IntArray:
    """Return those of them that are streets by their class, ascending."""
    fine = walkable_edges(network)
    kind = network.edge_kind[fine]
    on_foot = fine[kind == _ON_FOOT]
    named = on_foot[named_along(network, streets, on_foot) >= 0]
    return np.union1d(fine[np.isin(kind, _KINDS)], named)


def named_along(network: WalkingNetwork, streets: StreetIndex | None, edge: IntArray) -> IntArray:
    """Return by edge its street's place among those with names; -1 where it has none."""
    if streets is None:
        return np.full(len(edge), -1, np.int64)
    edges, own = np.unique(edge, return_inverse=True)
    ends = [
        np.stack([network.lon[node[edges]], network.lat[node[edges]]], axis=1)
        for node in (network.edge_start, network.edge_end)
    ]
    return streets_along(streets.names, ends[0], ends[1])[own.reshape(-1)]

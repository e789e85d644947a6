"""The streets in reach of demand, as the proof of a plan on them holds them."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.snapping import snap
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.streets import allowed_pieces
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import Array, BoolArray, FloatArray, IntArray
from geoapp.core.results.proof import ProofStreets
from geoapp.core.walking import Standard

MOST_EDGES: Final = 400_000  # some 25 MB of text with the demand


def told_streets(
    walks: PairWalks,
    network: WalkingNetwork,
    standard: Standard,
    ground: AllowedGround,
    lon: FloatArray,
    lat: FloatArray,
    given: Sequence[IntArray | None],
) -> ProofStreets | None:
    """Return the streets in reach of the demand; None where there are more than a file should hold.

    Parameters
    ----------
    walks
        The demand points that the proof holds, in its order.
    ground
        Where sites may stand.
    lon, lat
        The plan's sites (EPSG:4326), in the proof's order.
    given
        By site the demand points that a given one reaches; None for chosen ones, which are on streets.
    """
    demand = walks.on_network(network)
    on = np.asarray(demand.edge >= 0)
    edges = np.union1d(walks.stretches(network, standard)[:, 0], demand.edge[on]).astype(np.int64)
    chosen = np.array([one is None for one in given], np.bool_)
    stands = snap(network, lon, lat)
    # A site may have been put on a street that crosses the one it was found on.
    edges = np.union1d(edges, stands.edge[chosen].astype(np.int64))
    if len(edges) > MOST_EDGES:
        return None
    pieces = allowed_pieces(network, edges, ground)
    nodes = np.union1d(network.edge_start[edges], network.edge_end[edges])
    line_m = walks.longest_lines_m(standard)
    return ProofStreets(
        limit_dm=walks.limit_dm(standard),
        node_lon=_told(network.lon[nodes]),
        node_lat=_told(network.lat[nodes]),
        start=_told(np.searchsorted(nodes, network.edge_start[edges])),
        end=_told(np.searchsorted(nodes, network.edge_end[edges])),
        length_dm=_told(network.edge_length_dm[edges]),
        piece_edge=_told(np.searchsorted(edges, pieces[:, 0])),
        piece_first_dm=_told(pieces[:, 1]),
        piece_last_dm=_told(pieces[:, 2]),
        edge=_told(_among(edges, demand.edge, on)),
        to_start_dm=_told(np.where(on, demand.to_start, 0)),
        leg_dm=_told(np.where(on, demand.leg, 0)),
        line_m=tuple(None if math.isnan(one) else one for one in line_m.tolist()),
        site_edge=_told(_among(edges, stands.edge, chosen)),
        along_dm=_told(np.where(chosen, stands.to_start, 0)),
        given=tuple(() if one is None else _told(one) for one in given),
    )


def _told(values: Array) -> tuple[Any, ...]:
    return tuple(values.tolist())


def _among(edges: IntArray, edge: Array, held: BoolArray) -> IntArray:
    """Return the positions of some edges in an ascending list; -1 for those that are not held."""
    return np.where(held, np.searchsorted(edges, edge), -1)

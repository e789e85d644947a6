"""Walking speeds by class of way: lengths become the level way that takes as long.

A flight of steps of 10 m that is walked at half the speed counts as 20 m of level way. Everything
else stays as it is: walks are then level metres, and divided by the walking speed they are seconds.
"""

from collections.abc import Mapping

import numpy as np

from geoapp.analysis.network.graph import SHUT_IN, WalkingNetwork
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


def with_speeds(network: WalkingNetwork, speed_share: Mapping[int, float]) -> WalkingNetwork:
    """Return a network with the same nodes and edges whose lengths are level decimetres.

    Parameters
    ----------
    speed_share
        By class of way (`edge_kind`; for OpenStreetMap the position in
        `geoapp.importers.osm.walk.CLASSES`) its speed as a share of that on level ways, 0.1 to 2;
        classes that are not named have 1. Straight legs to the network are level.

    Raises
    ------
    InvalidValueError
        If a class or a share is out of its range.
    """
    share = np.ones(256)
    for kind, value in speed_share.items():
        if not 0 <= kind <= 255:
            raise InvalidValueError(
                "speed_share", kind, Text("0 到 255 的类别", "a class 0 to 255")
            )
        if not 0.1 <= value <= 2.0:
            raise InvalidValueError("speed_share", value, Text("0.1 到 2 的数", "0.1 to 2"))
        share[kind] = value
    closed = np.zeros(network.node_count, np.bool_)
    closed[network.edge_start[network.edge_fine == SHUT_IN]] = True
    level_dm = np.round(network.edge_length_dm / share[network.edge_kind])
    return WalkingNetwork.build(
        network.lon,
        network.lat,
        network.edge_start,
        network.edge_end,
        np.maximum(1, level_dm).astype(np.int64),
        network.edge_kind,
        closed,
    )

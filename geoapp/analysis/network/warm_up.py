"""Compiles the inner loops before the first question, so that nobody waits for it.

Compiled code is kept beside the source (or in the user's cache folder, where that may not be
written), so only the first start after an installation takes some seconds.
"""

import tempfile
from pathlib import Path

import numpy as np

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.isochrones import isochrones
from geoapp.analysis.network.search import PlacesOnNetwork, nearest_of_all
from geoapp.analysis.network.snapping import snap
from geoapp.analysis.network.stretches import stretches_within


def warm_up() -> None:
    """Ask every kind of question once, on a street of two edges that is loaded from disk."""
    built = WalkingNetwork.build(
        np.array([0.0, 0.001, 0.002]),
        np.zeros(3),
        np.array([0, 1]),
        np.array([1, 2]),
        np.array([1113, 1113]),
    )
    with tempfile.TemporaryDirectory(prefix="geoapp-warm-up-") as folder:
        built.save(Path(folder) / "street")
        # Loaded arrays cannot be written to: for the compiler that is another type.
        network = WalkingNetwork.load(Path(folder) / "street")
        places = snap(network, [0.0005, 0.0015], [0.0001, 0.0])
        index = PlacesOnNetwork(network, places)
        index.nearest(places, 0, k=1)
        index.nearest_to(lon=0.0005, lat=0.0001, k=1, mask=np.ones(2, np.bool_))
        index.path(places, 0, 1)
        index.within(places, limit_m=500.0)
        for most in (1, 2):
            nearest_of_all(network, places, places, most=most)
        isochrones(network, places, limits_m=[100.0, 400.0])
        stretches_within(network, places, 4000, most=100)

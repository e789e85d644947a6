"""How far facilities are to walk: by the network where it reaches, by the estimate elsewhere.

The basis is told of each place by itself. On the network are an asker and facilities whose snap is
`Snap.ON`; a walk between two of them is the shortest path, straight legs included. Any other pair
is estimated. Two on parts of the network that nothing joins cannot walk to each other: such a
facility is no answer by walk.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.network.detour import local_estimate
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snap, Snapped, snap
from geoapp.core.entering import ANYBODY, Entering
from geoapp.core.settings import Settings
from geoapp.core.travel import By
from geoapp.core.walking import WalkingEstimate
from geoapp.core.words import Basis
from geoapp.operations.nearest.snapshot import Chosen, Filters, Snapshot
from geoapp.operations.network.keeper import NetworkKeeper

# Nobody walks farther to rest; it also bounds what a search for something rare may cost.
FARTHEST_M: Final = 30_000.0

Order = Literal["walk", "line"]


@dataclass(frozen=True, slots=True)
class NearestQuery:
    """A question.

    Attributes
    ----------
    lon, lat
        The asker's position, WGS-84, decimal degrees.
    k
        How many answers at most, 1 to 50.
    kinds, families, amenities
        Codes; any of the kinds, any of the families, all of the amenities.
    regions
        Codes of regions, those below them named as well: only facilities in one of them. Empty: all.
    entering
        Who wants to enter: what is known to keep them out does not count.
    at
        The moment that ``open`` is told for, with its zone; None is now.
    open_only
        Only facilities known to be open at that moment.
    max_m
        Greatest straight-line distance in metres.
    order
        By walking distance or by straight line.
    by
        How one goes; it decides when one arrives.
    arrive
        Whether answers tell if the place is open when one arrives, leaving at the moment.
    open_on_arrival
        Only facilities known to be open when one arrives; at the moment, where nobody goes so far.
    or_unknown
        With ``open_on_arrival`` those as well of which nobody knows whether they are open.
    off_m
        How far the position may be off, metres: what may be a walk from there is not too far.
    is_from
        Whether somebody goes from there; else, as for the list of a region, it orders alone, and water
        between counts for nothing.
    """

    lon: float
    lat: float
    k: int = 5
    kinds: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    amenities: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    entering: Entering = ANYBODY
    at: datetime | None = None
    open_only: bool = False
    max_m: float | None = None
    order: Order = "walk"
    by: By = By.WALK
    arrive: bool = False
    open_on_arrival: bool = False
    or_unknown: bool = False
    off_m: float = 0.0
    is_from: bool = True

    @property
    def filters(self) -> Filters:
        """Which facilities count, besides those that are open."""
        return Filters(self.kinds, self.families, self.amenities, self.regions, self.entering)

    def wants(self, open_then: bool | None) -> bool:
        """Tell whether a place counts that is open so when it matters."""
        if not self.open_on_arrival:
            return True
        return open_then is True or (self.or_unknown and open_then is None)


class Way(NamedTuple):
    """A place's position, how far in a straight line and on foot, and how that is known."""

    position: int
    distance_m: float
    walk_m: float
    basis: Basis


class FacilityWalks:
    """The facilities of one snapshot on one network."""

    def __init__(
        self, index: FacilityIndex, network: WalkingNetwork, former: "FacilityWalks | None" = None
    ) -> None:
        self.index, self.network = index, network
        self.snapped = self._snap(former)
        on = self.snapped.state == Snap.ON
        self._off = ~on & index.alive
        self._some_off = bool(self._off.any())
        self.places = PlacesOnNetwork(network, self.snapped)

    def _snap(self, former: "FacilityWalks | None") -> Snapped:
        """Put the places on the network; those that the former snapshot had stand there already."""
        index, kept = self.index, 0
        if (
            former is not None
            and former.network is self.network
            and former.index.layout == index.layout
        ):
            kept = len(former.snapped)
        fresh = snap(self.network, index.lon[kept:], index.lat[kept:])
        # Whoever is cut off or off the network is estimated, and does not stand on it.
        fresh = fresh.only(fresh.state == Snap.ON)
        if kept == 0 or former is None:
            return fresh
        both = zip(former.snapped.columns(), fresh.columns(), strict=True)
        return Snapped(*(np.concatenate(some) for some in both))

    def estimate_at(self, usual: WalkingEstimate, *, lon: float, lat: float) -> WalkingEstimate:
        """Return how walks from a place are estimated where the network does not reach."""
        return local_estimate(self.network, usual, lon=lon, lat=lat)

    def nearest(
        self, query: NearestQuery, chosen: Chosen, wanted: int, estimate: WalkingEstimate
    ) -> list[Way] | None:
        """Return the ways to the nearest places, nearest first; None if the asker is off the network.

        ``estimate`` is for those beside the network: see `estimate_at`.
        """
        mask = chosen.mask
        if query.max_m is not None:
            near = chosen.selection.query(
                lon=query.lon, lat=query.lat, k=max(1, len(chosen.selection)), max_m=query.max_m
            )
            mask = np.zeros_like(mask)
            mask[near.positions] = True
        if query.order == "line":
            return self._by_line(query, chosen, wanted, estimate)
        walks = self.places.nearest_to(
            lon=query.lon, lat=query.lat, k=wanted, mask=mask, limit_m=FARTHEST_M
        )
        if walks is None:
            return None
        line_m = self.index.distance_m(
            walks.positions.astype(np.int64), lon=query.lon, lat=query.lat
        )
        ways = [
            Way(position, distance_m, walk_dm / 10, Basis.NETWORK)
            for position, distance_m, walk_dm in zip(
                walks.positions.tolist(), line_m.tolist(), walks.walk_dm.tolist(), strict=True
            )
        ]
        if self._some_off and (beside := mask & self._off).any():
            line = self.index.query(lon=query.lon, lat=query.lat, k=wanted, mask=beside)
            ways += [
                Way(position, distance_m, estimate.walk_m(distance_m), Basis.ESTIMATE)
                for position, distance_m in zip(
                    line.positions.tolist(), line.distance_m.tolist(), strict=True
                )
            ]
        ways.sort(key=lambda way: (way.walk_m, self.index.keys[way.position]))
        return ways

    def _by_line(
        self,
        query: NearestQuery,
        chosen: Chosen,
        wanted: int,
        estimate: WalkingEstimate,
    ) -> list[Way] | None:
        line = chosen.selection.query(lon=query.lon, lat=query.lat, k=wanted, max_m=query.max_m)
        mask: NDArray[np.bool_] = np.zeros_like(chosen.mask)
        mask[line.positions] = True
        walks = self.places.nearest_to(
            lon=query.lon, lat=query.lat, k=wanted, mask=mask, limit_m=FARTHEST_M
        )
        if walks is None:
            return None
        known = dict(zip(walks.positions.tolist(), walks.walk_dm.tolist(), strict=True))
        return [
            Way(position, distance_m, known[position] / 10, Basis.NETWORK)
            if position in known
            else Way(position, distance_m, estimate.walk_m(distance_m), Basis.ESTIMATE)
            for position, distance_m in zip(
                line.positions.tolist(), line.distance_m.tolist(), strict=True
            )
        ]


class WalksKeeper:
    """Keeps the facilities on the network in use, following both."""

    def __init__(self, settings: Settings) -> None:
        self._networks = NetworkKeeper(settings)
        self._lock = threading.Lock()
        self._walks: FacilityWalks | None = None

    def of(self, snapshot: Snapshot) -> FacilityWalks | None:
        """Return a snapshot's facilities on the network in use; None where there is no network."""
        network = self._networks.sound()
        if network is None:
            return None
        held = self._walks
        if held is not None and held.index is snapshot.index and held.network is network:
            return held
        with self._lock:
            held = self._walks
            if held is None or held.index is not snapshot.index or held.network is not network:
                held = self._walks = FacilityWalks(snapshot.index, network, held)
            return held

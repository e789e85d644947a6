"""Walks on the real network are the shortest: held against scipy on an expanded graph."""

import itertools

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.network.catchments import catchments
from geoapp.analysis.network.graph import LEAST_PART, WalkingNetwork
from geoapp.analysis.network.isochrones import isochrones
from geoapp.analysis.network.search import FAR, PlacesOnNetwork, nearest_of_all, nearest_of_nodes
from geoapp.analysis.network.snapping import Snap, Snapped, snap
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.errors import InvalidValueError
from geoapp.core.walking import WalkingEstimate
from tests.analysis.conftest import Truth, random_places

ORIGINS, FACILITIES = 60, 200
ESTIMATE = WalkingEstimate(detour_factor=1.3, speed_m_per_s=1.2)


@pytest.fixture(scope="module")
def setting(helsinki: WalkingNetwork):
    # So dense that many share an edge.
    origins = snap(helsinki, *random_places(helsinki, ORIGINS, 3), limit_m=500)
    places = snap(helsinki, *random_places(helsinki, FACILITIES, 4), limit_m=500)
    return origins, places, PlacesOnNetwork(helsinki, places), Truth.of(helsinki, origins, places)


def expected(truth: Truth, origin: int, mask: np.ndarray, k: int, limit_dm: float) -> list:
    rows = [
        (walk, place)
        for place, walk in enumerate(truth.walk_dm[origin])
        if mask[place] and np.isfinite(walk) and walk <= limit_dm
    ]
    return sorted(rows)[:k]


@pytest.mark.parametrize("k", [1, 5, 50, 500])
@pytest.mark.parametrize("limit_m", [None, 0.0, 333.3, 1500.0])
def test_the_nearest_equal_brute_force(setting, k: int, limit_m: float | None) -> None:
    origins, _places, index, truth = setting
    random = np.random.default_rng(5)
    for origin in range(ORIGINS):
        mask = random.random(FACILITIES) < 0.4 if origin % 2 else np.ones(FACILITIES, bool)
        found = index.nearest(
            origins, origin, k=k, mask=None if mask.all() else mask, limit_m=limit_m
        )
        limit_dm = np.inf if limit_m is None else limit_m * 10
        wanted = expected(truth, origin, mask, k, limit_dm)
        assert list(zip(found.walk_dm, found.positions, strict=True)) == wanted


def test_from_a_position_it_is_as_step_by_step(setting, helsinki: WalkingNetwork) -> None:
    _origins, places, index, _truth = setting
    random = np.random.default_rng(6)
    lon, lat = random_places(helsinki, 150, 7)
    # Beside places, too: on their edges, and where one is walked to straight.
    lon = np.concatenate([lon, places.lon[:100] + random.normal(0, 2e-4, 100), [24.5, 120.0]])
    lat = np.concatenate([lat, places.lat[:100] + random.normal(0, 1e-4, 100), [60.5, 36.0]])
    asked = snap(helsinki, lon, lat)
    assert {Snap.ON, Snap.OFF} <= set(asked.state.tolist())
    for one in range(len(asked)):
        mask = random.random(FACILITIES) < (0.2, 1.0)[one % 2]
        k, limit_m = (1, 5, 300)[one % 3], (None, 800.0)[one % 5 == 0]
        walks = index.nearest_to(
            lon=float(lon[one]), lat=float(lat[one]), k=k, mask=mask, limit_m=limit_m
        )
        if asked.state[one] != Snap.ON:
            assert walks is None
            continue
        wanted = index.nearest(asked, one, k=k, mask=mask, limit_m=limit_m)
        assert walks.positions.tolist() == wanted.positions.tolist()
        assert walks.walk_dm.tolist() == wanted.walk_dm.tolist()


def test_two_thousand_pairs(helsinki: WalkingNetwork) -> None:
    origins = snap(helsinki, *random_places(helsinki, 40, 8))
    places = snap(helsinki, *random_places(helsinki, 50, 9))
    truth = Truth.of(helsinki, origins, places)
    pairs = PlacesOnNetwork(helsinki, places).within(origins, limit_m=1e6)
    assert pairs.nnz == np.isfinite(truth.walk_dm).sum() > 1900
    rows, columns = pairs.nonzero() if (pairs.data > 0).all() else (None, None)
    assert rows is not None
    assert (pairs[rows, columns] == truth.walk_dm[rows, columns]).all()


def test_the_matrix_holds_exactly_the_pairs_within_the_limit(setting) -> None:
    origins, _, index, truth = setting
    pairs = index.within(origins, limit_m=800)
    assert pairs.has_sorted_indices
    for origin in range(ORIGINS):
        held = pairs.indices[pairs.indptr[origin] : pairs.indptr[origin + 1]]
        assert list(held) == list(np.flatnonzero(truth.walk_dm[origin] <= 8000))


@pytest.mark.parametrize("most", [1, 2, 3])
@pytest.mark.parametrize("limit_m", [None, 700.0])
def test_one_pass_from_all_facilities(
    setting, helsinki: WalkingNetwork, most: int, limit_m: float | None
) -> None:
    origins, places, _, truth = setting
    walk_dm, owner = nearest_of_all(helsinki, places, origins, most=most, limit_m=limit_m)
    limit_dm = np.inf if limit_m is None else limit_m * 10
    for origin in range(ORIGINS):
        wanted = expected(truth, origin, np.ones(FACILITIES, bool), most, limit_dm)
        told = [int(walk) for walk in walk_dm[origin] if walk < FAR]
        assert told == [walk for walk, _ in wanted]
        # Owners are as near as they are said to be, and distinct.
        owners = [int(one) for one in owner[origin] if one >= 0]
        assert len(set(owners)) == len(owners) == len(told)
        assert [truth.walk_dm[origin, one] for one in owners] == told


def test_the_path_is_as_long_as_it_says(setting, helsinki: WalkingNetwork) -> None:
    origins, places, index, truth = setting
    seen = 0
    for origin in range(0, ORIGINS, 3):
        for target in range(0, FACILITIES, 20):
            path = index.path(origins, origin, target)
            assert (path is None) == (not np.isfinite(truth.walk_dm[origin, target]))
            if path is None or len(path[1]) == 0:
                continue
            metres, nodes = path
            total = origins.leg[origin] + places.leg[target]
            for some, one, node in ((origins, origin, nodes[0]), (places, target, nodes[-1])):
                at_start = helsinki.edge_start[some.edge[one]] == node
                total += (some.to_start if at_start else some.to_end)[one]
            for u, v in itertools.pairwise(nodes):
                row = slice(helsinki.indptr[u], helsinki.indptr[u + 1])
                total += helsinki.length_dm[row][list(helsinki.indices[row]).index(v)]
            assert total == truth.walk_dm[origin, target] == pytest.approx(metres * 10)
            seen += 1
    assert seen > 100


def test_snapping_finds_the_nearest_edge(helsinki: WalkingNetwork) -> None:
    lon, lat = random_places(helsinki, 300, 6)
    found = snap(helsinki, lon, lat, limit_m=2000)
    # On a plane that is true to a millimetre over these few hundred metres.
    scale = np.cos(np.radians(60.17)) * 111_320 * 1.0025, 111_412.0
    start, end = helsinki.edge_start, helsinki.edge_end
    lines = shapely.linestrings(
        np.stack(
            [
                np.stack([helsinki.lon[start] * scale[0], helsinki.lat[start] * scale[1]], 1),
                np.stack([helsinki.lon[end] * scale[0], helsinki.lat[end] * scale[1]], 1),
            ],
            axis=1,
        )
    )
    fine = helsinki.part[start] == 0
    assert helsinki.part_size[1] < LEAST_PART
    points = shapely.points(lon * scale[0], lat * scale[1])
    nearest_m = np.array([shapely.distance(lines[fine], point).min() for point in points])
    assert (found.state == Snap.ON).all()
    assert found.leg / 10 == pytest.approx(nearest_m, rel=3e-3, abs=0.1)


def test_a_small_part_traps_nobody(helsinki: WalkingNetwork) -> None:
    small = np.flatnonzero(helsinki.part > 0)
    lon, lat = helsinki.lon[small], helsinki.lat[small]
    far = snap(helsinki, lon, lat, limit_m=2000)
    assert (far.state == Snap.ON).all()
    assert (helsinki.part[helsinki.edge_start[far.edge]] == 0).all()
    assert far.leg.max() > 0
    # With nothing else within the limit, it is said.
    near = snap(helsinki, lon, lat, limit_m=1)
    cut = near.state == Snap.CUT_OFF
    assert cut.any()
    assert (helsinki.part[helsinki.edge_start[near.edge[cut]]] > 0).all()
    out = PlacesOnNetwork(helsinki, far)
    for place in np.flatnonzero(cut)[:5]:
        assert len(out.nearest(near, int(place), k=1).positions) == 0


def test_off_the_network_is_an_answer(helsinki: WalkingNetwork) -> None:
    away = snap(helsinki, [24.5, 120.0], [60.5, 36.0])
    assert list(away.state) == [Snap.OFF, Snap.OFF]
    index = PlacesOnNetwork(helsinki, away)
    assert len(index.nearest(away, 0, k=3).positions) == 0
    assert index.within(away, limit_m=100).nnz == 0
    walk_dm, owner = nearest_of_all(helsinki, away, away)
    assert (walk_dm == FAR).all()
    assert (owner == -1).all()


ODD_LON = [0.0, 0.0, 24.94, 24.94, 180.0, -180.0, 0.0, 24.94, 24.94]
ODD_LAT = [90.0, -90.0, 89.999, -89.999, 60.17, 60.17, 0.0, -60.17, 90.0]


def test_no_place_on_earth_keeps_a_search_waiting(helsinki: WalkingNetwork) -> None:
    for limit_m in (300.0, 5000.0):
        alone = [
            snap(helsinki, [x], [y], limit_m=limit_m) for x, y in zip(ODD_LON, ODD_LAT, strict=True)
        ]
        assert {int(one.state[0]) for one in alone} == {Snap.OFF}
        # In bulk, sorted along the grid and in threads.
        many = snap(helsinki, ODD_LON * 300, ODD_LAT * 300, limit_m=limit_m)
        assert set(many.state.tolist()) == {Snap.OFF}
    everything = np.array(ODD_LON), np.array(ODD_LAT)
    walks = PairWalks.of(*everything, estimate=ESTIMATE, network=helsinki)
    assert walks.within(*everything, limit_m=500.0).nnz >= len(ODD_LON)


@pytest.mark.parametrize("lat", [89.9, -89.9, 89.99999])
def test_a_network_may_lie_at_a_pole(lat: float) -> None:
    lon = np.linspace(-180, 180, 37)
    ring = WalkingNetwork.build(
        lon, np.full(37, lat), np.arange(36), np.arange(1, 37), np.full(36, 500)
    )
    places = snap(ring, ODD_LON + [5.0], ODD_LAT + [lat], limit_m=5000)
    assert places.state[-1] == Snap.ON
    assert PlacesOnNetwork(ring, places).table(places)[-1, -1] == 0
    [area] = isochrones(ring, places, len(ODD_LON), limits_m=[100.0])
    assert area.nodes > 0
    assert catchments(ring, places, limit_m=100.0)


def test_ties_come_in_order_of_position() -> None:
    # A street of 100 m with places at both ends and one asking in the middle.
    street = WalkingNetwork.build(
        np.array([0.0, 0.001, 0.002]), np.zeros(3), [0, 1], [1, 2], [1113, 1113]
    )
    places = snap(street, [0.002, 0.0, 0.002, 0.0], [0.0] * 4)
    index = PlacesOnNetwork(street, places)
    middle = snap(street, [0.001], [0.0])
    found = index.nearest(middle, k=3)
    assert list(found.positions) == [0, 1, 2]
    assert list(found.walk_dm) == [1113] * 3
    mask = np.array([False, True, True, True])
    assert list(index.nearest(middle, k=2, mask=mask).positions) == [1, 2]


def test_tables_hold_every_walk(setting) -> None:
    origins, _, index, truth = setting
    table = index.table(origins).astype(float)
    table[table == FAR] = np.inf
    assert (table == truth.walk_dm).all()


def test_nodes_have_the_first_of_their_nearest_facilities(helsinki: WalkingNetwork) -> None:
    places = snap(helsinki, *random_places(helsinki, 40, 12))
    # Twice the same places: each node is as near to both, and belongs to the first.
    both = Snapped(
        *(
            np.tile(getattr(places, name), 2)
            for name in ("state", "edge", "to_start", "to_end", "leg")
        )
    )
    walk_dm, owner = nearest_of_nodes(helsinki, both)
    assert owner.max() < 40
    graph = csr_array((helsinki.length_dm.astype(float), helsinki.indices, helsinki.indptr))
    on = np.flatnonzero(places.edge >= 0)
    ends = helsinki.edge_start[places.edge[on]], helsinki.edge_end[places.edge[on]]
    legs = places.to_start[on] + places.leg[on], places.to_end[on] + places.leg[on]
    by_end = [
        dijkstra(graph, indices=end) + leg[:, None] for end, leg in zip(ends, legs, strict=True)
    ]
    truth = np.minimum(*by_end)
    reached = np.isfinite(truth.min(axis=0))
    assert (walk_dm[reached, 0] == truth.min(axis=0)[reached]).all()
    assert (owner[reached, 0] == on[truth.argmin(axis=0)][reached]).all()
    assert (walk_dm[~reached] == FAR).all()
    assert (owner[~reached] == -1).all()


def test_many_places_are_put_where_single_ones_are(helsinki: WalkingNetwork) -> None:
    lon, lat = random_places(helsinki, 3000, 13)
    many = snap(helsinki, lon, lat, threads=3)
    for first in range(0, 3000, 500):
        some = slice(first, first + 500)
        few = snap(helsinki, lon[some], lat[some])
        for name in ("state", "edge", "to_start", "to_end", "leg"):
            assert (getattr(few, name) == getattr(many, name)[some]).all()


def test_no_walk_is_shorter_than_the_straight_line(helsinki: WalkingNetwork) -> None:
    (lon, lat), (to_lon, to_lat) = (random_places(helsinki, 60, seed) for seed in (51, 52))
    index = PlacesOnNetwork(helsinki, snap(helsinki, to_lon, to_lat))
    walk_m = index.table(snap(helsinki, lon, lat)) / 10
    for one in range(60):
        line_m = geodesic_m(lon[one], lat[one], to_lon, to_lat)
        # Legs and pieces of edges are rounded to decimetres, lengths along ways too.
        assert (walk_m[one] >= line_m - 0.5).all()


def test_order_of_places_does_not_matter(helsinki: WalkingNetwork) -> None:
    lon, lat = random_places(helsinki, 70, 53)
    origins = snap(helsinki, *random_places(helsinki, 9, 54))
    turn = np.random.default_rng(55).permutation(70)
    one = PlacesOnNetwork(helsinki, snap(helsinki, lon, lat)).table(origins)
    other = PlacesOnNetwork(helsinki, snap(helsinki, lon[turn], lat[turn])).table(origins)
    assert (one[:, turn] == other).all()


@pytest.mark.parametrize("most", [0, 101])
def test_how_many_is_checked(helsinki: WalkingNetwork, most: int) -> None:
    places = snap(helsinki, *random_places(helsinki, 3, 56))
    with pytest.raises(InvalidValueError, match="most"):
        nearest_of_all(helsinki, places, places, most=most)


def test_one_place_stands_where_it_stands_among_many(helsinki: WalkingNetwork) -> None:
    west, south, east, north = helsinki.bounds
    random = np.random.default_rng(11)
    wide, high = east - west, north - south
    lon = random.uniform(west - wide / 4, east + wide / 4, 2500)
    lat = random.uniform(south - high / 4, north + high / 4, 2500)
    many = snap(helsinki, lon, lat)
    assert set(many.state.tolist()) == {0, 1, 2}
    for place in range(0, 2500, 5):
        one = snap(helsinki, lon[place : place + 1], lat[place : place + 1])
        for name in ("state", "edge", "to_start", "to_end", "leg"):
            alone, among = getattr(one, name), getattr(many, name)
            assert alone.dtype == among.dtype
            assert alone[0] == among[place], name

"""Two places off the network: one rule, and every way of asking gives the same walk."""

import json
from pathlib import Path

import numpy as np
import pytest

from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.network.demand_walks import two_nearest_by_walk
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.routes import route
from geoapp.analysis.network.search import FAR, PlacesOnNetwork, nearest_of_all
from geoapp.analysis.network.snapping import Snap, Snapped, snap
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.walking import WalkingEstimate
from tests.analysis.conftest import Truth, flat_m

EAST, NORTH = (
    90_164.0,
    110_959.0,
)  # metres per degree at 36 degrees north, to a millimetre over 100 m
ESTIMATE = WalkingEstimate(detour_factor=1.3, speed_m_per_s=1.2)


def at(*places: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Places by metres east and north of 120 E, 36 N."""
    x, y = np.array(places, float).T
    return 120 + x / EAST, 36 + y / NORTH


def network_of(points: list[tuple[float, float]], ways: list[list[int]]) -> WalkingNetwork:
    lon, lat = at(*points)
    start = [a for way in ways for a in way[:-1]]
    end = [b for way in ways for b in way[1:]]
    xy = np.array(points)
    length = np.maximum(1, np.round(np.hypot(*(xy[start] - xy[end]).T) * 10)).astype(np.int64)
    return WalkingNetwork.build(lon, lat, start, end, length)


def town(seed: int) -> WalkingNetwork:
    """Crooked streets with points between the crossings, some of them missing."""
    random = np.random.default_rng(seed)
    points, ways, number = [], [], {}
    for x in range(6):
        for y in range(6):
            number[x, y] = len(points)
            points.append((x * 160 + random.uniform(-15, 15), y * 160 + random.uniform(-15, 15)))
    for x in range(6):
        for y in range(6):
            for other in ((x + 1, y), (x, y + 1)):
                if other not in number or random.random() < 0.15:
                    continue
                way = [number[x, y]]
                a, b = np.array(points[number[x, y]]), np.array(points[number[other]])
                for share in (0.3, 0.6):
                    bend = random.choice([0.0, 2.0, 12.0]) * random.choice([-1, 1])
                    across = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
                    points.append(tuple((a + share * (b - a) + bend * across).tolist()))
                    way.append(len(points) - 1)
                ways.append([*way, number[other]])
    return network_of(points, ways)


def strewn(network: WalkingNetwork, count: int, seed: int) -> Snapped:
    """Places anywhere, beside others, at the very same spot, and on the ways themselves."""
    random = np.random.default_rng(seed)
    lon, lat = at(*random.uniform(-150, 950, (count, 2)).tolist())
    for first, spread in ((0, 0.0), (1, 8.0), (2, 60.0)):
        copied = np.arange(first, count - 10, 7)
        lon[copied] = lon[copied + 3] + random.uniform(-spread, spread, len(copied)) / EAST
        lat[copied] = lat[copied + 3] + random.uniform(-spread, spread, len(copied)) / NORTH
    node = random.integers(0, network.node_count, 10)
    lon[-10:], lat[-10:] = network.lon[node], network.lat[node]
    return snap(network, lon, lat)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_way_of_asking_gives_the_walk_of_the_rule(seed: int) -> None:
    network = town(seed)
    origins, places = strewn(network, 70, seed + 10), strewn(network, 90, seed + 20)
    # Some of each stand where one of the others does.
    truth = Truth.of(network, origins, places).walk_dm
    by_network = Truth.of(network, bare(origins), bare(places)).walk_dm
    assert (truth < by_network).sum() > 50
    index = PlacesOnNetwork(network, places)
    table = index.table(origins).astype(float)
    table[table == FAR] = np.inf
    assert (table == truth).all()
    # The same from the other end.
    back = PlacesOnNetwork(network, origins).table(places).astype(float).T
    back[back == FAR] = np.inf
    assert (back == truth).all()
    within = index.within(origins, limit_m=120.0)
    assert within.nnz == (truth <= 1200).sum()
    nearest = np.sort(truth, axis=1)
    walk_dm, owner = nearest_of_all(network, places, origins, most=3)
    known = np.isfinite(nearest[:, :3])
    assert (walk_dm[known] == nearest[:, :3][known]).all()
    assert (np.take_along_axis(truth, owner, axis=1)[known] == walk_dm[known]).all()
    for one in np.flatnonzero(origins.state == Snap.ON).tolist():
        found = index.nearest(origins, one, k=4)
        assert (found.walk_dm == nearest[one, :4]).all()
        assert (truth[one, found.positions] == found.walk_dm).all()
        short = index.nearest(origins, one, k=90, limit_m=60.0)
        assert len(short.positions) == (truth[one] <= 600).sum()
        for target in found.positions[:2].tolist():
            way = route(
                index,
                origins,
                one,
                target,
                lon=float(origins.lon[one]),
                lat=float(origins.lat[one]),
                to_lon=float(places.lon[target]),
                to_lat=float(places.lat[target]),
            )
            assert way is not None
            assert round(way.walk_m * 10) == truth[one, target]
            drawn = flat_m(network, *np.array(way.line.coords).T)
            drawn_m = np.hypot(*np.diff(drawn, axis=0).T).sum()
            assert drawn_m == pytest.approx(way.walk_m, abs=1.0)


def bare(places: Snapped) -> Snapped:
    """The same places, known by their foot points alone."""
    return Snapped(*places.columns()[:5])


def test_pairs_and_the_two_nearest_follow_the_same_rule() -> None:
    network = town(4)
    demand, sites = strewn(network, 80, 5), strewn(network, 30, 6)
    truth = Truth.of(network, demand, sites).walk_dm / 10
    both = (demand.state == Snap.ON)[:, None] & (sites.state == Snap.ON)[None, :]
    walks = PairWalks.of(demand.lon, demand.lat, estimate=ESTIMATE, network=network)
    told = walks.within(sites.lon, sites.lat, limit_m=None).toarray()
    assert told[both & np.isfinite(truth)] == pytest.approx(truth[both & np.isfinite(truth)])
    keys = [("s", n) for n in range(30)]
    index = FacilityIndex.build(lon=sites.lon, lat=sites.lat, keys=keys)
    found = two_nearest_by_walk(network, index, demand.lon, demand.lat, estimate=ESTIMATE)
    least = np.where(both, truth, np.inf).min(axis=1)
    walked = found.by_network[:, 0]
    assert walked.sum() > 40
    assert found.walk_m[walked, 0] == pytest.approx(least[walked])


def test_each_place_is_its_own_nearest_at_no_distance(helsinki: WalkingNetwork) -> None:
    west, south, east, north = helsinki.bounds
    random = np.random.default_rng(7)
    places = snap(helsinki, random.uniform(west, east, 333), random.uniform(south, north, 333))
    on = np.flatnonzero(places.state == Snap.ON)
    assert (places.leg[on] > 100).sum() > 100
    index = PlacesOnNetwork(helsinki, places.only(places.state == Snap.ON))
    walk_dm, owner = nearest_of_all(helsinki, places, places)
    for one in on.tolist():
        found = index.nearest(places, one, k=1)
        assert (found.positions.tolist(), found.walk_dm.tolist()) == ([one], [0])
        assert index.path(places, one, one) is not None
    assert (walk_dm[on, 0] == 0).all()
    assert (owner[on, 0] == on).all()


# A street of 400 m to the east that bends to the north at its end, and a blind street to the south.
POINTS = [(0.0, 0.0), (150.0, 0.0), (300.0, 0.0), (400.0, 0.0), (400.0, 300.0), (300.0, -200.0)]
WAYS = [[0, 1, 2, 3, 4], [2, 5]]


@pytest.mark.parametrize(
    ("one", "other", "walk_m"),
    [
        ((50, 20), (120, 20), 70.0),  # the same side of one piece of the street
        ((50, 20), (120, -20), 110.0),  # across it: 20 + 70 + 20
        ((50, 20), (250, 20), 200.0),  # the same street over a point where it goes straight on
        ((50, 20), (50, 35), 15.0),  # one behind the other
        ((60, 30), (80, -10), 60.0),  # farther from each other (44.7 m) than from the street
        ((60, 100), (60, 250), 150.0),  # the line runs in no circle, but beside the street
        ((250, 20), (350, 20), 140.0),  # 20 + 100 + 20: beyond the crossing is another street
        ((50, 0), (120, 20), 90.0),  # one stands on the street: by the street
        ((380, 60), (340, 20), 160.0),  # 20 + 60 + 60 + 20: the street bends
    ],
)
def test_the_rule_by_its_words(
    one: tuple[float, float], other: tuple[float, float], walk_m: float
) -> None:
    network = network_of(POINTS, WAYS)
    lon, lat = at(one, other)
    places = snap(network, lon, lat)
    index = PlacesOnNetwork(network, places)
    table = index.table(places) / 10
    assert table[0, 1] == table[1, 0] == pytest.approx(walk_m, abs=0.15)
    assert table[0, 0] == table[1, 1] == 0


def test_streets_end_at_crossings_and_bends() -> None:
    network = network_of(POINTS, WAYS)
    street = network.street
    named: dict[int, list[float]] = {}
    for edge in range(network.edge_count):
        ends = (network.street_start_m[edge], network.street_end_m[edge])
        named.setdefault(int(street[edge]), []).append(float(abs(ends[1] - ends[0])))
    lengths = sorted(round(sum(pieces)) for pieces in named.values())
    # To the crossing, from it to the bend, from the bend on, and the blind street.
    assert lengths == [100, 200, 300, 300]


def test_a_ring_is_a_street_and_ends() -> None:
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    points = [(100 * float(np.cos(a)), 100 * float(np.sin(a))) for a in turn]
    ring = network_of(points, [[*range(60), 0]])
    assert set(ring.street.tolist()) == {0}
    # Across the ring from each other, outside of it: not straight through it.
    places = snap(ring, *at((130, 0), (-130, 0)))
    walk_dm = int(PlacesOnNetwork(ring, places).table(places)[0, 1])
    assert walk_dm == pytest.approx(10 * (60 + 100 * np.pi), rel=0.01)


def test_a_network_of_an_older_installation_gets_its_streets(tmp_path: Path) -> None:
    network = town(1)
    network.save(tmp_path / "net")
    manifest = json.loads((tmp_path / "net" / "manifest.json").read_text())
    for name in ("street", "street_start_m", "street_end_m"):
        (tmp_path / "net" / f"{name}.npy").unlink()
        del manifest["checksums"][name]
    (tmp_path / "net" / "manifest.json").write_text(json.dumps(manifest))
    loaded = WalkingNetwork.load(tmp_path / "net")
    assert loaded.version == network.version
    assert (loaded.street == network.street).all()
    assert (loaded.street_end_m == network.street_end_m).all()

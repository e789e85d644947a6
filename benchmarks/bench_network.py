"""Walking networks: one pass, cover, nearest, memory; beside scipy and (if installed) pandana.

Usage: python benchmarks/bench_network.py [nodes ...]        (310000 1030000 without arguments)

The cities are generated from a seed: a perturbed grid of streets with 15 % of the segments missing
and lengths in whole decimetres, so that equal is equal. Every line that compares prints a checksum of
both answers' distances; a difference stops the run. pandana is no dependency of geoapp: install it
beside (pip install pandana) to see its line.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.isochrones import isochrones
from geoapp.analysis.network.search import FAR, PlacesOnNetwork, nearest_of_all, nearest_of_nodes
from geoapp.analysis.network.snapping import Snapped, snap

FACILITIES, CANDIDATES, DEMAND, QUESTIONS = 2_000, 1_000, 1_000_000, 2_000
COVER_M = 1_000.0
METRES_PER_DEGREE = (90_200.0, 110_960.0)  # at 36 degrees north, near enough for a made-up city


def city(nodes: int, seed: int = 1) -> WalkingNetwork:
    """Return a network of about so many nodes."""
    rng = np.random.default_rng(seed)
    side = round((nodes / 0.995) ** 0.5)  # some corners have no street at all
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.stack([x.ravel(), y.ravel()], 1) * 80.0 + rng.uniform(-25, 25, (side * side, 2))
    number = np.arange(side * side).reshape(side, side)
    edges = np.concatenate(
        [
            np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], 1),
            np.stack([number[:-1].ravel(), number[1:].ravel()], 1),
        ]
    )
    edges = edges[rng.random(len(edges)) > 0.15]
    length_m = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T) * rng.uniform(1, 1.3, len(edges))
    lon, lat = 120 + xy[:, 0] / METRES_PER_DEGREE[0], 36 + xy[:, 1] / METRES_PER_DEGREE[1]
    length_dm = np.maximum(1, np.round(length_m * 10)).astype(np.int64)
    return WalkingNetwork.build(lon, lat, edges[:, 0], edges[:, 1], length_dm)


def timed(work: Callable[[], Any], times: int = 7) -> tuple[float, Any]:
    """Return the median seconds of some runs, and the last answer."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[times // 2], answer


def line(name: str, seconds: float, base: float | None = None, checksum: float | None = None):
    """Print one line: seconds, ratio to the base, checksum."""
    ratio = "" if base is None else f"{seconds / base:8.3f}"
    shown = "" if checksum is None else f"   checksum {checksum:,.0f}"
    print(f"  {name:<56}{seconds * 1000:10.1f} ms{ratio:>9}{shown}", flush=True)


def graph_of(network: WalkingNetwork) -> csr_array:
    """Return the network as scipy's matrix."""
    return csr_array(
        (network.length_dm.astype(np.float64), network.indices, network.indptr.astype(np.int32)),
        shape=(network.node_count, network.node_count),
    )


def at_nodes(network: WalkingNetwork, nodes: np.ndarray) -> Snapped:
    """Return places that stand exactly on nodes."""
    row = network.indptr[nodes]
    other = network.indices[row]
    low, high = np.minimum(nodes, other), np.maximum(nodes, other)
    key = network.edge_start.astype(np.int64) * network.node_count + network.edge_end
    edge = np.searchsorted(key, low.astype(np.int64) * network.node_count + high)
    length = network.edge_length_dm[edge].astype(np.int32)
    to_start = np.where(network.edge_start[edge] == nodes, 0, length).astype(np.int32)
    zeros = np.zeros(len(nodes), np.int32)
    return Snapped(
        zeros.astype(np.uint8), edge.astype(np.int32), to_start, length - to_start, zeros
    )


def same(one: float, other: float) -> None:
    """Stop at a difference."""
    if one != other:
        raise SystemExit(f"checksums differ: {one} {other}")


def field(network: WalkingNetwork, rng: np.random.Generator) -> None:
    """One pass from all facilities: beside scipy's bare call, and end to end."""
    nodes = np.sort(rng.choice(network.node_count, FACILITIES, replace=False)).astype(np.int32)
    graph, facilities = graph_of(network), at_nodes(network, nodes)
    base, bare = timed(lambda: dijkstra(graph, indices=nodes, min_only=True))
    nearest_of_nodes(network, facilities)
    seconds, (walk_dm, _) = timed(lambda: nearest_of_nodes(network, facilities))
    reached = np.isfinite(bare)
    same(float(bare[reached].sum()), walk_dm[walk_dm < FAR].sum(dtype=np.int64))
    print(f"One pass, {FACILITIES:,} facilities")
    line("scipy dijkstra(min_only=True), no owners", base, base, bare[reached].sum())
    line(
        "distances and owners for all nodes",
        seconds,
        base,
        walk_dm[walk_dm < FAR].sum(dtype=np.int64),
    )
    seconds, _ = timed(lambda: nearest_of_nodes(network, facilities, most=2), 2)
    line("the nearest two and their owners", seconds, base)
    west, south, east, north = network.bounds
    lon, lat = rng.uniform(west, east, DEMAND), rng.uniform(south, north, DEMAND)
    start = time.perf_counter()
    demand = snap(network, lon, lat)
    snapped = time.perf_counter()
    nearest_of_all(network, facilities, demand)
    done = time.perf_counter()
    line(f"{DEMAND:,} demand points: snapping", snapped - start)
    line(f"{DEMAND:,} demand points: walks and owners", done - snapped)
    line(f"{DEMAND:,} demand points: end to end", done - start)


def cover(network: WalkingNetwork, rng: np.random.Generator) -> None:
    """All pairs of candidates and nodes within a kilometre."""
    nodes = np.sort(rng.choice(network.node_count, CANDIDATES, replace=False)).astype(np.int32)
    graph, candidates = graph_of(network), at_nodes(network, nodes)
    everywhere = at_nodes(network, np.arange(network.node_count, dtype=np.int32))
    index = PlacesOnNetwork(network, everywhere)
    index.within(candidates, limit_m=COVER_M)
    seconds, pairs = timed(lambda: index.within(candidates, limit_m=COVER_M))
    total = float(pairs.data.sum(dtype=np.int64))
    print(f"Cover, {CANDIDATES:,} candidates x {COVER_M:,.0f} m: {pairs.nnz:,} pairs")
    line("geoapp", seconds, seconds, total)

    def scipy_cover() -> float:
        batch, found = max(1, int(2e8 // (8 * network.node_count))), 0.0
        for first in range(0, CANDIDATES, batch):
            rows = dijkstra(graph, indices=nodes[first : first + batch], limit=COVER_M * 10)
            found += float(rows[np.isfinite(rows)].sum())
        return found

    peer, checksum = timed(scipy_cover, 1)
    line("scipy, batches of bounded dijkstra", peer, seconds, checksum)
    same(total, checksum)
    if importlib.util.find_spec("pandana") is None:
        print("  pandana is not installed")
        return
    import pandana  # noqa: PLC0415

    net = pandana.Network(
        pd.Series(network.lon),
        pd.Series(network.lat),
        pd.Series(network.edge_start.astype(np.int64)),
        pd.Series(network.edge_end.astype(np.int64)),
        pd.DataFrame({"dm": network.edge_length_dm.astype(np.float64)}),
    )
    peer, answer = timed(lambda: net.nodes_in_range(nodes.tolist(), COVER_M * 10), 1)
    checksum = float(answer[answer.columns[-1]].sum())
    line("pandana nodes_in_range", peer, seconds, checksum)
    same(total, checksum)


def middle_of(network: WalkingNetwork) -> Snapped:
    """Return the place in the middle of a network."""
    west, south, east, north = network.bounds
    return snap(network, [(west + east) / 2], [(south + north) / 2])


def questions(network: WalkingNetwork, rng: np.random.Generator) -> None:
    """The nearest five by walk, one question after the other, snapping included; isochrones."""
    west, south, east, north = network.bounds
    places = snap(
        network, rng.uniform(west, east, FACILITIES), rng.uniform(south, north, FACILITIES)
    )
    index = PlacesOnNetwork(network, places)
    lon, lat = rng.uniform(west, east, QUESTIONS), rng.uniform(south, north, QUESTIONS)
    index.nearest(snap(network, lon[:1], lat[:1]), k=5)
    took = []
    for one in range(QUESTIONS):
        start = time.perf_counter()
        index.nearest(snap(network, lon[one : one + 1], lat[one : one + 1]), k=5)
        took.append(time.perf_counter() - start)
    print(f"Nearest 5 of {FACILITIES:,} by walk, {QUESTIONS:,} questions")
    line("median", float(np.median(took)))
    line("99th percentile", float(np.quantile(took, 0.99)))
    origin = snap(network, lon[:20], lat[:20])
    start = time.perf_counter()
    for one in range(20):
        isochrones(network, origin, one, limits_m=[720.0])
    line("an isochrone of 720 m", (time.perf_counter() - start) / 20)
    seconds, _ = timed(lambda: isochrones(network, middle_of(network), limits_m=[4_000.0]), 3)
    line("an isochrone of 4 km", seconds)


_MEMORY = """
import json, sys
from pathlib import Path
import numpy as np
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import snap

def own_kb():
    text = Path("/proc/self/smaps_rollup").read_text()
    return sum(int(row.split()[1]) for row in text.splitlines() if row.startswith("Private_"))

tiny = WalkingNetwork.build(np.array([0.0, 0.001]), np.zeros(2), [0], [1], [1113])
def use(network):
    rng = np.random.default_rng(1)
    west, south, east, north = network.bounds
    places = snap(network, rng.uniform(west, east, 2000), rng.uniform(south, north, 2000))
    index = PlacesOnNetwork(network, places)
    for lon, lat in zip(rng.uniform(west, east, 500), rng.uniform(south, north, 500)):
        index.nearest(snap(network, [lon], [lat]), k=5)
    return index
tiny.save(Path(sys.argv[1]) / sys.argv[2])
held = [use(WalkingNetwork.load(Path(sys.argv[1]) / sys.argv[2]))]  # everything is compiled
before = own_kb()
network = WalkingNetwork.load(Path(sys.argv[1]) / "city")
held.append(use(network))
print(json.dumps({"own_mb": (own_kb() - before) / 1024}))
input()
"""


def memory(network: WalkingNetwork, folder: Path) -> None:
    """What each process takes for itself, its copy of the network included."""
    network.save(folder / "city")
    size = sum(path.stat().st_size for path in (folder / "city").iterdir()) / 2**20
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _MEMORY, str(folder), f"tiny{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    own = []
    for process in processes:
        assert process.stdout is not None
        own.append(json.loads(process.stdout.readline())["own_mb"])
    for process in processes:
        process.communicate("\n")
    print(f"Memory: {size:.0f} MB on disk; each process takes {max(own):.1f} MB for itself")


def main() -> None:
    """Print the tables."""
    for nodes in [int(one) for one in sys.argv[1:]] or [310_000, 1_030_000]:
        rng = np.random.default_rng(20261123)
        start = time.perf_counter()
        network = city(nodes)
        print(
            f"\n{network.node_count:,} nodes, {network.edge_count:,} edges, "
            f"{len(network.part_size)} parts; {os.cpu_count()} cores"
        )
        line("generating and building", time.perf_counter() - start)
        field(network, rng)
        cover(network, rng)
        questions(network, rng)
        with tempfile.TemporaryDirectory() as folder:
            memory(network, Path(folder))


if __name__ == "__main__":
    main()

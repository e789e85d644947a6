"""Networks are built, saved and loaded unchanged; what is broken is refused."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.analysis.network.files import describe
from geoapp.analysis.network.graph import WalkingNetwork, hilbert, verify
from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.walking import ACROSS_KIND


def test_statistics(helsinki: WalkingNetwork) -> None:
    told = helsinki.statistics()
    assert (told.nodes, told.edges) == (helsinki.node_count, helsinki.edge_count)
    # Lines across squares are walked, and no ways of the map.
    is_way = helsinki.edge_kind != ACROSS_KIND
    assert 500 < (~is_way).sum() < 2500
    assert told.length_m == pytest.approx(helsinki.edge_length_dm[is_way].sum() / 10)
    assert helsinki.part_size.sum() == told.nodes
    assert told.largest_share == helsinki.part_size[0] / told.nodes
    degree = np.bincount(np.r_[helsinki.edge_start, helsinki.edge_end])
    assert told.dead_ends == (degree == 1).sum()


def test_saved_and_loaded_alike(helsinki: WalkingNetwork, tmp_path: Path) -> None:
    helsinki.save(tmp_path / "net", {"name": "赫尔辛基"})
    loaded = WalkingNetwork.load(tmp_path / "net")
    assert loaded.version == helsinki.version
    for name, values in helsinki.arrays().items():
        again = loaded.arrays()[name]
        assert isinstance(again.base, np.memmap)  # stays on disk
        assert not again.flags.writeable
        assert again.dtype == values.dtype
        assert (np.asarray(again) == values).all()
    told = describe(tmp_path / "net")
    assert told["about"] == {"name": "赫尔辛基"}
    assert told["statistics"]["nodes"] == helsinki.node_count
    assert [left.name for left in tmp_path.iterdir()] == ["net"]


def test_the_version_is_that_of_the_content(helsinki: WalkingNetwork) -> None:
    shuffled = np.random.default_rng(1).permutation(helsinki.edge_count)
    again = WalkingNetwork.build(
        helsinki.lon,
        helsinki.lat,
        helsinki.edge_end[shuffled],
        helsinki.edge_start[shuffled],
        helsinki.edge_length_dm[shuffled],
        helsinki.edge_kind[shuffled],
    )
    assert again.version == helsinki.version


@pytest.mark.parametrize("damage", ["manifest.json", "indices.npy", "grid_edges.npy"])
def test_a_damaged_folder_is_refused(helsinki: WalkingNetwork, tmp_path: Path, damage: str) -> None:
    helsinki.save(tmp_path / "net")
    (tmp_path / "net" / damage).write_bytes(b"\x93NUMPY")
    with pytest.raises(UnusableInputError, match="net"):
        WalkingNetwork.load(tmp_path / "net")
    (tmp_path / "net" / damage).unlink()
    with pytest.raises(UnusableInputError):
        WalkingNetwork.load(tmp_path / "net")


def test_another_format_is_refused(helsinki: WalkingNetwork, tmp_path: Path) -> None:
    helsinki.save(tmp_path / "net")
    manifest = tmp_path / "net" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 0}))
    with pytest.raises(UnusableInputError, match="format 0"):
        WalkingNetwork.load(tmp_path / "net")


def test_a_kill_leaves_no_half_network(tmp_path: Path) -> None:
    """Saving, killed at its last file, leaves nothing under the network's name."""
    code = """
import os, signal, sys
from pathlib import Path
import numpy as np
from geoapp.analysis.network import graph
network = graph.WalkingNetwork.build(np.array([0., 1.]), np.zeros(2), [0], [1], [5])
Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
network.save(Path(sys.argv[1]) / "net")
"""
    done = subprocess.run([sys.executable, "-c", code, tmp_path], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "net").exists()


def test_of_parallel_segments_the_shortest_counts() -> None:
    network = WalkingNetwork.build(
        np.array([0.0, 0.001, 0.5]), np.zeros(3), [0, 1, 0, 1], [1, 0, 1, 1], [1200, 1113, 1500, 3]
    )
    assert network.node_count == 2  # the third point has no segment
    assert list(network.edge_length_dm) == [1113]


@pytest.mark.parametrize("length", [0, -1, 2**31])
def test_lengths_are_checked(length: int) -> None:
    with pytest.raises(InvalidValueError, match="length_dm"):
        WalkingNetwork.build(np.array([0.0, 1.0]), np.zeros(2), [0], [1], [length])


@given(st.integers(1, 5))
def test_the_curve_visits_every_cell_by_steps_of_one(order: int) -> None:
    side = 1 << order
    x, y = (axis.ravel().astype(float) for axis in np.meshgrid(np.arange(side), np.arange(side)))
    place = hilbert(x, y, order)
    assert sorted(place) == list(range(side * side))
    along = np.argsort(place)
    steps = np.abs(np.diff(x[along])) + np.abs(np.diff(y[along]))
    assert (steps == 1).all()


@pytest.mark.parametrize("name", ["length_dm", "edge_kind", "grid_edges"])
def test_damage_inside_a_file_is_found(helsinki: WalkingNetwork, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "net"
    helsinki.save(folder)
    verify(folder)
    path = folder / f"{name}.npy"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    with pytest.raises(UnusableInputError, match=name):
        verify(folder)


def test_a_folder_in_use_is_not_overwritten(helsinki: WalkingNetwork, tmp_path: Path) -> None:
    """Whatever happens to a second save, the network that was there stays."""
    helsinki.save(tmp_path / "net")
    other = WalkingNetwork.build(np.array([0.0, 1.0]), np.zeros(2), [0], [1], [5])
    with pytest.raises(OSError, match="net"):
        other.save(tmp_path / "net")
    verify(tmp_path / "net")
    assert WalkingNetwork.load(tmp_path / "net").version == helsinki.version
    assert [path.name for path in tmp_path.iterdir()] == ["net"]

"""How wrong straight lines would have been, with arithmetic known in advance."""

import numpy as np
import pytest

from geoapp.analysis.coverage.straight_line import StraightLine, straight_line
from geoapp.analysis.network.snapping import Snap
from geoapp.core.walking import Standard, WalkingEstimate

PARENTS = {"A": "city", "B": "city", "city": None}


def compare(standard: Standard) -> tuple[StraightLine, dict[str, StraightLine]]:
    return straight_line(
        state=np.array([Snap.ON, Snap.ON, Snap.ON, Snap.CUT_OFF, Snap.OFF, Snap.ON], np.uint8),
        walk_m=np.array([400.0, 700, 900, 100, 100, np.inf]),
        line_m=np.array([350.0, 400, 300, 80, 80, 450]),
        weight=np.array([1.0, 2, 4, 8, 16, 32]),
        standard=standard,
        estimate=WalkingEstimate(detour_factor=1.5, speed_m_per_s=1.0),
        region=np.array(["A", "A", "B", "B", None, "B"], object),
        parents=PARENTS,
    )


@pytest.mark.parametrize("standard", [Standard.of_metres(500), Standard.of_seconds(500)])
def test_arithmetic(standard: Standard) -> None:
    total, regions = compare(standard)
    assert set(regions) == {"A", "B", "city"}
    # On the network stand 1 + 2 + 4 + 32. On foot only the first is within 500 m; in circles all
    # are; by the estimate 525 and 600 m are out, 450 is in, 675 is out.
    assert (total.on_weight, total.cut_off_weight, total.off_weight) == (39, 8, 16)
    assert total.walk_covered_share == pytest.approx(1 / 39)
    assert total.line_covered_share == 1
    assert total.estimate_covered_share == pytest.approx(4 / 39)
    assert total.line_wrong_weight == 2 + 4 + 32
    assert total.estimate_wrong_weight == 1 + 4
    # (400 + 2 * 700 + 4 * 900) / (350 + 2 * 400 + 4 * 300): who reaches none does not count.
    assert total.detour_factor == pytest.approx(5400 / 2350)
    assert regions["A"].line_wrong_weight == 2
    assert regions["A"].detour_factor == pytest.approx(1800 / 1150)
    assert regions["B"].cut_off_weight == 8
    assert regions["city"].on_weight == 39
    assert regions["city"].off_weight == 0


@pytest.mark.parametrize("region", [None, np.array([None], object)])
def test_nobody_on_the_network(region: np.ndarray | None) -> None:
    total, regions = straight_line(
        state=np.array([Snap.OFF], np.uint8),
        walk_m=np.array([100.0]),
        line_m=np.array([80.0]),
        weight=np.array([3.0]),
        standard=Standard.of_metres(500),
        estimate=WalkingEstimate(),
        region=region,
        parents={},
    )
    assert regions == {}
    assert total == StraightLine(0, 0, 3, None, None, None, 0, 0, None)

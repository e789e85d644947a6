"""Signs on maps: none hides another, and each stays near its place."""

import math

import numpy as np

from geoapp.reports.drawing import Frame, apart


def test_signs_hide_none_of_each_other() -> None:
    frame = Frame.around((24.0, 60.0, 24.1, 60.05), 20, 30, 170, 110)
    rng = np.random.default_rng(5)
    for spots in (
        [],
        [(60.0, 60.0)],
        [(60.0, 60.0)] * 4,
        [(20.0, 30.0), (20.5, 30.0)],  # at the corner
        [(float(x), float(y)) for x, y in rng.uniform(60, 90, (20, 2))],
    ):
        found = apart(spots, 5.4, frame)
        assert len(found) == len(spots)
        for k, (x, y) in enumerate(found):
            assert frame.left <= x <= frame.left + frame.width
            assert frame.top <= y <= frame.top + frame.height
            assert math.dist((x, y), spots[k]) < 25
            assert all(math.dist((x, y), other) > 5.2 for other in found[:k])
        assert found == apart(spots, 5.4, frame)

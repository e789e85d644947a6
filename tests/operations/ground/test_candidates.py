"""The spacing of generated candidates follows the standard, and stays within what can be handled."""

import numpy as np
import pytest

from geoapp.core import limits
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.walking import WalkingEstimate
from geoapp.operations.ground import candidates
from geoapp.operations.ground.candidates import generated_sites
from geoapp.store.runs.demand_rows import DemandRows

ESTIMATE = WalkingEstimate(detour_factor=1.3, speed_m_per_s=1.2)
SIDE = 30
# A town of 30 x 30 demand points, some 60 m apart.
EAST, NORTH = np.meshgrid(np.arange(SIDE) * 0.00066, np.arange(SIDE) * 0.00054)


def demand() -> DemandRows:
    """Return as many workers at each point."""
    count = SIDE * SIDE
    known = {
        "lon": 120.3 + EAST.ravel(),
        "lat": 36.0 + NORTH.ravel(),
        "weight": np.ones(count),
    }
    names = DemandRows.__dataclass_fields__
    none = np.full(count, None, dtype=object)
    return DemandRows(**{name: known.get(name, none) for name in names})


@pytest.mark.parametrize(
    ("question", "spacing_m"),
    [
        (SitingParameters(p=1, standard_m=500.0), 100.0),
        (SitingParameters(p=1, standard_m=1200.0), 240.0),
        (SitingParameters(p=1, standard_m=50.0), limits.LEAST_SPACING_M),
        (SitingParameters(p=1, standard_seconds=600.0), 144.0),  # 720 m on foot
        (SitingParameters(p=1, standard_m=500.0, spacing_m=300.0), 300.0),
    ],
)
def test_a_fifth_of_the_standard(question: SitingParameters, spacing_m: float) -> None:
    made, used = generated_sites(question, demand(), None, ESTIMATE)
    assert used == spacing_m
    assert len(made) > 0


def test_wider_where_that_makes_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST_GENERATED", 60)
    question = SitingParameters(p=1, standard_m=500.0)
    made, used = generated_sites(question, demand(), None, ESTIMATE)
    assert 30 <= len(made) <= 60
    assert 200 < used < 400
    # What is asked for is kept, whatever it makes.
    asked = SitingParameters(p=1, standard_m=500.0, spacing_m=100.0)
    made, used = generated_sites(asked, demand(), None, ESTIMATE)
    assert (used, len(made) > 60) == (100.0, True)

"""The lines that the planner's page is held against are the service's own geodesics."""

import json
from pathlib import Path

import numpy as np
import pytest

from geoapp.analysis.geometry.spheroid import geodesic_m

LINES = Path(__file__).parents[2] / "js" / "planner" / "siting" / "lines.json"


def test_lines_of_the_page_are_geodesics() -> None:
    lines = json.loads(LINES.read_text())
    ends = np.array([[*one["from"], *one["to"]] for one in lines]).T
    assert geodesic_m(*ends) == pytest.approx([one["metres"] for one in lines], abs=1e-9)

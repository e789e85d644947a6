"""Every certain answer is that of the reference implementation (``scripts/hours_oracle.py``).

The other way round is not asked: what programs read in one way and people in another is unknown.
"""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from geoapp.core.calendar import WorkCalendar
from geoapp.core.hours import read_or_keep, state

ORACLE = json.loads((Path(__file__).parent / "oracle.json").read_text(encoding="utf-8"))
# The strings of China name no holidays: let there be none, and every date an ordinary day.
NO_HOLIDAYS = WorkCalendar(years=frozenset(range(2020, 2040)))
VERDICTS = {True: "1", False: "0", None: "?"}


@pytest.mark.parametrize("asked", ORACLE["sets"], ids=["china", "holidays in finland"])
def test_no_certain_answer_differs_from_the_reference(asked: dict) -> None:
    place = asked["place"]
    zone = ZoneInfo(place["zone"])
    texts = [f"{day}T{time}" for day in asked["dates"] for time in asked["times"]]
    moments = [datetime.fromisoformat(text).replace(tzinfo=zone) for text in texts]
    differing, certain = [], 0
    for words, verdicts in asked["answers"].items():
        expression, _ = read_or_keep(words)
        for text, moment, verdict in zip(texts, moments, verdicts, strict=True):
            mine = state(
                expression,
                moment,
                timezone=place["zone"],
                calendar=NO_HOLIDAYS,
                lon=float(place["lon"]),
                lat=float(place["lat"]),
            )
            certain += mine is not None
            if mine is not None and VERDICTS[mine] != verdict:
                differing.append((words, expression, text, verdict))
    assert not differing, differing[:5]
    # Saying "unknown" to everything would be no answer.
    assert certain > 0.6 * len(texts) * len(asked["answers"])

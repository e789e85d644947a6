"""Verdicts of siting runs in words."""

from typing import Any

import pytest

from geoapp.core.i18n import Text
from geoapp.core.results.siting import CandidateSource, Fairness, FairnessLevel, SitingFindings
from geoapp.core.results.status import SitingStatus
from geoapp.reports.words.siting import among_text, gap_words

UNPROVEN: dict[str, Any] = {
    "status": SitingStatus.TIME_LIMIT,
    "objective": 5.0,
    "bound": 177.0,
    "gap_share": 34.3767,
}


def level(lowest: int, objective: float, bound: float | None) -> FairnessLevel:
    proven = bound == objective
    return FairnessLevel(lowest=lowest, objective=objective, bound=bound, proven=proven)


@pytest.mark.parametrize(
    ("levels", "zh", "en"),
    [
        # 0.13811 is rounded up: what is not proven must not read as nothing.
        (
            [level(1, 0.137, 0.13811)],
            "最差的区为 13.7%，任何方案至多 13.9%",
            "the worst district stands at 13.7%, and no plan lifts it above 13.9%",
        ),
        # 0.28 of two districts less 0.13 of the worst; 0.35 less 0.13.
        (
            [level(1, 0.13, 0.13), level(2, 0.28, 0.35)],
            "从最差的数起第 2 个区为 15.0%，任何方案至多 22.0%",
            "number 2 from the worst on stands at 15.0%, and no plan lifts it above 22.0%",
        ),
        ([level(1, 0.13, None)], "最差的区为 13.0%，至多多少未知", "is not known"),
        (
            [level(1, 0.13, 0.13)],
            "最差的 1 个区已证明不能再高",
            "proven for 1 district from the worst on",
        ),
    ],
)
def test_the_verdict_on_the_worst_district_is_in_its_shares(
    levels: list[FairnessLevel], zh: str, en: str
) -> None:
    equity = Fairness(districts=(), proven_districts=0, levels=tuple(levels))
    words = gap_words(SitingFindings.model_construct(**UNPROVEN, equity=equity))
    assert words.zh.endswith(zh) and words.en.endswith(en)
    assert "3437" not in words.both()


def test_a_plan_is_the_best_among_so_many_candidates() -> None:
    generated = CandidateSource(count=1610, spacing_m=100.0)
    assert among_text(generated) == Text(
        "1,610 个候选点，间距 100 米", "1,610 candidates, generated 100 m apart"
    )
    assert among_text(CandidateSource(count=1)) == Text("1 个候选点", "1 candidate")

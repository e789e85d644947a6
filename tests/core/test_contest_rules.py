"""Rules of contests as data: what is shipped, an operator's own, what is refused, what they allow."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.core.contest_rules import (
    ContestRules,
    Judge,
    Opens,
    contest_rules,
    contest_rules_of,
    read_contest_rules,
)
from geoapp.core.contests import EntryState, entry_breaches, points_of, scores
from geoapp.core.errors import UnusableInputError
from geoapp.core.paths import shipped
from geoapp.core.settings import Settings

PATH = shipped("data") / "contests" / "jiangbei_2023.json"


def content() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
    return found


def test_what_jiangbei_published(settings: Settings) -> None:
    """Nine finalists, four criteria, one, three and five prizes; shares and votes nobody published."""
    rules = contest_rules_of(settings, "jiangbei-2023")
    assert (rules.finalists, len(rules.criteria), rules.most_votes) == (9, 4, None)
    assert [prize.number for prize in rules.prizes] == [1, 3, 5]
    assert {one.share for one in rules.judging} == {None}
    assert not rules.is_open(Opens.PRIZE, "votes")
    assert rules.is_open(Opens.PRIZE, "result")
    assert rules.is_open(Opens.POINTS, "result")
    stages = ["entries"]
    while following := rules.next_stage(stages[-1]):
        stages.append(following.code)
    assert stages == ["entries", "review", "votes", "result"]


def test_another_contest_is_another_file(settings: Settings) -> None:
    own = settings.data / "contests"
    own.mkdir(parents=True)
    (own / "town.json").write_text(json.dumps(content() | {"code": "town"}), "utf-8")
    assert set(contest_rules(settings)) == {"common", "jiangbei-2023", "town"}


def test_a_faulty_file_is_named(tmp_path: Path, subtests: pytest.Subtests) -> None:
    first, *stages = content()["stages"]
    experts, workers = content()["judging"]
    faults: list[tuple[dict[str, Any], str]] = [
        ({"stages": [first, *stages[:-1]]}, "no stage opens"),
        ({"stages": [first | {"opens": ["votes"]}, *stages]}, "a code is repeated"),
        ({"stages": [first | {"synonyms": ["结果"]}, *stages]}, "a code is repeated"),
        ({"judging": [experts | {"share": 0.6}, workers | {"share": 0.6}]}, "add up to 1.2"),
        ({"judging": [experts | {"share": 0.6}, workers | {"share": 0.3}]}, "add up to 0.9"),
        ({"finalists": -1}, "finalists"),
        ({"more": 1}, "more"),
    ]
    path = tmp_path / "faulty.json"
    for change, fault in faults:
        with subtests.test(fault):
            path.write_text(json.dumps(content() | change), "utf-8")
            with pytest.raises(UnusableInputError, match=rf"faulty\.json.*{re.escape(fault)}"):
                read_contest_rules(path)


ENTRIES = st.lists(
    st.builds(
        EntryState,
        st.none() | st.integers(0, 40),
        st.none() | st.booleans(),
        st.sampled_from([None, "一等奖", "二等奖", "三等奖", "特等奖"]),
    ),
    max_size=16,
)


@given(ENTRIES, st.none() | st.integers(0, 16), st.none() | st.integers(0, 12))
def test_no_breach_is_missed_and_none_is_invented(
    states: list[EntryState], entered: int | None, finalists: int | None
) -> None:
    rules = ContestRules.model_validate(content() | {"most_votes": 100})
    entries = {f"E-{number}": state for number, state in enumerate(states)}
    breaches = entry_breaches(rules, entries, entered=entered, finalists=finalists)
    number = {prize.zh: prize.number or 0 for prize in rules.prizes}
    won = [state.prize for state in states if state.prize is not None]
    kept = (
        (entered is None or len(states) <= entered)
        and sum(state.finalist is True for state in states) <= min(9, finalists or 9)
        and not (finalists == 0 and any(state.finalist for state in states))
        and all(won.count(prize) <= number.get(prize, 0) for prize in won)
        and sum(state.votes or 0 for state in states) <= 100
        and not any(state.prize and state.finalist is False for state in states)
    )
    assert (not breaches) == kept
    for breach in breaches:
        assert breach.text.zh
        assert breach.text.en
        assert set(breach.entries) <= set(entries)


def test_a_score_needs_every_share_point_and_vote() -> None:
    shares = [
        {"code": "experts", "zh": "专家", "en": "experts", "share": 0.6},
        {"code": "workers", "zh": "职工", "en": "workers", "share": 0.4},
    ]
    rules = ContestRules.model_validate(content() | {"judging": shares, "most_points": 10})
    names = [one.zh for one in rules.criteria]
    full = points_of("目的明确 9; 方案合理 8; 可复制性高 10; 创新性强 7")
    entries = {"A": (full, 20), "B": (full, 40), "C": ({"目的明确": 9.0}, 10), "D": (full, None)}
    # Points 34 of 40 by 0.6 = 0.51; half of the most votes by 0.4 = 0.2.
    found = scores(rules, names, entries)
    assert found == {
        "A": pytest.approx(0.71),
        "B": pytest.approx(0.91),
        "C": None,
        "D": None,
    }
    assert set(scores(contest_rules_like(None), names, entries).values()) == {None}


def contest_rules_like(share: float | None) -> ContestRules:
    judging = [{"code": str(one), "zh": "甲", "en": "a", "share": share} for one in Judge]
    return ContestRules.model_validate(content() | {"judging": judging})

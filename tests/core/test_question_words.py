"""What is wanted in a place that is named is understood by the service as on the phone."""

import json
from pathlib import Path

import pytest

from geoapp.core.question_words import sought_there, without_above

CASES = Path(__file__).parents[1] / "js" / "worker" / "offline" / "sought_there.json"


def test_a_place_and_a_wish_are_told_apart(subtests: pytest.Subtests) -> None:
    given = json.loads(CASES.read_text(encoding="utf-8"))
    for words, wanted in given["sought"].items():
        with subtests.test(words=words):
            found = sought_there(words, given["names"], given["places"], given["initials"])
            assert (found and [found.place, *found.codes]) == wanted


def test_a_full_address_is_left_without_the_regions_above_a_place(
    subtests: pytest.Subtests,
) -> None:
    given = json.loads(CASES.with_name("above.json").read_text(encoding="utf-8"))
    for words, wanted in given["inner"].items():
        with subtests.test(words=words):
            assert without_above(words, given["places"], given["parents"]) == wanted

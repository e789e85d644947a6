"""Who may enter: by the cases that the phone is held to, and by every door there is."""

import json
from itertools import chain, combinations
from pathlib import Path

import pytest

from geoapp.core.entering import (
    MAY_ENTER_TEXT,
    SURELY_TEXT,
    WHO_TEXT,
    WITHOUT_TEXT,
    Entering,
    Means,
    Who,
    door_of,
    parse_entering,
    why_not,
)
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.words import Access, Entry

DOORS = [(access, entry) for access in (None, *Access) for entry in (None, *Entry)]
LACKING = list(chain.from_iterable(combinations(Means, n) for n in range(len(Means) + 1)))


def test_the_cases_that_the_phone_is_held_to(repo_root: Path) -> None:
    file = repo_root / "tests" / "js" / "worker" / "offline" / "entering.json"
    cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
    assert len(cases) > 80
    for who, without, access, entry, admits in cases:
        asked = parse_entering(who or "", without, surely=False)
        assert asked.admits(access, entry) is admits, (who, without, access, entry)
        # Where one may surely enter who does not say who they are, anyone may.
        sure = parse_entering(who or "", without, surely=True)
        anyone = parse_entering(who or "anyone", without, surely=True)
        assert sure.is_asked
        assert sure.admits(access, entry) is anyone.admits(access, entry)
        assert why_not(sure, access, entry) == why_not(anyone, access, entry)
        opens = not without or (entry is not None and entry not in without)
        wanted = admits is True if who else access == "anyone" and opens
        assert sure.accepts(access, entry) is wanted, (who, without, access, entry)


@pytest.mark.parametrize("who", [None, *Who])
def test_every_door(who: Who | None) -> None:
    for lacking in LACKING:
        for surely in (False, True):
            asked = Entering(who, frozenset(lacking), surely=surely)
            counts = asked.accepted_doors()
            for access, entry in DOORS:
                admits = asked.admits(access, entry)
                told = access and str(access), entry and str(entry)
                assert asked.accepts(*told) is counts[door_of(*told)]
                assert counts[door_of(*told)] is (admits is True or (admits is None and not surely))
                if admits is True:
                    assert why_not(asked, *told) == Text("", "")
                    # A member is a worker, a worker is anyone.
                    more = {Who.ANYONE: Who.WORKER, Who.WORKER: Who.MEMBER}.get(who or Who.MEMBER)
                    if more is not None:
                        assert Entering(more, frozenset(lacking)).admits(access, entry) is True
                else:
                    assert why_not(asked, *told).zh


def test_words() -> None:
    asked = Entering(Who.WORKER, frozenset({Means.QR, Means.CARD}))
    assert asked.text == Text(
        "户外劳动者，没有卡，不能扫码", "Outdoor worker, no card, cannot scan"
    )
    assert why_not(asked, "members", "card") == Text(
        "对象：工会会员；进门：刷卡进入", "for: Union members; way in: Opens with a card"
    )
    assert why_not(asked, None, "open") == Text("对象：未知", "for: unknown")
    assert Entering(surely=True).text == SURELY_TEXT
    assert set(WHO_TEXT) == set(Who)
    assert set(WITHOUT_TEXT) == set(Means)
    assert {str(one) for one in Means} < {str(one) for one in Entry}
    assert set(MAY_ENTER_TEXT) == {True, False, None}


def test_what_is_not_known_is_refused_by_name() -> None:
    assert not parse_entering("", [], surely=False).is_asked
    with pytest.raises(InvalidValueError) as found:
        parse_entering("boss", [], surely=False)
    assert (found.value.parameter, found.value.value) == ("may_enter", "boss")
    with pytest.raises(InvalidValueError) as found:
        parse_entering("worker", ["card", "shoes"], surely=False)
    assert (found.value.parameter, found.value.value) == ("without", "shoes")
    assert found.value.accepted.en == "app, card, qr, face"

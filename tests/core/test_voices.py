"""When workers' reports agree: one voice for each sender, the last one."""

from datetime import UTC, date, datetime, timedelta

import pytest

from geoapp.core.i18n import Text
from geoapp.core.voices import (
    Doubt,
    Standing,
    Voice,
    doubt_text,
    found_true_text,
    status_note_text,
    weigh,
)

# 23:30 in Qingdao is 15:30 by UTC; half an hour later it is the next day there.
START = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)


def weighed(*said: str) -> Standing:
    """Weigh reports an hour apart; each names sender and kind: "a shut"."""
    voices = []
    for hour, one in enumerate(said):
        sender, kind = one.split()
        voices.append(Voice(kind, sender.encode(), START + timedelta(hours=hour)))
    return weigh(voices, agree=2, timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("said", "voices"),
    [
        (["a shut"], 0),
        (["a shut", "a shut"], 0),
        (["a shut", "b shut"], 2),
        (["a shut", "b moved", "c shut"], 3),
        (["a shut", "b open", "c shut"], 0),
        (["a shut", "b shut", "c open"], 2),
        (["a shut", "b shut", "c open", "d open"], 0),
        (["a shut", "b shut", "c open", "d shut", "e open"], 3),
        (["a shut", "b shut", "b open"], 0),
        (["a shut", "b shut", "c open", "d open", "e shut"], 0),
        (["a full", "b wrong"], 0),
    ],
)
def test_doubtful_once_enough_agree(said: list[str], voices: int) -> None:
    doubt = weighed(*said).doubt
    assert (0 if doubt is None else doubt.voices) == voices


def test_what_most_say_since_the_first_by_the_day_there() -> None:
    assert weighed("a shut", "b moved", "a moved").doubt == Doubt("moved", 2, date(2026, 11, 27))
    assert weighed("a open", "b moved", "c shut").doubt == Doubt("shut", 2, date(2026, 11, 28))


def test_enough_who_find_it_open_confirm_it() -> None:
    assert weighed("a open").confirmed_on is None
    assert weighed("a open", "a open").confirmed_on is None
    assert weighed("a open", "b open").confirmed_on == date(2026, 11, 28)
    assert weighed("a open", "c shut", "b open").confirmed_on is None


def test_a_note_of_ours_is_told_in_each_language_alone() -> None:
    for doubt in (
        None,
        Doubt("shut", 2, date(2026, 11, 27)),
        Doubt("moved", 2, date(2026, 11, 27)),
    ):
        note = found_true_text(doubt)
        assert status_note_text(note.both()) == note
    assert status_note_text("装修 / works") == Text("装修 / works", "装修 / works")


def test_days_near_are_called_as_people_do() -> None:
    doubt = Doubt("shut", 2, date(2026, 11, 27))
    assert found_true_text(doubt).zh == "工人反映关着门，已核实"
    assert found_true_text(None).en == "workers reported a problem, which was checked"
    assert doubt_text(doubt, date(2026, 11, 28)).zh == "工人反映关着门（2 人，昨天起）"
    # In English it is told what the number counts.
    later = date(2026, 12, 28)
    assert doubt_text(doubt, later).en == "2 workers report it shut (since 2026-11-27)"
    alone = Doubt("moved", 1, date(2026, 11, 27))
    assert doubt_text(alone, later).en == "1 worker reports that it has moved (since 2026-11-27)"

"""Published standards as data: what is shipped, an operator's own, what is refused, how one stands."""

import json
import re
from typing import Any

import pytest

from geoapp.core.errors import InvalidValueError, NotFoundError, UnusableInputError
from geoapp.core.settings import Settings
from geoapp.core.standards import (
    Compliance,
    check_standards,
    judge,
    shipped_standards,
    standard_of,
    standards,
    standards_for,
    state_of,
)

OWN: dict[str, Any] = {
    "code": "own",
    "zh": "本地",
    "en": "Own",
    "sort": 5,
    "nature": "equipment",
    "region_code": "370200",
    "region_zh": "青岛市",
    "region_en": "Qingdao",
    "kinds": ["outdoor_station"],
    "document": None,
    "note_zh": "注",
    "note_en": "note",
    "items": [
        {"zh": "水", "en": "Water", "amenities": ["drinking_water", "kettle"]},
        {"zh": "牌子", "en": "A sign", "amenities": []},
    ],
    "other_requirements": [],
}


def write_own(settings: Settings, changes: dict[str, Any] | None = None) -> None:
    """Put a standard into the operator's folder."""
    folder = settings.data / "standards"
    folder.mkdir(parents=True)
    (folder / "own.json").write_text(json.dumps(OWN | (changes or {})), "utf-8")


def test_the_seven_ones_of_wushan_come_first() -> None:
    """The items as the report of Chongqing's unions lists them, in its order."""
    first = shipped_standards()[0]
    assert first.code == "seven_ones_wushan"
    assert first.amenity_codes == (
        "seating",
        "microwave",
        "rice_cooker",
        "kettle",
        "fan",
        "phone_charging",
        "first_aid",
    )


def test_every_shipped_standard_says_where_it_is_from_or_that_nobody_knows() -> None:
    every = {one.code: one for one in shipped_standards()}
    sevens = [one for code, one in every.items() if code.startswith("seven_ones")]
    assert [len(one.items or ()) for one in sevens] == [7] * 4
    assert len({one.amenity_codes for one in sevens}) == 4
    for code, one in every.items():
        assert one.note.zh and one.note.en
        assert (one.document is None) is (code == "ten_ones")
    # What no source lists is not made up, and what asks for rules is not checked.
    assert every["ten_ones"].items is None
    unchecked = {code for code, one in every.items() if not one.can_be_checked}
    assert unchecked == {
        "ten_ones",
        "six_haves_hainan",
        "six_haves_jiaozhou",
        "eight_haves_zhejiang",
    }


def test_every_shipped_source_is_told_in_english() -> None:
    for one in shipped_standards():
        assert not re.search("[\u3400-\u9fff]", one.source.en), one.code


def test_a_city_adds_its_own(settings: Settings) -> None:
    write_own(settings)
    assert next(iter(standards(settings))) == "own"  # by its sort
    assert standard_of(settings, "own").zh == "本地"
    with pytest.raises(NotFoundError):
        standard_of(settings, "none")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"items": [{"zh": "桑拿", "en": "Sauna", "amenities": ["sauna"]}]}, "no amenities"),
        ({"items": []}, "items"),
        ({"kinds": ["palace"]}, "no kinds"),
        ({"region_zh": None}, "known together"),
        ({"code": "ten_ones"}, "another file has the code"),
        ({"price": 3}, "price"),
    ],
)
def test_a_faulty_file_is_named(settings: Settings, change: dict[str, Any], fault: str) -> None:
    write_own(settings, change)
    with pytest.raises(UnusableInputError, match=rf"\.json.*{re.escape(fault)}"):
        check_standards(settings)


def test_which_standards_a_station_is_held_against(settings: Settings) -> None:
    """Those that hold where it is, for its kind; and the one of the settings, wherever it is from."""
    write_own(settings)

    def held(kind: str, region: str | None, **chosen: str) -> list[str]:
        asked = settings.model_copy(update=chosen)
        return [one.code for one in standards_for(asked, kind, region)]

    assert held("outdoor_station", "370203") == ["own"]
    assert held("outdoor_station", "370203001") == ["own"]
    assert held("outdoor_station", "371300") == []
    assert held("outdoor_station", None) == []
    assert held("service_base", "370203") == []
    assert held("outdoor_station", "500237") == ["seven_ones_wushan"]
    assert held("outdoor_station", "500238") == []
    assert held("drivers_home", "350100") == ["drivers_home_basic", "drivers_home_fujian"]
    both = held("outdoor_station", "370203", standard="seven_ones_wushan")
    assert both == ["own", "seven_ones_wushan"]
    # One that cannot be checked says nothing of a station.
    assert held("outdoor_station", "370281") == ["own"]
    with pytest.raises(InvalidValueError, match="GEOAPP_STANDARD"):
        check_standards(settings.model_copy(update={"standard": "nine_ones"}))


def test_unknown_is_not_lacking(settings: Settings) -> None:
    """Any of two amenities satisfies; only both known to be absent lack; a sign nobody records."""
    write_own(settings)
    own = standard_of(settings, "own")
    assert judge(own, ["kettle"], ["drinking_water"]) == ((1,), ())
    assert judge(own, [], ["drinking_water"]) == ((), ())
    assert judge(own, [], ["drinking_water", "kettle"]) == ((), (1,))
    assert state_of(2, (1,), ()) is Compliance.UNKNOWN
    assert state_of(2, (1, 2), ()) is Compliance.COMPLIES
    assert state_of(2, (1,), (2,)) is Compliance.LACKS

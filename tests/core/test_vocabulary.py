"""The shipped vocabulary is sound, and every way of writing a word leads to its one code."""

import json
from pathlib import Path
from typing import Any

import pytest

from geoapp.core.paths import shipped
from geoapp.core.vocabulary import (
    amenity_of,
    kind_at_end,
    kind_of,
    load_vocabulary,
    read_vocabulary,
)
from geoapp.core.words import FAMILY_TEXT, Family


def _copy(folder: Path, name: str, key: str, change: Any) -> None:
    """Copy the shipped files into ``folder``, with ``change`` applied to the rows of one."""
    for path in (shipped("data") / "vocabulary").glob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        if path.name == name:
            change(content[key])
        (folder / path.name).write_text(json.dumps(content), encoding="utf-8")


def test_each_familys_first_kind_carries_the_familys_name() -> None:
    vocabulary = load_vocabulary()
    for family in Family:
        assert vocabulary.first_kind(family).name_zh == FAMILY_TEXT[family].zh


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("station", "outdoor_station"),
        ("base", "service_base"),
        ("home", "worker_home"),
        ("outdoor_station", "outdoor_station"),
        ("户外劳动者服务站点", "outdoor_station"),
        (" 爱心驿站 ", "care_post"),
        ("司机之家", "drivers_home"),
        ("职工智慧健康驿站", "smart_health_station"),
        ("妈咪暖心小屋", "nursing_room"),
        ("职工服务中心", "service_centre"),
        ("青岛·惠工家", "huigongjia"),
        ("Shared  Worker home", "shared_worker_home"),
        ("职工书屋", "workers_reading_room"),
        ("爱心托班", "childcare"),
        ("企业文化中心", "company_culture_centre"),
        ("职工活动中心", "activity_centre"),
        ("职工健身房", "workers_gym"),
        ("心理咨询室", "counselling_room"),
        ("劳模工匠馆", "model_workers_hall"),
        ("工运史馆", "labour_history_hall"),
        ("工会户外劳动者港湾", "workers_harbour"),
        ("港湾", "workers_harbour"),
        ("园区职工活动中心", "activity_centre"),
        ("市总工会心理咨询室", "counselling_room"),
        # Ports and places of the same word are none.
        ("青岛港湾", None),
        ("港湾医院", None),
        ("职工服务自选超市", "service_market"),
        ("服务职工综合体", "service_complex"),
        ("服务职工联合体", "service_union"),
        ("宾馆", None),
        ("", None),
    ],
)
def test_kind_of(written: str, code: str | None) -> None:
    assert kind_of(written) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("市南区工会户外劳动者驿站（示范）", "outdoor_station"),
        ("台东新就业形态劳动者服务综合体", "service_complex"),
        ("某街道职工心理咨询室", "counselling_room"),
        ("某区新时代区域共享职工之家", "shared_worker_home"),
        ("台东市场", None),  # too short to be certain
        ("职工书屋管理办公室", None),
        ("站点", None),
    ],
)
def test_the_longest_name_at_the_end_counts(written: str, code: str | None) -> None:
    assert kind_at_end(written) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("microwave", "microwave"),
        ("微波炉", "microwave"),
        (" MICROWAVE\n", "microwave"),
        ("烧水壶", "kettle"),
        ("医药箱", "first_aid"),
        ("卫生间", "toilet"),
        ("ＡＥＤ", "aed"),
        ("WIFI", "wifi"),
        ("first-aid kit", "first_aid"),
        ("电动车充电", "ebike_charging"),
        ("手机充电", "phone_charging"),
        ("游泳池", None),
        ("", None),
    ],
)
def test_amenity_of(written: str, code: str | None) -> None:
    assert amenity_of(written) == code


def test_every_name_of_every_word_leads_back_to_it() -> None:
    vocabulary = load_vocabulary()
    for kind in vocabulary.kinds:
        for name in (kind.code, kind.name_zh, kind.name_en, *kind.synonyms):
            assert kind_of(name) == kind.code
    for amenity in vocabulary.amenities:
        for name in (amenity.code, amenity.name_zh, amenity.name_en, *amenity.synonyms):
            assert amenity_of(name) == amenity.code


def test_no_name_holds_a_separator_of_lists() -> None:
    # Files write lists with ; 、 and commas; a name with one inside could never be read back.
    vocabulary = load_vocabulary()
    for amenity in vocabulary.amenities:
        for name in (amenity.name_zh, amenity.name_en, *amenity.synonyms):
            assert not set(name) & set(";；、,，"), name


def _repeat(rows: list[dict[str, Any]]) -> None:
    rows[1]["code"] = rows[0]["code"]


def _ambiguous(rows: list[dict[str, Any]]) -> None:
    rows[1]["synonyms"].append(rows[0]["zh"])


def _no_homes(rows: list[dict[str, Any]]) -> None:
    rows[:] = [row for row in rows if row["family"] != "home"]


def _malformed(rows: list[dict[str, Any]]) -> None:
    rows[0]["code"] = "Station-1"


def _unsorted(rows: list[dict[str, Any]]) -> None:
    rows[0]["sort"] = 9999


def _family_as_name(rows: list[dict[str, Any]]) -> None:
    rows[0]["synonyms"].append("Home")


@pytest.mark.parametrize(
    ("name", "key", "change", "message"),
    [
        ("kinds.json", "kinds", _repeat, "repeated"),
        ("kinds.json", "kinds", _ambiguous, "leads to both"),
        ("kinds.json", "kinds", _no_homes, "has no kind"),
        ("kinds.json", "kinds", _family_as_name, "family's code"),
        ("kinds.json", "kinds", _malformed, "ascii"),
        ("amenities.json", "amenities", _ambiguous, "leads to both"),
        ("amenities.json", "amenities", _unsorted, "sort"),
    ],
)
def test_a_broken_file_is_refused(
    tmp_path: Path, name: str, key: str, change: Any, message: str
) -> None:
    _copy(tmp_path, name, key, change)
    with pytest.raises(ValueError, match=message):
        read_vocabulary(tmp_path)

"""Services in and out of files, and where help is found."""

from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.services import load_categories, read_categories
from geoapp.core.settings import Settings
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.imports.file import import_file
from geoapp.operations.keyed_export import export_keyed
from geoapp.operations.search.find import SearchService
from geoapp.operations.services.edit import add_desk, add_offer, add_service, take_offer
from geoapp.operations.services.read import ServiceQuestion, find_services, services_of
from geoapp.store.engine import Database
from tests.operations.imports.importing import write_csv
from tests.seed import TOWN_LAT, TOWN_LON

NEAR_T4 = (TOWN_LON + 0.006, TOWN_LAT + 0.006)
SERVICES = [
    ["L-1", "法律援助", "劳动争议咨询", "Advice on labour disputes", "3 个工作日"],
    ["H-1", "health", "免费体检", "", ""],
    ["X-1", "算命", "算命", "", ""],
    ["L-1", "法律援助", "又一项", "", ""],
]
OFFERS = [
    ["L-1", "T-1", "", "", "", ""],
    ["L-1", "T-4", "", "24/7", "12351", ""],
    ["L-1", "T-2", "", "24/7", "", "2020-12-31"],  # over
    ["L-1", "T-5", "", "24/7", "", ""],  # the place has closed
    ["L-1", "T-6", "", "24/7", "", ""],  # the place is suspended
    ["H-1", "T-3", "U-9", "", "", ""],
    ["Z-9", "T-3", "", "", "", ""],
]


@pytest.fixture
def town(town_template: str, database: Database, settings: Settings, tmp_path: Path) -> Database:
    header = ["编号", "服务类别", "服务名称", "英文名", "办理时限"]
    first = import_file(
        database, settings, "services", write_csv(tmp_path / "s.csv", header, SERVICES)
    )
    assert (first.inserted, [one.code for one in first.problems]) == (
        2,
        ["unknown_word", "duplicate"],
    )
    header = ["服务编号", "站点编号", "单位编号", "服务时间", "电话", "截止日"]
    report = import_file(
        database, settings, "offers", write_csv(tmp_path / "o.csv", header, OFFERS)
    )
    assert report.inserted == 5
    assert [one.code for one in report.problems] == ["unknown_organisation", "unknown_service"]
    add_desk(database, "T-1", {"phone": "0532-12351", "hours": "24/7"})
    return database


def test_the_eleven_categories_of_the_plan() -> None:
    known = load_categories()
    assert "、".join(one.name_zh for one in known.categories) == (
        "思想政治引领、学习培训、素质提升、就业创业、法律援助、健康管理、困难帮扶、心理疏导、"
        "养老托育、婚恋交友、文娱健身"
    )
    assert known.named("Legal AID") is known.categories[4]
    twice = {
        "document": "",
        "published_on": "2022-06-28",
        "place_in_document": "",
        "categories": [
            {"code": "a", "zh": "甲", "en": "A", "synonyms": []},
            {"code": "b", "zh": "乙", "en": "B", "synonyms": ["甲"]},
        ],
    }
    with pytest.raises(ValueError, match="leads to both"):
        read_categories(twice)


def test_help_is_found_nearest_first_and_unknown_hours_stay_unknown(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for words in ["法律援助", "falvyuanzhu", "flyz", "legal aid", "劳动争议"]:
        with subtests.test(words=words):
            question = ServiceQuestion(words, lon=NEAR_T4[0], lat=NEAR_T4[1])
            found = find_services(town, settings, question)
            # T-6 (5, 4 thousandths off) is nearer than T-1 (6, 6); T-2's offer is over, T-5 is no more.
            told = [(one.record.facility, one.open, one.phone) for one in found.offers]
            assert told == [
                ("T-4", True, "12351"),
                ("T-6", False, None),
                (
                    "T-1",
                    None,
                    "0532-12351",
                ),  # its hours of the service are not known; the place is open
            ]
            assert found.offers[2].place_open is True
            far = found.offers[2].record.line_m
            assert far is not None
            assert far == pytest.approx(857.6, abs=2)  # 0.006 degrees: 666 m north, 541 m west
            only = ServiceQuestion(words, open_only=True)
            assert [one.record.facility for one in find_services(town, settings, only).offers] == [
                "T-4"
            ]
            hits = SearchService(town, settings).find(words, limit=10, near=NEAR_T4).hits
            assert [one.code for one in hits if one.kind_of_hit == "facility"] == [
                "T-4",
                "T-6",
                "T-1",
            ]
            assert "电话 0532-12351" in next(one for one in hits if one.code == "T-1").context.zh
            assert ("service", "legal_aid") in {(one.kind_of_hit, one.code) for one in hits} or (
                words == "劳动争议"
            )


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_exports_come_back_unchanged(
    town: Database, settings: Settings, tmp_path: Path, suffix: str
) -> None:
    for what, count in (("services", 2), ("offers", 5), ("desks", 1)):
        out = tmp_path / f"{what}{suffix}"
        assert export_keyed(town, what, out, headers="zh") == count  # type: ignore[arg-type]
        again = import_file(town, settings, what, out)
        assert (again.unchanged, again.updated, again.rejected) == (count, 0, 0), what
        assert again.change_set is None
    # What a file has no column for stays, and the import is taken back by its change set.
    path = write_csv(
        tmp_path / "again.csv",
        ["service", "facility", "hours"],
        [["L-1", "T-4", "周六 9:00-12:00"]],
    )
    report = import_file(town, settings, "offers", path)
    assert (report.inserted, report.updated) == (0, 1)
    assert _offer(town, settings) == ("Sa 09:00-12:00", "12351")
    assert report.change_set is not None
    undo_change_set(town, settings, report.change_set)
    assert _offer(town, settings) == ("24/7", "12351")


def _offer(database: Database, settings: Settings) -> tuple[str | None, str | None]:
    [one] = services_of(database, settings, "T-4")[0]
    return one.record.hours, one.record.phone


def test_edits_are_held_against_the_rules_and_can_be_taken_back(
    town: Database, settings: Settings
) -> None:
    add_service(town, {"code": "C-1", "category": "心理疏导", "name_zh": "心理咨询"})
    with pytest.raises(ConflictError):
        add_service(town, {"code": "C-1", "category": "心理疏导", "name_zh": "又一项"})
    with pytest.raises(InvalidValueError) as told:
        add_offer(town, "T-3", {"service": "C-9"})
    assert told.value.parameter == "service"
    add_offer(town, "T-3", {"service": "C-1", "hours": "周一至周五 9:00-17:00"})
    with pytest.raises(ConflictError):
        add_offer(town, "T-3", {"service": "C-1"})
    [offer] = services_of(town, settings, "T-3")[0]
    assert offer.record.hours == "Mo-Fr 09:00-17:00"
    take_offer(town, "T-3", offer.record.id)
    assert services_of(town, settings, "T-3")[0] == []
    with town.session() as session:
        number = session.scalars(text("select max(id) from change_set")).one()
    undo_change_set(town, settings, number)
    assert [one.item.code for one in services_of(town, settings, "T-3")[0]] == ["C-1"]

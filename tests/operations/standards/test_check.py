"""Facilities against a standard: every figure by arithmetic, and by brute force over random ones."""

import json
from pathlib import Path
from random import Random

import openpyxl
import pytest
from sqlalchemy import text

from geoapp.core.acting import Acting, Via, declare
from geoapp.core.errors import (
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    UnusableInputError,
)
from geoapp.core.results.standards import (
    FacilityCompliance,
    ItemCount,
    Prices,
    StandardResult,
)
from geoapp.core.settings import Settings
from geoapp.core.standards import Compliance, judge, standard_of, state_of
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.imports.file import import_file
from geoapp.operations.keyed_export import export_keyed
from geoapp.operations.standards.files import purchases_by_district, write_compliance
from geoapp.operations.standards.price_edit import put_price, take_price
from geoapp.operations.standards.prices import parse_prices, price_lists, prices_for
from geoapp.operations.standards.read import check_standard, purchase_list
from geoapp.operations.upkeep.init import initialise
from geoapp.reports.words.standards import cost_text, item_price_text, prices_text
from geoapp.store.engine import Database
from tests.core.test_standards import write_own
from tests.operations.imports.importing import write_csv
from tests.seed import seed_town


def test_the_small_town_by_hand(
    database: Database, settings: Settings, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """Of six only T-1 and T-2 are stations in service: a home and a base are of other kinds."""
    initialise(database)
    seed_town(database)
    found = check_standard(database, settings, "seven_ones_haikou", "370203")

    with subtests.test("one by one"):
        by_code = {one.code: one for one in found.facilities}
        assert list(by_code) == ["T-1", "T-2"]
        # T-1 has a microwave (3) and water (4) and is known to have no toilet (6).
        assert (by_code["T-1"].there, by_code["T-1"].lacking) == ((3, 4), (6,))
        assert by_code["T-1"].unknown == (1, 2, 5, 7)
        assert by_code["T-1"].state is Compliance.LACKS
        assert (by_code["T-2"].there, by_code["T-2"].lacking) == ((4,), ())
        assert by_code["T-2"].state is Compliance.UNKNOWN

    with subtests.test("counted"):
        assert (found.total.complies, found.total.lacks, found.total.unknown) == (0, 1, 1)
        assert found.total.items[5] == ItemCount(there=0, lacking=1, unknown=1)
        # The city is not counted whole where its district is asked about.
        assert [one.code for one in found.regions] == ["370203"]
        whole = check_standard(database, settings, "seven_ones_haikou")
        assert [one.code for one in whole.regions] == ["370200", "370203"]
        assert {one.count.facilities for one in whole.regions} == {2}

    with subtests.test("to buy"):
        # Toilets at 1,000: one for certain, two at most; microwaves (none known to lack) at 300.
        prices = parse_prices(found.standard, {"6": "1000", "3": "300", "1": " "})
        priced = prices_for(database, found, prices, "")
        bought = purchase_list(found.standard, found.facilities, priced)
        assert bought.items[5].cost == (1000, 2000)
        assert bought.items[2].cost == (0, 300)
        assert bought.cost == (1000, 2300)
        # Water has no price either, and is there wherever it should be: nobody has to buy it.
        assert bought.unpriced == 4
        assert not bought.items[3].is_unpriced
        all_but_water = parse_prices(found.standard, dict.fromkeys("123567", "1"))
        known = purchase_list(
            found.standard, found.facilities, prices_for(database, found, all_but_water, "")
        )
        assert (known.cost, known.is_lower_bound) == ((1, 11), False)
        none = prices_for(database, found, {}, "")
        assert purchase_list(found.standard, found.facilities, none).cost is None
        for number, price in (("8", "1"), ("1", "-1"), ("1", "nan"), ("²", "1"), ("1", "x")):
            with pytest.raises(InvalidValueError):
                parse_prices(found.standard, {number: price})

    with subtests.test("as a workbook"):
        path = tmp_path / "town.xlsx"
        write_compliance(database, found, priced, path)
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["各区", "设施", "采购清单", "说明"]
        assert [one.value for one in book["各区"][2]] == ["市北区", "区县", 2, 0, 1, 1, 0]
        assert [one.value for one in book["设施"][2]][:5] == [
            "T-1",
            "示例·T-1",
            "市北区",
            "缺项",
            "一个洗手间",
        ]
        assert [one.value for one in book["采购清单"][7]][2:] == [
            *(1, 1, 1000, *[None] * 5, 1000, 2000)
        ]
        assert book["采购清单"][2][4].value == "价格未知"
        assert book["设施"].freeze_panes == "A2"
        lacking = tmp_path / "unknown.csv"
        write_compliance(database, found, none, lacking, state=Compliance.UNKNOWN, language="en")
        lines = lacking.read_text("utf-8-sig").splitlines()
        assert len(lines) == 2 and lines[1].startswith("T-2,Sample T-2,Shibei,Unknown,,")

    with subtests.test("prices of a list"):
        _prices_of_a_list(database, settings, tmp_path)

    with subtests.test("samples are never counted with real ones"):
        with database.session() as session:
            session.execute(text("update facility set is_sample = true where code = 'T-1'"))
        real = check_standard(database, settings, "seven_ones_haikou")
        assert (real.sample, real.left_out_samples) == (False, 1)
        assert [one.code for one in real.facilities] == ["T-2"]
        with database.session() as session:
            session.execute(text("update facility set is_sample = true"))
        only = check_standard(database, settings, "seven_ones_haikou")
        assert (only.sample, only.left_out_samples, only.total.facilities) == (True, 0, 2)

    with subtests.test("what cannot be asked"):
        with pytest.raises(NotFoundError):
            check_standard(database, settings, "nine_ones")
        with pytest.raises(InvalidValueError):
            check_standard(database, settings, "seven_ones_haikou", "999999")
        with pytest.raises(UnusableInputError, match="not published"):
            check_standard(database, settings, "ten_ones")


def _prices_of_a_list(database: Database, settings: Settings, folder: Path) -> None:
    """The nearest region's price holds; what has none is unknown and the sum a lower bound."""
    header = ["价格表", "项目", "单价（元）", "单位", "价格日期", "来源", "区域"]
    rows = [
        ["A", "微波炉", "300", "台", "2026-01-05", "合同", ""],
        ["A", "微波炉", "280", "台", "2026-02-05", "报价", "青岛市"],
        ["A", "toilet", "1000", "", "2026-01-05", "合同", ""],
        ["B", "water", "9.5", "", "2025-01-05", "网站", ""],
        ["A", "toilet", "1", "", "2026-01-05", "合同", ""],  # again
        ["A", "喷泉", "1", "", "2026-01-05", "合同", ""],
        ["A", "fan", "-1", "", "2026-01-05", "合同", ""],
        ["A", "fan", "1", "", "2199-01-05", "合同", ""],
        ["A", "fan", "1", "", "2026-01-05", "", ""],
    ]
    report = import_file(
        database, settings, "prices", write_csv(folder / "prices.csv", header, rows)
    )
    assert (report.inserted, [one.code for one in report.problems]) == (
        4,
        ["duplicate", "unknown_amenity", "bad_number", "day_out_of_range", "required"],
    )
    standard = standard_of(settings, "seven_ones_haikou")
    town = check_standard(database, settings, standard.code, "370203")

    def costs(region: str | None, name: str | None = None) -> list[float | None]:
        found = check_standard(database, settings, standard.code, region)
        bought = purchase_list(standard, found.facilities, prices_for(database, found, {}, name))
        pieces = [bought.items[number].pieces or () for number in (2, 5)]
        return [price for [one] in pieces for price in [one.price]]

    assert costs("370203") == [280, 1000]
    # A wider view reckons each station by the price of where it stands.
    assert costs(None) == [280, 1000]
    assert costs("370203", "B") == [None, None]
    assert costs("370203", "") == [None, None]
    with pytest.raises(InvalidValueError, match="prices"):
        costs("370203", "C")
    lists = price_lists(database, "370203")
    assert [(one.name, f"{one.last}") for one in lists] == [
        ("A", "2026-02-05"),
        ("B", "2025-01-05"),
    ]
    mixed = prices_for(database, town, {3: 1.0}, "A")
    assert {number: one.yuan for number, one in mixed.by_place["370203"].items()} == {6: 1000.0}
    bought = purchase_list(standard, town.facilities, mixed)
    assert cost_text(bought).zh == "1,000 至 2,001 元，这是下限：4 项价格未知，没有计入"
    assert prices_text(mixed).zh == "价格表“A”，2026-01-05 的价格；1 项单价是填写的"
    # A list that comes back changes nothing; a price typed in takes its place, and an undo brings it back.
    file = folder / "again.xlsx"
    assert export_keyed(database, "prices", file, headers="zh") == 4
    assert import_file(database, settings, "prices", file).unchanged == 4
    values = {
        "list": "A",
        "item": "toilet",
        "price": "1100",
        "as_of": "2026-03-01",
        "source": "询价",
    }
    number = put_price(database, settings, values)
    assert number is not None
    assert costs(None) == [280, 1100]
    undo_change_set(database, settings, number)
    assert costs(None) == [280, 1000]
    with pytest.raises(NotFoundError):
        take_price(database, 2**62)
    # Whoever is kept to a district enters no price of the whole city, and none for everywhere.
    declare(Acting(Via.WEB, actor="li", role="steward", regions=("370203",)))
    try:
        for region in ({}, {"region": "370200"}):
            with pytest.raises(NotAllowedError):
                put_price(database, settings, values | region)
        assert put_price(database, settings, values | {"region": "370203"}) is not None
    finally:
        declare(None)
    assert costs("370203") == [280, 1100]


def _districts_cost_what_the_city_costs(
    database: Database, settings: Settings, folder: Path
) -> None:
    """Each station by the price of where it stands, whether its city or its district is asked about."""

    def asked(region: str | None, name: str | None = None) -> tuple[StandardResult, Prices]:
        found = check_standard(database, settings, "seven_ones_haikou", region)
        return found, prices_for(database, found, {}, name)

    city, prices = asked("370200")
    whole = purchase_list(city.standard, city.facilities, prices)
    # By hand: a piece at a time.
    yuan = {3: 2500.0, 6: 8500.0}
    own = {"370202": yuan | {3: 2000.0}}
    numbers = {
        number
        for number, item in enumerate(city.standard.items or (), start=1)
        if "seating" in item.amenities
    }
    own["370202"] |= dict.fromkeys(numbers, 100.0)
    sums: dict[str | None, list[float]] = {}
    for one in city.facilities:
        costs = own.get(one.region_code or "", yuan)
        least, most = sums.setdefault(one.district, [0.0, 0.0])
        least += sum(costs.get(number, 0) for number in one.lacking)
        most += sum(costs.get(number, 0) for number in (*one.lacking, *one.unknown))
        sums[one.district] = [least, most]
    total = tuple(map(sum, zip(*sums.values(), strict=True)))
    assert whole.cost == total
    rows = purchases_by_district(city, prices)
    assert [bought.cost for _, bought in rows] == [
        total,
        *(tuple(sums[code]) for code in ("370202", "370203", None)),
    ]
    for code in ("370202", "370203"):
        found, held = asked(code)
        assert purchase_list(found.standard, found.facilities, held).cost == tuple(sums[code])
    # Seats have a price in one district alone: the rest of them is unknown, the sum a lower bound.
    assert whole.is_lower_bound
    for number in numbers:
        assert whole.items[number - 1].is_unpriced
        pieces = whole.items[number - 1].pieces or ()
        assert [one.price for one in pieces] == [100, None]
    assert "2,000 元（缺" in item_price_text(whole.items[2]).zh
    assert [one.name for one in prices.lists] == ["later", "town", "shinan"]
    told = prices_text(prices).zh
    assert "价格表“later”，2026-02-05 的价格；价格表“town”" in told
    assert "每处按它所在地的价算" in told
    book = folder / "city.xlsx"
    write_compliance(database, city, prices, book)
    lines = [
        [cell.value for cell in row] for row in openpyxl.load_workbook(book)["采购清单"].iter_rows()
    ]
    for place, cost in (("合计", total), ("市南区", tuple(sums["370202"]))):
        shown = [(row[10] or 0, row[11] or 0) for row in lines if row[0] == place]
        assert tuple(map(sum, zip(*shown, strict=True))) == cost
    # A list that is named counts alone, where it holds.
    alone = asked("370200", "shinan")
    assert [one.name for one in alone[1].lists] == ["shinan"]
    bought = purchase_list(city.standard, city.facilities, alone[1])
    assert [one.price for one in bought.items[2].pieces or ()] == [2000, None]
    assert purchase_list(city.standard, *_only(asked("370203", "shinan"))).cost is None


def _only(asked: tuple[StandardResult, Prices]) -> tuple[tuple[FacilityCompliance, ...], Prices]:
    return asked[0].facilities, asked[1]


def test_the_store_judges_as_one_does_by_hand(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    """300 random stations: the query agrees with the rule, and districts sum to the city."""
    initialise(database)
    seed_town(database)
    write_own(settings)
    dice = Random(7)
    words = ["drinking_water", "kettle", "toilet", "seating", "microwave", "indoor_room"]
    known: dict[str, tuple[list[str], list[str]]] = {}
    with database.session() as session:
        session.execute(text("delete from facility"))
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh) "
                "values ('370202', '370200', 'district', '市南区')"
            )
        )
        rows = []
        for number in range(300):
            states = {word: dice.choice((True, False, None)) for word in words}
            there = [word for word, has in states.items() if has]
            absent = [word for word, has in states.items() if has is False]
            code, region = f"R-{number:03}", dice.choice(("370200", "370202", "370203"))
            known[code] = there, absent
            rows.append({"code": code, "there": there, "absent": absent, "region": region})
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, status, amenities, no_amenities, "
                "region_code, position_basis) select r.code, 'outdoor_station', '站', 'open', "
                "r.there, r.absent, r.region, 'region_only' from jsonb_to_recordset(cast(:rows as jsonb)) "
                "as r(code text, there text[], absent text[], region text)"
            ),
            {"rows": json.dumps(rows)},
        )
    header = ["list", "item", "price", "as_of", "source", "region"]
    priced = [
        ["town", "microwave", "2500", "2026-01-05", "x", ""],
        ["town", "toilet", "9000", "2026-01-05", "x", ""],
        ["town", "toilet", "8000", "2026-01-05", "x", "370200"],
        ["later", "toilet", "8500", "2026-02-05", "x", "370200"],
        # Its own price goes before a wider one that is newer; it is no price of the whole city.
        ["shinan", "microwave", "2000", "2025-01-05", "x", "370202"],
        ["shinan", "seating", "100", "2025-01-05", "x", "370202"],
    ]
    report = import_file(
        database, settings, "prices", write_csv(tmp_path / "prices.csv", header, priced)
    )
    assert report.inserted == len(priced)
    _districts_cost_what_the_city_costs(database, settings, tmp_path)
    for code in ("own", "seven_ones_haikou"):
        standard = standard_of(settings, code)
        found = check_standard(database, settings, code)
        assert len(found.facilities) == 300
        for one in found.facilities:
            assert (one.there, one.lacking) == judge(standard, *known[one.code])
            assert one.state is state_of(len(standard.items or ()), one.there, one.lacking)
        city, *districts = found.regions
        assert [one.code for one in districts] == ["370202", "370203", None]
        for state in Compliance:
            assert city.count.of(state) == found.total.of(state)
            assert sum(one.count.of(state) for one in districts) == found.total.of(state)

"""States with dates: never two at once, and status and dates always follow from them."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.core.errors import GeoappError, InvalidValueError
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.facilities.edit import change_facility
from geoapp.operations.facilities.export import export_facilities
from geoapp.operations.history.conflicts import UndoConflictError
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.imports.file import import_file
from geoapp.store.engine import Database


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def edit(database: Database, settings: Settings, **properties: Any) -> int:
    change_facility(database, settings, "T-1", None, properties, Datum.WGS84, expected_rev=None)
    with database.session() as session:
        return int(session.execute(text("select max(id) from change_set")).scalar_one())


def states(database: Database) -> list[tuple[Any, ...]]:
    with database.session() as session:
        rows = session.execute(
            text(
                "select s.status, s.from_on::text, s.to_on::text, s.date_basis, s.announced "
                "from facility_state s join facility f on f.id = s.facility_id "
                "where f.code = 'T-1' order by n"
            )
        )
        return [tuple(row) for row in rows]


def facts(database: Database) -> tuple[Any, ...]:
    with database.session() as session:
        row = session.execute(
            text(
                "select status, opened_on::text, opened_basis, closed_on::text, closed_basis "
                "from facility where code = 'T-1'"
            )
        ).one()
    return tuple(row)


def check(database: Database) -> None:
    """Hold the facility against what its states say."""
    found = states(database)
    opened = next(((one[1], one[3]) for one in found if one[0] == "open"), (None, "unknown"))
    closed = next(((one[1], one[3]) for one in found if one[0] == "closed"), (None, "unknown"))
    current = [one[0] for one in found if not one[4]][-1]
    assert facts(database) == (current, *opened, *closed)
    dated = [one for one in found if one[1] is not None]
    assert all(a[2] == b[1] for a, b in pairwise(dated))


def test_part_of_a_day_is_kept_and_comes_back(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    edit(town, settings, opened_on="2019-05")
    assert facts(town)[:3] == ("open", "2019-05-01", "month")
    path = tmp_path / "all.csv"
    export_facilities(town, path)
    assert ",2019-05,month," in path.read_text(encoding="utf-8-sig")
    before = states(town), facts(town)
    import_file(town, settings, "facilities", path)  # the seeded hours get their words
    report = import_file(town, settings, "facilities", path)
    assert (report.inserted, report.updated, report.unchanged) == (0, 0, 6)
    assert (states(town), facts(town)) == before
    edit(town, settings, opened_basis="year")
    assert facts(town)[1:3] == ("2019-01-01", "year")
    with pytest.raises(InvalidValueError) as caught:
        edit(town, settings, closed_on="2018")
    assert "contradict" in caught.value.text.en
    check(town)


def test_no_date_is_made_up_and_an_undo_takes_the_state_back(
    town: Database, settings: Settings
) -> None:
    suspended = edit(town, settings, status="suspended")
    closed = edit(town, settings, status="closed")
    assert facts(town) == ("closed", None, "unknown", None, "unknown")
    # Suspended cannot be taken back for good while the closing that came after it is kept.
    before = states(town)
    with pytest.raises(UndoConflictError) as caught:
        undo_change_set(town, settings, suspended, keep="before")
    assert [(one.field, one.may_take_back) for one in caught.value.conflicts] == [("status", False)]
    assert states(town) == before
    undo_change_set(town, settings, closed)
    undo_change_set(town, settings, suspended)
    assert [one[0] for one in states(town)] == ["open"]


@pytest.mark.parametrize("seed", range(4))
def test_status_and_dates_follow_whatever_is_done(
    town: Database, settings: Settings, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(12):
        choice: dict[str, Any] = chance.choice(
            [
                {"status": chance.choice(["open", "suspended", "closed"])},
                {"opened_on": chance.choice([None, "2019", "2019-05", "2020-02-03"])},
                {"closed_on": chance.choice([None, "2019", "2024-05", "2018-02-03"])},
            ]
        )
        before = states(town)
        try:
            last = edit(town, settings, **choice)
        except GeoappError:
            assert states(town) == before
            continue
        check(town)
        if states(town) != before and chance.random() < 0.3:
            undo_change_set(town, settings, last)
            assert states(town) == before
            check(town)

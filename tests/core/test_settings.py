"""Settings are read from the environment."""

import pytest

from geoapp.core.settings import Settings


def test_an_empty_variable_is_as_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_READ_URL", "GEOAPP_PORT", "GEOAPP_DATA"):
        monkeypatch.delenv(name, raising=False)
    unset = Settings()
    for name in ("DATABASE_URL", "DATABASE_READ_URL", "GEOAPP_PORT", "GEOAPP_DATA"):
        monkeypatch.setenv(name, "")
    assert Settings() == unset
    assert Settings().database_read_url is None

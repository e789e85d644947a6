"""The counters of the data, looked at a few times in a second, however often they are asked for."""

import pytest
from sqlalchemy import event, text

from geoapp.operations import versions
from geoapp.operations.versions import VersionKeeper
from geoapp.store.engine import Database


def test_versions_are_looked_at_a_few_times_in_a_second(
    town_template: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = VersionKeeper(database)
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    monkeypatch.setattr(versions, "LOOK_SECONDS", 3600.0)
    first = keeper.now()
    asked = len(statements)
    assert asked > 0
    with database.session() as session:
        session.execute(text("update facility set name_zh = '新名字' where code = 'T-1'"))
    statements.clear()
    assert keeper.now() == first
    assert statements == []
    # Whoever looks first after a while sees it.
    later = VersionKeeper(database).now()
    assert later["facilities"] > first["facilities"]
    monkeypatch.undo()
    assert versions.LOOK_SECONDS < 1
    monkeypatch.setattr(versions, "LOOK_SECONDS", 0.0)
    keeper = VersionKeeper(database)
    assert keeper.now() == keeper.now() == later
    assert len(statements) > 2

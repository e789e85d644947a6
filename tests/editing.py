"""Edits that others commit in the middle of a reading."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from geoapp.store.engine import Database


@contextmanager
def edited_after(database: Database, words: str, changes: Sequence[str]) -> Iterator[list[str]]:
    """Commit changes through another connection right after the first statement with some words.

    Yields the statement once it has been met, to be asserted.
    """
    other = Database(database.parameters)
    met: list[str] = []

    def edit(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if met or words not in statement.lower():
            return
        met.append(statement)
        with other.session() as session:
            for change in changes:
                session.execute(text(change))

    event.listen(database.engine, "after_cursor_execute", edit)
    try:
        yield met
    finally:
        event.remove(database.engine, "after_cursor_execute", edit)
        other.close()

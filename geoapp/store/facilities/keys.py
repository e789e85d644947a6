"""The words by which stored facilities are known again where a list has no codes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_WORDS = ("name_zh", "address", "phone", "host", "operator")


def read_words(session: Session, fields: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return every stored facility's code and some of its words."""
    names = [name for name in _WORDS if name in fields]
    rows = session.execute(text(f"select code, {', '.join(names)} from facility order by code"))
    return [(row[0], dict(zip(names, row[1:], strict=True))) for row in rows]

"""LIKE outside the database: as the standard says, and soon decided whoever writes the pattern."""

import random

from geoapp.core.filters import Like, Value
from geoapp.operations.layers.matching import matches


def likes(text: str, pattern: str) -> bool:
    """Try every way in which a pattern without escapes may fit."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(likes(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and likes(text[1:], pattern[1:])


def fits(text: str, pattern: str) -> bool | None:
    return matches(Like(Value(text), Value(pattern)), {})


def test_it_is_what_trying_every_way_finds() -> None:
    chance = random.Random(20261129)
    found = set()
    for _ in range(3000):
        text = "".join(chance.choices("ab\n", k=chance.randrange(8)))
        pattern = "".join(chance.choices("ab_%%", k=chance.randrange(7)))
        assert fits(text, pattern) == likes(text, pattern), (text, pattern)
        found.add(likes(text, pattern))
    assert found == {True, False}
    assert fits("50%_.", r"50\%\__")
    assert not fits("500_.", r"50\%\__")


def test_many_wildcards_do_not_try_every_way() -> None:
    # Before every part was atomic, a dozen of them took minutes.
    assert not fits("a" * 200, "%a" * 100 + "%x")
    assert fits("a" * 200, "%a" * 100)
    assert not fits("120.3500,36.0700", "%" * 4000 + "x")

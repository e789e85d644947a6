"""A number on the screen is the number that is dialled."""

import pytest

from geoapp.core.phones import telephones


@pytest.mark.parametrize(
    ("words", "dialled"),
    [
        ("0532-12345678", ["tel:053212345678"]),
        ("0532-12345678转801", ["tel:053212345678,801"]),
        ("(0532) 1234 5678 ext. 8", ["tel:053212345678,8"]),
        ("+86 532 1234 5678", ["tel:+8653212345678"]),
        ("12351", ["tel:12351"]),
        ("0532-12345678、13800000000", ["tel:053212345678", "tel:13800000000"]),
        ("0532-12345678/9", ["tel:053212345678", None]),
        ("见门口", [None]),
        ("", []),
        (None, []),
    ],
)
def test_what_is_dialled(words: str | None, dialled: list[str | None]) -> None:
    assert [one.href for one in telephones(words)] == dialled


def test_the_words_stay() -> None:
    assert [one.words for one in telephones("0532-12345678转801， 12351")] == [
        "0532-12345678转801",
        "12351",
    ]

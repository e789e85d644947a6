"""A number on the screen is the number that is dialled."""

import pytest

from geoapp.core.phones import telephones


@pytest.mark.parametrize(
    ("words", "dialled"),
    [
        ("0532-12345678", ["tel:053212345678"]),
        ("0532-12345678转801", ["tel:053212345678,801"]),
        ("(0532) 1234 5678 ext. 8", ["tel:053212345678,8"]),
        ("0532-12345678-801", ["tel:053212345678,801"]),
        ("（0532）12345678－801", ["tel:053212345678,801"]),
        ("010 12345678--8", ["tel:01012345678,8"]),
        ("+86-0532-1234567-12", ["tel:+865321234567,12"]),
        ("82345678-801", ["tel:82345678,801"]),
        ("400-820-8820-3", ["tel:4008208820,3"]),
        ("0532－12345678", ["tel:053212345678"]),
        # No extensions: what is written in groups, and what is nobody's in China.
        ("400-820-8820", ["tel:4008208820"]),
        ("400-8208-820", ["tel:4008208820"]),
        ("138-0013-8000", ["tel:13800138000"]),
        ("1380013-8000", ["tel:13800138000"]),
        ("+358-9-310-1641", ["tel:+35893101641"]),
        ("09-310 1641", ["tel:093101641"]),
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

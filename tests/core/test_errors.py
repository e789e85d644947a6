"""What is told of a value that is not accepted, as whoever sent it knows it."""

import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (["a", "b"], "a, b"),
        ({"lon": 1, "tags": ["x", None]}, "lon: 1, tags: x, "),
        (True, "true"),
        ("['a']", "['a']"),
        (1.5, "1.5"),
        (None, ""),
    ],
)
def test_a_value_is_told_without_the_signs_of_a_language(value: object, told: str) -> None:
    error = InvalidValueError("xyz", value, Text("别的", "something else"))
    assert error.value == told
    assert f"参数 xyz 的值“{told}”无效" in error.text.zh

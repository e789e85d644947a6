"""Messages in Chinese call a parameter by its Chinese name."""

import ast
from collections.abc import Iterator
from pathlib import Path

import geoapp
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.parameter_names import parameter_zh
from geoapp.core.questions.field import Field
from geoapp.core.questions.tables import actions, coverage, siting
from geoapp.importers.rows.columns import COLUMNS

# Protocols name these, and programs alone send them.
PROTOCOL = {
    *("bbox", "cursor", "datetime", "download", "f", "filter", "filter-lang", "offset", "sortby"),
    *("Accept-Crs", "If-Match"),
}
# Of the library and the command line, whose readers type the names themselves.
OUTSIDE = ("analysis", "commands")


def literals() -> Iterator[str]:
    """Yield the names that the code says of parameters in so many words."""
    folder = Path(geoapp.__file__).parent
    for path in folder.rglob("*.py"):
        if path.relative_to(folder).parts[0] in OUTSIDE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InvalidValueError":
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    yield str(name.value)


def test_every_parameter_has_a_chinese_name() -> None:
    found = {name for name in literals() if not name.startswith("-") and not name.isupper()}
    found |= {column.name for columns in COLUMNS.values() for column in columns}
    modules = (siting, coverage, actions)
    found |= {
        one.name for module in modules for one in vars(module).values() if isinstance(one, Field)
    }
    assert len(found) > 150
    assert sorted(name for name in found - PROTOCOL if parameter_zh(name) is None) == []


def test_messages_have_it() -> None:
    accepted = Text("文字", "text")

    def said(name: str, value: str) -> str:
        return InvalidValueError(name, value, accepted).text.zh

    assert said("reason", "") == "“原因”没有填写：应为文字。"
    assert said("places.0.lon", "x") == "“经度”的值“x”无效：应为文字。"
    assert said("lon-12", "x") == "“经度”的值“x”无效：应为文字。"
    assert said("--crs", "x") == "参数 --crs 的值“x”无效：应为文字。"
    assert said("bbox", "") == "参数 bbox 的值“”无效：应为文字。"

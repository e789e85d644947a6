"""Layer files are found by path and held to the contract; a breach names the file."""

from pathlib import Path

import pytest

from geoapp.core.errors import NotFoundError
from geoapp.maps.registry import LayerContractError, read_layers, registry

GOOD = """
from sqlalchemy import literal, select
from geoapp.maps.kit import ClassBreaks, Constant, Layer, Look, Popup, Text

LAYER = Layer(
    id="{name}",
    title=Text("层", "Layer"),
    query=select(literal(1).label("id"), literal("x").label("geometry")),
    style=Constant(Text("类", "Class"), Look("#000000")),
    popup=Popup("name"),
    versions=("facilities",),
)
"""
BROKEN = "ClassBreaks('x', {breaks}, {colours}, 'share', (Text('无', 'No'), Look('#000000')))"


def test_the_shipped_layers() -> None:
    names = [layer.id for layer in registry()]
    assert names == [
        "bases",
        "board",
        "cover_areas",
        "demand",
        "gaps",
        "homes",
        "network",
        "proposals",
        "regions",
        "stations",
        "without_position",
    ]
    assert len({layer.source_hash for layer in registry()}) == len(names)


def test_a_file_is_a_layer_and_no_list_names_it(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.py").write_text(GOOD.format(name=name), encoding="utf-8")
    assert [layer.id for layer in read_layers(tmp_path)] == ["a", "b"]
    with pytest.raises(NotFoundError):
        read_layers(tmp_path).get("c", None)


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("x", ('id="x"', 'id="y"'), "must be 'x'"),
        ("x", ("LAYER =", "OTHER ="), "no LAYER"),
        ("x", ("LAYER = Layer(", "LAYER = dict("), "no LAYER"),
        ("x", ("from sqlalchemy", "from sqlalchemist"), "ModuleNotFoundError"),
        ("x", ("LAYER", "LAYER ="), "SyntaxError"),
        ("x", ('"Layer"', '" "'), "zh and en"),
        ("x", ('("facilities",)', "()"), "versions is empty"),
        ("x", ('.label("geometry")', '.label("geom")'), "lacks the columns geometry"),
        ("X-1", ('id="X-1"', 'id="X-1"'), "a-z, 0-9 and _"),
        (
            "x",
            (
                'Constant(Text("类", "Class"), Look("#000000"))',
                BROKEN.format(breaks=(1,), colours=()),
            ),
            "one more colour",
        ),
        (
            "x",
            (
                'Constant(Text("类", "Class"), Look("#000000"))',
                BROKEN.format(breaks=(2, 1), colours=("#000000",) * 3),
            ),
            "must rise",
        ),
        (
            "x",
            (
                'Constant(Text("类", "Class"), Look("#000000"))',
                BROKEN.format(breaks=(1,), colours=("red", "blue")),
            ),
            "#rrggbb",
        ),
    ],
)
def test_a_breach_names_the_file_and_the_reason(
    tmp_path: Path, name: str, change: tuple[str, str], reason: str
) -> None:
    source = GOOD.format(name=name)
    assert change[0] in source
    path = tmp_path / f"{name}.py"
    path.write_text(source.replace(*change), encoding="utf-8")
    with pytest.raises(LayerContractError) as caught:
        read_layers(tmp_path)
    told = caught.value.text
    assert str(path) in told.zh
    assert str(path) in told.en
    assert reason in told.en

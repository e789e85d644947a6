"""Finds the files under ``layers/`` at start-up and holds them to the contract.

A breach stops the start with the file's name and the reason: a map that silently lacks a layer
would be worse than none.
"""

import hashlib
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geoapp.core.errors import GeoappError, NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.roles import Role
from geoapp.maps.kit import ClassBreaks, Layer

_ID = re.compile(r"[a-z][a-z0-9_]*")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LAYER = Text("图层", "layer")


class LayerContractError(GeoappError):
    """A layer file breaks the contract; the text names the file and the reason."""

    def __init__(self, path: Path, reason: Text) -> None:
        super().__init__(
            Text(f"图层文件 {path} 不合约定：{reason.zh}。", f"Layer file {path}: {reason.en}.")
        )
        self.path = path


@dataclass(frozen=True, slots=True)
class Registry:
    """The layers by id, in order of their files' names."""

    layers: Mapping[str, Layer]

    def __iter__(self) -> Iterator[Layer]:
        """Iterate over all layers."""
        return iter(self.layers.values())

    def visible_to(self, role: Role | None) -> list[Layer]:
        """Return the layers that somebody of this role may see."""
        return [layer for layer in self if layer.visible_to(role)]

    def get(self, layer_id: str, role: Role | None) -> Layer:
        """Return a layer that somebody of this role may see.

        Raises
        ------
        NotFoundError
            If there is no such layer.
        NotAllowedError
            If the role may not see it.
        """
        layer = self.layers.get(layer_id)
        if layer is None:
            raise NotFoundError(_LAYER, layer_id[:100])
        if not layer.visible_to(role):
            raise NotAllowedError(
                Text(
                    f"图层“{layer.title.zh}”不对您开放。",
                    f"The layer {layer.title.en!r} is not open to you.",
                )
            )
        return layer


@cache
def registry() -> Registry:
    """Return the layers that this installation ships, read once for each process."""
    return read_layers(shipped("layers"))


def read_layers(folder: Path) -> Registry:
    """Read every layer file of a folder.

    Raises
    ------
    LayerContractError
        At the first file that breaks the contract.
    """
    return Registry({path.stem: _read(path) for path in sorted(folder.glob("*.py"))})


def _read(path: Path) -> Layer:
    if not _ID.fullmatch(path.stem):
        raise LayerContractError(
            path,
            Text("文件名应为小写字母、数字和下划线", "its name must be of a-z, 0-9 and _"),
        )
    name = f"geoapp_layers.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Registered before it runs: dataclasses and pickling look a module up by its name.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        told = f"{type(error).__name__}: {error}"
        raise LayerContractError(
            path, Text(f"无法执行（{told}）", f"cannot run ({told})")
        ) from error
    layer = getattr(module, "LAYER", None)
    if not isinstance(layer, Layer):
        raise LayerContractError(path, Text("没有 LAYER = Layer(...)", "no LAYER = Layer(...)"))
    reason = _breach(layer, path.stem)
    if reason is not None:
        raise LayerContractError(path, reason)
    return layer.stamped(hashlib.sha256(path.read_bytes()).hexdigest()[:16])


def _breach(layer: Layer, stem: str) -> Text | None:
    """Return what is wrong with a layer, or None."""
    if layer.id != stem:
        return Text(
            f"id 是 {layer.id}，应与文件名 {stem} 相同", f"id is {layer.id!r}, must be {stem!r}"
        )
    if not isinstance(layer.title, Text) or not all(part.strip() for part in layer.title):
        return Text("标题须有中文和英文", "the title needs zh and en")
    if not layer.versions:
        return Text("versions 为空", "versions is empty")
    style = layer.style
    if isinstance(style, ClassBreaks):
        if len(style.colours) != len(style.breaks) + 1:
            return Text("分级颜色应比分界多一个", "needs one more colour than breaks")
        if list(style.breaks) != sorted(set(style.breaks)):
            return Text("分界应递增", "breaks must rise")
        if not all(_COLOUR.fullmatch(colour) for colour in style.colours):
            return Text("颜色应为 #rrggbb", "colours must be #rrggbb")
    if not callable(layer.query):
        columns = set(getattr(layer.query, "selected_columns", _NOTHING).keys())
        missing = {"id", "geometry"} - columns
        if missing and layer.derive is None:
            names = ", ".join(sorted(missing))
            return Text(f"查询缺少列 {names}", f"the query lacks the columns {names}")
    return None


_NOTHING: dict[str, object] = {}

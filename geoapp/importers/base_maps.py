"""A file of an operator's base maps (TOML or JSON): every fault of it is found and named."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from geoapp.core.base_maps import (
    DEEPEST_ZOOM,
    LARGE_SIDE_PX,
    OF_SETTINGS,
    PLAIN,
    STREETS,
    USUAL_SIDE_PX,
    OperatorMap,
)
from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.words import Datum
from geoapp.importers.wmts import wmts_address

MOST_MAPS: Final = 20
_KINDS: Final = ("xyz", "tms", "wmts", "pmtiles")
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ADDRESS: Final = re.compile(r"(?:https?://[A-Za-z0-9.{}-]+(?::\d+)?)?/[^\s\"'<>\\;]*")
_FILLED: Final = re.compile(r"\{([^}]*)\}")
_GIVEN: Final = {"z", "x", "y", "-y", "s", "key"}
# Whose tiles lie in which datum, by the end of the host's name; the answers of the services themselves.
_KNOWN: Final = {
    "autonavi.com": (Datum.GCJ02,),
    "amap.com": (Datum.GCJ02,),
    "gtimg.com": (Datum.GCJ02,),
    "tianditu.gov.cn": (Datum.CGCS2000, Datum.WGS84),
}
_BAIDU: Final = ("bdimg.com", "baidu.com", "bdstatic.com")
_BAIDUS_GRID: Final = Text(
    "百度的瓦片用它自己的网格（不是网络墨卡托），这里画不了；请用天地图、高德或腾讯",
    "Baidu's tiles are cut on a grid of its own, not Web Mercator's, which cannot be drawn here; use "
    "Tianditu, Amap or Tencent",
)
_IN_DEGREES: Final = Text(
    "天地图的 _c 瓦片用经纬度网格（不是网络墨卡托），这里画不了；请用 _w",
    "Tianditu's _c tiles are cut on a grid in degrees, not Web Mercator's, which cannot be drawn "
    "here; use _w",
)
# A key written out would be in exported files and in lists.
_KEY_WRITTEN: Final = re.compile(
    r"[?&](tk|ak|key|api_?key|token|access_token)=(?![&{]|$)", re.IGNORECASE
)
_MOST_NAME_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Where a WMTS says where its tiles are: an address or a file; which layer, on which grid."""

    source: str
    layer: str
    matrix_set: str | None


@dataclass(frozen=True, slots=True)
class DescribedMap:
    """A base map as its file describes it; with ``capabilities``, its address is still to be read."""

    map: OperatorMap
    capabilities: Capabilities | None = None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 2000


def _is_name(value: Any) -> bool:
    return _is_text(value) and len(value.strip()) <= _MOST_NAME_CHARACTERS


def _is_zoom(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= DEEPEST_ZOOM


def _is_subdomains(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= 20
        and all(isinstance(one, str) and re.fullmatch(r"[A-Za-z0-9-]{1,20}", one) for one in value)
    )


_TEXT: Final = (_is_text, Text("文字", "a text"))
_NAME: Final = (
    _is_name,
    Text(
        f"1 至 {_MOST_NAME_CHARACTERS} 个字符的文字",
        f"a text of 1 to {_MOST_NAME_CHARACTERS} characters",
    ),
)
_ZOOM: Final = (
    _is_zoom,
    Text(f"0 至 {DEEPEST_ZOOM} 的整数", f"a whole number, 0 to {DEEPEST_ZOOM}"),
)
_DATUMS: Final = ", ".join(Datum)
_FIELDS: Final[Mapping[str, tuple[Callable[[Any], bool], Text]]] = {
    "code": (
        lambda value: isinstance(value, str) and _CODE.fullmatch(value) is not None,
        Text("小写字母、数字和连字符", "small letters, digits and hyphens"),
    ),
    "name_zh": _NAME,
    "name_en": _NAME,
    "kind": (lambda value: value in _KINDS, Text(", ".join(_KINDS), ", ".join(_KINDS))),
    "datum": (lambda value: value in set(Datum), Text(_DATUMS, _DATUMS)),
    "attribution": _TEXT,
    "approval": _TEXT,
    "address": _TEXT,
    "labels": _TEXT,
    "file": _TEXT,
    "capabilities": _TEXT,
    "layer": _TEXT,
    "matrix_set": _TEXT,
    "style": _TEXT,
    "subdomains": (
        _is_subdomains,
        Text('列表，如 ["0", "1"]', 'a list such as ["0", "1"]'),
    ),
    "tile_size": (
        lambda value: type(value) is int and value in (USUAL_SIDE_PX, LARGE_SIDE_PX),
        Text("256 或 512", "256 or 512"),
    ),
    "min_zoom": _ZOOM,
    "max_zoom": _ZOOM,
    "key": _TEXT,
    "key_file": _TEXT,
    "send_origin": (lambda value: isinstance(value, bool), Text("true 或 false", "true or false")),
}
_NEEDED: Final = ("code", "name_zh", "name_en", "kind", "datum", "attribution")


def read_base_maps(path: Path) -> list[DescribedMap]:
    """Return the base maps that a file describes, in its order.

    Raises
    ------
    UnusableInputError
        If it cannot be read; the text names every fault and the map that has it.
    """
    entries = _entries(path)
    problems: list[Text] = []
    found: list[DescribedMap] = []
    for number, entry in enumerate(entries, start=1):
        faults = _faults(entry)
        code = entry.get("code")
        if not faults and (code in {one.map.code for one in found}):
            faults.append(Text(f"code {code} 重复", f"code {code} is there twice"))
        if not faults:
            try:
                described = _described(entry, path.parent)
                faults.extend(_address_faults(described))
                found.append(described)
            except UnusableInputError as error:
                faults.append(error.text)
        where = Text(f"第 {number} 个底图（{code}）", f"map {number} ({code})")
        problems.extend(Text(f"{where.zh}：{x.zh}", f"{where.en}: {x.en}") for x in faults)
    if problems:
        raise UnusableInputError(
            Text("\n".join(one.zh for one in problems), "\n".join(one.en for one in problems))
        )
    return found


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        content = path.read_bytes()
        told = (
            orjson.loads(content)
            if path.suffix.lower() == ".json"
            else tomllib.loads(content.decode("utf-8-sig"))
        )
    except OSError as error:
        why = error.strerror or str(error)
        raise _unusable(f"无法读取 {path}：{why}", f"Cannot read {path}: {why}") from None
    except UnicodeDecodeError:
        raise _unusable(
            f"{path} 不是 UTF-8 编码，请另存为 UTF-8", f"{path} is not in UTF-8; save it as UTF-8"
        ) from None
    except ValueError as error:
        raise _unusable(
            f"{path} 不是 TOML（.json 则为 JSON）：{error}",
            f"{path} is no TOML (JSON where it ends in .json): {error}",
        ) from None
    entries = told.get("maps") if isinstance(told, dict) and set(told) == {"maps"} else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise _unusable(
            f"{path} 应只有 maps 列表（TOML 里每个底图以 [[maps]] 开头）",
            f"{path} should hold a list called maps alone (in TOML each map begins with [[maps]])",
        )
    if len(entries) > MOST_MAPS:
        raise _unusable(f"最多 {MOST_MAPS} 个底图", f"{MOST_MAPS} maps at most")
    return entries


def _faults(entry: Mapping[str, Any]) -> list[Text]:
    """Return what is wrong with the fields of one map, each by itself and together."""
    if entry.get("kind") == "baidu":
        return [_BAIDUS_GRID]
    faults = [Text(f"缺少 {name}", f"{name} is missing") for name in _NEEDED if name not in entry]
    for name, value in entry.items():
        if name not in _FIELDS:
            names = ", ".join(_FIELDS)
            faults.append(
                Text(f"没有字段 {name}；有：{names}", f"no field {name}; there are: {names}")
            )
            continue
        is_good, accepted = _FIELDS[name]
        if not is_good(value):
            # A key is repeated nowhere.
            shown = "…" if name == "key" else str(value)[:200]
            faults.append(
                Text(
                    f"{name} 的值“{shown}”无效：应为{accepted.zh}",
                    f"{name}: {shown!r} is not accepted; expected {accepted.en}",
                )
            )
    if faults:
        return faults
    if entry["code"] in (STREETS, PLAIN, OF_SETTINGS):
        faults.append(Text("这个 code 另有所指", "this code means something else"))
    kind = entry["kind"]
    wanted = {"pmtiles": ("file",), "wmts": ("address", "capabilities")}.get(kind, ("address",))
    if sum(one in entry for one in wanted) != 1:
        either = Text(" 或 ".join(wanted), " or ".join(wanted))
        faults.append(Text(f"kind {kind} 要写 {either.zh}", f"kind {kind} needs {either.en}"))
    for name in {"address", "capabilities", "file"} - set(wanted):
        if name in entry:
            faults.append(Text(f"kind {kind} 没有 {name}", f"kind {kind} has no {name}"))
    if "capabilities" in entry and "layer" not in entry:
        faults.append(Text("缺少 layer", "layer is missing"))
    if "tile_size" in entry and ("capabilities" in entry or "file" in entry):
        faults.append(Text("tile_size 只随 address 写", "tile_size goes with address alone"))
    if "key" in entry and "key_file" in entry:
        faults.append(Text("key 和 key_file 只写一个", "either key or key_file"))
    if entry.get("min_zoom", 0) > entry.get("max_zoom", DEEPEST_ZOOM):
        faults.append(Text("min_zoom 大于 max_zoom", "min_zoom is above max_zoom"))
    return faults


def _described(entry: Mapping[str, Any], folder: Path) -> DescribedMap:
    address, labels = entry.get("address", ""), entry.get("labels", "")
    if entry["kind"] == "wmts":
        names = {
            "layer": entry.get("layer", "{layer}"),
            "grid": entry.get("matrix_set", "{TileMatrixSet}"),
            "style": entry.get("style", "default"),
        }
        address, labels = wmts_address(address, **names), wmts_address(labels, **names)
    if entry["kind"] == "tms":
        address, labels = (re.sub(r"\{y\}", "{-y}", one) for one in (address, labels))
    side_px = entry.get("tile_size", USUAL_SIDE_PX)
    larger = int(side_px == LARGE_SIDE_PX)  # the map's zoom is one more than the tile's
    approval = entry.get("approval")
    credit = [entry["attribution"], *([f"审图号：{approval}"] if approval else [])]
    described = OperatorMap(
        code=entry["code"],
        name=Text(entry["name_zh"].strip(), entry["name_en"].strip()),
        datum=Datum(entry["datum"]),
        address=address,
        labels=labels,
        credit=" · ".join(credit),
        least_zoom=entry.get("min_zoom", 0) + larger,
        deepest_zoom=entry.get("max_zoom", 18) + larger,
        side_px=side_px,
        subdomains=tuple(entry.get("subdomains", ())),
        key=_key(entry, folder),
        sends_origin=entry.get("send_origin", False),
        file=(folder / entry["file"]).resolve() if "file" in entry else None,
    )
    source = entry.get("capabilities")
    if source is None:
        return DescribedMap(described)
    if not source.startswith(("http://", "https://")):
        source = str((folder / source).resolve())
    asked = Capabilities(source, entry["layer"], entry.get("matrix_set"))
    return DescribedMap(described, asked)


def _key(entry: Mapping[str, Any], folder: Path) -> str:
    if "key_file" not in entry:
        return str(entry.get("key", "")).strip()
    path: Path = folder / str(entry["key_file"])
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise _unusable(f"无法读取 key_file {path}", f"cannot read key_file {path}") from None
    if len(key.split()) != 1:
        raise _unusable(f"key_file {path} 应只有密钥", f"key_file {path} should hold the key alone")
    return key


def _address_faults(described: DescribedMap) -> list[Text]:
    one = described.map
    addresses = [("address", one.address), ("labels", one.labels)]
    if described.capabilities is not None or one.file is not None:
        addresses = addresses[1:]
    faults = [
        fault
        for name, address in addresses
        if address or name == "address"
        for fault in address_faults(one, name, address)
    ]
    for name, address in addresses:
        if written := _KEY_WRITTEN.search(address):
            asked = f"{written[1]}={{key}}"
            faults.append(
                Text(
                    f"{name} 里不要写出密钥：写 {asked}，密钥写在 key 或 key_file",
                    f"{name}: write no key in it but {asked}, and the key in key or key_file",
                )
            )
    return faults


def address_faults(described: OperatorMap, name: str, address: str) -> Sequence[Text]:
    """Return what is wrong with the address of a map's tiles, which ``name`` names."""
    host = (urlsplit(address).hostname or "") if _ADDRESS.fullmatch(address) else ""
    if host.endswith(_BAIDU):
        return [_BAIDUS_GRID]
    if not _ADDRESS.fullmatch(address):
        return [
            Text(
                f"{name} 应以 http://、https:// 或 / 开头，不含空格和引号",
                f"{name} should begin with http://, https:// or /, without spaces and quotes",
            )
        ]
    faults = []
    if host.endswith("tianditu.gov.cn") and "_c/" in urlsplit(address).path:
        faults.append(_IN_DEGREES)
    given = set(_FILLED.findall(address))
    if not {"z", "x"} <= given or not given & {"y", "-y"}:
        faults.append(Text(f"{name} 缺少 {{z}} {{x}} {{y}}", f"{name} lacks {{z}} {{x}} {{y}}"))
    if given - _GIVEN:
        names = ", ".join(f"{{{one}}}" for one in sorted(given - _GIVEN))
        faults.append(Text(f"{name} 里的 {names} 没有值", f"{name}: {names} has no value"))
    if "s" in given and not described.subdomains:
        faults.append(
            Text(f"{name} 有 {{s}}，要写 subdomains", f"{name} has {{s}}: subdomains are needed")
        )
    if "key" in given and not described.key:
        faults.append(
            Text(f"{name} 有 {{key}}，要写 key 或 key_file", f"{name} has {{key}}: a key is needed")
        )
    for end, datums in _KNOWN.items():
        if (host == end or host.endswith(f".{end}")) and described.datum not in datums:
            names = ", ".join(datums)
            faults.append(
                Text(
                    f"{end} 的瓦片是 {names}，不是 {described.datum}",
                    f"tiles of {end} are in {names}, not in {described.datum}",
                )
            )
    return faults


def _unusable(zh: str, en: str) -> UnusableInputError:
    return UnusableInputError(Text(zh, en))

"""Pairs of facilities that may be one, and what a merge takes from whom, in words."""

from typing import Any, Final

from geoapp.core.geo import geodesic_m
from geoapp.core.i18n import Text
from geoapp.core.units import format_metres, format_share
from geoapp.core.vocabulary import load_vocabulary
from geoapp.reports.words.history import UNKNOWN, field_text, value_text

_FIELDS: Final = {
    "kind": "kind_code",
    "position": "geom",
    "status": "status",
}
_PLACES: Final = Text("流动点位", "places of a moving facility")
_AMENITY: Final = "amenity:"


def likeness_text(alike: float, distance_m: float, same_phone: bool | None) -> Text:
    """Say how alike two facilities are: their names, how far apart they stand, their telephones."""
    if alike >= 1.0:
        names = Text("名称相同", "the same name")
    else:
        share = format_share(alike)
        names = Text(f"名称 {share} 相似", f"names {share} alike")
    far = format_metres(distance_m)
    apart = Text(f"相距 {far.zh}", f"{far.en} apart")
    phone = {
        True: Text("电话相同", "one telephone"),
        False: Text("电话不同", "different telephones"),
        None: Text("有一处没有电话", "a telephone is unknown"),
    }[same_phone]
    parts = (names, apart, phone)
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def choice_text(field: str) -> Text:
    """Return what a field of a merge is called."""
    if field.startswith(_AMENITY):
        code = field.removeprefix(_AMENITY)
        named = next((one.text for one in load_vocabulary().amenities if one.code == code), None)
        return named or Text(code, code)
    if field == "places":
        return _PLACES
    return field_text(_FIELDS.get(field, field))


def choice_value_text(field: str, value: Any) -> Text:
    """Say a value of a field of a merge."""
    if value is None:
        return UNKNOWN
    if field.startswith(_AMENITY):
        return Text("有", "there") if value else Text("没有", "not there")
    if field == "position":
        lon, lat = value
        return Text(f"{lon:.5f}, {lat:.5f}", f"{lon:.5f}, {lat:.5f}")
    if field == "kind":
        named = next((one.text for one in load_vocabulary().kinds if one.code == value), None)
        return named or Text(value, value)
    return value_text(field, value)


def far_apart_text(survivor: str, other: str, apart_m: float) -> Text:
    """Say that two facilities stand so far apart that it is asked once more whether they are one."""
    far = format_metres(apart_m)
    return Text(
        f"{survivor} 与 {other} 相距 {far.zh}，没有合并；确实是同一处，请再确认一次（命令行 --far，接口 far）。",
        f"{survivor} and {other} stand {far.en} apart, and nothing was merged; if they are one all the "
        "same, confirm it (--far on the command line, far in the API).",
    )


def merged_text(code: str, merged: str, change_set: int | None) -> Text:
    """Say that two facilities have become one."""
    number = Text("", "")
    if change_set is not None:
        number = Text(
            f"（变更 {change_set}，可撤销）", f" (change set {change_set}; it can be undone)"
        )
    return Text(
        f"{merged} 已并入 {code}，旧编号会转到它{number.zh}。",
        f"{merged} was merged into {code}; its old code leads there{number.en}.",
    )


def standing_text(survivor: tuple[float, float] | None, other: tuple[float, float] | None) -> Text:
    """Say how far apart two facilities stand; places are (lon, lat), WGS-84, None where unknown."""
    if survivor is None or other is None:
        return Text("至少一处没有位置", "one of them at least has no position")
    far = format_metres(float(geodesic_m(*survivor, *other)))
    return Text(f"相距 {far.zh}", f"{far.en} apart")

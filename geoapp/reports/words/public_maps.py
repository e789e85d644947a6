"""What is said of a public map's list against the register."""

from collections.abc import Sequence
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.public_maps import PUBLIC_MAP_TEXT, Finding, PublicMap, Sureness
from geoapp.core.units import counted, format_count, format_metres, format_share

FOR_OWNER: Final = Text("请地图改正", "For the map's owner")
FOR_US: Final = Text("请自己核实", "To be looked into here")
FINDING: Final = Text("情况", "finding")
ASKED: Final = Text("请地图做什么", "what is asked for")
CODE: Final = Text("编号", "code")
NAME: Final = Text("名称", "name")
ADDRESS: Final = Text("地址", "address")
PHONE: Final = Text("电话", "telephone")
LON: Final = Text("经度", "lon")
LAT: Final = Text("纬度", "lat")
DATUM: Final = Text("坐标系", "datum")
LISTING: Final = Text("图上条目", "listing")
LISTED_NAME: Final = Text("图上名称", "name on the map")
OFF_M: Final = Text("相差（米）", "metres off")
SAMPLE: Final = Text("示例", "sample")
YES: Final = Text("是", "yes")
MAY_BE: Final = Text("可能是", "may be")
MAP: Final = Text("地图", "map")
LIST_FILE: Final = Text("名录", "list")
READ_AT: Final = Text("读入", "read on")
COVERS: Final = Text("名录覆盖", "the list covers")

_ASKED: Final = {
    Finding.MISSING: Text("请新增", "please add it"),
    Finding.CLOSED_LISTED: Text("已停用，请下架", "it has closed: please take it off"),
    Finding.LISTED_CLOSED: Text("仍在用，请改为营业", "it is in use: please show it as open"),
}


def title(public_map: PublicMap) -> Text:
    """Name the comparison."""
    name = PUBLIC_MAP_TEXT[public_map]
    return Text(f"{name.zh}与名册对照", f"{name.en} against the register")


def asked_text(finding: Finding, distance_m: float | None) -> Text:
    """Say what the owner of a map is asked to do."""
    if finding is Finding.MOVED:
        off = Text("", "") if distance_m is None else format_metres(distance_m)
        return Text(
            f"位置不对，差约 {off.zh}，请改到所附坐标",
            f"about {off.en} off: please move it to the coordinates given",
        )
    return _ASKED.get(finding, Text("", ""))


def sureness_text(sureness: Sureness | None, alike: float | None, distance_m: float | None) -> Text:
    """Say how sure it is that a listing and a facility are one, and how far apart they stand."""
    parts = []
    if sureness is Sureness.BY_HAND:
        parts.append(Text("人工确认", "confirmed by hand"))
    elif alike is not None:
        parts.append(likeness_text(alike))
    if distance_m is not None:
        off = format_metres(distance_m)
        parts.append(Text(f"相距 {off.zh}", f"{off.en} apart"))
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def likeness_text(alike: float) -> Text:
    """Say how alike two names are."""
    if alike == 1.0:
        return Text("同名", "the same name")
    share = format_share(alike, 0)
    return Text(f"名称相似 {share}", f"names {share} alike")


def covered_text(names: Sequence[Text], *, stated: bool) -> Text:
    """Say where what is not listed counts as missing."""
    if not names:
        return Text(
            "名录里没有一条落在已有的区里，不判断缺不缺。",
            "Nothing that is listed lies in a stored district, so nothing is told to be missing.",
        )
    zh, en = "、".join(one.zh for one in names), ", ".join(one.en for one in names)
    if stated:
        return Text(
            f"名录覆盖{zh}；在用而图上没有的，算“图上没有”。",
            f"The list covers {en}: what is open there and not listed is missing.",
        )
    return Text(
        f"没有写明名录覆盖哪里，只看有条目的区：{zh}。",
        f"What the list covers was not stated; looked at are the districts with a listing: {en}.",
    )


def rule_text(moved_m: float) -> Text:
    """Say how listings are matched, and from where on one is moved."""
    most = format_metres(moved_m)
    return Text(
        f"名称相近且相距 100 米内，或同名且 1 千米内，算同一处；有两处都像的由人判断。相距超过 {most.zh}算“位置不对”。",
        "One and the same are like names within 100 m, or one name within 1 km; where two may be meant, "
        f"somebody decides. What is more than {most.en} off is in another place.",
    )


def unplaced_text(count: int) -> Text:
    """Say how many facilities cannot be compared."""
    many = counted(count, "处", "facility has", "facilities have")
    return Text(f"位置不详、没有对照的：{many.zh}。", f"Not compared: {many.en} no position.")


def listings_text(count: int) -> Text:
    """Say how many listings a list has."""
    return Text(f"{format_count(count)} 条", counted(count, "条", "listing").en)

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
UNLISTED: Final = Text("没列出，未知缺不缺", "Not listed, perhaps missing")
MAP: Final = Text("地图", "map")
LIST_FILE: Final = Text("名录", "list")
READ_AT: Final = Text("读入", "read on")
COVERS: Final = Text("名录覆盖", "the list covers")

MOST_GONE_TOLD: Final = 20
_ASKED: Final = {
    Finding.MISSING: Text("请新增", "please add it"),
    Finding.CLOSED_LISTED: Text("已停用，请下架", "it has closed: please take it off"),
    Finding.LISTED_CLOSED: Text("仍在用，请改为营业", "it is in use: please show it as open"),
}


def title(public_map: PublicMap) -> Text:
    """Name the comparison."""
    name = PUBLIC_MAP_TEXT[public_map]
    return Text(f"{name.zh}与名册对照", f"{name.en} against the register")


def list_of(public_map: PublicMap) -> Text:
    """Name a map's list."""
    name = PUBLIC_MAP_TEXT[public_map]
    return Text(f"{name.zh}的名录", f"list of {name.en}")


def fit_text(same: int, median_m: float | None) -> Text:
    """Say how well a list agrees with the register when it is read in a datum."""
    if median_m is None:
        return Text("没有同名的站点在 1 千米内", "no facility of the same name within 1 km")
    many, off = counted(same, "条", "listing"), format_metres(median_m)
    return Text(
        f"{many.zh}与站点同名，一般相差 {off.zh}",
        f"{many.en} with the name of a facility, typically {off.en} off",
    )


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


def covered_text(covered: Text | None, looked_at: Sequence[Text]) -> Text:
    """Say where what is not listed counts as missing, and where it may be."""
    if covered is not None:
        return Text(
            f"名录完整覆盖{covered.zh}；在用而图上没有的，算“图上没有”。",
            f"The list covers {covered.en} whole: what is open there and not listed is missing.",
        )
    if not looked_at:
        return Text(
            "没有写明名录覆盖哪里，也没有一条落在已有的区里，不判断缺不缺。",
            "What the list covers was not stated, and nothing on it lies in a stored district: nothing is "
            "told to be missing.",
        )
    zh, en = "、".join(one.zh for one in looked_at), ", ".join(one.en for one in looked_at)
    return Text(
        f"没有写明名录覆盖哪里。有条目的区（{zh}）里没列出的，缺不缺未知。",
        "What the list covers was not stated. Whether what it lacks in the districts with a listing "
        f"({en}) is missing is unknown.",
    )


def gone_text(names: Sequence[str]) -> Text:
    """Say which listings a list has no more; the first by name."""
    first, many = names[:MOST_GONE_TOLD], counted(len(names), "条", "listing")
    zh, en = "、".join(first), ", ".join(first)
    if len(names) > len(first):
        more = len(names) - len(first)
        zh, en = f"{zh}，还有 {format_count(more)} 条", f"{en}, and {format_count(more)} more"
    return Text(f"新名录里没有了的 {many.zh}：{zh}。", f"No longer in the list, {many.en}: {en}.")


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

"""What is said of places that addresses were found by: how they were found, and how far off they may be."""

from geoapp.core.i18n import Text
from geoapp.core.units import format_metres

NOT_THE_DOOR = Text("不是门口", "not the door")


def about_text(reach_m: float) -> Text:
    """Say that a point stands for a whole street, and how far from there it goes."""
    far = format_metres(reach_m)
    return Text(f"街道，约略位置，可能差 {far.zh}", f"street, rough position, may be {far.en} off")


def about_house_text(accuracy_m: float) -> Text:
    """Say that a point stands for a house number, and how far off it may be."""
    far = format_metres(accuracy_m)
    return Text(
        f"门牌，可能差 {far.zh}，{NOT_THE_DOOR.zh}",
        f"house number, may be {far.en} off, {NOT_THE_DOOR.en}",
    )


def about_corner_text(accuracy_m: float) -> Text:
    """Say that a point stands for a corner, and how far off it may be."""
    far = format_metres(accuracy_m)
    return Text(f"路口，可能差 {far.zh}", f"corner, may be {far.en} off")


def rough_name(name: Text) -> Text:
    """Return the name of a place whose position is a rough one."""
    return Text(f"{name.zh}（约）", f"{name.en} (about)")


def house_name(street: Text, number: str) -> Text:
    """Return a house number that the map has as it is written, 77甲 being 77号甲."""
    bare = number.rstrip("甲乙丙丁戊")
    return Text(
        f"{street.zh} {bare.upper()} 号{number.removeprefix(bare)}", f"{street.en} {number.upper()}"
    )


def corner_name(one: Text, other: Text) -> Text:
    """Return what the place where two streets meet is called."""
    return Text(f"{one.zh}与{other.zh}路口", f"{one.en} and {other.en}")


def number_unknown_text(number: str) -> Text:
    """Say that the map does not have a house number of a street that it has."""
    return Text(f"地图上没有 {number.upper()} 号", f"no. {number.upper()} is not on the map")


def counted_from_text(name: Text, *, is_point: bool) -> Text:
    """Say that an answer is counted from a place that was chosen: a corner, or the middle of an area."""
    if is_point:
        return Text(
            f"从“{name.zh}”算起，不是从您的位置。",
            f"Counted from {name.en}, not from where you are.",
        )
    return Text(
        f"从“{name.zh}”中部的一点算起，不是从您的位置。",
        f"Counted from the centre of {name.en}, not from where you are.",
    )


def street_text(street: Text, district: Text | None, accuracy_m: float) -> Text:
    """Say that a place lies on a street, in a district where one is known."""
    far = format_metres(accuracy_m)
    zh = "" if district is None else f"（{district.zh}）"
    en = "" if district is None else f" ({district.en})"
    return Text(
        f"在{street.zh}{zh}上，约 {far.zh}内，{NOT_THE_DOOR.zh}",
        f"on {street.en}{en}, within about {far.en}, {NOT_THE_DOOR.en}",
    )


def meeting_text(text: Text, other: Text) -> Text:
    """Say of one of several streets of a name which other one it meets."""
    return Text(f"{text.zh}；与{other.zh}相交的那条", f"{text.en}; the one that meets {other.en}")


def may_go_on_text(text: Text) -> Text:
    """Say that a street reaches the end of the extract."""
    return Text(
        f"{text.zh}；数据到这里为止，街道可能更长",
        f"{text.en}; the extract ends there, and the street may go on",
    )


def crossing_text(one: Text, other: Text, district: Text | None, accuracy_m: float) -> Text:
    """Say that a place lies where two streets meet."""
    far = format_metres(accuracy_m)
    zh = "" if district is None else f"（{district.zh}）"
    en = "" if district is None else f" ({district.en})"
    return Text(
        f"{corner_name(one, other).zh}{zh}，约 {far.zh}内，{NOT_THE_DOOR.zh}",
        f"where {corner_name(one, other).en} meet{en}, within about {far.en}, {NOT_THE_DOOR.en}",
    )


def house_text(street: Text, number: str, district: Text | None, accuracy_m: float) -> Text:
    """Say that a place is at a house number that the map has."""
    name = house_name(street, number)
    far = format_metres(accuracy_m)
    zh = "" if district is None else f"（{district.zh}）"
    en = "" if district is None else f" ({district.en})"
    return Text(
        f"{name.zh}{zh}，约 {far.zh}内，{NOT_THE_DOOR.zh}",
        f"{name.en}{en}, within about {far.en}, {NOT_THE_DOOR.en}",
    )


NO_STREET = Text("地址里没有认出载入的街道", "no street that was imported is told in the address")


def unknown_text(words: tuple[str, ...]) -> Text:
    """Say that streets are not among those that were imported."""
    listed = "、".join(words)
    return Text(
        f"载入的街道里没有“{listed}”", f"{listed}: not among the streets that were imported"
    )


def unknown_district_text(name: str) -> Text:
    """Say that an address names a district that the register does not have."""
    return Text(f"登记的区域里没有“{name}”", f"{name}: no such district in the register")


def elsewhere_text(street: Text, district: Text) -> Text:
    """Say that a street is known, and not in the district of the address."""
    return Text(f"{street.zh}不在{district.zh}", f"{street.en} is not in {district.en}")


def no_crossing_text(one: Text, other: Text) -> Text:
    """Say that two streets do not meet on the map."""
    return Text(
        f"地图上{one.zh}与{other.zh}不相交", f"on the map {one.en} and {other.en} do not meet"
    )


def too_many_text(street: Text, count: int) -> Text:
    """Say that many streets carry a name, and what would tell."""
    return Text(
        f"叫“{street.zh}”的有 {count:,} 条，请在表里写明所在区",
        f"{count:,} streets are called {street.en}: state the district in the list",
    )


def also_unknown_text(words: tuple[str, ...]) -> Text:
    """Say that an address also names streets that are not known."""
    listed = "、".join(words)
    return Text(f"“{listed}”没有载入", f"{listed} was not imported")

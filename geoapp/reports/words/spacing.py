"""Words of a rule of spacing and of what came of it."""

from collections.abc import Mapping

from geoapp.core.i18n import Text
from geoapp.core.results.spacing import FarArea, FarStretch, SpacingResult
from geoapp.core.spacing import By, Figures, Spacing
from geoapp.core.units import counted, format_metres

BY_TEXT: dict[By, Text] = {
    "line": Text("直线", "straight line"),
    "walk": Text("步行", "on foot"),
}
_MEASURED_EN: dict[By, str] = {"line": "By straight line", "walk": "On foot"}
NO_WAY = Text("走不到", "no way")
UNNAMED = Text("没有路名的路", "a street without a name")


def rule_text(rule: Spacing, regions: Mapping[str, Text]) -> Text:
    """Return what a rule asks for, where it is busy and where it is not.

    Parameters
    ----------
    regions
        Names of regions by code; one that is not stored is told by its code.
    """
    said = _figures_text(rule)
    all_zh, all_en = f"按{BY_TEXT[rule.by].zh}：{said.zh}", f"{_MEASURED_EN[rule.by]}: {said.en}"
    busy = rule.busy
    if busy is None:
        return Text(all_zh, all_en)
    own = _figures_text(busy)
    if busy.regions is not None:
        named = [regions.get(code, Text(code, code)) for code in busy.regions]
        zh, en = "、".join(one.zh for one in named), ", ".join(one.en for one in named)
        where = Text(f"繁华处（{zh}）", f"where it is busy ({en})")
    else:
        assert busy.workers_per_km2 is not None
        number = counted(busy.workers_per_km2, "人", "worker")
        around = format_metres(busy.around_m)
        where = Text(
            f"繁华处（周围 {around.zh}内每平方公里至少 {number.zh}）",
            f"where it is busy (at least {number.en} per km² within {around.en})",
        )
    return Text(f"{all_zh}；{where.zh}{own.zh}", f"{all_en}; {where.en} {own.en}")


def _figures_text(rule: Figures) -> Text:
    zh, en = [], []
    if rule.between_m is not None:
        most, half = format_metres(rule.between_m), format_metres(rule.between_m / 2)
        zh.append(f"相邻两站沿路不超过 {most.zh}（任何一处离最近的站不超过 {half.zh}）")
        en.append(
            f"at most {most.en} between neighbouring stations along a street (no place farther than "
            f"{half.en} from the nearest)"
        )
    if rule.within_m is not None:
        most = format_metres(rule.within_m)
        zh.append(f"有人干活的地方，{most.zh}内有站点")
        en.append(f"a station within {most.en} of wherever people work")
    if rule.apart_m is not None:
        least = format_metres(rule.apart_m)
        zh.append(f"站点之间至少 {least.zh}")
        en.append(f"stations at least {least.en} apart")
    return Text("，".join(zh), ", ".join(en))


def made_up_text(rule: Spacing) -> Text | None:
    """Return that a rule is no published one; None where it is."""
    if not rule.sample:
        return None
    return Text(
        "这是示例规则，不是任何文件里的规定。", "This is a sample rule; no document states it."
    )


def measured_text(result: SpacingResult) -> Text:
    """Return how it was measured."""
    rule = result.standard.spacing
    if result.by == "walk":
        return Text(
            "按步行路网上的距离；路网外的估算", "Metres walked on the network, estimated beside it"
        )
    line = Text("按椭球面上的直线距离", "Metres of the straight line on the spheroid")
    if rule is not None and rule.by == "walk" and not result.can_walk:
        return Text(
            f"{line.zh}：规则按步行，但没有导入步行路网；走路只会更远",
            f"{line.en}: the rule is on foot, and no walking network is loaded; a walk is never shorter",
        )
    return line


def streets_text(result: SpacingResult) -> Text | None:
    """Return how streets were measured, or why they were not; None where the rule says nothing of them."""
    rule = result.standard.spacing
    if rule is None or rule.reach_m is None:
        return None
    if result.streets is None:
        if result.can_walk:
            return Text(
                "按直线时不沿路量；选“步行”看哪些路段太远。",
                "By straight line nothing is measured along streets: choose “on foot” for that.",
            )
        return Text(
            "没有导入步行路网，不能沿路量：只看有人干活的地方。",
            "No walking network is loaded, so nothing is measured along streets: only where people work.",
        )
    zh = [
        "沿路量的是步行路网上的道路，不含小路、台阶和内部通道；分开画的两边各算一次。",
        "属于哪个区、是否繁华，按不超过 100 米的一小段的中点看。",
    ]
    en = [
        "Streets are those of the walking network, without paths, stairs and drives; sides that are drawn "
        "apart count each.",
        "The district, and whether it is busy, is that of the middle of every 100 m or less.",
    ]
    if result.streets.stations_beside:
        zh.append(f"有 {result.streets.stations_beside:,} 处站点离路网太远，走不到，没有计入。")
        en.append(
            "Stations too far beside the network to be walked to, not counted: "
            f"{result.streets.stations_beside:,}."
        )
    return Text("".join(zh), " ".join(en))


def street_text(stretch: FarStretch) -> Text:
    """Return the name of a stretch's street."""
    return UNNAMED if stretch.street is None else stretch.street


def farthest_text(area: FarArea | FarStretch) -> Text:
    """Return how far the nearest station of the farthest place is."""
    return NO_WAY if area.farthest_m is None else format_metres(area.farthest_m)

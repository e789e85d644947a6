"""Words of a rule of spacing and of what came of it."""

from collections.abc import Mapping

from geoapp.core.i18n import Text
from geoapp.core.results.spacing import FarArea, SpacingResult
from geoapp.core.spacing import By, Figures, Spacing
from geoapp.core.units import counted, format_metres

BY_TEXT: dict[By, Text] = {
    "line": Text("直线", "straight line"),
    "walk": Text("步行", "on foot"),
}
_MEASURED_EN: dict[By, str] = {"line": "By straight line", "walk": "On foot"}
NO_WAY = Text("走不到", "no way")


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


def farthest_text(area: FarArea) -> Text:
    """Return how far the nearest station of an area's farthest place is."""
    return NO_WAY if area.farthest_m is None else format_metres(area.farthest_m)

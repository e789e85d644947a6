"""What the workbook of a coverage run says: its sheets, headings and notes."""

from collections.abc import Sequence
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.units import counted, format_count
from geoapp.core.words import Level

OVERVIEW: Final = Text("总览", "Overview")
BY_REGION: Final = Text("分区", "By region")
ZONES: Final = Text("盲区", "Gap zones")
STATIONS: Final = Text("站点", "Facilities")
GROUPS: Final = Text("人群", "Groups")
METHOD: Final = Text("做法", "Method")

SHEET_LEVEL: Final = {
    Level.PROVINCE: Text("分省", "Provinces"),
    Level.CITY: Text("分市", "Cities"),
    Level.DISTRICT: Text("分区", "Districts"),
    Level.STREET: Text("分街道", "Streets"),
}
SHEET_OVERLAPS: Final = Text("重叠", "Overlaps")

TITLE_LEVEL: Final = {
    Level.PROVINCE: Text("各省的覆盖情况", "Coverage by province"),
    Level.CITY: Text("各市的覆盖情况", "Coverage by city"),
    Level.DISTRICT: Text("各区的覆盖情况", "Coverage by district"),
    Level.STREET: Text("各街道的覆盖情况", "Coverage by street"),
}
TITLE_OVERVIEW: Final = Text("全部范围的数字", "The figures of the whole")
TITLE_STATIONS: Final = Text("靠每处设施的人", "Who relies on each facility")
TITLE_OVERLAPS: Final = Text("覆盖同一批人的设施", "Facilities that cover the same workers")
TITLE_GROUPS: Final = Text("各人群走多远", "How far each group walks")
TITLE_METHOD: Final = Text("数字是怎样算出来的", "How the figures were made")

NUMBER: Final = Text("数值", "figure")
UNIT: Final = Text("单位", "unit")
MEANING: Final = Text("说明", "meaning")
WITHIN: Final = Text("上级", "within")
UNCOVERED_SHARE: Final = Text("走不到的比例", "out of reach")
MEAN_M: Final = Text("平均步行（米）", "mean walk (m)")
GREATEST_M: Final = Text("最远步行（米）", "longest walk (m)")
POINTS: Final = Text("需求点", "demand points")
UNREACHABLE: Final = Text("完全走不到任何站点的人", "with no way to any")
GROUP: Final = Text("人群", "group")
GINI: Final = Text("步行差距（基尼）", "spread of walks (Gini)")
WORST_MEAN_M: Final = Text("最远一成平均（米）", "mean of the worst-off tenth (m)")
NEAREST_HERE: Final = Text("离它最近的人", "workers nearest to it")
ONLY_HERE: Final = Text("只有它的人", "workers with it alone")
ONE: Final = Text("设施一", "first")
TWO: Final = Text("设施二", "second")
ONE_CODE: Final = Text("编号一", "first's code")
TWO_CODE: Final = Text("编号二", "second's code")
BOTH: Final = Text("两处都覆盖的人", "workers that both cover")
BOTH_SHARE: Final = Text("占两处覆盖的", "of those whom either covers")

PEOPLE: Final = Text("人", "workers")
METRES: Final = Text("米", "m")
PLACES: Final = Text("处", "places")
SHARE: Final = Text("比例", "share")

OTHERS: Final = Text("其余（不在以上各行）", "The rest (in none of these)")
TOTAL: Final = Text("合计", "Total")

SAMPLE_SAID: Final = Text(
    "含示例数据：数字是生成的，不是真实情况",
    "Contains sample data: the figures are generated and are not real",
)
LEVEL_NOTE: Final = Text(
    "每行只算这一级区域里的人；合计是全部，等于各行之和（距离和比例除外）。"
    "人都在同一个下级区域里的，不再单列。",
    "A row counts the workers of that region; the total is everybody, the sum of the rows (walks and "
    "shares apart). A region whose workers all lie in one region below it has no row of its own.",
)
STATIONS_NOTE: Final = Text(
    "“离它最近”：最近的设施是它，不论远近；“只有它”：标准以内没有第二处，它停了就走不到。"
    "名称、类型和区域按今天的登记。",
    "Nearest: no other is nearer, however far it is; alone: no second one within the standard. Names, "
    "kinds and regions are today's.",
)
GROUPS_NOTE: Final = Text(
    "步行差距：0 是人人一样远，1 是差别最大。",
    "Spread: 0 is the same walk for all, 1 the greatest difference.",
)
NO_OVERLAPS: Final = Text("这次运行没有比较。", "This run did not compare them.")

# What each figure of the overview means.
COVERED_SAID: Final = Text("标准以内至少有一处", "at least one within the standard")
BACKUP_SAID: Final = Text("标准以内至少有两处", "at least two within the standard")
UNCOVERED_SAID: Final = Text("标准以内一处也没有", "none within the standard")
UNREACHABLE_SAID: Final = Text("路网上没有通路", "no way on the network")
WALK_SAID: Final = Text("到最近的一处", "to the nearest one")
MEDIAN_SAID: Final = Text("一半人走得更近", "half walk less")
P90_SAID: Final = Text("九成人走得更近", "nine in ten walk less")
FACILITIES: Final = Text("在用的设施", "facilities in service")
COUNTED: Final = Text("计入的设施", "facilities that counted")
UNKNOWN_HOURS: Final = Text("那时是否开放不明的设施", "facilities not known to be open then")
GAP_ZONES: Final = Text("盲区", "gap zones")
WITHOUT_POSITION: Final = Text("没有位置的设施", "facilities without a position")
WITHOUT_POSITION_SAID: Final = Text("没有参加计算", "took no part")

RUN: Final = Text("运行", "Run")
COMPUTED: Final = Text("计算时间", "Computed")
STANDING: Final = Text("公布", "Publication")
UNPUBLISHED: Final = Text("没有公布", "not published")
BASIS: Final = Text("步行距离", "walking distance")
STANDARD_LINE: Final = Text("标准合直线（米）", "standard as a straight line (m)")
NETWORK: Final = Text("步行路网", "walking network")
DETOUR: Final = Text("绕行系数", "detour factor")
SPEED: Final = Text("步行速度（米/秒）", "walking speed (m/s)")
VERSIONS: Final = Text("数据版本", "versions of the data")


SHARE_LEGEND: Final = Text("覆盖率", "Covered")
ZONE_LEGEND: Final = Text("盲区", "gap zone")
FACILITY_LEGEND: Final = Text("计入的设施", "facility that counted")
SPOT_LEGEND: Final = Text(
    "人数最多的盲区：建在此处，一处覆盖最多",
    "gap zones with most workers: a station here reaches most of one",
)


def book_title(area: Text) -> Text:
    """Name the workbook of a run."""
    return Text(f"{area.zh}覆盖分析", f"Coverage of {area.en}")


def overlaps_note(shown: int, total: int | None) -> Text:
    """Say how many pairs are listed of how many."""
    if total is None or total <= shown:
        pairs = counted(shown, "对", "pair")
        return Text(
            f"共 {pairs.zh}，重叠最多的在前。", f"{pairs.en}; those that overlap most first."
        )
    some, every = format_count(shown), format_count(total)
    return Text(
        f"列出重叠最多的 {some} 对，共 {every} 对。",
        f"The {some} of {every} that overlap most.",
    )


def stations_cut(shown: int, total: int) -> Text:
    """Say that not all facilities are listed."""
    some, every = format_count(shown), format_count(total)
    return Text(
        f"列出最要紧的 {some} 处，共 {every} 处。", f"The {some} of {every} that most depends on."
    )


def picture_title(area: Text, standard: Text) -> Text:
    """Name the map of a run."""
    return Text(
        f"{area.zh}：步行 {standard.zh}以内有站点的劳动者",
        f"{area.en}: workers with a station within {standard.en} on foot",
    )


def picture_note(run: int, when: Text, standing: Text) -> Text:
    """Say of which run a map is, when it was computed, and whether it is published."""
    return Text(
        f"运行 {run}，{when.zh} 计算；{standing.zh}。上为北，等距圆柱投影。",
        f"Run {run}, computed on {when.en}; {standing.en[:1].lower()}{standing.en[1:]}. North is up; "
        "equidistant cylindrical.",
    )


def boundaries_text(sources: Sequence[str]) -> Text:
    """Say where the boundaries of a map are from."""
    return Text(f"边界：{'；'.join(sources)}", f"Boundaries: {'; '.join(sources)}")


def picture_zones(zones: Text) -> Text:
    """Say that not all gap zones are on a map."""
    return Text(f"盲区：{zones.zh}。", f"Gap zones: {zones.en}.")

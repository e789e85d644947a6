"""What a report of a month says: headings, labels, and sentences about what it counts."""

from datetime import date
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.units import counted, format_count, format_share
from geoapp.core.use import LEAST_VOICES

REPORT: Final = Text("服务站点月报", "Monthly report on service stations")
CONTENTS: Final = Text("目录", "Contents")
COVERAGE: Final = Text("一、覆盖情况", "1. Coverage")
FACILITIES: Final = Text("二、站点与变化", "2. Facilities and what changed")
PROMISES: Final = Text("三、承诺兑现", "3. Promises")
USE: Final = Text("四、使用与满意度", "4. Use and satisfaction")
METHOD: Final = Text("五、方法与来源", "5. Method and sources")

SHEET_DISTRICTS: Final = Text("各区覆盖", "Coverage")
SHEET_HOURS: Final = Text("按小时", "By the hour")
SHEET_ZONES: Final = Text("盲区", "Gap zones")
SHEET_CHANGES: Final = Text("站点增减", "Changes")
SHEET_STATES: Final = Text("站点状态", "States")
SHEET_LISTED: Final = Text("启用停用名单", "Opened and closed")
SHEET_PROMISES: Final = Text("承诺", "Promises")
SHEET_USE: Final = Text("使用与满意度", "Use")
SHEET_REACH: Final = Text("到访与需求", "Visits and demand")
SHEET_STAND_OUT: Final = Text("突出的站点", "Standing out")
SHEET_CARE: Final = Text("关爱活动", "Care events")
SHEET_RUN: Final = Text("依据", "Basis")
SHEET_SOURCES: Final = Text("来源文件", "Sources")

TITLE_DISTRICTS: Final = Text("各区覆盖情况", "Coverage by district")
TITLE_ZONES: Final = Text(
    "最大的盲区，与补上它们的办法", "The greatest gap zones, and what would close them"
)
TITLE_LISTED: Final = Text("本月启用和停用的设施", "Facilities that opened or closed in the month")
TITLE_USE: Final = Text("各季度的使用与满意度", "Use and satisfaction by quarter")
TITLE_STAND_OUT: Final = Text(
    "只靠它的忙站，与附近人多、来的少的站",
    "Busy with no neighbour, and near people with few who come",
)
TITLE_CARE: Final = Text("各季度的关爱活动", "Care events by quarter")
TITLE_RUN: Final = Text("数字的依据", "What the figures rest on")
TITLE_SOURCES: Final = Text("承诺和事实的来源文件", "Documents of the promises and facts")
BARS_COVERED: Final = Text("覆盖率，按区", "Share covered, by district")
BARS_PROMISES: Final = Text("事实占承诺的比例", "Fact as a share of the promise")

HOUR: Final = Text("时", "hour")
REGION: Final = Text("区域", "region")
WORKERS: Final = Text("劳动者", "workers")
COVERED: Final = Text("覆盖的劳动者", "workers covered")
UNCOVERED: Final = Text("走不到的劳动者", "workers out of reach")
COVERED_SHARE: Final = Text("覆盖率", "covered")
BACKUP_SHARE: Final = Text("备用覆盖率", "backup")
BACKUP: Final = Text("备用覆盖的劳动者", "workers with a backup")
MEDIAN_M: Final = Text("步行中位数（米）", "median walk (m)")
P90_M: Final = Text("九成人在此以内（米）", "90% walk at most (m)")
SHARE_BEFORE: Final = Text("上月末公布的覆盖率", "covered, month before")
POINTS: Final = Text("变化（百分点）", "change (points)")
CODE: Final = Text("编号", "code")
ELSEWHERE: Final = Text("不在所列区域内", "in none of these")
NUMBER: Final = Text("序", "no.")
ZONE: Final = Text("盲区", "gap zone")
WORST_M: Final = Text("最远步行（米）", "longest walk (m)")
NEAREST: Final = Text("最近的站点", "nearest station")
SITES_NEEDED: Final = Text("补上需新站点", "new stations to close it")
ONE_REACHES: Final = Text("一处最多可覆盖", "one reaches at most")
LON: Final = Text("该处经度", "its longitude")
LAT: Final = Text("该处纬度", "its latitude")
CUT_OFF: Final = Text("路网隔断的人", "cut off")
CLOSED_THEN: Final = Text("站点那时不开的人", "station closed then")
HOURS_UNKNOWN: Final = Text("开放时间不明的人", "hours unknown")
FAMILY: Final = Text("类别", "family")
MAY_BE: Final = Text("另有可能", "possibly more")
MAY_HAVE: Final = Text("另有可能", "possibly more")
CHANGE_LEAST: Final = Text("增减至少", "change at least")
CHANGE_MOST: Final = Text("增减至多", "change at most")
OPENED: Final = Text("本月启用", "opened in the month")
CLOSED: Final = Text("本月停用", "closed in the month")
IN_PLACE: Final = Text("期末在的设施", "facilities at the end")
IN_PLACE_BEFORE: Final = Text("上月末在的设施", "facilities, month before")
WHAT: Final = Text("变化", "change")
NAME: Final = Text("名称", "name")
KIND: Final = Text("类型", "kind")
EARLIEST: Final = Text("最早", "earliest")
LATEST: Final = Text("最晚", "latest")
SAMPLE: Final = Text("示例", "sample")
PROMISE_NAME: Final = Text("指标", "indicator")
PROMISE: Final = Text("承诺", "promise")
FACT: Final = Text("事实", "fact")
MAY_COUNT: Final = Text("另有可能", "possibly more")
KEPT_SHARE: Final = Text("完成率", "share")
STATE: Final = Text("状态", "state")
BASIS: Final = Text("依据", "basis")
EVIDENCE: Final = Text("证据条数", "pieces of evidence")
UNIT: Final = Text("单位", "unit")
PROMISED: Final = Text("承诺的数", "number promised")
DUE: Final = Text("到期日", "due")
PLAN: Final = Text("计划", "plan")
FACT_IDS: Final = Text("事实编号", "fact ids")
QUARTER: Final = Text("季度", "quarter")
VISITS: Final = Text("到访人次", "visits")
COUNTED_DAYS: Final = Text("计数的站日", "facility days counted")
VOICES: Final = Text("表态人数", "voices")
STARS: Final = Text("满意度（1–5）", "stars (1–5)")
SATISFIED: Final = Text("满意比例", "satisfied")
AT_LEAST: Final = Text("至少", "at least")
AT_MOST: Final = Text("至多", "at most")
FELL: Final = Text("低于上季度", "fell")
HEARD: Final = Text("计入的设施", "facilities heard")
TOO_FEW: Final = Text(f"不足 {LEAST_VOICES} 人的设施", f"facilities with under {LEAST_VOICES}")
YES: Final = Text("是", "yes")
CARE_KIND: Final = Text("活动", "kind")
EVENTS: Final = Text("次数", "events")
PEOPLE: Final = Text("人数", "people")
MONEY: Final = Text("金额（元）", "money (yuan)")
WITHOUT_MONEY: Final = Text("没有金额的次数", "events without money")
ITEM: Final = Text("项目", "item")
VALUE: Final = Text("内容", "value")
DOCUMENT: Final = Text("文件", "document")
ISSUER: Final = Text("发文机关", "issuer")
PUBLISHED_ON: Final = Text("日期", "date")
ADDRESS: Final = Text("网址", "address")

AREA: Final = Text("区域", "Region")
MONTH: Final = Text("月份", "Month")
UP_TO: Final = Text("截至", "Up to")
PUBLISHED: Final = Text("覆盖数字的公布", "Figures published")
ASKED: Final = Text("问题", "Question")
RESTS_ON: Final = Text("数据", "Data")
SAMPLE_LABEL: Final = Text("示例", "Sample")
SAMPLE_SAID: Final = Text(
    "本报告含示例数据：数字是生成的，不是真实情况",
    "This report contains sample data: its figures are generated and are not real",
)

NONE_LISTED: Final = Text("没有。", "None.")
NO_FIGURE: Final = Text("没有数字", "no figure")
MAP_KEY: Final = Text(
    "颜色：覆盖率；深紫：人数最多的盲区；黑点：设施；绿底数字：补盲区时建一处覆盖最多的地点，序号见下表。上为北，等距圆柱投影。",
    "Colours: share covered; violet: gap zones with most workers; dots: facilities; numbers: where one "
    "station would reach most of a gap zone, as in the table below. North is up; equidistant cylindrical.",
)


def map_key(*, zones: bool, facilities: bool, numbers: bool, inset: bool, streets: bool) -> Text:
    """Return what a map on paper shows: of gap zones, facilities, numbers, an inset and streets what is there."""
    parts = [
        (True, "颜色：覆盖率", "Colours: share covered"),
        (zones, "深紫：人数最多的盲区", "violet: gap zones with most workers"),
        (facilities, "黑点：设施", "dots: facilities"),
        (
            numbers,
            "绿底数字：补盲区时建一处覆盖最多的地点，序号见下表",
            "numbers: where one station would reach most of a gap zone, as in the table below",
        ),
    ]
    zh = "；".join(one for there, one, _ in parts if there)
    en = "; ".join(one for there, _, one in parts if there)
    zh += "。上为北，等距圆柱投影。"
    en += ". North is up; equidistant cylindrical."
    if inset:
        zh += "方框里另画一张放大的图：最小的、装得下一半设施的框。"
        en += " The box is drawn again, larger: the smallest that holds half of the facilities."
    if streets:
        zh += "街道：OpenStreetMap。"
        en += " Streets: OpenStreetMap."
    return Text(zh, en)


SWIPE_LABEL: Final = Text("分界线的位置", "Where the line stands")
SWIPE_KEY: Final = Text(
    "线的左边是前一天，右边是后一天。颜色：那一天之前公布的覆盖率；黑点：两天都在的设施；绿三角：只在后一天；红叉：只在前一天；"
    "空心圈：可能在，日期不详。",
    "Left of the line is the earlier day, right of it the later. Colours: share covered, as published by "
    "that day; dots: facilities there on both days; green triangles: on the later day alone; red "
    "crosses: on the earlier alone; rings: may be there, the date is not known.",
)
HOUR_LABEL: Final = Text("一周里的小时", "Hour of the week")
HOUR_REGIONS: Final = Text("这一小时各区的覆盖率", "Coverage in this hour, by region")
PLAY: Final = Text("播放", "Play")
PAUSE: Final = Text("暂停", "Pause")
HOUR_KEY: Final = Text(
    "颜色：那一小时的覆盖率，开放时间不明的设施都算关着。两个数之间：低的一头都算关着，高的一头都算开着。点表里的一格，地图到那一小时。",
    "Colours: share covered in that hour, with every facility whose hours are unknown then taken for "
    "closed. Where two numbers stand, the lower takes them for closed, the higher for open. Choose a "
    "cell of the table and the map goes to that hour.",
)
HOURS_NOTE: Final = Text(
    "肯定走得到的比例：那时开放时间不明的设施都算关着。“—”是那时无人在外。",
    "Share surely covered: facilities whose hours are unknown then are taken for closed. A dash is an hour "
    "in which nobody is out.",
)

WALK_NOTE: Final = Text(
    "步行距离是到最近设施的距离；“备用”指标准以内有两处以上。最后一行是公布的合计，等于以上各行之和（距离和比例除外）。",
    "Walks are to the nearest facility; backup means two or more within the standard. The last row is "
    "the published total, the sum of the rows above it (walks and shares apart).",
)
BAND_NOTE: Final = Text(
    "按今天所知计算当时的情况；日期不详或只知年月的，列为“另有可能”，不当作确定。",
    "Counted by what is known today of those days; what has no date, or only a month or year, stands "
    "as possible and is never taken as certain.",
)
LISTED_NOTE: Final = Text(
    "只列日期确定在本月内的；日期不详、可能在本月的，只计在“站点增减”里。",
    "Only those whose dates certainly lie in the month; what may lie in it is counted under Changes alone.",
)
PROMISES_NOTE: Final = Text(
    "承诺与事实都有文件；事实从登记按规则计数，或由文件载明。证据条数：计数的是确定的对象，载明的是文件里的说法。",
    "Promises and facts have documents; a fact is counted from the register by a rule, or stated by a "
    "document. Evidence: subjects counted for certain, or statements.",
)
PROMISES_SAMPLE: Final = Text(
    "示例设施不计入任何承诺。", "Sample facilities count towards no promise."
)
NO_PROMISES: Final = Text(
    "没有登记与这个区域有关的已公布承诺。", "No published promise is registered for this region."
)
NO_USE: Final = Text(
    "截至本季度没有登记到访、满意度和关爱活动。",
    "No visits, opinions or care events are entered up to this quarter.",
)
FEW_NOTE: Final = Text(
    f"不足 {LEAST_VOICES} 人表态的设施不进入任何数字；上下限是 95% 的范围。",
    f"A facility with fewer than {LEAST_VOICES} voices enters no figure; bounds are those of 95%.",
)
QUARTER_NOTE: Final = Text(
    "按整季计；本季度还没有过完时，是到目前登记的数。",
    "By whole quarters; of one that is not over, what is entered so far.",
)


def nothing_published(day: date) -> Text:
    """Say that no coverage answer of the region was published by a day."""
    return Text(
        f"到 {day} 为止，没有公布过这个区域的覆盖结果，所以没有覆盖数字。",
        f"By {day} no coverage answer was published for this region, so there are no such figures.",
    )


def change_text(
    before_day: date, now: float | None, before: float | None, *, same: bool, alike: bool
) -> Text:
    """Say how the share covered moved against the one published by the end of the month before.

    Parameters
    ----------
    same
        Whether both are the same run.
    alike
        Whether both answer the same question.
    """
    if before is None or now is None:
        return Text(
            f"{before_day} 没有可比的公布结果。",
            f"There is no published answer of {before_day} to compare with.",
        )
    if same:
        return Text(
            f"与 {before_day} 的公布结果是同一次，没有新的公布。",
            f"It is the same published answer as on {before_day}; nothing newer was published.",
        )
    points = f"{100.0 * (now - before):+.1f}"
    then = format_share(before)
    text = Text(
        f"{before_day} 公布的覆盖率为 {then}，变化 {points} 个百分点。",
        f"On {before_day} the published share was {then}; the change is {points} percentage points.",
    )
    if alike:
        return text
    return Text(
        f"{text.zh}两次的问题不同，这个变化不全是实际的变化。",
        f"{text.en} The two answer different questions, so not all of it is a real change.",
    )


def since_text(fresh: Text) -> Text:
    """Say what has changed since the coverage run read the data."""
    return Text(f"算覆盖时读了数据；{fresh.zh}", f"Since coverage was computed: {fresh.en}")


def zones_note(shown: int, many: int, *, at_least: bool) -> Text:
    """Say how many gap zones are listed of how many, and how to read what would close them.

    Parameters
    ----------
    at_least
        Whether there may be more: small ones that the run keeps as a sum for its whole area.
    """
    every = counted(many, "处", "gap zone")
    zh, en = ("至少有 ", "at least ") if at_least else ("共 ", "")
    return Text(
        f"列出人数最多的 {format_count(shown)} 处，盲区{zh}{every.zh}。"
        "“补上需新站点”是让整处盲区都在标准以内的新站点数；“该处”是建一处时覆盖最多的地点（WGS-84）。",
        f"The {format_count(shown)} with most workers of {en}{every.en}. New stations to close it: how many bring "
        "all of the zone within the standard; the place (WGS-84) is where a single one reaches most.",
    )


def closers_note(many: int) -> Text:
    """Say for how many of the gap zones listed it was asked what would close them."""
    return Text(
        f"只有人数最多的 {format_count(many)} 处算过怎样补上，其余写“—”。",
        f"What would close a zone was computed for the {format_count(many)} with most workers alone; "
        "the others have a dash.",
    )


def map_title(day: date) -> Text:
    """Name the map of a day."""
    return Text(f"各区覆盖率、设施与盲区，{day}", f"Coverage, facilities and gap zones, {day}")


def swipe_title(before: date, day: date) -> Text:
    """Name the map of two days."""
    return Text(f"两天对比：{before} 与 {day}", f"Two days compared: {before} and {day}")


def week_title(first: date, last: date) -> Text:
    """Name the week that is told by the hour."""
    return Text(
        f"按小时的覆盖率，{first} 至 {last}", f"Share covered by the hour, {first} to {last}"
    )


def hours_text(facilities: int, unread: int) -> Text:
    """Say on how many facilities the week rests, and of how many no hours can be read."""
    many, none = counted(facilities, "处设施", "facility", "facilities"), format_count(unread)
    return Text(
        f"按小时的覆盖率凭 {many.zh}的开放时间，其中 {none} 处没有可读的开放时间。",
        f"Coverage by the hour rests on the opening hours of {many.en}, {none} of them without any "
        "that can be read.",
    )


def no_hours_text(why: Text) -> Text:
    """Say why coverage is not told by the hour."""
    return Text(f"没有按小时的覆盖率：{why.zh}", f"No coverage by the hour: {why.en}")


def changes_title(before: date, day: date) -> Text:
    """Name the table of what changed between two days."""
    return Text(f"设施的增减，{before} 至 {day}", f"Facilities on {before} and on {day}")


def states_title(day: date) -> Text:
    """Name the table of states on a day."""
    return Text(f"设施的状态，{day}", f"States of the facilities on {day}")


def promises_title(day: date) -> Text:
    """Name the table of promises on a day."""
    return Text(f"承诺、事实与状态，{day}", f"Promises, facts and states on {day}")


def reach_title(quarter: Text) -> Text:
    """Name the table of a quarter's visits beside the demand."""
    return Text(
        f"到访与应服务的人，{quarter.zh}：各区设施数",
        f"Visits beside the demand, {quarter.en}: facilities by district",
    )


def stand_out_note(most: int) -> Text:
    """Say how many facilities of a kind are listed at most."""
    return Text(
        f"每类最多列 {format_count(most)} 处：忙站按到访，来的少的站按应服务的人。",
        f"At most {format_count(most)} of a kind: the busy by visits, the empty by the workers they should see.",
    )


def known_on(day: date) -> Text:
    """Say that a column counts what was there on a day for certain."""
    return Text(f"{day} 确定在", f"there on {day}")


def left_out(rows: int) -> Text:
    """Say how many rows of a table the slides leave out."""
    more = counted(rows, "行", "row")
    return Text(f"另有 {more.zh}，见表格文件", f"{more.en} more in the workbook")


def samples_text(samples: int, every: int) -> Text:
    """Say how many of the facilities are made up."""
    some = counted(samples, "处是示例", "facility is made up", "facilities are made up")
    of = counted(every, "处设施", "facility", "facilities")
    return Text(f"{of.zh}里 {some.zh}。", f"Of {of.en}, {some.en}.")


def without_region_text(count: int) -> Text:
    """Say how many facilities stand in no region's report."""
    some = counted(
        count,
        "处设施",
        "facility has no region and counts in none",
        "facilities have no region and count in none",
    )
    return Text(f"另有 {some.zh}没有区域，不计入任何区域。", f"{some.en}.")


def unit_text(unit: tuple[str, str, str]) -> Text:
    """Return a unit as a column has it."""
    zh, _, many = unit
    return Text(zh, many)

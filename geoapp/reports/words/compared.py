"""Plans beside each other: what the rows are called."""

from typing import Final

from geoapp.core.i18n import Text

VERDICT: Final = Text("结论", "Status")
STATIONS: Final = Text("新站点", "New stations")
SHARED: Final = Text("别的方案也选的站点", "Sites that another plan has, too")
COST: Final = Text("费用", "Cost")
COST_EACH: Final = Text("每新覆盖一人的费用", "Cost of each worker newly reached")
COVERED: Final = Text("覆盖率", "Covered")
ADDED: Final = Text("新覆盖的劳动者", "Workers newly reached")
LEFT: Final = Text("仍走不到", "Still out of reach")
NO_GROUP: Final = Text("没有说明的", "not told")
ASKED: Final = Text("问得不同的", "Asked differently")
WHOLE: Final = Text("合计", "In all")
DISTRICTS: Final = Text("各区", "By district")
GROUPS: Final = Text("各类劳动者", "By group of workers")
SITES: Final = Text("站点", "Sites")
PLAN: Final = Text("方案", "Plan")
RUN: Final = Text("编号", "Run")
PART: Final = Text("部分", "Part")
NAME: Final = Text("名称", "Name")
BEFORE: Final = Text("此前", "Before")
AFTER: Final = Text("此后", "After")
NEWLY: Final = Text("新覆盖（人）", "Newly reached")
ORDER: Final = Text("序", "No.")
SITE: Final = Text("站点", "Site")
ADDS: Final = Text("新增（人）", "Adds (workers)")
LON: Final = Text("经度（WGS-84）", "Lon (WGS-84)")
LAT: Final = Text("纬度（WGS-84）", "Lat (WGS-84)")
MEASURE: Final = Text("指标", "Measure")
NOT_ALIKE: Final = Text(
    "各方案的范围、需求、标准、时刻或现有座位算不算不同，覆盖率不能直接比。",
    "Area, demand, standard, moment or whether existing seats count differ: the shares cannot be compared directly.",
)
SAMPLE: Final = Text("示例数据，不是真实站点", "sample data, not real")

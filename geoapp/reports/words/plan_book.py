"""What the workbooks of a siting plan and of a plan of actions say: sheets, headings and notes."""

from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.words import Level

SITING: Final = Text("选址方案", "Siting plan")
ACTIONS: Final = Text("同一笔钱怎么花", "What helps most for one budget")

ANSWER: Final = Text("结果", "Answer")
SITES: Final = Text("站点", "Sites")
OTHERS: Final = Text("落选", "Others")
FREEDOM: Final = Text("可移动范围", "Where to move")
HOSTS: Final = Text("可能的场地", "Possible hosts")
WAYS: Final = Text("花法", "Ways to spend")
CHOSEN: Final = Text("措施", "Actions")

TITLE_SITES: Final = Text("新站点，按新增的人排列", "New sites, in order of what each adds")
TITLE_OTHERS: Final = Text("落选中最好的", "The best of those that were not chosen")
TITLE_ZONES: Final = Text(
    "此前的盲区，新站点覆盖其中多少人", "Gap zones before, and whom the sites reach of them"
)
TITLE_FREEDOM: Final = Text("每处可以移动的范围", "Where each site may stand instead")
TITLE_HOSTS: Final = Text(
    "范围里登记着的设施和候选点", "Facilities and candidates within these areas"
)
TITLE_WAYS: Final = Text("同一笔钱的花法", "Ways to spend the same budget")
TITLE_CHOSEN: Final = Text("措施，按增加的人排列", "The actions, in order of what each adds")
TITLE_DISTRICTS: Final = Text("各区前后（各时刻平均）", "By district, before and after (mean)")
TITLE_LEVEL: Final = {
    Level.PROVINCE: Text("各省前后", "By province, before and after"),
    Level.CITY: Text("各市前后", "By city, before and after"),
    Level.DISTRICT: Text("各区前后", "By district, before and after"),
    Level.STREET: Text("各街道前后", "By street, before and after"),
}

ORDER: Final = Text("序", "no.")
SITE: Final = Text("站点", "site")
ADDS: Final = Text("新增（人）", "adds (workers)")
SO_FAR: Final = Text("累计覆盖率", "covered so far")
COST: Final = Text("费用", "cost")
SIZE: Final = Text("大小", "size")
SEATS: Final = Text("座位", "seats")
YEAR: Final = Text("年份", "year")
MUST: Final = Text("必选", "must have")
WHO: Final = Text("谁受益，按区（人）", "who gains, by district (workers)")
WHICH: Final = Text("谁受益，按盲区（人）", "who gains, by gap zone (workers)")
LON: Final = Text("经度", "longitude")
LAT: Final = Text("纬度", "latitude")
SITES_IN: Final = Text("新站点（处）", "new sites")
BEFORE: Final = Text("此前覆盖（人）", "covered before")
BEFORE_SHARE: Final = Text("此前覆盖率", "share before")
ADDED: Final = Text("新覆盖（人）", "newly reached")
AFTER: Final = Text("此后覆盖（人）", "covered after")
AFTER_SHARE: Final = Text("此后覆盖率", "share after")
BACKUP_BEFORE: Final = Text("此前有备用（人）", "with a backup before")
BACKUP_AFTER: Final = Text("此后有备用（人）", "with a backup after")
STILL: Final = Text("仍走不到（人）", "still out of reach")
REACHED: Final = Text("新站点覆盖（人）", "reached by the sites")
LEFT: Final = Text("仍走不到（人）", "still out of reach")
NEAREST: Final = Text("最近的设施", "nearest facility")
NEAREST_CODE: Final = Text("最近设施的编号", "nearest one's code")
LOSS: Final = Text("少覆盖至多", "loses at most")
LOSS_WEIGHT: Final = Text("没有它少覆盖（人）", "lost without it (workers)")
AREA_M2: Final = Text("面积（平方米）", "area (m²)")
ANY_WAY_M: Final = Text("任何方向（米）", "every direction (m)")
FARTHEST_M: Final = Text("最远（米）", "farthest (m)")
PIECES: Final = Text("块数", "pieces")
HOST: Final = Text("场地", "host")
SOURCE: Final = Text("来自", "from")
REGISTER: Final = Text("设施名册", "the register")
CANDIDATES: Final = Text("候选点集 {code}", "candidate set {code}")
CANDIDATE: Final = Text("候选点", "candidate")
STATUS: Final = Text("状态", "state")
DISTANCE_M: Final = Text("距原址（米）", "from the site (m)")
WAY: Final = Text("花法", "way")
MORE: Final = Text("多走得到（人）", "more within reach")
AT_MOST: Final = Text("任何方案至多（人）", "no plan has more than")
DONE: Final = Text("做什么", "what is done")
PROOF: Final = Text("结论", "status")
MEASURE: Final = Text("措施", "action")
REACH_BEFORE: Final = Text("此前走得到（人）", "within reach before")
REACH_AFTER: Final = Text("此后走得到（人）", "within reach after")

OTHERS_NOTE: Final = Text(
    "“新增”：在已有设施和新站点之外，再建这一处会新覆盖的人。",
    "Adds: whom this one would newly reach, beside what stands and the new sites.",
)
SITES_NOTE: Final = Text(
    "“新增”：比前面各处多覆盖的人；累计覆盖率从已有设施覆盖的算起。",
    "Adds: whom it reaches beyond the sites before it; shares begin with what stands.",
)
MEAN_NOTE: Final = Text("人数是所问各时刻的平均。", "Workers are the mean of the moments asked.")

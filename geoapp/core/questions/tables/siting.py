"""The fields of a siting run's question, and which models honour which."""

from dataclasses import replace
from typing import Final

from geoapp.core import limits
from geoapp.core.i18n import Text
from geoapp.core.questions.field import Absent, Field, Kind, Place, Unit
from geoapp.core.questions.tables.shared import (
    AT,
    CANDIDATES,
    DEMAND,
    DRAWN,
    FAMILIES,
    HOURS,
    MIN_SPACING_M,
    REGION,
    SPACING_M,
    STANDARD_M,
    STANDARD_SECONDS,
    TARGET_GAP,
    TIME_LIMIT_SECONDS,
    of_this_run,
)

_MCLP: Final = ("mclp",)
_LSCP: Final = ("lscp",)
_ROBUST: Final = ("robust",)
_MOST_COVERED: Final = ("mclp", "equity", "robust")
_COVERING: Final = ("mclp", "equity", "lscp")

MODEL = Field(
    name="model",
    kind=Kind.CHOICE,
    label=Text("要求", "What is wanted"),
    help=Text("模型：对新站点的要求", "the model: what is wanted of the new sites"),
    choices={
        "mclp": Text("覆盖的人最多", "Most workers covered"),
        "lscp": Text("用最少的站点覆盖", "Fewest stations that cover"),
        "equity": Text("先补最差的区", "The worst district first"),
        "robust": Text("需求说不准时也好", "Good though demand is uncertain"),
        "p_median": Text("平均步行最短", "Shortest mean walk"),
        "p_center": Text("最远的人走得最少", "Shortest longest walk"),
    },
    spellings=("p-median", "p-center"),
    option="--model",
    page=Place.MAIN,
)
P = Field(
    name="p",
    kind=Kind.WHOLE,
    label=Text("新站点数", "New stations"),
    help=Text("新站点数，含固定的", "number of new sites, fixed ones included"),
    least=1,
    most=limits.MOST_SITES,
    models=("mclp", "equity", "robust", "p_median", "p_center"),
    refused=Text("lscp 求最少的站点", "lscp looks for the fewest sites"),
    option="-p",
    page=Place.MAIN,
    start=10,
)
PHASES = Field(
    name="phases",
    kind=Kind.PHASES,
    label=Text("分几年建", "Built over several years"),
    help=Text(
        "每年新建几处；每一年都在前几年的站点上再加，几年合起来覆盖最多，p 是它们的和",
        "new sites by year: each year adds to those before it, all years together cover most; p is their "
        "sum",
    ),
    written=Text("如 2027=3, 2028=4", "such as 2027=3, 2028=4"),
    longest=limits.MOST_PHASES_CHARACTERS,
    most_items=limits.MOST_PHASES,
    models=_MCLP,
    option="--phase",
    page=Place.MORE,
)
SHARE = Field(
    name="share",
    kind=Kind.NUMBER,
    label=Text("至少覆盖", "Cover at least"),
    help=Text("至少要覆盖多少", "part that must be covered"),
    least=0.0,
    most=1.0,
    unit=Unit.SHARE,
    models=_LSCP,
    option="--share",
    page=Place.MAIN,
    start=0.95,
)
PERIOD = Field(
    name="period",
    kind=Kind.CHOICE,
    label=Text("看多长时间", "Over what time"),
    help=Text(
        "只看所给的时刻，或它那一天、那一周的每个小时取平均",
        "the moment alone, or the mean over every hour of its day or of its week",
    ),
    choices={
        "moment": Text("只看这个时刻", "This moment alone"),
        "day": Text("这一天的每个小时", "Every hour of its day"),
        "week": Text("这一周的每个小时", "Every hour of its week"),
    },
    models=_COVERING,
    needs="at",
    option="--period",
    page=Place.MORE,
)
MOMENTS = Field(
    name="moments",
    kind=Kind.MOMENTS,
    label=Text("几个时刻取平均", "The mean over these moments"),
    help=Text("代替 at 的几个时刻，取平均", "moments in place of one; their mean counts"),
    written=Text("如 2026-11-24T10:00", "such as 2026-11-24T10:00"),
    longest=limits.MOST_MOMENT_CHARACTERS,
    most_items=limits.MOST_MOMENTS,
    models=_COVERING,
    option="--moment",
    page=Absent(
        "the page asks for a moment, its day or its week; a question with a list of moments keeps it"
    ),
)
HOUR_WEIGHTS = Field(
    name="hour_weights",
    kind=Kind.WEIGHTS,
    label=Text("哪些时间更要紧", "Hours that count more"),
    help=Text(
        "时间和权重（整数）：取平均时，这些时间的时刻算这么多，没有写到的算 1，0 为不算",
        "hours and a whole number: how much a moment within them counts in the mean; others count 1, 0 is "
        "not at all",
    ),
    written=Text(
        "如 Mo-Fr 07:00-19:00=3, 23:00-07:00=0", "such as Mo-Fr 07:00-19:00=3, 23:00-07:00=0"
    ),
    longest=limits.MOST_HOUR_WEIGHTS_CHARACTERS,
    most_items=limits.MOST_HOUR_WEIGHTS,
    models=_COVERING,
    option="--hour-weight",
    page=Place.MORE,
)
ALSO_DEMAND = Field(
    name="also_demand",
    kind=Kind.CODES,
    label=Text("还可能成真的需求集", "Demand sets that may come true instead"),
    help=Text(
        "其他可能成真的需求集的代码；一个方案对每一种都要好",
        "codes of more demand sets that may come true; one plan is to be good for each",
    ),
    written=Text("代码，用逗号分开", "codes, with commas between"),
    longest=limits.MOST_SET_CHARACTERS,
    most_items=limits.MOST_DEMANDS,
    models=_ROBUST,
    option="--also-demand",
    page=Place.MAIN,
)
DEMAND_OFF_SHARE = Field(
    name="demand_off_share",
    kind=Kind.NUMBER,
    label=Text("各区人数可能多或少", "Each district may be off by"),
    help=Text(
        "各区轮流多、少这么多，都当作可能成真的需求；区至多 12 个",
        "each district in turn has so many workers more, and fewer: demands that may come true, too; at "
        "most 12 districts",
    ),
    least=0.01,
    most=0.9,
    unit=Unit.SHARE,
    models=_ROBUST,
    option="--demand-off",
    page=Place.MAIN,
)
CRITERION = Field(
    name="criterion",
    kind=Kind.CHOICE,
    label=Text("怎样算最好", "The best is"),
    help=Text("几种需求中，方案按什么算最好", "by what a plan for several demands is the best"),
    choices={
        "regret": Text("最坏时少覆盖的人最少", "Fewest workers lost at worst"),
        "share": Text("最低的覆盖率最高", "The least covered share is greatest"),
    },
    models=_ROBUST,
    option="--criterion",
    page=Place.MAIN,
)
FIXED = Field(
    name="fixed",
    kind=Kind.CODES,
    label=Text("必选点", "Must have"),
    help=Text("必须开的候选点", "codes of candidates that must be opened"),
    longest=limits.MOST_CODE_CHARACTERS,
    most_items=limits.MOST_SITES,
    option="--fixed",
    page=Place.OWN,
)
FORBIDDEN = Field(
    name="forbidden",
    kind=Kind.CODES,
    label=Text("不能用的候选点", "Candidates not available"),
    help=Text("不得开的候选点", "codes of candidates that must not be opened"),
    longest=limits.MOST_CODE_CHARACTERS,
    most_items=limits.MOST_CANDIDATES,
    option="--forbidden",
    page=Place.OWN,
)
FORBIDDEN_AREAS = Field(
    name="forbidden_areas",
    kind=Kind.AREAS,
    label=Text("不能放的地方", "Where none may stand"),
    help=Text("不设站的面", "polygons where no candidate may stand"),
    written=Text("GeoJSON 文件", "a GeoJSON file"),
    most_items=limits.MOST_AREAS,
    option="--forbidden-areas",
    page=Place.OWN,
)
WITHOUT_DROPPED_M = Field(
    name="without_dropped_m",
    kind=Kind.NUMBER,
    label=Text("离看板上不建的地点至少", "At least so far from dropped sites"),
    help=Text(
        "看板上“不建了”的地点周围这么多米内不设站",
        "no new site within so many metres of those that the board dropped",
    ),
    least=1.0,
    most=limits.MOST_APART_M,
    unit=Unit.METRES,
    option="--without-dropped",
    page=Place.MORE,
)
NEAR_HOSTS = Field(
    name="near_hosts",
    kind=Kind.TEXT,
    label=Text("只在这些单位附近", "Only near these hosts"),
    help=Text(
        "新站点只放在可能出借地方的单位附近：在用的设施、其中一类，或一个候选集的单位、其中一种",
        "new sites only near who may let a place: facilities in service, those of a family, or the units "
        "of a candidate set, or of a type of it",
    ),
    written=Text(
        "如 facilities:home、hosts、hosts:银行", "such as facilities:home, hosts, hosts:bank"
    ),
    longest=limits.MOST_CODE_CHARACTERS,
    option="--near-hosts",
    page=Place.MORE,
)
NEAR_HOSTS_M = Field(
    name="near_hosts_m",
    kind=Kind.NUMBER,
    label=Text("离这些单位至多", "At most so far from these hosts"),
    help=Text("离这些单位至多这么远，按直线", "at most so far from these hosts, by line"),
    least=1.0,
    most=limits.MOST_APART_M,
    unit=Unit.METRES,
    needs="near_hosts",
    option="--near-hosts-m",
    page=Place.MORE,
)
NEAR_STREETS_M = Field(
    name="near_streets_m",
    kind=Kind.NUMBER,
    label=Text("离街道至多", "At most so far from a street"),
    help=Text(
        "新站点离步行路网的街道至多这么远，按直线；要有步行路网",
        "new sites at most so far from a street of the walking network, by line; a network must be loaded",
    ),
    least=1.0,
    most=limits.MOST_NEAR_STREETS_M,
    unit=Unit.METRES,
    option="--near-streets-m",
    page=Place.MORE,
)
NEAR_STREETS = Field(
    name="near_streets",
    kind=Kind.CHOICE,
    label=Text("哪些路算街道", "What counts as a street"),
    help=Text(
        "街道：走车的路（不含小路、台阶、院内通道）和有名字的步行街；或路网上一切能走的路",
        "streets: roads (no paths, stairs or drives) and pedestrian streets with a name; or every way of the "
        "network",
    ),
    choices={
        "streets": Text("街道", "Streets"),
        "ways": Text("一切能走的路", "Every way on foot"),
    },
    needs="near_streets_m",
    option="--near-streets",
    page=Place.MORE,
)
QUOTAS = Field(
    name="quotas",
    kind=Kind.QUOTAS,
    label=Text("每区新站点数", "New stations in each district"),
    help=Text("各区的新站点数", "new sites by region"),
    written=Text(
        "如 370203=1..3、370203=..3、370203=2", "such as 370203=1..3, 370203=..3, 370203=2"
    ),
    longest=limits.MOST_REGION_CHARACTERS,
    most=limits.MOST_SITES,
    most_items=limits.MOST_QUOTAS,
    models=_MOST_COVERED,
    option="--quota",
    page=Place.OWN,
)
HOST_QUOTAS = Field(
    name="host_quotas",
    kind=Kind.QUOTAS,
    label=Text("按单位类型的新站点数", "New stations by type of host"),
    help=Text(
        "按候选集里的单位类型的新站点数，与 quotas 二选一",
        "new sites by type of host of the candidate set, in place of quotas",
    ),
    written=Text("如 bank=..3", "such as bank=..3"),
    longest=limits.MOST_HOST_CHARACTERS,
    most=limits.MOST_SITES,
    most_items=limits.MOST_QUOTAS,
    models=_MOST_COVERED,
    option="--host-quota",
    page=Place.OWN,
)
BUDGET = Field(
    name="budget",
    kind=Kind.NUMBER,
    label=Text("预算", "Budget"),
    help=Text("费用上限", "the most that the new sites may cost together"),
    least=0.0,
    most=limits.MOST_MONEY,
    models=_MOST_COVERED,
    option="--budget",
    page=Place.MAIN,
)
SITE_COST = Field(
    name="site_cost",
    kind=Kind.NUMBER,
    label=Text("每处费用", "Cost of each station"),
    help=Text(
        "候选点自己没有写明费用时，每处的费用；自动生成的都没有",
        "what each candidate costs that has no cost of its own; generated ones have none",
    ),
    least=0.0,
    most=limits.MOST_MONEY,
    needs="budget",
    option="--site-cost",
    page=Place.MAIN,
)
SIZES = Field(
    name="sizes",
    kind=Kind.SIZES,
    label=Text("几种大小", "Several sizes"),
    help=Text(
        "每处建哪一种由模型选：名称、座位、费用；候选点自己的费用另加，有座位的人在预算内最多",
        "in which of these each site is built is chosen: name, seats, cost; a candidate's own cost is added, "
        "and most workers have a seat within the budget",
    ),
    written=Text("如 小=20:8, 大=60:20", "such as small=20:8, large=60:20"),
    longest=limits.MOST_SIZES_CHARACTERS,
    most_items=limits.MOST_SIZES,
    models=_MCLP,
    needs="budget",
    option="--size",
    page=Place.MAIN,
)
BACKUP_SHARE = Field(
    name="backup_share",
    kind=Kind.NUMBER,
    label=Text("第二个站点算多少", "What a second station in reach counts"),
    help=Text("第二个站点算多少", "what a second site within the standard counts"),
    least=0.0,
    most=1.0,
    unit=Unit.SHARE,
    models=_MCLP,
    option="--backup-share",
    page=Place.MORE,
)
CAPACITY = Field(
    name="capacity",
    kind=Kind.NUMBER,
    label=Text("每处座位", "Seats at each new station"),
    help=Text("每处新站点的座位", "seats of each new site"),
    least=1.0,
    most=limits.MOST_SEATS,
    unit=Unit.SEATS,
    models=_MCLP,
    option="--capacity",
    page=Place.MORE,
)
EXISTING_SEATS = Field(
    name="existing_seats",
    kind=Kind.NUMBER,
    label=Text(
        "现有座位也算：没登记的每处按几座",
        "Existing seats count too: how many where none are recorded",
    ),
    help=Text(
        "现有设施也只坐得下登记的座位数，没登记的按这个数（与 capacity 或 sizes 同用）；不填：它们服务覆盖到的所有人",
        "existing facilities, too, seat only as many as is recorded, and so many where nothing is (with "
        "capacity or sizes); without it they serve all in their reach",
    ),
    least=0.0,
    most=limits.MOST_SEATS,
    unit=Unit.SEATS,
    models=_MCLP,
    option="--existing-seats",
    page=Place.MORE,
)
ALTERNATIVES = Field(
    name="alternatives",
    kind=Kind.WHOLE,
    label=Text("再找几个差不多好的方案", "Other plans nearly as good"),
    help=Text("另找几个差不多好的方案", "how many other plans nearly as good are sought"),
    least=0,
    most=limits.MOST_ALTERNATIVES,
    models=_MCLP,
    option="--alternatives",
    page=Place.MORE,
)
DIFFER = Field(
    name="differ",
    kind=Kind.WHOLE,
    label=Text("其他方案至少换几处", "Sites in which other plans differ at least"),
    help=Text("其他方案至少换几个站点", "other plans have at least so many other sites"),
    least=1,
    most=limits.MOST_SITES,
    needs="alternatives",
    option="--differ",
    page=Place.MORE,
)
WITHIN_SHARE = Field(
    name="within_share",
    kind=Kind.NUMBER,
    label=Text("其他方案至多少覆盖", "Other plans cover at most this less"),
    help=Text(
        "其他方案新覆盖的人至多少这样一份",
        "what other plans newly cover is at most this share less",
    ),
    least=0.0,
    most=1.0,
    unit=Unit.SHARE,
    needs="alternatives",
    option="--within",
    page=Place.MORE,
)

FIELDS = (
    MODEL,
    PHASES,  # before the number, which follows from them
    P,
    SHARE,
    STANDARD_M,
    STANDARD_SECONDS,
    REGION,
    DEMAND,
    ALSO_DEMAND,
    DEMAND_OFF_SHARE,
    CRITERION,
    replace(
        CANDIDATES,
        help=Text(
            "anywhere（任何地方，有步行路网时为街道上任何地方，连同对一切位置的证明），或候选集、generated（默认）、"
            "generated-network、"
            "facilities:home 等",
            "anywhere (with a walking network on its streets; with a proof over every place), or a "
            "candidate set, generated (the default), generated-network, or such as facilities:home",
        ),
    ),
    SPACING_M,
    DRAWN,
    FIXED,
    FORBIDDEN,
    FORBIDDEN_AREAS,
    WITHOUT_DROPPED_M,
    NEAR_HOSTS,
    NEAR_HOSTS_M,
    NEAR_STREETS_M,
    NEAR_STREETS,
    of_this_run(FAMILIES, "算哪些现有设施", "Which facilities count"),
    AT,
    PERIOD,
    MOMENTS,
    HOUR_WEIGHTS,
    HOURS,
    replace(MIN_SPACING_M, models=(*_COVERING, "robust")),
    QUOTAS,
    HOST_QUOTAS,
    BUDGET,
    SITE_COST,
    SIZES,
    BACKUP_SHARE,
    CAPACITY,
    EXISTING_SEATS,
    ALTERNATIVES,
    DIFFER,
    WITHIN_SHARE,
    replace(TIME_LIMIT_SECONDS, start=30),
    TARGET_GAP,
)

"""Fields that several kinds of questions have."""

from dataclasses import replace

from geoapp.core import limits
from geoapp.core.i18n import Text
from geoapp.core.questions.field import Field, Kind, Place, Unit

_STANDARD = Text("服务标准：步行不超过", "Service standard: a walk of at most")

STANDARD_M = Field(
    name="standard_m",
    kind=Kind.NUMBER,
    label=_STANDARD,
    help=Text("服务标准，步行距离", "the service standard as a walk"),
    written=Text("如 500m、10min", "such as 500m, 10min"),
    least=limits.LEAST_STANDARD_M,
    most=limits.MOST_STANDARD_M,
    unit=Unit.METRES,
    option="--standard",
    page=Place.OWN,
)
STANDARD_SECONDS = Field(
    name="standard_seconds",
    kind=Kind.NUMBER,
    label=_STANDARD,
    help=Text("服务标准，步行时间", "the service standard as a time on foot"),
    written=Text("如 500m、10min", "such as 500m, 10min"),
    least=limits.LEAST_STANDARD_SECONDS,
    most=limits.MOST_STANDARD_SECONDS,
    unit=Unit.SECONDS,
    option="--standard",
    page=Place.OWN,
)
REGION = Field(
    name="region",
    kind=Kind.CODE,
    label=Text("范围", "Area"),
    help=Text("区域代码，默认各处", "region code; none: everywhere"),
    longest=limits.MOST_REGION_CHARACTERS,
    option="--region",
    page=Place.OWN,
)
DEMAND = Field(
    name="demand",
    kind=Kind.CODE,
    label=Text("需求集（劳动者在哪里）", "Demand set (where the workers are)"),
    help=Text("需求集，默认最新的", "demand set; none: the newest"),
    longest=limits.MOST_SET_CHARACTERS,
    option="--demand",
    page=Place.OWN,
)
FAMILIES = Field(
    name="families",
    kind=Kind.FAMILIES,
    label=Text("算哪些设施", "Which facilities count"),
    help=Text("算哪几类设施，默认全部", "which families of facilities count; none: all three"),
    option="--family",
    page=Place.OWN,
)
AT = Field(
    name="at",
    kind=Kind.MOMENT,
    label=Text("时刻", "Moment"),
    help=Text(
        "时刻，如 2026-11-23T22:00 或 now：那时确知开放的才算；默认不看开放时间",
        "a moment such as 2026-11-23T22:00, or now: only what is known to be open then counts; "
        "none: opening hours do not count",
    ),
    longest=limits.MOST_MOMENT_CHARACTERS,
    option="--at",
    page=Place.OWN,
)
HOURS = Field(
    name="hours",
    kind=Kind.TEXT,
    label=Text("新站点的开放时间", "Hours of new stations"),
    help=Text(
        "新站点的开放时间，登记为拟建站点时一并登记；看某一时刻时须在那时开放，不给则未知",
        "hours of new stations, stored with them as proposals; where there is a moment they must be "
        "open then; none: unknown",
    ),
    written=Text("如 06:00-22:00、24小时", "such as 06:00-22:00, 24/7"),
    longest=limits.MOST_HOURS_CHARACTERS,
    option="--hours",
    page=Place.MORE,
)
CANDIDATES = Field(
    name="candidates",
    kind=Kind.CODE,
    label=Text("候选点", "Candidate sites"),
    help=Text(
        "候选集，或 generated（默认）、generated-network、facilities:home 等",
        "a candidate set, or generated (the default), generated-network, or such as "
        "facilities:home",
    ),
    longest=limits.MOST_SET_CHARACTERS,
    option="--candidates",
    page=Place.OWN,
)
SPACING_M = Field(
    name="spacing_m",
    kind=Kind.NUMBER,
    label=Text("生成的候选点的间距", "Spacing of generated candidates"),
    help=Text(
        "生成的候选点的间距，默认为标准的五分之一，候选点过多时加大",
        "spacing of generated candidates; none: a fifth of the standard, wider where that would make "
        "too many",
    ),
    least=limits.LEAST_SPACING_M,
    most=limits.MOST_SPACING_M,
    unit=Unit.METRES,
    option="--spacing",
    page=Place.MORE,
)
DRAWN = Field(
    name="drawn",
    kind=Kind.SITES,
    label=Text("必选点", "Must have"),
    help=Text("另加的候选点", "more candidates, drawn by hand"),
    written=Text(
        "GeoJSON 文件里的点，属性 code，可有 name、cost",
        "points of a GeoJSON file, each with code, and maybe name and cost",
    ),
    longest=limits.MOST_NAME_CHARACTERS,
    most_items=limits.MOST_DRAWN,
    option="--drawn",
    page=Place.OWN,
)
MIN_SPACING_M = Field(
    name="min_spacing_m",
    kind=Kind.NUMBER,
    label=Text("站点之间至少隔", "Least distance between stations"),
    help=Text(
        "新站点与新站点、现有设施的最小直线距离",
        "least straight distance of a new site from other new sites and from facilities",
    ),
    least=limits.LEAST_APART_M,
    most=limits.MOST_APART_M,
    unit=Unit.METRES,
    option="--min-spacing",
    page=Place.MORE,
)
TIME_LIMIT_SECONDS = Field(
    name="time_limit_seconds",
    kind=Kind.NUMBER,
    label=Text("最多算", "Search at most"),
    help=Text("求解至多用多久", "how long the search may take"),
    least=limits.LEAST_SOLVING_SECONDS,
    most=limits.MOST_SOLVING_SECONDS,
    unit=Unit.SECONDS,
    option="--time-limit",
    page=Place.MORE,
    asked=False,
)
TARGET_GAP = Field(
    name="target_gap",
    kind=Kind.NUMBER,
    label=Text("证明差距不大于此即停", "Stop once proven within"),
    help=Text(
        "证明离最好的方案差距不大于此即停，如 0.01",
        "stop once it is proven to be so near the best, such as 0.01",
    ),
    least=0.0,
    most=1.0,
    unit=Unit.SHARE,
    option="--gap",
    page=Place.MORE,
    asked=False,
)


def of_this_run(field: Field, zh: str, en: str) -> Field:
    """Return a field with the label that it has in one kind of run."""
    return replace(field, label=Text(zh, en))

"""The fields of an action run's question."""

from dataclasses import replace

from geoapp.core import limits
from geoapp.core.i18n import Text
from geoapp.core.questions.field import Absent, Field, Kind, Place
from geoapp.core.questions.tables.shared import (
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

MOMENTS = Field(
    name="moments",
    kind=Kind.MOMENTS,
    label=Text("看哪些时刻", "Which moments matter"),
    help=Text("看哪些时刻", "the moments that matter"),
    written=Text("如 2026-11-24T21:00", "such as 2026-11-24T21:00"),
    longest=limits.MOST_MOMENT_CHARACTERS,
    most_items=limits.MOST_MOMENTS,
    option="--at",
    page=Place.OWN,
)
BUDGET = Field(
    name="budget",
    kind=Kind.NUMBER,
    label=Text("预算（任何货币单位）", "Budget (any unit of money)"),
    help=Text("费用上限", "the most that all may cost together"),
    least=0.0,
    most=limits.MOST_MONEY,
    option="--budget",
    page=Place.MAIN,
    start=60,
)
LONGER_HOURS = replace(
    HOURS,
    label=Text("新站点和延长后的开放时间", "Hours of new stations, and longer ones"),
    help=Text("新站点的、延长后的开放时间", "hours of new stations, and longer ones"),
    page=Place.OWN,
)
MOST_ACTIONS = Field(
    name="most_actions",
    kind=Kind.WHOLE,
    label=Text("至多几项措施", "No more actions than"),
    help=Text("至多几项措施", "no more actions than this"),
    least=1,
    most=limits.MOST_CANDIDATES,
    option="--most",
    page=Place.MORE,
)


def _cost(name: str, option: str, label: Text, what: Text, start: float | None = None) -> Field:
    return Field(
        name=name,
        kind=Kind.NUMBER,
        label=label,
        help=what,
        least=0.0,
        most=limits.MOST_MONEY,
        option=option,
        page=Place.MAIN,
        start=start,
    )


COSTS = (
    _cost(
        "extend_cost",
        "--extend",
        Text("延长开放时间", "Longer hours"),
        Text("延长一处开放时间的费用；不给则不考虑", "cost of longer hours; none: not offered"),
        2,
    ),
    _cost(
        "build_cost",
        "--build",
        Text("新建", "New station"),
        Text("新建一处的费用；不给则不考虑", "cost of a new station; none: not offered"),
        8,
    ),
    _cost(
        "upgrade_cost",
        "--upgrade",
        Text("升级别的设施", "Upgrade another facility"),
        Text(
            "升级一处不计入的设施的费用；不给则不考虑",
            "cost of upgrading one of a family that does not count; none: not offered",
        ),
    ),
    _cost(
        "move_cost",
        "--move",
        Text("迁址", "Move"),
        Text("迁一处的费用；不给则不考虑", "cost of moving one; none: not offered"),
    ),
    _cost(
        "close_saving",
        "--close",
        Text("撤销可节省", "Closing saves"),
        Text("撤销一处节省的费用；不给则不考虑", "what closing one saves; none: not offered"),
    ),
)

FIELDS = (
    BUDGET,
    *COSTS,
    LONGER_HOURS,
    MOMENTS,
    STANDARD_M,
    STANDARD_SECONDS,
    REGION,
    of_this_run(
        FAMILIES,
        "算哪些现有设施（其余可升级）",
        "Which facilities count (others may be upgraded)",
    ),
    DEMAND,
    CANDIDATES,
    SPACING_M,
    replace(
        DRAWN, page=Absent("places are drawn on the siting page; this one has no map to draw on")
    ),
    of_this_run(
        MIN_SPACING_M,
        "新站点与其他站点至少隔",
        "Least distance of a new station from others",
    ),
    MOST_ACTIONS,
    of_this_run(replace(TIME_LIMIT_SECONDS, start=20), "每次最多算", "Each search at most"),
    TARGET_GAP,
)

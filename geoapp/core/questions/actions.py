"""What a run of actions is asked: more than building, each with its cost, within one budget."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.hours import read
from geoapp.core.i18n import Text
from geoapp.core.questions.checks import check_fields, check_hours
from geoapp.core.questions.field import Table
from geoapp.core.questions.meaning import same_meaning
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.questions.tables.actions import FIELDS

DEFAULT_HOURS: Final = "Mo-Su 06:00-22:00"


class ActionKind(StrEnum):
    """What is done to a facility or at a place."""

    BUILD = "build"
    EXTEND_HOURS = "extend_hours"
    MOVE = "move"
    UPGRADE = "upgrade"
    CLOSE = "close"


ACTION_TEXT = {
    ActionKind.BUILD: Text("新建", "build"),
    ActionKind.EXTEND_HOURS: Text("延长开放时间", "open longer"),
    ActionKind.MOVE: Text("迁址", "move"),
    ActionKind.UPGRADE: Text("升级", "upgrade"),
    ActionKind.CLOSE: Text("撤销", "close"),
}

# What an action costs where nothing else is said: none is offered without a cost of the asker's.
COSTS = {
    ActionKind.BUILD: "build_cost",
    ActionKind.EXTEND_HOURS: "extend_cost",
    ActionKind.MOVE: "move_cost",
    ActionKind.UPGRADE: "upgrade_cost",
    ActionKind.CLOSE: "close_saving",
}


@dataclass(frozen=True, slots=True)
class ActionParameters:
    """What a run of actions is asked; exactly one of the two standards is given.

    Attributes
    ----------
    standard_m, standard_seconds
        Greatest acceptable walk.
    moments
        When it matters: the workers within reach are averaged over these moments. Facilities count
        while they are known to be open.
    budget
        The most that all actions may cost together, in any unit of money.
    build_cost, extend_cost, move_cost, upgrade_cost
        Of one new station; of opening one facility longer; of moving one; of letting one of a family
        that does not count serve, too. None: not offered.
    close_saving
        What closing one saves; None: not offered.
    hours
        Hours (OpenStreetMap's syntax) of new stations, and those that facilities keep in addition to
        their own once they open longer.
    region, demand, families, candidates, spacing_m, drawn
        As in ``SitingParameters``.
    min_spacing_m
        Least straight distance of a new or moved station from every other.
    most_actions
        Take no more actions than this; None = any number.
    time_limit_seconds, target_gap
        When each of the searches stops.
    """

    moments: tuple[datetime, ...]
    budget: float
    standard_m: float | None = None
    standard_seconds: float | None = None
    build_cost: float | None = None
    extend_cost: float | None = None
    move_cost: float | None = None
    upgrade_cost: float | None = None
    close_saving: float | None = None
    hours: str = DEFAULT_HOURS
    region: str | None = None
    demand: str | None = None
    families: tuple[str, ...] | None = None
    candidates: str | None = None
    spacing_m: float | None = None
    drawn: tuple[DrawnSite, ...] = ()
    min_spacing_m: float | None = None
    most_actions: int | None = None
    time_limit_seconds: float = 30.0
    target_gap: float = 0.0

    def cost_of(self, kind: ActionKind) -> float | None:
        """Return what an action costs, below 0 where it saves; None = it is not offered."""
        cost: float | None = getattr(self, COSTS[kind])
        return -cost if cost is not None and kind is ActionKind.CLOSE else cost

    @property
    def new_hours(self) -> str:
        """The hours in OpenStreetMap's syntax, whatever words they were given in."""
        return read(self.hours)

    @property
    def kinds(self) -> tuple[ActionKind, ...]:
        """The kinds of actions that are offered."""
        return tuple(kind for kind in ActionKind if self.cost_of(kind) is not None)

    def ground(self) -> SitingParameters:
        """Return the question whose demand, facilities and candidates these are."""
        return SitingParameters(
            p=1,
            standard_m=self.standard_m,
            standard_seconds=self.standard_seconds,
            region=self.region,
            demand=self.demand,
            families=self.families,
            candidates=self.candidates,
            spacing_m=self.spacing_m,
            drawn=self.drawn,
            min_spacing_m=self.min_spacing_m,
            time_limit_seconds=self.time_limit_seconds,
            target_gap=self.target_gap,
        )

    def check(self) -> None:
        """Refuse what no data could answer.

        Raises
        ------
        InvalidValueError
            If a value is out of range or nothing is offered.
        """
        check_fields(ACTIONS, self)
        self.ground().check()
        if not self.moments:
            raise InvalidValueError("moments", 0, Text("至少一个时刻", "at least one moment"))
        if not self.kinds:
            names = ", ".join(COSTS.values())
            raise InvalidValueError(
                "actions", None, Text(f"至少一项费用：{names}", f"at least one cost: {names}")
            )
        check_hours("hours", self.hours)

    def plain(self) -> "ActionParameters":
        """Return the same question with what is meant by default written out, and nothing idle."""
        ground = self.ground().plain()
        return replace(
            self,
            candidates=ground.candidates,
            families=ground.families,
            spacing_m=ground.spacing_m,
            hours=self.new_hours,
        )

    def same_as(self, other: "ActionParameters") -> bool:
        """Tell whether another question asks the same, however it is written down."""
        return same_meaning(ACTIONS, self.plain(), other.plain())

    def stored(self) -> dict[str, Any]:
        """Return the parameters as the run keeps them."""
        kept = asdict(self)
        kept["moments"] = [one.isoformat() for one in self.moments]
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()
        }

    @classmethod
    def from_stored(cls, params: dict[str, Any]) -> "ActionParameters":
        """Return what ``stored`` kept."""
        given = dict(params)
        given["moments"] = tuple(datetime.fromisoformat(one) for one in given["moments"])
        given["drawn"] = tuple(DrawnSite(**one) for one in given["drawn"])
        if given["families"] is not None:
            given["families"] = tuple(given["families"])
        return cls(**given)


ACTIONS = Table(ActionParameters, FIELDS)

"""What a run of actions found; weights are outdoor workers, averaged over the moments asked."""

from enum import StrEnum
from typing import ClassVar, Final, Literal

from pydantic import Field

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ActionKind
from geoapp.core.results.kept import Kept, KeptResult, Upgrade, unchanged
from geoapp.core.results.run import RunKind, RunState
from geoapp.core.results.siting import SitingRunInputs
from geoapp.core.results.status import SitingStatus


class Choice(StrEnum):
    """Which kinds of actions a plan may take."""

    LONGER = "longer"
    BUILD = "build"
    ALL = "all"


CHOICE_TEXT: Final = {
    Choice.LONGER: Text("只延长开放时间", "Longer hours only"),
    Choice.BUILD: Text("只新建", "New stations only"),
    Choice.ALL: Text("各种措施一起考虑", "Everything offered"),
}


class ActionProperties(Kept):
    """An action of a plan; ``adds`` is workers averaged over the moments, after those before it.

    Attributes
    ----------
    code, name, region
        Of the facility, or of the candidate where a station is built; its region, None = unknown.
    text_zh, text_en
        What is done to whom, and where.
    """

    order: int
    kind: ActionKind
    code: str
    name: str
    text_zh: str
    text_en: str
    cost: float
    adds: float
    region: str | None


class ChosenAction(ActionProperties):
    """An action with where the station then stands: WGS-84, decimal degrees."""

    lon: float
    lat: float


class ComparedChoice(Kept):
    """What the same budget brings with some kinds of actions, and how many of each kind it takes."""

    choice: Choice
    objective: float
    added: float
    bound: float
    gap_share: float | None
    status: SitingStatus
    cost: float
    kinds: dict[ActionKind, int]


class ActionDistrict(Kept):
    """A district before and after the plan."""

    code: str
    name_zh: str
    name_en: str | None
    weight: float
    before: float
    before_share: float | None
    after: float
    after_share: float | None


class Narrowing(Kept):
    """How many facilities, or places to move to, an action was offered for, of how many."""

    kind: ActionKind
    among: Literal["facilities", "places"]
    considered: int
    total: int


class ActionRunInputs(SitingRunInputs):
    """What a run of actions rests on.

    Attributes
    ----------
    moments
        ISO dates and times in the service's time zone.
    offered
        How many actions of each kind there were to choose from.
    narrowed
        What was left out of the choice to keep it within what can be solved.
    """

    facilities_hours_unknown: int = 0
    moments: tuple[str, ...] = ()
    offered: dict[ActionKind, int] = Field(default_factory=dict)
    narrowed: tuple[Narrowing, ...] = ()


class ActionFindings(KeptResult):
    """What a run of actions found.

    Attributes
    ----------
    before, objective, bound
        Within reach as things are, with the plan, and what no plan surpasses.
    cost, least_cost, budget
        Of the plan; the least that what it reaches can cost; what was allowed.
    """

    upgrades: ClassVar[tuple[Upgrade, ...]] = (unchanged,)

    weight: float
    before: float
    before_share: float
    objective: float
    after_share: float
    bound: float
    gap_share: float | None
    status: SitingStatus
    cost: float
    least_cost: float
    budget: float
    seconds: float
    actions: tuple[ChosenAction, ...]
    comparison: tuple[ComparedChoice, ...]
    districts: tuple[ActionDistrict, ...]


ActionRun = RunState[ActionFindings, ActionRunInputs]
ACTION_RUNS: Final = RunKind("actions", ActionFindings, ActionRunInputs)

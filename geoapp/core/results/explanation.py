"""Why a siting run's answer is no better, what would do, and other plans nearly as good."""

from typing import Literal

from geoapp.core.i18n import Text
from geoapp.core.results.kept import Kept
from geoapp.core.results.status import Limit, Loosening, Outcome, SitingStatus


class Unreachable(Kept):
    """The demand that no candidate covers: workers, by code of a district, empty where unknown."""

    workers: float
    share: float | None
    by_district: dict[str, float]


class LoosenedLimit(Kept):
    """What the plan would gain if a limit were loosened by one step.

    Attributes
    ----------
    region
        Whose quota it is; None for the other limits.
    now, loosened
        The limit, and one step looser.
    gain, gain_bound
        Workers newly reached then, and what no plan surpasses.
    binding
        Whether the step gains anything; None where time did not suffice to know.
    outcome
        What the step brings; None for a run from before it was asked whether it can be taken at all.
    """

    limit: Limit
    region: str | None
    now: int | float
    loosened: int | float
    gain: float
    gain_bound: float
    binding: bool | None
    outcome: Loosening | None = None


class LeastRelaxation(Kept):
    """How far one limit alone must give way.

    Attributes
    ----------
    unit
        Of a length or a time; None for counts, money and shares.
    now, needed, at_least
        The limit; what is enough, None where it is not known; and what nothing less than is, as far
        as it is known.
    outcome
        ``never``: however far it gives way (a standard: up to ``at_least``), it is not enough.
    proven
        Whether nothing less is enough.
    """

    limit: Limit | Literal["share", "spacing"]
    region: str | None
    unit: Literal["metres", "seconds"] | None
    now: int | float
    needed: int | float | None
    at_least: int | float | None
    outcome: Outcome
    proven: bool


class Explanation(Kept):
    """Why the answer is no better and what would do.

    Attributes
    ----------
    unreachable
        None where the model has no standard to cover by.
    limits
        What each limit costs, those that cost most first.
    goal_share
        The share of the demand that ``relaxations`` are about; None where it is a plan at all.
    complete
        False where time ended or somebody stopped before everything was asked.
    """

    unreachable: Unreachable | None
    limits: tuple[LoosenedLimit, ...]
    goal_share: float | None
    relaxations: tuple[LeastRelaxation, ...]
    seconds: float
    complete: bool


class NamedSite(Kept):
    """A site by its code, its own name if it has one, and where it is as people say it.

    The latter by what stood near when it was found; None for a run from before it was kept.
    """

    code: str
    name: str | None
    place_zh: str | None = None
    place_en: str | None = None

    @property
    def label(self) -> Text:
        """What people call it."""
        if self.name or not self.place_zh:
            return Text(self.name or self.code, self.name or self.code)
        return Text(self.place_zh, self.place_en or self.place_zh)


class PlanSite(NamedSite):
    """A candidate that another plan gives up or takes; WGS-84."""

    region: str | None
    lon: float
    lat: float


class OtherPlan(Kept):
    """A plan nearly as good as the run's own.

    Attributes
    ----------
    objective, loss_share, bound
        What it newly reaches, how much less that is, and what no such plan surpasses.
    sites
        Codes of all its sites.
    by_district
        Workers that each district gains or loses, by code.
    """

    objective: float
    loss_share: float
    bound: float | None
    status: SitingStatus
    sites: tuple[str, ...]
    given_up: tuple[PlanSite, ...]
    taken_instead: tuple[PlanSite, ...]
    by_district: dict[str, float]


class OtherPlans(Kept):
    """The plans that were asked for besides the run's own, best first.

    Attributes
    ----------
    exhausted
        Whether it is proven that there are no more; None = unknown.
    differ, within_share
        How many other sites each has at least, and how much less it reaches at most.
    """

    plans: tuple[OtherPlan, ...]
    exhausted: bool | None
    differ: int
    within_share: float


class SameCost(Kept):
    """The best plan that costs no more than the run's own and gives up at least half of its sites.

    Attributes
    ----------
    plan
        None where none was found.
    none
        Whether it is proven that there is none.
    differ
        How many sites it gives up at least.
    near_m
        It has none within so many metres of these; 0: none of these.
    cost, other_cost
        Of the run's plan and of this one; None where a cost is not known: it then has no more sites.
    """

    plan: OtherPlan | None
    none: bool
    differ: int
    near_m: float = 0.0
    cost: float | None
    other_cost: float | None

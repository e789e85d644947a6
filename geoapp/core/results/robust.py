"""What one plan for several demands found: what each comes to, and which sites come up again and again."""

from geoapp.core.questions.uncertain import Criterion
from geoapp.core.results.explanation import NamedSite
from geoapp.core.results.kept import Kept


class DemandOutcome(Kept):
    """A demand that may come true: what the plan comes to, and the best plan made for it alone.

    Attributes
    ----------
    weight, covered_before_weight
        Its workers, and those whom facilities reach already.
    reached
        Workers whom the plan newly reaches.
    best, bound
        Workers whom the best plan that was found for it alone newly reaches, and what no plan surpasses.
    lost
        Workers of the bound whom the plan does not reach: no more is lost if this comes true.
    district_zh, district_en, change
        The district that has more or fewer workers here than the demand set says, and by which share; None:
        it is the set as it is.
    """

    demand: str
    version: int
    sample: bool
    weight: float
    covered_before_weight: float
    covered_after_share: float
    reached: float
    best: float
    bound: float
    lost: float
    district_zh: str | None = None
    district_en: str | None = None
    change: float | None = None


class RecurringSite(NamedSite):
    """A site of one of these plans: for how many demands the best plan alone has it; ``in_plan``: the one plan."""

    times: int
    in_plan: bool
    lon: float
    lat: float


class Robustness(Kept):
    """One plan for several demands.

    Attributes
    ----------
    criterion
        By what it is the best.
    level, bound
        Workers lost at worst at most, and what every plan loses at worst; or the least covered share,
        and what no plan has more than.
    demands
        The question's own demand first.
    sites
        Those of the plan and of the plans alone, the most frequent first.
    """

    criterion: Criterion
    level: float
    bound: float
    demands: tuple[DemandOutcome, ...]
    sites: tuple[RecurringSite, ...]

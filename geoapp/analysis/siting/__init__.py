"""Where the next stations should go, with a proven bound: covering, p-median and p-center models.

Pure functions on arrays: a sparse cover or impedances go in, a frozen ``SitingResult`` comes out,
which says how far from the best possible it can be at most.
"""

from geoapp.analysis.coverage.facts import GAP_REASONS, GapReason
from geoapp.analysis.siting.anywhere.recount import AnywhereResult
from geoapp.analysis.siting.covering.slices import sliced
from geoapp.analysis.siting.explain.alternatives import (
    Alternative,
    Near,
    NearBest,
    near_best,
    plans_near_best,
)
from geoapp.analysis.siting.explain.elsewhere import plan_elsewhere
from geoapp.analysis.siting.explain.facts import (
    GapReasons,
    Overlap,
    UnreachableDemand,
    closers,
    counted_overlaps,
    criticality,
    gap_reasons,
    overlaps,
    unreachable_demand,
)
from geoapp.analysis.siting.explain.limits import (
    LimitValue,
    limit_values,
    values_of_limits,
)
from geoapp.analysis.siting.explain.relaxations import Relaxation, cheapest_relaxations
from geoapp.analysis.siting.freedom import Freedom, FreedomArea, plan_freedom
from geoapp.analysis.siting.models.actions.solve import ActionPlan, TakenAction, solve_actions
from geoapp.analysis.siting.models.actions.task import Action
from geoapp.analysis.siting.models.equity import EquityLevel, EquityResult, fairest, solve_equity
from geoapp.analysis.siting.models.lscp import solve_lscp
from geoapp.analysis.siting.models.lscp_anywhere import (
    FewestResult,
    solve_lscp_anywhere,
    solve_lscp_on_streets,
)
from geoapp.analysis.siting.models.mclp import most_covered, solve_mclp
from geoapp.analysis.siting.models.mclp_anywhere import solve_mclp_anywhere
from geoapp.analysis.siting.models.mclp_on_streets import solve_mclp_on_streets
from geoapp.analysis.siting.models.p_center import solve_p_center
from geoapp.analysis.siting.models.p_center_anywhere import (
    CenterResult,
    solve_p_center_anywhere,
    solve_p_center_on_streets,
)
from geoapp.analysis.siting.models.p_median import solve_p_median
from geoapp.analysis.siting.models.phases import Phase, PhasedResult, solve_phases
from geoapp.analysis.siting.models.seating import most_served
from geoapp.analysis.siting.models.standing import seated_alone
from geoapp.analysis.siting.problem import CoverProblem, Limits, Standing, Turns
from geoapp.analysis.siting.result import CurvePoint, SitingResult
from geoapp.analysis.siting.spacing import pairs_nearer_than
from geoapp.core.questions.actions import ActionKind
from geoapp.core.results.status import Limit, Loosening, SitingStatus

__all__ = [
    "GAP_REASONS",
    "Action",
    "ActionKind",
    "ActionPlan",
    "Alternative",
    "AnywhereResult",
    "CenterResult",
    "CoverProblem",
    "CurvePoint",
    "EquityLevel",
    "EquityResult",
    "FewestResult",
    "Freedom",
    "FreedomArea",
    "GapReason",
    "GapReasons",
    "Limit",
    "LimitValue",
    "Limits",
    "Loosening",
    "Near",
    "NearBest",
    "Overlap",
    "Phase",
    "PhasedResult",
    "Relaxation",
    "SitingResult",
    "SitingStatus",
    "Standing",
    "TakenAction",
    "Turns",
    "UnreachableDemand",
    "cheapest_relaxations",
    "closers",
    "counted_overlaps",
    "criticality",
    "fairest",
    "gap_reasons",
    "limit_values",
    "most_covered",
    "most_served",
    "near_best",
    "overlaps",
    "pairs_nearer_than",
    "plan_elsewhere",
    "plan_freedom",
    "plans_near_best",
    "seated_alone",
    "sliced",
    "solve_actions",
    "solve_equity",
    "solve_lscp",
    "solve_lscp_anywhere",
    "solve_lscp_on_streets",
    "solve_mclp",
    "solve_mclp_anywhere",
    "solve_mclp_on_streets",
    "solve_p_center",
    "solve_p_center_anywhere",
    "solve_p_center_on_streets",
    "solve_p_median",
    "solve_phases",
    "unreachable_demand",
    "values_of_limits",
]

"""Every sentence about a result, with none, one, two and very many of what it counts."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest

from geoapp.core.acting import Via
from geoapp.core.dated_states import Band, DatedState, StateOnDay
from geoapp.core.i18n import Text
from geoapp.core.public_maps import FOR_THE_OWNER, PublicMap, Sureness
from geoapp.core.questions.actions import ActionKind, ActionParameters
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.questions.sizes import SiteSize
from geoapp.core.questions.uncertain import Criterion
from geoapp.core.results.actions import (
    ActionFindings,
    ActionRunInputs,
    Choice,
    ChosenAction,
    ComparedChoice,
    Narrowing,
)
from geoapp.core.results.coverage import (
    Closer,
    CoverageFigures,
    CoverageFindings,
    CoverageGap,
    NetworkFigures,
    StraightLineFigures,
)
from geoapp.core.results.explanation import (
    Explanation,
    LeastRelaxation,
    LoosenedLimit,
    OtherPlan,
    OtherPlans,
    PlanSite,
    SameCost,
    Unreachable,
)
from geoapp.core.results.freedom import FreedomArea, PlanFreedom, PossibleHost, SiteFreedom
from geoapp.core.results.kept import KeptResult, RunInputs
from geoapp.core.results.robust import DemandOutcome, RecurringSite, Robustness
from geoapp.core.results.run import RunState
from geoapp.core.results.siting import (
    BuiltSize,
    CandidateSource,
    DistrictShare,
    DroppedPlace,
    ExistingSeats,
    Fairness,
    FairnessLevel,
    MomentFigures,
    ObjectiveUnit,
    PhaseFigures,
    Site,
    SitingFigures,
    SitingFindings,
    SitingRunInputs,
)
from geoapp.core.results.spacing import FarArea, FarStreets, FarStretch, SpacingCount, SpacingResult
from geoapp.core.results.standards import (
    ComplianceCount,
    PricedPieces,
    PriceList,
    Prices,
    Purchase,
    PurchaseList,
    StandardResult,
    StoredPrice,
)
from geoapp.core.results.status import SHARE, SPACING, Limit, Loosening, Outcome, SitingStatus
from geoapp.core.results.undo import UndoReport
from geoapp.core.spacing import Spacing
from geoapp.core.standards import Compliance, shipped_standards
from geoapp.core.use import CareUnit, UseField
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import Basis, DateBasis, RunStatus, Status
from geoapp.reports.words import (
    actions,
    coverage,
    elsewhere,
    explanation,
    fairness,
    freedom,
    history,
    longest,
    moments,
    money,
    monthly,
    papers,
    phases,
    public_maps,
    question,
    same_cost,
    seats,
    siting,
    sizes,
    spacing,
    standards,
    states,
    streets,
    use,
    worst_gaps,
)

ZONE = "Asia/Shanghai"
AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
NAMES = {f"R{number}": Text(f"第{number}区", f"District {number}") for number in range(9)}
NAMING = question.Naming(ZONE, NAMES, {"town": Text("小镇", "Town")})
COUNTS = (0, 1, 2, 1_234_567)
# Said after a single one: verbs that end in s.
SINGULAR = {"is", "has", "does", "was"}


ResultT = TypeVar("ResultT", bound=KeptResult)
InputsT = TypeVar("InputsT", bound=RunInputs)


def run(
    kind: str, params: dict[str, Any], inputs: InputsT, result: ResultT
) -> RunState[ResultT, InputsT]:
    return RunState(
        id=7,
        kind=kind,
        status=RunStatus.SUCCEEDED,
        progress_share=1.0,
        step=Text("完成", "Done"),
        params=params,
        inputs=inputs,
        result=result,
        error=None,
        cancel_requested=False,
        created_by=None,
        created_at=AT,
        started_at=AT,
        finished_at=AT,
    )


def lines_of(lines: Iterable[tuple[Text, str | Text]]) -> list[Text]:
    """Return labels and values as texts; a value in one form stands for both languages."""
    texts = []
    for label, value in lines:
        texts += [label, value if isinstance(value, Text) else Text(value, value)]
    return texts


def covered(n: int) -> CoverageFindings:
    whole = CoverageFigures.model_construct(
        weight=n + 9.0,
        covered_weight=n,
        covered_share=0.5,
        uncovered_weight=n,
        backup_share=None,
        walk=None,
    )
    network = NetworkFigures.model_construct(
        walked_weight=n,
        detour_factor=1.3,
        uncovered_far_weight=n,
        uncovered_cut_off_weight=n,
        uncovered_off_weight=n,
    )
    return CoverageFindings.model_construct(
        total=whole,
        without_region=whole.model_copy(update={"weight": float(n)}),
        network=network,
        gap_zones=n,
        gap_rest_zones=n,
        gap_rest_workers=float(n),
        facilities=n,
        facilities_counted=n,
        facilities_hours_unknown=n,
        facilities_undated=n // 2,
        uncovered_closed_weight=n,
        uncovered_hours_unknown_weight=n,
    )


def coverage_sentences(n: int) -> dict[str, list[Text]]:
    found = covered(n)
    params = CoverageParameters(standard_m=float(n), demand="town").stored()
    done = run("coverage", params, RunInputs(demand="town"), found)
    figures = coverage.figures_of(found.total)
    shared = [
        coverage.share_text(done, figures, NAMES, ZONE, sample=sample) for sample in (False, True)
    ]
    line = StraightLineFigures.model_construct(
        on_weight=n + 1.0,
        line_covered_share=0.5,
        walk_covered_share=0.4,
        line_wrong_weight=float(n),
    )
    told = {
        "run_line": [coverage.run_line(done, NAMING).title, coverage.run_line(done, NAMING).when],
        "statement_text": [coverage.statement_text(done, NAMES, {}, ZONE)],
        "share_text": shared,
        "counted_text": [coverage.counted_text(found)],
        "walking_text": [
            coverage.walking_text(replace(figures, p50_m=1.0 + n, p90_m=100.0 * n), 1.2)
        ],
        "season_text": [text for one in (n, n + 1) if (text := coverage.season_text(one)).zh],
        "unplaced_text": [coverage.unplaced_text(n)] if n else [],
        "near_unknown": [coverage.near_unknown(found)],
        "zones_text": [coverage.zones_text(max(n, 1), max(n, 1), float(n))],
        "circles_text": [coverage.circles_text(line)],
        "map_note": [coverage.map_note(done, question.Naming(ZONE))],
        # Nothing is said of nobody.
        "reasons_text": [coverage.reasons_text(done)] if n else [],
        "outside_text": [coverage.outside_text(done)] if n else [],
    }
    return told


def sited(n: int, **members: Any) -> SitingFindings:
    total = SitingFigures.model_construct(
        weight=n,
        covered_before_weight=n,
        covered_before_share=None,
        covered_after_weight=n,
        covered_after_share=0.5,
        added_weight=n,
        uncovered_weight=n,
    )
    given: dict[str, Any] = {
        "model": SitingModel.MCLP,
        "status": SitingStatus.TIME_LIMIT,
        "objective": float(n),
        "objective_unit": ObjectiveUnit.WORKERS,
        "bound": float(n),
        "gap_share": 0.0,
        "total": total,
        "seconds": 1.0,
        "reason": None,
        "needed_p": n,
        "needed_budget": float(n),
        "gap_zones": n,
        "gap_rest_zones": n,
        "gap_rest_workers": float(n),
        "reachable_share": 0.5,
        "unreachable_weight": n,
    }
    return SitingFindings.model_construct(**given | members)


def elsewhere_sentences(n: int) -> dict[str, list[Text]]:
    inputs = SitingRunInputs(basis="estimate")
    quotas = SitingParameters(p=2, standard_m=500.0, quotas=(("370203", Quota(0, 2)),))
    told = [
        (inputs, quotas, None),
        (inputs.model_copy(update={"network": "streets"}), quotas, None),
        *((inputs, quotas, bound) for bound in (n + 1.0, 1.05 * (n + 1), 1.5 * (n + 1))),
    ]
    return {
        "elsewhere_text": [
            elsewhere.elsewhere_text(
                run(
                    "siting",
                    asked.stored(),
                    one,
                    sited(n, objective=n + 1.0, anywhere_bound=bound),
                )
            )
            for one, asked, bound in told
        ]
    }


def freedom_sentences(n: int) -> dict[str, list[Text]]:
    def site(**figures: Any) -> SiteFreedom:
        area = {"share": 0.05, "area_m2": float(n), "any_way_m": 0.0, "farthest_m": float(n)}
        one = FreedomArea(**{**area, "pieces": n, "geometry_wkb": b"", **figures})
        return SiteFreedom(order=1, code="C1", weight=5.0, areas=(one,))

    host = PossibleHost(
        source="facility",
        code="F",
        name_zh="旧站",
        name_en=None,
        kind="kind",
        status="closed",
        distance_m=float(n),
        share=0.02,
        lon=120.0,
        lat=36.0,
    )
    candidate = host.model_copy(update={"kind": None, "status": None})
    plan = PlanFreedom(standard_m=500.0, accuracy_m=float(n), sites=())
    return {
        "freedom_text": [
            freedom.freedom_text(one)
            for one in (
                site(),
                site(pieces=1, any_way_m=n + 5.0, area_m2=10_000.0 * n),
                site(pieces=0),
                SiteFreedom(order=1, code="C1", weight=0.0, areas=()),
            )
        ],
        "host_text": [freedom.host_text(one, NAMES) for one in (host, candidate)],
        "accuracy_text": [freedom.accuracy_text(plan)],
    }


def siting_sentences(n: int) -> dict[str, list[Text]]:
    levels = [
        (FairnessLevel(lowest=max(n, 1), objective=0.1, bound=bound, proven=proven),)
        for bound, proven in ((0.1, True), (0.2, False), (None, False))
    ]
    districts = (DistrictShare(code=None, share=0.1),) * min(n, 3)
    fair = [
        sited(n, equity=Fairness(districts=districts, proven_districts=n, levels=one))
        for one in levels
    ]
    source = CandidateSource(count=n, spacing_m=float(n))
    again = RecurringSite(code="C1", name=None, times=n, in_plan=n > 1, lon=120.0, lat=36.0)
    outcome = DemandOutcome.model_construct(
        demand="town", covered_after_share=0.5, reached=n, best=n, bound=n + 1.0, lost=1.0
    )
    uncertain = [
        Robustness.model_construct(
            criterion=criterion,
            level=0.5 if criterion is Criterion.SHARE else float(n),
            bound=0.6 if criterion is Criterion.SHARE else float(n),
            demands=(outcome,) * max(1, min(n, 9)),
            sites=(again,),
        )
        for criterion in Criterion
    ]
    several = [
        sited(n, robust=one, status=status)
        for one in uncertain
        for status in (SitingStatus.OPTIMAL, SitingStatus.TIME_LIMIT)
    ]
    found = [sited(n), sited(n, gap_share=None), *fair, *several, sited(n, objective=None)]
    inputs = SitingRunInputs(candidates=source, sample=True)
    place = PlanSite(code="C1", name=None, region=None, lon=120.0, lat=36.0)
    plan = OtherPlan.model_construct(
        objective=float(n),
        loss_share=0.0,
        given_up=(place,),
        taken_instead=(place,),
        by_district={"R1": float(n), "R2": -float(n), "": 1.0},
    )
    ends = [
        OtherPlans(plans=plans, exhausted=exhausted, differ=n, within_share=0.01)
        for plans in ((), (plan,))
        for exhausted in (True, None)
    ]
    return {
        "gap_words": [siting.gap_words(one) for one in found],
        "verdict": [
            siting.verdict(run("siting", asked.stored(), inputs, one))
            for asked in (SitingParameters(standard_m=500.0, at=AT), SitingParameters(at=None))
            for one in found
        ],
        "among_text": [siting.among_text(source), siting.among_text(CandidateSource(count=n))],
        "dropped_text": [
            siting.dropped_text(
                [DroppedPlace(proposal=1, name_zh="甲", name_en=None, reason=None)] * n
            )
            for n in (1, 21)
        ],
        "summary_lines": [
            text
            for one in found
            for text in lines_of(siting.summary_lines(run("siting", {}, inputs, one)))
        ],
        "summary_texts": [
            text
            for one in found
            for text in lines_of(siting.summary_texts(run("siting", {}, inputs, one)))
        ],
        "alternative_words": [siting.alternative_words(plan, NAMES)],
        "reached_words": [siting.reached_words(plan)],
        "changed_words": [siting.changed_words(plan, NAMES)],
        "district_words": [siting.district_words(plan, NAMES)] if n else [],
        "ended_words": [siting.ended_words(one) for one in ends],
        "missing_lines": siting.missing_lines(sited(n, objective=None)),
        "figure_lines": lines_of(
            siting.figure_lines(run("siting", {}, SitingRunInputs(), sited(n)), n)
        ),
        "tried_text": [siting.tried_text(float(n), 0.1, 0.2), siting.tried_text(n, None, None)],
    }


def fairness_sentences(n: int) -> dict[str, list[Text]]:
    level = FairnessLevel(lowest=max(n, 1), objective=0.1, bound=0.2, proven=False)
    told = [
        Fairness(
            districts=(DistrictShare(code=None, share=0.1),) * 3,
            proven_districts=n,
            levels=(level,),
        )
    ]
    return {
        "fairness_words": [fairness.fairness_words(one.levels, Text("好", "good")) for one in told],
        "fairness_lines": [text for one in told for text in lines_of(fairness.fairness_lines(one))],
        "worst_text": [fairness.worst_text(sited(n, equity=one), NAMES) for one in told],
    }


def moment_sentences(n: int) -> dict[str, list[Text]]:
    runs = [
        run("siting", {}, SitingRunInputs(), sited(n, moments=held))
        for count, weighed in ((2, 1), (2, 2), (168, 1), (168, 24))
        for held in [
            tuple(
                MomentFigures(
                    at=(AT + timedelta(hours=hour)).isoformat(),
                    sites_open=hour % 3 > 0,
                    counts=hour % weighed,
                    weight=2.0 * n,
                    covered_before_weight=0.0,
                    covered_after_weight=float(n),
                )
                for hour in range(count)
            )
        ]
    ]
    lines = [line for one in runs for line in moments.moment_lines(one)]
    return {
        "moment_lines": [one.when for one in lines],
        "moment_texts": [text for one in runs for text in lines_of(moments.moment_texts(one))],
        "closed_text": [moments.closed_text(one) for one in lines if one.closed],
        "counts_text": [words for one in lines if (words := moments.counts_text(one)).zh],
        "mean_text": [moments.mean_text(one) for one in runs],
    }


def phase_sentences(n: int) -> dict[str, list[Text]]:
    told = [
        PhaseFigures(
            year=2027,
            sites=n or 1,
            sites_total=n or 1,
            added_weight=float(n),
            covered_share=None,
            alone_weight=float(n + more),
            alone_bound=float(n + most),
        )
        for more, most in ((0, 0), (0, 1), (1, 1), (1, 2))
    ]
    runs = [run("siting", {}, SitingRunInputs(), sited(n, phases=tuple(told)))]
    return {
        "asked_phases": [phases.asked_phases(((2027, n or 1), (2028, 2)))],
        "phase_lines": [
            text for one in phases.phase_lines(runs[0]) for text in (one.alone, one.price)
        ],
        "phase_texts": lines_of(phases.phase_texts(runs[0])),
    }


def seat_sentences(n: int) -> dict[str, list[Text]]:
    result = sited(n, objective_unit=ObjectiveUnit.WORKERS_SERVED)
    stands = [
        ExistingSeats(facilities=max(n, 1), unknown=unknown, taken=float(n), seats=float(n))
        for unknown in {0, n}
    ]
    told = [
        run("siting", {}, SitingRunInputs(existing_seats=one), result) for one in (None, *stands)
    ]
    return {
        "existing_seats_text": [seats.existing_seats_text(one) for one in stands],
        "seats_text": [seats.seats_text(one) for one in told],
        "figure_names": [
            getattr(seats.figure_names(one), field.name)
            for one in told
            for field in fields(seats.FigureNames)
        ],
    }


def size_sentences(n: int) -> dict[str, list[Text]]:
    built = [BuiltSize(name="small", seats=20.0)] * (n % 3 or 1)
    built.append(BuiltSize(name="large", seats=float(n or 1)))
    found = run("siting", {}, SitingRunInputs(), sited(n, built=tuple(built))).found
    unknown = dict.fromkeys(("name", "place_zh", "place_en", "region", "cost", "by_zone"))
    site = Site(
        **unknown,
        **{"order": 1, "code": "A", "size": "small", "seats": float(n or 1), "fixed": False},
        **{"adds": 1.0, "by_district": (), "sample": False, "lon": 120.0, "lat": 36.0},
    )
    return {
        "asked_sizes": [sizes.asked_sizes((SiteSize("small", float(n or 1), 8.0),))],
        "built_texts": lines_of(sizes.built_texts(found)),
        "size_text": [size] if (size := sizes.size_text(site)) else [],
    }


def same_cost_sentences(n: int) -> dict[str, list[Text]]:
    plan = OtherPlan(
        **{"objective": float(n), "loss_share": 0.1, "bound": float(n + 1), "status": "time_limit"},
        **{"sites": (), "given_up": (), "taken_instead": (), "by_district": {"R1": float(n)}},
    )
    proven = plan.model_copy(update={"bound": float(n), "loss_share": -0.1})
    unknown = plan.model_copy(update={"bound": None})
    found = [
        SameCost(
            **{"plan": one, "none": none, "differ": n or 1, "near_m": 100.0 * (other or 0)},
            **{"cost": cost, "other_cost": other},
        )
        for one, none, cost, other in (
            (plan, False, 8.0, 7.0),
            (proven, False, None, None),
            (unknown, False, 8.0, 8.0),
            (None, True, 8.0, None),
            (None, False, None, None),
        )
    ]
    told = [line for one in found for line in same_cost.same_cost_lines(one, NAMES)]
    return {"same_cost_lines": told}


def longest_sentences(n: int) -> dict[str, list[Text]]:
    told = [
        longest.longest_verdict(
            sited(n, status=status, bound=float(n), gap_share=gap), n, Text("任何地方", "anywhere")
        )
        for status in (SitingStatus.OPTIMAL, SitingStatus.TIME_LIMIT)
        for gap in (None, 0.02)
    ]
    return {"longest_verdict": told}


def money_sentences(n: int) -> dict[str, list[Text]]:
    found = [sited(n, cost=cost) for cost in (None, 8.0)]
    return {"money_text": [text for one in found if (text := money.money_text(one)).zh]}


def paper_sentences(n: int) -> dict[str, list[Text]]:
    name, near = Text("甲", "A"), Text("直线 1 米", "a line of 1 m")
    runs = [
        run(
            "siting",
            {},
            SitingRunInputs(sample=True, basis=basis),
            sited(
                n, model=model, proven=proven, gap_share=gap, standard_line_m=n, standard_walk_m=n
            ),
        )
        for basis in Basis
        for model in SitingModel
        for proven, gap in ((True, 0.0), (False, 0.012), (False, None))
    ]
    return {
        "cost_text": [papers.cost_text(sited(n, cost=cost)) for cost in (None, float(n))],
        "more_districts_text": [papers.more_districts_text(n)],
        "runner_up_text": [papers.runner_up_text(name, float(n))],
        "key_text": [papers.key_text(near, free=one, streets=one) for one in (True, False)],
        "slide_key_text": [
            papers.slide_key_text(near, free=one, streets=one) for one in (True, False)
        ],
        "demand_text": [
            papers.demand_text(name, "town", version, AT.date(), source)
            for version in (None, min(n, 9))
            for source in (None, "普查")
        ],
        "reach_text": [papers.reach_text(basis, near, near) for basis in Basis],
        "fewer_text": [papers.fewer_text(name, max(n, 1), float(n))],
        "still_text": [papers.still_text(name, float(n), float(n))],
        "proof_text": [papers.proof_text(one, n) for one in runs],
        "method_lines": [text for one in runs for text in papers.method_lines(one, n)],
    }


def limits(n: int) -> list[LoosenedLimit]:
    return [
        LoosenedLimit(
            limit=limit,
            region="R1",
            now=n,
            loosened=n,
            gain=n,
            gain_bound=n,
            binding=binding,
            outcome=outcome,
        )
        for limit in (Limit.SITES, Limit.BUDGET, Limit.GROUP_MAX, Limit.GROUP_MIN)
        for binding, outcome in (
            (True, Loosening.GAIN),
            (False, Loosening.USELESS),
            (None, Loosening.UNKNOWN),
            (False, Loosening.INFEASIBLE),
        )
    ]


def relaxations(n: int) -> list[LeastRelaxation]:
    return [
        LeastRelaxation(
            limit=limit,
            region="R1",
            unit=unit,
            now=now,
            needed=0.5 if limit == SHARE else n,
            at_least=n,
            outcome=outcome,
            proven=outcome is Outcome.ENOUGH and not now,
        )
        for limit in (*Limit, SPACING, SHARE)
        for unit in ("metres", "seconds")
        for now in (0, 1)
        for outcome in (Outcome.ENOUGH, Outcome.NEVER)
    ]


def explanation_sentences(n: int) -> dict[str, list[Text]]:
    texts: list[Text] = []
    # As many regions besides the five that are named: none, one, two, and three for very many.
    regions = {f"R{number}": float(n) for number in range(5 + min(n, 3))}
    for goal in (None, 0.9):
        told = explanation.explained(
            Explanation(
                unreachable=Unreachable(workers=n, share=0.5, by_district=regions),
                limits=tuple(limits(n)),
                goal_share=goal,
                relaxations=tuple(relaxations(n)),
                seconds=1.0,
                complete=False,
            ),
            NAMES,
        )
        assert told is not None
        texts += told.lines()
    return {"explained": texts}


def action_sentences(n: int) -> dict[str, list[Text]]:
    status = SitingStatus.TIME_LIMIT
    kinds = dict.fromkeys(ActionKind, n)
    compared = ComparedChoice(
        choice=Choice.ALL,
        objective=n,
        added=n,
        bound=n,
        gap_share=None,
        status=status,
        cost=n,
        kinds=kinds,
    )
    found = ActionFindings.model_construct(
        before=n,
        before_share=0.5,
        objective=n,
        after_share=0.5,
        bound=n,
        gap_share=0.0,
        status=status,
        cost=n,
        budget=n,
        comparison=(compared,),
        actions=(None,) * (1 + min(n, 5)),
    )
    told = [
        actions.action_text(kind, Text("甲", "A"), detail, "24/7", region)
        for kind in ActionKind
        for detail in (Text("更久", "longer"), None)
        for region in (NAMES["R1"], None)
    ]
    line = actions.action_line(
        ChosenAction.model_construct(
            order=1, text_zh=told[0].zh, text_en=told[0].en, cost=n, adds=n
        )
    )
    narrowed = ActionRunInputs(
        sample=True,
        narrowed=(
            Narrowing(kind=ActionKind.MOVE, among="places", considered=n, total=n + 2),
            Narrowing(kind=ActionKind.CLOSE, among="facilities", considered=n, total=n + 2),
        ),
    )
    done = run("actions", {}, narrowed, found)
    left_out = actions.narrowed_text(narrowed)
    assert left_out is not None
    return {
        "verdict": [actions.verdict(found), actions.verdict(compared)],
        "longest_three": [actions.longest_three(found, 3, n + 3)],
        "longer_detail": [actions.longer_detail("24/7")],
        "move_detail": [actions.move_detail("甲 / A")],
        "kinds_text": [actions.kinds_text(kinds), actions.kinds_text({})],
        "action_text": told,
        "summary_lines": lines_of(actions.summary_lines(done)),
        "summary_texts": [part for line in actions.summary_texts(done) for part in line],
        "action_line": [Text(line, line)],
        "narrowed_text": [left_out],
    }


def question_sentences(n: int) -> dict[str, list[Text]]:
    some = min(n, 5)
    codes = tuple(f"R{number}" for number in range(3 + some))
    quotas = [tuple((code, Quota(n, most)) for code in codes) for most in (None, n, 1 + n)] + [
        tuple((code, Quota(0, n + number)) for number, code in enumerate(codes))
    ]
    asked: list[question.Question] = [
        CoverageParameters(standard_m=float(n), at=AT),
        ActionParameters(
            moments=(AT,) * (3 + some),
            budget=float(n),
            standard_seconds=float(n),
            build_cost=float(n),
            close_saving=float(n),
            most_actions=n,
            min_spacing_m=float(n),
        ),
    ]
    for one in quotas:
        for by_host in (False, True):
            held: dict[str, Any] = {"host_quotas" if by_host else "quotas": one}
            asked.append(
                SitingParameters(
                    p=n,
                    standard_m=float(n),
                    fixed=("C1",) * some,
                    forbidden=("C2",) * some,
                    forbidden_areas=({},) * some,
                    budget=float(n),
                    capacity=float(n),
                    alternatives=n,
                    differ=n,
                    min_spacing_m=float(n),
                    **held,
                )
            )
    lines = [text for one in asked for text in lines_of(question.question_lines(one, NAMING))]
    whole = [text for one in asked for text in lines_of(question.asked_lines(one, NAMING))]
    beside = [text for one in asked for text in lines_of(question.beside_answer(one, NAMING, []))]
    return {
        "versions_text": [question.versions_text({"facilities": n, "demand_set": 1})],
        "standard_text": [
            question.standard_text(float(n), None),
            question.standard_text(None, float(n)),
        ],
        "area_text": [question.area_text(None, NAMES), question.area_text("R1", NAMES)],
        "question_conditions": [
            words for one in asked for _, words in question.question_conditions(one, NAMING)
        ],
        "question_title": [question.question_title(one, NAMING) for one in asked],
        "question_lines": lines,
        "asked_lines": whole,
        "beside_answer": beside,
    }


def use_sentences(n: int) -> dict[str, list[Text]]:
    return {
        "few_text": [use.few_text()],
        "voices_text": [use.voices_text(n)],
        "days_text": [use.days_text({"door": n}), use.days_text({"door": n, "reported": 1})],
        "stars_text": [use.stars_text(4.34, 4.21, 4.49)],
        "satisfied_text": [use.satisfied_text(0.8, 0.49, 0.94)],
        "care_text": [use.care_text(n, unit) for unit in CareUnit],
        "field_text": [use.field_text(n, reach, None) for reach in (0.0, 1.0)]
        + [use.field_text(n, n, one) for one in UseField],
        "middles_text": [use.middles_text(n, n, n, share) for share in (None, 0.5)],
        "too_few_text": [use.too_few_text(n, 5)],
    }


def public_map_sentences(n: int) -> dict[str, list[Text]]:
    return {
        "title": [public_maps.title(one) for one in PublicMap],
        "asked_text": [
            public_maps.asked_text(one, metres) for one in FOR_THE_OWNER for metres in (None, n)
        ],
        "sureness_text": [
            public_maps.sureness_text(one, 0.9, metres)
            for one in (Sureness.BY_HAND, Sureness.ALIKE)
            for metres in (None, n)
        ],
        "likeness_text": [public_maps.likeness_text(alike) for alike in (0.9, 1.0)],
        "covered_text": [
            public_maps.covered_text(covered, names)
            for covered, names in (
                (Text("市北区", "Shibei"), []),
                (None, []),
                (None, [Text("市北区", "Shibei")]),
            )
        ],
        "gone_text": [public_maps.gone_text(["某驿站"] * n)],
        "list_of": [public_maps.list_of(one) for one in PublicMap],
        "fit_text": [public_maps.fit_text(n, off) for off in (None, n)],
        "rule_text": [public_maps.rule_text(n)],
        "unplaced_text": [public_maps.unplaced_text(n)],
        "listings_text": [public_maps.listings_text(n)],
    }


def history_sentences(n: int) -> dict[str, list[Text]]:
    tables = ("facility", "region", "amenity", "calendar_day", "of_a_later_release")
    ops = {"insert": n, "update": n + 1, "delete": n}
    values = [("status", "open"), ("capacity", n), ("is_sample", True), ("amenities", ["a", "b"])]
    values += [("phone", None), ("position_accuracy_m", n + 0.5), ("extra", {"备注": "x" * 99})]
    return {
        "via_text": [history.via_text(via) for via in Via],
        "actor_text": [
            history.actor_text("li", "steward"),
            history.actor_text("li", "steward", "sync"),
            history.actor_text("li", None),
            history.actor_text(None, None),
        ],
        "field_text": [history.field_text("geom"), history.field_text("of_a_later_release")],
        "table_text": [history.table_text(table, n) for table in tables],
        "summary": [
            history.summary(dict.fromkeys(tables, ops), "a.csv"),
            history.summary({}, None),
        ],
        "amenity_text": [history.amenity_text(one.code) for one in load_vocabulary().amenities],
        "value_text": [history.value_text(name, value) for name, value in values],
        "change_text": [history.change_text(name, None, value) for name, value in values]
        + [history.change_text("password_hash", "***", "changed")],
        "part_texts": [
            one
            for labels in ({}, {"next": Text("下一步工作思路", "Next steps")})
            for one in history.part_texts("answers", {"next": "甲"}, {"goals": "乙"}, labels)
        ],
        "move_text": [history.move_text(float(n), reshaped=shape) for shape in (False, True)],
        "row_text": [
            history.row_text(table, op, name)
            for table in tables
            for op in ops
            for name in (None, "甲")
        ],
        "story_line": [
            history.story_line(AT, ZONE, Text("李", "Li"), Text("改了名称", "changed the name"))
        ],
        "undo_text": [
            history.undo_text(UndoReport(7, made, n, n, n, left, left, left))
            for left in (0, n)
            for made in (None, 8)
        ],
        "conflict_text": [
            history.conflict_text("facility", "12", name, (None, "110"), later)
            for name in ("phone", "*")
            for later in (None, 9)
        ],
    }


def state_sentences(n: int) -> dict[str, list[Text]]:
    day = date(2019, 5, 1)
    dated = [
        DatedState(status, None if basis is DateBasis.UNKNOWN else day, basis, None, announced)
        for status in Status
        for basis in DateBasis
        for announced in (False, True)
    ]
    every = tuple(Status)[: min(n, len(Status))]
    return {
        "day_text": [states.day_text(day, basis) for basis in DateBasis],
        "since_text": [states.since_text(day, basis) for basis in DateBasis],
        "state_text": [states.state_text(one) for one in dated],
        "state_on_day_text": [
            states.state_on_day_text(StateOnDay(False, True, every, True)),
            states.state_on_day_text(StateOnDay(True, True, (Status.OPEN,), False)),
        ],
        "band_text": [
            states.band_text(day, Band(known, possible)) for known in (0, n) for possible in (0, n)
        ],
    }


def monthly_sentences(n: int) -> dict[str, list[Text]]:
    day, before = date(2026, 11, 30), date(2026, 10, 31)
    moved = [
        monthly.change_text(before, now, then, same=same, alike=alike)
        for now, then in ((0.5, 0.25), (0.5, None), (None, 0.5))
        for same in (False, True)
        for alike in (False, True)
    ]
    return {
        "nothing_published": [monthly.nothing_published(day)],
        "change_text": moved,
        "since_text": [monthly.since_text(Text("没有变化。", "Nothing changed."))],
        "closers_note": [monthly.closers_note(n)],
        "zones_note": [monthly.zones_note(min(n, 10), n, at_least=more) for more in (True, False)],
        "map_title": [monthly.map_title(day)],
        "map_key": [
            monthly.map_key(zones=one, facilities=one, numbers=one, inset=inset, streets=streets)
            for one in (True, False)
            for inset in (True, False)
            for streets in (True, False)
        ],
        "changes_title": [monthly.changes_title(before, day)],
        "states_title": [monthly.states_title(day)],
        "reach_title": [monthly.reach_title(Text("2026 年第 4 季度", "Q4 2026"))],
        "stand_out_note": [monthly.stand_out_note(n)],
        "promises_title": [monthly.promises_title(day)],
        "known_on": [monthly.known_on(day)],
        "left_out": [monthly.left_out(n)],
        "samples_text": [monthly.samples_text(n, n + 1)],
        "without_region_text": [monthly.without_region_text(n)],
        "unit_text": [monthly.unit_text(("处", "place", "places"))],
        "swipe_title": [monthly.swipe_title(before, day)],
        "week_title": [monthly.week_title(before, day)],
        "hours_text": [monthly.hours_text(n, min(n, 1))],
        "no_hours_text": [monthly.no_hours_text(Text("没有公布的分析", "nothing is published"))],
    }


def spacing_sentences(n: int) -> dict[str, list[Text]]:
    source = {"source_zh": "某通知", "source_en": "A notice"}
    rules = [
        Spacing.model_validate({"by": by, "sample": made_up, "busy": busy} | figures | source)
        for by in ("line", "walk")
        for made_up in (True, False)
        for figures in ({"between_m": 900, "apart_m": 300}, {"within_m": 1000, "apart_m": 300})
        for busy in (
            None,
            {"regions": ["370202"], "apart_m": 200},
            {"workers_per_km2": min(max(n, 1), 1_000_000), "apart_m": 200},
        )
    ]
    count = SpacingCount(0, 0, 0.0, 0.0, None, no_way=False, street_m=None, far_street_m=None)
    standard = shipped_standards()[0]
    results = [
        SpacingResult(
            *(standard.model_copy(update={"spacing": rule}), None, by, can_walk, None, False),
            *(False, 0, 0, count, (), (), (), 0, 0.0, streets),
        )
        for rule in rules
        for by, can_walk, streets in (
            ("line", False, None),
            ("line", True, None),
            ("walk", True, FarStreets((), 0, 0.0, n)),
        )
    ]
    stretches = [
        FarStretch(name, standard.text, 120.0, 36.0, b"", None, n, None, 500.0)
        for name in (None, Text("长街", "Long Street"))
    ]
    areas = [
        FarArea(standard.text, 120.0, 36.0, b"", None, n, away, 500.0, None)
        for away in (None, 812.0)
    ]
    return {
        "rule_text": [
            spacing.rule_text(one, {"370202": Text("市南区", "Shinan")}) for one in rules
        ],
        "made_up_text": [text for one in rules if (text := spacing.made_up_text(one)) is not None],
        "measured_text": [spacing.measured_text(one) for one in results],
        "streets_text": [
            text for one in results if (text := spacing.streets_text(one)) is not None
        ],
        "street_text": [spacing.street_text(one) for one in stretches],
        "farthest_text": [spacing.farthest_text(one) for one in areas],
    }


def worst_gap_sentences(n: int) -> dict[str, list[Text]]:
    zones = [
        CoverageGap(
            **{"rank": 1, "name": "盲区", "name_zh": "盲区", "name_en": None, "region": None},
            **{"workers": 10.0 * n, "points": n, "mean_m": 900.0, "worst_m": worst},
            **{"cut_off_workers": cut, "closed_workers": shut, "hours_unknown_workers": perhaps},
            **{"nearest_code": None, "nearest_name": None, "nearest_name_en": None},
            **{"closers": closers, "sites_needed": needed, "sites_needed_proven": proven},
            **{"out_of_reach_workers": left, "geometry_wkb": b""},
        )
        for worst, cut, shut, perhaps in (
            (None, None, None, None),
            (1234.5, None, None, None),
            (900.0, float(n), None, 0.0),
            (900.0, None, float(n), float(n)),
        )
        for closers, needed, proven, left in (
            (None, None, None, None),
            ((), 0, True, float(n)),
            ((Closer(lon=120.0, lat=36.0, workers=float(n)),), max(n, 1), True, None),
            ((Closer(lon=120.0, lat=36.0, workers=float(n)),), max(n, 1), False, float(n)),
        )
    ]
    return {
        "why_text": [worst_gaps.why_text(one) for one in zones],
        "closing_text": [worst_gaps.closing_text(one) for one in zones],
    }


def standard_sentences(n: int) -> dict[str, list[Text]]:
    every = shipped_standards()
    items = [one.text for one in every[0].items or ()][: max(n, 1)]
    count = ComplianceCount(0, 0, 0, 0, ())
    day = date(2026, 1, 5)
    price = StoredPrice("甲", float(n), None, day, "某合同", None, sample=True)
    lists = [
        PriceList("甲", day, last, sample)
        for last in (day, date(2026, 2, 5))
        for sample in (True, False)
    ]
    prices = [
        Prices(dict.fromkeys(range(typed), 5.0), places, held)
        for held in ((), *((one,) for one in lists), tuple(lists[:2]))
        for places in ({None: {}}, {None: {}, "370202": {1: price}})
        for typed in (0, 1, 2)
    ]
    pieces = PricedPieces(price.yuan, price, n, n), PricedPieces(None, None, n, 0)
    purchases = [Purchase(1, items[0], one) for one in (pieces, pieces[:1], pieces[1:])]
    bought = [
        PurchaseList((), cost, unpriced, unrecorded)
        for cost in (None, (float(n), float(n)), (float(n), n + 1.5))
        for unpriced in (0, n)
        for unrecorded in (0, n)
    ]
    results = [
        StandardResult(every[0], None, sample, 0 if sample else n, count, (), ())
        for sample in (False, True)
    ]
    return {
        "prices_text": [standards.prices_text(one) for one in prices],
        "item_price_text": [standards.item_price_text(one) for one in purchases],
        "yuan_text": [standards.yuan_text(n)],
        "cost_text": [standards.cost_text(one) for one in bought],
        "listed": [standards.listed(items)],
        "own_text": [standards.own_text(Compliance.COMPLIES, [], [])]
        + [standards.own_text(Compliance.LACKS, items, rest) for rest in ([], items)],
        "issued_text": [standards.issued_text(one) for one in every],
        "source_text": [standards.source_text(one) for one in every],
        "samples_text": [
            text for one in results if (text := standards.samples_text(one)) is not None
        ],
        "yardstick_text": [
            text for one in every if (text := standards.yardstick_text(one, None)) is not None
        ],
        "picture_title": [standards.picture_title(every[0], one) for one in (None, NAMES["R1"])],
        "picture_figures": [standards.picture_figures(one) for one in results],
        "picture_note": [standards.picture_note(date(2026, 1, 5), one) for one in (0, n)],
    }


def street_sentences(n: int) -> dict[str, list[Text]]:
    one, other, district = NAMES["R1"], NAMES["R2"], NAMES["R3"]
    on_street = streets.street_text(one, district, n)
    words = ("延安路",) * min(n, 3)
    return {
        "about_text": [streets.about_text(n)],
        "about_house_text": [streets.about_house_text(n)],
        "about_corner_text": [streets.about_corner_text(n)],
        "rough_name": [streets.rough_name(one)],
        "house_name": [streets.house_name(one, "77甲"), streets.house_name(one, "9a")],
        "corner_name": [streets.corner_name(one, other)],
        "number_unknown_text": [streets.number_unknown_text("9a")],
        "counted_from_text": [
            streets.counted_from_text(one, is_point=point) for point in (True, False)
        ],
        "street_text": [on_street, streets.street_text(one, None, n)],
        "meeting_text": [streets.meeting_text(on_street, other)],
        "may_go_on_text": [streets.may_go_on_text(on_street)],
        "crossing_text": [
            streets.crossing_text(one, other, None, n),
            streets.crossing_text(one, other, district, n),
        ],
        "house_text": [
            streets.house_text(one, "77甲", district, n),
            streets.house_text(one, "9a", None, n),
        ],
        "unknown_text": [streets.unknown_text(words)],
        "unknown_district_text": [streets.unknown_district_text("崂山区")],
        "elsewhere_text": [streets.elsewhere_text(one, district)],
        "no_crossing_text": [streets.no_crossing_text(one, other)],
        "too_many_text": [streets.too_many_text(one, n + 6)],
        "also_unknown_text": [streets.also_unknown_text(words)],
    }


SENTENCES: Mapping[Any, Callable[[int], dict[str, list[Text]]]] = {
    coverage: coverage_sentences,
    siting: siting_sentences,
    fairness: fairness_sentences,
    moments: moment_sentences,
    phases: phase_sentences,
    seats: seat_sentences,
    sizes: size_sentences,
    money: money_sentences,
    longest: longest_sentences,
    same_cost: same_cost_sentences,
    explanation: explanation_sentences,
    actions: action_sentences,
    question: question_sentences,
    elsewhere: elsewhere_sentences,
    papers: paper_sentences,
    freedom: freedom_sentences,
    history: history_sentences,
    use: use_sentences,
    public_maps: public_map_sentences,
    states: state_sentences,
    streets: street_sentences,
    monthly: monthly_sentences,
    spacing: spacing_sentences,
    worst_gaps: worst_gap_sentences,
    standards: standard_sentences,
}
# Figures, codes and tables: no sentences.
WORDLESS = {"are_weighed", "figures_of", "demand_code", "table_of", "range_text"}


@pytest.mark.parametrize("module", SENTENCES, ids=lambda one: one.__name__.rpartition(".")[2])
@pytest.mark.parametrize("n", COUNTS)
def test_every_sentence_is_whole_in_both_languages(module: Any, n: int) -> None:
    told = SENTENCES[module](n)
    for name, texts in told.items():
        for text in texts:
            assert text.zh.strip() and text.en.strip(), (name, text)
            for words in text:
                assert not re.search(r"[{}]|\bNone\b|\bnan\b|\binf\b", words), (name, words)
                # Separators everywhere: 1,234,567.
                assert "1234567" not in words, (name, words)
            wrong = set(re.findall(r"(?<![\d.,])1 (?:more )?(\w+s)\b", text.en)) - SINGULAR
            assert not wrong, (name, text.en)


@pytest.mark.parametrize("module", SENTENCES, ids=lambda one: one.__name__.rpartition(".")[2])
def test_no_sentence_is_left_out(module: Any) -> None:
    public = {
        name
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__ and not name.startswith("_")
    }
    assert set(SENTENCES[module](1)) == public - WORDLESS

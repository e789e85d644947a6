"""A plan as screens show it beside another: a siting run, or a scenario whose sites were placed by hand."""

from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.results.siting import SitingRun
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.compare import (
    ComparedPlan,
    PlanShare,
    PlanSite,
    asked_alike,
    plan_of_run,
)
from geoapp.operations.siting.scenarios import SavedScenario
from geoapp.reports.words.question import question_lines
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.naming import naming

BY_HAND = Text("手工放置，尚未求解", "placed by hand, not solved")


@dataclass(frozen=True, slots=True)
class ShownPlanSite:
    """A new station: its position, and that as text."""

    order: int
    code: str
    name: str
    adds: float
    lon: float
    lat: float
    at: str


@dataclass(frozen=True, slots=True)
class PlanSide:
    """One plan, and its sites as the page shows them."""

    plan: ComparedPlan
    sites: tuple[ShownPlanSite, ...]


def _side(plan: ComparedPlan) -> PlanSide:
    return PlanSide(plan, tuple(_shown(one) for one in plan.sites))


def _shown(site: PlanSite) -> ShownPlanSite:
    return ShownPlanSite(
        order=site.order,
        code=site.code,
        name=site.name.pick(language()),
        adds=site.adds,
        lon=round(site.lon, 6),
        lat=round(site.lat, 6),
        at=site.at,
    )


def side_of_run(run: SitingRun, title: Text | None = None) -> PlanSide:
    """Return a finished siting run as a side; called by its question where there is no title."""
    return _side(plan_of_run(services().database, naming(), run, title))


def side_of_scenario(saved: SavedScenario) -> PlanSide:
    """Return a scenario as a side: by the run that answers it, or by its sites as they are placed."""
    title = Text(saved.name, saved.name)
    database = services().database
    if saved.run is not None:
        return side_of_run(siting_results.finished(database, saved.run), title)
    question = saved.question
    placed = question.drawn
    told = services().what_if.ask(question, [(one.lon, one.lat) for one in placed], everywhere=True)
    weight = told.weight
    costs = [one.cost for one in placed]
    known = [one for one in costs if one is not None]
    plan = ComparedPlan(
        title=title,
        verdict=BY_HAND,
        run=None,
        sites=tuple(
            PlanSite(
                order,
                one.code,
                Text(one.name or one.code, one.name or one.code),
                adds,
                one.lon,
                one.lat,
            )
            for order, (one, adds) in enumerate(zip(placed, told.adds, strict=True), 1)
        ),
        cost=sum(known) if len(known) == len(costs) else None,
        before_share=told.covered_before / weight,
        after_share=told.covered_after / weight,
        added=told.covered_after - told.covered_before,
        uncovered=weight - told.covered_after,
        districts=tuple(
            PlanShare(
                code=one.code,
                name=Text(one.name_zh, one.name_en or one.name_zh),
                before_share=one.before_share,
                after_share=one.after_share,
                added=one.added,
            )
            for one in sorted(told.districts, key=lambda one: one.code)
        ),
        told=question_lines(question, naming()),
        asked=asked_alike(question, told.demand),
        sample=told.sample,
    )
    return _side(plan)

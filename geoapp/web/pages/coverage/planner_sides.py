"""A plan as screens show it beside another: a siting run, or a scenario whose sites were placed by hand."""

from dataclasses import dataclass
from typing import Any

from geoapp.core.geo import from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import SitingRun
from geoapp.core.words import Level
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.scenarios import SavedScenario
from geoapp.reports.words.question import question_title
from geoapp.reports.words.siting import verdict
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.chrome import map_setup
from geoapp.web.pages.naming import naming

# What must be equal for shares to mean the same.
_ASKED = ("standard_m", "standard_seconds", "region", "families", "at")

BY_HAND = Text("手工放置，尚未求解", "placed by hand, not solved")


@dataclass(frozen=True, slots=True)
class PlanSite:
    """A new station: in the map's datum, and in WGS-84 as text."""

    order: int
    code: str
    name: str
    adds: float
    lon: float
    lat: float
    at: str


@dataclass(frozen=True, slots=True)
class PlanDistrict:
    """A district once the plan is built; weights are workers, shares 0 to 1."""

    code: str
    name: Text
    before_share: float | None
    after_share: float | None
    added: float


@dataclass(frozen=True, slots=True)
class PlanSide:
    """One plan; ``asked`` is equal for plans whose shares can be compared.

    ``run`` is None where the sites were placed by hand and never solved for.
    """

    title: Text
    verdict: Text
    run: int | None
    sites: tuple[PlanSite, ...]
    before_share: float | None
    after_share: float | None
    added: float
    uncovered: float
    districts: tuple[PlanDistrict, ...]
    asked: tuple[Any, ...]
    sample: bool


def _asked(question: SitingParameters, demand: str | None) -> tuple[Any, ...]:
    plain = question.plain()
    return (*(getattr(plain, name) for name in _ASKED), demand)


def _site(order: int, code: str, name: str, adds: float, position: tuple[float, float]) -> PlanSite:
    lon, lat = from_wgs84(lon=position[0], lat=position[1], datum=map_setup().datum)
    return PlanSite(
        order=order,
        code=code,
        name=name,
        adds=adds,
        lon=round(float(lon), 6),
        lat=round(float(lat), 6),
        at=f"{position[0]:.5f}, {position[1]:.5f}",
    )


def side_of_run(run: SitingRun, title: Text | None = None) -> PlanSide:
    """Return a finished siting run as a side; called by its question where there is no title."""
    database = services().database
    question = SitingParameters.from_stored(run.params)
    total = run.found.total
    sites = [
        _site(row.order, row.code, row.label.pick(language()), row.adds, (row.lon, row.lat))
        for row in siting_results.sites_of(database, run.id)
    ]
    districts = tuple(
        PlanDistrict(
            code=row.code,
            name=Text(row.name_zh, row.name_en or row.name_zh),
            before_share=row.covered_before_share,
            after_share=row.covered_after_share,
            added=row.added_weight,
        )
        for row in siting_results.region_figures(database, run.id)
        if row.level is Level.DISTRICT
    )
    return PlanSide(
        title=title or question_title(question, naming()),
        verdict=verdict(run),
        run=run.id,
        sites=tuple(sites),
        before_share=total.covered_before_share,
        after_share=total.covered_after_share,
        added=total.added_weight,
        uncovered=total.uncovered_weight,
        districts=districts,
        asked=_asked(question, run.inputs.demand),
        sample=run.inputs.sample,
    )


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
    return PlanSide(
        title=title,
        verdict=BY_HAND,
        run=None,
        sites=tuple(
            _site(order, one.code, one.name or one.code, adds, (one.lon, one.lat))
            for order, (one, adds) in enumerate(zip(placed, told.adds, strict=True), 1)
        ),
        before_share=told.covered_before / weight,
        after_share=told.covered_after / weight,
        added=told.covered_after - told.covered_before,
        uncovered=weight - told.covered_after,
        districts=tuple(
            PlanDistrict(
                code=one.code,
                name=Text(one.name_zh, one.name_en or one.name_zh),
                before_share=one.before_share,
                after_share=one.after_share,
                added=one.added,
            )
            for one in sorted(told.districts, key=lambda one: one.code)
        ),
        asked=_asked(question, told.demand),
        sample=told.sample,
    )

"""Two to four plans beside each other: asked differently, costs, and who gains and loses by district and group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isclose
from typing import Any, Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import SitingRun
from geoapp.core.words import GROUP_TEXT, Level
from geoapp.operations.siting import results as siting_results
from geoapp.reports.siting.compared import Comparison, Measure, Row, Share
from geoapp.reports.words import compared as words
from geoapp.reports.words.naming import Naming
from geoapp.reports.words.question import question_lines, question_title
from geoapp.reports.words.siting import verdict
from geoapp.store.engine import Database

MOST_PLANS: Final = 4
# What must be equal for shares to mean the same.
_ASKED: Final = ("standard_m", "standard_seconds", "region", "families", "at", "existing_seats")


@dataclass(frozen=True, slots=True)
class PlanSite:
    """A new station, WGS-84."""

    order: int
    code: str
    name: Text
    adds: float
    lon: float
    lat: float

    @property
    def at(self) -> str:
        """Where it is, as text: equal for sites of different plans that are the same."""
        return f"{self.lon:.5f}, {self.lat:.5f}"


@dataclass(frozen=True, slots=True)
class PlanShare:
    """A district or a group of workers once a plan is built; weights are workers, shares 0 to 1."""

    code: str
    name: Text
    before_share: float | None
    after_share: float | None
    added: float


@dataclass(frozen=True, slots=True)
class ComparedPlan:
    """One plan; ``asked`` is equal for plans whose shares can be compared.

    Attributes
    ----------
    run
        None where the sites were placed by hand and never solved for.
    told
        The question's lines, as labels and values.
    cost
        None where a cost is not known.
    groups
        None where the run kept none: it is of an earlier version, or nobody told groups.
    """

    title: Text
    verdict: Text
    run: int | None
    sites: tuple[PlanSite, ...]
    cost: float | None
    before_share: float | None
    after_share: float | None
    added: float
    uncovered: float
    districts: tuple[PlanShare, ...]
    told: Sequence[tuple[Text, Text]]
    asked: tuple[Any, ...]
    sample: bool
    groups: tuple[PlanShare, ...] | None = field(default=None)


def check_plans(numbers: Sequence[int]) -> None:
    """Refuse fewer than two plans, more than four, and one twice.

    Raises
    ------
    InvalidValueError
        Saying how many it takes.
    """
    if not 2 <= len(numbers) <= MOST_PLANS or len(set(numbers)) < len(numbers):
        accepted = Text(f"2 至 {MOST_PLANS} 个不同的方案", f"2 to {MOST_PLANS} plans, each once")
        raise InvalidValueError("run", ", ".join(map(str, numbers[:8])), accepted)


def asked_alike(question: SitingParameters, demand: str | None) -> tuple[Any, ...]:
    """Return what must be equal for shares of two plans to mean the same."""
    plain = question.plain()
    return (*(getattr(plain, name) for name in _ASKED), demand)


def plan_of_run(
    database: Database, naming: Naming, run: SitingRun, title: Text | None = None
) -> ComparedPlan:
    """Return a finished siting run as a plan; called by its question where there is no title.

    Raises
    ------
    ConflictError
        If it has not succeeded.
    """
    found, question = run.found, SitingParameters.from_stored(run.params)
    total = found.total
    return ComparedPlan(
        title=title or question_title(question, naming),
        verdict=verdict(run),
        run=run.id,
        sites=tuple(
            PlanSite(row.order, row.code, row.label, row.adds, row.lon, row.lat)
            for row in siting_results.sites_of(database, run.id)
        ),
        cost=found.cost,
        before_share=total.covered_before_share,
        after_share=total.covered_after_share,
        added=total.added_weight,
        uncovered=total.uncovered_weight,
        districts=tuple(
            PlanShare(
                code=row.code,
                name=Text(row.name_zh, row.name_en or row.name_zh),
                before_share=row.covered_before_share,
                after_share=row.covered_after_share,
                added=row.added_weight,
            )
            for row in siting_results.region_figures(database, run.id)
            if row.level is Level.DISTRICT
        ),
        groups=None
        if found.groups is None
        else tuple(
            PlanShare(
                code=one.group or "",
                name=words.NO_GROUP
                if one.group is None
                else GROUP_TEXT.get(one.group, Text(one.group, one.group)),
                before_share=one.covered_before_share,
                after_share=one.covered_after_share,
                added=one.added_weight,
            )
            for one in found.groups
        ),
        told=question_lines(question, naming),
        asked=asked_alike(question, run.inputs.demand),
        sample=run.inputs.sample,
    )


def shared_sites(plans: Iterable[ComparedPlan]) -> frozenset[str]:
    """Return where sites are that more than one plan has."""
    seen: dict[str, int] = {}
    for plan in plans:
        for at in {site.at for site in plan.sites}:
            seen[at] = seen.get(at, 0) + 1
    return frozenset(at for at, times in seen.items() if times > 1)


def compare(plans: Sequence[ComparedPlan]) -> Comparison:
    """Set plans beside each other, the first one being what the others are measured by."""
    shared, alike = shared_sites(plans), len({one.asked for one in plans}) == 1
    costs = [one.cost for one in plans]
    each = [
        one.cost / one.added if one.cost is not None and one.added > 0 else None for one in plans
    ]
    rows = [
        Row(words.VERDICT, tuple(one.verdict for one in plans), Measure.WORDS),
        Row(words.STATIONS, tuple(float(len(one.sites)) for one in plans), Measure.COUNT),
        Row(
            words.SHARED,
            tuple(float(sum(site.at in shared for site in one.sites)) for one in plans),
            Measure.PLAIN,
        ),
        Row(words.COST, tuple(costs), Measure.MONEY),
        Row(words.COST_EACH, tuple(each), Measure.MONEY),
        Row(words.COVERED, tuple(one.after_share for one in plans), Measure.SHARE, alike),
        Row(words.ADDED, tuple(one.added for one in plans), Measure.COUNT),
        Row(words.LEFT, tuple(one.uncovered for one in plans), Measure.COUNT, alike),
    ]
    nobody = {words.COST, words.COST_EACH}
    known = [one.groups for one in plans if one.groups is not None]
    return Comparison(
        titles=tuple(one.title for one in plans),
        runs=tuple(one.run for one in plans),
        alike=alike,
        sample=any(one.sample for one in plans),
        asked=_asked_differently(plans),
        # A row of costs that nobody gave says nothing.
        whole=[row for row in rows if row.label not in nobody or any(row.values)],
        districts=_shares([one.districts for one in plans]),
        groups=_shares(known) if len(known) == len(plans) else [],
        sites=tuple(
            tuple((site.order, site.name, site.adds, site.lon, site.lat) for site in one.sites)
            for one in plans
        ),
    )


def _asked_differently(plans: Sequence[ComparedPlan]) -> list[Row]:
    """Return the lines of the questions that are not the same in all, in the order of the first."""
    labels: dict[Text, None] = {}
    told: list[Mapping[Text, Text]] = [dict(one.told) for one in plans]
    for one in told:
        labels |= dict.fromkeys(one)
    return [
        Row(label, tuple(one.get(label) for one in told), Measure.WORDS)
        for label in labels
        if len({one.get(label) for one in told}) > 1
    ]


def _before(shares: Sequence[float | None]) -> float | None:
    """Return the share before, which is none where the plans differ: one column cannot tell two."""
    known = [one for one in shares if one is not None]
    alike = all(isclose(one, known[0], abs_tol=1e-6) for one in known)
    return known[0] if known and alike else None


def _shares(plans: Sequence[Sequence[PlanShare]]) -> list[Share]:
    """Return districts or groups by name, with what each plan does for them."""
    names: dict[str, Text] = {}
    for plan in plans:
        names |= {one.code: one.name for one in plan if one.code not in names}
    by_code = [{one.code: one for one in plan} for plan in plans]
    return [
        Share(
            name=names[code],
            before=_before([plan[code].before_share for plan in by_code if code in plan]),
            after=tuple(plan[code].after_share if code in plan else None for plan in by_code),
            added=tuple(plan[code].added if code in plan else None for plan in by_code),
        )
        for code in sorted(names)
    ]

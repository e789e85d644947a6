"""What a plan's papers say, gathered from its run: for a PDF, slides or one HTML file alike."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import DistrictGain, ObjectiveUnit, Site, SitingRun, ZoneGain
from geoapp.core.settings import Settings
from geoapp.core.units import format_metres, format_money
from geoapp.core.words import Level
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.files import explanation_lines
from geoapp.operations.siting.freedom import ToldFreedom, find_freedom, told_freedom
from geoapp.operations.streets.window import ground_reader
from geoapp.reports.siting.paper import Paper, PaperDistrict, PaperSite
from geoapp.reports.words import papers as words
from geoapp.reports.words.elsewhere import elsewhere_text
from geoapp.reports.words.fairness import worst_text
from geoapp.reports.words.freedom import FREEDOM_TITLE
from geoapp.reports.words.question import (
    asked_lines,
    question_title,
    versions_text,
)
from geoapp.reports.words.same_cost import same_cost_lines
from geoapp.reports.words.seats import seats_text
from geoapp.reports.words.siting import (
    alternative_words,
    among_text,
    dropped_text,
    ended_words,
    figure_lines,
    missing_lines,
    summary_texts,
    verdict,
)
from geoapp.reports.words.sizes import size_text
from geoapp.store.engine import Database
from geoapp.store.facilities.read import read_changes
from geoapp.store.runs.inputs import find_demand_set, read_regions

_MOST_NAMED: Final = 8
_MOST_OTHERS: Final = 10
_MOST_FEWER: Final = 3
_MOST_STILL: Final = 5
_NO_DISTRICT: Final = Text("区域未知", "unknown")
_SMALLER_ZONES: Final = Text("未列出的较小盲区", "smaller gap zones, not listed")


def plan_paper(database: Database, settings: Settings, run: SitingRun) -> Paper:
    """Gather what is printed of a finished run; facilities are those in service now."""
    found, naming = run.found, read_naming(database, settings.timezone)
    question = SitingParameters.from_stored(run.params)
    with database.session() as session:
        regions = read_regions(session)
        facilities = [(one.lon, one.lat) for one in read_changes(session, -1).placed]
    names = {one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in regions}
    sites = _sites(database, run, names)
    besides = [elsewhere_text(run), seats_text(run), worst_text(found, names)]
    if found.objective is None:
        besides += missing_lines(found)
    elif not question.anywhere:
        # Of places anywhere the verdict itself is the sentence.
        besides.insert(0, words.proof_text(run, len(sites)))
    number = run.id
    about = format_metres(found.standard_line_m)
    return Paper(
        title=question_title(question, naming),
        verdict=verdict(run),
        besides=[one for one in besides if one.zh],
        day=_day(run, settings),
        sample=run.inputs.sample,
        figures=[
            *((label, Text(value, value)) for label, value in figure_lines(run, len(sites))),
            (words.COST, words.cost_text(found)),
        ],
        districts=[
            PaperDistrict(
                name=names.get(row.code, Text(row.name_zh, row.name_zh)),
                before_share=row.covered_before_share,
                after_share=row.covered_after_share,
                added=row.added_weight,
            )
            for row in siting_results.region_figures(database, run.id)
            if row.level is Level.DISTRICT
        ],
        sites=sites,
        considered=_considered(database, run, names),
        asked=asked_lines(question, naming, run.inputs.demand),
        rests_on=[
            *_demand(database, settings, run),
            *summary_texts(run, naming.demand),
            (words.VERSIONS, versions_text(run.inputs.versions)),
        ],
        method=words.method_lines(run, len(sites)),
        outlines=[
            (names[one.code], shapely.from_wkb(one.outline_wkb))
            for one in regions
            if one.outline_wkb is not None and one.level == "district"
        ],
        gaps=[
            shapely.from_wkb(one.geometry_wkb) for one in siting_results.gap_zones(database, run.id)
        ],
        facilities=facilities,
        reach_m=found.standard_line_m,
        reach_text=words.reach_text(run.inputs.basis, about, format_metres(found.standard_walk_m)),
        footer=Text(f"选址 {number}", f"siting run {number}"),
        ground=ground_reader(settings),
    )


def _demand(database: Database, settings: Settings, run: SitingRun) -> list[tuple[Text, Text]]:
    """Return which demand the run took; when it was imported, unless it was changed since."""
    with database.session() as session:
        held = find_demand_set(session, run.inputs.demand)
    if held is None or run.inputs.demand is None:
        return []
    version = run.inputs.versions.get("demand_set")
    day = held.created_at.astimezone(ZoneInfo(settings.timezone)).date()
    name = Text(held.name_zh, held.name_en or held.name_zh)
    told = words.demand_text(name, held.code, version, day, held.source)
    return [(words.DEMAND, told)]


def _day(run: SitingRun, settings: Settings) -> date:
    ended = run.finished_at or run.created_at
    return ended.astimezone(ZoneInfo(settings.timezone)).date()


def _same(value: str) -> Text:
    return Text(value, value)


def _sites(database: Database, run: SitingRun, names: dict[str, Text]) -> list[PaperSite]:
    total = run.found.total
    rows = siting_results.sites_of(database, run.id)
    freedom = find_freedom(database, run)
    told = {} if freedom is None else told_freedom(database, freedom, rows)
    areas = {one.order: one.areas for one in freedom.sites} if freedom else {}
    covered, sites = total.covered_before_weight, []
    for row in rows:
        covered += row.adds
        share = covered / total.weight if total.weight else None
        # The widest is drawn first, under the others.
        free = [one.geometry for one in reversed(areas.get(row.order, ()))]
        sites.append(_site(row, share, names, told.get(row.order), free))
    return sites


def _site(
    row: Site,
    share: float | None,
    names: dict[str, Text],
    told: ToldFreedom | None,
    free: Sequence[BaseGeometry],
) -> PaperSite:
    lines = [
        (Text("候选点", "Candidate"), _same(row.code)),
        (Text("区域", "District"), names.get(row.region or "", Text("未知", "unknown"))),
        (
            Text("经度, 纬度（WGS-84）", "Lon, lat (WGS-84)"),
            _same(f"{row.lon:.6f}, {row.lat:.6f}"),
        ),
    ]
    if row.phase is not None:
        lines.insert(0, (Text("哪年建", "Built in"), Text(f"{row.phase} 年", str(row.phase))))
    size = size_text(row)
    if size is not None:
        lines.append((Text("大小", "Size"), size))
    if row.cost is not None:
        lines.append((Text("费用", "Cost"), _same(format_money(row.cost))))
    if told is not None:
        lines.append((FREEDOM_TITLE, told.text))
        hosts = Text("可能的场地", "Possible host")
        lines += [(hosts, host) for host in told.hosts[:_MOST_NAMED]]
    return PaperSite(
        order=row.order,
        name=row.label,
        lon=row.lon,
        lat=row.lat,
        fixed=row.fixed,
        adds=row.adds,
        covered_share=share,
        lines=lines,
        gains=_named(row.by_district, _NO_DISTRICT),
        zones=_named(row.by_zone, _SMALLER_ZONES),
        free=free,
    )


def _named(
    rows: Sequence[DistrictGain | ZoneGain] | None, unnamed: Text
) -> list[tuple[Text, float]]:
    return [
        (Text(one.name_zh, one.name_en or one.name_zh) if one.name_zh else unnamed, one.workers)
        for one in (rows or ())[:_MOST_NAMED]
    ]


def _fewer(database: Database, run: SitingRun) -> list[Text]:
    """Return what is lost without the last one, two and three of the sites that were chosen."""
    chosen = [one for one in siting_results.sites_of(database, run.id) if not one.fixed]
    if run.found.objective_unit is not ObjectiveUnit.WORKERS or len(chosen) < 2:
        return []
    most = min(_MOST_FEWER, len(chosen) - 1)
    return [
        words.fewer_text(chosen[-many].label, many, sum(one.adds for one in chosen[-many:]))
        for many in range(1, most + 1)
    ]


def _still(database: Database, run: SitingRun) -> list[Text]:
    """Return the gap zones of which most are out of reach once the sites stand."""
    zones = sorted(siting_results.gap_zones(database, run.id), key=lambda one: -one.left_workers)
    return [
        words.still_text(
            Text(one.name_zh, one.name_en or one.name_zh), one.left_workers, one.workers
        )
        for one in zones[:_MOST_STILL]
        if one.left_workers >= 1
    ]


def _considered(
    database: Database, run: SitingRun, names: dict[str, Text]
) -> list[tuple[Text, Sequence[Text]]]:
    """Return what else there was to choose, and why it was not chosen; empty parts are left out."""
    found, inputs = run.found, run.inputs
    others = siting_results.sites_of(database, run.id, chosen=False)[:_MOST_OTHERS]
    plans = found.alternatives
    parts: list[tuple[Text, Sequence[Text]]] = [
        (
            words.COMPARED,
            [among_text(inputs.candidates, inputs.basis)] if inputs.candidates else [],
        ),
        (words.FEWER, _fewer(database, run)),
        (words.STILL, _still(database, run)),
        (words.RUNNERS_UP, [words.runner_up_text(one.label, one.adds) for one in others]),
        (
            words.OTHER_PLANS,
            []
            if plans is None
            else [*(alternative_words(one, names) for one in plans.plans), ended_words(plans)],
        ),
        (words.SAME_COST, same_cost_lines(found.same_cost, names)),
        (words.LIMITS, explanation_lines(database, run)),
        (words.LEFT_OUT, [dropped_text(inputs.dropped)] if inputs.dropped else []),
    ]
    return [(heading, lines) for heading, lines in parts if lines]

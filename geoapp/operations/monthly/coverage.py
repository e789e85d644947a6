"""The report's first question: how well is the region covered, by what was published by then?"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Text
from geoapp.core.results.coverage import CoverageFigures, CoverageGap, CoverageRun, RegionFigures
from geoapp.core.results.published import Official
from geoapp.core.words import Level
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.moment import end_of_day
from geoapp.operations.monthly.facilities import Register, on_two_days
from geoapp.operations.monthly.scope import Scope
from geoapp.operations.monthly.week import hours_table, week_of
from geoapp.operations.streets.window import ground_reader
from geoapp.reports.coverage.sheets import ZONE_COLUMNS, rest_of, zone_cells
from geoapp.reports.parts import (
    Area,
    Bars,
    Cell,
    Column,
    Figure,
    Form,
    Map,
    Section,
    Spot,
    Swipe,
    Table,
)
from geoapp.reports.words import monthly as words
from geoapp.reports.words.coverage import outside_text, reasons_text
from geoapp.reports.words.official import freshness_text
from geoapp.store.facilities.as_of import AsOf
from geoapp.store.facilities.read import read_placed_on
from geoapp.store.runs.inputs import read_regions

MOST_ZONES: Final = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What was official for a report's region at the end of a day, and what it says of the region.

    ``own`` is None where the run has no figures of the region; ``rows`` are the regions below it.
    """

    official: Official
    own: CoverageFigures | None
    rows: list[RegionFigures]
    whole: bool

    @property
    def run(self) -> CoverageRun:
        """The run that was published."""
        return self.official.run


def read_answer(scope: Scope, *, before: bool = False) -> Answer | None:
    """Return what was official at the end of the period, or of the month before it."""
    day = scope.period.before if before else scope.period.day
    at = end_of_day(day, scope.settings.timezone)
    found = answers.official(scope.database, scope.region, at)
    if found is None or found.run.result is None:
        return None
    rows = coverage_results.region_figures(scope.database, found.run.id)
    whole = scope.region in (None, answers.run_region(found.run))
    named = next((one for one in rows if one.code == scope.region), None)
    if named is not None and named.level in (Level.DISTRICT, Level.STREET):
        below = [one for one in rows if one.parent == scope.region]
    else:
        below = [one for one in rows if one.level is Level.DISTRICT and scope.holds(one.code)]
    own: CoverageFigures | None = found.run.result.total if whole else named
    return Answer(found, own, below, whole)


def coverage_section(scope: Scope, answer: Answer | None, register: Register) -> Section:
    """Return the section on coverage; without a published answer, it says that there was none."""
    if answer is None or answer.own is None:
        return Section(words.COVERAGE, lines=[words.nothing_published(scope.period.day)])
    before = read_answer(scope, before=True)
    gaps = [
        one
        for one in coverage_results.gap_zones(scope.database, answer.run.id)
        # Of the run's own area a zone counts whose region is not known, too.
        if answer.whole or scope.holds(one.region)
    ]
    worst = list(islice(sorted(gaps, key=lambda one: (-one.workers, one.rank)), MOST_ZONES))
    districts = _districts(scope, answer, answer.own, before)
    outlines = _outlines(scope)
    areas = _areas(scope, answer, outlines)
    week, told = week_of(scope, answer.run, outlines)
    return Section(
        words.COVERAGE,
        figures=_figures(answer.own),
        lines=[*_lines(scope, answer, before), told],
        maps=[_map(scope, list(areas.values()), worst)],
        bars=[
            Bars(
                words.BARS_COVERED,
                [(scope.name(one.code), one.covered_share) for one in answer.rows],
            )
        ]
        if answer.rows
        else [],
        swipe=_swipe(scope, areas, before, register),
        week=week,
        tables=[
            districts,
            *([] if week is None else [hours_table(week)]),
            _zones(scope, worst, _zones_told(answer, len(gaps))),
        ],
    )


def _zones_told(answer: Answer, listed: int) -> Text:
    """Say how many zones there are: the run lists its greatest, and of the rest it has the number."""
    rest = answer.run.found.gap_rest_zones
    shown = min(listed, MOST_ZONES)
    if answer.whole:
        return words.zones_note(shown, listed + rest, at_least=False)
    return words.zones_note(shown, listed, at_least=rest > 0)


def _figures(own: CoverageFigures) -> list[tuple[Text, Cell]]:
    walk = own.walk
    return [
        (words.COVERED_SHARE, Figure(own.covered_share, Form.SHARE)),
        (words.COVERED, Figure(own.covered_weight, Form.COUNT)),
        (words.UNCOVERED, Figure(own.uncovered_weight, Form.COUNT)),
        (words.BACKUP_SHARE, Figure(own.backup_share, Form.SHARE)),
        (words.MEDIAN_M, Figure(None if walk is None else walk.p50_m, Form.METRES)),
        (words.P90_M, Figure(None if walk is None else walk.p90_m, Form.METRES)),
    ]


def _lines(scope: Scope, answer: Answer, before: Answer | None) -> list[Text]:
    run, lines = answer.run, []
    if answer.whole:
        lines = [one for one in (reasons_text(run), outside_text(run)) if one.zh]
    lines.append(
        words.change_text(
            scope.period.before,
            None if answer.own is None else answer.own.covered_share,
            None if before is None or before.own is None else before.own.covered_share,
            same=before is not None and before.run.id == run.id,
            alike=before is not None and before.run.params == run.params,
        )
    )
    if answer.official.publication in answers.in_force(scope.database).values():
        fresh = answers.freshness(scope.database, scope.settings, run)
        lines.append(words.since_text(freshness_text(fresh)))
    return lines


def _row(name: Text, code: str | None, one: CoverageFigures, before: float | None) -> list[Cell]:
    walk = one.walk
    moved = None
    if before is not None and one.covered_share is not None:
        moved = 100.0 * (one.covered_share - before)
    return [
        name,
        one.weight,
        one.covered_weight,
        one.uncovered_weight,
        one.covered_share,
        one.backup_share,
        None if walk is None else walk.p50_m,
        None if walk is None else walk.p90_m,
        before,
        moved,
        one.backup_weight,
        code,
    ]


def _districts(scope: Scope, answer: Answer, own: CoverageFigures, before: Answer | None) -> Table:
    """Return the regions below, what lies in none of them, and the sum, which is the region's own."""
    then = {} if before is None else {one.code: one.covered_share for one in before.rows}
    rows = [_row(scope.name(one.code), one.code, one, then.get(one.code)) for one in answer.rows]
    rest = rest_of(own, answer.rows)
    if rest is not None and answer.rows:
        rows.append(_row(words.ELSEWHERE, None, rest, None))
    last = None if before is None or before.own is None else before.own.covered_share
    rows.append(_row(Text(f"合计：{scope.area.zh}", f"Total: {scope.area.en}"), None, own, last))
    return Table(
        words.SHEET_DISTRICTS,
        words.TITLE_DISTRICTS,
        [
            Column(words.REGION, wide=2.0),
            Column(words.WORKERS, Form.COUNT),
            Column(words.COVERED, Form.COUNT),
            Column(words.UNCOVERED, Form.COUNT),
            Column(words.COVERED_SHARE, Form.SHARE),
            Column(words.BACKUP_SHARE, Form.SHARE),
            Column(words.MEDIAN_M, Form.METRES),
            Column(words.P90_M, Form.METRES),
            Column(words.SHARE_BEFORE, Form.SHARE),
            Column(words.POINTS, Form.POINTS),
            Column(words.BACKUP, Form.COUNT),
            Column(words.CODE),
        ],
        rows,
        total=True,
        notes=[words.WALK_NOTE] if answer.rows else [],
        paper=10,
    )


def _zones(scope: Scope, worst: list[CoverageGap], note: Text) -> Table:
    return Table(
        words.SHEET_ZONES,
        words.TITLE_ZONES,
        ZONE_COLUMNS,
        [zone_cells(number, one, scope.name) for number, one in enumerate(worst, start=1)],
        notes=[note],
        paper=9,
    )


def _outlines(scope: Scope) -> dict[str, BaseGeometry]:
    with scope.database.snapshot() as session:
        return {
            one.code: shapely.from_wkb(one.outline_wkb)
            for one in read_regions(session)
            if one.outline_wkb is not None
        }


def _areas(scope: Scope, answer: Answer, outlines: Mapping[str, BaseGeometry]) -> dict[str, Area]:
    """Return the regions of the report's maps, by code; the report's own where none is below it."""
    areas = {
        one.code: Area(outlines[one.code], one.covered_share, scope.name(one.code))
        for one in answer.rows
        if one.code in outlines
    }
    own, region = answer.own, scope.region
    if not areas and own is not None and region is not None and region in outlines:
        return {region: Area(outlines[region], own.covered_share, scope.area)}
    return areas


def _map(scope: Scope, areas: list[Area], worst: list[CoverageGap]) -> Map:
    with scope.database.snapshot() as session:
        placed = read_placed_on(session, AsOf(scope.period.day, scope.today))
    spots = [
        Spot(number, one.closers[0].lon, one.closers[0].lat)
        for number, one in enumerate(worst, start=1)
        if one.closers
    ]
    return Map(
        words.map_title(scope.period.day),
        areas,
        [shapely.from_wkb(one.geometry_wkb) for one in worst],
        [(one.lon, one.lat) for one in placed if scope.holds(one.region_code)],
        spots,
        ground_reader(scope.settings),
    )


def _swipe(
    scope: Scope, areas: Mapping[str, Area], before: Answer | None, register: Register
) -> Swipe:
    """Return the end of the month before beside the last day: facilities, and what was published."""
    then: dict[str | None, float | None] = {}
    if before is not None:
        then = {one.code: one.covered_share for one in before.rows}
        if before.own is not None:
            then.setdefault(scope.region, before.own.covered_share)
    return Swipe(
        words.swipe_title(scope.period.before, scope.period.day),
        scope.period.before,
        scope.period.day,
        [Area(one.shape, then.get(code), one.name) for code, one in areas.items()],
        list(areas.values()),
        on_two_days(register),
    )

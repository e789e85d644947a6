"""A coverage run's results as the tables that a person reads: one a question, figures in their forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.ranks import ranks
from geoapp.core.results.coverage import (
    AccessFigures,
    AccessTotals,
    CoverageFigures,
    CoverageGap,
    CoverageRun,
    FacilityLoadFigures,
    OverlapFigures,
    RegionFigures,
)
from geoapp.core.words import GROUP_TEXT, Level
from geoapp.reports.coverage.compared import Then
from geoapp.reports.parts import Cell, Column, Figure, Form, Table
from geoapp.reports.words import changes, monthly
from geoapp.reports.words import coverage_book as words
from geoapp.reports.words.coverage import zones_text

Naming = Callable[[str | None], Text]

ZONE_COLUMNS: Final = (
    Column(monthly.NUMBER, Form.COUNT, wide=0.5),
    Column(monthly.ZONE, wide=1.8),
    Column(monthly.WORKERS, Form.COUNT),
    Column(monthly.WORST_M, Form.METRES),
    Column(monthly.NEAREST, wide=1.8),
    Column(monthly.SITES_NEEDED, Form.COUNT),
    Column(monthly.ONE_REACHES, Form.COUNT),
    Column(monthly.LON, Form.DEGREES),
    Column(monthly.LAT, Form.DEGREES),
    Column(monthly.CUT_OFF, Form.COUNT),
    Column(monthly.CLOSED_THEN, Form.COUNT),
    Column(monthly.HOURS_UNKNOWN, Form.COUNT),
    Column(monthly.REGION),
)


@dataclass(frozen=True, slots=True)
class NamedLoad:
    """What rests on a facility, with what it is called and where it stands today; None where unknown."""

    load: FacilityLoadFigures
    kind: Text | None
    region: Text | None


def zone_cells(number: int, zone: CoverageGap, name: Naming) -> list[Cell]:
    """Return a gap zone in the order of ``ZONE_COLUMNS``."""
    best = zone.closers[0] if zone.closers else None
    nearest = zone.nearest_name or zone.nearest_code
    return [
        number,
        Text(zone.name_zh, zone.name_en or zone.name_zh),
        zone.workers,
        zone.worst_m,
        None if nearest is None else Text(nearest, zone.nearest_name_en or nearest),
        zone.sites_needed,
        None if best is None else best.workers,
        None if best is None else best.lon,
        None if best is None else best.lat,
        zone.cut_off_workers,
        zone.closed_workers,
        zone.hours_unknown_workers,
        name(zone.region),
    ]


def rest_of(own: CoverageFigures, rows: Sequence[CoverageFigures]) -> CoverageFigures | None:
    """Return what of the whole lies in none of its parts; None where that is nothing."""
    weight = own.weight - sum(one.weight for one in rows)
    if weight <= 1e-6 * max(1.0, own.weight):
        return None
    covered = own.covered_weight - sum(one.covered_weight for one in rows)
    backup = own.backup_weight - sum(one.backup_weight for one in rows)
    return CoverageFigures(
        weight=weight,
        point_count=own.point_count - sum(one.point_count for one in rows),
        covered_weight=covered,
        covered_share=covered / weight,
        backup_weight=backup,
        backup_share=backup / weight,
        uncovered_weight=weight - covered,
        uncovered_share=1.0 - covered / weight,
        unreachable_weight=own.unreachable_weight - sum(one.unreachable_weight for one in rows),
        walk=None,
    )


def level_tables(
    run: CoverageRun,
    regions: Sequence[RegionFigures],
    asked: str | None,
    name: Naming,
    then: Then | None = None,
) -> list[Table]:
    """Return a table for each level of regions that says more than the total, the widest first.

    Parameters
    ----------
    asked
        The region that the run was asked about.
    then
        What each region is compared with, if anything.
    """
    places = _places(regions)
    told = [one for one in regions if not _repeats(one, regions, asked)]
    tables = []
    compared = () if then is None else then.columns
    nothing: list[Cell] = [""] * (1 + len(compared))
    for level in Level:
        rows = [one for one in told if one.level is level]
        if not rows or (len(rows) == 1 and _alike(rows[0], run.found.total)):
            continue
        cells = [
            [
                *_region_cells(name(one.code), one, _within(one, name), one.code),
                places.get(one.code),
                *([] if then is None else then.cells(one.code, one.covered_share)),
            ]
            for one in rows
        ]
        rest = rest_of(run.found.total, rows)
        if rest is not None:
            cells.append([*_region_cells(words.OTHERS, rest, "", ""), *nothing])
        total = run.found.total
        whole = [] if then is None else then.cells(None, total.covered_share)
        cells.append([*_region_cells(words.TOTAL, total, "", ""), "", *whole])
        columns = (
            Column(monthly.REGION, wide=2.0),
            Column(words.WITHIN),
            Column(monthly.WORKERS, Form.COUNT),
            Column(monthly.COVERED, Form.COUNT),
            Column(monthly.UNCOVERED, Form.COUNT),
            Column(monthly.COVERED_SHARE, Form.SHARE),
            Column(monthly.BACKUP, Form.COUNT),
            Column(monthly.BACKUP_SHARE, Form.SHARE),
            Column(words.MEAN_M, Form.METRES),
            Column(monthly.MEDIAN_M, Form.METRES),
            Column(monthly.P90_M, Form.METRES),
            Column(words.GREATEST_M, Form.METRES),
            Column(words.UNREACHABLE, Form.COUNT),
            Column(words.POINTS, Form.COUNT),
            Column(monthly.CODE),
            Column(changes.RANK_WITHIN, Form.COUNT),
            *compared,
        )
        tables.append(
            Table(
                words.SHEET_LEVEL[level],
                words.TITLE_LEVEL[level],
                columns,
                cells,
                total=True,
                notes=[
                    words.LEVEL_NOTE,
                    changes.RANK_NOTE,
                    *(() if then is None else then.notes),
                ],
            )
        )
    return tables


def _alike(one: CoverageFigures, other: CoverageFigures) -> bool:
    return (one.weight, one.point_count) == (other.weight, other.point_count)


def _repeats(one: RegionFigures, regions: Sequence[RegionFigures], asked: str | None) -> bool:
    """Tell whether a province or city has only the figures of one region below it."""
    if one.level not in (Level.PROVINCE, Level.CITY) or one.code == asked:
        return False
    return any(_alike(one, part) for part in regions if part.parent == one.code)


def _places(regions: Sequence[RegionFigures]) -> dict[str, int]:
    """Return by code the rank of each region among those of its level in the same region above."""
    beside: dict[tuple[Level | None, str | None], dict[str, float | None]] = {}
    for one in regions:
        beside.setdefault((one.level, one.parent), {})[one.code] = one.covered_share
    return {code: rank for some in beside.values() for code, rank in ranks(some).items()}


def _within(one: RegionFigures, name: Naming) -> Text | None:
    return None if one.parent is None else name(one.parent)


def _region_cells(title: Text, one: CoverageFigures, within: Cell, code: str) -> list[Cell]:
    walk = one.walk
    return [
        title,
        within,
        one.weight,
        one.covered_weight,
        one.uncovered_weight,
        one.covered_share,
        one.backup_weight,
        one.backup_share,
        None if walk is None else walk.mean_m,
        None if walk is None else walk.p50_m,
        None if walk is None else walk.p90_m,
        None if walk is None else walk.greatest_m,
        one.unreachable_weight,
        one.point_count,
        code,
    ]


def overview_table(run: CoverageRun) -> Table:
    """Return the figures of the whole, one a row, with their units and what they mean."""
    found = run.found
    own, walk = found.total, found.total.walk
    nothing = Text("", "")

    def row(label: Text, value: float | None, form: Form, unit: Text, meaning: Text) -> list[Cell]:
        return [label, Figure(value, form), unit, meaning]

    rows = [
        row(monthly.WORKERS, own.weight, Form.COUNT, words.PEOPLE, nothing),
        row(monthly.COVERED, own.covered_weight, Form.COUNT, words.PEOPLE, words.COVERED_SAID),
        row(monthly.COVERED_SHARE, own.covered_share, Form.SHARE, words.SHARE, nothing),
        row(monthly.BACKUP, own.backup_weight, Form.COUNT, words.PEOPLE, words.BACKUP_SAID),
        row(monthly.BACKUP_SHARE, own.backup_share, Form.SHARE, words.SHARE, nothing),
        row(
            monthly.UNCOVERED, own.uncovered_weight, Form.COUNT, words.PEOPLE, words.UNCOVERED_SAID
        ),
        row(words.UNCOVERED_SHARE, own.uncovered_share, Form.SHARE, words.SHARE, nothing),
        row(
            words.UNREACHABLE,
            own.unreachable_weight,
            Form.COUNT,
            words.PEOPLE,
            words.UNREACHABLE_SAID,
        ),
    ]
    for label, value, meaning in (
        (words.MEAN_M, None if walk is None else walk.mean_m, words.WALK_SAID),
        (monthly.MEDIAN_M, None if walk is None else walk.p50_m, words.MEDIAN_SAID),
        (monthly.P90_M, None if walk is None else walk.p90_m, words.P90_SAID),
        (words.GREATEST_M, None if walk is None else walk.greatest_m, nothing),
    ):
        rows.append(row(label, value, Form.METRES, words.METRES, meaning))
    rows += [
        row(words.POINTS, own.point_count, Form.COUNT, words.PLACES, nothing),
        row(words.FACILITIES, found.facilities, Form.COUNT, words.PLACES, nothing),
        row(words.COUNTED, found.facilities_counted, Form.COUNT, words.PLACES, nothing),
        row(words.UNKNOWN_HOURS, found.facilities_hours_unknown, Form.COUNT, words.PLACES, nothing),
        row(
            words.WITHOUT_POSITION,
            run.inputs.without_position,
            Form.COUNT,
            words.PLACES,
            words.WITHOUT_POSITION_SAID,
        ),
        row(
            words.GAP_ZONES,
            found.gap_zones + found.gap_rest_zones,
            Form.COUNT,
            words.PLACES,
            nothing,
        ),
    ]
    return Table(
        words.OVERVIEW,
        words.TITLE_OVERVIEW,
        (
            Column(monthly.ITEM, wide=2.0),
            Column(words.NUMBER, Form.AMOUNT),
            Column(words.UNIT),
            Column(words.MEANING, wide=2.0),
        ),
        rows,
    )


def zones_table(run: CoverageRun, zones: Sequence[CoverageGap], name: Naming) -> Table:
    """Return the gap zones that the run lists, and how many there are besides."""
    found = run.found
    closed = sum(1 for one in zones if one.closers)
    notes = [
        monthly.zones_note(len(zones), found.gap_zones + found.gap_rest_zones, at_least=False),
        *([monthly.closers_note(closed)] if 0 < closed < len(zones) else []),
        zones_text(found.gap_zones, found.gap_rest_zones, found.gap_rest_workers),
    ]
    return Table(
        words.ZONES,
        monthly.TITLE_ZONES,
        ZONE_COLUMNS,
        [zone_cells(one.rank, one, name) for one in zones],
        notes=[one for one in notes if one.zh],
    )


def stations_table(loads: Sequence[NamedLoad], total: int) -> Table:
    """Return the facilities that counted, those first on which most depend alone.

    Parameters
    ----------
    total
        How many counted, of which not all may be listed.
    """
    notes = [words.STATIONS_NOTE]
    if len(loads) < total:
        notes.append(words.stations_cut(len(loads), total))
    rows: list[list[Cell]] = [
        [
            _facility(one.load.name_zh, one.load.name_en),
            one.kind,
            one.region,
            one.load.nearest_weight,
            one.load.sole_weight,
            one.load.code,
        ]
        for one in loads
    ]
    return Table(
        words.STATIONS,
        words.TITLE_STATIONS,
        (
            Column(monthly.NAME, wide=2.0),
            Column(monthly.KIND),
            Column(monthly.REGION),
            Column(words.NEAREST_HERE, Form.COUNT),
            Column(words.ONLY_HERE, Form.COUNT),
            Column(monthly.CODE),
        ),
        rows,
        notes=notes,
    )


def overlaps_table(pairs: Sequence[OverlapFigures] | None, total: int | None) -> Table:
    """Return the pairs of facilities that overlap most; without any where they were not compared."""
    note = words.NO_OVERLAPS if pairs is None else words.overlaps_note(len(pairs), total)
    rows: list[list[Cell]] = [
        [
            _facility(one.first_name_zh, one.first_name_en),
            _facility(one.second_name_zh, one.second_name_en),
            one.shared_weight,
            one.share,
            one.first_code,
            one.second_code,
        ]
        for one in pairs or ()
    ]
    return Table(
        words.SHEET_OVERLAPS,
        words.TITLE_OVERLAPS,
        (
            Column(words.ONE, wide=2.0),
            Column(words.TWO, wide=2.0),
            Column(words.BOTH, Form.COUNT),
            Column(words.BOTH_SHARE, Form.SHARE),
            Column(words.ONE_CODE),
            Column(words.TWO_CODE),
        ),
        rows,
        notes=[note],
    )


def groups_table(access: AccessTotals) -> Table:
    """Return how far each group of workers walks, the greatest first, and all of them last."""
    groups = sorted(access.groups.items(), key=lambda one: (-one[1].walk.weight, one[0]))
    rows = [_group_cells(GROUP_TEXT.get(code, Text(code, code)), one) for code, one in groups]
    rows.append(_group_cells(words.TOTAL, access.total))
    return Table(
        words.GROUPS,
        words.TITLE_GROUPS,
        (
            Column(words.GROUP),
            Column(monthly.WORKERS, Form.COUNT),
            Column(words.MEAN_M, Form.METRES),
            Column(monthly.MEDIAN_M, Form.METRES),
            Column(monthly.P90_M, Form.METRES),
            Column(words.WORST_MEAN_M, Form.METRES),
            Column(words.GINI, Form.RATIO),
        ),
        rows,
        total=True,
        notes=[words.GROUPS_NOTE],
    )


def _group_cells(title: Text, one: AccessFigures) -> list[Cell]:
    walk = one.walk
    return [
        title,
        walk.weight,
        walk.mean_m,
        walk.quantiles_m.get("50"),
        walk.quantiles_m.get("90"),
        walk.worst_mean_m,
        walk.gini,
    ]


def _facility(name_zh: str | None, name_en: str | None) -> Text | None:
    return None if name_zh is None else Text(name_zh, name_en or name_zh)

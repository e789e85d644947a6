"""A siting run's plan as the tables that a person reads: one a question, figures in their forms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.results.freedom import PlanFreedom, PossibleHost
from geoapp.core.results.siting import (
    DistrictGain,
    Site,
    SitingFigures,
    SitingGap,
    SitingRegionFigures,
    SitingRun,
    ZoneGain,
)
from geoapp.core.units import format_count
from geoapp.core.words import STATUS_TEXT, Level, Status
from geoapp.reports.parts import Cell, Column, Form, Table
from geoapp.reports.words import coverage_book, monthly
from geoapp.reports.words import plan_book as words

Name = Callable[[str | None], Text]


@dataclass(frozen=True, slots=True)
class _SiteColumn:
    """A column of the sites; ``told`` says of a site what stands in it, None where it is not known."""

    column: Column
    told: Callable[[Site], Cell]


def _gains(rows: Sequence[DistrictGain | ZoneGain] | None) -> Text | None:
    """Return who gains in one cell."""
    if rows is None:
        return None
    told = [
        (
            one.name_zh or "区域未知",
            one.name_en or one.name_zh or "unknown",
            format_count(one.workers),
        )
        for one in rows
    ]
    return Text(
        "；".join(f"{zh} {many}" for zh, _, many in told),
        "; ".join(f"{en} {many}" for _, en, many in told),
    )


def _site_columns(name: Name) -> list[_SiteColumn]:
    return [
        _SiteColumn(Column(words.SITE, wide=1.8), lambda one: one.label),
        _SiteColumn(Column(monthly.REGION), lambda one: name(one.region)),
        _SiteColumn(Column(words.ADDS, Form.COUNT), lambda one: one.adds),
        _SiteColumn(Column(words.COST, Form.AMOUNT), lambda one: one.cost),
        _SiteColumn(Column(words.SIZE), lambda one: one.size),
        _SiteColumn(Column(words.SEATS, Form.COUNT), lambda one: one.seats),
        _SiteColumn(Column(words.YEAR), lambda one: None if one.phase is None else str(one.phase)),
        _SiteColumn(Column(words.MUST), lambda one: monthly.YES if one.fixed else None),
        _SiteColumn(Column(words.WHO, wide=2.0), lambda one: _gains(one.by_district)),
        _SiteColumn(Column(words.WHICH, wide=2.0), lambda one: _gains(one.by_zone)),
        _SiteColumn(Column(words.LON, Form.DEGREES), lambda one: one.lon),
        _SiteColumn(Column(words.LAT, Form.DEGREES), lambda one: one.lat),
        _SiteColumn(Column(monthly.CODE), lambda one: one.code),
    ]


# Of these a plan has none where nobody asked for sizes, phases, costs or sites that must be.
_ASKED_FOR = frozenset({words.COST, words.SIZE, words.SEATS, words.YEAR, words.MUST, words.WHICH})


def _shown_columns(sites: Sequence[Site], name: Name) -> list[_SiteColumn]:
    return [
        one
        for one in _site_columns(name)
        if one.column.text not in _ASKED_FOR or any(one.told(site) is not None for site in sites)
    ]


def sites_table(run: SitingRun, sites: Sequence[Site], name: Name) -> Table:
    """Return the new sites, in order of what each adds, with the share covered up to each."""
    shown, total = _shown_columns(sites, name), run.found.total
    place = 1 + next(at for at, one in enumerate(shown) if one.column.text == words.ADDS)
    columns = [one.column for one in shown]
    columns.insert(place, Column(words.SO_FAR, Form.SHARE))
    covered, rows = total.covered_before_weight, []
    for site in sites:
        covered += site.adds
        cells = [one.told(site) for one in shown]
        cells.insert(place, covered / total.weight if total.weight else None)
        rows.append([site.order, *cells])
    return Table(
        words.SITES,
        words.TITLE_SITES,
        [Column(words.ORDER, Form.COUNT, wide=0.5), *columns],
        rows,
        notes=[words.SITES_NOTE],
    )


def others_table(others: Sequence[Site], name: Name) -> Table:
    """Return the best of the candidates that were not chosen."""
    shown = _shown_columns(others, name)
    return Table(
        words.OTHERS,
        words.TITLE_OTHERS,
        [Column(words.ORDER, Form.COUNT, wide=0.5), *(one.column for one in shown)],
        [[at, *(one.told(site) for one in shown)] for at, site in enumerate(others, start=1)],
        notes=[words.OTHERS_NOTE],
    )


def level_tables(
    run: SitingRun, regions: Sequence[SitingRegionFigures], name: Name
) -> Iterator[Table]:
    """Go through the tables of each level of regions that says more than the total, the widest first.

    Where none does, there is that of the narrowest level: before and after stand in a table always.
    """
    total = run.found.total
    levels = {level: [one for one in regions if one.level is level] for level in Level}
    levels = {level: rows for level, rows in levels.items() if rows}
    telling = {
        level: rows for level, rows in levels.items() if len(rows) > 1 or not _alike(rows[0], total)
    }
    for level, rows in (telling or dict([*levels.items()][-1:])).items():
        cells = [
            [
                *_figures(Text(one.name_zh, one.name_en or one.name_zh), one, one.sites),
                _above(one, name),
                one.code,
            ]
            for one in rows
        ]
        rest = _rest(total, rows)
        if rest is not None:
            beyond = run.found.sites - sum(one.sites for one in rows)
            cells.append([*_figures(coverage_book.OTHERS, rest, beyond), "", ""])
        cells.append([*_figures(coverage_book.TOTAL, total, run.found.sites), "", ""])
        yield Table(
            coverage_book.SHEET_LEVEL[level],
            words.TITLE_LEVEL[level],
            [
                Column(monthly.REGION, wide=2.0),
                Column(words.SITES_IN, Form.COUNT),
                Column(monthly.WORKERS, Form.COUNT),
                Column(words.BEFORE, Form.COUNT),
                Column(words.BEFORE_SHARE, Form.SHARE),
                Column(words.ADDED, Form.COUNT),
                Column(words.AFTER, Form.COUNT),
                Column(words.AFTER_SHARE, Form.SHARE),
                Column(words.BACKUP_BEFORE, Form.COUNT),
                Column(words.BACKUP_AFTER, Form.COUNT),
                Column(words.STILL, Form.COUNT),
                Column(coverage_book.POINTS, Form.COUNT),
                Column(coverage_book.WITHIN),
                Column(monthly.CODE),
            ],
            cells,
            total=True,
            notes=[coverage_book.LEVEL_NOTE],
        )


def _above(one: SitingRegionFigures, name: Name) -> Text | None:
    return None if one.parent is None else name(one.parent)


def _alike(one: SitingFigures, other: SitingFigures) -> bool:
    return (one.weight, one.point_count) == (other.weight, other.point_count)


def _rest(total: SitingFigures, rows: Sequence[SitingFigures]) -> SitingFigures | None:
    """Return what of the whole lies in none of its parts; None where that is nothing."""
    weight = total.weight - sum(one.weight for one in rows)
    if weight <= 1e-6 * max(1.0, total.weight):
        return None
    before = total.covered_before_weight - sum(one.covered_before_weight for one in rows)
    after = total.covered_after_weight - sum(one.covered_after_weight for one in rows)
    return SitingFigures(
        weight=weight,
        point_count=total.point_count - sum(one.point_count for one in rows),
        covered_before_weight=before,
        covered_before_share=before / weight,
        covered_after_weight=after,
        covered_after_share=after / weight,
        added_weight=after - before,
        backup_before_weight=total.backup_before_weight
        - sum(one.backup_before_weight for one in rows),
        backup_after_weight=total.backup_after_weight
        - sum(one.backup_after_weight for one in rows),
        uncovered_weight=weight - after,
    )


def _figures(title: Text, one: SitingFigures, sites: int) -> list[Cell]:
    return [
        title,
        sites,
        one.weight,
        one.covered_before_weight,
        one.covered_before_share,
        one.added_weight,
        one.covered_after_weight,
        one.covered_after_share,
        one.backup_before_weight,
        one.backup_after_weight,
        one.uncovered_weight,
        one.point_count,
    ]


def zones_table(gaps: Sequence[SitingGap], name: Name) -> Table:
    """Return the gap zones before the sites, and whom these reach of each."""
    rows: list[list[Cell]] = [
        [
            one.rank,
            Text(one.name_zh, one.name_en or one.name_zh),
            name(one.region),
            one.workers,
            one.reached_workers,
            one.left_workers,
            one.points,
            one.worst_m,
            one.mean_m,
            None
            if one.nearest_name is None
            else Text(one.nearest_name, one.nearest_name_en or one.nearest_name),
            one.nearest_code,
        ]
        for one in gaps
    ]
    return Table(
        coverage_book.ZONES,
        words.TITLE_ZONES,
        [
            Column(monthly.NUMBER, Form.COUNT, wide=0.5),
            Column(monthly.ZONE, wide=1.8),
            Column(monthly.REGION),
            Column(monthly.WORKERS, Form.COUNT),
            Column(words.REACHED, Form.COUNT),
            Column(words.LEFT, Form.COUNT),
            Column(coverage_book.POINTS, Form.COUNT),
            Column(monthly.WORST_M, Form.METRES),
            Column(coverage_book.MEAN_M, Form.METRES),
            Column(words.NEAREST, wide=1.8),
            Column(words.NEAREST_CODE),
        ],
        rows,
    )


def freedom_table(freedom: PlanFreedom, sites: Sequence[Site], note: Text) -> Table:
    """Return one row for each site and loss: how far it may be moved.

    Parameters
    ----------
    note
        What the areas are and how exact they are.
    """
    labels = {one.order: one.label for one in sites}
    rows: list[list[Cell]] = [
        [
            site.order,
            labels.get(site.order),
            site.weight,
            area.share,
            area.any_way_m,
            area.farthest_m,
            area.area_m2,
            area.pieces,
            site.code,
        ]
        for site in freedom.sites
        for area in site.areas
    ]
    return Table(
        words.FREEDOM,
        words.TITLE_FREEDOM,
        [
            Column(words.ORDER, Form.COUNT, wide=0.5),
            Column(words.SITE, wide=1.8),
            Column(words.LOSS_WEIGHT, Form.COUNT),
            Column(words.LOSS, Form.SHARE),
            Column(words.ANY_WAY_M, Form.METRES),
            Column(words.FARTHEST_M, Form.METRES),
            Column(words.AREA_M2, Form.COUNT),
            Column(words.PIECES, Form.COUNT),
            Column(monthly.CODE),
        ],
        rows,
        notes=[note],
    )


def hosts_table(
    hosts: Mapping[int, Sequence[PossibleHost]], sites: Sequence[Site], kinds: Mapping[str, Text]
) -> Table:
    """Return what the register knows where each site may stand, by its order, the nearest first.

    Parameters
    ----------
    kinds
        The names of the kinds of facilities by code.
    """
    labels = {one.order: one.label for one in sites}
    rows: list[list[Cell]] = [
        [
            order,
            labels.get(order),
            Text(one.name_zh, one.name_en or one.name_zh),
            None if one.kind is None else kinds.get(one.kind, Text(one.kind, one.kind)),
            words.CANDIDATE if one.status is None else STATUS_TEXT[Status(one.status)],
            one.distance_m,
            one.share,
            words.REGISTER
            if one.source == "facility"
            else words.CANDIDATES.format(code=one.source),
            one.lon,
            one.lat,
            one.code,
        ]
        for order, some in hosts.items()
        for one in some
    ]
    return Table(
        words.HOSTS,
        words.TITLE_HOSTS,
        [
            Column(words.ORDER, Form.COUNT, wide=0.5),
            Column(words.SITE, wide=1.8),
            Column(words.HOST, wide=1.8),
            Column(monthly.KIND),
            Column(words.STATUS),
            Column(words.DISTANCE_M, Form.METRES),
            Column(words.LOSS, Form.SHARE),
            Column(words.SOURCE),
            Column(words.LON, Form.DEGREES),
            Column(words.LAT, Form.DEGREES),
            Column(monthly.CODE),
        ],
        rows,
    )

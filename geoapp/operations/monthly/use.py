"""The report's fourth question: how are the facilities used and liked?"""

from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.use import CARE_UNIT_TEXT, CareUnit, quarter_of
from geoapp.core.words import Level
from geoapp.operations.monthly.reach import reach_tables
from geoapp.operations.monthly.scope import Scope
from geoapp.operations.use.read import QuarterOfUse, RegionFigures, quarter_of_use
from geoapp.reports.parts import Cell, Column, Form, Section, Table
from geoapp.reports.words import monthly as words
from geoapp.reports.words.use import few_text

MOST_QUARTERS: Final = 4


def read_quarters(scope: Scope) -> list[QuarterOfUse]:
    """Return the quarters up to that of the report of which something is known, the latest first."""
    last = quarter_of(scope.period.day)
    known = quarter_of_use(scope.database, None, scope.region).quarters
    wanted = [one for one in known if one <= last][:MOST_QUARTERS]
    found = [quarter_of_use(scope.database, one, scope.region) for one in wanted]
    return [one for one in found if one.regions or one.facilities or one.totals]


def use_section(scope: Scope, quarters: list[QuarterOfUse]) -> Section:
    """Return the section on use; where nothing is entered, it says so."""
    if not quarters:
        return Section(words.USE, lines=[words.NO_USE])
    return Section(
        words.USE,
        lines=[words.FEW_NOTE, words.QUARTER_NOTE],
        tables=[_figures(scope, quarters), *_reach(scope, quarters), _care(quarters)],
    )


def _quarter(one: QuarterOfUse) -> Text:
    return Text("", "") if one.quarter is None else one.quarter.text


def _reach(scope: Scope, quarters: list[QuarterOfUse]) -> list[Table]:
    latest = quarters[0].quarter
    return [] if latest is None else reach_tables(scope, latest)


def _figures(scope: Scope, quarters: list[QuarterOfUse]) -> Table:
    rows = [
        [_quarter(found), *_row(scope, one)]
        for found in quarters
        for one in found.regions
        if one.region.code == scope.region
        or (scope.holds(one.region.code) and one.region.level == Level.DISTRICT)
    ]
    return Table(
        words.SHEET_USE,
        words.TITLE_USE,
        [
            Column(words.QUARTER, wide=1.4),
            Column(words.REGION, wide=1.6),
            Column(words.VISITS, Form.COUNT),
            Column(words.COUNTED_DAYS, Form.COUNT),
            Column(words.VOICES, Form.COUNT),
            Column(words.STARS, Form.DECIMAL),
            Column(words.AT_LEAST, Form.DECIMAL),
            Column(words.AT_MOST, Form.DECIMAL),
            Column(words.SATISFIED, Form.SHARE),
            Column(words.AT_LEAST, Form.SHARE),
            Column(words.AT_MOST, Form.SHARE),
            Column(words.FELL),
            Column(words.HEARD, Form.COUNT),
            Column(words.TOO_FEW, Form.COUNT),
        ],
        rows,
        paper=10,
    )


def _row(scope: Scope, one: RegionFigures) -> list[Cell]:
    visits, voices = one.figures.visits, one.figures.voices
    told: list[Cell] = [None] * 7
    if voices is not None and voices.n is None:
        # Fewer than five could be traced to who spoke.
        told[0] = few_text()
    elif voices is not None:
        stars, satisfied = voices.stars, voices.satisfied
        told = [
            voices.n,
            *((None,) * 3 if stars is None else (stars.value, stars.low, stars.high)),
            *(
                (None,) * 3
                if satisfied is None
                else (satisfied.value, satisfied.low, satisfied.high)
            ),
        ]
    return [
        scope.name(one.region.code),
        None if visits is None else visits.n,
        None if visits is None else visits.counted_days,
        *told,
        words.YES if one.figures.fell else Text("", ""),
        one.heard,
        one.too_few,
    ]


def _care(quarters: list[QuarterOfUse]) -> Table:
    rows: list[list[Cell]] = [
        [
            _quarter(found),
            one.kind,
            one.events,
            one.people,
            None if one.unit is None else CARE_UNIT_TEXT[CareUnit(one.unit)],
            one.money,
            one.without_money,
        ]
        for found in quarters
        for one in found.totals
    ]
    return Table(
        words.SHEET_CARE,
        words.TITLE_CARE,
        [
            Column(words.QUARTER, wide=1.4),
            Column(words.CARE_KIND, wide=2.0),
            Column(words.EVENTS, Form.COUNT),
            Column(words.PEOPLE, Form.COUNT),
            Column(words.UNIT),
            Column(words.MONEY, Form.COUNT),
            Column(words.WITHOUT_MONEY, Form.COUNT),
        ],
        rows,
    )

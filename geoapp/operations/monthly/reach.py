"""In the report's section on use: visits beside the demand, by district, and which facilities stand out."""

from collections import Counter
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.use import USE_FIELD_TEXT, Quarter, UseField
from geoapp.operations.monthly.scope import Scope
from geoapp.operations.use.reach import UseAgainstReach, UsedFacility, use_against_reach
from geoapp.operations.use.reach_book import lines_text
from geoapp.reports.parts import Cell, Column, Form, Table
from geoapp.reports.words import monthly as words
from geoapp.reports.words import use

_STAND_OUT: Final = (UseField.BUSY_ALONE, UseField.NEAR_EMPTY)
_MOST_OF_EACH: Final = 10


def reach_tables(scope: Scope, quarter: Quarter) -> list[Table]:
    """Return a quarter's visits beside the demand of the answer that was official then.

    None without such an answer, or where it has no demand by facility.
    """
    told = use_against_reach(scope.database, quarter, scope.region, at=scope.end)
    if told.official is None or not told.reach_known:
        return []
    return [_by_district(scope, told), _standing_out(scope, told)]


def _by_district(scope: Scope, told: UseAgainstReach) -> Table:
    counts: dict[str | None, Counter[UseField | None]] = {}
    for one in told.facilities:
        counts.setdefault(one.district, Counter())[one.field] += 1
    rows: list[list[Cell]] = [
        [scope.name(district), *_counts(counts[district])]
        for district in sorted(counts, key=lambda code: (code is None, code or ""))
    ]
    rows.append([Text("合计", "Total"), *_counts(Counter(one.field for one in told.facilities))])
    quarter = told.quarter
    assert quarter is not None, "it was asked for one"
    return Table(
        words.SHEET_REACH,
        words.reach_title(quarter.text),
        [
            Column(words.REGION, wide=1.6),
            *(Column(USE_FIELD_TEXT[one], Form.COUNT, 1.3) for one in UseField),
            Column(use.UNKNOWN_FIELD, Form.COUNT),
        ],
        rows,
        total=True,
        notes=[lines_text(told), use.REACH_MEANS],
    )


def _counts(found: Counter[UseField | None]) -> list[Cell]:
    return [found[one] for one in (*UseField, None)]


def _standing_out(scope: Scope, told: UseAgainstReach) -> Table:
    """Return the busiest that have no neighbour, and the emptiest that have most people near."""
    rows = []
    for field in _STAND_OUT:
        some = [one for one in told.facilities if one.field is field]
        if field is UseField.NEAR_EMPTY:
            some.sort(key=lambda one: (-(one.reach.weight if one.reach else 0.0), one.code))
        rows += [_cells(scope, one) for one in some[:_MOST_OF_EACH]]
    return Table(
        words.SHEET_STAND_OUT,
        words.TITLE_STAND_OUT,
        [
            Column(use.FIELD, wide=1.8),
            Column(words.NAME, wide=2.4),
            Column(words.CODE, wide=1.3),
            Column(words.REGION, wide=1.2),
            Column(use.VISITS_A_DAY, Form.DECIMAL),
            Column(use.REACH, Form.COUNT),
            Column(use.SOLE_SHARE, Form.SHARE),
        ],
        rows,
        notes=[words.stand_out_note(_MOST_OF_EACH)],
    )


def _cells(scope: Scope, one: UsedFacility) -> list[Cell]:
    reach = one.reach
    name = Text(f"{one.name.zh}（示例）", f"{one.name.en} (sample)") if one.sample else one.name
    return [
        None if one.field is None else USE_FIELD_TEXT[one.field],
        name,
        one.code,
        None if one.district is None else scope.name(one.district),
        one.visits_a_day,
        None if reach is None else reach.weight,
        None if reach is None else reach.sole_share,
    ]

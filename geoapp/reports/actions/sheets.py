"""A run of actions as the tables that a person reads: one a question, figures in their forms."""

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTION_TEXT
from geoapp.core.results.actions import CHOICE_TEXT, ActionFindings
from geoapp.reports.parts import Cell, Column, Form, Table
from geoapp.reports.words import coverage_book, monthly
from geoapp.reports.words import plan_book as words
from geoapp.reports.words.actions import kinds_text, verdict
from geoapp.reports.words.naming import Naming


def ways_table(found: ActionFindings) -> Table:
    """Return what the same budget brings with some kinds of actions."""
    rows: list[list[Cell]] = [
        [
            CHOICE_TEXT[one.choice],
            one.added,
            one.cost,
            kinds_text(one.kinds),
            one.bound - found.before,
            verdict(one),
        ]
        for one in found.comparison
    ]
    return Table(
        words.WAYS,
        words.TITLE_WAYS,
        [
            Column(words.WAY, wide=1.5),
            Column(words.MORE, Form.COUNT),
            Column(words.COST, Form.AMOUNT),
            Column(words.DONE, wide=2.0),
            Column(words.AT_MOST, Form.COUNT),
            Column(words.PROOF, wide=1.5),
        ],
        rows,
        notes=[words.MEAN_NOTE],
    )


def actions_table(found: ActionFindings, naming: Naming) -> Table:
    """Return the actions of the plan, in order of what each adds."""
    rows: list[list[Cell]] = [
        [
            one.order,
            Text(one.text_zh, one.text_en),
            ACTION_TEXT[one.kind],
            one.cost,
            one.adds,
            one.name,
            None
            if one.region is None
            else naming.regions.get(one.region, Text(one.region, one.region)),
            one.lon,
            one.lat,
            one.code,
        ]
        for one in found.actions
    ]
    return Table(
        words.CHOSEN,
        words.TITLE_CHOSEN,
        [
            Column(words.ORDER, Form.COUNT, wide=0.5),
            Column(words.DONE, wide=2.5),
            Column(words.MEASURE),
            Column(words.COST, Form.AMOUNT),
            Column(words.ADDS, Form.COUNT),
            Column(monthly.NAME, wide=1.5),
            Column(monthly.REGION),
            Column(words.LON, Form.DEGREES),
            Column(words.LAT, Form.DEGREES),
            Column(monthly.CODE),
        ],
        rows,
        notes=[words.MEAN_NOTE],
    )


def districts_table(found: ActionFindings) -> Table:
    """Return who is within reach in each district, before and after."""
    rows: list[list[Cell]] = [
        [
            Text(one.name_zh, one.name_en or one.name_zh),
            one.weight,
            one.before,
            one.before_share,
            one.after - one.before,
            one.after,
            one.after_share,
            one.code,
        ]
        for one in found.districts
    ]
    return Table(
        coverage_book.BY_REGION,
        words.TITLE_DISTRICTS,
        [
            Column(monthly.REGION, wide=2.0),
            Column(monthly.WORKERS, Form.COUNT),
            Column(words.REACH_BEFORE, Form.COUNT),
            Column(words.BEFORE_SHARE, Form.SHARE),
            Column(words.MORE, Form.COUNT),
            Column(words.REACH_AFTER, Form.COUNT),
            Column(words.AFTER_SHARE, Form.SHARE),
            Column(monthly.CODE),
        ],
        rows,
        notes=[words.MEAN_NOTE],
    )

"""The report's third question: are the published promises kept?"""

from collections import Counter

from geoapp.core.programmes import STATE_TEXT, UNIT_TEXT, PromiseState
from geoapp.core.results.promises import DocumentRecord, Standing
from geoapp.operations.monthly.scope import Scope
from geoapp.operations.programmes.read import ProgrammeStanding, read_board
from geoapp.reports.parts import Bars, Cell, Column, Figure, Form, Section, Table
from geoapp.reports.words import monthly as words
from geoapp.reports.words.programmes import basis_text, promise_text


def read_promises(scope: Scope) -> list[ProgrammeStanding]:
    """Return the plans of the region, of those that contain it and of those in it, with promises."""
    board = read_board(scope.database, scope.settings, scope.period.day, evidence=True)
    return [
        one
        for one in board
        if one.standings
        and (scope.holds(one.programme.region_code) or one.programme.region_code in scope.above)
    ]


def promise_section(scope: Scope, board: list[ProgrammeStanding]) -> Section:
    """Return the section on promises."""
    every = [one for found in board for one in found.standings]
    if not every:
        return Section(words.PROMISES, lines=[words.NO_PROMISES])
    states = Counter(one.verdict.state for one in every)
    lines = [words.PROMISES_NOTE]
    if any(one.sample is not None for one in every):
        lines.append(words.PROMISES_SAMPLE)
    return Section(
        words.PROMISES,
        figures=[
            (STATE_TEXT[one], Figure(states[one], Form.COUNT))
            for one in PromiseState
            if states[one]
        ],
        lines=lines,
        bars=[
            Bars(
                words.BARS_PROMISES,
                [(one.indicator.name, one.share) for one in every if one.share is not None],
            )
        ]
        if any(one.share is not None for one in every)
        else [],
        tables=[_table(scope, board)],
    )


def promise_documents(board: list[ProgrammeStanding]) -> list[DocumentRecord]:
    """Return the documents that the promises and the stated facts rest on, by code."""
    found = {one.programme.document.code: one.programme.document for one in board}
    for one in board:
        for standing in one.standings:
            found[standing.indicator.document.code] = standing.indicator.document
            found |= {fact.document.code: fact.document for fact in standing.stated}
    return [found[code] for code in sorted(found)]


def _evidence(one: Standing) -> int:
    """Return how many subjects were counted for certain, or how many statements there are."""
    if one.basis == "store":
        return sum(subject.sure for subject in one.subjects or ())
    return len(one.stated)


def _table(scope: Scope, board: list[ProgrammeStanding]) -> Table:
    rows: list[list[Cell]] = []
    for found in board:
        for one in found.standings:
            may_be = None
            if one.fact is not None and one.possible is not None:
                may_be = one.possible - one.fact
            rows.append(
                [
                    one.indicator.name,
                    promise_text(one),
                    one.fact,
                    may_be,
                    one.share,
                    STATE_TEXT[one.verdict.state],
                    basis_text(one),
                    _evidence(one),
                    words.unit_text(UNIT_TEXT[one.indicator.unit]),
                    one.indicator.value,
                    one.window.last,
                    found.programme.name,
                    scope.name(found.programme.region_code),
                    ", ".join(str(fact.id) for fact in one.stated),
                    one.indicator.code,
                ]
            )
    return Table(
        words.SHEET_PROMISES,
        words.promises_title(scope.period.day),
        [
            Column(words.PROMISE_NAME, wide=2.6),
            Column(words.PROMISE, wide=2.4),
            Column(words.FACT, Form.AMOUNT),
            Column(words.MAY_COUNT, Form.AMOUNT),
            Column(words.KEPT_SHARE, Form.SHARE),
            Column(words.STATE, wide=1.1),
            Column(words.BASIS, wide=2.6),
            Column(words.EVIDENCE, Form.COUNT),
            Column(words.UNIT),
            Column(words.PROMISED, Form.AMOUNT),
            Column(words.DUE, Form.DAY),
            Column(words.PLAN, wide=2.0),
            Column(words.REGION),
            Column(words.FACT_IDS),
            Column(words.CODE),
        ],
        rows,
        paper=8,
    )

"""The report's second question: what stands, in which state, and what opened and closed?"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from geoapp.core.dated_states import Band, StateOnDay
from geoapp.core.i18n import Text
from geoapp.core.words import FAMILY_TEXT, STATUS_TEXT, Family, Standing, Status
from geoapp.operations.monthly.scope import Scope
from geoapp.reports.parts import Cell, Column, Figure, Form, OnTwoDays, Section, Table
from geoapp.reports.words import monthly as words
from geoapp.reports.words.states import band_text, range_text
from geoapp.store.facilities.as_of import AsOf, Begun, begun_within, states_on
from geoapp.store.facilities.named import (
    NamedFamily,
    count_without_region,
    facilities_by_family,
    positions_of,
)

_OPENS: Final = attrgetter("opens")
_CLOSES: Final = attrgetter("closes")


@dataclass(frozen=True, slots=True)
class Register:
    """The facilities of a report's region on its last day and on that of the month before.

    ``positions`` are (lon, lat) in WGS-84 degrees, by number; what has none is left out.
    ``without_region`` is how many are in no region at all, and so in no region's report.
    """

    facilities: Sequence[NamedFamily]
    now: Mapping[int, StateOnDay]
    then: Mapping[int, StateOnDay]
    begun: Sequence[Begun]
    positions: Mapping[int, tuple[float, float]]
    without_region: int

    @property
    def samples(self) -> int:
        """How many of them are made up."""
        return sum(one.is_sample for one in self.facilities)


def read_register(scope: Scope) -> Register:
    """Return what is known today of the facilities on both days, at one moment."""
    period = scope.period
    with scope.database.snapshot() as session:
        below = None if scope.below is None else sorted(scope.below)
        found = facilities_by_family(session, below)
        ids = [one.id for one in found]
        return Register(
            found,
            states_on(session, AsOf(period.day, scope.today), ids),
            states_on(session, AsOf(period.before, scope.today), ids),
            begun_within(session, period.first, period.day, scope.today, ids),
            positions_of(session, ids),
            0 if below is None else count_without_region(session),
        )


def in_place(register: Register) -> Band:
    """Return how many stood on the last day."""
    return _band(register.facilities, register.now)


def opened_and_closed(register: Register) -> tuple[Band, Band]:
    """Return how many opened and how many closed in the month."""
    return _events(register, _OPENS, None), _events(register, _CLOSES, None)


def on_two_days(register: Register) -> list[OnTwoDays]:
    """Return the placed facilities that stood on either day, or may have; what changed comes last."""
    found = []
    for one in register.facilities:
        states = [on.get(one.id) for on in (register.then, register.now)]
        then, now = (Standing.NO if on is None else on.standing for on in states)
        if one.id not in register.positions or then is now is Standing.NO:
            continue
        name = Text(one.name_zh, one.name_en or one.name_zh)
        found.append(OnTwoDays(*register.positions[one.id], name, then, now))
    return sorted(found, key=lambda one: one.then is not one.now)


def facility_section(scope: Scope, register: Register) -> Section:
    """Return the section on facilities."""
    period = scope.period
    here, there = in_place(register), _band(register.facilities, register.then)
    opened, closed = opened_and_closed(register)
    lines = [band_text(period.day, here), band_text(period.before, there), words.BAND_NOTE]
    if register.without_region:
        lines.append(words.without_region_text(register.without_region))
    if register.samples:
        lines.append(words.samples_text(register.samples, len(register.facilities)))
    return Section(
        words.FACILITIES,
        figures=[
            (words.IN_PLACE, _counted(here)),
            (words.IN_PLACE_BEFORE, _counted(there)),
            (words.OPENED, _counted(opened)),
            (words.CLOSED, _counted(closed)),
        ],
        lines=lines,
        tables=[_changes(register, scope), _states(register, scope), _listed(register)],
    )


def _counted(band: Band) -> Cell:
    """Return a count as a number where it is certain, and as its range where it is not."""
    return range_text(band) if band.possible else Figure(band.known, Form.COUNT)


def _band(facilities: Iterable[NamedFamily], states: Mapping[int, StateOnDay]) -> Band:
    found = [states[one.id] for one in facilities if one.id in states]
    return Band(
        sum(one.known for one in found), sum(one.possible and not one.known for one in found)
    )


def _events(register: Register, kind: Callable[[Begun], bool], family: Family | None) -> Band:
    """Return how many facilities opened, or closed, for certain, and how many more may have."""
    ids = {one.id for one in register.facilities if family in (None, one.family)}
    told: dict[int, bool] = {}
    for one in register.begun:
        if kind(one) and one.facility_id in ids:
            told[one.facility_id] = told.get(one.facility_id, False) or one.sure
    counts = Counter(told.values())
    return Band(counts[True], counts[False])


def _changes(register: Register, scope: Scope) -> Table:
    rows: list[list[Cell]] = []
    for family in (*Family, None):
        some = [one for one in register.facilities if family in (None, one.family)]
        now, then = _band(some, register.now), _band(some, register.then)
        opened, closed = (_events(register, kind, family) for kind in (_OPENS, _CLOSES))
        rows.append(
            [
                Text("合计", "Total") if family is None else FAMILY_TEXT[family],
                then.known,
                then.possible,
                now.known,
                now.possible,
                now.known - then.known - then.possible,
                now.known + now.possible - then.known,
                opened.known,
                opened.possible,
                closed.known,
                closed.possible,
            ]
        )
    before, day = scope.period.before, scope.period.day
    return Table(
        words.SHEET_CHANGES,
        words.changes_title(before, day),
        [
            Column(words.FAMILY, wide=2.4),
            Column(words.known_on(before), Form.COUNT),
            Column(words.MAY_BE, Form.COUNT),
            Column(words.known_on(day), Form.COUNT),
            Column(words.MAY_BE, Form.COUNT),
            Column(words.CHANGE_LEAST, Form.CHANGE),
            Column(words.CHANGE_MOST, Form.CHANGE),
            Column(words.OPENED, Form.COUNT),
            Column(words.MAY_HAVE, Form.COUNT),
            Column(words.CLOSED, Form.COUNT),
            Column(words.MAY_HAVE, Form.COUNT),
        ],
        rows,
        total=True,
    )


def _states(register: Register, scope: Scope) -> Table:
    """Return by family how many are in each state for certain, and how many more may be."""
    rows: list[list[Cell]] = []
    for family in (*Family, None):
        states = [
            register.now[one.id]
            for one in register.facilities
            if family in (None, one.family) and one.id in register.now
        ]
        row: list[Cell] = [Text("合计", "Total") if family is None else FAMILY_TEXT[family]]
        for status in Status:
            sure = sum(one.statuses == (status,) and not one.may_be_before for one in states)
            row += [sure, sum(status in one.statuses for one in states) - sure]
        rows.append(row)
    columns = [Column(words.FAMILY, wide=2.4)]
    for status in Status:
        columns += [Column(STATUS_TEXT[status], Form.COUNT), Column(words.MAY_BE, Form.COUNT)]
    return Table(
        words.SHEET_STATES, words.states_title(scope.period.day), columns, rows, total=True
    )


def _listed(register: Register) -> Table:
    """Return what opened and closed for certain, by day."""
    named = {one.id: one for one in register.facilities}
    rows: list[list[Cell]] = []
    for one in register.begun:
        if one.sure and (one.opens or one.closes):
            facility = named[one.facility_id]
            rows.append(
                [
                    words.OPENED if one.opens else words.CLOSED,
                    facility.code,
                    Text(facility.name_zh, facility.name_en or facility.name_zh),
                    Text(facility.kind_zh, facility.kind_en),
                    one.earliest,
                    one.latest,
                    words.SAMPLE if facility.is_sample else Text("", ""),
                ]
            )
    return Table(
        words.SHEET_LISTED,
        words.TITLE_LISTED,
        [
            Column(words.WHAT),
            Column(words.CODE, wide=1.2),
            Column(words.NAME, wide=2.4),
            Column(words.KIND, wide=1.6),
            Column(words.EARLIEST, Form.DAY),
            Column(words.LATEST, Form.DAY),
            Column(words.SAMPLE),
        ],
        rows,
        notes=[words.LISTED_NOTE],
    )

"""Which facilities of the store may be one, and what was decided of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Literal

import numpy as np

from geoapp.analysis.duplicates import FacilityWords, Suspicion, changed_much, duplicates
from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.store.duplicates.read import (
    Compared,
    Decision,
    decisions,
    read_compared,
    related_pairs,
)
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import (
    data_version,
    facilities_by_id,
    facility_by_code,
    regions_below,
)
from geoapp.store.facilities.records import FacilityRecord, facility_records

State = Literal["open", "later", "different"]
STATE_TEXT: Final[dict[State, Text]] = {
    "open": Text("待判断", "To decide"),
    "later": Text("以后再看", "Put off"),
    "different": Text("不是同一处", "Not the same"),
}
# More hardly anybody decides one by one; the most alike come first.
MOST_PAIRS: Final = 20_000
PAGE_SIZE: Final = 20
_FACILITY: Final = Text("站点", "facility")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two facilities that may be one.

    Attributes
    ----------
    alike
        How alike the names are (0 to 1).
    same_phone
        None where a telephone is unknown.
    decision
        What was decided and still stands; None where it is open.
    """

    first: FacilityRecord
    second: FacilityRecord
    alike: float
    distance_m: float
    same_phone: bool | None
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class PairPage:
    """A page of pairs, the most alike first; ``next`` is where the next one begins, None at the end.

    ``total`` counts all pairs of the list, of which ``is_cut`` tells whether there may be more.
    """

    pairs: list[Pair]
    total: int
    next: int | None
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found in the facilities of one version."""

    version: int
    compared: Compared
    suspicions: Sequence[Suspicion]


class DuplicateFinder:
    """Finds facilities that may be one, anew whenever facilities have changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._known: _Known | None = None

    def suspected(self) -> frozenset[int]:
        """Return the numbers of the facilities that may be another one and are not decided on."""
        with self._database.snapshot() as session:
            return self.suspected_in(session)

    def suspected_in(self, session: Session) -> frozenset[int]:
        """Return the same at the session's moment."""
        known = self._look(session)
        ids = known.compared.ids
        return frozenset(
            ids[place]
            for one, _ in _in_state(session, known, "open")
            for place in (one.first, one.second)
        )

    def listed(
        self, region: str | None, state: State, *, start: int = 0, limit: int = PAGE_SIZE
    ) -> PairPage:
        """Return a page of the pairs of which one at least lies in a region; None is everywhere.

        Raises
        ------
        InvalidValueError
            If there is no such region.
        """
        with self._database.snapshot() as session:
            known = self._look(session)
            found = _in_state(session, known, state)
            if region is not None:
                below = set(regions_below(session, region))
                if not below:
                    accepted = Text("已有区域的代码", "the code of a stored region")
                    raise InvalidValueError("region", region, accepted)
                where = known.compared.regions
                found = [
                    (one, decision)
                    for one, decision in found
                    if where[one.first] in below or where[one.second] in below
                ]
            shown = found[start : start + limit]
            records = _records(session, known, [one for one, _ in shown])
            return PairPage(
                pairs=[
                    Pair(
                        records[one.first],
                        records[one.second],
                        one.alike,
                        one.distance_m,
                        one.same_phone,
                        decision,
                    )
                    for one, decision in shown
                ],
                total=len(found),
                next=start + limit if len(found) > start + limit else None,
                is_cut=len(known.suspicions) >= MOST_PAIRS,
            )

    def _look(self, session: Session) -> _Known:
        version = data_version(session, "facilities")
        with self._lock:
            if self._known is None or self._known.version != version:
                compared = read_compared(session)
                found = duplicates(_words(compared), most=MOST_PAIRS)
                self._known = _Known(version, compared, found)
            return self._known


def _words(compared: Compared) -> FacilityWords:
    return FacilityWords(
        compared.names,
        compared.kinds,
        compared.phones,
        np.array(compared.lon, dtype=np.float64),
        np.array(compared.lat, dtype=np.float64),
    )


def _in_state(
    session: Session, known: _Known, state: State
) -> list[tuple[Suspicion, Decision | None]]:
    """Return the pairs in a state, without those of which one is part of the other."""
    decided, related = decisions(session), related_pairs(session)
    ids = known.compared.ids
    found: list[tuple[Suspicion, Decision | None]] = []
    for one in known.suspicions:
        numbers = ids[one.first], ids[one.second]
        if numbers in related:
            continue
        decision = decided.get(numbers)
        if decision is not None and not _stands(decision, known.compared, one):
            decision = None
        if (decision.verdict if decision else "open") == state:
            found.append((one, decision))
    return found


def _stands(decision: Decision, compared: Compared, one: Suspicion) -> bool:
    """Tell whether neither has got much another name or place since it was decided."""
    return not any(
        changed_much(
            decision.names[side],
            compared.names[place],
            decision.places[side],
            (compared.lon[place], compared.lat[place]),
        )
        for side, place in enumerate((one.first, one.second))
    )


def _records(
    session: Session, known: _Known, found: Sequence[Suspicion]
) -> dict[int, FacilityRecord]:
    """Return the facilities of some pairs, by their place among those that were compared."""
    places = sorted({place for one in found for place in (one.first, one.second)})
    ids = [known.compared.ids[place] for place in places]
    # All are there: the list was made at the session's moment.
    rows = facilities_by_id(session, ids)
    return dict(zip(places, facility_records(session, [rows[one] for one in ids]), strict=True))


def two_facilities(
    session: Session, first: str, second: str
) -> tuple[tuple[int, FacilityRecord], tuple[int, FacilityRecord]]:
    """Return two different facilities by their codes, each with its number.

    Raises
    ------
    NotFoundError
        If one is not there.
    InvalidValueError
        If both are the same.
    """
    if first == second:
        accepted = Text("另一处设施的编号", "the code of another facility")
        raise InvalidValueError("other", second, accepted)
    found = []
    for code in (first, second):
        facility = None if "\x00" in code else facility_by_code(session, code)
        if facility is None:
            raise NotFoundError(_FACILITY, code.replace("\x00", ""))
        found.append((facility.id, facility_records(session, [facility])[0]))
    return found[0], found[1]


def regions_within(database: Database, regions: Sequence[str]) -> frozenset[str] | None:
    """Return the regions in which somebody who is kept to some may edit; None is everywhere."""
    if not regions:
        return None
    with database.snapshot() as session:
        return frozenset(code for one in regions for code in regions_below(session, one))


def pair_document(pair: Pair, state: State) -> dict[str, Any]:
    """Return a pair as programs read it, the command's ``--json`` and the API alike."""
    decision = pair.decision
    return {
        "first": _document(pair.first),
        "second": _document(pair.second),
        "alike": pair.alike,
        "distance_m": round(pair.distance_m, 1),
        "same_phone": pair.same_phone,
        "state": state,
        "decided_by": decision.decided_by if decision else None,
        "decided_at": decision.decided_at.isoformat() if decision else None,
    }


def _document(record: FacilityRecord) -> dict[str, Any]:
    return {
        "code": record.code,
        "name_zh": record.properties["name_zh"],
        "version": record.rev,
    }

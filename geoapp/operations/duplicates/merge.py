"""Make one of two facilities: which value comes from which, and one change set that does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

from geoapp.core.acting import act
from geoapp.core.errors import ConflictError, InvalidValueError, RefusedStepError
from geoapp.core.geo import geodesic_m
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_MERGED_M
from geoapp.core.rough_days import rough_day, written
from geoapp.core.settings import Settings
from geoapp.core.states import may_follow, refused_step
from geoapp.core.words import PLANNED, Status
from geoapp.operations.duplicates.find import two_facilities
from geoapp.operations.moment import today
from geoapp.operations.weighing import weigh_at
from geoapp.reports.words.duplicates import far_apart_text
from geoapp.store.duplicates.merge import (
    GROUPS,
    lead_code_on,
    move_what_belongs,
    take_places,
    take_values,
    wholes_in_a_circle,
)
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import facility_by_code
from geoapp.store.facilities.records import FacilityRecord
from geoapp.store.facilities.write import delete_facility, lock_facilities
from geoapp.store.history.chain import current_set
from geoapp.store.voices_merged import give_reports, lock_reports_of

Side = Literal["survivor", "other"]
AMENITY: Final = "amenity:"
_PLACES: Final = "places"


@dataclass(frozen=True, slots=True)
class Choice:
    """A field in which two facilities differ.

    Attributes
    ----------
    field
        As in answers; ``position`` with region and accuracy, ``status`` with the day of closing,
        ``places`` for a timetable, ``amenity:CODE`` for an amenity that one has and the other has not.
    survivor, other
        The values; None is unknown. Positions and timetables are in the records.
    side
        Whose value is taken unless another is asked for.
    may_be_other
        Whether the other's value may be taken: a status must be able to follow the survivor's.
    """

    field: str
    survivor: Any
    other: Any
    side: Side
    may_be_other: bool = True


@dataclass(frozen=True, slots=True)
class MergePlan:
    """Two facilities, in what they differ, and what is taken from whom unless asked otherwise.

    ``amenities`` and ``no_amenities`` are what either knows and the other does not deny; ``same`` is
    what both say alike, by field.
    """

    survivor: FacilityRecord
    other: FacilityRecord
    choices: tuple[Choice, ...]
    amenities: tuple[str, ...]
    no_amenities: tuple[str, ...]
    same: tuple[tuple[str, Any], ...]

    @property
    def apart_m(self) -> float | None:
        """How far apart they stand, metres on the spheroid; None where one has no position."""
        one, two = self.survivor.lonlat, self.other.lonlat
        return None if one is None or two is None else float(geodesic_m(*one, *two))


class FarApartError(ConflictError):
    """Two facilities that are to be made one stand far apart: somebody has to say so."""


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What became of two facilities: the one that stays, whose code leads to it, what was taken."""

    code: str
    merged: str
    version: int
    taken: tuple[str, ...]
    change_set: int | None

    def document(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "code": self.code,
            "merged": self.merged,
            "version": self.version,
            "taken_from_merged": list(self.taken),
            "change_set": self.change_set,
        }


def plan_merge(database: Database, survivor: str, other: str) -> MergePlan:
    """Return in what two facilities differ.

    Raises
    ------
    NotFoundError
        If one is not there.
    InvalidValueError
        If both codes are the same.
    """
    with database.snapshot() as session:
        return _plan(session, survivor, other)


def merge_facilities(
    database: Database,
    settings: Settings,
    survivor: str,
    other: str,
    take: Mapping[str, str],
    *,
    expected: tuple[int | None, int | None] = (None, None),
    far: bool = False,
    reason: str | None = None,
) -> MergeReport:
    """Make one of two facilities, in one change set.

    The survivor keeps its code and gets the chosen values and what belonged to the other, whose code
    leads to it from now on. The other is deleted softly: undoing the set brings both back.

    Parameters
    ----------
    take
        By field (see `Choice`), whose value is taken: 'survivor' or 'other'. What is not named is
        taken as the plan says.
    expected
        The versions that were read of the survivor and of the other; None accepts any.
    far
        Whether two that stand more than 500 m apart are one all the same.

    Raises
    ------
    NotFoundError
        If one is not there.
    FarApartError
        If they stand more than 500 m apart, and nobody said that they are one all the same.
    ConflictError
        If one was changed meanwhile, its status cannot become the other's, or it would become part
        of itself.
    InvalidValueError
        If a field is not known, or neither side is named.
    NotAllowedError
        If who acts may not edit both.
    """
    why = reason or f"合并 merge {other} → {survivor}"
    with act(reason=why), database.session() as session:
        lock_reports_of(session, (survivor, other))
        lock_facilities(session)
        plan = _plan(session, survivor, other)
        _refuse_stale(plan, expected)
        if not far and (apart_m := plan.apart_m) is not None and apart_m > MOST_MERGED_M:
            raise FarApartError(far_apart_text(survivor, other, apart_m))
        sides = _sides(plan, take)
        _refuse_disorder(plan, sides, today(settings))
        taken = [name for name, side in sides.items() if side == "other"]
        (one, _), (two, _) = two_facilities(session, survivor, other)
        amenities = {
            "amenities": _with_chosen(plan.amenities, sides, plan, there=True),
            "no_amenities": _with_chosen(plan.no_amenities, sides, plan, there=False),
        }
        take_values(session, one, two, [name for name in taken if name in GROUPS], amenities)
        if _PLACES in taken:
            take_places(session, one, two)
        move_what_belongs(session, one, two)
        give_reports(session, one, two)
        weigh_at(session, settings, one)
        if wholes_in_a_circle(session, one):
            raise ConflictError(
                Text(
                    f"合并后 {survivor} 会成为自己的一部分；请先改它们的组成关系。",
                    f"{survivor} would become part of itself; change what is part of what first.",
                )
            )
        delete_facility(session, other)
        lead_code_on(session, one, other)
        session.expire_all()
        stored = facility_by_code(session, survivor)
        if stored is None:
            raise ConflictError(Text(f"{survivor} 已不存在。", f"{survivor} is there no longer."))
        return MergeReport(survivor, other, stored.rev, tuple(taken), current_set(session))


def _refuse_disorder(plan: MergePlan, sides: Mapping[str, Side], now: date) -> None:
    """Refuse to take a day of opening from one and from the other what contradicts it.

    That is a day of closing that precedes it, or a service that it says is yet to open.
    """
    records = {"survivor": plan.survivor.properties, "other": plan.other.properties}
    opened, closed = (records[sides.get(name, "survivor")] for name in ("opened_on", "status"))
    if opened["opened_on"] is None:
        return
    if (
        closed["closed_on"] is not None
        and rough_day(closed["closed_on"], closed["closed_basis"]).last < opened["opened_on"]
    ):
        raise ConflictError(
            Text(
                "选出的停用日期早于启用日期；请改选其中一项。",
                "What was chosen closes before it opens; choose one of the days differently.",
            )
        )
    if opened["opened_on"] > now and Status(closed["status"]) not in PLANNED:
        raise ConflictError(
            Text(
                f"选出的启用日期 {opened['opened_on']} 还没有到，状态却已不是待启用；请改选其中一项。",
                f"What was chosen opens on {opened['opened_on']}, which is yet to come, and is in service "
                "already; choose one of the two differently.",
            )
        )


def _plan(session: Session, survivor: str, other: str) -> MergePlan:
    (_, one), (_, two) = two_facilities(session, survivor, other)
    newer = _newer(one.properties["verified_on"], two.properties["verified_on"])
    choices = [choice for name in GROUPS if (choice := _choice(name, one, two, newer)) is not None]
    places = one.properties["places"], two.properties["places"]
    if places[0] != places[1]:
        side: Side = newer if all(places) else "survivor" if places[0] else "other"
        choices.append(Choice(_PLACES, len(places[0]) or None, len(places[1]) or None, side))
    there = [set(record.properties["amenities"]) for record in (one, two)]
    absent = [set(record.properties["no_amenities"]) for record in (one, two)]
    disputed = (there[0] & absent[1]) | (there[1] & absent[0])
    choices += [
        Choice(AMENITY + code, code in there[0], code in there[1], newer)
        for code in sorted(disputed)
    ]
    return MergePlan(
        one,
        two,
        tuple(choices),
        _union(one.properties["amenities"], two.properties["amenities"], disputed),
        _union(one.properties["no_amenities"], two.properties["no_amenities"], disputed),
        tuple(
            (name, value)
            for name in GROUPS
            if (value := _value(one, name)) is not None and value == _value(two, name)
        ),
    )


def _newer(survivor: date | None, other: date | None) -> Side:
    """Return whose facts were verified later; the survivor's where neither was, or on one day."""
    if other is None:
        return "survivor"
    return "other" if survivor is None or other > survivor else "survivor"


def _choice(name: str, one: FacilityRecord, two: FacilityRecord, newer: Side) -> Choice | None:
    """Return a field as a choice; None where both say the same."""
    values = _value(one, name), _value(two, name)
    if values[0] == values[1]:
        return None
    if name == "status":
        may = may_follow(Status(values[0]), Status(values[1]))
        return Choice(name, *values, newer if may else "survivor", may_be_other=may)
    if values[0] is None or values[1] is None:
        return Choice(name, *values, "other" if values[0] is None else "survivor")
    return Choice(name, *values, newer)


def _value(record: FacilityRecord, name: str) -> Any:
    if name == "position":
        return record.lonlat
    if name == "opening_hours" and record.hours_words:
        return record.hours_words
    if name == "opened_on":
        return written(record.properties[name], record.properties["opened_basis"])
    return record.properties[name]


def _union(one: list[str], two: list[str], disputed: set[str]) -> tuple[str, ...]:
    return tuple(code for code in dict.fromkeys([*one, *two]) if code not in disputed)


def _sides(plan: MergePlan, take: Mapping[str, str]) -> dict[str, Side]:
    """Return from whom each field is taken."""
    known = {one.field: one for one in plan.choices}
    fields = {*GROUPS, _PLACES}
    sides: dict[str, Side] = {one.field: one.side for one in plan.choices}
    for name, side in take.items():
        if name not in fields and not name.startswith(AMENITY):
            named = ", ".join(sorted(fields))
            accepted = Text(f"{named}, {AMENITY}编号", f"{named}, {AMENITY}CODE")
            raise InvalidValueError("take", name, accepted)
        if side not in get_args(Side):
            raise InvalidValueError(name, side, Text("survivor 或 other", "survivor or other"))
        if name not in known:
            continue  # both say the same
        if side == "other" and not known[name].may_be_other:
            was, wanted = (Status(one) for one in (known[name].survivor, known[name].other))
            raise RefusedStepError(refused_step(plan.survivor.code, was, wanted))
        sides[name] = "other" if side == "other" else "survivor"
    return sides


def _with_chosen(
    sure: tuple[str, ...], sides: Mapping[str, Side], plan: MergePlan, *, there: bool
) -> list[str]:
    """Return a list of amenities with those that were disputed and are decided for it."""
    decided = [
        one.field.removeprefix(AMENITY)
        for one in plan.choices
        if one.field.startswith(AMENITY)
        and (one.other if sides[one.field] == "other" else one.survivor) is there
    ]
    return [*sure, *decided]


def _refuse_stale(plan: MergePlan, expected: tuple[int | None, int | None]) -> None:
    stale = [
        record.code
        for record, rev in zip((plan.survivor, plan.other), expected, strict=True)
        if rev is not None and record.rev != rev
    ]
    if stale:
        zh, en = "、".join(stale), " and ".join(stale)
        raise ConflictError(
            Text(
                f"{zh} 已被他人修改，没有合并；请看现在的内容再决定。",
                f"{en} was changed by somebody else, and nothing was merged; look at it again.",
            )
        )

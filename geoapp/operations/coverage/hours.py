"""A coverage run hour by hour: what a run keeps for it, and any week that is read from that.

A run keeps its facilities as classes of opening hours and its demand by the classes within reach, so
that any week is answered from the facilities of the run, not from today's. Which days are holidays
is read from the calendar as it is known now.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.by_hour import (
    WEEK_HOURS,
    HourGroups,
    covered_by_hour,
    hour_groups,
)
from geoapp.analysis.coverage.region_figures import lineage
from geoapp.analysis.frames import numbered
from geoapp.core.arrays import FloatArray
from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.hours import day_stretches, depends_on_place, is_unread, state
from geoapp.core.hours.holidays import nature
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage_hours import CoverageHours, RegionHours, WeekDay
from geoapp.core.words import Level
from geoapp.operations.coverage.inputs import CoverageInputs
from geoapp.operations.coverage.results import finished
from geoapp.operations.ground.in_service import frame_of, now
from geoapp.operations.ground.standing import RECENT_DAYS, is_recent
from geoapp.store.engine import Database
from geoapp.store.facilities.places import region_names
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.runs.demand_rows import DemandRows
from geoapp.store.runs.found import run_array
from geoapp.store.vocabulary import load_calendar

_NUMBERS: Final = ("region", "profile", "reach", "weight", "starts", "classes")
_UNKNOWN_REGION: Final = Text("区域不明的需求", "demand of unknown region")
_ABOUT: Final = "hours_about"


@dataclass(frozen=True, slots=True)
class HoursClass:
    """Facilities that open and close together: their hours and the days on which they stand.

    ``lon`` and ``lat`` only where the hours follow the sun, as exact as hours are told for a place.
    """

    opening_hours: str | None
    timezone: str
    lon: float | None
    lat: float | None
    from_date: str | None
    to_date: str | None

    @classmethod
    def of(cls, one: PlacedFacility) -> "HoursClass":
        """Return the class of a facility at one of its places."""
        follows = depends_on_place(one.opening_hours)
        return cls(
            opening_hours=one.opening_hours,
            timezone=one.timezone,
            lon=round(one.lon, 2) if follows else None,
            lat=round(one.lat, 2) if follows else None,
            from_date=None if one.from_date is None else one.from_date.isoformat(),
            to_date=None if one.to_date is None else one.to_date.isoformat(),
        )

    def stands_on(self, day: date) -> bool:
        """Tell whether these facilities are in service on a day of their own clock."""
        text = day.isoformat()
        return (self.from_date is None or self.from_date <= text) and (
            self.to_date is None or text <= self.to_date
        )

    def states(self, hours: Sequence[datetime], zone: str, calendar: WorkCalendar) -> list[Any]:
        """Return by hour of a week whether these facilities are open; None is unknown."""
        if self.timezone != zone:
            return [
                self.stands_on(at.astimezone(ZoneInfo(self.timezone)).date())
                and state(
                    self.opening_hours,
                    at,
                    timezone=self.timezone,
                    calendar=calendar,
                    lon=self.lon,
                    lat=self.lat,
                )
                for at in hours
            ]
        found: list[bool | None] = []
        for at in hours[::24]:
            if not self.stands_on(at.date()):
                found += [False] * 24
                continue
            day = day_stretches(
                self.opening_hours,
                at.date(),
                timezone=zone,
                calendar=calendar,
                lon=self.lon,
                lat=self.lat,
            )
            starts = [one.minute for one in day]
            which = np.searchsorted(starts, np.arange(24) * 60, side="right") - 1
            found += [day[one].state for one in which.tolist()]
        return found


def hour_arrays(
    inputs: CoverageInputs, wanted: CoverageParameters, progress: Callable[[float], None]
) -> list[tuple[str, NDArray[Any]]]:
    """Return what a run keeps so that any week can be told from it, hour by hour.

    Without arrays: a run about a day long past, or more pairs than memory should hold.
    """
    if wanted.at is not None and not is_recent(wanted.at):
        return []
    families = wanted.families
    placed = [one for one in inputs.stored.placed if families is None or one.family in families]
    classes, class_of = numbered(HoursClass.of(one) for one in placed)
    rows = inputs.stored.demand
    codes = sorted({code for code in rows.region.tolist() if code is not None})
    number = {code: place for place, code in enumerate(codes)} | {None: len(codes)}
    try:
        groups = hour_groups(
            inputs.demand,
            frame_of(placed),
            class_of,
            wanted.standard,
            region_of=np.array([number[code] for code in rows.region.tolist()], np.int64),
            profile_of=rows.profile + 1,
            estimate=inputs.ways.estimate,
            network=inputs.ways.network,
            progress=progress,
        )
    except InvalidValueError:
        return []
    parents = inputs.stored.parents
    about = {
        "read_at": now().isoformat(),
        "regions": codes,
        "parents": {
            one: parents.get(one) for one in {up for code in codes for up in lineage(code, parents)}
        },
        "classes": [asdict(one) for one in classes],
        "facilities": len({one.code for one in placed}),
        "unread": len({one.code for one in placed if is_unread(one.opening_hours)}),
    }
    return [
        (_ABOUT, np.frombuffer(json.dumps(about).encode(), np.uint8)),
        ("hours_profiles", _profiles(rows)),
        *((f"hours_{name}", _small(getattr(groups, name))) for name in _NUMBERS),
    ]


def _profiles(rows: DemandRows) -> FloatArray:
    """Return the hourly profiles as weeks, the first of them without any."""
    weeks = [np.ones(WEEK_HOURS)]
    weeks += [np.resize(np.asarray(one, np.float64), WEEK_HOURS) for one in rows.profiles]
    return np.array(weeks)


def _small(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.int32) if values.dtype.kind == "i" else values


@dataclass(frozen=True, slots=True)
class _KeptHours:
    """What a run has kept."""

    groups: HourGroups
    profiles: FloatArray
    about: dict[str, Any]

    @property
    def classes(self) -> list[HoursClass]:
        return [HoursClass(**one) for one in self.about["classes"]]


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def hours_of_week(
    database: Database, run_id: int, week: date | None = None, region: str | None = None
) -> CoverageHours:
    """Tell who is covered in each hour of a week.

    Parameters
    ----------
    week
        Any day of it; None is the present week, or that of the run where it is too old to tell of
        the present.
    region
        Tell of it and of those directly below it alone; None is every region of the run.

    Raises
    ------
    NotFoundError
        If there is no such run, or the region has no demand in it.
    ConflictError
        If the run has no results, or did not keep what is needed.
    InvalidValueError
        If the week is too far from the run.
    """
    zone = finished(database, run_id).inputs.timezone
    if zone is None:
        raise _not_kept(run_id)
    with database.snapshot() as session:
        kept = _read(run_id, lambda name: run_array(session, run_id, name))
        calendar = load_calendar(session)
        names = {one.code: one for one in region_names(session, outlined=False)}
    clock = ZoneInfo(zone)
    read_on = datetime.fromisoformat(kept.about["read_at"]).astimezone(clock).date()
    reach = timedelta(days=RECENT_DAYS - 7)
    earliest, latest = monday_of(read_on - reach), monday_of(read_on + reach)
    monday = monday_of(_day(week, read_on, datetime.now(clock).date(), (earliest, latest)))
    hours = [
        datetime.combine(monday + timedelta(days=number // 24), time(number % 24), tzinfo=clock)
        for number in range(WEEK_HOURS)
    ]
    states = [one.states(hours, zone, calendar) for one in kept.classes]
    surely = np.array([[known is True for known in week_of] for week_of in states], np.bool_)
    perhaps = np.array([[known is not False for known in week_of] for week_of in states], np.bool_)
    codes: list[str] = kept.about["regions"]
    shape = (len(states), WEEK_HOURS)
    parts = []
    for opened in (surely.reshape(shape), perhaps.reshape(shape)):
        total, covered = covered_by_hour(kept.groups, opened, kept.profiles, len(codes) + 1)
        parts.append(covered)
    numbers = np.stack((total, *parts))

    def row(code: str | None, leaves: list[int]) -> RegionHours:
        own = names.get(code or "")
        told = [tuple(one.round(6).tolist()) for one in numbers[:, leaves].sum(axis=1)]
        unnamed = Text(code, code) if code is not None else _UNKNOWN_REGION
        return RegionHours(
            code=code,
            name_zh=own.name_zh if own else unnamed.zh,
            name_en=own.name_en if own else unnamed.en,
            level=Level(own.level) if own else None,
            parent=None if code is None else parents.get(code),
            total=told[0],
            covered_low=told[1],
            covered_high=told[2],
        )

    parents: dict[str, str | None] = kept.about["parents"]
    below: dict[str, list[int]] = {}
    for place, leaf in enumerate(codes):
        for code in lineage(leaf, parents):
            below.setdefault(code, []).append(place)
    if region is not None and region not in below:
        what = Text(f"区域在运行 {run_id} 里的结果", f"result of run {run_id} for the region")
        raise NotFoundError(what, region)
    shown = [
        code for code in sorted(below) if region is None or region in (code, parents.get(code))
    ]
    has_unknown = region is None and bool((kept.groups.region == len(codes)).any())
    return CoverageHours(
        run=run_id,
        week_from=monday,
        earliest=earliest,
        latest=latest,
        timezone=zone,
        days=tuple(
            WeekDay(day=at.date(), nature=nature(at.date(), zone, calendar)) for at in hours[::24]
        ),
        hours=tuple(at.isoformat() for at in hours),
        facilities=kept.about["facilities"],
        facilities_unread=kept.about["unread"],
        regions=tuple(row(code, below[code]) for code in shown),
        without_region=row(None, [len(codes)]) if has_unknown else None,
    )


def _day(week: date | None, read_on: date, today: date, span: tuple[date, date]) -> date:
    """Return a day of the week to tell of."""
    earliest, latest = span
    end = latest + timedelta(days=6)
    if week is None:
        return today if earliest <= today <= end else read_on
    if not earliest <= week <= end:
        text = f"{earliest} … {end}"
        accepted = Text(
            f"{text} 之间的日子：运行只知道前后一年里的设施",
            f"a day within {text}: a run knows the facilities of a year before and after it",
        )
        raise InvalidValueError("week", week.isoformat(), accepted)
    return week


def _read(run_id: int, array: Callable[[str], NDArray[Any] | None]) -> _KeptHours:
    about, profiles = array(_ABOUT), array("hours_profiles")
    numbers = {name: array(f"hours_{name}") for name in _NUMBERS}
    known = {name: one for name, one in numbers.items() if one is not None}
    if about is None or profiles is None or len(known) < len(_NUMBERS):
        raise _not_kept(run_id)
    return _KeptHours(HourGroups(**known), profiles, json.loads(about.tobytes()))


def _not_kept(run_id: int) -> ConflictError:
    return ConflictError(
        Text(
            f"运行 {run_id} 没有保存逐小时的数据（较早的版本所算、问的是一年以前的日子、分块计算，"
            "或需求点与设施的组合太多），请重新运行。",
            f"Run {run_id} has not kept what hours are told from (it is from an earlier version, "
            "asks about a day more than a year ago, was done in parts, or has too many "
            "pairs of demand and facilities); run it again.",
        )
    )

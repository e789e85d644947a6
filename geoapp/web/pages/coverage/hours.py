"""``/coverage/REGION/hours``: at which hours of a stated week is a region covered, and when is it not?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.calendar import DayNature
from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.hours.words import words_of
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ActionKind, ActionParameters
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.actions import ActionRun, ChosenAction
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.results.coverage_hours import CoverageHours, RegionHours
from geoapp.core.roles import Permission
from geoapp.core.units import WEEKDAYS
from geoapp.core.words import Level, RunStatus
from geoapp.operations.actions import run as action_run
from geoapp.operations.actions.longer import as_they_are
from geoapp.operations.actions.results import latest_answer
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage.hours import hours_of_week
from geoapp.reports.coverage.week import (
    band_text,
    hour_words,
    played,
    share_of,
    shares_of,
    stretch_text,
)
from geoapp.reports.words.actions import longest_three
from geoapp.reports.words.official import freshness_text
from geoapp.web.edge.access import may, require, signed_in
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.manager import (
    LEGEND,
    answered_crumbs,
    class_of,
    run_of_address,
)
from geoapp.web.pages.coverage.planner import is_sample, statement_of
from geoapp.web.pages.coverage.standing import standing_of
from geoapp.web.pages.naming import naming

blueprint = Blueprint("coverage_hours", __name__)

_WORST: Final = 5
_LATE: Final = (21, 22, 23)
_STATIONS: Final = 3
_UNDER_WAY: Final = (RunStatus.QUEUED, RunStatus.RUNNING)
UNTIL_MIDNIGHT: Final = "Mo-Su 06:00-24:00"
_DAY_TEXT: Final = {
    DayNature.HOLIDAY: Text("法定节假日", "public holiday"),
    DayNature.SHIFTED_WORKDAY: Text("调休上班", "worked in exchange"),
    DayNature.UNKNOWN: Text("放假安排未知", "holidays not known"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of the strip: the band as percent, its class, and whether the band reaches a higher one."""

    number: int
    class_name: str
    percent: str
    wide: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours in a row with the same figures."""

    first: int
    text: Text
    uncovered: float
    share: str


def _cells(row: RegionHours) -> list[list[Cell]]:
    """Return the strip: 24 rows of seven days."""
    cells = []
    for number, (low, high) in enumerate(shares_of(row)):
        percent = band_text(low, high).rstrip("%")
        cells.append(Cell(number, class_of(low), percent, class_of(low) != class_of(high)))
    return [cells[hour::24] for hour in range(24)]


def _worst(row: RegionHours) -> list[Stretch]:
    """Return the stretches of hours with most workers who are surely not covered."""
    key = list(zip(row.total, row.covered_low, row.covered_high, strict=True))
    starts = [0] + [hour for hour in range(1, len(key)) if key[hour] != key[hour - 1]]
    found = []
    for first, end in zip(starts, [*starts[1:], len(key)], strict=True):
        total, low, high = key[first]
        text = stretch_text(first, end)
        band = band_text(share_of(low, total), share_of(high, total), 1)
        found.append((end - first, Stretch(first, text, total - low, band)))
    found.sort(key=lambda one: (-one[1].uncovered, -one[0], one[1].first))
    return [one for _, one in found[:_WORST] if one.uncovered > 0]


def _week_asked() -> date | None:
    text = request.args.get("week") or None
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        accepted = Text("日期，如 2026-11-30", "a date such as 2026-11-30")
        raise InvalidValueError("week", text, accepted) from None


@blueprint.get("/coverage/<region>/hours")
def show(region: str) -> str:
    """Show the week of a region by the published answer, or by the run that the address names."""
    run = run_of_address(region)
    if run is None or run.result is None:
        return render_template("manager/coverage.html", run=None, waiting=[])
    week = _week_asked()
    try:
        told: CoverageHours | None = hours_of_week(services().database, run.id, week, region)
        missing = ""
    except ConflictError as error:
        told, missing = None, error.text.pick(language())
    parts = {} if told is None else _week_parts(told, region)
    longer = None
    if told is not None and may(Permission.SEE_UNPUBLISHED):
        known = latest_answer(services().database, _question(run, told, region))
        longer = None if known is None else _longer(known)
    names = naming().regions
    standing = standing_of(run)
    database, settings = services().database, services().settings
    fresh = answers.freshness(database, settings, run) if standing.in_force else None
    return render_template(
        "manager/hours.html",
        run=run,
        named_run=request.args.get("run"),
        region=region,
        name=names.get(region, Text(region, region)),
        crumbs=answered_crumbs(region),
        sample=is_sample(run),
        statement=statement_of(run).pick(language()),
        standing=standing,
        fresh=None if fresh is None else freshness_text(fresh).pick(language()),
        # A run that has not kept its hours may be asked anew though nothing has changed.
        is_fresh=fresh is not None and fresh.is_fresh and told is not None,
        missing=missing,
        legend=LEGEND,
        longer=longer,
        **parts,
    )


def _week_parts(told: CoverageHours, region: str) -> dict[str, Any]:
    own = next(one for one in told.regions if one.code == region)
    below = [one for one in told.regions if one.code != region] or [own]
    mean = [sum(some) for some in (own.covered_low, own.covered_high, own.total)]
    week = timedelta(days=7)
    earlier, later = told.week_from - week, told.week_from + week
    bands = [(low, high) for low, high in shares_of(own) if low is not None and high is not None]
    # Of hours alike at the lower end the higher end decides.
    least, greatest = (min(bands), max(bands)) if bands else ((None, None), (None, None))
    return {
        "told": told,
        "weekdays": WEEKDAYS,
        "day_text": _DAY_TEXT,
        "last_day": told.week_from + timedelta(days=6),
        "earlier": earlier if earlier >= told.earliest else None,
        "later": later if later <= told.latest else None,
        "cells": _cells(own),
        "mean": band_text(share_of(mean[0], mean[2]), share_of(mean[1], mean[2]), 1),
        "least": band_text(least[0], least[1], 1),
        "greatest": band_text(greatest[0], greatest[1], 1),
        "worst": _worst(own),
        "below": below,
        "level": next((one.level for one in below if one.level), Level.DISTRICT),
        "start": _start(told),
        "played": {
            "regions": played(below),
            "words": [one.pick(language()) for one in hour_words(own)],
        },
    }


def _start(told: CoverageHours) -> int:
    """Return the hour that is shown first: now, or noon of the Monday in another week."""
    at = datetime.now(datetime.fromisoformat(told.hours[0]).tzinfo)
    passed = (at.date() - told.week_from).days
    return passed * 24 + at.hour if 0 <= passed < 7 else 12


@dataclass(frozen=True, slots=True)
class LongerStation:
    """A station that would be open longer, as it is today and with what that brings.

    ``is_there`` is False where it has been deleted since the question was solved.
    """

    action: ChosenAction
    is_there: bool
    name: Text
    district: Text | None
    hours: str


@dataclass(frozen=True, slots=True)
class Longer:
    """Which three, open until midnight, would help most: under way, failed, or answered with its proof."""

    run: ActionRun
    verdict: Text | None
    stations: list[LongerStation]
    until: str

    @property
    def under_way(self) -> bool:
        """Whether it is still to be computed."""
        return self.run.status in _UNDER_WAY


def _longer(run: ActionRun) -> Longer:
    until = words_of(UNTIL_MIDNIGHT, language())
    if run.result is None:
        return Longer(run, None, [], until)
    offered = run.inputs.offered.get(ActionKind.EXTEND_HOURS, 0)
    proven = longest_three(run.result, _STATIONS, offered)
    known = as_they_are(services().database, [one.code for one in run.result.actions])
    stations = []
    for one in run.result.actions:
        now = known.get(one.code)
        if now is None:
            stations.append(LongerStation(one, False, Text(one.name, one.name), None, "—"))
            continue
        hours = Text("未知", "unknown").pick(language())
        if now.moves:
            hours = Text("各停靠点不同", "differ by stop").pick(language())
        elif now.hours is not None:
            hours = words_of(now.hours, language())
        stations.append(LongerStation(one, True, now.name, now.district, hours))
    return Longer(run, proven, stations, until)


@blueprint.post("/coverage/<region>/hours/longer")
@require(Permission.ASK)
def longer(region: str) -> Response:
    """Ask which three stations, open until midnight, help most in the late hours of the week shown."""
    run = run_of_address(region)
    if run is None:
        return redirect(url_for("coverage.of_region", region=region), 303)
    database, named = services().database, request.args.get("run")
    week = hours_of_week(database, run.id, _week_asked(), region)
    asked = _question(run, week, region)
    known = latest_answer(database, asked)
    waiting = known is not None and known.status in _UNDER_WAY
    if not waiting:  # who presses twice waits for the same answer
        action_run.start(database, asked, signed_in().name)
    where = url_for(
        "coverage_hours.show", region=region, run=named, week=week.week_from, _anchor="longer"
    )
    return redirect(where, 303)


def _question(run: CoverageRun, week: CoverageHours, region: str) -> ActionParameters:
    asked = CoverageParameters.from_stored(run.params)
    moments = [datetime.fromisoformat(one) for one in week.hours]
    return ActionParameters(
        moments=tuple(one for one in moments if one.hour in _LATE),
        budget=float(_STATIONS),
        extend_cost=1.0,
        most_actions=_STATIONS,
        hours=UNTIL_MIDNIGHT,
        standard_m=asked.standard_m,
        standard_seconds=asked.standard_seconds,
        region=region,
        demand=run.inputs.demand,
        families=asked.families,
    )

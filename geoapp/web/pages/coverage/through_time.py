"""``/coverage/REGION/time``: a region's year, month by month, as a chart, a table and a file."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, render_template, request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.units import format_share
from geoapp.operations.coverage.through_time import Month, Story, story_of
from geoapp.operations.moment import FIRST_YEAR, today
from geoapp.reports.words.monthly import BAND_NOTE, samples_text, without_region_text
from geoapp.reports.words.states import range_text
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.manager import crumbs_of
from geoapp.web.pages.coverage.planner import statement_of
from geoapp.web.pages.naming import naming

blueprint = Blueprint("coverage_time", __name__)

_COLUMNS: Final = (
    *("month", "to_day", "in_place", "in_place_may_be", "opened", "opened_may_be"),
    *("closed", "closed_may_be", "run", "covered_share", "covered_workers"),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A month in the chart: percent of its height that is known, and that may be beside it."""

    known: float
    possible: float


def _asked_year() -> int:
    value = request.args.get("year") or None
    newest = today(services().settings).year
    if value is None:
        return newest
    if re.fullmatch("[0-9]{4}", value) is None or not FIRST_YEAR <= int(value) <= newest:
        accepted = Text(f"{FIRST_YEAR} 到 {newest} 的年份", f"a year, {FIRST_YEAR} to {newest}")
        raise InvalidValueError("year", value[:40], accepted)
    return int(value)


def _bars(story: Story) -> list[Bar]:
    most = max((one.in_place.known + one.in_place.possible for one in story.months), default=0)
    return [
        Bar(100 * one.in_place.known / most, 100 * one.in_place.possible / most)
        if most
        else Bar(0, 0)
        for one in story.months
    ]


def _shares(story: Story) -> list[float | None]:
    return [
        None if one.answer is None or one.answer.own is None else one.answer.own.covered_share
        for one in story.months
    ]


def _questions(story: Story) -> list[tuple[int, Text]]:
    """Return what each run that was published in the year was asked, the oldest first."""
    runs = {one.answer.run.id: one.answer.run for one in story.months if one.answer is not None}
    return [(number, statement_of(run)) for number, run in runs.items()]


@blueprint.get("/coverage/<region>/time")
def show(region: str) -> str:
    """Show a region's year."""
    year = _asked_year()
    story = story_of(services().database, services().settings, region, year)
    questions = _questions(story)
    newest = today(services().settings).year
    return render_template(
        "manager/time.html",
        region=region,
        name=naming().regions.get(region, Text(region, region)),
        crumbs=crumbs_of(region),
        story=story,
        bars=_bars(story),
        shares=_shares(story),
        questions=questions,
        # Of unlike questions no figure shows a change.
        unlike=len({text for _, text in questions}) > 1,
        range=range_text,
        share=format_share,
        note=BAND_NOTE,
        samples=samples_text(story.samples, story.facilities) if story.samples else None,
        without_region=without_region_text(story.without_region) if story.without_region else None,
        earlier=year - 1 if year > FIRST_YEAR else None,
        later=year + 1 if year < newest else None,
    )


@blueprint.get("/coverage/<region>/time.csv")
def table(region: str) -> Response:
    """Answer the year's table as CSV, with a byte-order mark so that Excel reads the names."""
    year = _asked_year()
    story = story_of(services().database, services().settings, region, year)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(_COLUMNS)
    for one in story.months:
        writer.writerow(_cells(one))
    response = Response("\ufeff" + lines.getvalue(), mimetype="text/csv")
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"coverage-{region}-{year}.csv"
    )
    return response


def _cells(one: Month) -> list[object]:
    run = own = None
    if one.answer is not None:
        run, own = one.answer.run.id, one.answer.own
    counts = [one.in_place, one.opened, one.closed]
    return [
        f"{one.first:%Y-%m}",
        one.day.isoformat(),
        *(number for band in counts for number in (band.known, band.possible)),
        run,
        None if own is None else own.covered_share,
        None if own is None else own.covered_weight,
    ]

"""``/publications``: publish a coverage run, take it back, and what was published when."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_NOTE_CHARACTERS
from geoapp.core.results.coverage import COVERAGE_RUNS, CoverageRun
from geoapp.core.results.published import Publication
from geoapp.core.roles import Permission
from geoapp.core.words import EVERY_TEXT, Every, Level, RunStatus
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import schedule as schedules
from geoapp.operations.runs.state import read_run
from geoapp.reports.words.coverage import Figures, figures_of, run_line
from geoapp.reports.words.official import (
    freshness_text,
    outcome_text,
    published_text,
    schedule_text,
)
from geoapp.reports.words.question import area_text
from geoapp.web.edge.access import may, require, signed_in
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import full_hour
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.monthly import form_parts
from geoapp.web.pages.coverage.planner import run_number, statement_of
from geoapp.web.pages.coverage.standing import is_own, own_regions
from geoapp.web.pages.naming import naming

blueprint = Blueprint("publications", __name__, url_prefix="/publications")


@dataclass(frozen=True, slots=True)
class Line:
    """One publication in the list."""

    publication: Publication
    text: Text
    in_force: bool
    mine: bool
    sample: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One area in the published run and in the proposed one; None where a run has it not."""

    name: Text
    then: Figures | None
    now: Figures | None

    @property
    def difference(self) -> float | None:
        """The share covered now less the share covered then."""
        if self.then is None or self.now is None:
            return None
        if self.then.covered_share is None or self.now.covered_share is None:
            return None
        return self.now.covered_share - self.then.covered_share


@blueprint.get("")
def listed() -> str:
    """List what was published, the newest first; all of it stays readable."""
    database, names = services().database, naming()
    standing = {one.id for one in answers.in_force(database).values()}
    own = own_regions()
    published = answers.publications(database)
    samples = answers.on_samples(database, published)
    lines = [
        Line(
            one,
            published_text(one, names.regions, names.zone),
            one.id in standing,
            mine=is_own(one.region, own),
            sample=one.run_id in samples,
        )
        for one in published
    ]
    signed = may(Permission.SEE_UNPUBLISHED)
    return render_template(
        "manager/publications.html",
        lines=lines,
        waiting=[run_line(one, names) for one in answers.waiting(database)] if signed else [],
        most_waiting=answers.MOST_WAITING,
        schedules=_schedules(own) if signed else [],
        areas=published_areas(),
        every=EVERY_TEXT,
        report_form=form_parts() if signed else None,
    )


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One schedule in the list; ``mine`` tells whether the asker may change it."""

    region: str
    mine: bool
    text: Text
    last: Text | None
    proposed: int | None


def _schedules(own: frozenset[str] | None) -> list[ScheduleLine]:
    """Return what is computed anew by itself, with the run that waits to be compared, if any."""
    database, names = services().database, naming()
    standing = answers.in_force(database)
    lines = []
    for one in schedules.schedules(database):
        known = standing.get(one.region)
        newer = known is not None and one.last_run is not None and one.last_run > known.run_id
        lines.append(
            ScheduleLine(
                region=one.region or "",
                mine=is_own(one.region, own),
                text=schedule_text(one, names.regions, names.zone),
                last=outcome_text(one, names.zone),
                proposed=one.last_run if newer else None,
            )
        )
    return lines


def published_areas() -> list[tuple[str, Text]]:
    """Return the areas with an answer that the asker may publish for, by code; the whole has none."""
    names, own = naming().regions, own_regions()
    codes = sorted(answers.in_force(services().database), key=lambda code: code or "")
    return [(code or "", area_text(code, names)) for code in codes if is_own(code, own)]


@blueprint.post("/schedules")
@require(Permission.PUBLISH)
def set_schedule() -> Response:
    """Have a published answer computed anew by night or month, or no more."""
    user, database = signed_in(), services().database
    region = request.form.get("region", "") or None
    every = request.form.get("every", "")
    if every == "never":
        schedules.remove_schedule(database, region, user.regions)
        return redirect(url_for("publications.listed"), 303)
    if every not in list(Every):
        accepted = Text(f"{', '.join(Every)}, never", f"{', '.join(Every)}, never")
        raise InvalidValueError("every", every, accepted)
    hour = full_hour(request.form.get("hour", ""))
    schedules.set_schedule(
        database, services().settings, region, Every(every), hour, user.name, user.regions
    )
    return redirect(url_for("publications.listed"), 303)


@blueprint.get("/compare")
@require(Permission.SEE_UNPUBLISHED)
def compare() -> str | Response:
    """Show a run beside what is published for its region, before it is published itself."""
    if not request.args.get("run"):
        # Nothing is there to be compared: the list of what was published leads on.
        return redirect(url_for("publications.listed"), 303)
    database, settings, names = services().database, services().settings, naming()
    run = read_run(database, COVERAGE_RUNS, run_number(request.args.get("run", "")))
    known = answers.in_force(database).get(answers.run_region(run))
    then = None if known is None else read_run(database, COVERAGE_RUNS, known.run_id)
    region = answers.run_region(run)
    wider = None
    # A region of the run may be gone from the register.
    if known is None and region in names.regions:
        wider = answers.official(database, region)
    fresh = None if then is None else answers.freshness(database, settings, then)
    return render_template(
        "manager/publish.html",
        run=run,
        line=run_line(run, names),
        known=known,
        known_text=None
        if known is None
        else published_text(known, names.regions, names.zone).pick(language()),
        region=region,
        wider=None
        if wider is None
        else published_text(wider.publication, names.regions, names.zone).pick(language()),
        same=known is not None and known.run_id == run.id,
        under_way=run.status in (RunStatus.QUEUED, RunStatus.RUNNING),
        fresh=None if fresh is None else freshness_text(fresh).pick(language()),
        rows=_compared(then, run),
        questions=_questions(then, run),
        mine=is_own(answers.run_region(run), own_regions()),
        most_note=MOST_NOTE_CHARACTERS,
    )


def _questions(then: CoverageRun | None, now: CoverageRun) -> list[Text] | None:
    """Return what both runs were asked where that differs: then no figure shows a change."""
    if then is None or now.result is None:
        return None
    asked = [statement_of(then), statement_of(now)]
    return None if asked[0] == asked[1] else asked


def _compared(then: CoverageRun | None, now: CoverageRun) -> list[Compared]:
    """Return the area asked about and its districts in both runs, as far as a run has them."""
    names = naming().regions
    sides = [(then, _districts(then)), (now, _districts(now))]
    totals = [
        None if run is None or run.result is None else figures_of(run.result.total)
        for run, _ in sides
    ]
    region = answers.run_region(now)
    # A district that is the area asked about stands there once.
    codes = sorted({code for _, districts in sides for code in districts} - {region})
    return [
        Compared(area_text(region, names), totals[0], totals[1]),
        *(
            Compared(
                names.get(code, Text(code, code)), sides[0][1].get(code), sides[1][1].get(code)
            )
            for code in codes
        ),
    ]


def _districts(run: CoverageRun | None) -> dict[str, Figures]:
    if run is None or run.result is None:
        return {}
    return {
        one.code: figures_of(one)
        for one in coverage_results.region_figures(services().database, run.id)
        if one.level is Level.DISTRICT
    }


@blueprint.post("")
@require(Permission.PUBLISH)
def publish() -> Response:
    """Make a run the official answer of its region."""
    user = signed_in()
    note = request.form.get("note", "").strip()
    if len(note) > MOST_NOTE_CHARACTERS:
        accepted = Text(
            f"不超过 {MOST_NOTE_CHARACTERS} 个字", f"at most {MOST_NOTE_CHARACTERS} characters"
        )
        raise InvalidValueError("note", note, accepted)
    made = answers.publish(
        services().database, run_number(request.form.get("run", "")), user.name, note, user.regions
    )
    if made.region is None:
        return redirect(url_for("coverage.show"), 303)
    return redirect(url_for("coverage.of_region", region=made.region), 303)


@blueprint.post("/recompute")
@require(Permission.PUBLISH)
def recompute() -> Response:
    """Ask the question of a published run anew, and follow it."""
    user, database = signed_in(), services().database
    run = read_run(database, COVERAGE_RUNS, run_number(request.form.get("run", "")))
    started = answers.recompute(database, run, user.name, user.regions)
    return redirect(url_for("publications.compare", run=started.id), 303)


@blueprint.post("/<int:number>/withdraw")
@require(Permission.PUBLISH)
def withdraw(number: int) -> Response:
    """Take a publication back."""
    user = signed_in()
    answers.withdraw(services().database, number, user.name, user.regions)
    return redirect(url_for("publications.listed"), 303)

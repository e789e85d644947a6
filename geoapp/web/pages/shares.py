"""``/shares``: links for somebody without an account; ``/shared/TOKEN``: what such a link opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_SHARE_NOTE_CHARACTERS
from geoapp.core.results.shared import PART_TEXT, Part, Share
from geoapp.core.roles import Permission
from geoapp.core.use import LEAST_VOICES, parse_quarter
from geoapp.operations import shares
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage.listed import figures_of_region
from geoapp.operations.moment import today
from geoapp.operations.use.read import quarter_of_use
from geoapp.reports.words import use as use_words
from geoapp.reports.words.coverage import Figures, figures_of
from geoapp.reports.words.monthly import samples_text
from geoapp.reports.words.official import published_text
from geoapp.reports.words.question import area_text
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import public_address, services
from geoapp.web.pages.coverage.monthly import form_parts, report_of
from geoapp.web.pages.coverage.planner import is_sample, statement_of
from geoapp.web.pages.naming import naming
from geoapp.web.pages.paging import paged

blueprint = Blueprint("shares", __name__)

_MADE: Final = "made_share"


@dataclass(frozen=True, slots=True)
class Line:
    """One link in the list."""

    share: Share
    area: Text
    stands: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What is published for a region, as far as it has figures of it."""

    figures: Figures | None
    sample: bool
    published: Text
    asked: Text


@blueprint.get("/shares")
@require(Permission.PUBLISH)
def listed() -> str:
    """List the links, and offer to make one."""
    return _page()


def _page(problem: Text | None = None) -> str:
    user, parts = signed_in(), services()
    regions, now = naming().regions, today(parts.settings)
    return render_template(
        "manager/shares.html",
        lines=[
            Line(one, area_text(one.region, regions), one.stands(now))
            for one in shares.list_shares(parts.database, user.regions)
        ],
        areas=_areas(user.regions),
        # What was typed stays where it was refused.
        given=request.values,
        given_parts=request.form.getlist("part") if problem else list(Part),
        parts=PART_TEXT,
        usual=shares.usual_last_day(parts.settings),
        least=now,
        greatest=shares.greatest_last_day(parts.settings),
        most_note=MOST_SHARE_NOTE_CHARACTERS,
        problem=problem,
    )


def _areas(kept_to: Sequence[str]) -> list[tuple[str, Text]]:
    """Return what may be shared, the narrowest first; the whole area, last, has no code."""
    own = list(shares.shareable_regions(services().database, kept_to).items())
    return own if kept_to else [*own, ("", area_text(None, {}))]


@blueprint.post("/shares")
@require(Permission.PUBLISH)
def make() -> BaseResponse | tuple[str, int]:
    """Make a link, and go to the page that shows it."""
    user, parts = signed_in(), services()
    try:
        made, token = shares.make_share(
            parts.database,
            parts.settings,
            user.name,
            without_nul(request.form.get("region", "")) or None,
            _parts_asked(),
            without_nul(request.form.get("note", "")),
            _day_asked(),
            user.regions,
        )
    except InvalidValueError as error:
        return _page(error.text), 422
    # The signed cookie carries it to the page that shows it, and that page takes it out again.
    session[_MADE] = {"number": made.id, "token": token}
    return redirect(url_for("shares.shown_once"), 303)


@blueprint.get("/shares/made")
@require(Permission.PUBLISH)
def shown_once() -> BaseResponse:
    """Show the link that was just made: the only time that it is known."""
    found, user = session.pop(_MADE, None), signed_in()
    listed = shares.list_shares(services().database, user.regions) if found else []
    made = next((one for one in listed if one.id == found["number"]), None)
    if made is None:
        return redirect(url_for("shares.listed"), 303)
    page = render_template(
        "manager/share_made.html",
        share=made,
        area=area_text(made.region, naming().regions),
        link=public_address(url_for("shares.show", token=found["token"])),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _parts_asked() -> list[Part]:
    asked = request.form.getlist("part")
    wrong = [one for one in asked if one not in set(Part)]
    if wrong:
        names = ", ".join(Part)
        raise InvalidValueError("part", wrong[0][:40], Text(names, names))
    return [Part(one) for one in asked]


def _day_asked() -> date:
    value = request.form.get("until", "").strip()
    try:
        return date.fromisoformat(value)
    except ValueError:
        accepted = Text("日期，如 2026-12-31", "a date such as 2026-12-31")
        raise InvalidValueError("until", value[:40], accepted) from None


@blueprint.post("/shares/<int:number>/revoke")
@require(Permission.PUBLISH)
def revoke(number: int) -> BaseResponse:
    """Revoke a link."""
    user = signed_in()
    shares.revoke_share(services().database, number, user.name, user.regions)
    return redirect(url_for("shares.listed"), 303)


def _opened(token: str, part: Part | None = None) -> Share:
    parts = services()
    return shares.open_share(parts.database, parts.settings, token, part)


def _kept_apart(page: str) -> Response:
    """Answer a page that no search engine lists and nothing on the way keeps."""
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/shared/<token>")
def show(token: str) -> Response:
    """Show what a link opens: the published figures, the reports, the way to use."""
    share = _opened(token)
    return _kept_apart(
        render_template(
            "manager/shared.html",
            token=token,
            share=share,
            area=area_text(share.region, naming().regions),
            answer=_answer(share.region),
            report_form=form_parts() if Part.REPORT in share.parts else None,
            use=Part.USE in share.parts,
        )
    )


def _answer(region: str | None) -> Answer | None:
    database, names = services().database, naming()
    found = answers.official(database, region)
    if found is None or found.run.result is None:
        return None
    figures = None
    if region is None or region == found.publication.region:
        figures = figures_of(found.run.result.total)
    else:
        named = figures_of_region(database, found.run.id, region)
        figures = None if named is None else figures_of(named)
    return Answer(
        figures=figures,
        sample=is_sample(found.run),
        published=published_text(found.publication, names.regions, names.zone),
        asked=statement_of(found.run),
    )


@blueprint.get("/shared/<token>/use")
def use(token: str) -> Response:
    """Show the use of what is shared in a quarter; without one the latest that is known."""
    share = _opened(token, Part.USE)
    asked = request.args.get("quarter", "").strip()
    quarter = parse_quarter("quarter", asked) if asked else None
    told = quarter_of_use(services().database, quarter, share.region)
    return _kept_apart(
        render_template(
            "manager/shared_use.html",
            token=token,
            share=share,
            area=area_text(share.region, naming().regions),
            told=told,
            samples=samples_text(told.samples, told.known) if told.samples else None,
            facilities=paged(told.facilities),
            pages_at=("shares.use", {"token": token, "quarter": asked or None}),
            regions=naming().regions,
            words=use_words,
            least=LEAST_VOICES,
        )
    )


@blueprint.get("/shared/<token>/report")
@heavy
def report(token: str) -> Response:
    """Answer the report of what is shared, of a month."""
    response = report_of(_opened(token, Part.REPORT).region)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response

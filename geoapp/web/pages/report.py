"""``/stations/CODE/report`` and ``/suggest``: workers tell what they found, by plain forms.

Nobody signs in, and no cookie counts: see docs/decisions/0024-reports-of-workers.md.
"""

import secrets
from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.blueprints import BlueprintSetupState

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_NAME_CHARACTERS,
    MOST_PLACE_WORDS_CHARACTERS,
    MOST_REPORT_NOTE_CHARACTERS,
)
from geoapp.core.parsing import parse_number, parse_whole
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.voices import AT_A_PLACE, REPORT_TEXT, ReportKind, doubt_text
from geoapp.core.words import Datum
from geoapp.operations.moment import today
from geoapp.operations.voices.take import Taken, Told
from geoapp.web.api.reports import place_of, take
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import services
from geoapp.web.edge.strangers import refuse_other_sites
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("report", __name__)

_KEY_BYTES = 16


def report_key() -> str:
    """Return what names the reports of one form: the same press twice is one report."""
    return secrets.token_urlsafe(_KEY_BYTES)


@blueprint.post("/stations/<path:code>/report")
def tell(code: str) -> tuple[str, dict[str, str]]:
    """Take what was found at a facility, and answer with a page."""
    refuse_other_sites()
    form = request.form
    kind = _kind(form.get("kind", ""))
    taken = take(
        Told(
            key=_key(form, "rating" if kind is None else str(kind)),
            code=without_nul(code),
            kind=kind,
            stars=parse_whole("stars", form["stars"], 1, 5) if form.get("stars") else None,
            missing=without_nul(form.get("missing", "")) or None,
            note=form.get("note"),
        )
    )
    return _told(taken, asked_stars=bool(form.get("stars")))


@blueprint.get("/suggest")
def suggest() -> str:
    """Show the form by which a place that is missing is suggested."""
    return render_template(
        "worker/suggest.html",
        key=report_key(),
        regions=region_names(services().database),
        most_name=MOST_NAME_CHARACTERS,
        most_words=MOST_PLACE_WORDS_CHARACTERS,
        most_note=MOST_REPORT_NOTE_CHARACTERS,
    )


@blueprint.post("/suggest")
def suggested() -> tuple[str, dict[str, str]]:
    """Take a suggestion, and answer with a page."""
    refuse_other_sites()
    form = request.form
    lon, lat = (
        parse_number(name, form[name]) if form.get(name) else None for name in ("lon", "lat")
    )
    region = without_nul(form.get("region", ""))
    taken = take(
        Told(
            key=_key(form, str(ReportKind.SUGGEST)),
            kind=ReportKind.SUGGEST,
            note=form.get("note"),
            place_name=form.get("name"),
            place_words=form.get("where"),
            place=place_of(lon, lat, Datum.WGS84),
            region=region if region in region_names(services().database) else None,
        )
    )
    return _told(taken, asked_stars=False)


# Whoever reports is nobody whom a cookie names; other sites' pages are refused in each.
csrf.exempt(tell)
csrf.exempt(suggested)


def _told(taken: Taken, *, asked_stars: bool) -> tuple[str, dict[str, str]]:
    doubt = None
    if taken.doubt is not None:
        doubt = doubt_text(taken.doubt, today(services().settings))
    page = render_template(
        "worker/told.html",
        taken=taken,
        said=None if taken.kind is None else REPORT_TEXT[taken.kind],
        doubt=doubt,
        not_counted=asked_stars and taken.new and not taken.rated,
    )
    return page, {"Cache-Control": "no-store"}


def _key(form: Mapping[str, str], what: str) -> str:
    # One form holds several buttons: whoever presses another one says something else.
    return f"{without_nul(form.get('key', ''))}.{what}"


def _kind(value: str) -> ReportKind | None:
    if not value:
        return None
    if value not in [str(kind) for kind in AT_A_PLACE]:
        accepted = ", ".join(AT_A_PLACE)
        raise InvalidValueError("kind", value, Text(accepted, accepted))
    return ReportKind(value)


@blueprint.record_once
def _register(state: BlueprintSetupState) -> None:
    # Macros that stand on several pages see globals alone.
    state.app.jinja_env.globals.update(
        report_key=report_key,
        report_kinds=[(str(kind), REPORT_TEXT[kind]) for kind in AT_A_PLACE],
        report_words=lambda: {str(kind): text._asdict() for kind, text in REPORT_TEXT.items()},
        report_days=lambda: services().settings.reports_days,
        report_note=MOST_REPORT_NOTE_CHARACTERS,
        report_missing=lambda: load_vocabulary().amenities,
    )

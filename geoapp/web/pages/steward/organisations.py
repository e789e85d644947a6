"""``/steward/organisations``: who stands behind the facilities; found, registered, edited."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import orjson
from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import Field
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_NAME_CHARACTERS,
    MOST_REASON_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_SEARCH_CHARACTERS,
)
from geoapp.core.roles import Permission
from geoapp.core.sounds import search_terms
from geoapp.core.words import (
    ORGANISATION_KIND_TEXT,
    ORGANISATION_ROLE_TEXT,
    STATUS_TEXT,
    OrganisationKind,
    OrganisationRole,
    Status,
)
from geoapp.operations.applications.write import find_subjects
from geoapp.operations.duplicates.find import regions_within
from geoapp.operations.facilities.merge import merge
from geoapp.operations.organisations.desk import (
    WHEREABOUTS_TEXT,
    Whereabouts,
    list_desk_organisations,
    namesakes,
    read_desk_organisation,
)
from geoapp.operations.organisations.edit import (
    NewRole,
    add_organisation,
    change_organisation,
    end_role,
    give_role,
    remove_organisation,
    take_role,
)
from geoapp.operations.organisations.read import read_organisation
from geoapp.reports.words.applications import recognition_line
from geoapp.reports.words.history import actor_text, field_text, via_text
from geoapp.store.organisations import OrganisationFilter, OrganisationRecord
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.chrome import moment_text
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.applications.sent import optional_day, words
from geoapp.web.pages.steward.form import Sent, base, expected_rev, given_reason, sent

blueprint = Blueprint("steward_organisations", __name__)

_FIELDS: Final = (
    "name_zh",
    "name_en",
    "kind",
    "region",
    "group_name",
    "parent",
    "listed_as",
    "listed_under",
    "document",
    "document_on",
    "place_in_document",
    "source",
)
_STORED_AS: Final = {"region": "region_code", "parent": "parent_code"}
# Where the page of a new organisation is come from, and is left for again.
_BACK: Final = ("back", "track")


class Asked(Parameters):
    """Which organisations; what is empty asks nothing."""

    q: str = Field("", max_length=MOST_SEARCH_CHARACTERS)
    kind: OrganisationKind | None = None
    region: str = Field("", max_length=MOST_REGION_CHARACTERS)
    known: Whereabouts | None = None
    after: str = Field("", max_length=MOST_CODE_CHARACTERS)

    def query(self, **more: str | None) -> dict[str, str]:
        """Return it as values of an address, without the page."""
        values = self.model_dump(exclude={"after"}, exclude_defaults=True) | more
        return {name: str(value) for name, value in values.items() if value}


@blueprint.get("/steward/organisations")
@require(Permission.EDIT)
def listed() -> str:
    """List organisations by words, kind, region, and what is known of where they are."""
    given = {name: without_nul(value).strip() for name, value in request.args.items()}
    asked = Asked.check({name: given[name] for name in Asked.model_fields if given.get(name)})
    database = services().database
    wanted = OrganisationFilter(
        frozenset({str(asked.kind)} if asked.kind else ()), asked.region or None
    )
    page = list_desk_organisations(
        database,
        wanted,
        terms=search_terms(asked.q),
        whereabouts=asked.known,
        after=asked.after or None,
    )
    return render_template(
        "steward/organisations/list.html",
        asked=asked,
        page=page,
        kinds=ORGANISATION_KIND_TEXT,
        regions=region_names(database),
        knowns=[
            (each, WHEREABOUTS_TEXT[each], count, _listed(asked.query(known=each)))
            for each, count in page.known.items()
        ],
        all_known=_listed(asked.query(known=None)),
        is_filtered=bool(asked.query()),
        next=_listed(asked.query(after=page.after)) if page.after else None,
        gone=given.get("gone"),
    )


def _listed(query: Mapping[str, Any]) -> str:
    return url_for("steward_organisations.listed", **query)


@blueprint.get("/steward/new-organisation")
@require(Permission.EDIT)
def blank() -> str:
    """Show an empty record; ``name_zh`` and where to go on from there may be given."""
    name = without_nul(request.args.get("name_zh", "")).strip()[:MOST_NAME_CHARACTERS]
    own = signed_in().regions
    region = own[0] if len(own) == 1 else ""
    return _new_page(Sent(values={"name_zh": name, "region": region}), request.args)


@blueprint.post("/steward/new-organisation")
@require(Permission.EDIT)
def add() -> Response | tuple[str, int]:
    """Register an organisation; of one that has the name of another it is asked whether it is another."""
    database = services().database
    values = sent(("code", *_FIELDS))
    same = [] if words("another") else namesakes(database, values.get("name_zh", ""))
    if same:
        return _new_page(Sent(values=values), request.form, same), 409
    given = {name: value for name, value in values.items() if value}
    try:
        record = add_organisation(database, given, issue_code=True)
    except (InvalidValueError, ConflictError) as error:
        return _new_page(Sent(values=values, wrong=error.text), request.form), _status(error)
    if words("back") == "application":
        track = words("track")[:MOST_NAME_CHARACTERS] or None
        return redirect(url_for("applications_list.blank", subject=record.code, track=track))
    return redirect(url_for("steward_organisations.show", code=record.code, saved=1))


@blueprint.get("/steward/organisations/<path:code>")
@require(Permission.EDIT)
def show(code: str) -> str:
    """Show an organisation with what is tied to it, ready to be changed."""
    return _page(code, Sent())


@blueprint.post("/steward/organisations/<path:code>")
@require(Permission.EDIT)
def save(code: str) -> Response | tuple[str, int]:
    """Change the organisation or one of its roles, as ``do`` says."""
    does = {"save": _save, "role": _give, "end": _end, "take": _take, "remove": _remove}
    form = request.form.get("do", "")
    if form not in does:
        accepted = ", ".join(does)
        raise InvalidValueError("do", form[:40], Text(accepted, accepted))
    try:
        return does[form](code)
    except (InvalidValueError, ConflictError) as error:
        state = Sent(form, sent(("facility", "role", "valid_from", "valid_to")), error.text)
        return _page(code, state), _status(error)


def _save(code: str) -> Response | tuple[str, int]:
    """Save what was changed; what somebody else changed meanwhile is kept, or shown beside it."""
    database = services().database
    record = read_organisation(database, code, unpublished=True)
    mine, now = sent(_FIELDS), _values(record)
    found = merge(base(), mine, now)
    if found.clashes and expected_rev() != record.rev:
        state = Sent("save", now | found.changes, clashes=tuple(found.clashes))
        return _page(code, state), 409
    try:
        if found.changes:
            given = {name: value or None for name, value in found.changes.items()}
            change_organisation(
                database, code, given, expected_rev=record.rev, reason=given_reason()
            )
    except ConflictError:
        # Between our reading and our writing somebody else was faster; the next press sees it.
        now = _values(read_organisation(database, code, unpublished=True))
        again = merge(base(), mine, now)
        state = Sent("save", now | again.changes, clashes=tuple(again.clashes))
        return _page(code, state), 409
    except InvalidValueError as error:
        return _page(code, Sent("save", now | found.changes, error.text)), 422
    return _saved(code)


def _give(code: str) -> Response:
    database = services().database
    named, asked = words("facility"), words("role")
    found = [one for one in find_subjects(database, named) if one.kind == "facility"]
    if len(found) != 1:
        accepted = (
            Text("已有站点的编号或名称", "the code or name of a stored facility")
            if not found
            else Text(
                f"站点的编号：有几个站点符合（{'、'.join(one.code for one in found[:5])}）",
                f"its code: several fit ({', '.join(one.code for one in found[:5])})",
            )
        )
        raise InvalidValueError("facility", named[:40], accepted)
    try:
        role = OrganisationRole(asked)
    except ValueError:
        accepted = Text(", ".join(OrganisationRole), ", ".join(OrganisationRole))
        raise InvalidValueError("role", asked[:40], accepted) from None
    new = NewRole(found[0].code, role, optional_day("valid_from"), optional_day("valid_to"))
    give_role(database, code, new)
    return _saved(code, "roles")


def _end(code: str) -> Response:
    end_role(services().database, code, _number(), optional_day("valid_to"))
    return _saved(code, "roles")


def _take(code: str) -> Response:
    take_role(services().database, code, _number(), expected_rev=None)
    return _saved(code, "roles")


def _remove(code: str) -> Response:
    remove_organisation(
        services().database, code, expected_rev=expected_rev(), reason=given_reason()
    )
    return redirect(url_for("steward_organisations.listed", gone=code))


def _number() -> int:
    """Return the number of a role; 0 is none's."""
    value = words("number")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0


def _saved(code: str, anchor: str | None = None) -> Response:
    address = url_for("steward_organisations.show", code=code, saved=1, _anchor=anchor)
    return redirect(address)


def _status(error: ConflictError | InvalidValueError) -> int:
    return 409 if isinstance(error, ConflictError) else 422


def _values(record: OrganisationRecord) -> dict[str, str]:
    """Return what is stored as the form shows it."""

    def said(value: Any) -> str:
        return value.isoformat() if isinstance(value, date) else str(value or "")

    return {name: said(record.values[name]) for name in _FIELDS}


def _field_text(name: str) -> Text:
    if name == "kind":
        return field_text("kind_code")
    return field_text(_STORED_AS.get(name, name))


def _form_parts(region: str | None = None) -> dict[str, Any]:
    """Return what both forms offer: kinds, and the regions in which who asks may write."""
    database = services().database
    names, within = region_names(database), regions_within(database, signed_in().regions)
    return {
        "kinds": ORGANISATION_KIND_TEXT,
        "regions": names,
        "own_regions": {
            code: text
            for code, text in names.items()
            if within is None or code in within or code == region
        },
        "is_kept": within is not None,
        "field_text": _field_text,
    }


def _new_page(state: Sent, asked: Mapping[str, str], same: list[str] | None = None) -> str:
    back = {name: without_nul(asked.get(name, ""))[:MOST_NAME_CHARACTERS] for name in _BACK}
    return render_template(
        "steward/organisations/new.html",
        values=state.values,
        wrong=state.wrong,
        same=same or [],
        back=back,
        **_form_parts(),
    )


def _page(code: str, state: Sent) -> str:
    parts = services()
    one = read_desk_organisation(parts.database, parts.settings, code)
    stored = _values(one.record)
    region = one.record.values["region"]
    within = regions_within(parts.database, signed_in().regions)
    return render_template(
        "steward/organisations/one.html",
        one=one,
        record=one.record,
        stored=stored,
        values=state.values if state.form == "save" else stored,
        role=state.values if state.form == "role" else {},
        base=orjson.dumps(stored).decode(),
        state=state,
        reason=without_nul(request.form.get("reason", "")),
        most_reason=MOST_REASON_CHARACTERS,
        saved=request.args.get("saved") is not None,
        elsewhere=within is not None and region not in within,
        roles=ORGANISATION_ROLE_TEXT,
        statuses=STATUS_TEXT,
        Status=Status,
        titles=[
            recognition_line(each.title_text, each.given_on, each.until_on, None, each.document)
            for each in one.titles
        ],
        story=[
            (
                moment_text(told.stored.at),
                actor_text(told.stored.actor, told.stored.role, told.stored.api_key),
                via_text(told.stored.via),
                told,
            )
            for told in one.story
        ],
        **_form_parts(region),
    )

"""What the steps of an import share: whose draft it is, and the way from one step to the next."""

from typing import Final

from flask import Blueprint, Response, make_response, redirect, url_for

from geoapp.core.i18n import Text
from geoapp.operations.imports import drafts
from geoapp.operations.imports.choices import DraftChoices
from geoapp.operations.imports.drafts import Draft
from geoapp.web.edge.access import signed_in
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.imports.forms import FIELDS
from geoapp.web.pages.steward.imports.pages import Pages

blueprint = Blueprint("steward_import", __name__)

FIELD_TEXT: Final = {
    column.name: Text(column.zh, column.name.replace("_", " ")) for column in FIELDS
}


def draft_of(number: int) -> Draft:
    """Return the draft of whoever asks; 404 where it is another's or gone."""
    return drafts.read_draft(services().database, signed_in().id, number)


def change(draft: Draft, choices: DraftChoices) -> None:
    """Keep other choices of a draft."""
    drafts.change_draft(services().database, signed_in().id, draft.number, choices)


def to(step: str, number: int, pages: Pages | None = None) -> Response:
    """Lead to a step of a draft, and there to the same pages of its lists."""
    query = {} if pages is None else pages.query()
    return make_response(redirect(url_for(f"steward_import.{step}", number=number, **query)))

"""What the finder's field finds by words, and where each hit leads."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, request, url_for

from geoapp.core.limits import MOST_SEARCH_CHARACTERS
from geoapp.core.vocabulary import load_vocabulary
from geoapp.operations.search.find import Hit, HitKind
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import services

blueprint = Blueprint("hits", __name__)

TYPED_LIMIT = 8
PAGE_LIMIT = 30


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit in the page's language.

    Attributes
    ----------
    value
        What the finder's form takes it as: the code of a place to start from, of an amenity, of a
        kind behind its family; a facility's code; a category of services.
    href
        Where it leads without scripts.
    """

    kind: HitKind
    value: str
    name: str
    context: str
    href: str
    sample: bool


@dataclass(frozen=True, slots=True)
class ShownHits:
    """What was found; ``unread`` facilities are too new to be found by name yet.

    ``meant`` is what was looked for instead of the words, where these were a question.
    """

    words: str
    hits: list[ShownHit]
    unread: int
    meant: str | None


@blueprint.post("/finder/hits.json")
def typed() -> Response:
    """Answer what is found by what is being typed; it changes nothing, so it needs no token.

    By POST: what somebody looks for stands in no address and no log.
    """
    found = hits_of(request.form.get("q", ""), TYPED_LIMIT)
    body: dict[str, Any] = {
        "hits": [asdict(one) for one in found.hits],
        "unread": found.unread,
        "meant": found.meant,
    }
    response = json_reply(body)
    response.headers["Cache-Control"] = "no-store"
    return response


csrf.exempt(typed)


def hits_of(given: str, limit: int) -> ShownHits:
    """Return what the public finds by words that somebody typed."""
    words = without_nul(given).strip()[:MOST_SEARCH_CHARACTERS]
    found = services().search.find(words, limit=limit)
    # A region without an outline is no place that one could start from.
    hits = [one for one in found.hits if one.kind_of_hit != "region" or one.position is not None]
    return ShownHits(words, [_shown(one) for one in hits], found.unread, found.meant)


def _shown(hit: Hit) -> ShownHit:
    value = hit.code
    if hit.kind_of_hit == "kind":
        kinds = load_vocabulary().kinds
        value = next(f"{one.family}:{one.code}" for one in kinds if one.code == hit.code)
    return ShownHit(
        hit.kind_of_hit,
        value,
        hit.name.pick(language()),
        hit.context.pick(language()),
        _href(hit.kind_of_hit, value),
        hit.is_sample,
    )


def _href(kind: HitKind, value: str) -> str:
    if kind == "facility":
        return url_for("station.show", code=value)
    if kind == "service":
        return url_for("help.show", category=value)
    if kind == "kind":
        return url_for("finder.show", what=value)
    if kind == "amenity":
        return url_for("finder.show", amenity=value)
    return url_for("finder.show", place=value, open=1)

"""What the finder's field finds by words, and where each hit leads."""

from dataclasses import asdict, dataclass
from typing import Any, TypedDict

from flask import Blueprint, Response, request, url_for

from geoapp.core.limits import MOST_SEARCH_CHARACTERS
from geoapp.core.vocabulary import load_vocabulary
from geoapp.operations.search.hits import Hit, HitKind
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import services

blueprint = Blueprint("hits", __name__)

TYPED_LIMIT = 8
PAGE_LIMIT = 30


class ShownPlace(TypedDict):
    """A place in the page's language, and what the finder's form takes it as."""

    value: str
    name: str


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
    place
        The place to look from, as the form takes it, where it is sought there.
    """

    kind: HitKind
    value: str
    name: str
    context: str
    href: str
    sample: bool
    place: ShownPlace | None


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
    place: ShownPlace | None = None
    if hit.place is not None:
        place = {"value": hit.place.code, "name": hit.place.name.pick(language())}
    return ShownHit(
        hit.kind_of_hit,
        value,
        hit.name.pick(language()),
        hit.context.pick(language()),
        _href(hit.kind_of_hit, value, None if place is None else place["value"]),
        hit.is_sample,
        place,
    )


def _href(kind: HitKind, value: str, place: str | None) -> str:
    if kind == "facility":
        return url_for("station.show", code=value)
    if kind == "service":
        return url_for("help.show", category=value, place=place)
    # Who looks from a place wants an open door; None leaves both out.
    opening = None if place is None else 1
    if kind == "kind":
        return url_for("finder.show", what=value, place=place, open=opening)
    if kind == "amenity":
        return url_for("finder.show", amenity=value, place=place, open=opening)
    return url_for("finder.show", place=value, open=1)

"""What is found by words."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from geoapp.core.i18n import Text

HitKind = Literal["facility", "region", "landmark", "street", "kind", "amenity", "service"]


class Place(NamedTuple):
    """A place to look from."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Attributes
    ----------
    code
        Of the facility, region, landmark, street, kind, amenity (of several at once, with commas), or the
        category of services.
    position
        (lon, lat), WGS-84: the facility's (of an area, a point inside it), a point inside the
        region, about where a landmark is, on the street; None where there is no one place, or it is not known.
    context
        What tells it from others of its name.
    place
        The region, landmark or street to look from, where what is found is sought there.
    """

    kind_of_hit: HitKind
    code: str
    name: Text
    context: Text
    position: tuple[float, float] | None
    is_sample: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, best first; ``unread`` facilities are too new to be found by name yet.

    ``meant`` is what was looked for instead of the words, where these were a question.
    """

    hits: list[Hit]
    unread: int
    meant: str | None = None


def joined(parts: list[Text]) -> Text:
    """Return texts as one, a dot between each two."""
    return Text(" · ".join(one.zh for one in parts), " · ".join(one.en for one in parts))

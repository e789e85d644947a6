"""What stands in the way where nothing fits: each condition that alone does, and the nearest without it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from geoapp.core.entering import ANYBODY, SURELY_TEXT, Entering, why_not
from geoapp.core.i18n import Text
from geoapp.core.vocabulary import load_vocabulary
from geoapp.operations.nearest.service import NearestItem, NearestQuery
from geoapp.store.facilities.read import PlacedFacility
from geoapp.web.pages.cards import Card


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The nearest that fits all but one condition.

    Attributes
    ----------
    drop
        Which condition, as the finder's script knows it: an amenity's code, ``what``, ``enter``, ``surely``.
    condition, why
        The condition in words, and what the facility lacks of it.
    """

    drop: str
    condition: Text
    why: Text
    card: Card


def near_misses(
    query: NearestQuery,
    what: Text | None,
    find: Callable[[NearestQuery], tuple[NearestItem, Card] | None],
) -> list[NearMiss]:
    """Return for each condition that alone stands in the way the nearest without it.

    Parameters
    ----------
    query
        What was asked, and nothing fits.
    what
        The kind or family asked for, in words; None where there is none.
    find
        Returns the nearest that fits a question; None where nothing does.
    """
    tries = [
        (word.code, word.text, replace(query, amenities=query.amenities - {word.code}))
        for word in load_vocabulary().amenities
        if word.code in query.amenities
    ]
    if what is not None:
        tries.append(("what", what, replace(query, kinds=frozenset(), families=frozenset())))
    entering = query.entering
    if entering.is_asked:
        words = entering.text
        whole = Text(f"我能进：{words.zh}", f"I may enter: {words.en}")
        tries.append(("enter", whole, replace(query, entering=ANYBODY)))
    unsure = replace(entering, surely=False)
    if entering.surely and unsure.is_asked:
        tries.append(("surely", SURELY_TEXT, replace(query, entering=unsure)))
    found = []
    for drop, condition, wider in tries:
        nearest = find(wider)
        if nearest is not None:
            item, card = nearest
            why = _why(drop, condition, entering, item.facility)
            found.append(NearMiss(drop, condition, why, card))
    return found


def _why(drop: str, condition: Text, entering: Entering, facility: PlacedFacility) -> Text:
    if drop in ("enter", "surely"):
        return why_not(entering, facility.access, facility.entry)
    if drop == "what":
        return Text(f"不是“{condition.zh}”", f"not of the kind “{condition.en}”")
    return Text(
        f"没有或不知道有没有“{condition.zh}”", f"without, or not known to have, “{condition.en}”"
    )

"""What stands in the way where no station is on one's way: each condition that alone does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from geoapp.core.entering import ANYBODY, SURELY_TEXT
from geoapp.core.i18n import Text
from geoapp.core.vocabulary import load_vocabulary
from geoapp.operations.along.question import AlongQuery
from geoapp.operations.along.service import AlongItem, along
from geoapp.operations.nearest.service import NearestService

OPEN_TEXT = Text("到时开放", "Open on arrival")


@dataclass(frozen=True, slots=True)
class Miss:
    """A station that all but one condition leaves on the way.

    Attributes
    ----------
    drop
        Which condition, as the page's script knows it: ``open``, an amenity's code, ``enter``, ``surely``, or the
        minutes to allow.
    again
        What the button says that asks without it.
    """

    drop: str
    again: Text
    item: AlongItem


def misses(service: NearestService, query: AlongQuery, minutes: Sequence[float]) -> list[Miss]:
    """Return for each condition that alone stands in the way the station that adds least without it.

    Parameters
    ----------
    query
        What was asked, and nothing fits.
    minutes
        What may be allowed; the least that helps is told.
    """
    tries = [("open", OPEN_TEXT, replace(query, open_only=False))] if query.open_only else []
    tries += [
        (word.code, word.text, replace(query, amenities=query.amenities - {word.code}))
        for word in load_vocabulary().amenities
        if word.code in query.amenities
    ]
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
        again = Text(f"去掉“{condition.zh}”再找", f"Search without “{condition.en}”")
        found += [Miss(drop, again, item) for item in along(service, replace(wider, k=1)).items]
    for one in minutes:
        if one <= query.more_minutes:
            continue
        wider = replace(query, more_minutes=float(one), k=1)
        again = Text(f"多花到 {one:g} 分钟再找", f"Search with up to {one:g} minutes more")
        if items := along(service, wider).items:
            return [*found, Miss(f"{one:g}", again, items[0])]
    return found

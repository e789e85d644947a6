"""What stands in the way where nothing near fits: each condition that alone does, or the fewest that do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from geoapp.core.entering import ANYBODY, SURELY_TEXT, Entering, why_not
from geoapp.core.i18n import Text
from geoapp.core.parsing import split_codes
from geoapp.core.vocabulary import load_vocabulary
from geoapp.operations.nearest.service import NearestItem, NearestQuery
from geoapp.store.facilities.read import PlacedFacility
from geoapp.web.pages.cards import Card

ANYTHING: Final[dict[str, Any]] = {
    "kinds": frozenset(),
    "families": frozenset(),
    "amenities": frozenset(),
    "entering": ANYBODY,
    "open_on_arrival": False,
}
_OPEN_TEXT = Text("到时开放", "Open on arrival")
# Which fields of the finder's address ask for a condition; amenities have one together.
_FIELDS: Final = {
    "what": ("what",),
    "open": ("open",),
    "enter": ("may_enter", "without", "surely"),
    "surely": ("surely",),
}


class Ways(NamedTuple):
    """How what stands in the way is found: an answer to a question, all that is near, whether something is."""

    ask: Callable[[NearestQuery], list[NearestItem]]
    look_around: Callable[[], list[NearestItem]]
    is_near: Callable[[NearestItem], bool]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The nearest that fits all but one condition, or all but a few.

    Attributes
    ----------
    drops
        Which conditions, as the finder's script knows them: an amenity's code, ``what``, ``open``, ``enter``,
        ``surely``.
    again
        What the button says that asks without them.
    why
        What the facility lacks of them.
    """

    drops: tuple[str, ...]
    again: Text
    why: Text
    item: NearestItem

    @property
    def drop(self) -> str:
        """The conditions, separated by blanks."""
        return " ".join(self.drops)


@dataclass(frozen=True, slots=True)
class ShownMiss:
    """A near miss with its card; ``address`` asks without it where the page itself has its question."""

    miss: NearMiss
    card: Card
    address: str | None


def what_is_in_the_way(
    query: NearestQuery, what: Text | None, ways: Ways, *, is_beyond: bool
) -> list[NearMiss]:
    """Return for each condition that alone stands in the way the nearest without it, if that is near.

    Where none is, what is near and misses fewest conditions, two or more.

    Parameters
    ----------
    query
        What was asked, and nothing fits, or nothing near.
    what
        The kind or family asked for, in words; None where there is none.
    is_beyond
        Whether something fits that is not near; else what is not near counts for want of anything.
    """
    alone = [
        _miss(query, what, (drop,), item)
        for drop in _conditions(query, what)
        for item in ways.ask(replace(without(query, (drop,)), k=1))
    ]
    close = [miss for miss in alone if ways.is_near(miss.item)]
    if close:
        return close
    drops = _fewest(query, what, ways.look_around())
    if len(drops) > 1:
        for item in ways.ask(replace(without(query, drops), k=1)):
            return [_miss(query, what, drops, item)]
    return [] if is_beyond else alone


def _fewest(query: NearestQuery, what: Text | None, near: list[NearestItem]) -> tuple[str, ...]:
    """Return the conditions that the one missing fewest misses, the nearest of several; empty if nothing is near."""
    conditions = _conditions(query, what)
    lacks = (tuple(drop for drop in conditions if _lacks(query, drop, item)) for item in near)
    return min(lacks, key=len, default=())


def missed_text(misses: list[NearMiss]) -> Text:
    """Say what the misses are: of one condition each, or the one that misses fewest."""
    number = len(misses[0].drops) if misses else 1
    if number == 1:
        return Text("只差一个条件的最近一处：", "The nearest that misses only one condition:")
    return Text(
        f"去掉任何一个条件都还不够。附近最接近的一处差 {number} 个条件：",
        f"Leaving out any one condition is not enough. The closest to it near here misses {number}:",
    )


def fields_without(args: MultiDict[str, str], drops: tuple[str, ...]) -> str:
    """Return a page's question as its address writes it, without some conditions."""
    asked = args.to_dict(flat=False)
    for name in (name for drop in drops for name in _FIELDS.get(drop, ())):
        asked.pop(name, None)
    kept = split_codes(asked.pop("amenity", [])) - set(drops)
    return urlencode(asked | {"amenity": sorted(kept), "asked": ["1"]}, doseq=True)


def without(query: NearestQuery, drops: tuple[str, ...]) -> NearestQuery:
    """Return a question without some of its conditions."""
    for drop in drops:
        if drop == "what":
            query = replace(query, kinds=frozenset(), families=frozenset())
        elif drop == "open":
            query = replace(query, open_on_arrival=False)
        elif drop == "enter":
            query = replace(query, entering=ANYBODY)
        elif drop == "surely":
            query = replace(query, entering=replace(query.entering, surely=False))
        else:
            query = replace(query, amenities=query.amenities - {drop})
    return query


def _conditions(query: NearestQuery, what: Text | None) -> dict[str, Text]:
    """Return the conditions of a question in words, by what the script knows them by."""
    found = {"open": _OPEN_TEXT} if query.open_on_arrival else {}
    found |= {
        word.code: word.text for word in load_vocabulary().amenities if word.code in query.amenities
    }
    if what is not None:
        found["what"] = what
    entering = query.entering
    if entering.is_asked:
        words = entering.text
        found["enter"] = Text(f"我能进：{words.zh}", f"I may enter: {words.en}")
    if entering.surely and replace(entering, surely=False).is_asked:
        found["surely"] = SURELY_TEXT
    return found


def _lacks(query: NearestQuery, drop: str, item: NearestItem) -> bool:
    """Tell whether a condition keeps a facility out; of who may enter, the least that has to go."""
    one, entering = item.facility, query.entering
    if drop == "open":
        return item.open_then is not True
    if drop == "what":
        return one.kind not in query.kinds and one.family not in query.families
    if drop in ("enter", "surely"):
        unsure = replace(entering, surely=False)
        is_enough = unsure.is_asked and unsure.accepts(one.access, one.entry)
        is_kept_out = not entering.accepts(one.access, one.entry)
        return is_kept_out and is_enough is (drop == "surely")
    return drop not in one.amenities


def _miss(
    query: NearestQuery, what: Text | None, drops: tuple[str, ...], item: NearestItem
) -> NearMiss:
    conditions = _conditions(query, what)
    names = [conditions[drop] for drop in drops]
    whys = [_why(drop, conditions[drop], query.entering, item.facility) for drop in drops]
    zh, en = "、".join(f"“{one.zh}”" for one in names), ", ".join(f"“{one.en}”" for one in names)
    return NearMiss(
        drops,
        Text(f"去掉{zh}再找", f"Search without {en}"),
        Text("；".join(one.zh for one in whys), "; ".join(one.en for one in whys)),
        item,
    )


def _why(drop: str, condition: Text, entering: Entering, facility: PlacedFacility) -> Text:
    if drop in ("enter", "surely"):
        return why_not(entering, facility.access, facility.entry)
    if drop == "what":
        return Text(f"不是“{condition.zh}”", f"not of the kind “{condition.en}”")
    if drop == "open":
        return Text("到时不开，或不知道开不开", "not open on arrival, or not known to be")
    return Text(
        f"没有或不知道有没有“{condition.zh}”", f"without, or not known to have, “{condition.en}”"
    )

"""Kinds and amenities as they are sought: by name, several at once, and in a place that is named."""

import re
from functools import cache
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.question_words import sought_there, wishes_in
from geoapp.core.services import load_categories
from geoapp.core.sounds import by_sound, folded, rank_of, sounds_of
from geoapp.core.vocabulary import Amenity, Kind, load_vocabulary
from geoapp.operations.search.hits import Hit, joined
from geoapp.operations.search.spots import PlaceNames

# A kind or amenity of that very name, or one that begins so.
_ITSELF: Final = 1
_ABBREVIATION: Final = 3
_KIND_MARK: Final = "kind:"
_APART: Final = re.compile(r"\d[\W_]+\d")

_KIND: Final = Text("类型", "Kind")
_AMENITY: Final = Text("设施", "Amenity")
_ALL_AT_ONCE: Final = Text("设施，都要有", "Amenities, all of them")
_FROM_THERE: Final = Text("从那里找，只看有的", "From there, only places that have it")
_ALL_FROM_THERE: Final = Text("从那里找，都要有", "From there, only places that have all of them")
_SERVICE_THERE: Final = Text(
    "服务：谁提供，离那里近的在前", "Service: who offers it, nearest to there first"
)
_KIND_FROM_THERE: Final = Text("从那里找，只看这一类", "From there, only this kind")


def offers(terms: list[str]) -> list[Hit]:
    """Return the kinds and amenities that carry the folded terms, the best first."""
    vocabulary = load_vocabulary()
    ranked = [
        *((_rank(one, terms), _kind(one)) for one in vocabulary.kinds),
        *((_rank(one, terms), _amenity(one)) for one in vocabulary.amenities),
    ]
    found = sorted(
        ((rank, hit) for rank, hit in ranked if rank is not None), key=lambda one: one[0]
    )
    # A Latin word that is a name (WC, AED) is not a few letters out of the initials of another.
    if found and found[0][0] == 0 and "".join(terms).isascii():
        found = [(rank, hit) for rank, hit in found if rank <= _ITSELF]
    return [hit for _, hit in found]


def is_abbreviation(word: str) -> bool:
    """Return whether a folded word is a few Latin letters that name an amenity (WC, AED)."""
    return word.isascii() and len(word) <= _ABBREVIATION and word in _amenity_names()


def at_once(words: str) -> list[Hit]:
    """Return the amenities that the words want at once: all as one hit, then each."""
    codes = wishes_in(words, _amenity_names())
    if not codes:
        return []
    wanted = _amenities(codes)
    return [
        Hit("amenity", ",".join(codes), _all(wanted), _ALL_AT_ONCE, None),
        *map(_amenity, wanted),
    ]


def there(words: str, places: PlaceNames) -> list[Hit]:
    """Return what the words want in a place that they name: amenities, or one kind."""
    sought = sought_there(words, _names(), places, places.initials)
    # What is folded has lost what stands between two numbers: 12-3 is not 123.
    if sought is None or (_APART.search(words) and re.search(r"\d", sought.place)):
        return []
    kinds = [one for one in sought.codes if one.startswith(_KIND_MARK)]
    if kinds and len(sought.codes) > 1:
        return []
    if kinds:
        [kind] = (
            one for one in load_vocabulary().kinds if one.code == kinds[0].removeprefix(_KIND_MARK)
        )
        wish, context = _kind(kind), _KIND_FROM_THERE
    else:
        wanted = _amenities(sought.codes)
        context = _FROM_THERE if len(wanted) == 1 else _ALL_FROM_THERE
        wish = Hit("amenity", ",".join(sought.codes), _all(wanted), context, None)
    return [
        Hit(
            wish.kind_of_hit,
            wish.code,
            Text(
                f"{spot.place.name.zh} · {wish.name.zh}",
                f"{spot.place.name.en} · {wish.name.en}",
            ),
            context if spot.note is None else joined([spot.note, context]),
            (spot.lon, spot.lat),
            place=spot.place,
        )
        for spot in places.spots(sought.place)
    ]


def help_there(words: str, places: PlaceNames) -> list[Hit]:
    """Return the categories of services that the words want in a place that they name."""
    names = {
        name: one.code
        for one in load_categories().categories
        for word in one.names
        for name in (folded(word), *by_sound([word]))
    }
    sought = sought_there(words, names, places, places.initials)
    if sought is None:
        return []
    texts = {one.code: one.text for one in load_categories().categories}
    return [
        Hit(
            "service",
            code,
            Text(
                f"{spot.place.name.zh} · {texts[code].zh}",
                f"{spot.place.name.en} · {texts[code].en}",
            ),
            _SERVICE_THERE if spot.note is None else joined([spot.note, _SERVICE_THERE]),
            None,
            place=spot.place,
        )
        for spot in places.spots(sought.place)
        if spot.place.code in places.regions
        for code in sought.codes
    ]


def _rank(one: Kind | Amenity, terms: list[str]) -> int | None:
    names = (one.name_zh, one.name_en, *one.synonyms)
    ranks = (rank_of(terms, sounds_of(name)) for name in names)
    return min((rank for rank in ranks if rank is not None), default=None)


def _kind(one: Kind) -> Hit:
    return Hit("kind", one.code, one.text, _KIND, None)


def _amenity(one: Amenity) -> Hit:
    return Hit("amenity", one.code, one.text, _AMENITY, None)


def _amenities(codes: list[str] | tuple[str, ...]) -> list[Amenity]:
    return [one for code in codes for one in load_vocabulary().amenities if one.code == code]


def _all(wanted: list[Amenity]) -> Text:
    return Text(
        " + ".join(one.text.zh for one in wanted), " + ".join(one.text.en for one in wanted)
    )


def _names_of(one: Kind | Amenity) -> list[str]:
    """Return all names of a kind or an amenity, `folded`."""
    return [folded(name) for name in (one.name_zh, one.name_en, *one.synonyms)]


@cache
def _amenity_names() -> dict[str, str]:
    return {name: one.code for one in load_vocabulary().amenities for name in _names_of(one)}


@cache
def _names() -> dict[str, str]:
    """Return what is sought in a place by names and sounds: kinds behind a mark, an amenity before a kind."""
    kinds = {
        name: f"{_KIND_MARK}{one.code}"
        for one in load_vocabulary().kinds
        for name in _names_of(one)
    }
    named = kinds | _amenity_names()
    spoken = {sound: code for name, code in named.items() for sound in by_sound([name])}
    return spoken | named

"""Which stations list what somebody needs among their amenities, where no offer is registered.

A register that knows of no offer does not say that there is none: a station may list "legal
advice" among what it has while nobody has entered the service with its hours and telephone.
"""

from dataclasses import dataclass

from geoapp.core.services import load_categories
from geoapp.core.simplified import simplified
from geoapp.core.sounds import folded, search_terms
from geoapp.core.vocabulary import Amenity, load_vocabulary
from geoapp.operations.services.read import holds_terms
from geoapp.store.engine import Database
from geoapp.store.facilities.listing import Lister, facilities_listing


@dataclass(frozen=True, slots=True)
class Listed:
    """An amenity, some stations in service that list it, and how many do in all."""

    amenity: Amenity
    stations: list[Lister]
    total: int


def stations_that_list(
    database: Database,
    words: str,
    category: str | None,
    *,
    near: tuple[float, float] | None,
    limit: int,
) -> list[Listed]:
    """Return the amenities that are meant by words or by a category, with who lists them.

    An amenity is meant where one of its names holds all the words; without words, where it shares a
    name with the category. Those that nobody lists are left out.
    """
    meant = _meant(words, category)
    if not meant:
        return []
    lon, lat = near or (None, None)
    found = []
    with database.snapshot() as session:
        for one in meant:
            stations, total = facilities_listing(session, one.code, lon=lon, lat=lat, limit=limit)
            if total:
                found.append(Listed(one, stations, total))
    return found


def _meant(words: str, category: str | None) -> list[Amenity]:
    terms = search_terms(simplified(words))
    known = load_categories().categories
    kin = {folded(name) for one in known if one.code == category for name in one.names}

    def is_meant(name: str) -> bool:
        return holds_terms(name, terms) if terms else folded(name) in kin

    return [
        one
        for one in load_vocabulary().amenities
        if any(map(is_meant, (one.name_zh, one.name_en, *one.synonyms)))
    ]

"""Places that addresses may mean, on the streets that are loaded; nothing is placed by it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.streets.addresses import read_address
from geoapp.analysis.streets.index import StreetIndex
from geoapp.analysis.streets.placing import (
    PlaceKind,
    Placing,
    StreetPlace,
    Trouble,
    place_address,
)
from geoapp.core.i18n import Text
from geoapp.importers.rows.place_checks import OUTLINE_ERROR_M, RegionOutlines
from geoapp.reports.words.streets import (
    NO_STREET,
    also_unknown_text,
    crossing_text,
    elsewhere_text,
    house_text,
    may_go_on_text,
    meeting_text,
    no_crossing_text,
    street_text,
    too_many_text,
    unknown_district_text,
    unknown_text,
)

# Borders of districts run along streets, and are drawn as exactly as that.
_BORDER_DEG: Final = OUTLINE_ERROR_M / 111_000.0
_LEAST_NAME: Final = 2
# A district, and not what else ends like one.
_DISTRICT: Final = re.compile(
    r"(?:^|[省市州盟\W])([\u4e00-\u9fff]{1,4}(?<![发校厂园社小新景街片库])[区县])(?=[\u4e00-\u9fff])"
)


@dataclass(frozen=True, slots=True)
class ProposedPlace:
    """A place that an address may mean (WGS-84), said in words; ``key`` names it in a form.

    Where the street may go on beyond the extract, it may be farther off than ``accuracy_m``.
    """

    lon: float
    lat: float
    accuracy_m: float
    text: Text
    may_go_on: bool = False

    @property
    def key(self) -> str:
        """The place itself, so that what is accepted is what was seen."""
        return f"{self.lon:.7f},{self.lat:.7f},{self.accuracy_m:.0f}"


@dataclass(frozen=True, slots=True)
class ProposedPlaces:
    """What an address may mean: one place, several to choose from, or why there is none."""

    places: tuple[ProposedPlace, ...] = ()
    trouble: Text | None = None


class AddressPlacer:
    """Finds addresses on the streets of an extract, within the districts of the register."""

    def __init__(self, index: StreetIndex, regions: RegionOutlines) -> None:
        self.index = index
        self._regions = regions
        self._areas: dict[str, BaseGeometry] = {}

    def propose(self, address: str, region_words: str = "") -> ProposedPlaces:
        """Return the places that an address may mean.

        Parameters
        ----------
        region_words
            What the row says of its region, in a column of its own.
        """
        words = read_address(address, self.index, self._ends)
        if not words.named and not words.unknown:
            return ProposedPlaces(trouble=NO_STREET)
        region = self._region(address, region_words)
        strange = None if region is not None else self._strange_district(address)
        if strange is not None:
            return ProposedPlaces(trouble=unknown_district_text(strange))
        region = self._outlined(region)
        found = place_address(words, self.index, self._area(region))
        if found.trouble is not None:
            return ProposedPlaces(trouble=self._trouble(found, region))
        called = Counter(self._name(one.streets[0]) for one in found.places)
        return ProposedPlaces(
            tuple(
                ProposedPlace(
                    one.lon,
                    one.lat,
                    one.accuracy_m,
                    self._words(one, region, found.unknown, called[self._name(one.streets[0])] > 1),
                    one.may_go_on,
                )
                for one in found.places
            )
        )

    @cached_property
    def _ends(self) -> frozenset[str]:
        """Names behind which a street's name may stand, whole and without their ending."""
        names = [name for name in self._regions.names.values() if len(name) > _LEAST_NAME]
        return frozenset({*names, *(name[:-1] for name in names)})

    def _region(self, address: str, region_words: str) -> str | None:
        """Return the code of the region that a row states, or that its address names."""
        codes: Sequence[str] = ()
        if region_words.strip():
            codes = self._regions.named.codes_of(region_words.strip())
        if len(codes) != 1:
            named = {
                code
                for code, name in self._regions.names.items()
                if len(name) > _LEAST_NAME and name in address
            }
            above = {one for code in named for one in self._regions.above(code)}
            codes = sorted(named - above)
        return codes[0] if len(codes) == 1 else None

    def _strange_district(self, address: str) -> str | None:
        """Return a district that an address names and that is not known: it is not passed over."""
        for name in _DISTRICT.findall(address):
            if not any(name.endswith(known) for known in self._ends):
                return str(name)
        return None

    def _outlined(self, region: str | None) -> str | None:
        """Return a region, or the lowest above it that has an outline."""
        chain = () if region is None else (region, *self._regions.above(region))
        return next((code for code in chain if code in self._regions.outlines), None)

    def _area(self, region: str | None) -> BaseGeometry | None:
        if region is None:
            return None
        if region not in self._areas:
            self._areas[region] = self._regions.outlines[region].buffer(_BORDER_DEG)
        return self._areas[region]

    def _trouble(self, found: Placing, region: str | None) -> Text:
        if found.trouble is Trouble.UNKNOWN:
            return unknown_text(found.unknown)
        names = list(dict.fromkeys(self._name(one) for one in found.elsewhere))
        if found.trouble is Trouble.NO_CROSSING:
            return no_crossing_text(names[0], names[-1])
        if found.trouble is Trouble.TOO_MANY:
            return too_many_text(names[0], len(found.elsewhere))
        return elsewhere_text(names[0], self._district(region or ""))

    def _districts(self, one: StreetPlace) -> Text | None:
        """Return the districts that a place may be in: a street goes through several."""
        lon, lat = np.array([one.lon]), np.array([one.lat])
        if one.kind is PlaceKind.STREET:
            lon, lat = shapely.get_coordinates(self.index.streets[one.streets[0]].lines).T
        codes = {code: None for code in self._regions.deepest(lon, lat) if code is not None}
        names = "、".join(self._district(code).zh for code in codes)
        return Text(names, names.replace("、", ", ")) if names else None

    def _words(
        self, one: StreetPlace, region: str | None, unknown: tuple[str, ...], is_one_of_many: bool
    ) -> Text:
        """Say where a place is; of streets of one name, what meets each, so that they can be told apart."""
        district = self._districts(one) if region is None else self._district(region)
        streets = [self._name(street) for street in one.streets]
        if one.kind is PlaceKind.HOUSE:
            return house_text(streets[0], one.number, district, one.accuracy_m)
        if one.kind is PlaceKind.CROSSING:
            return crossing_text(streets[0], streets[1], district, one.accuracy_m)
        text = street_text(streets[0], district, one.accuracy_m)
        meeting = self.index.meeting(one.streets[0]) if is_one_of_many else None
        if meeting is not None:
            text = meeting_text(text, self._name(meeting))
        if one.may_go_on:
            text = may_go_on_text(text)
        if not unknown:
            return text
        also = also_unknown_text(unknown)
        return Text(f"{text.zh}；{also.zh}", f"{text.en}; {also.en}")

    def _name(self, street: int) -> Text:
        one = self.index.streets[street]
        return Text(one.zh or one.name, one.en or one.name)

    def _district(self, code: str) -> Text:
        name = self._regions.names.get(code, code)
        return Text(name, name)

"""What an answer by place leaves out: facilities of which only the district is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely

from geoapp.core.entering import Entering
from geoapp.core.i18n import Text
from geoapp.operations.ground.in_service import in_service
from geoapp.store.facilities.unplaced import UnplacedFacility


@dataclass(frozen=True, slots=True)
class Somewhere:
    """How many facilities are known to be somewhere in the district that a position lies in."""

    count: int
    region: str
    name: Text

    @property
    def note(self) -> Text:
        """The sentence that says so."""
        is_one = self.count == 1
        return Text(
            f"另有 {self.count:,} 处只知道在{self.name.zh}，不知道具体位置，没有列入。",
            f"{self.count:,} more {'is' if is_one else 'are'} known only to be somewhere in "
            f"{self.name.en}, and not listed.",
        )


class UnplacedDistricts:
    """The facilities without a position by the district that they are known to be in."""

    def __init__(
        self,
        districts: Sequence[tuple[str, Text, bytes]],
        facilities: Sequence[UnplacedFacility],
    ) -> None:
        self._districts = [(code, name) for code, name, _ in districts]
        self._outlines = shapely.from_wkb(np.array([wkb for _, _, wkb in districts], dtype=object))
        shapely.prepare(self._outlines)
        self._bounds: list[list[float]] = shapely.bounds(self._outlines).tolist()
        self._of: dict[str, list[UnplacedFacility]] = {}
        for one in facilities:
            if one.region_code is not None:
                self._of.setdefault(one.region_code, []).append(one)

    def around(
        self,
        lon: float,
        lat: float,
        at: datetime,
        *,
        kinds: frozenset[str],
        families: frozenset[str],
        amenities: frozenset[str],
        entering: Entering,
    ) -> Somewhere | None:
        """Return how many that fit a question are in a position's district; None if there are none.

        Parameters
        ----------
        at
            The moment at which they are in service.
        kinds, families
            Any of them; empty is all.
        amenities
            All of them, known to be there.
        entering
            Who wants to enter.
        """
        for place, (west, south, east, north) in enumerate(self._bounds):
            if not (west <= lon <= east and south <= lat <= north):
                continue
            if not shapely.intersects_xy(self._outlines[place], lon, lat):
                continue
            code, name = self._districts[place]
            count = self.count_in(
                frozenset({code}),
                at,
                kinds=kinds,
                families=families,
                amenities=amenities,
                entering=entering,
            )
            if count:
                return Somewhere(count, code, name)
        return None

    def count_in(
        self,
        regions: frozenset[str],
        at: datetime,
        *,
        kinds: frozenset[str],
        families: frozenset[str],
        amenities: frozenset[str],
        entering: Entering,
    ) -> int:
        """Return how many that fit a question, as for ``around``, are known to be in any of the regions."""
        return sum(
            in_service(one, at)
            and (not kinds or one.kind in kinds)
            and (not families or one.family in families)
            and amenities.issubset(one.amenities)
            and entering.accepts(one.access, one.entry)
            for code in regions
            for one in self._of.get(code, ())
        )

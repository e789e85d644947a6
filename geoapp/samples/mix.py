"""The assumptions behind the sample's facilities, read from ``data/sample/facility_mix.json``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from geoapp.core.paths import shipped
from geoapp.core.words import Family


@dataclass(frozen=True, slots=True)
class HoursForm:
    """One way of writing opening hours: OpenStreetMap's syntax and the words of a sign."""

    osm: str
    raw: str
    weight: float


@dataclass(frozen=True, slots=True)
class FacilityMix:
    """Shares of kinds, hours, amenities and the rest; '' as a word stands for unknown."""

    counts: Mapping[Family, int]
    kinds: Mapping[Family, Mapping[str, float]]
    moving: Mapping[str, int]
    always: HoursForm
    always_share: float
    hours_unknown_share: float
    hours: Mapping[Family, tuple[HoursForm, ...]]
    nothing_known_share: float
    seven_ones_share: float
    amenities: Mapping[Family, Mapping[str, tuple[float, float]]]
    kind_amenities: Mapping[str, Mapping[str, tuple[float, float]]]
    entry: Mapping[Family, Mapping[str, float]]
    unattended_entry: Mapping[str, float]
    access: Mapping[Family, Mapping[str, float]]
    hosts: Mapping[Family, tuple[tuple[str, float], ...]]
    status: Mapping[str, float]
    capacity: Mapping[Family, tuple[int, int]]
    area_kinds: frozenset[str]

    def chances(self, family: Family, kind: str) -> dict[str, tuple[float, float]]:
        """Return each amenity's chances of being present and of being known to be absent."""
        return {**self.amenities[family], **self.kind_amenities.get(kind, {})}


def _chances(rows: Mapping[str, list[float]]) -> dict[str, tuple[float, float]]:
    return {code: (yes, no) for code, (yes, no) in rows.items()}


@cache
def load_facility_mix() -> FacilityMix:
    """Return the shipped assumptions; read once per process."""
    path = shipped("data") / "sample" / "facility_mix.json"
    mix: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    hours = mix["hours"]
    forms = {
        name: tuple(HoursForm(osm, raw, weight) for osm, raw, weight in hours[name])
        for name in ("station", "office")
    }
    always_osm, always_raw = hours["always"]
    return FacilityMix(
        counts={Family(name): count for name, count in mix["counts"].items()},
        kinds={Family(name): kinds for name, kinds in mix["kinds"].items()},
        moving=mix["moving"],
        always=HoursForm(always_osm, always_raw, 1.0),
        always_share=hours["always_share"],
        hours_unknown_share=hours["unknown_share"],
        hours={
            family: forms["station" if family is Family.STATION else "office"] for family in Family
        },
        nothing_known_share=mix["nothing_known_share"],
        seven_ones_share=mix["seven_ones_share"],
        amenities={Family(name): _chances(rows) for name, rows in mix["amenities"].items()},
        kind_amenities={kind: _chances(rows) for kind, rows in mix["kind_amenities"].items()},
        entry={Family(name): words for name, words in mix["entry"].items()},
        unattended_entry=mix["unattended_entry"],
        access={Family(name): words for name, words in mix["access"].items()},
        hosts={
            Family(name): tuple((host, weight) for host, weight in rows)
            for name, rows in mix["hosts"].items()
        },
        status=mix["status"],
        capacity={Family(name): (low, high) for name, (low, high) in mix["capacity"].items()},
        area_kinds=frozenset(mix["area_kinds"]),
    )

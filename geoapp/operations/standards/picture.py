"""The map of a standard as a picture: the facilities by how they stand, on the outlines of districts."""

from datetime import date
from pathlib import Path
from typing import Final

import shapely

from geoapp.core.errors import ConflictError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Language, Text
from geoapp.core.results.standards import StandardResult
from geoapp.core.standards import COMPLIANCE_TEXT, Compliance
from geoapp.core.words import Level
from geoapp.reports.coverage.picture import Marks, Picture, Sign, write_picture
from geoapp.reports.parts import Area, Map
from geoapp.reports.words import standards as words
from geoapp.reports.words.coverage_book import boundaries_text
from geoapp.store.engine import Database
from geoapp.store.regions import region_shapes

_SIMPLE_M: Final = 5.0
# As the page draws them; what lacks something lies on top.
_SIGNS: Final[tuple[tuple[Compliance, Sign, str], ...]] = (
    (Compliance.UNKNOWN, "ring", "#7c4a03"),
    (Compliance.COMPLIES, "disc", "#12693f"),
    (Compliance.LACKS, "diamond", "#b3261e"),
)


def save_standard_picture(
    database: Database,
    result: StandardResult,
    path: Path,
    day: date,
    *,
    state: Compliance | None = None,
    language: Language = "zh",
) -> None:
    """Write a result's map as PNG, 1600 px wide; the file appears whole or not at all.

    Parameters
    ----------
    day
        As of when the result is, as it is told on the picture.
    state
        Only facilities that stand so are drawn; the figures are of all.

    Raises
    ------
    ConflictError
        If the outlines of its regions are not known.
    """
    picture = _picture(database, result, day, state)
    with replaced_whole(path) as fresh:
        write_picture(picture, fresh, language)


def _picture(
    database: Database, result: StandardResult, day: date, state: Compliance | None
) -> Picture:
    with database.snapshot() as session:
        found = region_shapes(session, None, None, simplify_m=_SIMPLE_M)
    told = {one.properties["code"]: one.properties for one in found}
    outlines = {
        one.properties["code"]: shapely.from_wkb(one.geometry_wkb)
        for one in found
        if one.geometry_wkb is not None
    }
    names = {
        code: Text(one["name_zh"], one["name_en"] or one["name_zh"]) for code, one in told.items()
    }
    shown = [
        one.code
        for one in result.regions
        if one.code is not None and one.code in outlines and one.level == Level.DISTRICT
    ]
    # Of a region without districts, as a street, itself.
    if not shown and result.region is not None and result.region in outlines:
        shown = [result.region]
    if not shown:
        raise ConflictError(
            Text(
                "这里的区域没有边界，画不出地图。",
                "The outlines of the regions here are not known: there is no map to draw.",
            )
        )
    # What lies around says where one is.
    around = [
        shape
        for code, shape in outlines.items()
        if code not in shown and told[code]["level"] == Level.DISTRICT
    ]
    placed = [one for one in result.facilities if state in (None, one.state)]
    marks = [
        Marks(
            sign,
            colour,
            [
                (one.lon, one.lat)
                for one in placed
                if one.state is each and one.lon is not None and one.lat is not None
            ],
            COMPLIANCE_TEXT[each],
        )
        for each, sign, colour in _SIGNS
        if state in (None, each)
    ]
    sources = sorted({source for code in shown if (source := told[code]["source"])})
    where = None if result.region is None else names[result.region]
    notes = [
        words.picture_note(day, sum(one.lon is None for one in placed)),
        words.source_text(result.standard),
        words.samples_text(result),
        boundaries_text(sources) if sources else None,
    ]
    return Picture(
        Map(
            words.picture_title(result.standard, where),
            # A share in colour would paint what is unknown as lacking: facilities alone have signs.
            [Area(outlines[code], None, names[code]) for code in shown],
            [],
            [],
            [],
        ),
        around,
        words.picture_figures(result),
        [one for one in notes if one is not None],
        result.sample,
        share_legend=None,
        marks=marks,
    )

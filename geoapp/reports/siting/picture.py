"""The map of a plan as a picture (PNG): districts as they would be covered, the new sites, what stands."""

from pathlib import Path

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Language, Text
from geoapp.reports.coverage.picture import Picture, write_picture
from geoapp.reports.parts import Area, Map, Spot
from geoapp.reports.siting.paper import Paper
from geoapp.reports.words import papers as words


def write_plan_picture(paper: Paper, path: Path, language: Language) -> None:
    """Write a plan's map as PNG, 1600 px wide.

    Raises
    ------
    ConflictError
        If the outlines of its districts are not known.
    """
    shares = {one.name: one.after_share for one in paper.districts}
    areas = [Area(shape, shares[name], name) for name, shape in paper.outlines if name in shares]
    if not areas:
        raise ConflictError(
            Text(
                "方案的区域没有边界，画不出地图。",
                "The outlines of the plan's districts are not known: there is no map to draw.",
            )
        )
    figures = [f"{label.zh} {value.zh}" for label, value in paper.figures]
    english = [f"{label.en} {value.en}" for label, value in paper.figures]
    picture = Picture(
        Map(
            paper.title,
            areas,
            paper.gaps,
            paper.facilities,
            [Spot(one.order, one.lon, one.lat) for one in paper.sites],
        ),
        [shape for name, shape in paper.outlines if name not in shares],
        Text("；".join(figures), "; ".join(english)),
        [
            paper.verdict,
            *paper.besides,
            Text(f"{paper.footer.zh}，{paper.day}。", f"{paper.footer.en}, {paper.day}."),
        ],
        paper.sample,
        share_legend=words.SHARE_AFTER,
        zone_legend=words.GAPS_BEFORE,
        facility_legend=words.IN_PLACE,
        spot_legend=words.NEW_SITES,
    )
    write_picture(picture, path, language)

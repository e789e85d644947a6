"""A run's figures as one page lists them: those it shows are read, not all of the run's regions."""

from collections.abc import Mapping
from dataclasses import dataclass

from geoapp.core.results.coverage import KeptRegion, RegionFigures
from geoapp.core.words import Level
from geoapp.store.engine import Database
from geoapp.store.runs import region_figures as store


@dataclass(frozen=True, slots=True)
class Listed:
    """What a page lists of a run.

    Attributes
    ----------
    own
        The region's own figures; None without a region, or where the run has none for it.
    rows
        The regions directly below it, in order of code, or itself where there are none; without a
        region all districts.
    level
        Of the regions of its map.
    within
        What contains all that its map shows; None is everything.
    shares
        By code which share is covered of each region of that level and in there.
    """

    own: RegionFigures | None
    rows: list[RegionFigures]
    level: Level
    within: str | None
    shares: Mapping[str, float | None]


def listed(database: Database, run_id: int, region: str | None) -> Listed:
    """Return what a page lists of a run: of a region and those below it, or of all districts.

    A region's map shows what it lies in: what is below the region above it.
    """
    with database.snapshot() as session:
        found = [_value(one) for one in store.listed_figures(session, run_id, region)]
        own = next((one for one in found if one.code == region), None)
        rows = [one for one in found if one is not own]
        if own is not None and not rows:
            rows = [own]
        level = next((one.level for one in rows if one.level is not None), Level.DISTRICT)
        if own is None:
            return Listed(None, rows, level, None, {one.code: one.covered_share for one in rows})
        within = own.parent or own.code
        return Listed(
            own, rows, level, within, store.covered_shares(session, run_id, level, within)
        )


def figures_of_region(database: Database, run_id: int, region: str) -> RegionFigures | None:
    """Return one region's figures in a run; None where it has none."""
    with database.snapshot() as session:
        found = store.some_figures(session, run_id, [region])
    return _value(found[0]) if found else None


def top_region(database: Database, run_id: int) -> str | None:
    """Return the first of a run's regions that lies in no other; None where it has none."""
    with database.snapshot() as session:
        return store.top_region(session, run_id)


def _value(row: store.NamedFigures) -> RegionFigures:
    region = row.region
    return RegionFigures(
        code=region.code,
        name_zh=region.name_zh,
        name_en=region.name_en,
        level=Level(region.level),
        parent=region.parent_code,
        **dict(KeptRegion.checked(row.figures)),
    )

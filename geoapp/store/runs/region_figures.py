"""Named queries on a run's figures by region, beside what the regions are called today."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.words import Level
from geoapp.store.facilities.places import RegionName

_NAMED: Final = """
    select r.code, r.level, r.name_zh, r.name_en, r.parent_code, f.figures
    from region r join run_region f on f.run_id = :run and f.region_code = r.code
    where {which} order by r.code
"""
_DISTRICTS: Final = text(_NAMED.format(which=f"r.level = '{Level.DISTRICT}'"))
_BELOW: Final = text(_NAMED.format(which="r.code = :region or r.parent_code = :region"))
_SOME: Final = text(_NAMED.format(which="r.code = any(:codes)"))
_TOP: Final = text(
    "select r.code from region r join run_region f on f.run_id = :run and f.region_code = r.code "
    "where r.parent_code is null order by r.code limit 1"
)
# Read in the database: of a whole level there may be thousands, and each row holds far more than this. Down to
# that level and no further: below it there may be thousands, too.
_SHARES: Final = text(
    """
    with recursive inside(code, level) as (
        select code, level from region where code = :region
        union all
        select r.code, r.level from region r join inside i on r.parent_code = i.code
        where i.level <> :level
    )
    select i.code, cast(f.figures ->> 'covered_share' as double precision)
    from inside i join run_region f on f.run_id = :run and f.region_code = i.code
    where i.level = :level order by i.code
    """
)
_SHARES_OF_RUNS: Final = text(
    "select run_id, region_code, cast(figures ->> 'covered_share' as double precision) "
    "from run_region where run_id = any(:runs) and region_code = any(:codes)"
)


@dataclass(frozen=True, slots=True)
class NamedFigures:
    """A region as it is called today, and its figures in a run."""

    region: RegionName
    figures: dict[str, Any]


def listed_figures(session: Session, run_id: int, region: str | None) -> list[NamedFigures]:
    """Return a run's figures of a region and those directly below it; of all districts without one."""
    asked = _DISTRICTS if region is None else _BELOW
    return _rows(session, asked, {"run": run_id, "region": region})


def some_figures(session: Session, run_id: int, codes: Sequence[str]) -> list[NamedFigures]:
    """Return a run's figures of some regions; one that has none is left out."""
    return _rows(session, _SOME, {"run": run_id, "codes": list(codes)})


def _rows(session: Session, asked: Any, values: dict[str, Any]) -> list[NamedFigures]:
    return [
        NamedFigures(RegionName(*named), figures)
        for *named, figures in session.execute(asked, values)
    ]


def top_region(session: Session, run_id: int) -> str | None:
    """Return the first of a run's regions that lies in no other."""
    found: str | None = session.scalar(_TOP, {"run": run_id})
    return found


def covered_shares(
    session: Session, run_id: int, level: Level, within: str
) -> dict[str, float | None]:
    """Return by code which share a run covers of the regions of a level that lie within another."""
    rows = session.execute(_SHARES, {"run": run_id, "level": str(level), "region": within})
    return {code: share for code, share in rows}


def shares_of_runs(
    session: Session, run_ids: Sequence[int], codes: Sequence[str]
) -> dict[int, dict[str, float | None]]:
    """Return by run and code which share each of some runs covers of each of some regions.

    A run that has no figures of a region has no entry; None is a region without workers.
    """
    found: dict[int, dict[str, float | None]] = {one: {} for one in run_ids}
    for run_id, code, share in session.execute(
        _SHARES_OF_RUNS, {"runs": list(run_ids), "codes": list(codes)}
    ):
        found[run_id][code] = share
    return found

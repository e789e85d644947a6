"""A siting run's sites as proposed facilities: on the books, not yet public."""

from dataclasses import dataclass

from geoapp.core.settings import Settings
from geoapp.core.units import counted
from geoapp.core.words import Datum, Status
from geoapp.operations.facilities.edit import add_missing
from geoapp.operations.siting.results import finished, sites_of
from geoapp.store.engine import Database


@dataclass(frozen=True, slots=True)
class Proposed:
    """Codes of the facilities: those that are new, and those that were there already."""

    added: tuple[str, ...]
    there: tuple[str, ...]


def propose(database: Database, settings: Settings, run_id: int) -> Proposed:
    """Store the sites of a finished siting run as facilities of status *proposed*, all or none.

    Doing it again adds only what is missing, and changes nothing.

    Raises
    ------
    NotFoundError
        If there is no such siting run.
    ConflictError
        If it has not succeeded.
    """
    sample = finished(database, run_id).inputs.sample
    mark_zh, mark_en = ("（示例）", " (sample)") if sample else ("", "")
    rows = []
    for site in sites_of(database, run_id):
        adds = counted(site.adds, "人", "worker")
        rows.append(
            {
                "code": f"P{run_id}-{site.order:03d}",
                "kind": "station",
                "name_zh": f"拟建站点 {run_id}-{site.order}{mark_zh}",
                "name_en": f"Proposed station {run_id}-{site.order}{mark_en}",
                "lon": site.lon,
                "lat": site.lat,
                "status": str(Status.PROPOSED),
                "source": f"选址 {run_id}：候选点 {site.code}，新增覆盖 {adds.zh}{mark_zh} / "
                f"siting run {run_id}: {site.code}, {adds.en} newly reached{mark_en}",
            }
        )
    added, there = add_missing(database, settings, rows, Datum.WGS84)
    return Proposed(tuple(added), tuple(there))

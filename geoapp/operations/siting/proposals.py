"""A siting run's sites as proposed facilities: on the books, not yet public."""

from dataclasses import dataclass

from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.units import counted
from geoapp.core.words import Datum, Family, Status
from geoapp.operations.facilities.edit import add_missing
from geoapp.operations.siting.results import finished, sites_of
from geoapp.store.engine import Database
from geoapp.store.facilities.read import facility_by_code


@dataclass(frozen=True, slots=True)
class Proposed:
    """Codes of the facilities: those that are new, and those that were there already."""

    added: tuple[str, ...]
    there: tuple[str, ...]


def propose(database: Database, settings: Settings, run_id: int) -> Proposed:
    """Store the sites of a finished siting run as facilities of status *proposed*, all or none.

    They carry what the plan rests on: the hours that its question gave them, and a kind of a family
    that counts in it, so that the plan's figure holds once they are opened. Facilities to be upgraded
    keep their own hours where the question gave none. Doing it again adds only what is missing, and changes nothing.

    Raises
    ------
    NotFoundError
        If there is no such siting run.
    ConflictError
        If it has not succeeded.
    """
    run = finished(database, run_id)
    wanted = SitingParameters.from_stored(run.params)
    sample = run.inputs.sample
    mark_zh, mark_en = ("（示例）", " (sample)") if sample else ("", "")
    rows = []
    sites = sites_of(database, run_id)
    own = _own_hours(database, [site.code for site in sites]) if wanted.upgraded else {}
    given = {"opening_hours": wanted.new_hours} if wanted.new_hours is not None else {}
    for site in sites:
        adds = counted(site.adds, "人", "worker")
        rows.append(
            {
                "code": f"P{run_id}-{site.order:03d}",
                "kind": _family(wanted),
                "name_zh": f"新建站点 {run_id}-{site.order}（{site.label.zh}）{mark_zh}",
                "name_en": f"New station {run_id}-{site.order} ({site.label.en}){mark_en}",
                "lon": site.lon,
                "lat": site.lat,
                "status": str(Status.PROPOSED),
                **(given or own.get(site.code, {})),
                "source": f"选址 {run_id}：候选点 {site.code}，新增覆盖 {adds.zh}{mark_zh} / "
                f"siting run {run_id}: {site.code}, {adds.en} newly reached{mark_en}",
            }
        )
    added, there = add_missing(database, settings, rows, Datum.WGS84)
    return Proposed(tuple(added), tuple(there))


def _family(wanted: SitingParameters) -> Family:
    """Return a family that counts in a question, stations before others."""
    families = wanted.families or (Family.STATION,)
    return Family.STATION if Family.STATION in families else Family(min(families))


def _own_hours(database: Database, codes: list[str]) -> dict[str, dict[str, str]]:
    """Return by code the hours of facilities and the clock they are by, where they are known."""
    with database.session() as session:
        found = [facility_by_code(session, code) for code in codes]
        return {
            one.code: {"opening_hours": one.opening_hours, "timezone": one.timezone}
            for one in found
            if one is not None and one.opening_hours is not None
        }

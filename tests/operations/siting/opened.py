"""A plan's stations as they stand once they are opened, with the hours and the kind that it rests on."""

from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import SitingRun
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.facilities.edit import add_facility
from geoapp.operations.proposals.opening import planned_kind
from geoapp.operations.siting.results import sites_of
from geoapp.store.engine import Database
from geoapp.store.facilities.read import facility_by_code


def open_sites(town: Database, settings: Settings, run: SitingRun) -> tuple[str, ...]:
    """Store a run's sites as stations in service, and return their codes.

    Facilities that are upgraded keep their own hours where the question gave none.
    """
    wanted = SitingParameters.from_stored(run.params)
    codes = []
    for site in sites_of(town, run.id):
        hours = wanted.new_hours
        if hours is None and wanted.upgraded:
            with town.session() as session:
                own = facility_by_code(session, site.code)
            hours = None if own is None else own.opening_hours
        code = f"N{run.id}-{site.order}"
        properties = {
            "code": code,
            "kind": planned_kind(wanted),
            "name_zh": f"新站 {run.id}-{site.order}",
            "lon": site.lon,
            "lat": site.lat,
            "opening_hours": hours,
        }
        add_facility(town, settings, None, properties, Datum.WGS84)
        codes.append(code)
    return tuple(codes)

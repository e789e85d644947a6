"""Say that a listing is a facility, or that it is not; or ask again."""

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.public_maps import PublicMap, Verdict
from geoapp.operations.facilities.read import facility_number
from geoapp.store.engine import Database
from geoapp.store.history.chain import current_set
from geoapp.store.public_maps import delete_decision, has_listing, write_decision


def decide(
    database: Database,
    public_map: PublicMap,
    listing: str,
    facility: str,
    verdict: Verdict | None,
) -> int | None:
    """Remember what somebody decided; it stays when the list is read anew.

    Parameters
    ----------
    facility
        Its code.
    verdict
        None forgets what was decided.

    Returns
    -------
    The change set that takes it back; None if it was decided so before.

    Raises
    ------
    NotFoundError
        If the map's list has no such listing, or there is no such facility.
    NotAllowedError
        If who acts may not edit the facility.
    """
    with database.session() as session:
        number = facility_number(session, facility)
        if "\x00" in listing or not has_listing(session, public_map, listing):
            raise NotFoundError(Text("地图上的条目", "listing"), listing.replace("\x00", ""))
        if verdict is None:
            delete_decision(session, public_map, listing, number)
        else:
            write_decision(session, public_map, listing, number, verdict)
        return current_set(session)

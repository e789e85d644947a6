"""What became of a code that no facility has any more."""

from geoapp.core.errors import GoneError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.units import format_moment
from geoapp.operations.history.read import find_former
from geoapp.reports.words.history import actor_text
from geoapp.store.engine import Database


def current_code(
    database: Database, settings: Settings, code: str, *, unpublished: bool
) -> str | None:
    """Return the code that a facility has now instead of an old one; None if there is none to tell.

    Parameters
    ----------
    unpublished
        Whether who asks may know what is not public, as that a facility was deleted.

    Raises
    ------
    GoneError
        If the facility was deleted and who asks may know it.
    """
    former = find_former(database, code)
    if former is None:
        return None
    if former.code is not None:
        return former.code
    if not unpublished:
        return None
    if former.deleted is None:
        raise GoneError(Text(f"{code} 已删除。", f"{code} was deleted."))
    deleted = former.deleted
    at = format_moment(deleted.at, settings.timezone)
    who = actor_text(deleted.actor, deleted.role, deleted.api_key)
    raise GoneError(
        Text(
            f"{code} 已于 {at.zh} 由 {who.zh} 删除（变更 {deleted.id}，撤销即可恢复）。",
            f"{code} was deleted on {at.en} by {who.en} (change set {deleted.id}; "
            "undo it to bring the facility back).",
        )
    )

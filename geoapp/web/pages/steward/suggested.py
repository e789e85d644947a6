"""A new record that begins with what a worker suggested."""

from collections.abc import Mapping

from geoapp.core.errors import NotFoundError
from geoapp.core.voices import Outcome
from geoapp.core.words import Status
from geoapp.operations.voices.inbox import read_suggestion, settle_suggestion
from geoapp.web.edge.access import signed_in
from geoapp.web.edge.services import services


def suggestion_number(values: Mapping[str, str]) -> int | None:
    """Return the number of the suggestion that a form is about; None if it is about none."""
    given = values.get("suggestion", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None


def suggested_values(number: int) -> dict[str, str]:
    """Return the fields that a suggestion fills; nobody has looked at it yet, so it is proposed.

    Raises
    ------
    NotFoundError, NotAllowedError
        If it is settled, or not for who asks.
    """
    one = read_suggestion(services().database, number, signed_in().regions)
    values = {
        "status": str(Status.PROPOSED),
        "name_zh": one.place_name or "",
        "address": one.place_words or "",
        "source": "工人建议",
    }
    if one.lon is None or one.lat is None:
        return values | {"region": one.region or ""}
    return values | {"lon": f"{one.lon:.7f}", "lat": f"{one.lat:.7f}"}


def suggestion_is_entered(number: int) -> None:
    """Settle a suggestion whose place was just entered; somebody else may have settled it."""
    try:
        settle_suggestion(services().database, number, Outcome.ADDED, signed_in().regions)
    except NotFoundError:
        return

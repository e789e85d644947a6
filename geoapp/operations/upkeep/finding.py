"""What `geoapp.operations.upkeep.doctor` finds."""

from dataclasses import dataclass

from geoapp.core.i18n import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; if it is not ok, the text says exactly what to do.

    ``soon`` is set where nothing is wrong yet and something is to be done before long.
    """

    name: str
    ok: bool
    text: Text
    soon: bool = False

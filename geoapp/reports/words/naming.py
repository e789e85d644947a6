"""What the codes in a question are called where it is told in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from geoapp.core.i18n import Text

# How much of a list is named in a title; the rest is counted.
MOST_IN_TITLE: Final = 3


@dataclass(frozen=True, slots=True)
class Naming:
    """What codes are called, and whose clocks moments are by.

    Attributes
    ----------
    zone
        Name of a time zone.
    regions, demand
        Names by code of a region, of a demand set; a code without a name stands for itself.
    most_named
        So many of a list are named, and the rest counted.
    """

    zone: str
    regions: Mapping[str, Text] = field(default_factory=dict)
    demand: Mapping[str, Text] = field(default_factory=dict)
    most_named: int = MOST_IN_TITLE

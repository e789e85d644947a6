"""Which ways of the walking network count where new sites are to stand near a street."""

from enum import StrEnum


class NearStreets(StrEnum):
    """Streets by their class and pedestrian streets with a name, or whatever is walked on."""

    STREETS = "streets"
    WAYS = "ways"

"""What may lie on the map of the planner's workspace: layers of the service, as its script draws them."""

from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from geoapp.core.i18n import Text
from geoapp.maps.kit import Look, classes_of
from geoapp.maps.registry import registry
from geoapp.web.edge.access import current_role
from geoapp.web.pages.chrome import map_setup

_OFFERED: Final = (
    "demand",
    "gaps",
    "cover_areas",
    "stations",
    "bases",
    "homes",
    "candidates",
    "board",
)

# What the script draws itself, and may be taken away; a page adds its own.
DOTS: Final = ("dots", Text("现有设施（点）", "Facilities, as dots"))
DISTRICTS: Final = ("districts", Text("区界和区名", "Districts"))
SITES: Final = ("sites", Text("新站点（编号）", "New stations, numbered"))
ACTIONS_SHOWN: Final = ("sites", Text("措施（编号）", "Actions, numbered"))
ZONES: Final = ("zones", Text("这次分析的盲区", "Gap zones of this run"))
LOSERS: Final = ("losers", Text("落选中最好的候选点", "The best of the other candidates"))
FORBIDDEN: Final = ("forbidden", Text("不能放的范围", "Where none may stand"))
STREETS: Final = ("streets", Text("街道", "Streets"))


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer that may be chosen: where its features come from, and how each class is painted.

    ``key`` is the class that stands for all in the list, and ``shape`` that class's marker.
    """

    id: str
    title: Text
    address: str
    looks: list[dict[str, Any]]
    key: int
    shape: str
    uses_run: bool


def map_layers(*left_out: str) -> list[MapLayer]:
    """Return the layers that the present role may choose, without those that a page draws itself."""
    role, found = current_role(), registry()
    offered = [
        one for one in found.visible_to(role) if one.id in _OFFERED and one.id not in left_out
    ]
    return [
        MapLayer(
            id=one.id,
            title=one.title,
            address=url_for("maps.features", name=one.id),
            looks=[_told(look) for _, look in classes_of(one.style)],
            key=min(2, len(classes_of(one.style)) - 1),
            shape=classes_of(one.style)[0][1].shape,
            uses_run=one.uses_run,
        )
        for one in sorted(offered, key=lambda one: _OFFERED.index(one.id))
    ]


def own_layers(*more: tuple[str, Text]) -> list[tuple[str, Text]]:
    """Return what the page draws itself, by the name that its script knows it by."""
    setup = map_setup()
    # With maps of the operator's own, streets are one of the grounds to choose from.
    streets = [STREETS] if setup.streets and not setup.base_maps else []
    return [*more, DOTS, DISTRICTS, *streets]


def _told(look: Look) -> dict[str, Any]:
    return {
        "colour": look.colour,
        "shape": look.shape,
        "fill": look.fill_share,
        "outline": look.outline or look.colour,
        "width": look.width_px,
    }

"""What every page shares: navigation by role, the language switch, the map's set-up, formats."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import orjson
from flask import Blueprint, g, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_login import current_user
from werkzeug.urls import iri_to_uri

from geoapp.core import units
from geoapp.core.errors import UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission, Role, allows
from geoapp.core.units import (
    UNKNOWN,
    format_count,
    format_metres,
    format_moment,
    format_seconds,
    format_share,
)
from geoapp.core.words import (
    ORGANISATION_ROLE_TEXT,
    OSM_ATTRIBUTION,
    Level,
    OrganisationRole,
)
from geoapp.maps.base_maps import OUTLINE, maps_told
from geoapp.operations.base_maps.keeper import operator_maps
from geoapp.operations.network.keeper import network_folder
from geoapp.operations.streets.keeper import base_map
from geoapp.operations.voices.inbox import count_inbox
from geoapp.reports.words.coverage import unplaced_text
from geoapp.web.edge.access import current_role
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services

blueprint = Blueprint("chrome", __name__)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the navigation; ``count`` is how much waits there."""

    text: Text
    icon: str
    href: str
    here: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class MapSetup:
    """What a page's map is drawn with.

    ``base_maps`` tells the script of the operator's base maps (JSON; empty where there are none).
    ``attribution`` names OpenStreetMap where a walking network or streets are used. The positions that
    pages and their maps exchange are in WGS-84, whatever lies below: the script moves what it draws.
    ``streets`` is the address of our own base map, and ``streets_bytes`` how large it is.
    """

    base_maps: str
    attribution: str
    regions: str
    streets: str
    streets_bytes: int


_PAGES: tuple[tuple[str, Text, str, frozenset[Permission]], ...] = (
    ("finder.show", Text("找站点", "Find"), "pin", frozenset()),
    ("help.show", Text("找帮助", "Help"), "people", frozenset()),
    ("coverage.show", Text("覆盖情况", "Coverage"), "chart", frozenset()),
    ("programmes.board", Text("承诺", "Promises"), "verified", frozenset()),
    (
        "standards.listed",
        Text("标准", "Standards"),
        "list",
        frozenset({Permission.SEE_UNPUBLISHED}),
    ),
    ("plan.show", Text("规划", "Plan"), "plan", frozenset({Permission.RUN})),
    (
        "scenarios.listed",
        Text("方案", "Scenarios"),
        "list",
        frozenset({Permission.SEE_UNPUBLISHED}),
    ),
    (
        "board.show",
        Text("看板", "Board"),
        "verified",
        frozenset({Permission.SEE_UNPUBLISHED}),
    ),
    (
        "use.show",
        Text("使用", "Use"),
        "door",
        frozenset({Permission.SEE_UNPUBLISHED}),
    ),
    ("steward.show", Text("数据", "Data"), "data", frozenset({Permission.EDIT})),
    (
        "steward_reports.listed",
        Text("反馈", "Reports"),
        "list",
        frozenset({Permission.EDIT}),
    ),
    ("admin_users.listed", Text("用户", "Users"), "people", frozenset({Permission.ADMINISTER})),
)

# The planner's workspace has links to its modes itself.
_MODES = frozenset({"siting.show", "actions.show", "scenarios.listed"})


def _role() -> Role | None:
    """Return the role, or None where the store cannot say: a page of errors needs no role."""
    try:
        return current_role()
    except UnavailableError:
        return None


def signed_in_name() -> str | None:
    """Return the name of who is signed in, or None."""
    return current_user.name if _role() is not None else None


def first_page(role: Role) -> str:
    """Return where somebody of a role begins."""
    if allows(role, Permission.RUN):
        return url_for("plan.show")
    if allows(role, Permission.EDIT):
        return url_for("steward.show")
    return url_for("coverage.show")


def own_page() -> str:
    """Return where whoever is signed in begins; where workers begin for all others."""
    role = _role()
    return url_for("finder.show") if role is None else first_page(role)


def nav_items() -> list[NavItem]:
    """Return the pages that the present role may open."""
    role, plans = _role(), allows(_role(), Permission.RUN)
    here = "plan.show" if plans and request.endpoint in _MODES else request.endpoint
    return [
        NavItem(text, icon, url_for(endpoint), here == endpoint, _waiting(endpoint))
        for endpoint, text, icon, permissions in _PAGES
        if (not permissions or any(allows(role, one) for one in permissions))
        and not (plans and endpoint in _MODES)
    ]


def _waiting(endpoint: str) -> int:
    """Return how many reports wait for who is signed in; asked of the store once for a page."""
    if endpoint != "steward_reports.listed":
        return 0
    if "waiting_reports" not in g:
        try:
            g.waiting_reports = count_inbox(services().database, current_user.regions)
        except UnavailableError:
            g.waiting_reports = 0
    waiting: int = g.waiting_reports
    return waiting


def language_link() -> str:
    """Return the address of this same page in the other language."""
    other = "zh" if language() == "en" else "en"
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return (
        f"{iri_to_uri(request.script_root + request.path)}?{urlencode([*query, ('lang', other)])}"
    )


def map_setup(level: str = Level.DISTRICT, within: str | None = None) -> MapSetup:
    """Return what the map of a page is drawn with.

    Parameters
    ----------
    level, within
        The outlines are those of regions of this level, and inside this region if one is given.
    """
    settings = services().settings
    base = base_map(settings)
    told = maps_told(
        operator_maps(settings),
        language(),
        root=request.script_root,
        outline=url_for("static", filename=OUTLINE),
        inline=False,
    )
    return MapSetup(
        base_maps="" if told is None else orjson.dumps(told).decode(),
        attribution=OSM_ATTRIBUTION if network_folder(settings) or base is not None else "",
        regions=url_for("vocabularies.regions", level=str(level), within=within, simplify_m=60),
        streets="" if base is None else url_for("tiles.base", v=base.version),
        streets_bytes=0 if base is None else base.bytes,
    )


def metres(value: float | None) -> str:
    """Return a distance as people say it: 347 m, 1.2 km."""
    return UNKNOWN if value is None else format_metres(value).pick(language())


def noun(number: float, zh: str, en: str, en_many: str | None = None) -> str:
    """Return what is counted beside a figure, in the language of the request: site, sites."""
    return units.noun(number, zh, en, en_many).pick(language())


def counted(number: float, zh: str, en: str, en_many: str | None = None) -> str:
    """Return a count with what is counted in the language of the request: 1 site, 2 sites."""
    return units.counted(number, zh, en, en_many).pick(language())


def minutes(seconds: float | None) -> str:
    """Return a walking time in whole minutes, rounded up, never less than one."""
    return "—" if seconds is None else format_seconds(max(60.0, seconds)).pick(language())


def moment_text(value: datetime) -> Text:
    """Return a moment as date, weekday and minute in the service's own time zone."""
    return format_moment(value, services().settings.timezone)


def moment(value: datetime | None) -> str:
    """Return a moment in the language of the request."""
    return "—" if value is None else moment_text(value).pick(language())


def _pick(zh: str, en: str) -> str:
    return Text(zh, en).pick(language())


@blueprint.record_once
def _register(state: BlueprintSetupState) -> None:
    environment = state.app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        nav_items=nav_items,
        own_page=own_page,
        signed_in_name=signed_in_name,
        language_link=language_link,
        map_setup=map_setup,
    )
    environment.filters.update(
        metres=metres,
        minutes=minutes,
        percent=format_share,
        people=format_count,
        points=units.points_number,
        counted=counted,
        money=units.format_money,
        noun=noun,
        moment=moment,
        unplaced=unplaced_text,
        role_text=lambda role: ORGANISATION_ROLE_TEXT[OrganisationRole(role)],
    )

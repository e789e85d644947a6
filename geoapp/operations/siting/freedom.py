"""Where each site of a siting run may stand instead, and who the register knows there."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.siting import plan_freedom
from geoapp.core.arrays import FloatArray
from geoapp.core.errors import ConflictError
from geoapp.core.geo import circle
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.freedom import FreedomArea, PlanFreedom, PossibleHost, SiteFreedom
from geoapp.core.results.siting import Site, SitingRun
from geoapp.core.words import Basis
from geoapp.operations.facilities.vocabularies import read_kinds
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.recount import Found
from geoapp.operations.siting.solve import SitingPlan
from geoapp.reports.words.freedom import freedom_text, host_text
from geoapp.store.engine import Database
from geoapp.store.regions import region_outline
from geoapp.store.runs.found import run_array
from geoapp.store.runs.hosts import hosts_in

_NAME: Final = "freedom"
# So many sites, in order of what each adds, and so many demand points: seconds of a run's time.
MOST_SITES: Final = 100
_MOST_POINTS: Final = 300_000
_COVERING: Final = (SitingModel.MCLP, SitingModel.LSCP, SitingModel.EQUITY)
_SAME_PLACE_M: Final = 1.0
# Circles as polygons are drawn around what must keep its distance: none of its edge is nearer.
_AROUND: Final = 1.001

_ON_NETWORK = Text(
    "按步行路网计算的选址没有可移动的范围：目前只按直线计算。",
    "A run on the walking network has no such areas: they are computed by line alone as yet.",
)
_NOT_COVERING = Text(
    "这个问题比较的是步行距离，不是覆盖的人数，没有可移动的范围。",
    "This question compares walks, not workers within reach, so there are no such areas.",
)
_SEVERAL = Text(
    "几种需求一起问时，移动少多少人要按每一种看，没有可移动的范围。",
    "With several demands what moving loses differs by each, so there are no such areas.",
)
_SEATS = Text(
    "问了座位或备用覆盖时，少多少人要重新求解才知道，没有可移动的范围。",
    "With seats or backup only solving again tells what moving loses, so there are no such areas.",
)
_NOT_KEPT = Text(
    f"这次选址没有留下可移动的范围：没有方案、需求点超过 {_MOST_POINTS:,} 个，或是早先的运行。重新运行即可。",
    f"This run kept no such areas: it has no plan, or more than {_MOST_POINTS:,} demand points, or is "
    "from before they were kept; run it again.",
)


def kept_freedom(
    database: Database,
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    found: Found,
) -> dict[str, NDArray[Any]]:
    """Return where the sites may stand instead as an array to be kept; empty where it is not known."""
    waiting = inputs.waiting
    on_network = inputs.rests_on.basis is not Basis.ESTIMATE or inputs.rests_on.network is not None
    if (
        _refused(wanted) is not None
        or on_network
        or not len(found.order)
        or math.isnan(plan.result.objective)
        or np.count_nonzero(waiting) > _MOST_POINTS
    ):
        return {}
    held, standard_m = inputs.candidates, wanted.standard.line_m(inputs.estimate)
    places = np.stack((held.lon[found.order], held.lat[found.order]), axis=-1)
    some = min(len(places), MOST_SITES)
    freedoms = plan_freedom(
        inputs.demand.lon[waiting],
        inputs.demand.lat[waiting],
        inputs.weight[waiting],
        places,
        standard_m,
        ground=_grounds(database, inputs, wanted, plan, found, places[:some]),
        asked=range(some),
    )
    accuracy_m = 0.0
    sites = []
    for order, (site, freedom) in enumerate(
        zip(found.order.tolist(), freedoms, strict=False), start=1
    ):
        accuracy_m = max(accuracy_m, freedom.accuracy_m)
        areas = tuple(
            FreedomArea(
                share=one.share,
                area_m2=one.area_m2,
                any_way_m=one.any_way_m,
                farthest_m=one.farthest_m,
                pieces=len(one.area.geoms),
                geometry_wkb=one.area.wkb,
            )
            for one in freedom.areas
        )
        sites.append(
            SiteFreedom(order=order, code=held.code[site], weight=freedom.weight, areas=areas)
        )
    kept = PlanFreedom(standard_m=standard_m, accuracy_m=accuracy_m, sites=tuple(sites))
    return {_NAME: np.frombuffer(zlib.compress(kept.as_bytes()), np.uint8)}


def _refused(wanted: SitingParameters) -> Text | None:
    """Return why a question has no such areas; None where it may have."""
    if wanted.model is SitingModel.ROBUST:
        return _SEVERAL
    if wanted.model not in _COVERING:
        return _NOT_COVERING
    if wanted.seated or wanted.backup_share > 0:
        return _SEATS
    return None


def _grounds(
    database: Database,
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    found: Found,
    places: FloatArray,
) -> list[BaseGeometry | None]:
    """Return by site where it may stand: in the region, outside forbidden areas, by the plan's rules."""
    quota_of = {code for code, _ in wanted.quotas}
    with database.session() as session:
        land = region_outline(session, wanted.region)
        quotas = {code: region_outline(session, code) for code in sorted(quota_of)}
    region = inputs.demand.region
    if wanted.region is None and (region is None or any(one is None for one in region)):
        land = None  # demand of an unknown region must not be left without ground
    everywhere = shapely.box(-180, -90, 180, 90)
    ground = everywhere if land is None else land
    forbidden = wanted.forbidden_shape()
    if forbidden is not None:
        ground = shapely.difference(ground, forbidden)
    if quotas:
        outside = shapely.union_all([one for one in quotas.values() if one is not None])
    grounds: list[BaseGeometry | None] = []
    for number, site in enumerate(found.order[: len(places)].tolist()):
        own = ground
        if quotas:
            # A quota counts the stations of a region: a site stays in its own, or out of all.
            label = plan.rules.labels[site]
            within = None if label is None else quotas[label]
            own = own.difference(outside) if within is None else own.intersection(within)
        if wanted.min_spacing_m is not None:
            own = own.difference(_too_near(inputs, found, number, places, wanted.min_spacing_m))
        grounds.append(None if own is everywhere else own)
    return grounds


def _too_near(
    inputs: SitingInputs, found: Found, number: int, places: FloatArray, spacing_m: float
) -> BaseGeometry:
    """Return the area about other sites and what stands in which the spacing leaves no site."""
    held = inputs.candidates
    others = np.delete(found.order, number)
    lon = np.r_[held.lon[others], [one.lon for one in inputs.existing]]
    lat = np.r_[held.lat[others], [one.lat for one in inputs.existing]]
    reach_m = spacing_m + 2.1 * inputs.standard.line_m(inputs.estimate)
    own_lon, own_lat = places[number].tolist()
    near = np.flatnonzero(geodesic_m(own_lon, own_lat, lon, lat) <= reach_m)
    radius_m = spacing_m * _AROUND
    return shapely.union_all(
        [circle(lon=float(lon[k]), lat=float(lat[k]), radius_m=radius_m) for k in near.tolist()]
    )


def why_none(run: SitingRun) -> Text:
    """Return why a finished run has no areas."""
    refused = _refused(SitingParameters.from_stored(run.params))
    if refused is not None:
        return refused
    if run.inputs.basis is not Basis.ESTIMATE or run.inputs.network is not None:
        return _ON_NETWORK
    return _NOT_KEPT


def find_freedom(database: Database, run: SitingRun) -> PlanFreedom | None:
    """Return where a finished run's sites may stand instead; None where it has no such areas."""
    with database.session() as session:
        kept = run_array(session, run.id, _NAME)
    return None if kept is None else PlanFreedom.of_bytes(zlib.decompress(kept.tobytes()))


def freedom_of(database: Database, run: SitingRun) -> PlanFreedom:
    """Return where a finished run's sites may stand instead.

    Raises
    ------
    ConflictError
        If it has no such areas, with the reason.
    """
    found = find_freedom(database, run)
    if found is None:
        raise ConflictError(why_none(run))
    return found


def possible_hosts(
    database: Database, freedom: PlanFreedom, sites: Sequence[Site]
) -> dict[int, list[PossibleHost]]:
    """Return by a site's order what the register knows where it may stand, the nearest first.

    Facilities of every state, and candidates with a name or a host type; as they are now.
    """
    placed = {site.order: site for site in sites}
    asked = [one for one in freedom.sites if one.areas and one.areas[-1].pieces]
    shapes = [[area.geometry for area in one.areas] for one in asked]
    found: dict[int, list[PossibleHost]] = {one.order: [] for one in freedom.sites}
    with database.session() as session:
        rows = hosts_in(session, [some[-1].bounds for some in shapes])
    for row in rows:
        one, site = asked[row.box], placed[asked[row.box].order]
        share = next(
            (
                area.share
                for area, shape in zip(one.areas, shapes[row.box], strict=True)
                if shapely.intersects_xy(shape, row.lon, row.lat)
            ),
            None,
        )
        away = geodesic_m(site.lon, site.lat, np.array([row.lon]), np.array([row.lat]))
        distance_m = float(away[0])
        if share is None or distance_m < _SAME_PLACE_M:
            continue
        found[one.order].append(
            PossibleHost(
                source=row.source,
                code=row.code,
                name_zh=row.name_zh,
                name_en=row.name_en,
                kind=row.kind,
                status=row.status,
                distance_m=distance_m,
                share=share,
                lon=row.lon,
                lat=row.lat,
            )
        )
    return {
        order: sorted(hosts, key=lambda host: (host.distance_m, host.code))
        for order, hosts in found.items()
    }


@dataclass(frozen=True, slots=True)
class ToldFreedom:
    """How far a site may be moved, and possible hosts there, the nearest first, in words."""

    text: Text
    hosts: tuple[Text, ...]


def told_freedom(
    database: Database, freedom: PlanFreedom, sites: Sequence[Site]
) -> dict[int, ToldFreedom]:
    """Return by a site's order what people are told of its freedom."""
    kinds = {
        one["code"]: Text(one["name_zh"], one["name_en"] or one["name_zh"])
        for one in read_kinds(database)
    }
    hosts = possible_hosts(database, freedom, sites)
    return {
        site.order: ToldFreedom(
            freedom_text(site), tuple(host_text(one, kinds) for one in hosts[site.order])
        )
        for site in freedom.sites
    }

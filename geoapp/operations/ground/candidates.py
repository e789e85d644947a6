"""The candidates of a siting run: a stored set, places made from demand or streets, drawn ones."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.candidates import GeneratedSites, from_demand, from_network
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.arrays import BoolArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_GENERATED, MOST_SPACING_M
from geoapp.core.questions.siting import FROM_DEMAND, FROM_NETWORK, SitingParameters
from geoapp.core.results.siting import CandidateSource
from geoapp.core.walking import WalkingEstimate
from geoapp.operations.ground.stored import Stored
from geoapp.store.engine import Session
from geoapp.store.facilities.read import PlacedFacility, read_changes, regions_below
from geoapp.store.runs.demand_rows import DemandRows
from geoapp.store.runs.sites import (
    CandidateRows,
    find_candidate_set,
    read_candidates,
    regions_of_points,
)


def check_count(wanted: SitingParameters, candidates: CandidateRows) -> None:
    """Refuse more sites than there are candidates, and a budget where costs are unknown."""
    free = len(candidates) - len(set(wanted.forbidden))
    if len(candidates) and free < 1:
        raise InvalidValueError(
            "forbidden",
            len(candidates),
            Text(
                "至少留下一个候选点：现在全部候选点都被禁止",
                "at least one candidate left: all of them are forbidden now",
            ),
        )
    if wanted.p is not None and len(candidates) and wanted.p > free:
        raise InvalidValueError(
            "p",
            wanted.p,
            Text(f"不多于可用的候选点 {free} 个", f"at most the {free} candidates that are free"),
        )
    if free < 1:
        raise InvalidValueError(
            "candidates", wanted.candidates or FROM_DEMAND, _none_to_choose(wanted)
        )
    unknown = int(np.isnan(candidates.cost).sum())
    if wanted.budget is not None and unknown and not wanted.sizes:
        raise InvalidValueError(
            "budget",
            wanted.budget,
            Text(
                f"每个候选点都有费用时的预算（{unknown} 个没有费用；可给出 site_cost）",
                f"a budget where every candidate has a cost ({unknown} have none; site_cost gives one)",
            ),
        )


def _none_to_choose(wanted: SitingParameters) -> Text:
    """Return what there would have to be, where there is no candidate at all."""
    where = "" if wanted.region is None else wanted.region
    if wanted.generated:
        return Text(
            f"能产生候选点的需求（区域 {where} 里没有）"
            if where
            else "能产生候选点的需求（现在没有）",
            "demand that candidates can be made from; there is none"
            + (f" in region {where}" if where else ""),
        )
    return Text(
        f"有候选点的候选集（区域 {where} 里没有）" if where else "有候选点的候选集",
        "a set that has candidates" + (f"; there are none in region {where}" if where else ""),
    )


def _all_taken(count: int, wanted: SitingParameters) -> InvalidValueError:
    """Return that forbidden areas, or the distance to hosts or streets, leave no candidate."""
    if wanted.near_streets_m is not None:
        accepted = Text(
            f"至少留下一个候选点的距离：{count} 个候选点都离街道更远，或在不能设站的地方",
            f"so far that at least one candidate is left: all {count} are farther from a street, or where "
            "none may stand",
        )
        return InvalidValueError("near_streets_m", wanted.near_streets_m, accepted)
    if wanted.near_hosts is not None:
        accepted = Text(
            f"至少留下一个候选点的距离：{count} 个候选点都离这些单位更远，或在禁设范围里",
            f"so far that at least one candidate is left: all {count} are farther from these hosts, or in "
            "forbidden areas",
        )
        return InvalidValueError("near_hosts_m", wanted.near_hosts_m, accepted)
    return InvalidValueError(
        "forbidden_areas",
        count,
        Text(
            f"至少留下一个候选点的禁设范围：现在全部 {count} 个候选点都在禁设范围里，没有可选的地方",
            f"areas that leave at least one candidate: they take all {count} now, so that nowhere is "
            "left to choose",
        ),
    )


def candidate_positions(
    candidates: CandidateRows, parameter: str, codes: Sequence[str]
) -> IntArray:
    """Return the positions of candidates by code, in the order given, each once.

    Raises
    ------
    InvalidValueError
        If there is no such candidate.
    """
    place = {code: number for number, code in enumerate(candidates.code.tolist())}
    for code in codes:
        if code not in place:
            accepted = Text("候选点的编号", "codes of candidates")
            raise InvalidValueError(parameter, code, accepted)
    return np.array([place[code] for code in dict.fromkeys(codes)], dtype=np.int64)


def stored_candidates(
    session: Session,
    wanted: SitingParameters,
    placed: Sequence[PlacedFacility] | None = None,
) -> CandidateRows:
    """Return the candidates of the set that are in the region and may stand where they are.

    Parameters
    ----------
    placed
        All facilities in service, where they have been read.
    """
    below = None if wanted.region is None else regions_below(session, wanted.region)
    if wanted.upgraded is not None:
        if placed is None:
            placed = read_changes(session, -1).placed
        rows = _facilities(placed, wanted.upgraded, below)
    else:
        held = find_candidate_set(session, str(wanted.candidates))
        if held is None:
            accepted = Text(
                "anywhere、已导入的候选集代码、generated、generated-network 或 facilities:home 等",
                "anywhere, the code of an imported candidate set, generated, generated-network, "
                "or such as facilities:home",
            )
            raise InvalidValueError("candidates", wanted.candidates, accepted)
        rows = read_candidates(session, held.id, below)
    area = wanted.forbidden_shape()
    if area is None:
        return rows
    shapely.prepare(area)
    left = ~shapely.intersects_xy(area, rows.lon, rows.lat)
    if len(rows) and not left.any() and not wanted.drawn:
        raise _all_taken(len(rows), wanted)
    return chosen_rows(rows, left)


def _facilities(
    placed: Sequence[PlacedFacility], family: str, below: list[str] | None
) -> CandidateRows:
    """Return the facilities in service of a family, each at its first place, in order of code."""
    first = {
        one.code: one
        for one in sorted(placed, key=lambda one: -one.place)
        if one.family == family and (below is None or one.region_code in below)
    }
    rows = [first[code] for code in sorted(first)]
    return CandidateRows(
        np.array([one.code for one in rows], dtype=object),
        np.array([one.name for one in rows], dtype=object),
        np.array([one.lon for one in rows], dtype=np.float64),
        np.array([one.lat for one in rows], dtype=np.float64),
        np.full(len(rows), np.nan),
        np.array([one.region_code for one in rows], dtype=object),
        np.full(len(rows), None, dtype=object),
    )


def no_candidates() -> CandidateRows:
    """Return none."""
    codes, numbers = np.empty(0, dtype=object), np.empty(0, dtype=np.float64)
    return CandidateRows(codes, codes, numbers, numbers, numbers, codes, codes)


def chosen_rows(rows: CandidateRows, mask: BoolArray) -> CandidateRows:
    """Return the candidates of a mask."""
    return CandidateRows(
        rows.code[mask],
        rows.name[mask],
        rows.lon[mask],
        rows.lat[mask],
        rows.cost[mask],
        rows.region[mask],
        rows.host_type[mask],
    )


def with_drawn(
    wanted: SitingParameters, rows: CandidateRows, region: NDArray[np.object_] | None = None
) -> CandidateRows:
    """Return the candidates with those that were drawn behind them.

    Parameters
    ----------
    region
        The region of each drawn one; where nobody asks for it, it may be left out.

    Raises
    ------
    InvalidValueError
        If a drawn one has the code of another, or lies where none may be.
    """
    if not wanted.drawn:
        return rows
    twice = sorted({one.code for one in wanted.drawn} & set(rows.code.tolist()))
    if twice:
        accepted = Text("不与候选集重复的编号", "codes that the candidate set does not have")
        raise InvalidValueError("drawn", twice[0], accepted)
    area = wanted.forbidden_shape()
    for one in wanted.drawn:
        if area is not None and shapely.intersects_xy(area, one.lon, one.lat):
            accepted = Text(
                "不在禁设范围（forbidden_areas）里的点", "places outside the forbidden areas"
            )
            if wanted.near_hosts is not None:
                accepted = Text(
                    f"{accepted.zh}，也不比 near_hosts_m 更远",
                    f"{accepted.en}, and no farther from hosts than near_hosts_m",
                )
            if wanted.near_streets_m is not None:
                accepted = Text(
                    f"{accepted.zh}，也不比 near_streets_m 离街道更远",
                    f"{accepted.en}, and no farther from a street than near_streets_m",
                )
            raise InvalidValueError("drawn", one.code, accepted)
    lon = np.array([one.lon for one in wanted.drawn])
    lat = np.array([one.lat for one in wanted.drawn])
    cost = [np.nan if one.cost is None else one.cost for one in wanted.drawn]
    if region is None:
        region = np.full(len(lon), None, dtype=object)
    return CandidateRows(
        np.concatenate((rows.code, np.array([one.code for one in wanted.drawn], dtype=object))),
        np.concatenate((rows.name, np.array([one.name for one in wanted.drawn], dtype=object))),
        np.concatenate((rows.lon, lon)),
        np.concatenate((rows.lat, lat)),
        np.concatenate((rows.cost, cost)),
        np.concatenate((rows.region, region)),
        np.concatenate((rows.host_type, np.full(len(lon), None, dtype=object))),
    )


def generated_sites(
    wanted: SitingParameters,
    demand: DemandRows,
    network: WalkingNetwork | None,
    estimate: WalkingEstimate,
) -> tuple[GeneratedSites, float]:
    """Return candidates made from the demand or from the streets near it, and their spacing, metres.

    A spacing that nobody asked for is widened until there are no more than `MOST_GENERATED`.
    """
    walk_m = wanted.standard.walk_m(estimate)
    spacing_m = wanted.spacing_for(walk_m)
    make = _maker(wanted, demand, network, walk_m)
    made = make(spacing_m)
    while wanted.spacing_m is None and len(made) > MOST_GENERATED and spacing_m < MOST_SPACING_M:
        # On a plane the number falls with the square of the spacing.
        wider = spacing_m * max(1.05, math.sqrt(len(made) / MOST_GENERATED))
        spacing_m = min(float(math.ceil(wider)), MOST_SPACING_M)
        made = make(spacing_m)
    return made, spacing_m


def _maker(
    wanted: SitingParameters,
    demand: DemandRows,
    network: WalkingNetwork | None,
    walk_m: float,
) -> Callable[[float], GeneratedSites]:
    """Return what makes candidates of a spacing."""
    area = wanted.forbidden_shape()
    if wanted.candidates != FROM_NETWORK:
        return lambda spacing_m: from_demand(
            demand.lon, demand.lat, demand.weight, spacing_m=spacing_m, forbidden=area
        )
    if network is None:
        accepted = Text(
            "导入步行路网后才可用的值", "a value that needs a walking network, and none is loaded"
        )
        raise InvalidValueError("candidates", wanted.candidates, accepted)
    here = demand.weight > 0
    return lambda spacing_m: from_network(
        network,
        spacing_m=spacing_m,
        near_lon=demand.lon[here],
        near_lat=demand.lat[here],
        within_m=walk_m,
        forbidden=area,
    )


def _upgradable(wanted: SitingParameters, stored: Stored) -> Sequence[PlacedFacility]:
    """Return the facilities that may be upgraded: those open at the moment, by their own hours.

    Where the question gives hours, those are the facility's once it is upgraded.
    """
    at = wanted.at
    if at is None or wanted.hours is not None or wanted.upgraded is None:
        return stored.placed
    return [one for one in stored.standing(None, at) if stored.is_open(one, at) is True]


def read_candidate_rows(
    session: Session,
    wanted: SitingParameters,
    stored: Stored,
    *,
    network: WalkingNetwork | None,
    estimate: WalkingEstimate,
    tolerance_m: float,
) -> tuple[CandidateRows, CandidateSource]:
    """Return all candidates, and what they are from, as the run keeps it.

    Parameters
    ----------
    session
        The very snapshot that the rest of the ground was read in; it needs temporary tables.
    """
    code = version = generated = spacing_m = None
    if wanted.anywhere:
        rows, generated = no_candidates(), wanted.candidates
    elif wanted.generated:
        below = None if wanted.region is None else regions_below(session, wanted.region)

        def made_rows(asked: SitingParameters) -> tuple[CandidateRows, float]:
            made, apart_m = generated_sites(asked, stored.demand, network, estimate)
            found = regions_of_points(session, made.lon, made.lat, tolerance_m)
            none = np.full(len(made), None, dtype=object)
            unknown = np.full(len(made), np.nan)
            codes = np.array(made.codes, dtype=object)
            rows = CandidateRows(codes, none, made.lon, made.lat, unknown, found, none)
            if below is not None:
                rows = chosen_rows(rows, np.isin(found.astype(str), below))
            return rows, apart_m

        rows, spacing_m = made_rows(wanted)
        if wanted.forbidden_areas and not len(rows) and not wanted.drawn:
            everywhere, _ = made_rows(replace(wanted, forbidden_areas=()))
            if len(everywhere):
                raise _all_taken(len(everywhere), wanted)
        generated = wanted.candidates or FROM_DEMAND
    else:
        rows = stored_candidates(session, wanted, _upgradable(wanted, stored))
        held = find_candidate_set(session, str(wanted.candidates))
        code, version = wanted.candidates, None if held is None else held.version
    drawn = wanted.drawn
    lon, lat = np.array([one.lon for one in drawn]), np.array([one.lat for one in drawn])
    regions = regions_of_points(session, lon, lat, tolerance_m)
    if wanted.region is not None:
        below = regions_below(session, wanted.region)
        for one, region in zip(drawn, regions.tolist(), strict=True):
            if region not in below:
                accepted = Text(
                    f"所问区域 {wanted.region} 里的点",
                    f"places in the region asked for, {wanted.region}",
                )
                raise InvalidValueError("drawn", one.code, accepted)
    rows = with_drawn(wanted, rows, regions)
    if wanted.budget is not None and wanted.site_cost is not None:
        rows = replace(rows, cost=np.where(np.isnan(rows.cost), wanted.site_cost, rows.cost))
    return rows, CandidateSource(
        count=len(rows),
        drawn=len(wanted.drawn),
        set=code,
        version=version,
        generated=generated,
        spacing_m=spacing_m,
    )

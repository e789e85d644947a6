"""Sites of a finished siting run taken to the board, each once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from geoapp.core.acting import acting
from geoapp.core.errors import InvalidValueError, NotAllowedError
from geoapp.core.i18n import Text
from geoapp.core.proposals import ProposalState
from geoapp.core.results.siting import Site
from geoapp.core.settings import Settings
from geoapp.operations.moment import today
from geoapp.operations.proposals.read import regions_within
from geoapp.operations.siting.results import sites_of
from geoapp.store.engine import Database, Session
from geoapp.store.proposals import (
    ProposalFilter,
    add_proposal,
    lock_proposals,
    proposal_near,
    proposal_records,
)
from geoapp.store.runs.sites import regions_of_points

# Two plans that find the same corner differ by the spacing of their candidates, not by more.
SAME_PLACE_M: Final = 25.0


@dataclass(frozen=True, slots=True)
class Taken:
    """Numbers of the proposals: those that are new, and those that were on the board already."""

    added: tuple[int, ...]
    there: tuple[int, ...]


def take_sites(
    database: Database, settings: Settings, run_id: int, orders: Collection[int] | None = None
) -> Taken:
    """Take a finished siting run's sites to the board, all or none.

    A site that is on the board is not taken again, nor is one within `SAME_PLACE_M` of another
    plan's. Whoever takes them is their owner.

    Parameters
    ----------
    orders
        Which of its sites, by their order in the plan; None takes all.

    Raises
    ------
    NotFoundError
        If there is no such siting run.
    ConflictError
        If it has not succeeded.
    InvalidValueError
        If it has no site of such an order, or none at all.
    NotAllowedError
        If who acts is kept to regions, and a site lies outside them.
    """
    sites = {one.order: one for one in sites_of(database, run_id)}
    wanted = sorted(set(sites if orders is None else orders))
    strange = next((one for one in wanted if one not in sites), None)
    if strange is not None or not wanted:
        accepted = Text(
            f"方案里站点的序号，1 至 {len(sites)}",
            f"the order of sites of the plan, 1 to {len(sites)}",
        )
        raise InvalidValueError("sites", strange, accepted)
    who = acting()
    outside = outside_regions(database, sites.values(), () if who is None else who.regions)
    if refused := sorted(outside.intersection(wanted)):
        listed = "、".join(map(str, refused))
        raise NotAllowedError(
            Text(
                f"方案里的第 {listed} 处不在您负责的区域内，没有改动任何内容。",
                f"Sites {', '.join(map(str, refused))} of the plan lie outside your regions, and "
                "nothing was changed.",
            )
        )
    added: list[int] = []
    there: list[int] = []
    with database.session() as session:
        lock_proposals(session)
        every = proposal_records(session, ProposalFilter())
        known = {one.order: one.id for one in every if one.run == run_id}
        names = {one.name_zh for one in every}
        for order in wanted:
            site = sites[order]
            on_board = known.get(order) or proposal_near(
                session, lon=site.lon, lat=site.lat, within_m=SAME_PLACE_M
            )
            if on_board is not None:
                there.append(on_board)
                continue
            label = _told_apart(site.label, names)
            names.add(label.zh)
            values: dict[str, Any] = {
                "state": str(ProposalState.PROPOSED),
                "name_zh": label.zh,
                "name_en": label.en if label.en != label.zh else None,
                "region_code": region_at(session, settings, lon=site.lon, lat=site.lat),
                "owner": None if who is None else who.actor,
                "cost": site.cost,
                "run_id": run_id,
                "site_rank": order,
            }
            if site.phase is not None and date(site.phase, 12, 31) >= today(settings):
                values["planned_on"] = date(site.phase, 12, 31)
            added.append(
                add_proposal(session, values, lon=site.lon, lat=site.lat, on_day=today(settings))
            )
    return Taken(tuple(added), tuple(dict.fromkeys(there)))


def outside_regions(
    database: Database, sites: Iterable[Site], regions: Sequence[str]
) -> frozenset[int]:
    """Return the order of the sites that lie outside regions and all below them; none = everywhere."""
    within = regions_within(database, regions)
    if within is None:
        return frozenset()
    return frozenset(one.order for one in sites if one.region not in within)


def _told_apart(label: Text, names: Collection[str]) -> Text:
    """Return what a site is called, with a number where others of the board are called so."""
    number = 1
    told = label
    while told.zh in names:
        number += 1
        told = Text(f"{label.zh} {number}", f"{label.en} {number}")
    return told


def region_at(session: Session, settings: Settings, *, lon: float, lat: float) -> str | None:
    """Return the region that holds a place (WGS-84), as for the sites of a run; None = unknown."""
    place = (np.array([lon]), np.array([lat]))
    found = regions_of_points(session, *place, settings.region_tolerance_m)[0]
    return None if found is None else str(found)

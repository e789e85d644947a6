"""The proof of a siting run: kept with the run, given out as a file, counted again from the file."""

import itertools
import math
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.told_streets import MOST_EDGES, told_streets
from geoapp.analysis.siting.proof import check_proof, shown_bound
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import BoolArray, IntArray
from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.kept import KeptText
from geoapp.core.results.proof import (
    Proof,
    ProofCandidates,
    ProofCheck,
    ProofDemand,
    ProofSeats,
    ProofSite,
    ProofStreets,
    read_proof,
)
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.settings import DEFAULT_ZONE
from geoapp.core.words import Basis
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.runs.state import read_finished
from geoapp.operations.siting.anywhere import land_of, line_m_of
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.recount import Found
from geoapp.operations.siting.solve import SitingPlan
from geoapp.reports.words.question import question_title
from geoapp.store.engine import Database
from geoapp.store.runs.found import has_array, run_array

_NAME: Final = "proof"
# Beyond so many demand points, or pairs of them and candidates on a network, none is kept: as a file it
# would be larger than everything else that a run leaves.
_MOST_POINTS: Final = 300_000
_MOST_PAIRS: Final = 3_000_000


def kept_proof(
    database: Database,
    run_id: int,
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    found: Found,
) -> dict[str, NDArray[Any]]:
    """Return a run's proof as an array to be kept; empty where prices prove nothing of its question.

    Prices prove the number of sites alone, and so many seats at each: with quotas, a budget, a spacing,
    sizes, existing seats, seats over several moments or backup, and for models other than maximal covering,
    there are none. A file counts by line, or on the streets that it
    holds, or whom candidates are said to reach.
    """
    prices = plan.result.prices
    if prices is None or math.isnan(plan.result.objective) or len(prices) > _MOST_POINTS:
        return {}
    left = inputs.waiting
    by_line = inputs.rests_on.basis is Basis.ESTIMATE
    streets = None
    if wanted.anywhere and not by_line:
        streets = _streets(inputs, wanted, left, found.order)
        if streets is None:
            return {}
    reached = None
    if not wanted.anywhere and not by_line:
        by_site = sp.csc_array(inputs.cover[np.flatnonzero(left)])
        if by_site.nnz > _MOST_PAIRS:
            return {}
        reached = tuple(
            tuple(by_site.indices[first:last].tolist())
            for first, last in zip(by_site.indptr[:-1], by_site.indptr[1:], strict=True)
        )
    held, fixed = inputs.candidates, set(inputs.fixed.tolist())
    seats = _seats(wanted, plan, found.order)
    candidates = None
    if not wanted.anywhere:
        candidates = ProofCandidates(
            code=tuple(held.code.tolist()),
            lon=tuple(held.lon.tolist()),
            lat=tuple(held.lat.tolist()),
            forbidden=tuple(plan.forbidden.tolist()),
            reached=reached,
        )
    title = question_title(wanted, read_naming(database, inputs.rests_on.timezone or DEFAULT_ZONE))
    standard_m = inputs.standard.walk_m(inputs.estimate)
    if by_line:
        try:
            standard_m = line_m_of(inputs, wanted, left)
        except InvalidValueError:  # lines of more than one length
            return {}
    proof = Proof(
        format=_format(streets, seats),
        run=run_id,
        question=KeptText(zh=title.zh, en=title.en),
        sample=inputs.rests_on.sample,
        basis=inputs.rests_on.basis,
        standard_m=standard_m,
        p=wanted.p or 0,
        demand=ProofDemand(
            lon=tuple(inputs.demand.lon[left].tolist()),
            lat=tuple(inputs.demand.lat[left].tolist()),
            weight=tuple(inputs.weight[left].tolist()),
            price=tuple(prices.tolist()),
        ),
        candidates=candidates,
        streets=streets,
        seats=seats,
        sites=tuple(
            ProofSite(
                code=held.code[k],
                lon=float(held.lon[k]),
                lat=float(held.lat[k]),
                fixed=k in fixed,
            )
            for k in found.order.tolist()
        ),
        objective=plan.result.objective,
        bound=plan.result.bound,
        shown=plan.result.bound,
    )
    return {_NAME: np.frombuffer(zlib.compress(proof.as_file()), np.uint8)}


def _format(streets: ProofStreets | None, seats: ProofSeats | None) -> Any:
    if streets is not None:
        return "geoapp-proof/2"
    return "geoapp-proof/1" if seats is None else "geoapp-proof/3"


def _seats(wanted: SitingParameters, plan: SitingPlan, sites: IntArray) -> ProofSeats | None:
    """Return the seats of a plan and whom they seat; None where none were asked for."""
    if wanted.capacity is None or plan.result.served is None:
        return None
    by_site = sp.csc_array(plan.result.served)[:, sites]
    by_site.eliminate_zeros()
    parts = list(itertools.pairwise(by_site.indptr.tolist()))
    return ProofSeats(
        each=wanted.capacity,
        row=tuple(tuple(by_site.indices[first:last].tolist()) for first, last in parts),
        workers=tuple(tuple(by_site.data[first:last].tolist()) for first, last in parts),
    )


def _streets(
    inputs: SitingInputs, wanted: SitingParameters, left: BoolArray, sites: IntArray
) -> ProofStreets | None:
    """Return the streets of a plan anywhere on them, for the demand that is left."""
    network, demand, fixed = inputs.walks.network, inputs.demand, set(inputs.fixed.tolist())
    if network is None:
        return None
    walks = PairWalks.of(
        demand.lon[left], demand.lat[left], estimate=inputs.estimate, network=network
    )
    waiting = left & ~inputs.covered_with(inputs.fixed)
    held, by_site = inputs.candidates, sp.csc_array(inputs.cover[np.flatnonzero(left)])
    return told_streets(
        walks,
        network,
        wanted.standard,
        AllowedGround.of(
            land_of(inputs, wanted, waiting), wanted.forbidden_shape(), inputs.surely_forbidden
        ),
        held.lon[sites],
        held.lat[sites],
        [
            by_site.indices[by_site.indptr[k] : by_site.indptr[k + 1]] if k in fixed else None
            for k in sites.tolist()
        ],
    )


def keeps_proof(database: Database, run_id: int) -> bool:
    """Say whether a run keeps a proof to be exported."""
    with database.session() as session:
        return has_array(session, run_id, _NAME)


def proof_file(database: Database, run_id: int) -> bytes:
    """Return the proof that a finished run keeps, as the bytes of a JSON file.

    Raises
    ------
    NotFoundError
        If there is no such siting run.
    ConflictError
        If it has not succeeded, or keeps none.
    """
    read_finished(database, SITING_RUNS, run_id)
    with database.session() as session:
        kept = run_array(session, run_id, _NAME)
    if kept is None:
        raise ConflictError(
            Text(
                f"运行 {run_id} 没有可导出的证明：只有“给定数目、尽量多覆盖”而无其他限制的选址才有（一个时刻、"
                "新站点的座位可以有），"
                f"需求点至多 {_MOST_POINTS:,} 个，街道上任何地方的至多 {MOST_EDGES:,} 段路；早先的运行没有留下。",
                f"Run {run_id} keeps no proof to export: only a question of maximal covering by a number "
                "of sites, without further limits but seats of the new ones at one moment, with at most "
                f"{_MOST_POINTS:,} demand points and, anywhere on the streets, {MOST_EDGES:,} pieces of them, has "
                "one; runs from before kept none.",
            )
        )
    proof = read_proof(zlib.decompress(kept.tobytes()), _NAME)
    # Counted when somebody asks for it: it takes seconds that the run need not.
    shown = max(shown_bound(proof), proof.bound)
    return proof.model_copy(update={"shown": shown}).sealed().as_file()


def verify_file(path: Path) -> tuple[Proof, ProofCheck]:
    """Count the plan and the bound of a file again; nothing but the file is used.

    Raises
    ------
    InvalidValueError
        If the file is no proof.
    """
    proof = read_proof(path.read_bytes(), path.name)
    return proof, check_proof(proof)

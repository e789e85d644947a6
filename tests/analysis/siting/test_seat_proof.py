"""Proofs of plans with seats: shown bounds against every plan there is, and forged files."""

import itertools

import numpy as np
import scipy.sparse as sp
from pyproj import Geod
from scipy.optimize import linprog

from geoapp.analysis.siting import solve_mclp
from geoapp.analysis.siting.proof import check_proof, shown_bound
from geoapp.core.results.kept import KeptText
from geoapp.core.results.proof import (
    Proof,
    ProofCandidates,
    ProofDemand,
    ProofSeats,
    ProofSite,
    read_proof,
)
from geoapp.core.words import Basis

GEOD = Geod(ellps="WGS84")
STANDARD_M = 500.0


def changed(proof, **members):
    """Return a proof with other members, sealed as if it had been written so."""
    return proof.model_copy(update=members).sealed()


def most_seated(cover, weight, seats, sites):
    """Return whom some sites seat at most, by a linear program of who sits where."""
    row, site = np.nonzero(cover[:, sites])
    if not len(row):
        return 0.0
    many, one = np.arange(len(row)), np.ones(len(row))
    lines = sp.vstack(
        [
            sp.csr_array((one, (row, many)), shape=(len(weight), len(row))),
            sp.csr_array((one, (site, many)), shape=(len(sites), len(row))),
        ]
    )
    limit = np.concatenate((weight, np.full(len(sites), seats)))
    return -linprog(-one, A_ub=lines, b_ub=limit, method="highs").fun


def proof_of(seed, basis=Basis.ESTIMATE):
    """Return an honest proof, and what the best plan seats."""
    rng = np.random.default_rng(seed)
    points, many = int(rng.integers(1, 20)), int(rng.integers(2, 8))
    lon, lat = 120 + rng.uniform(-0.01, 0.01, points), 36 + rng.uniform(-0.01, 0.01, points)
    weight = rng.integers(0, 9, points).astype(float) if seed % 2 else rng.random(points)
    at = 120 + rng.uniform(-0.01, 0.01, many), 36 + rng.uniform(-0.01, 0.01, many)
    away = GEOD.inv(*(np.repeat(x, many) for x in (lon, lat)), *(np.tile(x, points) for x in at))[2]
    cover = (away <= STANDARD_M).reshape(points, many)
    seats = float(rng.integers(1, 14)) if seed % 2 else float(rng.uniform(0.1, 3))
    p, fixed, never = int(rng.integers(1, min(many, 4))), [0] if seed % 3 == 0 else [], [1]
    found = solve_mclp(
        cover, weight, p, capacities=np.full(many, seats), fixed=fixed, forbidden=never
    )
    rest = [k for k in range(many) if k not in (*fixed, *never)]
    best = max(
        most_seated(cover, weight, seats, [*fixed, *some])
        for some in itertools.combinations(rest, min(p - len(fixed), len(rest)))
    )
    codes = tuple(f"C{k}" for k in range(many))
    served = sp.csc_array(found.served)[:, found.chosen]
    pairs = list(itertools.pairwise(served.indptr.tolist()))
    proof = Proof(
        format="geoapp-proof/3",
        run=1,
        question=KeptText(zh="问", en="asked"),
        sample=True,
        basis=basis,
        standard_m=STANDARD_M,
        p=p,
        demand=ProofDemand(
            lon=tuple(lon.tolist()),
            lat=tuple(lat.tolist()),
            weight=tuple(weight.tolist()),
            price=tuple(found.prices.tolist()),
        ),
        candidates=ProofCandidates(
            code=codes,
            lon=tuple(at[0].tolist()),
            lat=tuple(at[1].tolist()),
            forbidden=tuple(never),
            reached=None
            if basis is Basis.ESTIMATE
            else tuple(tuple(np.flatnonzero(one).tolist()) for one in cover.T),
        ),
        seats=ProofSeats(
            each=seats,
            row=tuple(tuple(served.indices[a:b].tolist()) for a, b in pairs),
            workers=tuple(tuple(served.data[a:b].tolist()) for a, b in pairs),
        ),
        sites=tuple(
            ProofSite(code=codes[k], lon=at[0][k], lat=at[1][k], fixed=k in fixed)
            for k in found.chosen.tolist()
        ),
        objective=found.objective,
        bound=found.bound,
        shown=found.bound,
    )
    return changed(proof, shown=max(found.bound, shown_bound(proof))), best


def test_honest_proofs_are_accepted_and_no_plan_surpasses_what_is_shown():
    tight = 0
    for seed in range(120):
        proof, best = proof_of(seed, Basis.NETWORK if seed % 5 == 0 else Basis.ESTIMATE)
        check = check_proof(read_proof(proof.as_file(), "x.proof.json"))
        assert check.faults == (), seed
        assert best <= check.shown + 1e-7
        assert abs(proof.objective - best) <= 1e-7
        # At any other prices, too.
        rng = np.random.default_rng(seed)
        price = tuple((rng.random(len(proof.demand.weight)) * proof.demand.weight).tolist())
        other = proof.demand.model_copy(update={"price": price})
        assert best <= shown_bound(proof.model_copy(update={"demand": other})) + 1e-7
        tight += check.shown <= proof.bound + 1e-7
    assert tight >= 80  # a search closes the rest


def test_what_does_not_hold_is_refused_though_sealed_anew():
    proof = next(
        one
        for one, best in map(proof_of, range(1, 400, 2))
        if len(one.sites) > 1
        and one.bound == one.shown == best < sum(one.demand.weight)
        and all(sum(some) == one.seats.each for some in one.seats.workers)
    )
    assert check_proof(proof).faults == ()
    demand, seats = proof.demand, proof.seats

    def weighed(more):
        row = seats.row[0][0]
        weight = tuple(w + more * (k == row) for k, w in enumerate(demand.weight))
        return changed(proof, demand=demand.model_copy(update={"weight": weight}))

    def seated(**members):
        return changed(proof, seats=seats.model_copy(update=members))

    first = (seats.workers[0][0] + 1, *seats.workers[0][1:])
    forged = {
        "a plan that seats more": changed(proof, objective=proof.objective + 1),
        "a bound that prices do not show": changed(
            proof, bound=proof.objective, shown=proof.shown - 1
        ),
        "a site elsewhere": changed(
            proof, sites=(proof.sites[0].model_copy(update={"lat": 12.0}), *proof.sites[1:])
        ),
        "a site too many": changed(proof, sites=(*proof.sites, *proof.sites)),
        "fewer workers": weighed(-seats.workers[0][0] - 1),
        "more workers": weighed(5.0),
        "fewer seats": seated(each=seats.each - 1),
        "more seats": seated(each=seats.each + 1),
        "more sit than seats": seated(workers=(first, *seats.workers[1:])),
        "fewer sit": seated(workers=((0.0,) * len(first), *seats.workers[1:])),
        "no such point": seated(row=((999, *seats.row[0][1:]), *seats.row[1:])),
        "a site's list left out": seated(row=seats.row[1:], workers=seats.workers[1:]),
        "sites anywhere": changed(proof, candidates=None),
        "prices that show less": changed(
            proof,
            demand=demand.model_copy(update={"price": tuple(0.0 for _ in demand.price)}),
        ),
    }
    for what, one in forged.items():
        assert check_proof(one).faults, what
    unsealed = proof.model_copy(update={"seats": seats.model_copy(update={"each": 99.0})})
    assert any("seal" in one.en for one in check_proof(unsealed).faults)

"""Proofs of plans on streets: honest ones are accepted, forged ones refused though they are sealed anew."""

from dataclasses import replace

import numpy as np
import pytest

from geoapp.analysis.siting import solve_mclp_on_streets
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.told_streets import told_streets
from geoapp.analysis.siting.proof import check_proof, shown_bound
from geoapp.analysis.siting.street_proof import StreetFacts
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.results.kept import KeptText
from geoapp.core.results.proof import Proof, ProofDemand, ProofSite, read_proof
from geoapp.core.words import Basis
from tests.analysis.siting.models.test_mclp_on_streets import (
    EAST,
    ESTIMATE,
    at,
    standards,
    streets,
    walks_from_everywhere,
)


def town(seed):
    """Return some crooked streets, people on, beside and far from them, and a standard."""
    rng = np.random.default_rng(seed)
    network = streets(rng)
    count = int(rng.integers(2, 14))
    lon, lat = at(rng.uniform(-25, 75, (count, 2)))
    lon[count // 2], lat[count // 2] = lon[0], lat[0]
    if seed % 4 == 0:
        lon[0] += 400 / EAST
    weight = rng.integers(0, 6, count).astype(float)
    standard = standards(rng)[seed % 2]
    if seed % 4 == 0 and standard.metres is not None:
        standard = replace(standard, metres=520.0)
    return network, lon, lat, weight, standard, int(rng.integers(1, 4))


def proof_of(seed):
    network, lon, lat, weight, standard, p = town(seed)
    walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
    found = solve_mclp_on_streets(walks, weight, p, standard)
    places = found.places[found.gains > 0]
    held = told_streets(
        walks,
        network,
        standard,
        AllowedGround.of(None, None),
        places[:, 0],
        places[:, 1],
        [None] * len(places),
    )
    proof = Proof(
        format="geoapp-proof/2",
        run=1,
        question=KeptText(zh="问", en="asked"),
        sample=True,
        basis=Basis.NETWORK,
        standard_m=standard.walk_m(ESTIMATE),
        p=p,
        demand=ProofDemand(
            lon=tuple(lon.tolist()),
            lat=tuple(lat.tolist()),
            weight=tuple(weight.tolist()),
            price=tuple(found.prices.tolist()),
        ),
        candidates=None,
        streets=held,
        sites=tuple(
            ProofSite(code=str(k), lon=a, lat=b, fixed=False)
            for k, (a, b) in enumerate(places.tolist())
        ),
        objective=found.objective,
        bound=found.bound,
        shown=found.bound,
    )
    return changed(proof, shown=max(found.bound, shown_bound(proof)))


def changed(proof, **members):
    return proof.model_copy(update=members).sealed()


def on_streets(proof, **columns):
    return changed(proof, streets=proof.streets.model_copy(update=columns))


def priced(proof, **columns):
    return changed(proof, demand=proof.demand.model_copy(update=columns))


def at_one(values, where, value):
    return tuple(value if k == where else one for k, one in enumerate(values))


def test_honest_proofs_are_accepted_and_the_heaviest_place_is_that_of_every_decimetre():
    met = 0
    for seed in range(40):
        proof = proof_of(seed)
        check = check_proof(read_proof(proof.as_file(), "x.proof.json"))
        assert check.faults == (), seed
        assert check.shown >= check.objective == proof.objective, seed
        met += check.shown <= proof.bound + 1e-9
        network, lon, lat, weight, standard, _ = town(seed)
        price = np.random.default_rng(seed).random(len(weight)) * weight
        every = standard.covers(walks_from_everywhere(network, lon, lat), ESTIMATE) @ price
        heaviest = StreetFacts(proof, proof.streets).heaviest(price)
        # Whoever is estimated has stretches that are a hair longer.
        assert heaviest >= every.max() - 1e-9, seed
        if all(one >= 0 for one in proof.streets.edge):
            assert heaviest == pytest.approx(every.max()), seed
    assert met >= 30  # a search closes the rest


def test_what_does_not_hold_is_refused_though_sealed_anew():
    proof = next(one for one in map(proof_of, range(1, 40, 2)) if one.objective > 8)
    held, sites, demand = proof.streets, proof.sites, proof.demand
    site, edge = sites[0], held.site_edge[0]
    heaviest = int(np.argmax(demand.weight))
    forged = {
        "a plan that reaches more": changed(proof, objective=proof.objective + 1),
        "a bound below the plan": changed(proof, bound=proof.objective - 1),
        "a bound that prices do not show": changed(proof, shown=proof.objective - 1),
        "a site elsewhere": changed(
            proof, sites=(site.model_copy(update={"lat": site.lat + 1e-4}), *sites[1:])
        ),
        "a site farther along": on_streets(
            proof, along_dm=at_one(held.along_dm, 0, held.along_dm[0] + 40)
        ),
        "a site where none may stand": on_streets(
            proof,
            piece_last_dm=tuple(
                0 if one == edge else last
                for one, last in zip(held.piece_edge, held.piece_last_dm, strict=True)
            ),
        ),
        "a weight": priced(
            proof, weight=at_one(demand.weight, heaviest, demand.weight[heaviest] + 5)
        ),
        "a price above the weight": priced(proof, price=(9.0, *demand.price[1:])),
        "prices that show less": priced(proof, price=tuple(0.0 for _ in demand.price)),
        "a longer street": on_streets(
            proof, length_dm=at_one(held.length_dm, edge, held.length_dm[edge] + 40)
        ),
        "a longer leg": on_streets(proof, leg_dm=at_one(held.leg_dm, 0, held.leg_dm[0] + 40)),
        "a longer walk": on_streets(proof, limit_dm=held.limit_dm + 40),
        "a street that ends nowhere": on_streets(proof, end=at_one(held.end, 0, 10_000)),
        "a street twice": on_streets(
            proof,
            **{
                name: (*getattr(held, name), getattr(held, name)[0])
                for name in ("start", "end", "length_dm")
            },
        ),
        "a list that is short": on_streets(proof, edge=held.edge[1:]),
        "a chosen site that is said to be given": changed(
            proof, sites=(site.model_copy(update={"fixed": True}), *sites[1:])
        ),
        "no streets": changed(proof, streets=None),
        "by line": changed(proof, basis=Basis.ESTIMATE),
    }
    for what, one in forged.items():
        assert check_proof(one).faults, what

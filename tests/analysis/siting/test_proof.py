"""Proofs of plans: honest ones are accepted, and what does not hold is refused though it is sealed anew."""

import numpy as np
import orjson
import pytest
import scipy.sparse as sp
from pyproj import Geod

from geoapp.analysis.siting import solve_mclp, solve_mclp_anywhere
from geoapp.analysis.siting.proof import check_proof, shown_bound
from geoapp.core.errors import InvalidValueError
from geoapp.core.results.kept import KeptText
from geoapp.core.results.proof import (
    Proof,
    ProofCandidates,
    ProofDemand,
    ProofSite,
    read_proof,
)
from geoapp.core.words import Basis

GEOD = Geod(ellps="WGS84")


def town(seed):
    """Return points around one of some latitudes, many of them on the same spots."""
    rng = np.random.default_rng(seed)
    many = int(rng.integers(1, 50))
    lon = 120 + rng.uniform(-0.02, 0.02, many)
    lat = np.clip(rng.choice([0.0, 36.0, -80.0, 89.99]) + rng.uniform(-0.02, 0.02, many), -90, 90)
    if seed % 3 == 0:
        lon, lat = np.round(lon, 3), np.round(lat, 3)
    weight = rng.integers(0, 9, many).astype(float) if seed % 2 else rng.random(many)
    return rng, lon, lat, weight


def demand_of(lon, lat, weight, prices):
    return ProofDemand(
        lon=tuple(lon.tolist()),
        lat=tuple(lat.tolist()),
        weight=tuple(weight.tolist()),
        price=tuple(prices.tolist()),
    )


def honest(found, p, standard_m, demand, candidates, sites, basis=Basis.ESTIMATE):
    proof = Proof(
        run=1,
        question=KeptText(zh="问", en="asked"),
        sample=True,
        basis=basis,
        standard_m=standard_m,
        p=p,
        demand=demand,
        candidates=candidates,
        sites=sites,
        objective=found.objective,
        bound=found.bound,
        shown=found.bound,
    )
    return changed(proof, shown=max(found.bound, shown_bound(proof)))


def anywhere(seed):
    rng, lon, lat, weight = town(seed)
    p, standard_m = int(rng.integers(0, 5)), float(rng.choice([0, 100, 400, 3000, 100_000]))
    found = solve_mclp_anywhere(lon, lat, weight, p, standard_m)
    sites = tuple(
        ProofSite(code=str(k), lon=a, lat=b, fixed=False)
        for k, (a, b) in enumerate(found.places.tolist())
    )
    return honest(found, p, standard_m, demand_of(lon, lat, weight, found.prices), None, sites)


def among(seed, basis):
    rng, lon, lat, weight = town(seed)
    places = np.stack((lon, lat), axis=-1)[rng.integers(0, len(lon), 12)] + rng.normal(
        0, 1e-3, (12, 2)
    )
    places[:, 1] = np.clip(places[:, 1], -90, 90)
    away = np.stack(
        [
            GEOD.inv(np.full(len(lon), one), np.full(len(lon), other), lon, lat)[2]
            for one, other in places.tolist()
        ],
        axis=-1,
    )
    cover = sp.csr_array((away <= 500).astype(float))
    found = solve_mclp(cover, weight, 4, fixed=[3], forbidden=[7])
    codes = tuple(f"C{k}" for k in range(12))
    reached = None
    if basis is Basis.NETWORK:
        reached = tuple(tuple(np.flatnonzero(away[:, k] <= 500).tolist()) for k in range(12))
    candidates = ProofCandidates(
        code=codes,
        lon=tuple(places[:, 0].tolist()),
        lat=tuple(places[:, 1].tolist()),
        forbidden=(7,),
        reached=reached,
    )
    sites = tuple(
        ProofSite(code=codes[k], lon=places[k, 0], lat=places[k, 1], fixed=k == 3)
        for k in found.chosen.tolist()
    )
    demand = demand_of(lon, lat, weight, found.prices)
    return honest(found, 4, 500.0, demand, candidates, sites, basis)


def changed(proof, **members):
    """Return a proof with other members, sealed as if it had been written so."""
    return proof.model_copy(update=members).sealed()


def priced(proof, **columns):
    return changed(proof, demand=proof.demand.model_copy(update=columns))


@pytest.mark.parametrize("make", [anywhere, lambda k: among(k, Basis.ESTIMATE)])
def test_honest_proofs_are_accepted_and_nearly_tight(make):
    met = 0
    for seed in range(30):
        proof = make(seed)
        check = check_proof(read_proof(proof.as_file(), "x.proof.json"))
        assert check.faults == (), seed
        assert check.shown >= proof.objective - 1e-9
        met += check.shown <= proof.bound + 1e-9
    assert met >= 25  # a search closes the rest


def test_a_network_is_taken_as_listed():
    proof = among(4, Basis.NETWORK)
    assert check_proof(proof).faults == ()
    assert check_proof(proof) == check_proof(among(4, Basis.ESTIMATE))
    without = proof.candidates.model_copy(update={"reached": None})
    assert check_proof(changed(proof, candidates=without)).faults


@pytest.mark.parametrize("make", [lambda: anywhere(3), lambda: among(5, Basis.ESTIMATE)])
def test_what_does_not_hold_is_refused_though_sealed_anew(make):
    proof = make()
    assert proof.objective > 0
    demand, sites = proof.demand, proof.sites
    heaviest = int(np.argmax(demand.weight))
    more = [w + 5 * (k == heaviest) for k, w in enumerate(demand.weight)]
    forged = {
        "a plan that reaches more": changed(proof, objective=proof.objective + 1),
        "a bound below the plan": changed(proof, bound=proof.objective - 1),
        "a bound that prices do not show": changed(
            proof, bound=proof.objective, shown=shown_bound(proof) - 1
        ),
        "sites elsewhere": changed(
            proof, sites=tuple(one.model_copy(update={"lat": 12.0}) for one in sites)
        ),
        "a site too many": changed(
            proof, sites=tuple(sites[0].model_copy(update={"code": str(k)}) for k in range(9))
        ),
        "a weight": priced(proof, weight=tuple(more)),
        "a price below nothing": priced(proof, price=(-1.0, *demand.price[1:])),
        "prices that show less": priced(proof, price=tuple(0.0 for _ in demand.price)),
        "no such position": priced(proof, lat=(91.0, *demand.lat[1:])),
    }
    for what, one in forged.items():
        assert check_proof(one).faults, what
    # What only the seal tells: another question above the same plan.
    renamed = proof.model_copy(update={"question": KeptText(zh="别的", en="another")})
    assert [one.en for one in check_proof(renamed).faults] == [
        "the file was changed since it was written: its seal differs"
    ]


def test_what_is_no_proof_says_where():
    proof = among(5, Basis.ESTIMATE).model_dump(mode="json")
    for text, where in (
        (b"", "plan.proof.json"),
        (b"[]", "plan.proof.json"),
        (b'{"format": "geoapp-proof/4"}', "format"),
    ):
        with pytest.raises(InvalidValueError, match=where):
            read_proof(text, "plan.proof.json")
    del proof["demand"]["price"][0]
    with pytest.raises(InvalidValueError, match="unequal length"):
        read_proof(orjson.dumps(proof), "plan.proof.json")

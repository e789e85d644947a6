"""Count a plan of maximal covering again, and what its prices show, apart from whatever found them.

Nothing of the solvers is used here: geodesics come from pyproj, walks from scipy (``street_proof``), the
heaviest disc from a sweep of its own. ``core/results/proof.py`` says what a proof is.
"""

import math
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from geoapp.analysis.geometry.spheroid import GEOD, ecef
from geoapp.analysis.siting.seat_proof import dearest, seat_misfits
from geoapp.analysis.siting.street_proof import StreetFacts
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.results.proof import Proof, ProofCheck, ProofSeats, ProofSite
from geoapp.core.units import format_count
from geoapp.core.words import Basis

# A site on the edge of the standard may be counted either way by rounding of the last digit.
_EDGE_M: Final = 1e-6
# The least radius of curvature of WGS-84, b^2 / a. Two lines of lengths S and d from a point, on a surface
# nowhere more curved than 1 / R^2, have ends at least as far apart as on the sphere of that radius (Rauch
# 1951): for d <= 2 S at least the plane's distance less S^3 / R^2. So on the plane of azimuths and distances
# about a point a disc that is wider by so much holds all that the true one holds.
_LEAST_RADIUS_M: Final = 6_335_439.0
_ROUND_OFF: Final = 1e-9  # of sums, as a share
_DONE: Final = {False: Text("覆盖", "reach"), True: Text("有座位", "seat")}


def check_proof(proof: Proof) -> ProofCheck:
    """Count a plan and its bound again."""
    faults = list(_misfits(proof))
    if faults:
        return ProofCheck(tuple(faults), math.nan, math.nan)
    if proof.seal != proof.seal_due():
        faults.append(
            Text(
                "文件写出后被改过：封印不符",
                "the file was changed since it was written: its seal differs",
            )
        )
    facts = _Facts(proof)
    low, high = facts.reached_by_plan()
    seated = proof.seats is not None
    if not low - facts.slack <= proof.objective <= high + facts.slack:
        faults.append(
            Text(
                f"重新计算，这些站点新增{_DONE[seated].zh} {format_count(high)} 人，文件说 "
                f"{format_count(proof.objective)} 人",
                f"counted again the sites newly {_DONE[seated].en} {format_count(high)} workers, not "
                f"{format_count(proof.objective)}",
            )
        )
    shown = facts.shown()
    if shown > proof.shown + facts.slack:
        faults.append(
            Text(
                f"按价格最多 {_exactly(shown)} 人，文件说 {_exactly(proof.shown)} 人",
                f"the prices show at most {_exactly(shown)} workers, not {_exactly(proof.shown)}",
            )
        )
    if proof.bound < proof.objective - facts.slack or proof.bound > proof.shown + facts.slack:
        faults.append(
            Text(
                "界应在方案与价格证明的数之间",
                "the bound is not between the plan and what the prices show",
            )
        )
    return ProofCheck(tuple(faults), high, shown)


def _exactly(value: float) -> str:
    return f"{value:,.10g}"


def shown_bound(proof: Proof) -> float:
    """Return what the prices of a proof that holds together show that no plan surpasses."""
    return _Facts(proof).shown()


def _misfits(proof: Proof) -> list[Text]:
    """Return what no honest file holds, before anything is counted."""
    demand, found = proof.demand, []
    weight, price = np.array(demand.weight), np.array(demand.price)
    points = len(weight)
    for name, lon, lat in (
        ("demand", demand.lon, demand.lat),
        ("sites", [one.lon for one in proof.sites], [one.lat for one in proof.sites]),
        (
            "candidates",
            *((proof.candidates.lon, proof.candidates.lat) if proof.candidates else ((), ())),
        ),
    ):
        if np.any(np.abs(lon) > 180) or np.any(np.abs(lat) > 90):
            found.append(
                Text(f"{name} 有不存在的位置", f"{name} hold a position that does not exist")
            )
    if np.any(weight < 0) or np.any(price < 0) or np.any(price > weight * (1 + _ROUND_OFF)):
        found.append(
            Text("每处的价格应在 0 与人数之间", "a price is not between 0 and its point's workers")
        )
    if len(proof.sites) > proof.p:
        found.append(
            Text(
                f"有 {len(proof.sites)} 个站点，问的是 {proof.p} 个",
                f"there are {len(proof.sites)} sites, {proof.p} were asked for",
            )
        )
    candidates = proof.candidates
    if proof.seats is not None:
        found += seat_misfits(proof, proof.seats)
    if candidates is None:
        if (proof.basis is Basis.NETWORK) != (proof.streets is not None):
            found.append(
                Text(
                    "任何地方的证明：按步行路网的须附街道，按直线的不须",
                    "a proof over any place holds the streets on a network, none by line",
                )
            )
        elif proof.streets is not None and not found:
            found += StreetFacts(proof, proof.streets).misfits()
        return found
    if proof.streets is not None:
        found.append(Text("候选点中的证明不附街道", "a proof among candidates holds no streets"))
    if (proof.basis is Basis.NETWORK) != (candidates.reached is not None):
        found.append(
            Text(
                "步行路网的证明须列出各候选点覆盖谁，按直线的不须",
                "a proof on a network lists whom each candidate reaches, one by line does not",
            )
        )
    places = {
        code: (lon, lat)
        for code, lon, lat in zip(candidates.code, candidates.lon, candidates.lat, strict=True)
    }
    never = {candidates.code[k] for k in candidates.forbidden if 0 <= k < len(candidates.code)}
    if len(places) < len(candidates.code):
        found.append(Text("候选点编号重复", "two candidates have the same code"))
    if len({one.code for one in proof.sites}) < len(proof.sites):
        found.append(Text("同一站点列了两次", "a site is listed twice"))
    for site in proof.sites:
        if places.get(site.code) != (site.lon, site.lat) or (site.code in never and not site.fixed):
            found.append(
                Text(
                    f"站点 {site.code} 不是可用的候选点",
                    f"site {site.code} is no candidate that may be opened",
                )
            )
    if any(not 0 <= k < len(candidates.code) for k in candidates.forbidden) or any(
        not 0 <= row < points for rows in candidates.reached or () for row in rows
    ):
        found.append(Text("列出的序号越界", "a position in a list lies beyond its end"))
    return found


class _Facts:
    """A proof as arrays, and what follows from it."""

    def __init__(self, proof: Proof) -> None:
        demand = proof.demand
        self._proof = proof
        self._lon, self._lat = np.array(demand.lon, float), np.array(demand.lat, float)
        self._weight = np.array(demand.weight, float)
        self._price = np.minimum(np.array(demand.price, float), self._weight)
        self._tree = cKDTree(ecef(self._lon, self._lat)) if len(self._lon) else None
        self._whole = bool(np.all(self._weight == np.rint(self._weight)))
        listed = None if proof.candidates is None else proof.candidates.reached
        self._listed: dict[str, IntArray] | None = None
        if proof.candidates is not None and listed is not None:
            self._listed = {
                code: np.array(rows, np.int64)
                for code, rows in zip(proof.candidates.code, listed, strict=True)
            }
        self._streets = None if proof.streets is None else StreetFacts(proof, proof.streets)
        self.slack = _ROUND_OFF * max(1.0, float(self._weight.sum()))

    def reached_by_plan(self) -> tuple[float, float]:
        """Return what the plan reaches without and with the points on the edge of the standard."""
        if self._proof.seats is not None:
            return self._seated_by_plan(self._proof.seats)
        low = np.zeros(len(self._lon), bool)
        high = low.copy()
        for k, site in enumerate(self._proof.sites):
            inner, outer = self._reached_by(k, site)
            low[inner], high[outer] = True, True
        return math.fsum(self._weight[low]), math.fsum(self._weight[high])

    def _seated_by_plan(self, seats: ProofSeats) -> tuple[float, float]:
        """Return whom the plan seats of those that its sites reach, without and with those on the edge."""
        low, high = [], []
        for k, site in enumerate(self._proof.sites):
            row, workers = np.array(seats.row[k], np.int64), np.array(seats.workers[k], float)
            inner, outer = self._reached_by(k, site)
            low.append(workers[np.isin(row, inner)].sum())
            high.append(workers[np.isin(row, outer)].sum())
        return math.fsum(low), math.fsum(high)

    def shown(self) -> float:
        """Return what the prices show that no plan surpasses."""
        if self._proof.seats is not None:
            return self._shown_with_seats(self._proof.seats)
        proof = self._proof
        held = np.zeros(len(self._lon), bool)
        fixed = [one for one in proof.sites if one.fixed]
        for k, site in enumerate(proof.sites):
            if site.fixed:
                held[self._reached_by(k, site)[1]] = True
        price = np.where(held, 0.0, self._price)
        rest = math.fsum(self._weight[held]) + math.fsum((self._weight - self._price)[~held])
        left = proof.p - len(fixed)
        if self._streets is not None:
            value = rest + left * self._streets.heaviest(price)
        elif proof.candidates is None:
            value = rest + left * self._heaviest_disc(price)
        else:
            given = {one.code for one in fixed}
            never = {proof.candidates.code[k] for k in proof.candidates.forbidden}
            at_sites = [
                math.fsum(price[self._reached(code, lon, lat)[1]])
                for code, lon, lat in zip(
                    proof.candidates.code, proof.candidates.lon, proof.candidates.lat, strict=True
                )
                if code not in given and code not in never
            ]
            value = rest + math.fsum(sorted(at_sites, reverse=True)[:left])
        value = min(value, math.fsum(self._weight))
        return math.floor(value + self.slack) if self._whole else value

    def _shown_with_seats(self, seats: ProofSeats) -> float:
        candidates, price = self._proof.candidates, self._price
        assert candidates is not None  # or the proof does not hold together
        given = {one.code for one in self._proof.sites if one.fixed}
        never = {candidates.code[k] for k in candidates.forbidden} - given
        first: list[float] = []
        others: list[float] = []
        for code, lon, lat in zip(candidates.code, candidates.lon, candidates.lat, strict=True):
            if code in never:
                continue
            rows = self._reached(code, lon, lat)[1]
            worth = dearest(self._weight[rows], price[rows], seats.each)
            (first if code in given else others).append(worth)
        most = sorted(others, reverse=True)[: self._proof.p - len(given)]
        value = math.fsum(self._weight - price) + math.fsum(first) + math.fsum(most)
        value = min(value, math.fsum(self._weight))
        whole = self._whole and seats.each == round(seats.each)
        return math.floor(value + self.slack) if whole else value

    def _reached_by(self, k: int, site: ProofSite) -> tuple[IntArray, IntArray]:
        """Return the points that a site covers, as `_reached`."""
        if self._streets is not None:
            return self._streets.reached(k)
        return self._reached(site.code, site.lon, site.lat)

    def _reached(self, code: str, lon: float, lat: float) -> tuple[IntArray, IntArray]:
        """Return the points that a place covers, without and with those on the edge."""
        if self._listed is not None:
            rows = self._listed[code]
            return rows, rows
        standard_m = self._proof.standard_m
        near, away = self._near(lon, lat, standard_m + _EDGE_M)[:2]
        return near[away <= standard_m - _EDGE_M], near

    def _near(
        self, lon: float, lat: float, most_m: float
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return the points within a geodesic of a place, how far and in which azimuth (radians)."""
        if self._tree is None:
            return np.empty(0, np.int64), np.empty(0), np.empty(0)
        # A chord is never longer than its geodesic.
        at = ecef(np.array([lon]), np.array([lat]))[0]
        some = np.array(self._tree.query_ball_point(at, most_m + _EDGE_M), np.int64)
        azimuth, _, away = GEOD.inv(
            np.full(len(some), lon), np.full(len(some), lat), self._lon[some], self._lat[some]
        )
        kept = away <= most_m
        return some[kept], away[kept], np.radians(azimuth[kept])

    def _heaviest_disc(self, price: FloatArray) -> float:
        """Return what no disc about any place is heavier than.

        A disc that holds anybody can be moved until one of them is on its edge, so it is enough to
        lead discs around each point and to add up what they hold (Church 1984).
        """
        standard_m = self._proof.standard_m
        radius = standard_m + standard_m**3 / _LEAST_RADIUS_M**2 + _EDGE_M
        priced = np.flatnonzero(price > 0)
        if not len(priced):
            return 0.0
        # Heavy neighbourhoods first: most others are then lighter as a whole than the heaviest disc.
        heaviest = 0.0
        tree = cKDTree(ecef(self._lon[priced], self._lat[priced]))
        around = tree.query_ball_point(tree.data, 2 * radius)
        limit = np.array([price[priced[rows]].sum() for rows in around])
        for one in np.argsort(-limit, kind="stable"):
            if limit[one] <= heaviest:
                break
            centre = priced[one]
            near, away, azimuth = self._near(self._lon[centre], self._lat[centre], 2 * radius)
            worth = price[near]
            same = away <= _EDGE_M
            half = np.arccos(np.clip(away[~same] / (2 * radius), 0.0, 1.0)) + _EDGE_M / radius
            heaviest = max(
                heaviest,
                math.fsum(worth[same]) + _most_at_once(azimuth[~same], half, worth[~same]),
            )
        return heaviest


def _most_at_once(middle: FloatArray, half: FloatArray, worth: FloatArray) -> float:
    """Return the greatest sum of arcs of a circle that have a direction in common."""
    if not len(middle):
        return 0.0
    turn = 2 * math.pi
    begin = np.mod(middle - half, turn)
    end = begin + 2 * half
    # What is open past the start is there from the start on.
    over = end > turn
    angle = np.concatenate((begin, end, np.zeros(int(over.sum())), end[over] - turn))
    change = np.concatenate((worth, -worth, worth[over], -worth[over]))
    order = np.lexsort((-change, angle))  # where one ends and another begins both are held
    return float(np.cumsum(change[order]).max())

"""A standard's rule of spacing against stations and demand, every figure measured one by one."""

import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from sqlalchemy import text

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.settings import Settings
from geoapp.core.standards import check_standards
from geoapp.operations.standards.files import save_spacing
from geoapp.operations.standards.spacing import check_spacing
from geoapp.store.engine import Database
from tests.core.test_standards import OWN

SOURCE = {"source_zh": "某通知", "source_en": "A notice"}
RULES: dict[str, dict[str, Any]] = {
    "plain": {"by": "line", "within_m": 500, "apart_m": 400},
    "between": {"by": "walk", "between_m": 900},
    "named": {
        **{"by": "line", "within_m": 600, "apart_m": 500},
        "busy": {"regions": ["370202"], "within_m": 300, "apart_m": 150},
    },
    "dense": {
        **{"by": "line", "within_m": 700, "apart_m": 450},
        "busy": {"workers_per_km2": 900, "around_m": 400, "within_m": 350},
    },
}


def write_rule(settings: Settings, code: str, rule: dict[str, Any], **changes: Any) -> None:
    """Put a standard that rules the spacing alone into the operator's folder."""
    folder = settings.data / "standards"
    folder.mkdir(parents=True, exist_ok=True)
    one = OWN | {"code": code, "items": None, "spacing": rule | SOURCE} | changes
    (folder / f"{code}.json").write_text(json.dumps(one), "utf-8")


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_random_towns_by_brute_force(
    town_template: str,
    database: Database,
    settings: Settings,
    tmp_path: Path,
    subtests: pytest.Subtests,
    seed: int,
) -> None:
    for code, rule in RULES.items():
        write_rule(settings, code, rule)
    stations, demand = _random_town(database, seed)
    for code, rule in RULES.items():
        for region in (None, "370202", "370200"):
            with subtests.test(code=code, region=region):
                found = check_spacing(database, settings, code, region)
                assert found.by == "line"  # no network is loaded
                _as_measured(found, rule, stations, demand, region)
    found = check_spacing(database, settings, "plain")
    path = tmp_path / "spacing.xlsx"
    save_spacing(database, found, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["各区", "太近的站点", "太远的地方", "说明"]
    assert book["太近的站点"].max_row == len(found.pairs) + 1
    assert book["太远的地方"].max_row == len(found.areas) + 1
    assert all(one.place.zh and one.place.en for one in found.areas)


def _random_town(
    database: Database, seed: int
) -> tuple[list[tuple[str, float, float, str]], list[tuple[float, float, float, str]]]:
    """Replace the town's stations and demand by random ones in two districts; a home is no station."""
    random = np.random.default_rng(seed)
    with database.session() as session:
        session.execute(text("delete from facility"))
        session.execute(text("delete from demand_point"))
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, name_en) "
                "values ('370202', '370200', 'district', '市南区', 'Shinan')"
            )
        )
        stations, demand = [], []
        for number in range(24):
            lon, lat = 120.34 + random.uniform(0, 0.03), 36.06 + random.uniform(0, 0.03)
            district = "370202" if lon < 120.355 else "370203"
            kind = "worker_home" if number % 8 == 7 else "outdoor_station"
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, geom, status, region_code, "
                    "region_match) values (:code, :kind, :code, "
                    "st_setsrid(st_makepoint(:lon, :lat), 4326), 'open', :district, 'inside')"
                ),
                {"code": f"R-{number}", "kind": kind, "lon": lon, "lat": lat, "district": district},
            )
            if kind == "outdoor_station":
                stations.append((f"R-{number}", lon, lat, district))
        for _ in range(150):
            lon, lat = 120.34 + random.uniform(0, 0.03), 36.06 + random.uniform(0, 0.03)
            district = "370202" if lon < 120.355 else "370203"
            workers = float(random.integers(0, 40))
            session.execute(
                text(
                    "insert into demand_point (set_id, geom, weight, region_code) values "
                    "((select id from demand_set), st_setsrid(st_makepoint(:lon, :lat), 4326), "
                    ":workers, :district)"
                ),
                {"lon": lon, "lat": lat, "workers": workers, "district": district},
            )
            demand.append((lon, lat, workers, district))
    return stations, demand


def _as_measured(
    found: Any,
    rule: dict[str, Any],
    stations: list[tuple[str, float, float, str]],
    demand: list[tuple[float, float, float, str]],
    region: str | None,
) -> None:
    def away(places: Sequence[Any], others: Sequence[Any]) -> np.ndarray:
        lon, lat = (np.array([one[k] for one in others]) for k in (0, 1))
        return np.stack([np.asarray(geodesic_m(one[0], one[1], lon, lat)) for one in places])

    def is_busy(places: Sequence[Any]) -> list[bool]:
        busy = rule.get("busy", {})
        if "regions" in busy:
            return [one[-1] in busy["regions"] for one in places]
        if not busy:
            return [False] * len(places)
        near = away(places, demand) <= busy["around_m"]
        workers = near @ np.array([one[2] for one in demand])
        square_km = math.pi * (busy["around_m"] / 1000) ** 2
        return [bool(one / square_km >= busy["workers_per_km2"]) for one in workers]

    def figure(name: str, busy: bool) -> float | None:
        own = rule.get("busy", {}).get(name) if busy else None
        return own if own is not None else rule.get(name)

    def inside(district: str) -> bool:
        return region in (None, "370200", district)

    spots = [one[1:] for one in stations]
    apart = [figure("apart_m", busy) for busy in is_busy(spots)]
    between, pairs = away(spots, spots), {}
    for one, other in itertools.combinations(range(len(spots)), 2):
        least = [apart[one], apart[other]]
        if None in least or not (inside(spots[one][-1]) or inside(spots[other][-1])):
            continue
        if between[one, other] < min(least):
            pairs[frozenset((stations[one][0], stations[other][0]))] = between[one, other]
    got = {frozenset((one.one.code, one.other.code)): one.away_m for one in found.pairs}
    assert got == pytest.approx(pairs)
    assert found.total.close_pairs == len(pairs)
    far: dict[str, float] = {"370202": 0.0, "370203": 0.0}
    farthest = 0.0
    nearest = away(demand, spots).min(axis=1)
    for (_, _, workers, district), busy, metres in zip(
        demand, is_busy(demand), nearest.tolist(), strict=True
    ):
        reach = figure("within_m", busy) or rule["between_m"] / 2
        if inside(district) and workers > 0 and metres > reach:
            far[district] += workers
            farthest = max(farthest, metres)
    assert found.total.far_workers == pytest.approx(sum(far.values()))
    assert found.total.farthest_m == (pytest.approx(farthest) if farthest else None)
    assert found.total.workers == sum(w for *_, w, d in demand if inside(d))
    assert found.total.stations == sum(inside(place[3]) for place in stations)
    by_code = {one.code: one.count for one in found.regions}
    assert (
        set(by_code)
        == {
            None: {"370200", "370202", "370203"},
            "370200": {"370200", "370202", "370203"},
            "370202": {"370202"},
        }[region]
    )
    for district, workers in far.items():
        if district in by_code:
            assert by_code[district].far_workers == pytest.approx(workers)
    assert sum(one.workers for one in found.areas) == pytest.approx(sum(far.values()))
    metres = [one.farthest_m for one in found.areas]
    assert metres == sorted(metres, reverse=True)
    assert not metres or metres[0] == pytest.approx(farthest)


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"by": "line"}, "is needed"),
        ({"by": "line", "within_m": 500, "between_m": 500}, "give one"),
        ({"by": "crow", "within_m": 500}, "by"),
        ({"by": "line", "within_m": 500, "busy": {"within_m": 300}}, "give one"),
        ({"by": "line", "within_m": 500, "busy": {"regions": ["370202"], "apart_m": 9e9}}, "apart"),
        (
            {"by": "line", "within_m": 500, "busy": {"regions": ["370202"], "apart_m": 300}},
            "no apart_m elsewhere",
        ),
        ({"by": "line", "within_m": 500, "source_zh": ""}, "source_zh"),
    ],
)
def test_a_faulty_rule_is_named(settings: Settings, rule: dict[str, Any], fault: str) -> None:
    folder = settings.data / "standards"
    folder.mkdir(parents=True)
    one = OWN | {"code": "own", "spacing": SOURCE | rule}
    (folder / "own.json").write_text(json.dumps(one), "utf-8")
    with pytest.raises(UnusableInputError, match=rf"own\.json.*{fault}"):
        check_standards(settings)


def test_what_cannot_be_asked(town_template: str, database: Database, settings: Settings) -> None:
    write_rule(settings, "plain", RULES["plain"])
    with pytest.raises(UnusableInputError, match="no rule of spacing"):
        check_spacing(database, settings, "seven_ones_wushan")
    with pytest.raises(InvalidValueError, match="region"):
        check_spacing(database, settings, "plain", "999999")
    with pytest.raises(InvalidValueError, match="no walking network"):
        check_spacing(database, settings, "plain", None, "walk")
    # Without demand the stations alone are measured; T-1 and T-2 are 180 m apart.
    with database.session() as session:
        session.execute(text("delete from demand_point"))
        session.execute(text("delete from demand_set"))
    found = check_spacing(database, settings, "plain")
    assert (found.demand, found.areas, found.total.close_pairs) == (None, (), 1)
    assert found.pairs[0].away_m == pytest.approx(180.3, abs=0.2)

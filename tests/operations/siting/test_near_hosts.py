"""New sites near hosts alone: against every plan of the candidates that are near, and any place."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import geodesic_m
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.siting import SitingModel
from geoapp.core.settings import Settings
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.operations.siting.results import sites_of
from geoapp.reports.words.siting import summary_lines
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import HOSTS, WANTED, run_sql, solved, town
from tests.seed import TOWN_LAT, TOWN_LON

__all__ = ["town"]

GENERATED: dict[str, Any] = {"candidates": "generated", "spacing_m": 150.0, "p": 2}
NEAR: dict[str, Any] = {"near_hosts": "hosts", "near_hosts_m": 180.0}


@pytest.fixture
def banks(town: Database) -> Database:
    """A and C are banks, the others shops."""
    run_sql(
        town,
        "update candidate set host_type = case when code in ('A', 'C') then '银行' else '商店' end",
    )
    return town


def away(lon: float, lat: float, codes: str) -> float:
    """Return how far the nearest of some hosts is, in metres."""
    return min(
        geodesic_m(lon, lat, TOWN_LON + east / 1000, TOWN_LAT + north / 1000)
        for code, east, north, _ in HOSTS
        if code in codes
    )


def test_the_best_of_the_candidates_that_are_near(banks: Database, settings: Settings) -> None:
    stands = run_sql(
        banks,
        "select st_x(geom), st_y(geom) from facility join kind on kind.code = facility.kind_code "
        "where status = 'open' and kind.family = 'station'",
    )
    inputs = read_siting_inputs(banks, settings, WANTED)
    held = inputs.candidates
    near = [
        place
        for place, (lon, lat) in enumerate(zip(held.lon, held.lat, strict=True))
        if min(geodesic_m(lon, lat, *one) for one in stands) <= 500
    ]
    assert 1 < len(near) < 5
    best = max(inputs.weight[inputs.covered_with([plan]) & ~inputs.covered].sum() for plan in near)
    asked = {"near_hosts": "facilities:station", "near_hosts_m": 500.0}
    run = solved(banks, settings, p=1, **asked)
    assert run.found.proven
    assert run.found.objective == pytest.approx(best)
    assert run.inputs.candidates.count == len(near)
    assert run.inputs.near_hosts == len(stands)


@pytest.mark.parametrize(("named", "codes"), [("hosts", "ABCDE"), ("hosts:银行", "AC")])
def test_generated_candidates_are_near_hosts(
    banks: Database, settings: Settings, named: str, codes: str
) -> None:
    run = solved(banks, settings, **GENERATED, **NEAR | {"near_hosts": named})
    assert run.found.proven
    assert run.inputs.near_hosts == len(codes)
    listed = [one for chosen in (True, False) for one in sites_of(banks, run.id, chosen=chosen)]
    assert len(listed) >= 2
    assert all(away(one.lon, one.lat, codes) <= 180 for one in listed)
    told = {label.en: value for label, value in summary_lines(run)}
    assert f"{len(codes)} hosts" in told["hosts to be near"]
    # The question is kept as it was asked.
    assert run.params["near_hosts"] == named
    assert run.params["forbidden_areas"] == []


def replace_wanted(**changes: Any) -> Any:
    return replace(WANTED, **changes)


def test_any_place_that_is_near(banks: Database, settings: Settings) -> None:
    free = solved(banks, settings, p=2, candidates="anywhere").found
    among = solved(banks, settings, **GENERATED, **NEAR).found
    run = solved(banks, settings, p=2, candidates="anywhere", **NEAR)
    found = run.found
    assert among.objective <= found.objective <= found.bound <= free.bound
    assert all(away(one.lon, one.lat, "ABCDE") <= 180 for one in sites_of(banks, run.id))
    fewest = solved(
        banks,
        settings,
        p=None,
        model=SitingModel.LSCP,
        candidates="anywhere",
        share=float(np.nextafter(found.total.covered_after_share, 0)),
        **NEAR,
    )
    assert fewest.found.objective <= 2
    assert all(away(one.lon, one.lat, "ABCDE") <= 180 for one in sites_of(banks, fewest.id))


def test_drawn_sites_are_held_to_it_too(banks: Database, settings: Settings) -> None:
    far = DrawnSite("X", TOWN_LON + 0.0101, TOWN_LAT + 0.0049)
    assert away(far.lon, far.lat, "ABCDE") > 180
    asked = replace_wanted(p=2, drawn=(far,), fixed=("X",), **NEAR)
    run = siting_run.run_here(banks, settings, asked)
    assert run.error is not None and "near_hosts_m" in run.error.zh


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("near_hosts_m", {"near_hosts": "hosts"}),
    ("near_hosts", {"near_hosts": "nowhere", "near_hosts_m": 300.0}),
    ("near_hosts", {"near_hosts": "facilities:castle", "near_hosts_m": 300.0}),
    ("near_hosts", {"near_hosts": "hosts:剧院", "near_hosts_m": 300.0}),
    ("near_hosts_m", {"near_hosts": "hosts", "near_hosts_m": 0.0}),
]


def test_what_names_no_host_is_refused_at_once(banks: Database, subtests: pytest.Subtests) -> None:
    for name, change in WRONG:
        with subtests.test(change=change):
            with pytest.raises(InvalidValueError) as caught:
                siting_run.start(banks, replace_wanted(**change), None)
            assert caught.value.parameter == name


def test_hosts_that_leave_no_candidate_are_told(banks: Database, settings: Settings) -> None:
    run_sql(banks, "update candidate set geom = st_translate(geom, 0.0003, 0.0003)")
    asked = GENERATED | {"near_hosts": "hosts", "near_hosts_m": 1.0}
    run = siting_run.run_here(banks, settings, replace_wanted(**asked))
    assert run.error is not None and "离这些单位更远" in run.error.zh

"""Runs that lift the worst district first, against every plan there is."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.siting import DrawnSite, Quota, SitingModel, SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.operations.siting.results import region_figures, sites_of
from geoapp.reports.words.siting import summary_lines
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON

SITES = [(7, 1), (1, 7), (4, 4), (8, 8), (6, 2), (2, 5)]
WANTED = SitingParameters(
    model=SitingModel.EQUITY,
    p=2,
    standard_m=300,
    spacing_m=5_000,
    drawn=tuple(
        DrawnSite(f"D{number}", TOWN_LON + east / 1000, TOWN_LAT + north / 1000)
        for number, (east, north) in enumerate(SITES)
    ),
)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """The town, its east and its north made districts of their own."""
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
                "('370202', '370200', 'district', '市南区', 'Shinan', null), "
                "('370212', '370200', 'district', '崂山区', 'Laoshan', null)"
            )
        )
        for code, where in (("370202", "st_x(geom) > 120.355"), ("370212", "st_y(geom) > 36.075")):
            session.execute(
                text(f"update demand_point set region_code = :code where {where}"), {"code": code}
            )
    return database


@pytest.mark.parametrize("p", [1, 2, 3])
def test_no_plan_is_fairer(town: Database, settings: Settings, p: int) -> None:
    wanted = replace(WANTED, p=p)
    inputs = read_siting_inputs(town, settings, wanted)
    districts = inputs.districts()
    best: list[float] = []
    for sites in itertools.combinations(range(len(inputs.candidates)), p):
        covered = inputs.covered_with(list(sites))
        shares = sorted(
            float(inputs.weight[covered & (districts == one)].sum())
            / float(inputs.weight[districts == one].sum())
            for one in sorted(set(districts.tolist()))
        )
        best = max(best, [*np.round(np.cumsum(shares), 9), float(inputs.weight[covered].sum())])
    run = siting_run.run_here(town, settings, wanted)
    assert run.result is not None
    found = run.result.equity.districts
    assert run.result.status == "optimal"
    assert run.result.equity.proven_districts == 3
    assert np.cumsum([one.share for one in found]) == pytest.approx(best[:-1])
    total = run.result.total
    assert total.covered_after_weight == pytest.approx(best[-1])
    assert len(sites_of(town, run.id)) == p
    # The same shares as the table by district has them.
    figures = {one.code: one.covered_after_share for one in region_figures(town, run.id)}
    for one in found:
        assert figures[one.code] == pytest.approx(one.share)
    assert ("最差的区的覆盖率", found[0].code) in [
        (label.zh, value.split("(")[-1].rstrip(")")) for label, value in summary_lines(run)
    ]


def test_quotas_are_kept_and_what_is_not_honoured_is_refused(
    town: Database, settings: Settings
) -> None:
    kept = replace(WANTED, p=3, quotas=(("370203", Quota(None, 1)),))
    run = siting_run.run_here(town, settings, kept)
    assert len(sites_of(town, run.id)) == 1
    for change in ({"share": 0.5}, {"backup_share": 0.5}):
        with pytest.raises(InvalidValueError):
            siting_run.start(town, replace(WANTED, **change), None)

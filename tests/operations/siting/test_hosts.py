"""Quotas by type of host, as a candidate file names it, against every plan."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.siting import Quota, SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.operations.siting.results import sites_of
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON

HOSTS = [
    ("A", 8, 0, "银行"),
    ("B", 8, 8, "银行"),
    ("C", 2, 7, "便利店"),
    ("D", 5, 4, "便利店"),
    ("E", 6, 2, ""),
]
WANTED = SitingParameters(p=2, standard_m=400.0, candidates="hosts")


@pytest.fixture
def town(
    town_template: str, database: Database, settings: Settings, monkeypatch: Any, tmp_path: Path
) -> Database:
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("GEOAPP_DATA", str(settings.data))
    rows = [
        f"{code},{TOWN_LON + east / 1000},{TOWN_LAT + north / 1000},{kind}"
        for code, east, north, kind in HOSTS
    ]
    file = tmp_path / "hosts.csv"
    file.write_text("\n".join(["编号,经度,纬度,单位类型", *rows]), encoding="utf-8")
    for _ in range(2):  # the same file twice changes nothing
        done = CliRunner().invoke(main, ["import", "candidates", str(file), "--set", "hosts"])
        assert done.exit_code == 0, done.output
    with database.session() as session:
        stored = session.execute(text("select code, host_type from candidate order by code"))
        assert [tuple(row) for row in stored] == [
            (code, kind or None) for code, _, _, kind in HOSTS
        ]
        assert session.execute(text("select version from candidate_set")).scalar_one() == 1
    return database


@pytest.mark.parametrize(
    "quotas",
    [
        (("银行", Quota(None, 0)),),
        (("银行", Quota(1, 1)), ("便利店", Quota(1, 1))),
        (("便利店", Quota(2, None)),),
        (("银行", Quota(None, 1)), ("便利店", Quota(None, 0))),
    ],
)
def test_no_plan_within_the_quotas_reaches_more(
    town: Database, settings: Settings, quotas: tuple[tuple[str, Quota], ...]
) -> None:
    wanted = replace(WANTED, host_quotas=quotas)
    inputs = read_siting_inputs(town, settings, wanted)
    kinds = dict(zip(inputs.candidates.code, inputs.candidates.host_type, strict=True))

    def kept(sites: list[str]) -> bool:
        numbers = {kind: sum(kinds[one] == kind for one in sites) for kind, _ in quotas}
        return all(
            (one.least or 0) <= numbers[kind] <= (9 if one.most is None else one.most)
            for kind, one in quotas
        )

    codes = inputs.candidates.code.tolist()
    best = max(
        float(inputs.weight[inputs.covered_with(list(sites)) & ~inputs.covered].sum())
        for size in (0, 1, 2)
        for sites in itertools.combinations(range(len(codes)), size)
        if kept([codes[one] for one in sites])
    )
    run = siting_run.run_here(town, settings, wanted)
    assert run.result is not None
    assert run.result.status == "optimal"
    assert run.result.objective == best
    assert kept([one.code for one in sites_of(town, run.id)])
    assert SitingParameters.from_stored(run.params) == wanted


def test_what_cannot_be_is_told(town: Database, settings: Settings) -> None:
    run = siting_run.run_here(
        town, settings, replace(WANTED, host_quotas=(("学校", Quota(1, None)),))
    )
    assert run.result is not None
    assert "单位类型 学校 没有候选点" in run.result.reason.zh
    with pytest.raises(InvalidValueError, match="host_quotas"):
        siting_run.start(
            town,
            replace(
                WANTED,
                quotas=(("370203", Quota(None, 1)),),
                host_quotas=(("银行", Quota(None, 1)),),
            ),
            None,
        )

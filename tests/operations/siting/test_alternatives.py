"""Other plans of a siting run: each as good as it says, each different, against every plan there is."""

import itertools
from dataclasses import replace

import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.reports.words.siting import alternative_words, ended_words
from geoapp.store.engine import Database

WANTED = SitingParameters(
    p=2, standard_m=300.0, spacing_m=250.0, alternatives=4, differ=1, within_share=0.2
)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.mark.parametrize("differ", [1, 2])
def test_the_best_of_all_other_plans(town: Database, settings: Settings, differ: int) -> None:
    wanted = replace(WANTED, differ=differ, alternatives=1)
    inputs = read_siting_inputs(town, settings, wanted)
    run = siting_run.run_here(town, settings, wanted)
    assert run.result is not None
    (other,) = run.result.alternatives.plans
    codes = inputs.candidates.code.tolist()

    def reached(sites: list[int]) -> float:
        return float(inputs.weight[inputs.covered_with(sites) & ~inputs.covered].sum())

    best = run.result.objective
    taken = [codes.index(code) for code in other.sites]
    assert reached(taken) == other.objective
    gone = {codes.index(one.code) for one in other.given_up}
    assert len(gone) == len(other.taken_instead) >= differ
    chosen = {*gone, *(set(taken) - {codes.index(one.code) for one in other.taken_instead})}
    assert reached(sorted(chosen)) == best
    rest = max(
        reached(list(sites))
        for sites in itertools.combinations(range(len(codes)), 2)
        if len(chosen - set(sites)) >= differ
    )
    assert other.objective == rest
    assert other.loss_share == pytest.approx(1 - rest / best)
    assert sum(other.by_district.values()) == pytest.approx(rest - best)


def test_in_words_and_when_there_are_no_more(town: Database, settings: Settings) -> None:
    run = siting_run.run_here(town, settings, replace(WANTED, within_share=0.0, alternatives=20))
    assert run.result is not None
    found = run.result.alternatives
    assert found.exhausted is True
    assert "已证明没有更多" in ended_words(found).zh
    for one in found.plans:
        assert one.loss_share == 0
    some = siting_run.run_here(town, settings, WANTED)
    assert some.result is not None
    words = [
        alternative_words(one, {"370203": Text("市北区", "Shibei")})
        for one in some.result.alternatives.plans
    ]
    assert len(words) == 4
    assert all("改建 市北区" in one.zh and "with G_" not in one.en for one in words)


def test_not_asked_or_not_offered(town: Database, settings: Settings) -> None:
    plain = siting_run.run_here(town, settings, replace(WANTED, alternatives=0))
    assert plain.result is not None
    assert plain.result.alternatives is None
    for change in (
        {"model": SitingModel.EQUITY},
        {"backup_share": 0.5},
        {"alternatives": 21},
        {"differ": 0},
        {"within_share": 2.0},
    ):
        with pytest.raises(InvalidValueError):
            siting_run.start(town, replace(WANTED, **change), None)

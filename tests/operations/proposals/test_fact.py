"""Promise against fact: by the plan's own arithmetic, and unknown where it cannot be told."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from geoapp.core.errors import ConflictError
from geoapp.core.geo import geodesic_m
from geoapp.core.proposals import ProposalState
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.moment import today
from geoapp.operations.proposals import opening
from geoapp.operations.proposals.edit import move_proposal
from geoapp.operations.proposals.fact import fact_of
from geoapp.operations.proposals.opening import open_proposal
from geoapp.operations.proposals.take import take_sites
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.results import sites_of
from geoapp.reports.words.siting import summary_lines
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import moment, run_sql

# A Tuesday that is over: the fact is of the next one.
NIGHT = moment("2026-11-24T22:00")
WANTED = SitingParameters(p=2, standard_m=300.0, at=NIGHT, hours="06:00-23:00")


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    run_sql(database, "update demand_point set weight = 5 + id % 11")
    return database


def test_what_was_dropped_returns_to_the_next_question(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    """No site within the distance, by candidates and anywhere; the answer says what and why."""
    for candidates in ("generated", "anywhere"):
        with subtests.test(candidates=candidates):
            asked = SitingParameters(p=1, standard_m=150.0, candidates=candidates)
            run = siting_run.run_here(town, settings, asked)
            [site] = sites_of(town, run.id)
            [number] = take_sites(town, settings, run.id).added
            dropped = ProposalState.DROPPED
            move_proposal(town, settings, number, dropped, reason="房东不租", expected_rev=None)
            again = siting_run.run_here(town, settings, replace(asked, without_dropped_m=100.0))
            [other] = sites_of(town, again.id)
            assert geodesic_m(site.lon, site.lat, other.lon, other.lat) >= 99.9
            assert number in {one.proposal for one in again.inputs.dropped}
            told = {label.en: value for label, value in summary_lines(again)}
            assert "房东不租" in told["dropped sites left out"]
            # The question itself is kept as it was asked.
            assert again.params["forbidden_areas"] == []
            assert siting_run.run_here(town, settings, asked).inputs.dropped == ()


def approved(town: Database, settings: Settings, number: int) -> None:
    for state in (ProposalState.HOST_AGREED, ProposalState.APPROVED):
        move_proposal(town, settings, number, state, expected_rev=None)


def test_an_opened_station_keeps_the_plans_promise(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = siting_run.run_here(town, settings, WANTED)
    promised = [site.adds for site in sites_of(town, run.id)]
    first, second = take_sites(town, settings, run.id).added
    for number in (first, second):
        approved(town, settings, number)
    with pytest.raises(ConflictError):
        fact_of(town, settings, first)

    # Killed between the two tables: neither is changed.
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    hours = {"opening_hours": "06:00-23:00"}
    with monkeypatch.context() as patched:
        patched.setattr(opening, "add_proposal_step", die)
        with pytest.raises(KeyboardInterrupt):
            open_proposal(town, settings, first, today(settings), station=hours, expected_rev=None)
    assert run_sql(town, "select count(*) as n from facility")[0].n == 6
    assert {one.state for one in run_sql(town, "select state from proposal")} == {"approved"}

    # The second one first: alone it reaches what the plan gave to the one before it, too.
    code = open_proposal(town, settings, second, today(settings), station=hours, expected_rev=None)
    alone = fact_of(town, settings, second).workers
    assert alone is not None
    assert alone >= promised[1]
    open_proposal(town, settings, first, today(settings), station=hours, expected_rev=None)
    for number, expected in ((first, promised[0]), (second, promised[1])):
        fact = fact_of(town, settings, number)
        assert (fact.workers, fact.promised) == (expected, expected)
        assert fact.at is not None
        local = fact.at.astimezone(ZoneInfo(settings.timezone))
        assert (local.weekday(), local.hour) == (1, 22)
        assert local >= datetime.now(local.tzinfo)

    told = fact_of(town, settings, second)
    for change, workers, words in (
        ("opening_hours = '08:00-18:00'", 0.0, "那时不开放"),
        ("opening_hours = null", None, "说不准"),
        ("status = 'suspended'", 0.0, "没有启用"),
    ):
        run_sql(town, f"update facility set {change} where code = :code", code=code)
        told = fact_of(town, settings, second)
        assert told.workers == workers
        assert told.reason is not None
        assert words in told.reason.zh
    run_sql(town, "delete from facility where code = :code", code=code)
    told = fact_of(town, settings, second)
    assert (told.workers, told.reason is not None) == (None, True)


SEATED: list[dict[str, object]] = [
    {"at": NIGHT, "hours": "06:00-23:00"},
    {"at": None, "hours": None},
    {"at": None, "moments": (moment("2026-11-24T10:00"), NIGHT), "hours": "06:00-23:00"},
    {"at": None, "moments": (moment("2026-11-24T10:00"), NIGHT), "hours": "06:00-20:00"},
]


@pytest.mark.parametrize("asked", SEATED)
def test_a_station_keeps_its_promise_by_its_seats(
    town: Database, settings: Settings, asked: dict[str, object]
) -> None:
    """Workers within reach of a station without a seat were never promised, and are no fact."""
    wanted = replace(WANTED, standard_m=600.0, capacity=12.0, **asked)  # type: ignore[arg-type]
    run = siting_run.run_here(town, settings, wanted)
    promised = [site.adds for site in sites_of(town, run.id)]
    numbers = take_sites(town, settings, run.id).added
    seats = {"capacity": "12", "opening_hours": wanted.hours or "24/7"}
    codes = []
    for number in numbers:
        approved(town, settings, number)
        codes.append(
            open_proposal(town, settings, number, today(settings), station=seats, expected_rev=None)
        )
    for number, expected in zip(numbers, promised, strict=True):
        fact = fact_of(town, settings, number)
        assert fact.workers == pytest.approx(expected)
        assert 0 < expected <= 12
    change = "update facility set capacity = :seats where code = :code"
    run_sql(town, change, seats=5, code=codes[1])
    fewer = fact_of(town, settings, numbers[1]).workers
    open_part = 0.5 if asked["hours"] == "06:00-20:00" else 1.0
    assert fewer == pytest.approx(min(promised[1], 5 * open_part))
    run_sql(town, change, seats=None, code=codes[0])
    for number in numbers:
        told = fact_of(town, settings, number)
        assert told.workers is None
        assert told.reason is not None and "没有登记座位" in told.reason.zh


@pytest.mark.parametrize("asked", SEATED)
def test_a_station_keeps_its_promise_where_existing_seats_count(
    town: Database, settings: Settings, asked: dict[str, object]
) -> None:
    """A seat that a new station frees elsewhere was promised, and is a fact."""
    run_sql(
        town, "update facility set capacity = case code when 'T-1' then 6 when 'T-4' then 0 end"
    )
    wanted = replace(WANTED, standard_m=600.0, capacity=12.0, existing_seats=4.0, **asked)  # type: ignore[arg-type]
    run = siting_run.run_here(town, settings, wanted)
    promised = [site.adds for site in sites_of(town, run.id)]
    numbers = take_sites(town, settings, run.id).added
    seats = {"capacity": "12", "opening_hours": wanted.hours or "24/7"}
    for number in numbers:
        approved(town, settings, number)
        open_proposal(town, settings, number, today(settings), station=seats, expected_rev=None)
    for number, expected in zip(numbers, promised, strict=True):
        fact = fact_of(town, settings, number)
        assert fact.workers == pytest.approx(expected)
        assert 0 < expected <= 12
    # More seats where people sit today leave fewer to the new stations.
    run_sql(town, "update facility set capacity = 10000 where code in ('T-1', 'T-2', 'T-3', 'T-4')")
    plain = replace(wanted, existing_seats=None)
    enough = siting_run.run_here(town, settings, plain)
    assert enough.result is not None and run.result is not None
    assert run.result.total.covered_before_weight < enough.result.total.covered_before_weight

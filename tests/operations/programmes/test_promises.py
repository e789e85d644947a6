"""A made-up town whose promises are known in advance: every nature, comparator and state by hand.

The day is 2025-04-20, the 110th of its year; 255 days are left of it.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.core.errors import ConflictError, UnusableInputError
from geoapp.core.programme_files import read_programme, shipped_programmes
from geoapp.core.results.promises import Standing
from geoapp.core.schemes import schemes
from geoapp.core.settings import Settings
from geoapp.operations.history.read import changes_since
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.programmes.document import standing_document
from geoapp.operations.programmes.imports import import_programme
from geoapp.operations.programmes.read import read_board, read_one
from geoapp.operations.upkeep.init import initialise
from geoapp.reports.words.programmes import basis_text
from geoapp.store.engine import Database

DAY = date(2025, 4, 20)
YEAR = {"period_from": "2025-01-01", "due": "2025-12-31"}
HOME, HUI, COMPLEX = "shared_worker_home", "huigongjia", "service_complex"

# code, kind, region, status, opened, closed, whether it is a sample
PLACES: list[tuple[str, str, str, str, str | None, str | None, bool]] = [
    ("A-1", HOME, "370203", "open", "2024-01-10", None, False),
    ("A-2", HOME, "370203", "open", "2024-06-30", None, False),
    ("A-3", HOME, "370202", "open", "2024-12-31", None, False),
    ("A-4", HOME, "370202", "open", "2025-01-01", None, False),
    ("A-5", HOME, "370202", "open", None, None, False),
    ("A-6", HOME, "370202", "closed", "2023-05-01", "2024-09-01", False),
    ("A-7", HOME, "330100", "open", "2024-05-01", None, False),  # of another city
    ("A-8", HOME, "370203", "proposed", None, None, False),
    ("S-1", HOME, "370203", "open", "2024-03-01", None, True),
    ("S-2", HOME, "370203", "open", "2024-03-02", None, True),
    ("H-1", HUI, "370203", "open", "2025-03-01", None, False),
    ("H-2", HUI, "370203", "open", "2025-03-11", None, False),
    ("H-3", HUI, "370203", "open", "2025-03-21", None, False),
    ("H-4", HUI, "370203", "open", "2025-03-31", None, False),
    ("H-5", HUI, "370203", "open", "2025-04-10", None, False),
    ("H-6", HUI, "370203", "open", "2025-05-01", None, False),  # after the day
    ("C-1", COMPLEX, "370203", "open", "2025-02-01", None, False),
    ("Z-1", "service_centre", "370203", "open", "2020-01-01", None, False),
    ("Z-2", "service_centre", "370202", "open", "2020-01-01", None, False),
    ("K-1", "smart_health_station", "370203", "open", "2024-01-01", None, False),
    ("B-1", "service_base", "370203", "open", None, None, False),
]


def promise(
    code: str, nature: str, comparator: str, value: float, rule: Any = None, **more: Any
) -> dict[str, Any]:
    """Return an indicator as a file has it; places, and the days of 2025, unless said otherwise."""
    measure = more.pop("measure", "store" if rule else "entered")
    days = {name: more.pop(name) for name in ("period_from", "due") if name in more} or YEAR
    return {
        "code": code,
        "zh": code,
        "en": code,
        "nature": nature,
        "comparator": comparator,
        "value": value,
        "unit": "place",
        **days,
        "measure": measure,
        **({"rule": rule} if rule else {}),
        "document": "doc",
        "place": "一",
        **more,
    }


def opened(*kinds: str, **more: Any) -> dict[str, Any]:
    return {"event": "opened", "kinds": list(kinds), **more}


IN_2024 = {"period_from": "2024-01-01", "due": "2024-12-31"}
AWARDED = [
    {"organisation": "O-1", "event_on": "2025-02-01", "document": "doc", "place": "名单"},
    {"facility": "A-1", "document": "doc"},
]
SCHEME = {"schemes": ["qingdao-2022"]}
PLAN = {
    "code": "town",
    "zh": "小镇计划",
    "en": "Plan of the town",
    "region": "370200",
    "document": "doc",
    "documents": [
        {"code": "doc", "title_zh": "计划", "title_en": "Plan", "published_on": "2023-01-01"},
        {"code": "other", "title_zh": "公报", "title_en": "Bulletin", "published_on": "2025-01-31"},
    ],
    "indicators": [
        # for certain; A-5 may have opened then. A-7 is elsewhere, S-1 a sample.
        promise("flow-met", "flow", "at_least", 3, opened(HOME), **IN_2024, shares_with=["award"]),
        promise("flow-unknown", "flow", "more_than", 3, opened(HOME), **IN_2024),
        promise("flow-late", "flow", "exactly", 5, opened(HOME), **IN_2024),
        # Five events in 90 days: 5 + 5 / 90 x 255 = 19.17 on the last day; about 20 begins at 19.
        promise("about-on-track", "flow", "about", 20, opened(HUI)),
        promise("least-behind", "flow", "at_least", 20, opened(HUI)),
        # One event is no ground for a forecast. An even pace: 3 x 110 / 365 = 0.90, 4 x ... = 1.21.
        promise("even-on-track", "flow", "at_least", 3, opened(COMPLEX)),
        promise("even-behind", "flow", "more_than", 4, opened(COMPLEX)),
        # stand; A-5 may. A-6 closed. B-1 has no day at all.
        promise("stock-met", "stock", "at_least", 4, opened(HOME)),
        promise("stock-unknown", "stock", "at_least", 5, opened(HOME)),
        # On its last day three stood and perhaps a fourth; now four do.
        promise("stock-since", "stock", "exactly", 4, opened(HOME), due="2024-08-31"),
        promise("stock-late", "stock", "exactly", 6, opened(HOME), due="2025-01-31"),
        promise("stock-undated", "stock", "at_least", 9, opened("service_base")),
        promise("stock-nothing", "stock", "at_least", 1, opened("childcare")),
        # One of two centres has a health station, one of two districts a complex.
        promise(
            "share-half",
            "share",
            "at_least",
            50,
            opened(
                "smart_health_station",
                denominator={"of": "facilities", "kinds": ["service_centre"]},
            ),
            unit="per_cent",
            scope="each_of_set",
        ),
        # The city and its two districts have a centre each; one is not registered.
        promise(
            "share-band",
            "share",
            "at_least",
            50,
            opened(
                "smart_health_station",
                denominator={
                    "of": "facilities",
                    "kinds": ["service_centre"],
                    "expected": ["city", "district"],
                },
            ),
            unit="per_cent",
        ),
        promise(
            "share-regions",
            "share",
            "at_least",
            60,
            opened(COMPLEX, denominator={"of": "regions", "level": "district"}),
            unit="per_cent",
        ),
        promise("award", "award", "at_least", 1, {"event": "awarded"}, evidence=AWARDED),
        promise("award-unknown", "award", "exactly", 2, {"event": "awarded"}, evidence=AWARDED),
        promise(
            "named",
            "named",
            "exactly",
            2,
            {"event": "named", "listed_as": ["试点"]},
            unit="organisation",
        ),
        promise(
            "approved",
            "flow",
            "at_least",
            1,
            {"event": "approved", "tracks": ["partner"], **SCHEME},
            unit="organisation",
        ),
        promise(
            "recognised",
            "stock",
            "at_least",
            1,
            {"event": "recognised", "titles": ["enterprise"], **SCHEME},
            unit="organisation",
        ),
        # 60,000 on the 90th day; an even pace had brought 24,657. Then none is stated for the end.
        promise(
            "entered-on-track",
            "entered",
            "at_least",
            100_000,
            unit="person_time",
            facts=[{"as_of": "2025-03-31", "value": 60_000, "document": "doc", "place": "二"}],
        ),
        promise(
            "entered-unknown",
            "entered",
            "more_than",
            100,
            **IN_2024,
            facts=[{"as_of": "2024-06-30", "value": 90, "document": "doc"}],
        ),
        promise(
            "entered-late",
            "entered",
            "more_than",
            100,
            **IN_2024,
            facts=[{"as_of": "2024-12-31", "value": 100, "document": "doc"}],
        ),
        # Two documents of one day: which is right is not for us to say.
        promise(
            "entered-differ",
            "entered",
            "more_than",
            100,
            **IN_2024,
            facts=[
                {"as_of": "2024-12-31", "value": 120, "document": "doc"},
                {"as_of": "2024-12-31", "value": 90, "document": "other"},
                {"as_of": "2024-06-30", "value": 500, "document": "doc"},
            ],
        ),
        # 60 and 20 people by 1 April, where an even pace had brought 25; a document states 90.
        promise("care-counted", "entered", "at_least", 100, unit="person", care=["体检"]),
        promise(
            "care-stated",
            "entered",
            "at_least",
            100,
            unit="person",
            care=["体检"],
            facts=[{"as_of": "2025-03-31", "value": 90, "document": "doc"}],
        ),
        promise(
            "care-last-year", "entered", "more_than", 800, unit="person", care=["体检"], **IN_2024
        ),
        promise("care-twice", "entered", "at_least", 70, unit="person", care=["体检", "疗休养"]),
        promise("care-none", "entered", "at_least", 1, unit="person", care=["体检人"]),
        promise("nobody-says", "entered", "exactly", 1),
        promise("never", "entered", "exactly", 1, measure="not_countable"),
        # 2023: A-6, perhaps A-5; 2024: three; 2025: A-4 so far, 2 x 110 / 365 = 0.60.
        promise(
            "yearly",
            "flow",
            "at_least",
            2,
            opened(HOME),
            period_from="2023-01-01",
            recurrence="yearly",
        ),
    ],
}
# fact, possible, state
EXPECTED: dict[str, tuple[float | None, float | None, str]] = {
    "flow-met": (3, 4, "met"),
    "flow-unknown": (3, 4, "unknown"),
    "flow-late": (3, 4, "late"),
    "about-on-track": (5, 5, "on_track"),
    "least-behind": (5, 5, "behind"),
    "even-on-track": (1, 1, "on_track"),
    "even-behind": (1, 1, "behind"),
    "stock-met": (4, 5, "met"),
    "stock-unknown": (4, 5, "unknown"),
    "stock-since": (4, 5, "met"),
    "stock-late": (4, 5, "late"),
    "stock-undated": (0, 1, "unknown"),
    "stock-nothing": (None, None, "unknown"),
    "share-half": (50, 50, "met"),
    "share-band": (100 / 3, 200 / 3, "unknown"),
    "share-regions": (50, 50, "on_track"),
    "award": (1, 2, "met"),
    "award-unknown": (1, 2, "unknown"),
    "named": (2, 2, "met"),
    "approved": (1, 1, "met"),
    "recognised": (1, 1, "met"),
    "entered-on-track": (60_000, 60_000, "on_track"),
    "entered-unknown": (90, 90, "unknown"),
    "entered-late": (100, 100, "late"),
    "entered-differ": (90, 120, "unknown"),
    "care-counted": (80, 80, "on_track"),
    "care-stated": (90, 90, "on_track"),
    "care-last-year": (800, 800, "unknown"),
    "care-twice": (80, 80, "met"),
    "care-none": (None, None, "unknown"),
    "nobody-says": (None, None, "unknown"),
    "never": (None, None, "not_countable"),
    "yearly": (1, 2, "unknown"),
}


@pytest.fixture
def town(database: Database, settings: Settings, tmp_path: Path) -> Database:
    initialise(database)
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh) values "
                "('370200', null, 'city', '市'), ('370203', '370200', 'district', '北区'), "
                "('370202', '370200', 'district', '南区'), ('330100', null, 'city', '别处')"
            )
        )
        for code, kind, region, status, since, until, sample in PLACES:
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, geom, region_code, status, "
                    "opened_on, closed_on, is_sample) values (:code, :kind, :code, "
                    "st_setsrid(st_makepoint(120.4, 36.1), 4326), :region, :status, "
                    ":since, :until, :sample)"
                ),
                {
                    "code": code,
                    "kind": kind,
                    "region": region,
                    "status": status,
                    "since": since,
                    "until": until,
                    "sample": sample,
                },
            )
        session.execute(
            text(
                "insert into facility_part (whole_id, part_id, valid_from) select w.id, p.id, "
                "'2024-01-01' from facility w, facility p where w.code = 'Z-1' and p.code = 'K-1'"
            )
        )
        session.execute(
            text(
                "insert into organisation (code, kind, name_zh, listed_as, document_on) values "
                "('O-1', 'enterprise', '甲', '试点', '2025-01-15'), "
                "('O-2', 'enterprise', '乙', '试点', '2025-01-15'), "
                "('O-3', 'partner', '丙', null, null)"
            )
        )
        session.execute(
            text(
                "with a as (insert into application (scheme, track, form, form_version, "
                "organisation_code, state) values "
                "('qingdao-2022', 'partner', 'annex-5', '1', 'O-3', 'approved'), "
                "('qingdao-2022', 'enterprise', 'annex-3', '1', 'O-1', 'recognised') "
                "returning id, track), s as (insert into application_step (application_id, before, "
                "after, on_day) select id, 'submitted', 'approved', '2025-02-10' from a "
                "where track = 'partner') insert into recognition (application_id, title, given_on, "
                "document) select id, 'enterprise', '2025-03-01', '通知' from a "
                "where track = 'enterprise'"
            )
        )
        session.execute(
            text(
                "insert into care_event (code, kind, region_code, day, people, unit, is_sample) "
                "values ('C-1', '体检', '370203', '2025-02-01', 60, 'people', false), "
                "('C-2', '体检', '370200', '2025-04-01', 20, 'people', false), "
                "('C-3', '体检', '370203', '2025-02-01', 500, 'people', true), "
                "('C-4', '体检', '370203', '2025-02-01', 900, 'times', false), "
                "('C-5', '慰问', '370203', '2025-02-01', 700, 'people', false), "
                "('C-6', '体检', '370203', '2024-12-30', 800, 'people', false), "
                "('C-7', '体检', '330100', '2025-02-01', 600, 'people', false), "
                "('C-8', '体检', '370203', '2025-04-21', 400, 'people', false)"
            )
        )
    import_programme(database, settings, written(tmp_path, PLAN))
    return database


def written(folder: Path, plan: Any) -> Path:
    path = folder / "plan.json"
    path.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    return path


def by_code(database: Database, settings: Settings, day: date = DAY) -> dict[str, Standing]:
    found = read_one(database, settings, "town", day)
    return {one.indicator.code: one for one in found.standings}


def test_every_nature_and_comparator_stands_as_computed_by_hand(
    town: Database, settings: Settings
) -> None:
    found = by_code(town, settings)
    assert found.keys() == EXPECTED.keys()
    for code, (fact, possible, state) in EXPECTED.items():
        one = found[code]
        assert (one.fact, one.possible) == pytest.approx((fact, possible)), code
        assert one.verdict.state == state, code
    assert "不一" in basis_text(found["entered-differ"]).zh
    assert "计划" in basis_text(found["entered-late"]).zh
    behind = found["least-behind"].verdict
    assert behind.days_left == 255
    assert behind.pace_per_day == pytest.approx(15 / 255)
    assert behind.forecast is not None
    assert (behind.forecast.value, behind.forecast.events) == (pytest.approx(5 + 5 / 90 * 255), 5)
    assert found["even-behind"].verdict.forecast is None
    assert found["stock-unknown"].undated == 1
    assert [(year.fact, year.state) for year in found["yearly"].years] == [
        (1, "unknown"),
        (3, "met"),
    ]
    # The board says the same without listing what was counted.
    board = {one.programme.code: one for one in read_board(town, settings, DAY)}
    assert {one.indicator.code: one.verdict.state for one in board["town"].standings} == {
        code: state for code, (_, _, state) in EXPECTED.items()
    }


def test_each_subject_counts_once_and_a_sample_never(town: Database, settings: Settings) -> None:
    found = by_code(town, settings)
    flow = found["flow-met"]
    assert flow.subjects is not None
    assert [one.code for one in flow.subjects if one.sure] == ["A-1", "A-2", "A-3"]
    assert [one.code for one in flow.subjects if not one.sure] == ["A-5"]
    assert flow.sample is not None
    assert (flow.sample.fact, flow.sample.verdict.state) == (2, "late")
    # The flow may count what the award counts, the award of two may not.
    assert ("A-1", "award") not in flow.twice
    assert ("A-1", "stock-met") in flow.twice
    assert ("O-1", "award") in found["award-unknown"].twice
    document = standing_document(read_one(town, settings, "town", DAY))
    answer = {one["code"]: one for one in document["indicators"]}
    assert len(answer["flow-met"]["evidence"]) == answer["flow-met"]["fact"] == 3
    assert answer["nobody-says"]["fact"] is None
    assert answer["entered-late"]["evidence"][0]["document"]["code"] == "doc"
    # What is in service stands today, though of its opening this year alone is known.
    with town.session() as session:
        session.execute(
            text(
                "update facility set opened_on = date_trunc('year', now())::date, "
                "opened_basis = 'year' where code = 'B-1'"
            )
        )
    standing = {one.indicator.code: one for one in read_one(town, settings, "town").standings}[
        "stock-undated"
    ]
    assert (standing.fact, standing.possible) == (1, 1)
    # On a day when less had opened the same question has another answer.
    assert by_code(town, settings, date(2024, 7, 1))["flow-met"].fact == 2
    # On the eve of its first day no promise is on track: nothing has counted, and nothing can have.
    eve = by_code(town, settings, date(2024, 12, 31))
    for code in ("even-on-track", "about-on-track", "nobody-says"):
        verdict = eve[code].verdict
        assert (verdict.state, verdict.pace_per_day, verdict.forecast) == ("not_begun", None, None)
    assert (eve["even-on-track"].fact, eve["even-on-track"].possible) == (0, 0)
    assert eve["never"].verdict.state == "not_countable"
    # What a document stated of a day before the first does not tell how it goes now.
    with town.session() as session:
        session.execute(text("update indicator_fact set as_of = '2024-12-30' where value = 60000"))
    assert by_code(town, settings)["entered-on-track"].verdict.state == "unknown"
    # Of a year in which one opened every day may be meant: in July it is not certain, in the end it is.
    with town.session() as session:
        session.execute(
            text(
                "update facility set opened_on = '2024-01-01', opened_basis = 'year' "
                "where code = 'A-2'"
            )
        )
    july = by_code(town, settings, date(2024, 7, 1))["flow-met"]
    assert (july.fact, july.possible) == (1, 3)
    assert by_code(town, settings)["flow-met"].fact == 3


def test_a_plan_is_taken_in_whole_logged_and_taken_back(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    again = import_programme(town, settings, tmp_path / "plan.json")
    assert (again.inserted, again.updated, again.deleted) == (0, 0, 0)
    assert again.unchanged > 30
    changed = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    changed["indicators"][0]["value"] = 30
    tried = import_programme(town, settings, written(tmp_path, changed), dry_run=True)
    assert tried.updated == 1
    assert by_code(town, settings)["flow-met"].indicator.value == 3
    import_programme(town, settings, tmp_path / "plan.json")
    assert by_code(town, settings)["flow-met"].verdict.state == "late"
    last = changes_since(town, since=None, limit=1)[0]
    assert "1" in last.summary.zh
    undo_change_set(town, settings, last.stored.id, keep=None, reason=None)
    assert by_code(town, settings)["flow-met"].verdict.state == "met"
    # A fault anywhere leaves everything as it was.
    changed["indicators"][1]["rule"]["kinds"] = ["castle"]
    with pytest.raises(UnusableInputError, match="castle"):
        import_programme(town, settings, written(tmp_path, changed))
    assert by_code(town, settings)["flow-met"].indicator.value == 3
    changed["indicators"][1]["rule"]["kinds"] = ["outdoor_station"]
    changed["indicators"][0]["value"] = 12.5  # nobody counts half a place
    with pytest.raises(UnusableInputError, match="whole number"):
        import_programme(town, settings, written(tmp_path, changed))
    changed["indicators"][0]["value"] = 30
    with town.session() as session:
        session.execute(text("update indicator_fact set entered_by = 'm' where value = 100"))
    del changed["indicators"][1:]
    changed["indicators"][0]["shares_with"] = []
    with pytest.raises(ConflictError, match="entered-late"):
        import_programme(town, settings, written(tmp_path, changed))


def test_all_35_promises_are_data_that_name_their_document(
    database: Database, settings: Settings, repo_root: Path
) -> None:
    initialise(database)
    board = read_board(database, settings)
    standings = [one for found in board for one in found.standings]
    codes = {one.indicator.code for one in standings}
    assert codes == {
        *(f"Q-{n}" for n in range(1, 21)),
        *(f"Z22-{n}" for n in range(1, 9)),
        *(f"Z23-{n}" for n in range(1, 8)),
    }
    assert len(standings) == 35
    for one in standings:
        assert one.indicator.document.title_zh
        assert one.indicator.place
        assert one.indicator.name.en != one.indicator.name.zh
    by = {one.indicator.code: one for one in standings}
    # What stood wrongly in the data before: every centre by 2023, and the union's own action.
    q9 = by["Q-9"].indicator
    assert (q9.nature, q9.value, q9.due, q9.scope) == (
        "share",
        100,
        date(2023, 12, 31),
        "each_of_set",
    )
    assert by["Z22-1"].indicator.document.published_on == date(2022, 3, 28)
    # The pilots are stated by the plan itself; nothing is registered here.
    assert [(by[code].fact, by[code].basis) for code in ("Q-3", "Q-4", "Q-6")] == [
        (7, "entered"),
        (18, "entered"),
        (5, "entered"),
    ]
    stated = {fact.value for found in board for fact in found.facts}
    assert {10, 297, 99, 88, 26, 4896, 44_187_000} <= stated
    # Rules name titles, tracks and schemes that the shipped schemes have.
    known = schemes(settings)
    for plan in shipped_programmes():
        for indicator in plan.indicators:
            if indicator.rule is not None:
                assert set(indicator.rule.schemes) <= known.keys()
    # Plans known from reprints are files to import, whole and checked.
    for path in (repo_root / "data" / "programmes" / "reported").glob("*.json"):
        assert read_programme(path).indicators


def test_a_care_event_is_evidence_once(town: Database, settings: Settings) -> None:
    found = by_code(town, settings)
    counted = found["care-counted"]
    assert (counted.basis, counted.on) == ("store", date(2025, 4, 1))
    assert [(one.what, one.code) for one in counted.subjects or ()] == [
        ("care", "C-1"),
        ("care", "C-2"),
    ]
    assert counted.twice == (("C-1", "care-twice"), ("C-2", "care-twice"))
    stated = found["care-stated"]
    assert (stated.basis, stated.subjects, stated.twice) == ("entered", None, ())

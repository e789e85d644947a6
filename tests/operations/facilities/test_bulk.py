"""Many facilities changed at once are changed as one by one, all or none, and taken back whole."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import text

from geoapp.core.errors import (
    ConflictError,
    InvalidValueError,
    NotFoundError,
    UnavailableError,
    UnusableInputError,
)
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.facilities import bulk as bulk_module
from geoapp.operations.facilities.bulk import (
    apply_bulk,
    begin_bulk,
    choose_changes,
    preview_bulk,
    read_bulk,
)
from geoapp.operations.facilities.bulk_preview import BulkChanges
from geoapp.operations.facilities.edit import change_facility
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import ALL_FACILITIES, FacilityFilter
from tests.operations.history.test_undo import Store, everything, last_set, now, sets_after

CODES = [f"T-{number}" for number in range(1, 7)]
# What an untimed line of a record may get; None is unknown.
VALUES: dict[str, list[str | None]] = {
    "status": ["open", "suspended", "closed", "approved"],
    "opened_on": ["2019-05", None],
    "closed_on": ["2026-05", None],
    "verified_on": ["2026-03-01", None],
    "kind": ["worker_home"],
    "region": ["370203", "370200"],
    "opening_hours": ["周一至周五 8:00-18:00", "白天", None],
    "entry": ["qr", None],
    "access": ["anyone"],
    "phone": ["0532 8000 0000", None],
    "operator": ["市北区总工会"],
}


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """The town, with one facility of which only the region is known."""
    with database.session() as session:
        session.execute(
            text(
                "update facility set geom = null, position_basis = 'region_only', "
                "region_match = 'given' where code = 'T-6'"
            )
        )
        # What is known of T-4 contradicts an earlier opening than its own.
        session.execute(
            text(
                "update facility set opened_on = '2018-01-01', opened_basis = 'year', "
                "closed_on = '2018-06-01', closed_basis = 'month' where code = 'T-4'"
            )
        )
    return database


@pytest.fixture
def user(town: Database) -> int:
    return save_user(town, "wang", Role.STEWARD, "a long enough password").id


def begun(
    database: Database,
    settings: Settings,
    user: int,
    changes: BulkChanges,
    codes: list[str] | None = None,
) -> int:
    wanted = ALL_FACILITIES if codes is None else None
    number = begin_bulk(database, user, "", wanted=wanted, codes=codes or [])
    choose_changes(database, settings, user, number, changes, None)
    return number


def applied(database: Database, settings: Settings, user: int, number: int) -> dict[str, Any]:
    seen = preview_bulk(database, settings, user, number, None).seen
    return apply_bulk(database, settings, user, number, None, seen=seen, reason="批量修改")


def alike(store: Store) -> dict[str, Any]:
    """Leave out what edits of the same content need not share: the numbers of states."""
    told: dict[str, Any] = dict(store)
    told["facility_state"] = {
        (one["facility_id"], one["n"]): {name: one[name] for name in one if name != "id"}
        for one in store["facility_state"].values()
    }
    return told


def one_by_one(database: Database, settings: Settings, changes: BulkChanges) -> set[str]:
    """Make the same edits as a person with one record after another; return what was refused."""
    refused = set()
    for code in CODES:
        with database.session() as session:
            there, absent = session.execute(
                text("select amenities, no_amenities from facility where code = :code"),
                {"code": code},
            ).one()
        properties: dict[str, Any] = dict(changes.values)
        for amenity, mark in changes.amenities.items():
            there = [one for one in there if one != amenity] + [amenity] * (mark == "yes")
            absent = [one for one in absent if one != amenity] + [amenity] * (mark == "no")
        if changes.amenities:
            # In the order in which the record's page sends them.
            properties |= {"amenities": sorted(there), "no_amenities": sorted(absent)}
        try:
            change_facility(
                database, settings, code, None, properties, Datum.WGS84, expected_rev=None
            )
        except (ConflictError, InvalidValueError):
            refused.add(code)
    return refused


CHANGES = st.builds(
    BulkChanges,
    values=st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}
    ),
    amenities=st.dictionaries(
        st.sampled_from(["microwave", "toilet", "seating"]),
        st.sampled_from(["yes", "no", "unknown"]),
    ),
).filter(lambda changes: not changes.is_empty)


@given(changes=CHANGES)
@examples(
    max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_it_is_the_same_as_one_by_one_and_undone_as_one(
    town: Database, settings: Settings, user: int, changes: BulkChanges
) -> None:
    before, first = everything(town), last_set(town)
    number = begun(town, settings, user, changes)
    preview = preview_bulk(town, settings, user, number, None)
    assert everything(town) == before
    refused = {one.facility.code for one in preview.refused}
    told = {one.code: one.changes for one in preview.changed}
    assert {*told, *refused, *(one.code for one in preview.unchanged)} == set(CODES)
    if preview.changed:
        done = applied(town, settings, user, number)
        assert sets_after(town, first) == [done["change_set"]]
        assert applied_twice(town, settings, user, number) == done
    after = everything(town)
    assert everything(town, now(town)) == after
    for key, row in after["facility"].items():
        assert (row != before["facility"][key]) == (str(row["code"]) in told)
    for one in sets_after(town, first):
        undo_change_set(town, settings, one)
    assert everything(town) == before
    middle = last_set(town)
    assert one_by_one(town, settings, changes) == refused
    assert alike(everything(town)) == alike(after)
    for one in sets_after(town, middle):
        undo_change_set(town, settings, one)
    assert everything(town) == before


def applied_twice(database: Database, settings: Settings, user: int, number: int) -> dict[str, Any]:
    return apply_bulk(database, settings, user, number, None, seen="whatever", reason="x")


def test_what_somebody_changed_meanwhile_is_shown_and_nothing_is_written(
    town: Database, settings: Settings, user: int
) -> None:
    number = begun(town, settings, user, BulkChanges(values={"phone": "119"}), CODES[:4])
    seen = preview_bulk(town, settings, user, number, None).seen
    change_facility(town, settings, "T-2", None, {"phone": "110"}, Datum.WGS84, expected_rev=None)
    with town.session() as session:
        session.execute(text("delete from facility where code = 'T-3'"))
    before = everything(town)
    with pytest.raises(ConflictError):
        apply_bulk(town, settings, user, number, None, seen=seen, reason="x")
    assert everything(town) == before
    again = preview_bulk(town, settings, user, number, None)
    assert [one.facility.code for one in again.since] == ["T-2"]
    assert again.since[0].at is not None
    assert again.gone == ("T-3",)
    # The present value is what the page shows as what would be lost.
    assert {one.code: one.changes for one in again.changed}["T-2"] == {"phone": ("110", "119")}
    assert applied(town, settings, user, number)["changed"] == 3


def test_what_may_not_be_changed_is_left_out_with_its_reason(
    town: Database, settings: Settings, user: int
) -> None:
    number = begun(town, settings, user, BulkChanges(values={"status": "suspended"}))
    preview = preview_bulk(town, settings, user, number, None)
    [closed] = preview.refused
    assert closed.facility.code == "T-5" and "closed" in closed.reasons[0].en
    assert [one.code for one in preview.unchanged] == ["T-6"]
    # Days are told, and held against each other, with no more than is known of them.
    choose_changes(town, settings, user, number, BulkChanges(values={"closed_on": "2017"}), None)
    dated = preview_bulk(town, settings, user, number, None)
    assert [one.facility.code for one in dated.refused] == ["T-4"]
    assert "closed_on 2017 is before opened_on 2018." in dated.refused[0].reasons[0].en
    assert dated.changed[0].changes == {"closed_on": (None, "2017")}
    ahead = BulkChanges(values={"opened_on": "2199-01"})
    choose_changes(town, settings, user, number, ahead, None)
    early = preview_bulk(town, settings, user, number, None)
    assert (len(early.refused), early.changed) == (6, ())
    choose_changes(town, settings, user, number, BulkChanges(values={"status": "suspended"}), None)
    assert read_bulk(town, user, number).statuses == {"open": 4, "closed": 1, "suspended": 1}
    nowhere = preview_bulk(town, settings, user, number, {"370202"})
    assert len(nowhere.refused) == 6 and not nowhere.changed
    with pytest.raises(ConflictError, match="nothing to change"):
        apply_bulk(town, settings, user, number, {"370202"}, seen=nowhere.seen, reason="x")


REFUSED: list[tuple[dict[str, str | None], str]] = [
    ({"verified_on": "2199-01-01"}, "verified_on"),
    ({"status": "lost"}, "status"),
    ({"status": None}, "status"),
    ({"region": "999999"}, "region"),
    ({"region": "370200"}, "region"),
    ({"name_zh": "同名"}, "name_zh"),
    ({"kind": "palace"}, "kind"),
    ({}, "changes"),
]


def test_what_no_facility_could_get_is_refused_at_once(
    town: Database, settings: Settings, user: int
) -> None:
    number = begin_bulk(town, user, "", wanted=ALL_FACILITIES)
    for values, field in REFUSED:
        with pytest.raises(InvalidValueError) as caught:
            choose_changes(town, settings, user, number, BulkChanges(values=values), {"370203"})
        assert caught.value.parameter == field
    assert read_bulk(town, user, number).changes.is_empty


def test_it_is_its_owners_alone_and_goes_with_the_account(town: Database, user: int) -> None:
    with pytest.raises(UnusableInputError):
        begin_bulk(town, user, "", wanted=FacilityFilter(statuses=frozenset({"proposed"})))
    number = begin_bulk(town, user, "", codes=["T-1"])
    other = save_user(town, "li", Role.STEWARD, "a long enough password").id
    with pytest.raises(NotFoundError):
        read_bulk(town, other, number)
    with town.session() as session:
        session.execute(text("delete from app_user where name = 'wang'"))
        assert session.execute(text("select count(*) from bulk_edit")).scalar_one() == 0


def test_one_that_is_cut_off_half_way_leaves_nothing(
    town: Database, settings: Settings, user: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Those with a position are written by then, the one without is not.
    number = begun(town, settings, user, BulkChanges(values={"phone": "119"}))
    before = everything(town)
    whole = bulk_module.write_edits

    def write_and_die(session: Session, *arguments: Any, **named: Any) -> Any:
        """Write the first part; then the database loses the connection, as when the process dies."""
        whole(session, *arguments, **named)
        pid = session.execute(text("select pg_backend_pid()")).scalar_one()
        with town.session() as other:
            other.execute(text("select pg_terminate_backend(:pid, 60000)"), {"pid": pid})

    with monkeypatch.context() as patch:
        patch.setattr(bulk_module, "write_edits", write_and_die)
        with pytest.raises(UnavailableError):
            applied(town, settings, user, number)
    assert everything(town) == before
    assert applied(town, settings, user, number)["changed"] == 6

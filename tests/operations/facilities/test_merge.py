"""Two edits of one record: nothing of either is lost unseen."""

from hypothesis import given
from hypothesis import strategies as st

from geoapp.operations.facilities.merge import Clash, merge

_RECORDS = st.fixed_dictionaries({name: st.sampled_from("xyz") for name in ("a", "b", "c")})


def test_a_clash_is_a_field_that_both_changed_differently() -> None:
    base = {"a": "1", "b": "1", "c": "1", "d": "1"}
    mine = {"a": "2", "b": "2", "c": "2", "d": "1"}
    now = {"a": "1", "b": "3", "c": "2", "d": "4"}
    found = merge(base, mine, now)
    assert found.changes == {"a": "2", "b": "2"}
    assert found.clashes == [Clash("b", "3", "2")]
    assert found.others == ["c", "d"]


@given(_RECORDS, _RECORDS, _RECORDS)
def test_every_change_of_either_is_kept_or_shown(
    base: dict[str, str], mine: dict[str, str], now: dict[str, str]
) -> None:
    found = merge(base, mine, now)
    after = now | found.changes
    clashing = {one.field for one in found.clashes}
    for field, read in base.items():
        changed_by_me, changed_by_them = mine[field] != read, now[field] != read
        if changed_by_me:
            assert after[field] == mine[field]
        if changed_by_them:
            assert after[field] == now[field] or field in clashing
        assert (field in clashing) == (
            changed_by_me and changed_by_them and mine[field] != now[field]
        )
        assert (field in found.others) == (changed_by_them and field not in found.changes)

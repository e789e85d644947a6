"""Users: who may sign in, and what ends a session."""

import pytest

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.roles import Permission, Role, allows
from geoapp.operations.demo.account import renew_sample_account
from geoapp.operations.upkeep.users import (
    authenticate,
    end_sessions,
    find_by_session,
    list_users,
    parse_role,
    save_user,
    set_active,
    set_password,
)
from geoapp.store.engine import Database
from geoapp.store.users import user_by_name

PASSWORD = "correct horse battery"


def test_sign_in_and_the_session_behind_it(database: Database) -> None:
    made = save_user(database, "wang", Role.PLANNER, PASSWORD)
    found = authenticate(database, "wang", PASSWORD)
    assert found == made
    assert found is not None
    assert find_by_session(database, found.get_id()) == made
    assert authenticate(database, "wang", "wrong") is None
    assert authenticate(database, "li", PASSWORD) is None
    for forged in ("", "x", "1", f"{made.id}:wrong", "999999:x", f"-{made.get_id()}"):
        assert find_by_session(database, forged) is None


def test_the_password_is_kept_as_an_argon2_hash(database: Database) -> None:
    save_user(database, "wang", Role.PLANNER, PASSWORD)
    with database.session() as session:
        user = user_by_name(session, "wang")
        assert user is not None
        assert user.password_hash.startswith("$argon2id$")
        assert PASSWORD not in user.password_hash


def test_a_new_password_or_a_blocked_account_ends_every_session(database: Database) -> None:
    before = save_user(database, "wang", Role.PLANNER, PASSWORD).get_id()
    after = save_user(database, "wang", Role.ADMIN, PASSWORD + "!", replace=True)
    assert find_by_session(database, before) is None
    assert find_by_session(database, after.get_id()) == after
    assert authenticate(database, "wang", PASSWORD) is None
    with database.session() as session:
        user = user_by_name(session, "wang")
        assert user is not None
        user.active = False
    assert find_by_session(database, after.get_id()) is None
    assert authenticate(database, "wang", PASSWORD + "!") is None
    assert [(one.name, one.role, one.active) for one in list_users(database)] == [
        ("wang", Role.ADMIN, False)
    ]


def test_refusals(database: Database) -> None:
    save_user(database, "wang", Role.PLANNER, PASSWORD)
    with pytest.raises(ConflictError):
        save_user(database, "wang", Role.PLANNER, PASSWORD)
    with pytest.raises(InvalidValueError, match="name"):
        save_user(database, "w ang", Role.PLANNER, PASSWORD)
    with pytest.raises(InvalidValueError) as short:
        save_user(database, "li", Role.PLANNER, "short")
    assert "short" not in short.value.text.both()
    with pytest.raises(InvalidValueError, match="role"):
        parse_role("king")


def test_the_sample_account_is_new_at_each_start(database: Database) -> None:
    first = renew_sample_account(database)
    second = renew_sample_account(database)
    assert first.password != second.password
    assert authenticate(database, second.name, first.password) is None
    assert authenticate(database, second.name, second.password) is not None
    assert list_users(database)[0].is_sample


def test_who_may_do_what() -> None:
    assert not any(allows(None, permission) for permission in Permission)
    assert all(allows(Role.ADMIN, permission) for permission in Permission)
    assert allows(Role.PLANNER, Permission.RUN)
    assert not allows(Role.MANAGER, Permission.RUN)
    assert allows(Role.STEWARD, Permission.EDIT)
    assert not allows(Role.PLANNER, Permission.EDIT)


def test_an_account_can_be_shut_and_its_sessions_ended(database: Database) -> None:
    first = save_user(database, "wang", Role.PLANNER, PASSWORD)
    other = save_user(database, "li", Role.PLANNER, PASSWORD)
    end_sessions(database, "wang")
    assert find_by_session(database, first.get_id()) is None
    second = authenticate(database, "wang", PASSWORD)
    assert second is not None
    set_active(database, "wang", active=False)
    assert authenticate(database, "wang", PASSWORD) is None
    set_active(database, "wang", active=True)
    assert find_by_session(database, second.get_id()) is None
    third = authenticate(database, "wang", PASSWORD)
    assert third is not None
    assert third.role == Role.PLANNER
    with pytest.raises(InvalidValueError):
        set_password(database, "wang", "short")
    assert find_by_session(database, third.get_id()) == third
    set_password(database, "wang", "another long password")
    assert find_by_session(database, third.get_id()) is None
    assert authenticate(database, "wang", PASSWORD) is None
    assert authenticate(database, "wang", "another long password") is not None
    # A disabled account stays so under a new password; nobody else is touched.
    set_active(database, "wang", active=False)
    set_password(database, "wang", PASSWORD)
    assert authenticate(database, "wang", PASSWORD) is None
    assert find_by_session(database, other.get_id()) == other
    with pytest.raises(NotFoundError):
        end_sessions(database, "nobody")


@pytest.mark.parametrize(
    "weak",
    [
        "1234567890",
        "qwertyuiop",
        "Password123!",
        "wangxiaoming2024",
        "geoapp-2026!",
        "qingdao2024",
        "woaini1314520",
        "x" * 2000,
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(database: Database, weak: str) -> None:
    """By every way to set one; what is said tells what to do, and never repeats the password."""
    save_user(database, "wangxiaoming", Role.PLANNER, PASSWORD)
    for give in (
        lambda: save_user(database, "wangxiaoming-2", Role.PLANNER, weak),
        lambda: save_user(database, "wangxiaoming", Role.PLANNER, weak, replace=True),
        lambda: set_password(database, "wangxiaoming", weak),
    ):
        with pytest.raises(InvalidValueError) as refused:
            give()
        assert weak not in refused.value.text.both()
        assert refused.value.accepted.zh
        assert refused.value.accepted.en
    assert authenticate(database, "wangxiaoming", PASSWORD) is not None

"""Users: who may sign in, and what ends a session."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.roles import Permission, Role, allows
from geoapp.operations.demo.account import renew_sample_account
from geoapp.operations.upkeep.sessions import (
    end_session,
    end_sessions,
    find_by_token,
    list_sessions,
    open_session,
)
from geoapp.operations.upkeep.users import (
    SignedInUser,
    authenticate,
    list_users,
    parse_role,
    save_user,
    set_active,
    set_password,
)
from geoapp.store.engine import Database
from geoapp.store.users import user_by_name

PASSWORD = "correct horse battery"


def opened(database: Database, user: SignedInUser | None, device: str = "") -> SignedInUser:
    assert user is not None
    return open_session(database, user, device=device, days=1)


def test_sign_in_and_the_session_behind_it(database: Database) -> None:
    made = save_user(database, "wang", Role.PLANNER, PASSWORD)
    found = authenticate(database, "wang", PASSWORD)
    assert found == made
    session = opened(database, found)
    assert find_by_token(database, session.get_id()) == session
    assert authenticate(database, "wang", "wrong") is None
    assert authenticate(database, "li", PASSWORD) is None
    for forged in ("", "x", "1", made.get_id(), f"{made.id}:wrong", session.get_id() + "x"):
        assert find_by_token(database, forged) is None


def test_each_device_has_a_session_of_its_own(database: Database) -> None:
    """One ends without the other; tokens are not stored, nor is when beyond the hour of use."""
    wang = save_user(database, "wang", Role.PLANNER, PASSWORD)
    li = save_user(database, "li", Role.PLANNER, PASSWORD)
    phone, desk = (
        opened(database, wang, "Chrome · Android"),
        opened(database, wang, "Edge · Windows"),
    )
    other = opened(database, li)
    listed = list_sessions(database, "wang")
    assert [one.device for one in listed] == ["Edge · Windows", "Chrome · Android"]
    for one in listed:
        assert (one.seen_at.minute, one.seen_at.second) == (0, 0)
    with database.session() as session:
        stored = session.scalars(text("select s::text from user_session s")).all()
    assert not any(phone.token in row or desk.token in row for row in stored)
    # Nobody ends what is somebody else's.
    assert other.session_id is not None
    with pytest.raises(NotFoundError):
        end_session(database, "wang", other.session_id)
    assert phone.session_id is not None
    end_session(database, "wang", phone.session_id)
    assert find_by_token(database, phone.token) is None
    assert find_by_token(database, desk.token) == desk
    end_sessions(database, "wang")
    assert find_by_token(database, desk.token) is None
    assert find_by_token(database, other.token) == other


def test_a_session_runs_out_and_is_seen_by_the_hour(database: Database) -> None:
    wang = save_user(database, "wang", Role.PLANNER, PASSWORD)
    held = opened(database, wang)
    with database.session() as session:
        session.execute(text("update user_session set seen_at = seen_at - interval '30 hours'"))
    before = list_sessions(database, "wang")[0].seen_at
    assert find_by_token(database, held.token) == held
    seen = list_sessions(database, "wang")[0].seen_at
    assert seen - before >= timedelta(hours=30)
    assert (seen.minute, seen.second) == (0, 0)
    with database.session() as session:
        session.execute(text("update user_session set expires_at = now()"))
    assert find_by_token(database, held.token) is None
    assert list_sessions(database, "wang") == []


def test_the_password_is_kept_as_an_argon2_hash(database: Database) -> None:
    save_user(database, "wang", Role.PLANNER, PASSWORD)
    with database.session() as session:
        user = user_by_name(session, "wang")
        assert user is not None
        assert user.password_hash.startswith("$argon2id$")
        assert PASSWORD not in user.password_hash


def test_a_new_password_or_a_blocked_account_ends_every_session(database: Database) -> None:
    before = opened(database, save_user(database, "wang", Role.PLANNER, PASSWORD))
    new = save_user(database, "wang", Role.ADMIN, PASSWORD + "!", replace=True)
    after = opened(database, new)
    assert find_by_token(database, before.token) is None
    assert find_by_token(database, after.token) == after
    assert authenticate(database, "wang", PASSWORD) is None
    with database.session() as session:
        user = user_by_name(session, "wang")
        assert user is not None
        user.active = False
    assert find_by_token(database, after.token) is None
    assert authenticate(database, "wang", PASSWORD + "!") is None
    assert [(one.name, one.role, one.active) for one in list_users(database)] == [
        ("wang", Role.ADMIN, False)
    ]


def test_refusals(database: Database) -> None:
    save_user(database, "wang", Role.PLANNER, PASSWORD)
    with pytest.raises(ConflictError):
        save_user(database, "wang", Role.PLANNER, PASSWORD)
    for alike in ("Wang", "ｗａｎｇ"):  # whom the history would show as one person
        with pytest.raises(ConflictError, match="wang"):
            save_user(database, alike, Role.PLANNER, PASSWORD)
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
    first = opened(database, save_user(database, "wang", Role.PLANNER, PASSWORD))
    other = opened(database, save_user(database, "li", Role.PLANNER, PASSWORD))
    end_sessions(database, "wang")
    assert find_by_token(database, first.token) is None
    second = opened(database, authenticate(database, "wang", PASSWORD))
    set_active(database, "wang", active=False)
    assert authenticate(database, "wang", PASSWORD) is None
    set_active(database, "wang", active=True)
    assert find_by_token(database, second.token) is None
    third = opened(database, authenticate(database, "wang", PASSWORD))
    assert third.role == Role.PLANNER
    with pytest.raises(InvalidValueError):
        set_password(database, "wang", "short")
    assert find_by_token(database, third.token) == third
    set_password(database, "wang", "another long password")
    assert find_by_token(database, third.token) is None
    assert authenticate(database, "wang", PASSWORD) is None
    assert authenticate(database, "wang", "another long password") is not None
    # A disabled account stays so under a new password; nobody else is touched.
    set_active(database, "wang", active=False)
    set_password(database, "wang", PASSWORD)
    assert authenticate(database, "wang", PASSWORD) is None
    assert find_by_token(database, other.token) == other
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

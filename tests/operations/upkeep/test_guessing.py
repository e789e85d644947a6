"""Guesses are counted for the account and the address, whichever process they came to."""

from sqlalchemy import text

from geoapp.operations.upkeep.guessing import count_guess, is_guessing
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database


def _guess(database: Database, name: str, address: str, times: int) -> None:
    for _ in range(times):
        count_guess(database, "secret", name, address)


def test_the_account_at_its_address_is_stopped_first(database: Database) -> None:
    initialise(database)
    _guess(database, "Wang", "10.0.0.1", 9)
    assert not is_guessing(database, "secret", "wang", "10.0.0.1")
    _guess(database, "wang ", "10.0.0.1", 1)
    assert is_guessing(database, "secret", "wang", "10.0.0.1")
    # Neither a colleague beside nor the owner elsewhere is held up.
    assert not is_guessing(database, "secret", "li", "10.0.0.1")
    assert not is_guessing(database, "secret", "wang", "10.0.0.2")


def test_an_address_and_an_account_have_limits_of_their_own(database: Database) -> None:
    initialise(database)
    for number in range(3):
        _guess(database, f"user{number}", "10.0.0.1", 10)
    assert is_guessing(database, "secret", "somebody", "10.0.0.1")
    for number in range(6):
        _guess(database, "wang", f"10.0.1.{number}", 10)
    assert is_guessing(database, "secret", "wang", "10.0.2.1")
    assert not is_guessing(database, "secret", "li", "10.0.2.1")


def test_nobody_is_named_and_a_minute_is_forgotten(database: Database) -> None:
    initialise(database)
    _guess(database, "wang", "10.0.0.1", 10)
    with database.session() as session:
        rows = session.execute(text("select key from sign_in_failure")).scalars().all()
        assert len(rows) == 30
        assert not any(b"wang" in bytes(key) or b"10.0" in bytes(key) for key in rows)
        session.execute(text("update sign_in_failure set at = at - interval '61 seconds'"))
    assert not is_guessing(database, "secret", "wang", "10.0.0.1")
    _guess(database, "li", "10.0.0.9", 1)
    with database.session() as session:
        left = session.execute(text("select count(*) from sign_in_failure")).scalar_one()
    assert left == 3

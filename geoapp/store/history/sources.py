"""Named queries on where a facility's present values come from, and which were confirmed since."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Origin:
    """The set that gave a column its present value."""

    column: str
    set_id: int
    at: datetime
    actor: str | None
    role: str | None
    via: str
    reason: str | None
    api_key: str | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That a column's value was still right on a day, by the set that says so."""

    column: str
    confirmed_on: date
    set_id: int
    actor: str | None
    role: str | None


# An image of a whole row leaves out what is null: what is not in it came from nowhere.
_ORIGINS = text(
    """
    select distinct on (named.name) named.name, s.id, s.at, s.actor, s.role, s.via, s.reason,
        s.api_key
    from change c join change_set s on s.id = c.set_id
    cross join lateral jsonb_object_keys(coalesce(c.after, jsonb_build_object())) named(name)
    where c.table_name = 'facility' and c.key = :key
    order by named.name, c.seq desc
    """
)
_CONFIRMATIONS = text(
    """
    select distinct on (f.column_name) f.column_name, f.confirmed_on, s.id, s.actor, s.role
    from facility_confirmation f join change c on c.table_name = 'facility_confirmation'
        and c.key = cast(jsonb_build_array(f.facility_id, f.column_name) as text)
        and c.op in ('insert', 'update')
    join change_set s on s.id = c.set_id
    where f.facility_id = :number
    order by f.column_name, c.seq desc
    """
)


def origins_of(session: Session, number: int) -> list[Origin]:
    """Return where a facility's columns have their present values from, by name.

    A column that has kept its value since before the log began is not among them.
    """
    return [Origin(*row) for row in session.execute(_ORIGINS, {"key": str(number)})]


def confirmations_of(session: Session, number: int) -> list[Confirmation]:
    """Return which of a facility's columns were last confirmed when and by whom, by name."""
    return [Confirmation(*row) for row in session.execute(_CONFIRMATIONS, {"number": number})]


def confirm_column(session: Session, number: int, column: str, day: date) -> None:
    """Store that a column's value was still right on a day."""
    session.execute(
        text(
            "insert into facility_confirmation values (:number, :name, :day) "
            "on conflict (facility_id, column_name) do update set confirmed_on = excluded.confirmed_on"
        ),
        {"number": number, "name": column, "day": day},
    )

"""Tables whose rows files hold by a key of their own: many rows written at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import text

from geoapp.store.engine import Session

Rows = Literal[
    "services", "offers", "desks", "visits", "opinions", "care", "contests", "entries", "prices"
]
_BATCH: Final = 5_000
# The columns of each kind, with their types.
_SERVICES: Final = {
    "code": "text",
    "category": "text",
    "name_zh": "text",
    "name_en": "text",
    "audience": "text",
    "process": "text",
    "time_limit": "text",
    "promise": "text",
    "first_responsible": "text",
    "document": "text",
    "document_on": "date",
    "source": "text",
    "is_sample": "boolean",
}
_OFFERS: Final = {
    "item_code": "text",
    "facility_id": "bigint",
    "organisation_code": "text",
    "hours": "text",
    "hours_raw": "text",
    "phone": "text",
    "valid_from": "date",
    "valid_to": "date",
    "source": "text",
    "is_sample": "boolean",
}
_DESKS: Final = {
    "facility_id": "bigint",
    "name_zh": "text",
    "phone": "text",
    "hours": "text",
    "hours_raw": "text",
    "source": "text",
    "is_sample": "boolean",
}
_VISITS: Final = {
    "facility_id": "bigint",
    "day": "date",
    "hour": "integer",
    "n": "integer",
    "basis": "text",
}
_OPINIONS: Final = {"facility_id": "bigint", "day": "date", "stars": "integer", "n": "integer"}
_CARE: Final = {
    "code": "text",
    "kind": "text",
    "region_code": "text",
    "day": "date",
    "people": "integer",
    "unit": "text",
    "money": "double precision",
    "document": "text",
    "source": "text",
    "is_sample": "boolean",
}
_CONTESTS: Final = {
    "code": "text",
    "name_zh": "text",
    "name_en": "text",
    "region_code": "text",
    "rules": "text",
    "stage": "text",
    "entered": "integer",
    "finalists": "integer",
    "criteria": "text",
    "document": "text",
    "document_on": "date",
    "source": "text",
    "is_sample": "boolean",
}
_ENTRIES: Final = {
    "contest_code": "text",
    "code": "text",
    "organisation": "text",
    "name_zh": "text",
    "points": "text",
    "votes": "integer",
    "finalist": "boolean",
    "prize": "text",
    "item_code": "text",
    "source": "text",
    "is_sample": "boolean",
}
_PRICES: Final = {
    "price_list": "text",
    "region_code": "text",
    "amenity_code": "text",
    "price": "double precision",
    "unit": "text",
    "as_of": "date",
    "source": "text",
    "noted_by": "text",
    "is_sample": "boolean",
}
# Of each kind: its table, the columns, what makes a row the same (as its unique index says it), and
# the columns of that.
_TABLES: Final[Mapping[Rows, tuple[str, Mapping[str, str], str, frozenset[str]]]] = {
    "services": ("service_item", _SERVICES, "code", frozenset({"code"})),
    "offers": (
        "service_offer",
        _OFFERS,
        "item_code, coalesce(facility_id, 0), coalesce(organisation_code, ''), "
        "coalesce(valid_from, cast('-infinity' as date))",
        frozenset({"item_code", "facility_id", "organisation_code", "valid_from"}),
    ),
    "desks": ("duty_desk", _DESKS, "facility_id, phone", frozenset({"facility_id", "phone"})),
    "visits": (
        "visit_count",
        _VISITS,
        "facility_id, day, coalesce(hour, -1), basis",
        frozenset({"facility_id", "day", "hour", "basis"}),
    ),
    "opinions": (
        "opinion_poll",
        _OPINIONS,
        "facility_id, day, stars",
        frozenset({"facility_id", "day", "stars"}),
    ),
    "care": ("care_event", _CARE, "code", frozenset({"code"})),
    "contests": ("contest", _CONTESTS, "code", frozenset({"code"})),
    "entries": (
        "contest_entry",
        _ENTRIES,
        "contest_code, code",
        frozenset({"contest_code", "code"}),
    ),
    "prices": (
        "item_price",
        _PRICES,
        "price_list, (coalesce(region_code, '')), amenity_code",
        frozenset({"price_list", "region_code", "amenity_code"}),
    ),
}


@dataclass(frozen=True, slots=True)
class KeyedCounts:
    """What became of the rows; ``change_set`` takes them back, None if nothing changed."""

    inserted: int
    updated: int
    unchanged: int
    change_set: int | None = None


def write_keyed(
    session: Session,
    what: Rows,
    rows: Sequence[Mapping[str, Any]],
    given: frozenset[str],
    *,
    dry_run: bool = False,
) -> KeyedCounts:
    """Insert new rows and update those that differ; each key at most once among the rows.

    Parameters
    ----------
    given
        The columns that are written to rows that exist; others keep what is stored.
    dry_run
        Whether only the counts are wanted.
    """
    table, columns, key, own = _TABLES[what]
    writing = [name for name in columns if name in given and name not in own]
    # What the file does not speak of stays, also where nothing else is left to write.
    change = (
        f"do update set {', '.join(f'{name} = excluded.{name}' for name in writing)} where "
        f"({', '.join(f't.{name}' for name in writing)}) is distinct from "
        f"({', '.join(f'excluded.{name}' for name in writing)})"
        if writing
        else "do nothing"
    )
    arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in columns.items())
    statement = text(
        f"insert into {table} as t ({', '.join(columns)}) select * from unnest({arrays}) "
        f"on conflict ({key}) {change} returning (xmax = 0) as is_new"
    )
    fresh = changed = 0
    trial = session.begin_nested()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        done = session.scalars(
            statement, {name: [row[name] for row in batch] for name in columns}
        ).all()
        fresh += sum(done)
        changed += len(done) - sum(done)
    if dry_run:
        trial.rollback()
    else:
        trial.commit()
    return KeyedCounts(fresh, changed, len(rows) - fresh - changed)

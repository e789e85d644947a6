"""Change sets as the log has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.history.net import Op, Step


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A change set: when, who, in which role, by which way, why, and what it takes back.

    Attributes
    ----------
    api_key
        The name of the actor's key by which a program came.
    kept
        How much that could have been taken back it left, of an undo; None if nothing.
    undone_by
        The sets that took it back, in whole or in part, in order.
    counts
        How many rows of each table it inserted, updated and deleted: by table, then by operation.
    """

    id: int
    at: datetime
    actor: str | None
    role: str | None
    via: str
    reason: str | None
    undoes: int | None
    api_key: str | None
    kept: int | None
    undone_by: tuple[int, ...]
    counts: dict[str, dict[str, int]]


_SETS = """
    select s.id, s.at, s.actor, s.role, s.via, s.reason, s.undoes, s.api_key, s.kept,
        array(select u.id from change_set u where u.undoes = s.id order by u.id),
        (select coalesce(jsonb_object_agg(table_name, ops), '{{}}') from (
            select table_name, jsonb_object_agg(op, n) as ops from (
                select table_name, op, count(*) as n from change c where c.set_id = s.id
                group by table_name, op) rows
            group by table_name) tables)
    from change_set s where {where} order by s.id desc limit :limit
"""


def _sets(session: Session, where: str, **parameters: object) -> list[StoredSet]:
    rows = session.execute(text(_SETS.format(where=where)), parameters)
    return [
        StoredSet(set_id, at, actor, role, via, reason, undoes, key, kept, tuple(undone_by), counts)
        for set_id, at, actor, role, via, reason, undoes, key, kept, undone_by, counts in rows
    ]


def stored_set(session: Session, set_id: int) -> StoredSet | None:
    """Return one set."""
    return next(iter(_sets(session, "s.id = :id", id=set_id, limit=1)), None)


@dataclass(frozen=True, slots=True)
class Records:
    """Some rows of a logged table by their keys, with all that belongs to them."""

    table: str
    keys: tuple[str, ...]

    @classmethod
    def facilities(cls, numbers: Sequence[int]) -> "Records":
        """Return facilities by their numbers."""
        return cls("facility", tuple(str(one) for one in numbers))

    def named(self) -> dict[str, object]:
        """Return how the log names them, as the row itself and as what a row belongs to."""
        return {
            "table": self.table,
            "keys": list(self.keys),
            "belongs": [f"{self.table}:{one}" for one in self.keys],
        }


@dataclass(frozen=True, slots=True)
class SetFilter:
    """Which sets: since a moment, by whom, of which records, in which regions.

    ``before`` is the set after which a page ends: only older ones come.
    """

    since: datetime | None = None
    actor: str | None = None
    of: Records | None = None
    regions: Sequence[str] | None = None
    before: int | None = None


# A change in a region: of a facility that lies there, or did before or after it.
_IN_REGIONS = """
    exists (select from change c left join facility f
        on c.table_name = 'facility' and f.id = cast(c.key as bigint)
        where c.set_id = s.id and c.table_name = 'facility' and (
            f.region_code = any(:regions) or c.before ->> 'region_code' = any(:regions)
            or c.after ->> 'region_code' = any(:regions)))
"""
_OF_RECORDS = """
    s.id in (select set_id from change where table_name = :table and key = any(:keys)
        union select set_id from change where belongs is not null and belongs && :belongs)
"""


def list_sets(session: Session, wanted: SetFilter, *, limit: int) -> list[StoredSet]:
    """Return the sets that fit, newest first, at most ``limit``."""
    where, values = ["true"], dict[str, object]()
    if wanted.since is not None:
        where.append("s.at >= :since")
        values["since"] = wanted.since
    if wanted.actor is not None:
        where.append("s.actor = :actor")
        values["actor"] = wanted.actor
    if wanted.before is not None:
        where.append("s.id < :before")
        values["before"] = wanted.before
    if wanted.regions is not None:
        where.append(_IN_REGIONS)
        values["regions"] = list(wanted.regions)
    if wanted.of is not None:
        where.append(_OF_RECORDS)
        values |= wanted.of.named()
    return _sets(session, " and ".join(where), limit=limit, **values)


def last_set_of_facility(session: Session, number: int) -> int:
    """Return the last set of a facility's story; 0 if the log tells nothing of it."""
    found = session.scalar(
        text(f"select max(s.id) from change_set s where {_OF_RECORDS}"),
        Records.facilities([number]).named(),
    )
    return int(found or 0)


def steps_in(
    session: Session, set_ids: Sequence[int], *, of: Records | None, most: int
) -> dict[int, list[Step]]:
    """Return what some sets did, or did to some records, step by step; at most so many of a set."""
    of_them = (
        "true"
        if of is None
        else "(table_name = :table and key = any(:keys) or belongs && :belongs)"
    )
    rows = session.execute(
        text(
            "select set_id, seq, table_name, key, belongs, op, before, after from ("
            "select *, row_number() over (partition by set_id order by seq) as place from change "
            f"where set_id = any(:ids) and {of_them}) c where place <= :most order by set_id, seq"
        ),
        {"ids": list(set_ids), "most": most} | ({} if of is None else of.named()),
    )
    found: dict[int, list[Step]] = {set_id: [] for set_id in set_ids}
    for set_id, seq, table, key, belongs, op, before, after in rows:
        found[set_id].append(Step(seq, table, key, tuple(belongs or ()), Op(op), before, after))
    return found


def moved_m(session: Session, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Return how far apart geometries are (hexadecimal EWKB), metres on the spheroid."""
    if not pairs:
        return []
    rows = session.execute(
        text(
            "select st_distance(st_pointonsurface(cast(a as geometry))::geography, "
            "st_pointonsurface(cast(b as geometry))::geography) "
            "from unnest(cast(:before as text[]), cast(:after as text[])) "
            "with ordinality as u(a, b, n) order by n"
        ),
        {"before": [one for one, _ in pairs], "after": [other for _, other in pairs]},
    )
    return [float(metres) for (metres,) in rows]


def facility_of_code(session: Session, code: str) -> int | None:
    """Return the number of the facility that has a code, had it, or was deleted with it."""
    number = session.scalar(
        text(
            "select coalesce((select id from facility where code = :code), "
            "(select facility_id from facility_code_alias where old = :code), "
            "(select facility_id from facility_tombstone where code = :code "
            "order by rev desc limit 1))"
        ),
        {"code": code},
    )
    return None if number is None else int(number)


def merged_into(session: Session, number: int) -> list[int]:
    """Return the numbers of the facilities that were merged into one, whose codes lead to it."""
    return list(
        session.scalars(
            text(
                "select t.facility_id from facility_code_alias a "
                "join facility_tombstone t on t.code = a.old where a.facility_id = :number "
                "order by t.facility_id"
            ),
            {"number": number},
        )
    )


@dataclass(frozen=True, slots=True)
class Former:
    """What became of a code that no facility has now.

    Attributes
    ----------
    code
        The code that the facility has now; None if it was deleted.
    deleted
        The set that deleted it; None if that was before the log began.
    """

    code: str | None
    deleted: StoredSet | None


def former_code(session: Session, code: str) -> Former | None:
    """Return what became of a code; None if no facility ever had it."""
    now = session.scalar(
        text(
            "select f.code from facility_code_alias a join facility f on f.id = a.facility_id "
            "where a.old = :code"
        ),
        {"code": code},
    )
    if now is not None:
        return Former(str(now), None)
    number = facility_of_code(session, code)
    if number is None:
        return None
    set_id = session.scalar(
        text(
            "select set_id from change where table_name = 'facility' and key = :key "
            "and op = 'delete' order by seq desc limit 1"
        ),
        {"key": str(number)},
    )
    return Former(None, None if set_id is None else stored_set(session, int(set_id)))


@dataclass(frozen=True, slots=True)
class Touch:
    """A later set that touched a row; ``fields`` are those it changed, None = the whole row."""

    table: str
    key: str
    set_id: int
    at: datetime
    actor: str | None
    fields: frozenset[str] | None

    def touches(self, name: str) -> bool:
        """Tell whether it touched a field."""
        return self.fields is None or name in self.fields


_TOUCHES = text(
    """
    select c.table_name, c.key, c.set_id, s.at, s.actor,
        case when c.op = 'update' then array(select jsonb_object_keys(c.after)) end
    from (select distinct table_name, key from change where set_id = :set_id) own
    join change c on c.table_name = own.table_name and c.key = own.key and c.set_id > :set_id
    join change_set s on s.id = c.set_id
    order by c.seq desc
    """
)


def last_touches(session: Session, set_id: int) -> list[Touch]:
    """Return what touched the rows of a set after it, newest first."""
    return [
        Touch(table, key, later, at, actor, None if fields is None else frozenset(fields))
        for table, key, later, at, actor, fields in session.execute(_TOUCHES, {"set_id": set_id})
    ]


def facility_codes(session: Session, keys: Sequence[str]) -> dict[str, str]:
    """Return the codes of the facilities that some keys of the log name, deleted ones included."""
    rows = session.execute(
        text(
            "select cast(id as text), code from facility where id = any(cast(:keys as bigint[])) "
            "union all select cast(facility_id as text), code from facility_tombstone "
            "where facility_id = any(cast(:keys as bigint[]))"
        ),
        {"keys": [int(key) for key in keys]},
    )
    return {key: code for key, code in rows}

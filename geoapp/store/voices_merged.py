"""Workers' reports of facilities that are merged: they count for the survivor, and an undo gives them back.

Senders are known by a key that holds for one facility alone. Its salt is kept while reports that came
with it count: whoever reports of the survivor is known by it too, to be one of those who had spoken.
"""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.voices import lock_reports


def lock_reports_of(session: Session, codes: Collection[str]) -> None:
    """Let reports of some facilities, by their codes, come one after another; see `lock_reports`."""
    numbers = session.scalars(
        text("select id from facility where code = any(:codes) order by id"),
        {"codes": sorted(one for one in codes if "\x00" not in one)},
    ).all()
    for number in numbers:
        lock_reports(session, number)


def lock_reports_back(session: Session, set_id: int) -> None:
    """Keep reports from coming to facilities that one goes from, and that get it, by an undo."""
    for number in session.scalars(
        text(
            "with back as (select cast(key as bigint) as id from change where set_id = :set "
            "and table_name = 'facility' and op = 'delete') "
            "select id from back union select r.facility_id from worker_report r join back b "
            "on b.id = any(r.came_from) order by 1"
        ),
        {"set": set_id},
    ).all():
        lock_reports(session, number)


def give_reports(session: Session, survivor: int, other: int) -> None:
    """Give a facility the reports of one that is merged into it, and the doubt that they raised.

    A report remembers where it came from, so that an undo gives it back, and whose senders it can
    be told from. What the survivor's reports amount to is weighed anew afterwards.
    """
    numbers = {"survivor": survivor, "other": other}
    session.execute(
        text(
            """
            insert into facility_voice as v (facility_id, doubt, doubt_voices, doubt_since)
            select :survivor, doubt, doubt_voices, doubt_since from facility_voice
                where facility_id = :other and doubt is not null
            on conflict (facility_id) do update set doubt = coalesce(v.doubt, excluded.doubt),
                doubt_voices = coalesce(v.doubt_voices, excluded.doubt_voices),
                doubt_since = least(v.doubt_since, excluded.doubt_since)
            """
        ),
        numbers,
    )
    session.execute(
        text(
            "update worker_report set facility_id = :survivor, came_from = came_from || cast(:other as bigint), "
            "given_for = case when sender is not null then coalesce(given_for, :other) end "
            "where facility_id = :other"
        ),
        numbers,
    )


def take_reports_back(session: Session, returned: Collection[int]) -> list[int]:
    """Give facilities that an undo of a merge brought back their reports; return all concerned.

    What was said of the survivor since stays there, and is not known any more by their senders.
    """
    numbers = session.scalars(
        text(
            "select distinct came from worker_report, unnest(came_from) came "
            "where came = any(:ids) order by 1"
        ),
        {"ids": list(returned)},
    ).all()
    return sorted({one for number in numbers for one in _taken_back(session, number)})


def _taken_back(session: Session, returned: int) -> list[int]:
    number = {"one": returned}
    rows = session.execute(
        text(
            """
            with given as (
                select id, facility_id, array_position(came_from, cast(:one as bigint)) as place
                from worker_report where :one = any(came_from)
            )
            update worker_report r set facility_id = :one, came_from = r.came_from[1 : g.place - 1],
                given_for = nullif(r.given_for, :one)
            from given g where g.id = r.id
            returning g.facility_id, r.kind, cast(r.at as date)
            """
        ),
        number,
    ).all()
    survivors = sorted({row[0] for row in rows})
    for survivor in survivors:
        session.execute(
            text(
                "update worker_report set others = nullif(others - cast(:one as text), '{}') "
                "where facility_id = :survivor and others is not null"
            ),
            number | {"survivor": survivor},
        )
        # The doubt counts from when it did; a day of confirmation that was theirs is not known now.
        session.execute(
            text(
                """
                insert into facility_voice (facility_id, doubt, doubt_voices, doubt_since)
                select :one, doubt, doubt_voices, doubt_since from facility_voice
                    where facility_id = :survivor and doubt is not null
                on conflict (facility_id) do nothing
                """
            ),
            number | {"survivor": survivor},
        )
        session.execute(
            text(
                "update facility_voice set confirmed_on = null where facility_id = :survivor "
                "and confirmed_on = any(:days)"
            ),
            {"survivor": survivor, "days": [day for at, kind, day in rows if kind == "open"]},
        )
    return [*survivors, returned]


def other_salts(session: Session, facility_id: int) -> dict[int, bytes]:
    """Return by what senders are told apart whose reports came with facilities merged into one.

    By the number of the facility that the reports were given for.
    """
    rows = session.execute(
        text(
            "select facility_id, salt from report_salt where facility_id in (select given_for "
            "from worker_report where facility_id = :one and sender is not null) order by 1"
        ),
        {"one": facility_id},
    )
    return {number: bytes(salt) for number, salt in rows}


def timezone_at(session: Session, facility_id: int) -> str:
    """Return by which zone a facility's days go."""
    zone: str = session.execute(
        text("select timezone from facility where id = :one"), {"one": facility_id}
    ).scalar_one()
    return zone

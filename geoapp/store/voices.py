"""Named queries on workers' reports: take one, weigh those of a facility, forget what is old."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geoapp.core.voices import NOTHING_SAID, Doubt, Standing, Voice, doubt_of, weigh
from geoapp.store.models import FacilityVoice

SALT_BYTES: Final = 32
_COUNTED_SECONDS: Final = 3600
# What a clock that was ahead has left would else count until it is so late.
_RECENT: Final = (
    f"at between clock_timestamp() - interval '{_COUNTED_SECONDS} seconds' and clock_timestamp()"
)


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report to be stored; see `geoapp.store.models.WorkerReport`. ``place`` is WGS-84.

    ``age_seconds`` is for how long it had been waiting where it was made.
    """

    key: bytes
    facility_id: int | None
    kind: str | None
    sender: bytes | None = None
    others: Mapping[int, bytes] | None = None
    rated: bool = False
    missing: str | None = None
    note: str | None = None
    place_name: str | None = None
    place_words: str | None = None
    place: tuple[float, float] | None = None
    region_code: str | None = None
    care: bool = False
    age_seconds: int = 0


@dataclass(frozen=True, slots=True)
class ReportTold:
    """What a report that is stored already was about."""

    facility_id: int | None

    code: str | None
    kind: str | None
    rated: bool


def report_of_key(session: Session, key: bytes) -> ReportTold | None:
    """Return the report of a key; None if it is new."""
    row = session.execute(
        text(
            "select r.facility_id, f.code, r.kind, r.rated from worker_report r "
            "left join facility f on f.id = r.facility_id where r.key = :key"
        ),
        {"key": key},
    ).one_or_none()
    return None if row is None else ReportTold(*row)


def add_report(session: Session, new: NewReport) -> bool:
    """Store a report; False if one of its key came first."""
    lon, lat = new.place or (None, None)
    names = {str(number): name.hex() for number, name in (new.others or {}).items()}
    others = orjson.dumps(names).decode() if names else None
    added = session.execute(
        text(
            """
            insert into worker_report (key, facility_id, kind, sender, others, rated, missing, note,
                place_name, place_words, place, region_code, care, at)
            values (:key, :facility_id, :kind, :sender, cast(:others as jsonb), :rated, :missing, :note, :place_name,
                :place_words, case when cast(:lon as float8) is not null
                    then st_setsrid(st_makepoint(:lon, :lat), 4326) end, :region_code, :care,
                now() - make_interval(secs => :age_seconds))
            on conflict (key) do nothing returning id
            """
        ),
        {
            name: getattr(new, name)
            for name in (
                *("key", "facility_id", "kind", "sender", "rated", "missing", "note"),
                *("place_name", "place_words", "region_code", "care", "age_seconds"),
            )
        }
        | {"lon": lon, "lat": lat, "others": others},
    )
    return added.one_or_none() is not None


def lock_reports(session: Session, facility_id: int) -> None:
    """Let reports of one facility come one after another, to the end of the transaction.

    Whoever changes the facility as well takes this lock first.
    """
    session.execute(
        text("select pg_advisory_xact_lock(hashtext('geoapp report'), cast(:one as int))"),
        {"one": facility_id % 2**31},
    )


def salt_of(session: Session, facility_id: int) -> bytes:
    """Return by what the senders of a facility's reports are told apart; made when it is missing."""
    session.execute(
        text(
            "insert into report_salt (facility_id, salt) values (:one, :salt) "
            "on conflict (facility_id) do nothing"
        ),
        {"one": facility_id, "salt": secrets.token_bytes(SALT_BYTES)},
    )
    salt: bytes = session.execute(
        text("select salt from report_salt where facility_id = :one"), {"one": facility_id}
    ).scalar_one()
    return bytes(salt)


def has_rated(session: Session, facility_id: int, names: Collection[bytes]) -> bool:
    """Tell whether a sender, by any of the names, gave a facility stars that are still kept apart."""
    return bool(
        session.execute(
            text(
                "select exists (select from worker_report "
                "where facility_id = :one and sender = any(:names) and rated)"
            ),
            {"one": facility_id, "names": list(names)},
        ).scalar_one()
    )


def add_stars(session: Session, facility_id: int, day: date, stars: int) -> None:
    """Count stars, and nothing of who gave them."""
    session.execute(
        text(
            "insert into opinion_poll (facility_id, day, stars, n) values (:one, :day, :stars, 1) "
            "on conflict (facility_id, day, stars) do update set n = opinion_poll.n + 1"
        ),
        {"one": facility_id, "day": day, "stars": stars},
    )


def weigh_reports(
    session: Session, facility_id: int, *, agree: int, days: int, timezone: str
) -> Standing:
    """Work out anew what the reports of a facility amount to, and store it.

    Those of a doubt count until it is settled, others for ``days``; one that was on its way while a
    steward settled what others had said is of before that, and does not count. The facility's version
    rises only where something changed.
    """
    row = session.get(FacilityVoice, facility_id, populate_existing=True)
    rows = session.execute(
        text(
            """
            select r.kind, r.sender, r.at, r.given_for, r.others from worker_report r
            left join facility_voice v on v.facility_id = r.facility_id
            where r.facility_id = :one and r.settled_at is null and r.sender is not null
                and r.kind in ('open', 'shut', 'moved') and r.at >= least(
                    now() - make_interval(days => :days), v.doubt_since::timestamptz - interval '1 day')
                and not exists (select from worker_report s where s.facility_id = r.facility_id
                    and s.settled_at >= r.at and s.settled_at < r.sent_at)
            order by r.at, r.id
            """
        ),
        {"one": facility_id, "days": days},
    )
    voices = [
        Voice(
            kind,
            bytes(sender),
            at,
            given_for,
            {int(number): bytes.fromhex(name) for number, name in (others or {}).items()},
        )
        for kind, sender, at, given_for, others in rows
    ]
    found = weigh(voices, agree=agree, timezone=timezone)
    known = None if row is None else row.confirmed_on
    confirmed = max((day for day in (found.confirmed_on, known) if day is not None), default=None)
    standing = Standing(found.doubt, confirmed)
    if row is None:
        if standing == NOTHING_SAID:
            return standing
        row = FacilityVoice(facility_id=facility_id)
        session.add(row)
    doubt = standing.doubt
    # SQLAlchemy writes nothing where all values are as before.
    row.doubt = None if doubt is None else doubt.kind
    row.doubt_voices = None if doubt is None else doubt.voices
    row.doubt_since = None if doubt is None else doubt.since
    row.confirmed_on = standing.confirmed_on
    session.flush()
    return standing


def standings(session: Session, facility_ids: Sequence[int]) -> dict[int, Standing]:
    """Return what workers say of some facilities, by number; those of whom they say nothing not."""
    rows = session.scalars(select(FacilityVoice).where(FacilityVoice.facility_id.in_(facility_ids)))
    return {
        one.facility_id: Standing(
            doubt_of(one.doubt, one.doubt_voices, one.doubt_since), one.confirmed_on
        )
        for one in rows
    }


def doubt_now(session: Session, facility_id: int) -> Doubt | None:
    """Return the doubt about a facility, None if there is none."""
    found = standings(session, [facility_id]).get(facility_id)
    return None if found is None else found.doubt


def region_at(session: Session, *, lon: float, lat: float) -> str | None:
    """Return the code of the smallest region that covers a position (degrees, WGS-84)."""
    code: str | None = session.execute(
        text(
            "select code from region where st_covers(geom, st_setsrid(st_makepoint(:lon, :lat), 4326)) "
            "order by st_area(geom), code limit 1"
        ),
        {"lon": lon, "lat": lat},
    ).scalar_one_or_none()
    return code


def wait_seconds(session: Session, key: bytes, most: int) -> int:
    """Return after how many seconds one more may come of a key; 0 if now, and count it then."""
    _forget_counts(session)
    # The last of those that must be gone before the next.
    wait: Any = session.execute(
        text(
            f"select ceil({_COUNTED_SECONDS} - extract(epoch from clock_timestamp() - at)) "
            f"from report_count where key = :key and {_RECENT} order by at desc offset :most limit 1"
        ),
        {"key": key, "most": most - 1},
    ).scalar_one_or_none()
    if wait is not None:
        return max(1, int(wait))
    session.execute(
        text("insert into report_count (key, at) values (:key, clock_timestamp())"), {"key": key}
    )
    return 0


def _forget_counts(session: Session) -> None:
    session.execute(text(f"delete from report_count where not ({_RECENT})"))


def forget_reports(session: Session, *, days: int, keep_days: int) -> None:
    """Forget words and keys after ``keep_days``, and senders as soon as their reports count no more.

    What is counted for the limit is forgotten too, as nobody may report again for long.
    """
    _forget_counts(session)
    session.execute(
        text(
            """
            update worker_report
            set note = null, place_name = null, place_words = null, place = null, key = null
            where at < now() - make_interval(days => :keep)
                and num_nonnulls(note, place_name, place_words, place, key) > 0
            """
        ),
        {"keep": keep_days},
    )
    session.execute(
        text(
            """
            update worker_report r set sender = null, others = null where sender is not null
                and (settled_at is not null or at < now() - make_interval(days => :days))
                and (settled_at is not null or not exists (select from facility_voice v
                    where v.facility_id = r.facility_id and v.doubt is not null))
            """
        ),
        {"days": days},
    )
    session.execute(
        text(
            "delete from report_salt s where not exists (select from worker_report r "
            "where coalesce(r.given_for, r.facility_id) = s.facility_id and r.sender is not null)"
        )
    )

"""Take a worker's report: once, from anybody, without keeping who it was.

A sender is known by the network address, which is never stored. For the limit it becomes a key that
changes every day and is forgotten within two hours; to tell whether two reports of one facility come
from two people, it becomes one that holds for that facility alone, by a secret that is thrown away
when the reports count no more. docs/decisions/0024-reports-of-workers.md says why.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from geoapp.core.acting import act
from geoapp.core.errors import InvalidValueError, NotFoundError, TooOftenError
from geoapp.core.geo import check_lonlat
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    LEAST_REPORT_KEY_CHARACTERS,
    MOST_NAME_CHARACTERS,
    MOST_PLACE_WORDS_CHARACTERS,
    MOST_REPORT_KEY_CHARACTERS,
    MOST_REPORT_NOTE_CHARACTERS,
)
from geoapp.core.settings import Settings
from geoapp.core.voices import AT_A_PLACE, Doubt, ReportKind
from geoapp.operations.facilities.former import current_code
from geoapp.operations.facilities.read import PUBLIC_STATUSES
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import facility_by_code
from geoapp.store.regions import region_codes
from geoapp.store.vocabulary import read_codes
from geoapp.store.voices import (
    NewReport,
    ReportTold,
    add_report,
    add_stars,
    doubt_now,
    has_rated,
    lock_reports,
    region_at,
    report_of_key,
    salt_of,
    wait_seconds,
    weigh_reports,
)
from geoapp.store.voices_merged import other_salts

MOST_IN_AN_HOUR: Final = 30  # from one address
_MOST_IN_AN_HOUR_OF_ALL: Final = 3_000
_FACILITY: Final = Text("站点", "facility")
_NEEDS_CARE: Final = frozenset(
    {ReportKind.SHUT, ReportKind.MOVED, ReportKind.FULL, ReportKind.WRONG}
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker says.

    Attributes
    ----------
    key
        What names the report on the sender's device; the same twice is one report.
    code
        The facility's; None with a suggestion.
    kind
        None where only stars, what is missing, or words are given.
    missing
        The amenity that was missing.
    place_name, place_words, place, region
        Of a suggestion: what it is called, where it is in words, as (lon, lat) in WGS-84, and the
        code of the region.
    age_seconds
        For how long it waited on the device; by its clock, so that a wrong one does no harm.
    """

    key: str
    code: str | None = None
    kind: ReportKind | None = None
    stars: int | None = None
    missing: str | None = None
    note: str | None = None
    place_name: str | None = None
    place_words: str | None = None
    place: tuple[float, float] | None = None
    region: str | None = None
    age_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a report.

    Attributes
    ----------
    new
        False if it had come before.
    code, kind
        What it is about, as it came first.
    rated
        Whether its stars count.
    doubt
        What workers now agree to be wrong with the facility.
    """

    new: bool
    code: str | None
    kind: ReportKind | None
    rated: bool
    doubt: Doubt | None


def take_report(
    database: Database, settings: Settings, secret: str, address: str, told: Told
) -> Taken:
    """Take a report.

    Parameters
    ----------
    secret
        The service's own, for keys that nobody else can make.
    address
        Where it came from; used here and then forgotten.

    Raises
    ------
    InvalidValueError
        Naming what is not accepted.
    NotFoundError
        If there is no such facility, or it is not public.
    TooOftenError
        After `MOST_IN_AN_HOUR` reports from one address within an hour.
    """
    # Whoever is signed in reports as anybody else: by no name, and anywhere.
    with act(actor=None, role=None, api_key=None, regions=()):
        return _taken(database, settings, secret, _network(address), _checked(told))


def _taken(database: Database, settings: Settings, secret: str, sender: str, told: Told) -> Taken:
    key = hashlib.sha256(told.key.encode()).digest()
    with database.session() as session:
        known = report_of_key(session, key)
        if known is not None:
            return _again(session, known)
    _check_age(settings, told.age_seconds)
    # Counted in a transaction of its own, so that what is refused afterwards counts as well.
    with database.session() as session:
        _slow_down(session, secret, sender)
    code = None if told.code is None else _present_code(database, settings, told.code)
    with database.session() as session:
        if code is None:
            return _suggestion(session, key, told)
        facility = facility_by_code(session, code)
        if facility is None or facility.status not in PUBLIC_STATUSES:
            raise NotFoundError(_FACILITY, told.code or code)
        about = _About(facility.id, facility.code, facility.timezone)
        return _take(session, settings, key, _hmac_of(secret, sender), about, told)


def _check_age(settings: Settings, age_seconds: int) -> None:
    """Refuse what is too old to count, and what is of the future."""
    days = settings.reports_days
    if not 0 <= age_seconds <= days * 86_400:
        accepted = Text(
            f"0 至 {days * 86_400}（{days} 天以内的情况）",
            f"0 to {days * 86_400}: what was found within {days} days",
        )
        raise InvalidValueError("age_seconds", age_seconds, accepted)


def _hmac_of(secret: str, said: str) -> bytes:
    """Return a key that names something to nobody who does not have the service's secret."""
    return hmac.digest(secret.encode(), f"report\x00{said}".encode(), "sha256")


class _About(NamedTuple):
    """The facility that a report is about."""

    id: int
    code: str
    timezone: str


def _take(
    session: Session,
    settings: Settings,
    key: bytes,
    sender_key: bytes,
    facility: _About,
    told: Told,
) -> Taken:
    if told.missing is not None:
        amenities = read_codes(session).amenities
        if told.missing not in amenities:
            accepted = ", ".join(sorted(amenities))
            raise InvalidValueError("missing", told.missing, Text(accepted, accepted))
    lock_reports(session, facility.id)
    sender = hmac.digest(salt_of(session, facility.id), sender_key, "sha256")
    others = {
        number: hmac.digest(salt, sender_key, "sha256")
        for number, salt in other_salts(session, facility.id).items()
    }
    names = (sender, *others.values())
    rated = told.stars is not None and not has_rated(session, facility.id, names)
    new = add_report(
        session,
        NewReport(
            key=key,
            facility_id=facility.id,
            kind=told.kind,
            sender=sender,
            others=others,
            rated=rated,
            missing=told.missing,
            note=told.note,
            region_code=None,
            care=told.kind in _NEEDS_CARE or told.note is not None or told.missing is not None,
            age_seconds=told.age_seconds,
        ),
    )
    if not new:
        return _again(session, ReportTold(facility.id, facility.code, told.kind, rated=False))
    if rated and told.stars is not None:
        made = datetime.now(ZoneInfo(facility.timezone)) - timedelta(seconds=told.age_seconds)
        add_stars(session, facility.id, made.date(), told.stars)
    standing = weigh_reports(
        session,
        facility.id,
        agree=settings.reports_agree,
        days=settings.reports_days,
        timezone=facility.timezone,
    )
    return Taken(True, facility.code, told.kind, rated, standing.doubt)


def _suggestion(session: Session, key: bytes, told: Told) -> Taken:
    region = told.region
    if region is not None and region not in region_codes(session):
        raise InvalidValueError(
            "region", region, Text("已有区域的代码", "the code of a stored region")
        )
    if told.place is not None:
        lon, lat = told.place
        region = region_at(session, lon=lon, lat=lat) or region
    new = add_report(
        session,
        NewReport(
            key=key,
            facility_id=None,
            kind=ReportKind.SUGGEST,
            note=told.note,
            place_name=told.place_name,
            place_words=told.place_words,
            place=told.place,
            region_code=region,
            care=True,
            age_seconds=told.age_seconds,
        ),
    )
    return Taken(new, None, ReportKind.SUGGEST, False, None)


def _again(session: Session, known: ReportTold) -> Taken:
    doubt = None if known.facility_id is None else doubt_now(session, known.facility_id)
    kind = None if known.kind is None else ReportKind(known.kind)
    return Taken(False, known.code, kind, known.rated, doubt)


def _present_code(database: Database, settings: Settings, code: str) -> str:
    """Return the code that a facility has now."""
    with database.session() as session:
        if facility_by_code(session, code) is not None:
            return code
    now = current_code(database, settings, code, unpublished=False)
    if now is None:
        raise NotFoundError(_FACILITY, code)
    return now


def _slow_down(session: Session, secret: str, sender: str) -> None:
    day = datetime.now(UTC).date()
    for key, most in (
        (_hmac_of(secret, f"{day}\x00{sender}"), MOST_IN_AN_HOUR),
        (_hmac_of(secret, f"{day}\x00all"), _MOST_IN_AN_HOUR_OF_ALL),
    ):
        seconds = wait_seconds(session, key, most)
        if seconds:
            raise TooOftenError(
                Text(
                    f"提交得太频繁，请 {-(-seconds // 60)} 分钟后再试。",
                    f"Too many reports came from here; try again in {-(-seconds // 60)} min.",
                ),
                seconds,
            )


def _network(address: str) -> str:
    """Return what stands for a sender: the address, of IPv6 the network, whose hosts change theirs."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def _checked(told: Told) -> Told:
    """Return what is said with blanks off and nothing empty; refuse what cannot be taken."""
    note, name, words = (
        _text(field, value, most)
        for field, value, most in (
            ("note", told.note, MOST_REPORT_NOTE_CHARACTERS),
            ("name", told.place_name, MOST_NAME_CHARACTERS),
            ("where", told.place_words, MOST_PLACE_WORDS_CHARACTERS),
        )
    )
    length = len(told.key)
    if not LEAST_REPORT_KEY_CHARACTERS <= length <= MOST_REPORT_KEY_CHARACTERS:
        bounds = (LEAST_REPORT_KEY_CHARACTERS, MOST_REPORT_KEY_CHARACTERS)
        raise InvalidValueError(
            "key",
            told.key,
            Text("{} 至 {} 个字符".format(*bounds), "{} to {} characters".format(*bounds)),
        )
    if told.stars is not None and not 1 <= told.stars <= 5:
        raise InvalidValueError("stars", told.stars, Text("1 至 5", "1 to 5"))
    if told.kind is ReportKind.SUGGEST:
        if told.code is not None:
            raise InvalidValueError(
                "code", told.code, Text("建议新增时不填", "none with a suggestion")
            )
        for field, value in (("stars", told.stars), ("missing", told.missing)):
            if value is not None:
                raise InvalidValueError(
                    field, value, Text("建议新增时不填", "none with a suggestion")
                )
        if words is None and told.place is None:
            raise InvalidValueError(
                "where", None, Text("位置或地址", "a position, or where it is in words")
            )
        if told.place is not None:
            check_lonlat(*told.place)
    elif told.code is None:
        raise InvalidValueError("code", None, Text("站点编号", "the code of a facility"))
    elif told.kind is None and told.stars is None and told.missing is None and note is None:
        known = ", ".join(AT_A_PLACE)
        raise InvalidValueError("kind", None, Text(known, known))
    return replace(
        told,
        missing=told.missing or None,
        note=note,
        place_name=name,
        place_words=words,
        region=told.region or None,
    )


def _text(field: str, value: str | None, most: int) -> str | None:
    kept = (value or "").replace("\x00", "").strip()
    if len(kept) > most:
        raise InvalidValueError(
            field, kept, Text(f"至多 {most} 个字符", f"at most {most} characters")
        )
    return kept or None

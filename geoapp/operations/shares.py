"""Sharing by link: a region's reports and use for somebody without an account, until a day.

What stands in the link is 256 random bits, so its SHA-256 is all that is kept. A link opens no more
than whoever made it may share at that moment: it ends with the account, with its right to publish
and with its right to the region.
"""

import math
import re
import secrets
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from geoapp.core.errors import (
    ConflictError,
    GoneError,
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    TooOftenError,
    UnavailableError,
)
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_SHARE_DAYS,
    MOST_SHARE_NOTE_CHARACTERS,
    MOST_SHARES,
    SHARE_DAYS,
)
from geoapp.core.results.shared import Part, Share
from geoapp.core.roles import Permission, Role, allows
from geoapp.core.settings import Settings
from geoapp.core.words import Level
from geoapp.operations.moment import today
from geoapp.store import shares as store
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.places import region_names
from geoapp.store.facilities.read import regions_below

_WIDEST: Final = [str(one) for one in Level]
PER_MINUTE: Final = 60
_MOST_LISTED: Final = 500
_TOKEN_BYTES = 32
_SHAPE = re.compile(r"[\w-]{43}", re.ASCII)
_LINK = Text("分享链接", "link that shares")
_NOT_OWN = Text(
    "您的账号只能分享自己区域的资料。", "Your account shares what is of its own regions only."
)
_TOO_FAST = Text(
    "这个链接用得太频繁，请稍等再试。", "This link is used too often; wait a moment and try again."
)
_GONE = Text(
    "没有这个分享链接，或者它已经到期、被收回。请向分享的人要新的。",
    "There is no such link, or it has run out or was revoked. Ask whoever shared it for a new one.",
)


def usual_last_day(settings: Settings) -> date:
    """Return until when a link made today lasts where nobody says otherwise."""
    return today(settings) + timedelta(days=SHARE_DAYS)


def greatest_last_day(settings: Settings) -> date:
    """Return until when a link made today lasts at most."""
    return today(settings) + timedelta(days=MOST_SHARE_DAYS)


def _value(row: store.Share, made_by: str, *, by_right: bool = True) -> Share:
    return Share(
        id=row.id,
        region=row.region_code,
        parts=frozenset(Part(one) for one in row.parts),
        note=row.note,
        made_by=made_by,
        made_at=row.created_at,
        until=row.until_on,
        last_used=row.last_used_on,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        by_right=by_right,
    )


def shareable_regions(database: Database, kept_to: Sequence[str]) -> dict[str, Text]:
    """Return the regions that an account may share, by code, the narrowest first.

    Parameters
    ----------
    kept_to
        The regions that this account is kept to; none is everywhere.
    """
    with database.session() as session:
        own = _own(session, kept_to)
        return {
            one.code: Text(one.name_zh, one.name_en or one.name_zh)
            for one in sorted(
                region_names(session, outlined=False),
                key=lambda one: (-_WIDEST.index(one.level), one.code),
            )
            if own is None or one.code in own
        }


def _own(session: Session, kept_to: Sequence[str]) -> set[str] | None:
    """Return the regions that an account is kept to and all inside them; None is everywhere."""
    if not kept_to:
        return None
    return {code for one in kept_to for code in regions_below(session, one)}


def _check_own(session: Session, region: str | None, kept_to: Sequence[str]) -> None:
    own = _own(session, kept_to)
    if own is not None and region not in own:
        raise NotAllowedError(_NOT_OWN)


def make_share(
    database: Database,
    settings: Settings,
    by: str,
    region: str | None,
    parts: Collection[Part],
    note: str,
    until: date,
    kept_to: Sequence[str] = (),
) -> tuple[Share, str]:
    """Make a link; return it with what stands in it, the only time that this is known.

    Parameters
    ----------
    by
        Name of the account that shares.
    region
        None is the whole area.
    parts
        What is shared; at least one.
    note
        For whom it is.
    until
        The last day on which it opens.
    kept_to
        The regions that this account is kept to; none is everywhere.

    Raises
    ------
    InvalidValueError
        If region, parts, note or day are not accepted.
    NotAllowedError
        If the region is none of the account's.
    ConflictError
        If the account has too many links in force.
    """
    now, greatest = today(settings), greatest_last_day(settings)
    if not now <= until <= greatest:
        accepted = Text(f"{now} 到 {greatest} 的日期", f"a day from {now} to {greatest}")
        raise InvalidValueError("until", until.isoformat(), accepted)
    if not parts:
        raise InvalidValueError("part", "", Text("至少一项", "at least one of them"))
    note = note.strip()
    if not 1 <= len(note) <= MOST_SHARE_NOTE_CHARACTERS or not note.isprintable():
        most = MOST_SHARE_NOTE_CHARACTERS
        accepted = Text(f"给谁的，1 至 {most} 个字", f"for whom, 1 to {most} characters")
        raise InvalidValueError("note", note, accepted)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with database.session() as session:
        if region is not None and not regions_below(session, region):
            accepted = Text("已有区域的代码", "the code of a stored region")
            raise InvalidValueError("region", region[:40], accepted)
        _check_own(session, region, kept_to)
        maker = store.lock_shares(session, by)
        if maker is None:
            raise NotFoundError(Text("用户", "user"), by)
        if store.count_standing(session, maker.id, now) >= MOST_SHARES:
            raise ConflictError(
                Text(
                    f"已有 {MOST_SHARES} 个有效的分享链接；请先收回不用的。",
                    f"There are {MOST_SHARES} links in force already; revoke those that are not needed.",
                )
            )
        row = store.Share(
            user_id=maker.id,
            region_code=region,
            parts=sorted(parts),
            note=note,
            token_hash=_hash(token),
            until_on=until,
        )
        return _value(store.add_share(session, row), by), token


def list_shares(database: Database, kept_to: Sequence[str] = ()) -> list[Share]:
    """Return the links of an account's regions, those that are over too, the newest first."""
    with database.session() as session:
        found = [
            _value(row, maker.name, by_right=maker.active and _may_share(session, row, maker))
            for row, maker in store.list_shares(session, _MOST_LISTED)
        ]
        own = _own(session, kept_to)
    return [one for one in found if own is None or one.region in own]


def revoke_share(database: Database, number: int, by: str, kept_to: Sequence[str] = ()) -> None:
    """Revoke a link, from the next request on.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    NotAllowedError
        If its region is none of the account's.
    ConflictError
        If it is revoked already.
    """
    with database.session() as session:
        row = store.get_share(session, number) if 0 < number < 2**31 else None
        if row is None:
            raise NotFoundError(_LINK, str(number))
        _check_own(session, row.region_code, kept_to)
        if not store.revoke(session, number, by):
            raise ConflictError(
                Text(f"分享链接 {number} 已经收回。", f"Link {number} is revoked already.")
            )


def open_share(
    database: Database, settings: Settings, token: str, part: Part | None = None
) -> Share:
    """Return what a link opens, and note the day.

    Parameters
    ----------
    part
        What is asked for; None is the link's own page.

    Raises
    ------
    GoneError
        If it opens nothing, or not this: never made, run out and revoked are not told apart.
    TooOftenError
        If it is used more than `PER_MINUTE` times a minute.
    """
    if not _SHAPE.fullmatch(token):
        raise GoneError(_GONE)
    now, token_hash, wait = today(settings), _hash(token), 0.0
    try:
        with database.session() as session:
            share = _standing(session, token_hash, now)
            wait = store.take_place_of_share(session, share.id, PER_MINUTE)
            if wait == 0 and share.last_used != now:
                store.note_opened(session, share.id, now)
    except UnavailableError:
        # A full disk takes no count, and what is shared can be read all the same.
        with database.session() as session:
            share = _standing(session, token_hash, now)
    if wait:
        raise TooOftenError(_TOO_FAST, math.ceil(wait))
    if part is not None and part not in share.parts:
        raise GoneError(_GONE)
    return share


def _standing(session: Session, token_hash: bytes, now: date) -> Share:
    found = store.find_share(session, token_hash, now)
    if found is None:
        raise GoneError(_GONE)
    row, maker = found
    if not _may_share(session, row, maker):
        raise GoneError(_GONE)
    return _value(row, maker.name)


def _may_share(session: Session, row: store.Share, maker: store.AppUser) -> bool:
    """Tell whether whoever made a link may still share what it opens."""
    own = _own(session, maker.regions)
    if own is not None and row.region_code not in own:
        return False
    is_there = row.region_code is None or regions_below(session, row.region_code)
    return bool(is_there) and allows(Role(maker.role), Permission.PUBLISH)


def _hash(token: str) -> bytes:
    return sha256(token.encode("ascii")).digest()

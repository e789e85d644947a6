"""What is the matter with the database, in a sentence, and whether waiting may help."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from geoapp.core.errors import (
    FullDiskError,
    InvalidValueError,
    NotAllowedError,
    UnavailableError,
)
from geoapp.core.i18n import Text
from geoapp.core.words import STATUS_TEXT, Status

# A connection that is lost or refused, an administrator's shutdown, and no room for another one.
_AWAY = ("08", "57P01", "57P02", "57P03", "53")

INSUFFICIENT_PRIVILEGE: Final = "42501"
READ_ONLY: Final = "25006"
# Of these the trigger knows a number alone, which tells nothing (a new one was never shown).
_NUMBERED = {
    "geoapp_application_keeps_to_regions": Text(
        "这份申报的站点或单位", "The facility or organisation of this application"
    ),
    "geoapp_proposal_keeps_to_regions": Text("看板上的这处", "This site of the board"),
}
_OUTSIDE_REGIONS = "GA403"  # our own: raised by the trigger that keeps accounts to their regions
_DISORDER = "GA409"  # our own: raised where the dates of states contradict their order
_DISK_FULL = "53100"
_LIMIT = "53400"  # of the configuration; not over by itself, as others of this class

_UNREACHABLE = Text(
    "数据库暂时无法连接，请稍后再试。", "The database does not answer now; try again later."
)
DISK_IS_FULL: Final = Text(
    "数据库所在的磁盘已满，无法写入；请联系管理员清理磁盘。",
    "The disk of the database is full, so that nothing can be written; tell the operator.",
)
# PostgreSQL's class 53, insufficient resources: it answers, and says what it is short of.
_SHORT_OF = {
    "53200": Text(
        "数据库内存不足，请稍后再试，或联系管理员。",
        "The database is out of memory; try again later, or tell the operator.",
    ),
    "53300": Text(
        "数据库的连接数已满，请稍后再试，或联系管理员。",
        "The database has too many connections; try again later, or tell the operator.",
    ),
    "53": Text(
        "数据库的资源不足，请稍后再试，或联系管理员。",
        "The database is short of resources; try again later, or tell the operator.",
    ),
}

# The driver has no code for what a server says while it is being connected to, only its words; they are
# English unless the server was set to speak otherwise, and then the sentence is the plain one.
_REFUSED = (
    (
        re.compile(r"password authentication failed|no password supplied"),
        Text(
            "数据库不接受这个用户名或密码：请检查 DATABASE_URL。",
            "The database does not accept this user or password: check DATABASE_URL.",
        ),
    ),
    (
        re.compile(
            r'role ".*" does not exist|role ".*" is not permitted to log in|no pg_hba\.conf entry'
        ),
        Text(
            "数据库里没有这个用户，或不许它从这里连接：请检查 DATABASE_URL 和服务器的 pg_hba.conf。",
            "The database has no such user, or lets it in from elsewhere only: check DATABASE_URL and "
            "the server's pg_hba.conf.",
        ),
    ),
    (
        re.compile(r'database ".*" does not exist'),
        Text(
            "服务器上没有这个名称的数据库：请检查 DATABASE_URL，或先建库（createdb）。",
            "The server has no database of this name: check DATABASE_URL, or create it (createdb).",
        ),
    ),
    (
        re.compile(r"permission denied for database"),
        Text(
            "数据库用户没有连接这个库的权限：请授予权限（grant connect）。",
            "The user may not connect to this database: grant it the right (grant connect).",
        ),
    ),
)
# What may be over in a moment: a server that is not there yet, or is busy.
_MAY_PASS = (
    (re.compile(r"too many (clients|connections)|connection slots"), _SHORT_OF["53300"]),
    (
        re.compile(
            r"[Cc]onnection refused|Is the server running|could not translate|resolve|timeout expired|No route"
        ),
        Text(
            "数据库暂时无法连接：这个地址和端口没有应答。设了 DATABASE_URL 的，请检查；否则请稍后再试。",
            "The database does not answer now at this address and port. Check DATABASE_URL if it is "
            "set; otherwise try again later.",
        ),
    ),
)
_ACCEPTS_NO_WRITES = Text(
    "数据库是只读的，无法写入；请联系管理员（default_transaction_read_only，或连到了备用服务器）。",
    "The database is read-only, so that nothing can be written; tell the operator "
    "(default_transaction_read_only, or a standby server).",
)
_NO_RIGHTS = Text(
    "数据库用户没有所需的权限：请让它成为库的所有者，或授予权限（grant）。",
    "The user of the database lacks rights that are needed: make it the owner, or grant them.",
)


def is_connection_loss(error: BaseException) -> bool:
    """Tell whether an error of the driver means that the database is away, not that we erred."""
    if isinstance(error, PoolTimeoutError):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (
            error.orig is not None and is_connection_loss(error.orig)
        )
    if isinstance(error, psycopg.OperationalError):
        return error.sqlstate is None or error.sqlstate.startswith(_AWAY)
    return False


def is_refused(error: BaseException) -> bool:
    """Tell whether a server does not let us in: what no waiting mends, but another address or right."""
    return not _state(error) and any(pattern.search(str(error)) for pattern, _ in _REFUSED)


@contextmanager
def named_trouble(*states: str) -> Iterator[None]:
    """Say of the driver's errors within the block what is the matter with the database.

    Parameters
    ----------
    states
        Further SQLSTATEs that are the database's trouble here, and no error of ours.

    Raises
    ------
    UnavailableError
        In place of an error that means that the database cannot serve.
    NotAllowedError
        If who acts may not change what lies in that region.
    InvalidValueError
        If the dates of a facility's states would contradict their order.
    """
    try:
        yield
    except (DBAPIError, PoolTimeoutError, psycopg.Error) as error:
        if _state(error) == _OUTSIDE_REGIONS:
            raise _outside(error) from error
        if _state(error) == _DISORDER:
            raise _disorder(error) from error
        if not is_connection_loss(error) and _state(error) not in states:
            raise
        raise _unavailable(error) from error


def _state(error: BaseException) -> str:
    driver = error.orig if isinstance(error, DBAPIError) else error
    return getattr(driver, "sqlstate", None) or ""


def _outside(error: BaseException) -> NotAllowedError:
    """Return what to say to somebody who may change things in some regions only."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    said = driver.diag if isinstance(driver, psycopg.Error) else None
    code, zh, en, raised_in = (
        (said.message_primary, said.message_detail, said.message_hint, said.context or "")
        if said
        else ("", "", "", "")
    )
    what = next((text for name, text in _NUMBERED.items() if name in raised_in), None)
    what = what or Text(f"{code} ", f"{code}")
    return NotAllowedError(
        Text(
            f"{what.zh}不在您负责的区域内，没有改动任何内容。您可以修改：{zh}。",
            f"{what.en} lies outside your regions, and nothing was changed. You may edit in: {en}.",
        )
    )


def _disorder(error: BaseException) -> InvalidValueError:
    """Return what to say where a facility's states would come before those they follow."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(driver, psycopg.Error):
        raise TypeError(type(driver))
    code = driver.diag.message_primary or ""
    former, former_on = (driver.diag.message_detail or " ").split(" ", 1)
    later, later_on = (driver.diag.message_hint or " ").split(" ", 1)
    was, became = STATUS_TEXT[Status(former)], STATUS_TEXT[Status(later)]
    wrong = "closed_on" if later == Status.CLOSED else "opened_on"
    refused = InvalidValueError(wrong, later_on, Text("", ""))
    refused.text = Text(
        f"{code} 的日期前后矛盾：“{became.zh}”（{later_on}）在“{was.zh}”（{former_on}）之后，日期却更早。",
        f"The dates of {code} contradict each other: {later} ({later_on}) comes after {former} "
        f"({former_on}) and cannot begin before it.",
    )
    return refused


def _unavailable(error: BaseException) -> UnavailableError:
    """Return what to say of a database that cannot serve now, and whether waiting may help."""
    state, said = _state(error), str(error)
    if state == INSUFFICIENT_PRIVILEGE:
        return UnavailableError(_NO_RIGHTS)
    if state == READ_ONLY:
        return UnavailableError(_ACCEPTS_NO_WRITES)
    if state == _DISK_FULL:
        return FullDiskError(DISK_IS_FULL)
    short_of = _SHORT_OF.get(state) or _SHORT_OF.get(state[:2])
    if short_of is not None:
        return UnavailableError(short_of, may_pass=state != _LIMIT)
    if not state:
        for known, may_pass in ((_REFUSED, False), (_MAY_PASS, True)):
            for pattern, sentence in known:
                if pattern.search(said):
                    return UnavailableError(sentence, may_pass=may_pass)
    return UnavailableError(_UNREACHABLE, may_pass=True)

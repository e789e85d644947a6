"""A number that a document states of a promise, entered by hand, and taken away again."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Final

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_NAME_CHARACTERS, MOST_SOURCE_CHARACTERS
from geoapp.core.programmes import DIVIDED, UNIT_TEXT, Unit
from geoapp.core.settings import Settings
from geoapp.operations.facilities.read import parse_as_of
from geoapp.operations.moment import past_day, today
from geoapp.operations.programmes.read import INDICATOR, PROGRAMME
from geoapp.store.engine import Database
from geoapp.store.programmes.read import documents_by_code, list_indicators, list_programmes
from geoapp.store.programmes.write import (
    add_document,
    entered_facts,
    insert_fact,
    lock_programmes,
    remove_fact,
)

FIELDS: Final = (
    "value",
    "as_of",
    "document",
    "title_zh",
    "title_en",
    "issuer_zh",
    "published_on",
    "place",
)
_MOST: Final = 1e15
# All others count what there are no parts of.
_FACT = Text("公布的数", "fact")
_CHANGED = Text(
    "您打开页面之后，别人登记或撤下了这项承诺的数；请看过现在的，再登记。",
    "Since you opened the page, somebody has entered or taken away a number of this promise; look at "
    "what stands there now, then enter yours.",
)


def add_fact(
    database: Database,
    settings: Settings,
    programme: str,
    indicator: str,
    given: Mapping[str, str],
    by: str,
    seen: frozenset[int] | None = None,
) -> None:
    """Store what a document states of a promise; the document is one that is known, or a new one.

    Parameters
    ----------
    given
        Of `FIELDS`, as a form sends them: a number, the day that it is of, and either the code of a
        known document or the title of another.
    by
        Who enters it.
    seen
        The numbers (ids) entered by hand that whoever asks has seen; None does not ask.

    Raises
    ------
    NotFoundError
        If there is no such programme or promise.
    InvalidValueError
        Naming the first value that is not accepted; nothing is stated of a day to come, or of one
        after its document's.
    ConflictError
        If this document's number for this day is entered already, or what is entered for the promise
        has changed since it was seen.
    """
    with database.session() as session:
        lock_programmes(session)
        if not list_programmes(session, programme):
            raise NotFoundError(PROGRAMME, programme)
        found = [one for one in list_indicators(session, programme) if one.code == indicator]
        if not found:
            raise NotFoundError(INDICATOR, indicator)
        one = found[0]
        if seen is not None and seen != entered_facts(session, programme, indicator):
            raise ConflictError(_CHANGED)
        value = _number(given.get("value", ""), one.unit)
        as_of, _ = parse_as_of(given.get("as_of", ""), settings.timezone)
        place = _words("place", given.get("place", ""), MOST_SOURCE_CHARACTERS)
        documents = documents_by_code(session)
        document = given.get("document", "").strip()
        if document and document not in documents:
            raise InvalidValueError(
                "document", document, Text("已有文件的编号", "the code of a known document")
            )
        if not document:
            title = _words("title_zh", given.get("title_zh", ""), MOST_SOURCE_CHARACTERS)
            if title is None:
                raise InvalidValueError(
                    "title_zh",
                    "",
                    Text("一份文件：已有的，或新文件的标题", "a document: a known one, or a title"),
                )
            said = given.get("published_on", "").strip()
            published = _day("published_on", said, settings) if said else None
            issuer = _words("issuer_zh", given.get("issuer_zh", ""), MOST_NAME_CHARACTERS)
            # The same title, issuer and day are the same document, and not stored again.
            document = next(
                (
                    code
                    for code, known in documents.items()
                    if published is not None
                    and (known.title_zh, known.issuer_zh, known.published_on)
                    == (title, issuer, published)
                ),
                "",
            ) or add_document(
                session,
                programme,
                {
                    "title_zh": title,
                    "title_en": _words(
                        "title_en", given.get("title_en", ""), MOST_SOURCE_CHARACTERS
                    )
                    or title,
                    "issuer_zh": issuer,
                    "published_on": published,
                },
            )
        else:
            published = documents[document].published_on
        if published is not None and as_of > published:
            accepted = Text(
                f"不晚于文件发布日期（{published}）的日期",
                f"a day no later than that of the document ({published})",
            )
            raise InvalidValueError("as_of", as_of.isoformat(), accepted)
        inserted = insert_fact(
            session,
            {
                "programme_code": programme,
                "indicator_code": indicator,
                "as_of": as_of,
                "value": value,
                "unit": str(one.unit),
                "document_code": document,
                "place": place,
                "entered_by": by,
            },
        )
        if not inserted:
            raise ConflictError(
                Text(
                    "这份文件在这一天的数已经登记；要改请先撤下。",
                    "This document's number for this day is entered already; take it away first.",
                )
            )


def take_fact(database: Database, programme: str, indicator: str, number: int) -> None:
    """Take away a number that was entered by hand; an undo brings it back.

    Raises
    ------
    NotFoundError
        If the promise has no such number, or it came with the plan's file.
    """
    with database.session() as session:
        if not remove_fact(session, programme, indicator, number):
            raise NotFoundError(_FACT, str(number))


def _number(given: str, unit: Unit) -> float:
    most = 100.0 if unit is Unit.PER_CENT else _MOST
    try:
        value = float(given.strip().replace(",", "").replace("，", ""))
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        accepted = Text(f"0 至 {most:,.0f} 的数", f"a number from 0 to {most:,.0f}")
        raise InvalidValueError("value", given, accepted)
    if unit not in DIVIDED and not value.is_integer():
        zh, _, many = UNIT_TEXT[unit]
        raise InvalidValueError(
            "value", given, Text(f"整数：单位是{zh}", f"a whole number: it counts {many}")
        )
    return value


def _day(name: str, given: str, settings: Settings) -> date:
    now = today(settings)
    try:
        return past_day(date.fromisoformat(given), now)
    except (ValueError, InvalidValueError):
        accepted = Text(
            f"不晚于今天（{now}）的日期，如 2025-12-31",
            f"a date such as 2025-12-31, no later than today ({now})",
        )
        raise InvalidValueError(name, given, accepted) from None


def _words(name: str, given: str, most: int) -> str | None:
    words = given.strip()
    if len(words) > most or "\x00" in words:
        accepted = Text(f"至多 {most} 个字", f"at most {most} characters")
        raise InvalidValueError(name, words, accepted)
    return words or None

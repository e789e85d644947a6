"""The title of an application: given, taken back, rated year by year."""

from collections.abc import Mapping
from datetime import date

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.schemes import Act, Stage
from geoapp.core.settings import Settings
from geoapp.operations.applications.read import Known, known_application
from geoapp.operations.applications.steps import (
    check_allowed,
    check_day,
    future,
    known_codes,
    reachable,
    step,
    under_heads,
)
from geoapp.operations.applications.write import check_note
from geoapp.operations.deciders import check_act
from geoapp.operations.moment import today
from geoapp.reports.words import applications as words
from geoapp.store.applications.read import recognitions_of, steps_of
from geoapp.store.applications.write import (
    add_recognition,
    revoke_recognition,
    write_rating,
)
from geoapp.store.engine import Database, Session

RATED = frozenset({Stage.APPROVED, Stage.RECOGNISED, Stage.SUSPENDED})


def recognise(
    database: Database,
    settings: Settings,
    number: int,
    *,
    given_on: date,
    until_on: date | None,
    document: str,
) -> None:
    """Give the title of the scheme, or give it again for a further time.

    Raises
    ------
    NotFoundError
        If there is no such application.
    NotAllowedError
        If the scheme leaves it to somebody whose rights who asks does not have.
    ConflictError
        If the state does not allow it, the document has no title, or one is in force on these days.
    InvalidValueError
        Naming a value that is not accepted.
    """
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        check_act(session, known.scheme, Act.RECOGNISE)
        title = known.scheme.title_of(known.record.track)
        if title is None:
            raise ConflictError(
                Text(
                    f"文件没有为“{known.track.zh}”规定称号。",
                    f"The document has no title for a {known.track.en}.",
                )
            )
        if known.stage is not Stage.RECOGNISED:
            check_allowed(known, known.scheme.first(Stage.RECOGNISED))
        if known.stage is Stage.SUSPENDED:
            raise ConflictError(
                Text(
                    "暂停期间不授予称号；请先恢复。",
                    "No title is given while suspended; resume first.",
                )
            )
        if until_on is not None and until_on < given_on:
            raise InvalidValueError(
                "until_on", until_on, Text("不早于认定之日", "a day no earlier than the first")
            )
        source = check_note("document", document, required=True)
        check_day(session, settings, number, "given_on", given_on)
        for one in recognitions_of(session, [number]):
            if one.in_force(given_on):
                raise ConflictError(
                    Text(
                        f"{one.given_on} 的认定在该日仍有效。",
                        f"The recognition of {one.given_on} is in force on that day.",
                    )
                )
        add_recognition(
            session,
            {
                "application_id": number,
                "title": title.code,
                "given_on": given_on,
                "until_on": until_on,
                "document": source,
            },
        )
        if known.stage is not Stage.RECOGNISED:
            step(session, known, reachable(known, Stage.RECOGNISED), given_on, source)


def revoke(
    database: Database,
    settings: Settings,
    number: int,
    recognition: int,
    *,
    on_day: date,
    reason: str,
) -> None:
    """Take a title back; the application is approved for building again.

    Raises
    ------
    NotFoundError
        If there is no such application, or it has no such recognition.
    NotAllowedError
        If the scheme leaves it to somebody whose rights who asks does not have.
    ConflictError
        If the recognition is not in force, or the state does not allow it.
    InvalidValueError
        Naming a value that is not accepted.
    """
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        check_act(session, known.scheme, Act.REVOKE)
        found = [one for one in recognitions_of(session, [number]) if one.id == recognition]
        if not found:
            raise NotFoundError(Text("认定", "recognition"), str(recognition))
        said = check_note("reason", reason, required=True) or ""
        check_day(session, settings, number, "on_day", on_day)
        if found[0].revoked_on is not None or on_day < found[0].given_on:
            raise ConflictError(
                Text("这项认定在该日无效或已撤销。", "It is not in force on that day, or revoked.")
            )
        revoke_recognition(session, recognition, on_day, said)
        left = [
            one
            for one in recognitions_of(session, [number])
            if one.id != recognition and one.in_force(on_day)
        ]
        if known.stage is Stage.RECOGNISED and not left:
            step(session, known, reachable(known, Stage.APPROVED), on_day, said)


def rate(
    database: Database,
    settings: Settings,
    number: int,
    *,
    year: int,
    heads: Mapping[str, str],
    grade: str,
    note: str | None,
    rated_on: date,
) -> None:
    """Store the rating of a year, or change the one that is there.

    Raises
    ------
    NotFoundError
        If there is no such application.
    NotAllowedError
        If the scheme leaves it to somebody whose rights who asks does not have.
    ConflictError
        If it is not approved or recognised.
    InvalidValueError
        Naming a value that is not accepted.
    """
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        check_act(session, known.scheme, Act.RATE)
        if known.stage not in RATED:
            raise ConflictError(
                Text(
                    f"申报 {number} 现为“{known.state.zh}”，不作年度评定。",
                    f"Application {number} is {known.state.en} and is not rated.",
                )
            )
        day = today(settings)
        first = _first_rated(session, known)
        if not first <= year <= day.year:
            raise InvalidValueError("year", year, words.rated_years(first, day.year))
        if rated_on > day:
            raise future("rated_on", rated_on)
        known_codes("grade", known.scheme.rating.grades, {grade: True})
        write_rating(
            session,
            {
                "application_id": number,
                "year": year,
                "heads": under_heads(known.scheme.rating.heads, heads),
                "grade": grade,
                "note": check_note("note", note),
                "rated_on": rated_on,
            },
        )


def _first_rated(session: Session, known: Known) -> int:
    """Return the year of the first title, or of the approval while none was given."""
    days = [one.given_on for one in recognitions_of(session, [known.record.id])] or [
        one.on_day
        for one in steps_of(session, [known.record.id])
        if known.scheme.state(one.after).stage in RATED
    ]
    return min(days, default=known.scheme.document.published_on).year

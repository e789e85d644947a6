"""Drafts of imports: kept for their owner alone, changed choice by choice, applied once or given up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geoapp.core.acting import Via, act, acting
from geoapp.core.errors import ConflictError, NotFoundError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.open import open_table, sheets_of
from geoapp.operations.imports.choices import (
    DraftChoices,
    headings_key,
)
from geoapp.operations.imports.habits import keep_habits, remembered
from geoapp.operations.imports.kept_files import (
    checked_name,
    found_file,
    give_up_file,
    keep_file,
    own_files,
)
from geoapp.operations.imports.review import (
    Checked,
    Located,
    Understood,
    check,
    draft_file,
    locate,
    rejected_file,
    understand,
    write,
)
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.differences import Listing
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.import_drafts import (
    ImportDraft,
    facilities_version,
    list_senders,
)

MOST_REJECTS_TOLD: Final = 200
_KIND: Final = "facilities"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is now; ``done`` is what became of it, None before it is applied.

    ``content`` is its file; once applied, that of the rows that were rejected, if there were any.
    """

    number: int
    name: str
    content: bytes
    choices: DraftChoices
    done: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Look:
    """What an import would change, and by what a change of it or of the register since then shows."""

    checked: Checked
    seen: str


def own_drafts(database: Database, user_id: int) -> list[ImportDraft]:
    """Return somebody's drafts that are not applied yet, the latest first."""
    return own_files(database, user_id, _KIND)


def known_senders(database: Database) -> list[str]:
    """Return of whom lists were imported before."""
    with database.session() as session:
        return list_senders(session)


def keep_draft(
    database: Database, user_id: int, name: str, content: bytes, choices: DraftChoices
) -> int:
    """Keep a file as a draft, once it can be read, and return its number.

    Raises
    ------
    InvalidValueError
        If the suffix is none of a known format.
    UnusableInputError
        If the file is too large or cannot be used, or there are too many drafts already.
    """
    name = checked_name(name, content)
    columns: list[str] = []
    with draft_file(name, content) as path:
        sheets = sheets_of(path)
        try:
            table = open_table(path, layer="facilities", encoding=choices.encoding, crs=choices.crs)
            columns = table.columns
        except UnusableInputError:
            # Which of several sheets is meant, the next page asks.
            if len(sheets) < 2:
                raise
    with database.session() as session:
        choices = remembered(session, columns, choices)
        return keep_file(session, user_id, _KIND, name, content, choices.stored())


def read_draft(database: Database, user_id: int, number: int) -> Draft:
    """Return somebody's own draft.

    Raises
    ------
    NotFoundError
        If there is none: it is another's, was given up, or has run out.
    """
    with database.session() as session:
        return _draft(found_file(session, user_id, _KIND, number))


def change_draft(database: Database, user_id: int, number: int, choices: DraftChoices) -> None:
    """Keep other choices of a draft that is not applied yet.

    Raises
    ------
    NotFoundError
        If there is no such draft.
    """
    with database.session() as session:
        row = found_file(session, user_id, _KIND, number, lock=True)
        if row.done is None:
            row.choices = choices.stored()


def give_up(database: Database, user_id: int, number: int) -> None:
    """Delete a draft with its file.

    Raises
    ------
    NotFoundError
        If there is no such draft.
    """
    give_up_file(database, user_id, _KIND, number)


def read_anew(
    database: Database, draft: Draft, *, sheet: str | None, header: int | None
) -> DraftChoices:
    """Return the choices where another sheet or header row is read: all others begin anew.

    Raises
    ------
    GeoappError
        If it cannot be read.
    """
    fresh = DraftChoices(
        sheet=sheet,
        header=header,
        encoding=draft.choices.encoding,
        crs=draft.choices.crs,
        sender=draft.choices.sender,
    )
    with draft_file(draft.name, draft.content) as path, database.session() as session:
        columns = understand(session, path, fresh).table.columns
        return remembered(session, columns, fresh)


def columns_of(database: Database, draft: Draft) -> Understood:
    """Return how a draft's columns are read.

    Raises
    ------
    GeoappError
        If it cannot be read as chosen.
    """
    with draft_file(draft.name, draft.content) as path, database.session() as session:
        return understand(session, path, draft.choices)


def sheets_in(draft: Draft) -> list[str]:
    """Return the names of a file's sheets or layers; nothing for a file of one table."""
    with draft_file(draft.name, draft.content) as path:
        return sheets_of(path)


def positions_of(
    database: Database, settings: Settings, draft: Draft
) -> tuple[Understood, Located]:
    """Return how a draft's columns are read, and where its rows lie.

    Raises
    ------
    GeoappError
        If it cannot be read as chosen.
    """
    with draft_file(draft.name, draft.content) as path, database.session() as session:
        understood = understand(session, path, draft.choices)
        return understood, locate(session, settings, understood, draft.choices)


def look(
    database: Database,
    settings: Settings,
    draft: Draft,
    *,
    regions: Sequence[str],
    offsets: Mapping[Listing, int] | None = None,
    most: int = 100,
) -> Look:
    """Tell what an import of a draft would change.

    Parameters
    ----------
    regions
        Codes of the regions that the draft's owner is kept to; none = everywhere.
    offsets
        Of which facilities are new, change and stay: how many are passed over; None = none are listed.
    most
        How many are listed of each.

    Raises
    ------
    GeoappError
        If it cannot be read as chosen.
    """
    with (
        act(via=Via.WEB, regions=tuple(regions)),
        draft_file(draft.name, draft.content) as path,
        database.session() as session,
    ):
        seen = _seen(session, draft.choices)
        checked = check(session, settings, path, draft.choices, offsets=offsets or {}, most=most)
        return Look(checked, seen)


def rejects_of(
    database: Database, settings: Settings, draft: Draft, *, regions: Sequence[str]
) -> tuple[str, bytes]:
    """Return a draft's rejected rows as a file to be mended and imported, with its name.

    Raises
    ------
    NotFoundError
        If none is rejected.
    GeoappError
        If it cannot be read as chosen.
    """
    if draft.done is not None:
        found = (draft.done["rejects"], draft.content) if "rejects" in draft.done else None
    else:
        with (
            act(via=Via.WEB, regions=tuple(regions)),
            draft_file(draft.name, draft.content) as path,
            database.session() as session,
        ):
            checked = check(session, settings, path, draft.choices, offsets={}, most=0)
            found = rejected_file(checked, path)
    if found is None:
        raise NotFoundError(Text("被拒绝的行", "rejected rows"), draft.name)
    return found


def apply_draft(
    database: Database, settings: Settings, user_id: int, number: int, *, seen: str, by: str
) -> dict[str, Any]:
    """Import a draft in one transaction and return what became of it.

    Its file goes; the rows that were rejected are kept as a file of their own, as long as the draft.

    Parameters
    ----------
    seen
        What `look` said; where the register or the choices changed since, nothing is done.

    Raises
    ------
    ConflictError
        If something changed since, or is to be decided yet.
    NotFoundError
        If there is no such draft.
    """
    name = read_draft(database, user_id, number).name
    with act(via=Via.IMPORT, reason=name), database.session() as session:
        row = found_file(session, user_id, _KIND, number, lock=True)
        if row.done is not None:
            return row.done
        draft = _draft(row)
        # Nobody changes the register between this and the end.
        lock_facilities(session)
        if _seen(session, draft.choices) != seen:
            raise ConflictError(
                Text(
                    "您看过之后，登记册或这份草稿又有改动；请看过下面的新结果再导入。",
                    "The register or this draft has changed since you looked: look at the new result "
                    "below before you import.",
                )
            )
        with draft_file(draft.name, draft.content) as path:
            checked = write(session, settings, path, draft.choices)
            rejects = rejected_file(checked, path)
        if checked.undecided:
            raise ConflictError(
                Text(
                    "还有可能重复的行没有决定。",
                    "Rows that may be there twice are to be decided yet.",
                )
            )
        row.done = _done(checked, draft.choices)
        if rejects is not None:
            row.done["rejects"] = rejects[0]
        row.content = None if rejects is None else rejects[1]
        keep_habits(session, _headings(checked), draft.choices, by)
        return row.done


def _headings(checked: Checked) -> list[str]:
    return checked.understood.table.columns


def _done(checked: Checked, choices: DraftChoices) -> dict[str, Any]:
    reading, counts = checked.reading, checked.counts
    return {
        "read": reading.read,
        "inserted": counts.inserted,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "skipped": len(choices.skipped),
        "change_set": counts.change_set,
        "rejected": [
            {"line": one.line, "zh": problem.text.zh, "en": problem.text.en}
            for one in reading.rejected[:MOST_REJECTS_TOLD]
            for problem in one.problems
        ],
        "rejected_count": len(reading.rejected),
    }


def _seen(session: Session, choices: DraftChoices) -> str:
    version, who = facilities_version(session), acting()
    regions = () if who is None else who.regions
    return f"{version}-{headings_key([choices.model_dump_json(), *regions]).hex()[:16]}"


def _draft(row: ImportDraft) -> Draft:
    choices = DraftChoices.model_validate(row.choices)
    return Draft(row.id, row.file_name, row.content or b"", choices, row.done)

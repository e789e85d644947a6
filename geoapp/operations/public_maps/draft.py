"""A public map's list sent in the browser: looked at first, then made the map's list, or given up."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from geoapp.analysis.public_maps import Named, likely_pairs
from geoapp.core.errors import NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.public_maps import PUBLIC_MAP_DATUM, PublicMap
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.importers.open import check_suffix
from geoapp.importers.rows.listings import ListingRow, read_listings
from geoapp.importers.together import open_sheets
from geoapp.operations.facilities.read import check_region
from geoapp.operations.imports.drafts import MOST_REJECTS_TOLD
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.kept_files import (
    checked_name,
    found_file,
    give_up_file,
    keep_file,
    own_files,
)
from geoapp.operations.imports.report import ImportOptions, ImportReport, place_rules
from geoapp.operations.imports.review import draft_file
from geoapp.reports.words import public_maps as words
from geoapp.store.engine import Database
from geoapp.store.import_drafts import ImportDraft
from geoapp.store.public_maps import own_facilities, write_covers

_KIND: Final = "public-map"
_READ_AS: Final = (Datum.GCJ02, Datum.BD09, Datum.WGS84)


class MapChoices(BaseModel):
    """How a list is to be taken; ``datum`` None is the map's own, ``covers`` None is not known."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    map: PublicMap
    datum: Datum | None = None
    covers: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    anywhere: bool = False

    def options(self, *, dry_run: bool) -> ImportOptions:
        """Return the same as options of an import."""
        return ImportOptions(
            public_map=self.map,
            datum=self.datum,
            covers=self.covers,
            encoding=self.encoding,
            sheet=self.sheet,
            anywhere=self.anywhere,
            dry_run=dry_run,
        )

    @property
    def read_in(self) -> Datum | None:
        """The datum that the list is read in; None if another map's is not stated."""
        return self.datum or PUBLIC_MAP_DATUM.get(self.map)


@dataclass(frozen=True, slots=True)
class MapDraft:
    """A list that was sent; ``done`` is what became of it, None before it is imported.

    ``content`` is its file; once imported, that of the rows that were rejected, if there were any.
    """

    number: int
    name: str
    content: bytes
    choices: MapChoices
    done: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a list agrees with the register when it is read in a datum.

    ``same`` listings have the name of a facility within a kilometre, half of them within
    ``median_m`` metres of it; None where there is no such listing.
    """

    datum: Datum
    same: int
    median_m: float | None


@dataclass(frozen=True, slots=True)
class MapLook:
    """What an import would change, in which datum the list agrees best, and its good rows.

    ``report`` is None and there are no rows as long as another map's datum is not stated.
    """

    report: ImportReport | None
    fits: tuple[Fit, ...]
    rows: list[ListingRow]


def own_map_drafts(database: Database, user_id: int) -> list[ImportDraft]:
    """Return somebody's lists that are not imported yet, the latest first."""
    return own_files(database, user_id, _KIND)


def keep_map_draft(
    database: Database, user_id: int, name: str, content: bytes, choices: MapChoices
) -> int:
    """Keep a list that was sent, once its suffix is one that can be read; return its number.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix, or there is no such region.
    UnusableInputError
        If the file is too large, or there are too many drafts already.
    """
    name = checked_name(name, content)
    with draft_file(name, content) as path:
        check_suffix(path)
    with database.session() as session:
        check_region(session, choices.covers)
        return keep_file(session, user_id, _KIND, name, content, choices.model_dump(mode="json"))


def read_map_draft(database: Database, user_id: int, number: int) -> MapDraft:
    """Return somebody's own list.

    Raises
    ------
    NotFoundError
        If there is none: it is another's, was given up, or has run out.
    """
    with database.session() as session:
        row = found_file(session, user_id, _KIND, number)
        choices = MapChoices.model_validate(row.choices)
        return MapDraft(row.id, row.file_name, row.content or b"", choices, row.done)


def change_map_draft(database: Database, user_id: int, number: int, choices: MapChoices) -> None:
    """Keep other choices of a list that is not imported yet.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    NotFoundError
        If there is no such draft.
    """
    with database.session() as session:
        check_region(session, choices.covers)
        row = found_file(session, user_id, _KIND, number, lock=True)
        if row.done is None:
            row.choices = choices.model_dump(mode="json")


def give_up_map_draft(database: Database, user_id: int, number: int) -> None:
    """Delete a list that was sent.

    Raises
    ------
    NotFoundError
        If there is no such draft.
    """
    give_up_file(database, user_id, _KIND, number)


def look_at_map_draft(database: Database, settings: Settings, draft: MapDraft) -> MapLook:
    """Tell what an import of a list would change; nothing is changed.

    Raises
    ------
    GeoappError
        If it cannot be read as chosen.
    """
    with draft_file(draft.name, draft.content) as path:
        report = None
        if draft.choices.read_in is not None:
            options = draft.choices.options(dry_run=True)
            report = import_file(database, settings, _KIND, path, options)
        table = open_sheets(
            path, layer=_KIND, encoding=draft.choices.encoding, sheet=draft.choices.sheet
        )
        records = list(table.records)
    with database.snapshot() as session:
        rules = place_rules(session, settings, draft.choices.options(dry_run=True))
        placed = [one for one in own_facilities(session) if one.lon is not None]
    own = Named(
        [one.name_zh for one in placed],
        np.array([one.lon for one in placed], dtype=np.float64),
        np.array([one.lat for one in placed], dtype=np.float64),
    )
    read = {
        datum: read_listings(
            replace(table, records=iter(records)), replace(rules, datum=datum)
        ).rows
        for datum in dict.fromkeys((*_READ_AS, draft.choices.read_in))
        if datum is not None
    }
    fits = tuple(_fit(datum, rows, own) for datum, rows in read.items())
    chosen = draft.choices.read_in
    return MapLook(report, fits, [] if chosen is None else read[chosen])


def import_map_draft(
    database: Database, settings: Settings, user_id: int, number: int
) -> dict[str, Any]:
    """Make a list that was sent the map's list, and return what became of it.

    Pressed twice, it is imported twice to the same end.

    Raises
    ------
    NotFoundError
        If there is no such draft.
    GeoappError
        If it cannot be used; the list that there is stays then.
    """
    draft = read_map_draft(database, user_id, number)
    if draft.done is not None:
        return draft.done
    with draft_file(draft.name, draft.content) as path:
        report = import_file(database, settings, _KIND, path, draft.choices.options(dry_run=False))
        rejects = report.rejects_path
        refused = None if rejects is None else (rejects.name, rejects.read_bytes())
    done = _done(report)
    with database.session() as session:
        row = found_file(session, user_id, _KIND, number, lock=True)
        row.done = done | ({} if refused is None else {"rejects": refused[0]})
        row.content = None if refused is None else refused[1]
        return row.done


def state_covers(database: Database, public_map: PublicMap, covers: str | None) -> None:
    """State which region a map's list covers whole; None is that nobody knows.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    NotFoundError
        If no list of this map was read.
    """
    with database.session() as session:
        check_region(session, covers)
        if not write_covers(session, public_map, covers):
            raise NotFoundError(words.list_of(public_map))


def check_everywhere(regions: tuple[str, ...]) -> None:
    """Raise `NotAllowedError` for an account that is kept to regions: a list is of all of them."""
    if regions:
        raise NotAllowedError(
            Text(
                "地图名录全市共用，限定区域的账号不能更换。",
                "A map's list is for all regions; an account that is kept to some cannot change it.",
            )
        )


def _fit(datum: Datum, rows: list[ListingRow], own: Named) -> Fit:
    listed = Named(
        [one.name for one in rows],
        np.array([one.lon for one in rows], dtype=np.float64),
        np.array([one.lat for one in rows], dtype=np.float64),
    )
    nearest: dict[int, float] = {}
    for pair in likely_pairs(listed, own):
        if pair.telling and pair.alike == 1.0:
            known = nearest.get(pair.listing, pair.distance_m)
            nearest[pair.listing] = min(known, pair.distance_m)
    median = float(np.median(list(nearest.values()))) if nearest else None
    return Fit(datum, len(nearest), median)


def told_problems(report: ImportReport) -> list[tuple[int, Text]]:
    """Return what is wrong by line; what two cells of a row have in common is told once."""
    return list(dict.fromkeys((one.line, one.text) for one in report.problems))


def _done(report: ImportReport) -> dict[str, Any]:
    return {
        "read": report.read,
        "inserted": report.inserted,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected_count": report.rejected,
        "rejected": [
            {"line": line, "zh": text.zh, "en": text.en}
            for line, text in told_problems(report)[:MOST_REJECTS_TOLD]
        ],
        "hints": [{"zh": one.zh, "en": one.en} for one in report.hints],
    }

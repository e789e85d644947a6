"""Lists of what a public map has: places by the map's own code, with a name and a status."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS
from geoapp.core.public_maps import LISTED_STATUS_TEXT, LISTED_STATUS_WORDS, ListedStatus
from geoapp.core.simplified import simplified
from geoapp.core.units import counted
from geoapp.core.vocabulary import letters_and_digits
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Findings, Reading
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import LISTING_COLUMNS, Column
from geoapp.importers.rows.headings import match_header, require_columns
from geoapp.importers.rows.place_checks import PlaceRules
from geoapp.importers.rows.points import cell_of, position_columns, read_points

_STATUSES: Final = cells.word_index(LISTED_STATUS_TEXT, LISTED_STATUS_WORDS)[0]


@dataclass(frozen=True, slots=True)
class ListingRow:
    """A place on a map, WGS-84; ``status`` is None where the map does not say.

    ``listing`` is the map's own code, or made of the name and address where the list has no codes.
    """

    line: int
    listing: str
    name: str
    address: str | None
    status: ListedStatus | None
    lon: float
    lat: float


def read_listings(table: Table, rules: PlaceRules) -> Reading[ListingRow]:
    """Understand the rows of a list; an area lends a point inside it.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """
    header = match_header(table.columns, LISTING_COLUMNS)
    required = ("name", *position_columns(table, header))
    require_columns(header, LISTING_COLUMNS, required, _way_out)
    seen: dict[str, int] = {}
    unread: set[int] = set()
    unnamed: set[int] = set()

    def understand(found: Findings, row: list[Any]) -> tuple[Any, ...]:
        before = len(found.problems)
        name = cells.read_text(found, "name", cell_of(row, header, "name"))
        cells.required(found, "name", "名称", name, before)
        address = cells.read_text(found, "address", cell_of(row, header, "address"))
        given = cell_of(row, header, "listing")
        listing = cells.read_code(found, "listing", given, MOST_CODE_CHARACTERS)
        if listing is None and name is not None and cells.as_text(given) is None:
            listing = _own_code(name, address)
            unnamed.add(found.line)
        if listing is not None:
            first = seen.setdefault(listing, found.line)
            if first != found.line:
                found.add(
                    "listing",
                    listing,
                    "duplicate_code",
                    f"与第 {first} 行是同一条（条目编号，或名称和地址，相同）。",
                    f"The same as line {first}: by its code, or by name and address.",
                )
        status = _status(cells.read_text(found, "status", cell_of(row, header, "status")))
        if status == "":
            unread.add(found.line)
        return listing, name, address, status or None

    values, positions, accepted, reading = read_points(table, rules, header, understand)
    for number, line in accepted:
        listing, name, address, status = values[number]
        lon, lat = float(positions.lon[number]), float(positions.lat[number])
        reading.rows.append(ListingRow(line, listing, name, address, status, lon, lat))
    lines = {line for _, line in accepted}
    return replace(reading, hints=(*reading.hints, *_told(unnamed & lines, unread & lines)))


def _way_out(missing: Sequence[Column]) -> Text:
    if not {one.name for one in missing} & {"lon", "lat"}:
        return Text("", "")
    return Text(
        "名录按位置与站点对照，只有名称和地址的不能核对：请从这个地图导出带经纬度的名录。",
        "A list is held against the register by position, and names with addresses alone cannot be: export one "
        "with longitude and latitude from the map.",
    )


def _own_code(name: str, address: str | None) -> str:
    """Return a code that stays as long as name and address do."""
    words = "\n".join(letters_and_digits(simplified(one or "")) for one in (name, address))
    return f"~{hashlib.sha256(words.encode()).hexdigest()[:20]}"


def _status(words: str | None) -> ListedStatus | str | None:
    """Return what is said of a place; None is nothing, and an empty text what is not understood."""
    if words is None:
        return None
    folded = simplified(words).casefold()
    return _STATUSES.get(folded) or next(
        (one for word, one in LISTED_STATUS_WORDS.items() if folded.startswith(word)), ""
    )


def _told(unnamed: set[int], unread: set[int]) -> list[Text]:
    told = []
    if unnamed:
        many = counted(len(unnamed), "条", "listing")
        told.append(
            Text(
                f"{many.zh}没有条目编号，凭名称和地址认；其中一样改了，就算另一条。",
                f"{many.en} without a code, known again by name and address: where either changes, "
                "it is another one.",
            )
        )
    if unread:
        many = counted(len(unread), "条", "listing")
        told.append(
            Text(
                f"{many.zh}的状态读不懂，按未知。",
                f"{many.en} with a status that is not understood; it is taken as unknown.",
            )
        )
    return told

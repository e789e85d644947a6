"""Organisation files: who they are, in which region, by whose document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.words import ORGANISATION_KIND_TEXT, OrganisationKind
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.problems import Findings, Reading, Rejected
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import ORGANISATION_COLUMNS, further_names
from geoapp.importers.rows.headings import Header, match_header, require_columns
from geoapp.importers.rows.region_names import OR_BLANK, RegionNames, read_region

_KINDS, _KINDS_ACCEPTED = cells.word_index(
    ORGANISATION_KIND_TEXT,
    {
        "工会组织": OrganisationKind.UNION,
        "公司": OrganisationKind.ENTERPRISE,
        "工业园区": OrganisationKind.PARK,
        "产业园区": OrganisationKind.PARK,
        "公益合作伙伴": OrganisationKind.PARTNER,
        "关爱职工公益伙伴": OrganisationKind.PARTNER,
        "媒体": OrganisationKind.MEDIA,
    },
)
_TEXTS = (
    "name_en",
    "group_name",
    "listed_as",
    "listed_under",
    "document",
    "place_in_document",
    "source",
)
_Draft = tuple[Record, Findings, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as a file states it; ``None`` is unknown."""

    line: int
    code: str
    kind: OrganisationKind
    name_zh: str
    name_en: str | None
    region: str | None
    group_name: str | None
    parent: str | None
    listed_as: str | None
    listed_under: str | None
    document: str | None
    document_on: date | None
    place_in_document: str | None
    source: str | None


def read_organisations(
    table: Table, regions: RegionNames, stored_parents: Mapping[str, str | None]
) -> Reading[OrganisationRow]:
    """Understand the rows of an organisation file.

    The region is the stated one alone. A name tells nothing of where an organisation is: an
    institute of one district may be listed under another.

    Parameters
    ----------
    regions
        The regions in the store.
    stored_parents
        The parent of each organisation in the store, by code; None where it has none.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """
    header = match_header(
        table.columns, ORGANISATION_COLUMNS, further=further_names("organisations")
    )
    require_columns(header, ORGANISATION_COLUMNS, ("code", "kind", "name_zh"))
    drafts: list[_Draft] = []
    seen: dict[str, int] = {}
    for record in table.records:
        found = Findings(record.line)
        cells.fit_row(found, record, len(table.columns))
        drafts.append((record, found, _read_row(found, record, header, regions, seen)))
    if "parent" in header.places:
        _check_parents(drafts, stored_parents)
    rows, rejected = [], []
    for record, found, values in drafts:
        if found.problems:
            rejected.append(
                Rejected(record.line, record.cells, record.geometry, tuple(found.problems))
            )
        else:
            rows.append(OrganisationRow(line=record.line, **values))
    return Reading(
        rows,
        rejected,
        header.given,
        (),
        (*header.ignored, *header.extra),
        table.hints,
        header.is_rejects_file,
    )


def _read_row(
    found: Findings,
    record: Record,
    header: Header,
    regions: RegionNames,
    seen: dict[str, int],
) -> dict[str, Any]:
    def cell(column: str) -> Any:
        place = header.places.get(column)
        return None if place is None else record.cells[place]

    before = len(found.problems)
    code = cells.read_code(found, "code", cell("code"))
    cells.required(found, "code", "编号", code, before)
    if code is not None:
        first = seen.setdefault(code, record.line)
        if first != record.line:
            found.add(
                "code",
                code,
                "duplicate_code",
                f"编号“{code}”在文件中重复，第 {first} 行已用过。",
                f"The code {code!r} was used before in line {first}; codes must be unique.",
            )
    before = len(found.problems)
    kind = cells.read_word(found, "kind", cell("kind"), _KINDS, _KINDS_ACCEPTED)
    cells.required(found, "kind", "类型", kind, before)
    before = len(found.problems)
    name = cells.read_text(found, "name_zh", cell("name_zh"))
    cells.required(found, "name_zh", "名称", name, before)
    return {
        "code": code,
        "kind": kind,
        "name_zh": name,
        "region": read_region(found, cell("region"), regions, OR_BLANK),
        "parent": cells.read_code(found, "parent", cell("parent")),
        "document_on": cells.read_date(found, "document_on", cell("document_on")),
        **{column: cells.read_text(found, column, cell(column)) for column in _TEXTS},
    }


def _check_parents(drafts: list[_Draft], stored: Mapping[str, str | None]) -> None:
    """Reject rows whose parent is nowhere, is rejected itself, or stands below them."""
    parents: dict[str, str | None] = dict(stored)
    parents.update(
        {values["code"]: values["parent"] for _, found, values in drafts if not found.problems}
    )
    for _, found, values in drafts:
        if found.problems or values["parent"] is None:
            continue
        above, passed = values["parent"], {values["code"]}
        while above is not None and above in parents and above not in passed:
            passed.add(above)
            above = parents[above]
        if above is not None and above in passed:
            found.add(
                "parent",
                values["parent"],
                "parent_cycle",
                f"“{values['parent']}”是“{values['code']}”的下级或它自己，不能作上级。",
                f"{values['parent']!r} is {values['code']!r} itself or stands below it.",
            )
    _reject_orphans(drafts, set(stored))


def _reject_orphans(drafts: list[_Draft], known: set[str]) -> None:
    """Reject rows whose parent is neither stored nor a good row; that may orphan further rows."""
    changed = True
    while changed:
        changed = False
        there = known | {values["code"] for _, found, values in drafts if not found.problems}
        for _, found, values in drafts:
            parent = values["parent"]
            if not found.problems and parent is not None and parent not in there:
                changed = True
                found.add(
                    "parent",
                    parent,
                    "unknown_parent",
                    f"没有编号为“{parent}”的单位，或它所在的行被拒绝。",
                    f"There is no organisation {parent!r}, or its own row was rejected.",
                )


ACCEPTED_COLUMNS = Text(
    "、".join(column.name for column in ORGANISATION_COLUMNS),
    ", ".join(column.name for column in ORGANISATION_COLUMNS),
)

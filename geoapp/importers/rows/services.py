"""Files of services, of where they are offered, and of duty desks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.services import load_categories
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Findings, Reading, Rejected
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import (
    DESK_COLUMNS,
    OFFER_COLUMNS,
    SERVICE_COLUMNS,
    Column,
    match_header,
    require_columns,
)
from geoapp.importers.rows.hours import read_hours

Row = dict[str, Any]
_Cell = Callable[[str], Any]
_ITEM_TEXTS = (
    "name_en",
    "audience",
    "process",
    "time_limit",
    "promise",
    "first_responsible",
    "document",
    "source",
)


def read_services(table: Table) -> Reading[Row]:
    """Understand the rows of a file of services.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """

    def one(found: Findings, cell: _Cell) -> Row:
        code = _required(found, "code", "编号", cells.read_code, cell)
        category = _category(found, cell("category"))
        name = _required(found, "name_zh", "名称", cells.read_text, cell)
        return {
            "code": code,
            "category": category,
            "name_zh": name,
            "document_on": cells.read_date(found, "document_on", cell("document_on")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
            **{column: cells.read_text(found, column, cell(column)) for column in _ITEM_TEXTS},
        }

    return _read(table, SERVICE_COLUMNS, ("code", "category", "name_zh"), one, ("code",))


def read_offers(
    table: Table,
    services: frozenset[str],
    facilities: Mapping[str, int],
    organisations: frozenset[str],
) -> Reading[Row]:
    """Understand the rows of a file of offers; each is of a facility or of an organisation.

    Parameters
    ----------
    services, organisations
        The codes that are stored.
    facilities
        The number of each facility in the store, by code.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """

    def one(found: Findings, cell: _Cell) -> Row:
        service = _required(found, "service", "服务编号", cells.read_code, cell)
        _known(found, "service", service, services, Text("服务", "service"))
        facility = cells.read_code(found, "facility", cell("facility"))
        _known(found, "facility", facility, facilities, Text("站点", "facility"))
        organisation = cells.read_code(found, "organisation", cell("organisation"))
        _known(found, "organisation", organisation, organisations, Text("单位", "organisation"))
        if (facility is None) == (organisation is None) and not found.problems:
            found.add(
                "facility, organisation",
                facility,
                "one_subject",
                "站点编号和单位编号要填，且只填一个。",
                "State either a facility or an organisation, and not both.",
            )
        hours, words = read_hours(found, "hours", cell("hours"))
        start = cells.read_date(found, "valid_from", cell("valid_from"))
        end = cells.read_date(found, "valid_to", cell("valid_to"))
        if start and end and end < start:
            found.add(
                "valid_to",
                end,
                "period",
                f"截止日 {end} 早于起始日 {start}。",
                f"The last day {end} is before the first, {start}.",
            )
        return {
            "item_code": service,
            "facility_id": None if facility is None else facilities.get(facility),
            "organisation_code": organisation,
            "hours": hours,
            "hours_raw": words,
            "phone": cells.read_code(found, "phone", cell("phone")),
            "valid_from": start,
            "valid_to": end,
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }

    key = ("item_code", "facility_id", "organisation_code", "valid_from")
    return _read(table, OFFER_COLUMNS, ("service",), one, key)


def read_desks(table: Table, facilities: Mapping[str, int]) -> Reading[Row]:
    """Understand the rows of a file of duty desks.

    Parameters
    ----------
    facilities
        The number of each facility in the store, by code.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """

    def one(found: Findings, cell: _Cell) -> Row:
        facility = _required(found, "facility", "站点编号", cells.read_code, cell)
        _known(found, "facility", facility, facilities, Text("站点", "facility"))
        hours, words = read_hours(found, "hours", cell("hours"))
        return {
            "facility_id": facilities.get(facility or ""),
            "name_zh": cells.read_text(found, "name_zh", cell("name_zh")),
            "phone": _required(found, "phone", "公开电话", cells.read_code, cell),
            "hours": hours,
            "hours_raw": words,
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }

    return _read(table, DESK_COLUMNS, ("facility", "phone"), one, ("facility_id", "phone"))


def _read(
    table: Table,
    columns: Sequence[Column],
    needed: Sequence[str],
    one: Callable[[Findings, _Cell], Row],
    key: Sequence[str],
) -> Reading[Row]:
    """Read each row by a function; a second row of the same key is rejected."""
    header = match_header(table.columns, columns)
    require_columns(header, columns, needed)
    rows: list[Row] = []
    rejected: list[Rejected] = []
    warnings = []
    seen: dict[tuple[Any, ...], int] = {}
    for record in table.records:
        found = Findings(record.line)
        cells.fit_row(found, record, len(table.columns))

        def cell(column: str, row: Sequence[Any] = record.cells) -> Any:
            place = header.places.get(column)
            return None if place is None else row[place]

        values = one(found, cell)
        if not found.problems:
            first = seen.setdefault(tuple(values[name] for name in key), record.line)
            if first != record.line:
                found.add(
                    needed[0],
                    cell(needed[0]),
                    "duplicate",
                    f"与第 {first} 行重复。",
                    f"It repeats line {first}.",
                )
        if found.problems:
            rejected.append(
                Rejected(record.line, record.cells, record.geometry, tuple(found.problems))
            )
        else:
            rows.append(values)
            warnings.extend(found.warnings)
    return Reading(
        rows,
        rejected,
        header.given,
        (),
        (*header.ignored, *header.extra),
        table.hints,
        header.is_rejects_file,
        tuple(warnings),
    )


def _required(
    found: Findings,
    column: str,
    zh: str,
    read: Callable[[Findings, str, Any], str | None],
    cell: _Cell,
) -> str | None:
    before = len(found.problems)
    value = read(found, column, cell(column))
    cells.required(found, column, zh, value, before)
    return value


def _known(
    found: Findings,
    column: str,
    code: str | None,
    known: frozenset[str] | Mapping[str, int],
    what: Text,
) -> None:
    if code is not None and code not in known:
        found.add(
            column,
            code,
            f"unknown_{column}",
            f"没有编号为“{code}”的{what.zh}，请先导入。",
            f"There is no {what.en} {code!r}; import it first.",
        )


def _category(found: Findings, cell: Any) -> str | None:
    before = len(found.problems)
    name = cells.read_text(found, "category", cell)
    cells.required(found, "category", "服务类别", name, before)
    if name is None:
        return None
    categories = load_categories()
    known = categories.named(name)
    if known is None:
        zh = "、".join(one.name_zh for one in categories.categories)
        en = ", ".join(one.code for one in categories.categories)
        found.add(
            "category",
            name,
            "unknown_word",
            f"没有服务类别“{name[:40]}”；可用：{zh}。",
            f"There is no category {name[:40]!r}; accepted: {en}.",
        )
        return None
    return known.code

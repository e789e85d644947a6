"""Files of services, of where they are offered, and of duty desks."""

from collections.abc import Mapping
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.services import load_categories
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Findings, Reading
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import (
    DESK_COLUMNS,
    OFFER_COLUMNS,
    SERVICE_COLUMNS,
)
from geoapp.importers.rows.hours import read_hours
from geoapp.importers.rows.keyed import CellOf, Row, known_code, read_keyed, required_cell

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

    def one(found: Findings, cell: CellOf) -> Row:
        code = required_cell(found, "code", "编号", cells.read_code, cell)
        category = _category(found, cell("category"))
        name = required_cell(found, "name_zh", "名称", cells.read_text, cell)
        return {
            "code": code,
            "category": category,
            "name_zh": name,
            "document_on": cells.read_date(found, "document_on", cell("document_on")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
            **{column: cells.read_text(found, column, cell(column)) for column in _ITEM_TEXTS},
        }

    return read_keyed(table, SERVICE_COLUMNS, ("code", "category", "name_zh"), one, ("code",))


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

    def one(found: Findings, cell: CellOf) -> Row:
        service = required_cell(found, "service", "服务编号", cells.read_code, cell)
        known_code(found, "service", service, services, Text("服务", "service"))
        facility = cells.read_code(found, "facility", cell("facility"))
        known_code(found, "facility", facility, facilities, Text("站点", "facility"))
        organisation = cells.read_code(found, "organisation", cell("organisation"))
        known_code(found, "organisation", organisation, organisations, Text("单位", "organisation"))
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
            "phone": cells.read_phone(found, "phone", cell("phone")),
            "valid_from": start,
            "valid_to": end,
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }

    key = ("item_code", "facility_id", "organisation_code", "valid_from")
    return read_keyed(table, OFFER_COLUMNS, ("service",), one, key)


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

    def one(found: Findings, cell: CellOf) -> Row:
        facility = required_cell(found, "facility", "站点编号", cells.read_code, cell)
        known_code(found, "facility", facility, facilities, Text("站点", "facility"))
        hours, words = read_hours(found, "hours", cell("hours"))
        return {
            "facility_id": facilities.get(facility or ""),
            "name_zh": cells.read_text(found, "name_zh", cell("name_zh")),
            "phone": required_cell(found, "phone", "公开电话", cells.read_phone, cell),
            "hours": hours,
            "hours_raw": words,
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }

    return read_keyed(table, DESK_COLUMNS, ("facility", "phone"), one, ("facility_id", "phone"))


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

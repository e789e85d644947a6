"""The cells of a facility's row: each understood, or noted with what is wrong."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geoapp.core.words import (
    ACCESS_TEXT,
    STATUS_TEXT,
    Access,
    DateBasis,
    Status,
)
from geoapp.importers.formats.table import Record
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells
from geoapp.importers.rows.basis import (
    read_basis,
)
from geoapp.importers.rows.entry import read_entry
from geoapp.importers.rows.extra import read_extra
from geoapp.importers.rows.facility_row import FacilityRules
from geoapp.importers.rows.headings import Header
from geoapp.importers.rows.hours import read_hours, read_words_of_hours
from geoapp.importers.rows.kinds import kind_of_name, read_kind
from geoapp.importers.rows.places import read_places
from geoapp.importers.rows.region_names import check_address, read_region
from geoapp.importers.rows.rough_days import read_rough_day

_STATUS, _STATUS_ACCEPTED = cells.word_index(
    STATUS_TEXT,
    {
        "规划": Status.PROPOSED,
        "批准": Status.APPROVED,
        "已启用": Status.OPEN,
        "开放": Status.OPEN,
        "在用": Status.OPEN,
        "正常": Status.OPEN,
        **dict.fromkeys(
            (
                "正常开放",
                "正常运行",
                "正常使用",
                "正常运营",
                "正常营业",
                "开放中",
                "运行中",
                "使用中",
                "运营中",
            ),
            Status.OPEN,
        ),
        "已暂停": Status.SUSPENDED,
        **dict.fromkeys(
            ("暂停使用", "暂停开放", "暂停服务", "暂停运营", "暂停营业", "暂时关闭", "临时关闭"),
            Status.SUSPENDED,
        ),
        "已停用": Status.CLOSED,
        "关闭": Status.CLOSED,
        "已关闭": Status.CLOSED,
        "已撤销": Status.CLOSED,
        "撤销": Status.CLOSED,
    },
)
_ACCESS, _ACCESS_ACCEPTED = cells.word_index(
    ACCESS_TEXT,
    {
        "公众": Access.ANYONE,
        "任何人": Access.ANYONE,
        "劳动者": Access.WORKERS,
        "会员": Access.MEMBERS,
    },
)
_TEXTS = ("name_en", "address", "operator", "host", "source", "status_note")


@dataclass(slots=True)
class Draft:
    """A row on its way: what is known of it, and what is wrong."""

    record: Record
    found: Findings
    values: dict[str, Any] = field(default_factory=dict)
    # Whether the row names its region instead of giving its code.
    region_named: bool = False


def read_row(draft: Draft, header: Header, rules: FacilityRules, width: int) -> None:
    """Fill ``draft.values`` with all fields but the position, noting what is wrong."""
    found, values, record = draft.found, draft.values, draft.record
    row = record.cells
    cells.fit_row(found, record, width)

    def cell(column: str) -> Any:
        place = header.places.get(column)
        return None if place is None else row[place]

    before = len(found.problems)
    code = cells.read_code(found, "code", cell("code"))
    if rules.issuer is None:
        cells.required(found, "code", "编号", code, before)
    values["code"] = code
    _check_old_code(found, code, rules)
    if not rules.kind_by_name:
        values["kind_code"] = read_kind(found, cell("kind"), rules.kind, rules.default_kind)
    before = len(found.problems)
    values["name_zh"] = cells.read_text(found, "name_zh", cell("name_zh"))
    cells.required(found, "name_zh", "名称", values["name_zh"], before)
    if rules.kind_by_name:
        values["kind_code"] = kind_of_name(found, values["name_zh"])
    for column in _TEXTS:
        values[column] = cells.read_text(found, column, cell(column))
    values["phone"] = cells.read_phone(found, "phone", cell("phone"))
    _read_life(found, cell, values, rules.today)
    hours, raw = read_hours(found, "opening_hours", cell("opening_hours"))
    words = read_words_of_hours(found, "opening_hours_raw", cell("opening_hours_raw"), hours)
    values["opening_hours"], values["opening_hours_raw"] = hours, words or raw
    values["timezone"] = cells.read_zone(found, "timezone", cell("timezone"))
    _read_offer(found, cell, values, rules)
    values["region"] = read_region(found, cell("region"), rules.place.regions.named)
    check_address(found, values["address"], values["region"], rules.place.regions.named)
    draft.region_named = values["region"] not in (None, cells.as_text(cell("region")))
    values["places"] = read_places(found, cell("places"), rules.place)
    values["extra"] = read_extra(found, cell("extra"), row, header)


def _check_old_code(found: Findings, code: str | None, rules: FacilityRules) -> None:
    """Note a code that leads to another facility: a new one of it would come back as a duplicate."""
    now = rules.old_codes.get(code or "")
    if now is not None:
        found.add(
            "code",
            code,
            "old_code",
            f"编号“{code}”是 {now} 的旧编号（改号或已合并）；请改用 {now}。",
            f"The code {code!r} is an old one of {now} (renamed, or merged into it); use {now}.",
        )


def _read_life(found: Findings, cell: Any, values: dict[str, Any], today: date) -> None:
    """Read the status and the dates."""
    status = cells.read_word(found, "status", cell("status"), _STATUS, _STATUS_ACCEPTED)
    values["status"] = status or Status.OPEN
    opened = read_rough_day(found, "opened", cell)
    closed = read_rough_day(found, "closed", cell)
    for name, rough in (("opened", opened), ("closed", closed)):
        values[f"{name}_on"] = None if rough is None else rough.day
        values[f"{name}_basis"] = DateBasis.UNKNOWN if rough is None else rough.basis
    verified = values["verified_on"] = cells.read_date(found, "verified_on", cell("verified_on"))
    if verified and verified > today:
        found.add(
            "verified_on",
            verified,
            "not_yet",
            f"核实日期 {verified} 还没有到；今天是 {today}。",
            f"verified_on {verified} is in the future; today is {today}.",
        )
    if opened and closed and closed.last < opened.day:
        found.add(
            "closed_on",
            closed,
            "dates_reversed",
            f"停用日期 {closed} 早于启用日期 {opened}。",
            f"closed_on {closed} is before opened_on {opened}.",
        )


def _read_offer(found: Findings, cell: Any, values: dict[str, Any], rules: FacilityRules) -> None:
    """Read what there is, how one gets in, and for how many."""
    for column in ("amenities", "no_amenities"):
        values[column] = cells.read_amenities(found, column, cell(column), rules.amenity)
    both = [code for code in values["amenities"] if code in values["no_amenities"]]
    if both:
        found.add(
            "no_amenities",
            ", ".join(both),
            "amenity_in_both",
            f"{', '.join(both)} 同时写在“设施”和“无设施”中，只能写在一处。",
            f"{', '.join(both)} stands in both amenities and no_amenities; only one can be true.",
        )
    values["entry"] = read_entry(found, "entry", cell("entry"))
    values["access"] = cells.read_word(found, "access", cell("access"), _ACCESS, _ACCESS_ACCEPTED)
    values["capacity"] = cells.read_whole(found, "capacity", cell("capacity"))
    values["position_basis"] = read_basis(found, cell("position_basis"))
    values["position_accuracy_m"] = cells.read_number(
        found, "position_accuracy_m", cell("position_accuracy_m"), most=1e7
    )
    values["is_sample"] = bool(cells.read_flag(found, "sample", cell("sample")))

"""Facility files: the contract's columns, each row understood or rejected with its reasons."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from geoapp.core.states import may_follow, refused_step
from geoapp.core.vocabulary import amenity_of, kind_of
from geoapp.core.words import (
    ACCESS_TEXT,
    ENTRY_TEXT,
    STATUS_TEXT,
    Access,
    DateBasis,
    Entry,
    PositionBasis,
    Status,
)
from geoapp.importers.formats.table import Record, Table, is_blank
from geoapp.importers.problems import Findings, Reading, Rejected
from geoapp.importers.rows import cells
from geoapp.importers.rows.basis import (
    Unplaced,
    check_basis,
    lacking,
    read_basis,
    told_unplaced,
)
from geoapp.importers.rows.blanks import Blank, kept_where_blank
from geoapp.importers.rows.columns import (
    FACILITY_COLUMNS,
    FACILITY_DERIVED,
    Header,
    match_header,
    require_columns,
)
from geoapp.importers.rows.extra import read_extra
from geoapp.importers.rows.hours import read_hours, read_words_of_hours
from geoapp.importers.rows.issue import CodeIssuer
from geoapp.importers.rows.kinds import read_kind
from geoapp.importers.rows.place_checks import PlaceRules, RegionOutlines, check_positions
from geoapp.importers.rows.places import PlaceRow, read_places
from geoapp.importers.rows.positions import Placed, Positions, read_position
from geoapp.importers.rows.region_names import read_region
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
_ENTRY, _ENTRY_ACCEPTED = cells.word_index(
    ENTRY_TEXT,
    {
        "敞开": Entry.OPEN,
        "直接进": Entry.OPEN,
        "值守": Entry.STAFF,
        "扫码": Entry.QR,
        "二维码": Entry.QR,
        "刷卡": Entry.CARD,
        "刷脸": Entry.FACE,
        "人脸": Entry.FACE,
        "钥匙": Entry.KEY,
        "取钥匙": Entry.KEY,
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
_TEXTS = ("name_en", "address", "operator", "host", "source")


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A facility as a file states it; the position in WGS-84. None is unknown or not stated.

    ``lon`` and ``lat`` are both None, or neither. ``kept`` are the columns whose cell is blank and of
    which a stored facility keeps what is known; None where a blank cell makes it unknown.
    """

    line: int
    code: str
    kind_code: str
    name_zh: str
    lon: float | None
    lat: float | None
    area: BaseGeometry | None
    name_en: str | None
    address: str | None
    region: str | None
    status: Status
    opened_on: date | None
    opened_basis: DateBasis
    closed_on: date | None
    closed_basis: DateBasis
    verified_on: date | None
    opening_hours: str | None
    opening_hours_raw: str | None
    timezone: str | None
    amenities: tuple[str, ...]
    no_amenities: tuple[str, ...]
    entry: Entry | None
    access: Access | None
    phone: str | None
    operator: str | None
    host: str | None
    capacity: int | None
    source: str | None
    position_basis: PositionBasis | None
    position_accuracy_m: float | None
    is_sample: bool
    places: tuple[PlaceRow, ...]
    extra: dict[str, Any]
    kept: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class FacilityRules:
    """What rows are held against.

    ``kinds`` and ``amenities`` are codes of the store that the shipped vocabulary may not know;
    ``statuses`` are the stored facilities' by code; ``today`` is the day where they stand;
    ``default_kind`` is the kind where a row states none; ``issuer`` gives codes to rows without;
    ``unplaced`` says which rows may be without a position;
    ``old_codes`` are those that facilities had, with the codes that they lead to now;
    ``blank`` says what a blank cell does to a known value: None = as the row was matched, and
    ``by_hand`` are the lines of rows that a person matched to a facility.
    """

    place: PlaceRules
    kinds: frozenset[str] = frozenset()
    amenities: frozenset[str] = frozenset()
    statuses: Mapping[str, str] = field(default_factory=dict)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    default_kind: str | None = None
    issuer: CodeIssuer | None = None
    unplaced: Unplaced = "never"
    old_codes: Mapping[str, str] = field(default_factory=dict)
    blank: Blank | None = None
    by_hand: Collection[int] = ()

    def keeps(self, line: int, *, by_key: bool) -> bool:
        """Tell whether a row's blank cells leave what is known; ``by_key``: the row has no code."""
        if self.blank is not None:
            return self.blank == "keep"
        return by_key or line in self.by_hand

    def kind(self, text: str) -> str | None:
        """Return a kind's code by a code or name."""
        return text if text in self.kinds else kind_of(text)

    def amenity(self, text: str) -> str | None:
        """Return an amenity's code by a code or name."""
        return text if text in self.amenities else amenity_of(text)


@dataclass(slots=True)
class _Draft:
    record: Record
    found: Findings
    values: dict[str, Any] = field(default_factory=dict)
    # Whether the row names its region instead of giving its code.
    region_named: bool = False


def read_facilities(table: Table, rules: FacilityRules) -> Reading[FacilityRow]:
    """Understand the rows of a facility file.

    Returns
    -------
    The good rows in WGS-84 and the others with every problem that was found in them.

    Raises
    ------
    UnusableInputError
        If a required column is missing or a column occurs twice.
    """
    header = match_header(table.columns, FACILITY_COLUMNS, FACILITY_DERIVED, table.fields)
    require_columns(header, FACILITY_COLUMNS, required_columns(table, header, rules))
    drafts: list[_Draft] = []
    placed = []
    seen: dict[str, int] = {}
    for record in table.records:
        draft = _Draft(record, Findings(record.line))
        _read_row(draft, header, rules, len(table.columns))
        if rules.keeps(record.line, by_key=draft.values["code"] is None):
            kept = kept_where_blank(record.cells, header)
            if any(one.code == "no_phone" for one in draft.found.warnings):
                kept = (*kept, "phone")  # a dash takes no known number away
            draft.values["kept"] = kept
        _check_step(draft.found, draft.values, rules, header)
        _check_code(draft, seen)
        basis = draft.values["position_basis"]
        here = read_position(
            draft.found,
            record,
            header,
            areas=True,
            has_geometry=table.has_geometry,
            lacking=lacking(rules.unplaced, basis),
        )
        check_basis(draft.found, here, basis, draft.values["region"])
        placed.append(here)
        _tell_once(draft, here)
        drafts.append(draft)
    positions = Positions.of(placed).to_wgs84(rules.place.datum)
    hints = check_positions(
        [draft.found for draft in drafts],
        positions,
        [draft.values["region"] for draft in drafts],
        rules.place,
    )
    _leave_to_position(drafts, positions, rules.place.regions)
    if rules.issuer is not None:
        wanting = [draft for draft in drafts if draft.values["code"] is None]
        _issue_codes(drafts, positions, rules.issuer, rules.place)
        for draft in wanting:
            _check_step(draft.found, draft.values, rules, header)
    rows, rejected = [], []
    for number, draft in enumerate(drafts):
        if draft.found.problems:
            record = draft.record
            geometry = record.source if record.source is not None else record.geometry
            rejected.append(
                Rejected(record.line, record.cells, geometry, tuple(draft.found.problems))
            )
        else:
            lon, lat = positions.lonlat(number) or (None, None)
            area = positions.areas.get(number)
            rows.append(
                FacilityRow(line=draft.record.line, lon=lon, lat=lat, area=area, **draft.values)
            )
    given = header.given - {"lon", "lat", "lonlat", "geometry_wkt"} | {"kind"}
    # A day that is given says how certain it is.
    given |= {f"{name}_basis" for name in ("opened", "closed") if f"{name}_on" in given}
    if header.extra:
        given |= {"extra_columns"}
    return Reading(
        rows,
        rejected,
        given,
        tuple(header.extra),
        header.ignored,
        table.hints + hints + told_unplaced(sum(row.lon is None for row in rows)),
        header.is_rejects_file,
        tuple(
            warning
            for draft in drafts
            if not draft.found.problems
            for warning in draft.found.warnings
        ),
    )


def required_columns(table: Table, header: Header, rules: FacilityRules) -> tuple[str, ...]:
    """Return the columns that a facility file must have; a geometry stands for two numbers."""
    wanted = ["code"] if rules.issuer is None else []
    wanted += ["kind"] if rules.default_kind is None else []
    wanted += ["name_zh"]
    located = table.has_geometry or "geometry_wkt" in header.places
    if not located and rules.unplaced != "always":
        wanted += ["lon", "lat"]
    return tuple(wanted)


def _issue_codes(
    drafts: list[_Draft], positions: Positions, issuer: CodeIssuer, place: PlaceRules
) -> None:
    """Give codes to rows without, in the region that they state, lie in or are matched to."""
    inside = place.regions.deepest(positions.lon, positions.lat)
    for row, draft in enumerate(drafts):
        lon, lat = float(positions.lon[row]), float(positions.lat[row])
        outside = inside[row] is None and draft.values["region"] is None
        if outside and not draft.found.problems and math.isfinite(lon):
            # Beside a coast; the code is for good, so it names the region that the store will.
            inside[row] = place.regions.nearest(lon, lat, place.tolerance_m)
    issuer.issue_all(
        [draft.found for draft in drafts],
        [draft.values for draft in drafts],
        [draft.values["region"] or inside[row] for row, draft in enumerate(drafts)],
        np.isfinite(positions.lon),
    )


def _leave_to_position(drafts: list[_Draft], positions: Positions, regions: RegionOutlines) -> None:
    """Let the position say the region of rows that name one above it, as a city above its districts."""
    named = [row for row, draft in enumerate(drafts) if draft.region_named]
    if not named:
        return
    inside = regions.deepest(positions.lon[named], positions.lat[named])
    for row, code in zip(named, inside, strict=True):
        if code is not None and drafts[row].values["region"] in regions.above(code):
            drafts[row].values["region"] = None


def _tell_once(draft: _Draft, placed: Placed) -> None:
    """Say one thing, and not five, of a row without code, kind, name and position."""
    problems = draft.found.problems
    wanting = {problem.field for problem in problems if problem.code == "required"}
    if not {"code", "kind", "name_zh"} <= wanting or len(wanting) != len(problems):
        return
    if not math.isnan(placed.lon):
        return
    problems.clear()
    draft.found.add(
        "code",
        next((cell for cell in draft.record.cells if not is_blank(cell)), ""),
        "no_facility",
        "这一行没有编号、类型、名称和位置；若是合计或说明，请删去。",
        "The row has no code, kind, name and position; if it is a total or a note, remove it.",
    )


def _check_code(draft: _Draft, seen: dict[str, int]) -> None:
    code = draft.values["code"]
    if code is None:
        return
    first = seen.setdefault(code, draft.record.line)
    if first != draft.record.line:
        draft.found.add(
            "code",
            code,
            "duplicate_code",
            f"编号“{code}”在文件中重复，第 {first:,} 行已用过；编号必须唯一。",
            f"The code {code!r} was used before in line {first:,}; codes must be unique.",
        )


def _read_row(draft: _Draft, header: Header, rules: FacilityRules, width: int) -> None:
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
    values["kind_code"] = read_kind(found, cell("kind"), rules.kind, rules.default_kind)
    before = len(found.problems)
    values["name_zh"] = cells.read_text(found, "name_zh", cell("name_zh"))
    cells.required(found, "name_zh", "名称", values["name_zh"], before)
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


def _check_step(
    found: Findings, values: dict[str, Any], rules: FacilityRules, header: Header
) -> None:
    """Note a status that the row states and that cannot follow the stored one."""
    if "status" not in header.places or "status" in (values.get("kept") or ()):
        return
    code, after = values["code"], values["status"]
    stored = rules.statuses.get(code)
    if stored is None or may_follow(Status(stored), after):
        return
    text = refused_step(code, Status(stored), after)
    found.add("status", after, "refused_step", text.zh, text.en)


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
    values["entry"] = cells.read_word(found, "entry", cell("entry"), _ENTRY, _ENTRY_ACCEPTED)
    values["access"] = cells.read_word(found, "access", cell("access"), _ACCESS, _ACCESS_ACCEPTED)
    values["capacity"] = cells.read_whole(found, "capacity", cell("capacity"))
    values["position_basis"] = read_basis(found, cell("position_basis"))
    values["position_accuracy_m"] = cells.read_number(
        found, "position_accuracy_m", cell("position_accuracy_m"), most=1e7
    )
    values["is_sample"] = bool(cells.read_flag(found, "sample", cell("sample")))

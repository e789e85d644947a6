"""Facility files: the contract's columns, each row understood or rejected with its reasons."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from geoapp.core.states import may_follow, refused_step
from geoapp.core.words import PLANNED, STATUS_TEXT, Status
from geoapp.importers.formats.table import Table, is_blank
from geoapp.importers.problems import Findings, Reading, Rejected
from geoapp.importers.rows.basis import (
    check_basis,
    lacking,
    told_unplaced,
)
from geoapp.importers.rows.blanks import kept_where_blank
from geoapp.importers.rows.columns import FACILITY_COLUMNS, FACILITY_DERIVED
from geoapp.importers.rows.facility_cells import Draft, read_row
from geoapp.importers.rows.facility_row import FacilityRow, FacilityRules
from geoapp.importers.rows.headings import (
    Header,
    facility_way_out,
    match_header,
    require_columns,
)
from geoapp.importers.rows.issue import CodeIssuer
from geoapp.importers.rows.kinds import (
    kind_of_titles,
    names_tell_kinds,
    told_of_names,
    told_of_title,
)
from geoapp.importers.rows.place_checks import PlaceRules, RegionOutlines, check_positions
from geoapp.importers.rows.positions import Placed, Positions, read_position


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
    if rules.default_kind is None and table.fields is not None:
        records, fields = list(table.records), table.fields
        table = replace(table, records=records)
        rules = replace(rules, kind_by_name=names_tell_kinds(records, fields))
        titled = None if rules.kind_by_name or "kind" in fields else kind_of_titles(table.titles)
        if titled is not None:
            kind, title = titled
            rules = replace(rules, default_kind=kind)
            table = replace(table, hints=(*table.hints, told_of_title(kind, title)))
    require_columns(
        header, FACILITY_COLUMNS, required_columns(table, header, rules), facility_way_out
    )
    drafts: list[Draft] = []
    placed = []
    seen: dict[str, int] = {}
    for record in table.records:
        draft = Draft(record, Findings(record.line))
        read_row(draft, header, rules, len(table.columns))
        if rules.keeps(record.line, by_key=draft.values["code"] is None):
            kept = kept_where_blank(record.cells, header)
            if any(one.code == "no_phone" for one in draft.found.warnings):
                kept = (*kept, "phone")  # a dash takes no known number away
            for one in draft.found.warnings:
                if one.code == "no_date":
                    kept = (*kept, one.field, one.field.replace("_on", "_basis"))
            draft.values["kept"] = kept
        _check_step(draft.found, draft.values, rules, header)
        _check_opening(draft.found, draft.values, rules, header)
        _check_closing(draft.found, draft.values, rules)
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
    others = {
        row: rules.place.datum_of(draft.record.line)
        for row, draft in enumerate(drafts)
        if draft.record.line in rules.place.datums
    }
    positions = Positions.of(placed).to_wgs84(rules.place.datum, others)
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
            if draft.values["code"] in rules.ahead:
                _check_opening(draft.found, draft.values, rules, header)
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
        table.hints
        + hints
        + ((told_of_names(row.kind_code for row in rows),) if rules.kind_by_name and rows else ())
        + told_unplaced(sum(row.lon is None for row in rows)),
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
    wanted += [] if rules.default_kind or rules.kind_by_name else ["kind"]
    wanted += ["name_zh"]
    located = table.has_geometry or "geometry_wkt" in header.places
    if not located and rules.unplaced != "always":
        wanted += ["lon", "lat"]
    return tuple(wanted)


def _issue_codes(
    drafts: list[Draft], positions: Positions, issuer: CodeIssuer, place: PlaceRules
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


def _leave_to_position(drafts: list[Draft], positions: Positions, regions: RegionOutlines) -> None:
    """Let the position say the region of rows that name one above it, as a city above its districts."""
    named = [row for row, draft in enumerate(drafts) if draft.region_named]
    if not named:
        return
    inside = regions.deepest(positions.lon[named], positions.lat[named])
    for row, code in zip(named, inside, strict=True):
        if code is not None and drafts[row].values["region"] in regions.above(code):
            drafts[row].values["region"] = None


def _tell_once(draft: Draft, placed: Placed) -> None:
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


def _check_code(draft: Draft, seen: dict[str, int]) -> None:
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


def _check_opening(
    found: Findings, values: dict[str, Any], rules: FacilityRules, header: Header
) -> None:
    """Note that something is in service, or was, which by its day of opening is yet to open."""
    kept = values.get("kept") or ()
    says = {name: name in header.places and name not in kept for name in ("status", "opened_on")}
    if not any(says.values()) or any(one.code == "not_open_yet" for one in found.problems):
        return
    status, opened = rules.ahead.get(values["code"] or "", (Status.OPEN, None))
    status = values["status"] if says["status"] else status
    opened = values["opened_on"] if says["opened_on"] else opened
    if opened is None or opened <= rules.today or status in PLANNED:
        return
    told = STATUS_TEXT[Status(status)]
    found.add(
        "opened_on" if says["opened_on"] else "status",
        opened if says["opened_on"] else status,
        "not_open_yet",
        f"启用日期 {opened} 还没有到（今天 {rules.today}），状态不能是“{told.zh}”；还没有启用的，"
        "状态写“已批准”（approved）或“拟建”（proposed），启用日期照写。",
        f"The opening day {opened} is yet to come (today is {rules.today}), so the status cannot be "
        f"{status}; what is not open yet is approved or proposed, with that day.",
    )


def _check_closing(found: Findings, values: dict[str, Any], rules: FacilityRules) -> None:
    """Note that something is closed already which by its own day is yet to close."""
    closed = values["closed_on"]
    if values["status"] is not Status.CLOSED or closed is None or closed <= rules.today:
        return
    found.add(
        "closed_on",
        closed,
        "not_closed_yet",
        f"停用日期 {closed} 还没有到（今天 {rules.today}），状态不能是“停用”；预先宣布停用的，状态不变，"
        "停用日期照写。",
        f"The closing day {closed} is yet to come (today is {rules.today}), so the status cannot be "
        "closed; what is to close keeps its status, with that day.",
    )

"""Demand and candidate files: points with a weight, or with a code and a cost."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import orjson

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_GROUP_CHARACTERS,
    MOST_HOST_CHARACTERS,
    MOST_WEIGHT,
)
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.problems import Findings, Reading, Rejected
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import CANDIDATE_COLUMNS, DEMAND_COLUMNS
from geoapp.importers.rows.headings import Header, match_header, require_columns
from geoapp.importers.rows.place_checks import PlaceRules, check_positions
from geoapp.importers.rows.positions import Placed, Positions, read_position

_HOURS_SEPARATORS = re.compile(r"[\s,;，；、\[\]]+")


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A place with a number of outdoor workers, WGS-84; ``hours`` are 24 or 168 shares (0 to 1)."""

    line: int
    lon: float
    lat: float
    weight: float
    group: str | None
    hours: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A place where a facility may be opened, WGS-84.

    ``cost`` is in the user's own unit; ``host_type`` is whose premises it would share: a bank, a
    shop, a community.
    """

    line: int
    code: str
    lon: float
    lat: float
    name: str | None
    cost: float | None
    host_type: str | None


def read_demand(
    table: Table, rules: PlaceRules, *, weight_default: float | None = None
) -> Reading[DemandRow]:
    """Understand the rows of a demand file; an area lends a point inside it.

    Parameters
    ----------
    weight_default
        The weight of every point where the file has no column of weights.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """
    header = match_header(table.columns, DEMAND_COLUMNS)
    if "weight" not in header.places and weight_default is None:
        raise UnusableInputError(
            Text(
                "文件没有需求列（weight、需求、人数）；每点按 1 计时请加 --weight-default 1。",
                "The file has no column of weights (weight, 需求, 人数); to count 1 for every point "
                "add --weight-default 1.",
            )
        )
    required = position_columns(table, header)
    require_columns(header, DEMAND_COLUMNS, required)

    def understand(found: Findings, row: list[Any]) -> tuple[Any, ...]:
        weight = weight_default
        if "weight" in header.places:
            weight = _weight(found, row[header.places["weight"]])
        return (
            weight,
            cells.read_text(found, "group", cell_of(row, header, "group"), MOST_GROUP_CHARACTERS),
            _hours(found, cell_of(row, header, "hours")),
        )

    values, positions, accepted, reading = read_points(table, rules, header, understand)
    rows = [
        DemandRow(line, float(positions.lon[n]), float(positions.lat[n]), *values[n])
        for n, line in accepted
    ]
    return _with_rows(reading, rows)


def read_candidates(table: Table, rules: PlaceRules) -> Reading[CandidateRow]:
    """Understand the rows of a candidate file; an area lends a point inside it.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """
    header = match_header(table.columns, CANDIDATE_COLUMNS)
    require_columns(header, CANDIDATE_COLUMNS, ("code", *position_columns(table, header)))
    seen: dict[str, int] = {}

    def understand(found: Findings, row: list[Any]) -> tuple[Any, ...]:
        before = len(found.problems)
        code = cells.read_code(found, "code", row[header.places["code"]], MOST_CODE_CHARACTERS)
        cells.required(found, "code", "编号", code, before)
        if code is not None:
            first = seen.setdefault(code, found.line)
            if first != found.line:
                found.add(
                    "code",
                    code,
                    "duplicate_code",
                    f"编号“{code}”在文件中重复，第 {first} 行已用过；编号必须唯一。",
                    f"The code {code!r} was used before in line {first}; codes must be unique.",
                )
        name = cells.read_text(found, "name", cell_of(row, header, "name"))
        return (
            code,
            name,
            cells.read_number(found, "cost", cell_of(row, header, "cost")),
            cells.read_text(
                found, "host_type", cell_of(row, header, "host_type"), MOST_HOST_CHARACTERS
            ),
        )

    values, positions, accepted, reading = read_points(table, rules, header, understand)
    rows = [
        CandidateRow(
            line,
            values[n][0],
            float(positions.lon[n]),
            float(positions.lat[n]),
            *values[n][1:],
        )
        for n, line in accepted
    ]
    return _with_rows(reading, rows)


def content_hash(rows: list[DemandRow]) -> str:
    """Return a number that stays the same as long as the points do, to about a centimetre."""
    digest = hashlib.sha256()
    for row in rows:
        values = (round(row.lon, 7), round(row.lat, 7), row.weight, row.group, row.hours)
        digest.update(orjson.dumps(values))
    return digest.hexdigest()


def position_columns(table: Table, header: Header) -> tuple[str, ...]:
    """Return the columns without which a file of points says nowhere where they are."""
    in_geometry = table.has_geometry or "geometry_wkt" in header.places
    return () if in_geometry else ("lon", "lat")


def cell_of(row: list[Any], header: Header, column: str) -> Any:
    """Return a row's cell of a column; None where the file has no such column."""
    place = header.places.get(column)
    return None if place is None else row[place]


def _weight(found: Findings, cell: Any) -> float | None:
    before = len(found.problems)
    weight = cells.read_number(found, "weight", cell, most=MOST_WEIGHT)
    cells.required(found, "weight", "需求", weight, before)
    return weight


def _hours(found: Findings, cell: Any) -> tuple[float, ...] | None:
    if isinstance(cell, list):
        parts = cell
    else:
        text = cells.read_text(found, "hours", cell)
        if text is None:
            return None
        parts = [part for part in _HOURS_SEPARATORS.split(text) if part]
    shares = [cells.number_of(part) for part in parts]
    known = tuple(share for share in shares if share is not None and 0.0 <= share <= 1.0)
    if len(known) == len(parts) and len(known) in (24, 168):
        return known
    found.add(
        "hours",
        cell,
        "bad_hours",
        f"hours（时段）应为 24 或 168 个 0 至 1 的数，现有 {len(parts)} 个。",
        f"hours must be 24 or 168 numbers from 0 to 1; there are {len(parts)}.",
    )
    return None


def read_points(
    table: Table, rules: PlaceRules, header: Header, understand: Any
) -> tuple[list[Any], Positions, list[tuple[int, int]], Reading[Any]]:
    """Read every row of a file of points; the good ones are named by their number and line.

    Parameters
    ----------
    understand
        Called with a row's findings and cells; returns what else than the position is in it.

    Returns
    -------
    What was understood of each row, the positions (WGS-84), number and line of the accepted rows, and
    a reading whose rows are still to be added.
    """
    width = len(table.columns)
    findings: list[Findings] = []
    records: list[Record] = []
    placed: list[Placed] = []
    values: list[tuple[Any, ...]] = []
    for record in table.records:
        found = Findings(record.line)
        row = record.cells
        cells.fit_row(found, record, width)
        values.append(understand(found, row))
        placed.append(
            read_position(found, record, header, areas=False, has_geometry=table.has_geometry)
        )
        findings.append(found)
        records.append(record)
    positions = Positions.of(placed).to_wgs84(rules.datum)
    hints = check_positions(findings, positions, [None] * len(findings), rules)
    accepted: list[tuple[int, int]] = []
    rejected: list[Rejected] = []
    for number, (found, kept) in enumerate(zip(findings, records, strict=True)):
        if not found.problems:
            accepted.append((number, found.line))
            continue
        geometry = kept.source if kept.source is not None else kept.geometry
        rejected.append(Rejected(found.line, kept.cells, geometry, tuple(found.problems)))
    reading: Reading[Any] = Reading(
        [],
        rejected,
        header.given,
        (),
        (*header.ignored, *header.extra),
        table.hints + hints,
        header.is_rejects_file,
    )
    return values, positions, accepted, reading


def _with_rows(reading: Reading[Any], rows: list[Any]) -> Reading[Any]:
    reading.rows.extend(rows)
    return reading

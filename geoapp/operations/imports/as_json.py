"""An import's report as JSON, for programs and for whatever shows it."""

from collections import Counter
from dataclasses import asdict
from typing import Any

import orjson

from geoapp.core.i18n import Text
from geoapp.importers.problems import Problem
from geoapp.operations.imports.by_street import RowProposal
from geoapp.operations.imports.datums import DatumRead
from geoapp.operations.imports.report import ImportReport


def report_json(report: ImportReport) -> bytes:
    """Return a report as one JSON object: counts, columns, datum, differences, suspicions, addresses, problems."""
    body = {
        "kind": report.kind,
        "dry_run": report.dry_run,
        "read": report.read,
        "new": report.inserted,
        "changed": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "change_set": report.change_set,
        "columns": [] if report.proposal is None else list(map(asdict, report.proposal.columns)),
        "datum": None if report.datum is None else _datum(report.datum),
        "differences": list(map(asdict, report.differences)),
        "duplicates": list(map(asdict, report.suspected)),
        "by_street": list(map(_by_street, report.by_street)),
        "problems": list(map(_problem, report.problems)),
        "warnings": list(map(_problem, report.warnings)),
        "hints": list(map(_text, report.hints)),
        "extra_columns": report.extra_columns,
        "ignored_columns": report.ignored_columns,
        "rejects": None if report.rejects_path is None else str(report.rejects_path),
    }
    return orjson.dumps(body)


def _datum(read: DatumRead) -> dict[str, Any]:
    return {
        "read_as": read.datum,
        "by": read.by,
        "column": read.column if read.by_line else None,
        "rows_by_column": Counter(str(one) for one in read.by_line.values()),
        "rows": read.points,
        "rows_with_district": read.named,
        "readings": [
            {
                "datum": fit.datum,
                "inside_region": fit.inside,
                "inside_named_district": fit.in_named,
                "near_registered": fit.near,
            }
            for fit in read.fits
        ],
    }


def _by_street(row: RowProposal) -> dict[str, Any]:
    return {
        "line": row.line,
        "name": row.name,
        "address": row.address,
        "placed": row.taken is not None,
        "places": [
            {
                "lon": one.lon,
                "lat": one.lat,
                "accuracy_m": one.accuracy_m,
                "may_go_on": one.may_go_on,
                **_text(one.text),
            }
            for one in row.proposed.places
        ],
        "trouble": None if row.proposed.trouble is None else _text(row.proposed.trouble),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "field": problem.field,
        "value": problem.value,
        "code": problem.code,
        **_text(problem.text),
    }


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}

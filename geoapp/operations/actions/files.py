"""A run of actions in words, and saved to a file."""

import math
from pathlib import Path
from typing import Any

import openpyxl
from shapely import Point

from geoapp.analysis.siting import ActionKind, SitingStatus
from geoapp.analysis.siting.models.actions import ACTION_TEXT
from geoapp.analysis.siting.result import STATUS_TEXT
from geoapp.core.i18n import Text
from geoapp.core.words import SAMPLE_TEXT
from geoapp.operations.actions import results as action_results
from geoapp.operations.actions.solve import CHOICE_TEXT, Choice
from geoapp.operations.runs.lifecycle import RunState
from geoapp.reports.tables import FileTable, write_table
from geoapp.store.engine import Database

_COLUMNS = (
    "order",
    "kind",
    "text_zh",
    "text_en",
    "cost",
    "adds",
    "code",
    "name",
    "region",
    "lon",
    "lat",
    "sample",
)
_NUMBERS = frozenset({0, 4, 5, 9, 10})


def verdict(found: dict[str, Any]) -> Text:
    """Return in words how far a plan can be from the best at most; never optimal without proof."""
    status, gap = SitingStatus(found["status"]), found["gap_share"]
    text = STATUS_TEXT[status]
    if status is SitingStatus.OPTIMAL:
        return text
    if gap is None:
        return Text(f"{text.zh}；差距未知", f"{text.en}; the gap is not known")
    shown = f"{max(math.ceil(gap * 10_000) / 10_000, 0.0001):.2%}"
    return Text(
        f"{text.zh}；增加的人数与最好的方案最多差 {shown}",
        f"{text.en}; what it adds is at most {shown} from the best possible",
    )


def kinds_text(kinds: dict[str, int]) -> Text:
    """Return how many actions of each kind, in words."""
    parts = [(ACTION_TEXT[ActionKind(kind)], count) for kind, count in kinds.items()]
    if not parts:
        return Text("不做", "nothing")
    return Text(
        "，".join(f"{text.zh} {count} 处" for text, count in parts),
        ", ".join(f"{text.en} {count}" for text, count in parts),
    )


def summary_lines(run: RunState) -> list[tuple[Text, str]]:
    """Return what a run of actions found as labels and values for people."""
    result = run.result or {}
    weight = result["weight"]
    lines: list[tuple[Text, str]] = []
    if run.inputs.get("sample"):
        lines.append(
            (SAMPLE_TEXT, Text("数据是示例，不是真实站点", "sample data, not real").both())
        )
    lines += [
        (Text("结论", "status"), verdict(result).both()),
        (
            Text("此前走得到（各时刻平均）", "within reach before (mean of the moments)"),
            f"{result['before']:,.0f} ({result['before'] / weight:.1%})",
        ),
        (
            Text("此后走得到", "within reach after"),
            f"{result['objective']:,.0f} ({result['objective'] / weight:.1%})",
        ),
        (Text("任何方案至多", "no plan has more than"), f"{result['bound']:,.0f}"),
        (Text("费用", "cost"), f"{result['cost']:,.10g} / {result['budget']:,.10g}"),
    ]
    for one in result["comparison"]:
        kinds = kinds_text(one["kinds"])
        lines.append(
            (
                CHOICE_TEXT[Choice(one["choice"])],
                f"+{one['added']:,.0f} · {one['cost']:,.10g} · {kinds.both()} · "
                f"{verdict(one).both()}",
            )
        )
    return lines


def save_actions(database: Database, run_id: int, path: Path) -> None:
    """Write a finished run's actions to a file; the file appears whole or not at all.

    A workbook has the summary on a sheet of its own. Geometries are EPSG:4326.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    ConflictError
        If the run has not succeeded.
    """
    run = action_results.finished(database, run_id)
    sample = bool(run.inputs.get("sample"))
    rows = [
        ([(one | {"sample": sample})[name] for name in _COLUMNS], Point(one["lon"], one["lat"]))
        for one in (run.result or {})["actions"]
    ]
    write_table(FileTable(_COLUMNS, rows, _NUMBERS), path, layer="actions")
    if path.suffix.lower() == ".xlsx":
        book = openpyxl.load_workbook(path)
        sheet = book.create_sheet("summary 摘要", 0)
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 44, 80
        for label, value in summary_lines(run):
            sheet.append([label.both(), value])
        partial = path.with_name(f".{path.stem}.partial.xlsx")
        book.save(partial)
        partial.replace(path)

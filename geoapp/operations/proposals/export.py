"""The board as a table: a file, or rows on a terminal."""

from pathlib import Path
from typing import Any, Literal

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.proposals import PROPOSAL_TEXT, ProposalState
from geoapp.core.questions.siting import SitingParameters
from geoapp.operations.proposals.read import list_proposals
from geoapp.reports.file_table import FileTable, numbers_at
from geoapp.reports.tables import write_table
from geoapp.store.engine import Database
from geoapp.store.proposals import ProposalFilter, ProposalRecord

_SUFFIXES = (".csv", ".xlsx")
_COLUMNS = (
    ("id", "编号"),
    ("state", "进展"),
    ("since", "自"),
    ("reason", "理由"),
    ("name_zh", "名称"),
    ("name_en", "英文名"),
    ("region", "区域代码"),
    ("lon", "经度"),
    ("lat", "纬度"),
    ("owner", "负责人"),
    ("organisation", "单位编号"),
    ("host", "所在单位"),
    ("cost", "预计费用"),
    ("planned_on", "计划开放日期"),
    ("note", "备注"),
    ("run", "选址编号"),
    ("order", "方案中的序号"),
    ("promised", "承诺新增覆盖人数"),
    ("standard_m", "标准（米）"),
    ("standard_seconds", "标准（秒）"),
    ("at", "时刻"),
    ("moved_m", "离方案位置（米）"),
    ("facility", "站点编号"),
    ("opened_on", "启用日期"),
    ("sample", "示例"),
)
_NUMBERS = frozenset({"id", "lon", "lat", "cost", "promised", "moved_m", "order", "run"})


def row_of(record: ProposalRecord) -> dict[str, Any]:
    """Return a proposal by the names of the file's columns; positions are WGS-84."""
    asked = SitingParameters.from_stored(record.question)
    own = {name: getattr(record, name) for name, _ in _COLUMNS if hasattr(record, name)}
    return own | {
        "moved_m": round(record.moved_m, 1),
        "standard_m": asked.standard_m,
        "standard_seconds": asked.standard_seconds,
        "at": None if asked.at is None or asked.several else asked.at.isoformat(),
    }


def export_proposals(
    database: Database,
    path: Path,
    wanted: ProposalFilter,
    *,
    headers: Literal["en", "zh"] = "en",
) -> int:
    """Write proposals by run and by the order of its sites; return how many.

    Parameters
    ----------
    path
        Its suffix says the format: .csv or .xlsx.
    headers
        The language of the column names, and of the states.

    Raises
    ------
    InvalidValueError
        If the suffix is not one of these, or there is no such region.
    UnusableInputError
        If the file cannot be written.
    """
    if path.suffix.lower() not in _SUFFIXES:
        names = " ".join(_SUFFIXES)
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted)
    rows = []
    for record in list_proposals(database, wanted):
        told = row_of(record)
        if headers == "zh":
            told["state"] = PROPOSAL_TEXT[ProposalState(record.state)].zh
        rows.append(([told[name] for name, _ in _COLUMNS], None))
    names_of = [zh if headers == "zh" else name for name, zh in _COLUMNS]
    numbers = numbers_at(place for place, (name, _) in enumerate(_COLUMNS) if name in _NUMBERS)
    write_table(FileTable(names_of, rows, numbers), path, layer="proposals")
    return len(rows)

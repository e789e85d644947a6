"""What a facility's position rests on, and rows that have no position."""

import math
from typing import Any, Final, Literal

from geoapp.core.i18n import Text
from geoapp.core.words import POSITION_BASIS_TEXT, PositionBasis
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells
from geoapp.importers.rows.positions import Placed

# Whether a row may be without a position: never, where its basis says that none is known, or always.
Unplaced = Literal["never", "stated", "always"]

_BASIS, _ACCEPTED = cells.word_index(
    POSITION_BASIS_TEXT,
    {
        "实测": PositionBasis.SURVEYED,
        "地址": PositionBasis.ADDRESS,
        "仅知区域": PositionBasis.REGION_ONLY,
        "不详": PositionBasis.UNKNOWN,
        "未知": PositionBasis.UNKNOWN,
    },
)
_IN_FILE: Final = Text(
    "缺少位置：请填写经度 lon 和纬度 lat，或给出几何；不知道位置、仍要登记的，导入时加 --without-position。",
    "There is no position: give lon and lat, or a geometry; --without-position takes in rows whose "
    "position is not known.",
)
_BY_HAND: Final = Text(
    "缺少位置：请填写经度 lon 和纬度 lat，或给出几何；确实不知道的，位置依据（position_basis）选 "
    "region_only（只知所在区域）或 unknown（位置不详）。",
    "There is no position: give lon and lat, or a geometry; where it is not known, state "
    "position_basis region_only (with the region) or unknown.",
)


def has_no_position(words: Any) -> bool:
    """Tell whether a cell says that there is no position."""
    text = cells.as_text(words)
    basis = None if text is None else _BASIS.get(text.casefold())
    return basis is not None and not basis.has_position


def read_basis(found: Findings, cell: Any) -> PositionBasis | None:
    """Return what a position rests on; None where it is not said."""
    return cells.read_word(found, "position_basis", cell, _BASIS, _ACCEPTED)


def lacking(unplaced: Unplaced, basis: PositionBasis | None) -> Text | None:
    """Return what is said of a row without a position; None accepts it."""
    if unplaced == "always":
        return None
    if unplaced == "stated":
        return None if basis is not None and not basis.has_position else _BY_HAND
    return _IN_FILE


def check_basis(
    found: Findings, placed: Placed, basis: PositionBasis | None, region: str | None
) -> None:
    """Note a basis that the position, or its absence, contradicts."""
    if basis is None or found.problems:
        return
    said = POSITION_BASIS_TEXT[basis]
    if not math.isnan(placed.lon) and not basis.has_position:
        found.add(
            "position_basis",
            basis,
            "basis_disagrees",
            f"有坐标，位置依据却是“{said.zh}”（{basis}）；请改为 surveyed、address 或 given，或清空坐标。",
            f"There are coordinates, but position_basis is {basis} ({said.en}); state surveyed, "
            "address or given, or empty the coordinates.",
        )
    elif math.isnan(placed.lon) and basis.has_position:
        found.add(
            "position_basis",
            basis,
            "basis_disagrees",
            f"没有坐标，位置依据却是“{said.zh}”（{basis}）；请填写坐标，或改为 region_only、unknown。",
            f"There are no coordinates, but position_basis is {basis} ({said.en}); give them, or "
            "state region_only or unknown.",
        )
    elif basis is PositionBasis.REGION_ONLY and region is None:
        found.add(
            "region",
            "",
            "required",
            "位置依据是“只知所在区域”，请填写区域代码 region；区域不从名称推断。",
            "position_basis is region_only: state the region; it is never taken from a name.",
        )


def told_unplaced(count: int) -> tuple[Text, ...]:
    """Say how many rows came without a position."""
    if not count:
        return ()
    return (
        Text(
            f"{count:,} 行没有坐标：按没有位置登记，不参加找站、覆盖和选址；库中已有的位置不受影响。",
            f"Rows without coordinates: {count:,}. They are registered without a position and take "
            "no part in nearest, coverage and siting; positions in the store stay as they are.",
        ),
    )

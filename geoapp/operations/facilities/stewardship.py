"""What a data steward looks after: what is unknown, old or out of place."""

from typing import get_args

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.store.facilities.stewardship import (
    FAR_FROM_STREETS_M,
    MANY_ON_ONE_PHONE,
    NEAR_BORDER_M,
    Shortfall,
)

LACK_TEXT: dict[Shortfall, Text] = {
    "hours": Text("开放时间未知", "Opening hours unknown"),
    "entry": Text("怎么进门未知", "Way in unknown"),
    "phone": Text("没有电话", "No telephone"),
    "opened": Text("启用日期未知", "Opening date unknown"),
    "verified": Text("一年内没有核实", "Not verified within a year"),
    "region": Text("不在任何区域内", "Outside every region"),
    "position": Text("没有位置", "Without a position"),
    "doubtful": Text("工人反映关门或搬走", "Workers report it shut or moved"),
    "shared_phone": Text(
        f"同一电话登记给 {MANY_ON_ONE_PHONE} 处以上",
        f"Telephone given by {MANY_ON_ONE_PHONE} or more",
    ),
    "duplicate": Text("可能与另一处重复", "Maybe the same as another"),
    "border": Text(
        f"离别的区不到 {NEAR_BORDER_M} 米，可能登记错区",
        f"Within {NEAR_BORDER_M} m of another district: maybe the wrong one",
    ),
    "street": Text(
        f"离步行路网 {FAR_FROM_STREETS_M:.0f} 米以上",
        f"More than {FAR_FROM_STREETS_M:.0f} m from any street",
    ),
    "moved": Text("电话说搬走了，位置还没改", "Moved, by a call: its position is yet to be set"),
}


def lack_texts(*, knows_streets: bool) -> dict[Shortfall, Text]:
    """Return what may be listed; how far from a street is known with a walking network alone."""
    return {lack: text for lack, text in LACK_TEXT.items() if knows_streets or lack != "street"}


def parse_shortfall(value: str) -> Shortfall:
    """Return what a list is of.

    Raises
    ------
    InvalidValueError
        If it is not a known shortfall.
    """
    known: tuple[Shortfall, ...] = get_args(Shortfall)
    for one in known:
        if one == value:
            return one
    names = ", ".join(known)
    raise InvalidValueError("lack", value, Text(names, names))

"""How a facility's status may change: a table of data, ``data/vocabulary/states.json``."""

import json
from collections.abc import Mapping
from functools import cache

from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.words import STATUS_TEXT, Status


@cache
def transitions() -> Mapping[Status, tuple[Status, ...]]:
    """Return what may follow each status.

    Raises
    ------
    ValueError
        If the table leaves a status out, names one twice, or names one that does not exist.
    """
    content = json.loads((shipped("data") / "vocabulary" / "states.json").read_text("utf-8"))
    rows = [(Status(row["from"]), tuple(map(Status, row["to"]))) for row in content["transitions"]]
    table = dict(rows)
    if len(rows) != len(table) or set(table) != set(Status):
        raise ValueError("states.json must name every status once")
    return table


def may_follow(before: Status, after: Status) -> bool:
    """Tell whether a facility of one status may get another; staying as it is always may be."""
    return before == after or after in transitions()[before]


def refused_step(code: str, before: Status, after: Status) -> Text:
    """Say why a facility cannot get a status, and which it can get."""
    allowed = transitions()[before]
    was, wanted = STATUS_TEXT[before], STATUS_TEXT[after]
    if not allowed:
        return Text(
            f"{code} 已是“{was.zh}”（{before}），不能再变更；同一地点再设站，请另用编号。",
            f"{code} is {before} ({was.en}), which is the end; a station that is set up there again "
            "has a code of its own.",
        )
    zh = "、".join(f"{one}（{STATUS_TEXT[one].zh}）" for one in allowed)
    return Text(
        f"{code} 现为“{was.zh}”（{before}），不能变为“{wanted.zh}”（{after}）；可变为：{zh}。",
        f"{code} is {before} and cannot become {after}; it can become {', '.join(allowed)}.",
    )

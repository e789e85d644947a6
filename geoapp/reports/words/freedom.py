"""How far a site may be moved, and who the register knows there, in words."""

import math
from collections.abc import Mapping
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.results.freedom import TOLD_SHARE, PlanFreedom, PossibleHost, SiteFreedom
from geoapp.core.units import counted, format_count, format_metres, format_share
from geoapp.core.words import STATUS_TEXT, Status

_LITTLE_M: Final = 5.0  # a site that moves less in some direction is told of by its area alone
_HECTARE_M2: Final = 10_000.0

FREEDOM_TITLE: Final = Text("可移动的范围", "Where it may move")


def _down(metres: float) -> Text:
    """Return metres that are not more than they are."""
    step = 10 if metres >= 100 else 5 if metres >= 20 else 1
    return format_metres(math.floor(metres / step) * step)


def _size(area_m2: float) -> Text:
    if area_m2 < _HECTARE_M2 / 2:
        square = counted(max(1, math.floor(area_m2)), "平方米", "square metre")
        return Text(square.zh, square.en)
    hectares = f"{area_m2 / _HECTARE_M2:,.1f}"
    return Text(f"{hectares} 公顷", f"{hectares} hectares")


def freedom_text(site: SiteFreedom) -> Text:
    """Return how far a site may be moved at the loss that is spoken of, the others staying."""
    share = format_share(TOLD_SHARE, 0)
    told = site.told
    if told is None:
        return Text(
            "它覆盖的人别的站点也都覆盖，移到哪里都不少",
            "others cover everybody whom it covers: nothing is lost wherever it stands",
        )
    if not told.pieces:
        return Text(
            f"几乎不能移动：移开就会少覆盖 {share} 以上",
            f"can hardly move: elsewhere it loses more than {share} of what it adds",
        )
    farthest, size = _down(told.farthest_m), _size(told.area_m2)
    pieces = Text("", "")
    if told.pieces > 1:
        many = format_count(told.pieces)
        pieces = Text(f"，共 {many} 块", f" in {many} pieces")
    area = Text(
        f"最远 {farthest.zh}，{size.zh}{pieces.zh}", f"{farthest.en} at most; {size.en}{pieces.en}"
    )
    if told.any_way_m < _LITTLE_M:
        return Text(
            f"可在图上的范围内移动（{area.zh}），少覆盖不超过 {share}",
            f"may move within the area on the map ({area.en}) and lose {share} at most",
        )
    any_way = _down(told.any_way_m)
    return Text(
        f"可向任何方向移动约 {any_way.zh}（{area.zh}），少覆盖不超过 {share}",
        f"may move about {any_way.en} in every direction ({area.en}) and lose {share} at most",
    )


def host_text(host: PossibleHost, kinds: Mapping[str, Text]) -> Text:
    """Return a possible host: name, kind, state, and how far from the site.

    Parameters
    ----------
    kinds
        The names of the kinds of facilities by code.
    """
    about = []
    if host.kind is not None:
        about.append(kinds.get(host.kind, Text(host.kind, host.kind)))
    about.append(
        Text("候选点", "candidate") if host.status is None else STATUS_TEXT[Status(host.status)]
    )
    far = format_metres(round(host.distance_m))
    about.append(Text(f"距原址 {far.zh}", f"{far.en} from the site"))
    lost = format_share(host.share, 0)
    about.append(Text(f"少覆盖不超过 {lost}", f"loses {lost} at most"))
    name_en = host.name_en or host.name_zh
    return Text(
        f"{host.name_zh}（{'，'.join(one.zh for one in about)}）",
        f"{name_en} ({', '.join(one.en.lower() for one in about)})",
    )


def accuracy_text(freedom: PlanFreedom) -> Text:
    """Return what the areas are and how exact they are."""
    metres, line = format_metres(freedom.accuracy_m), format_metres(freedom.standard_m)
    return Text(
        "只移动这一处、其他站点不动；按直线计算，范围里的每个地方都算过，少覆盖的不会更多。没有画进来的地方，"
        f"标准的直线距离（{line.zh}）若短 {metres.zh}就会少得更多。",
        "One site moves, the others stay. By line: every place shown loses no more than it says; places "
        f"left out would lose more were the standard’s straight line ({line.en}) {metres.en} shorter.",
    )

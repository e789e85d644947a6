"""What is said of a station on the way: the one place of these words, for page and terminal."""

from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.travel import By
from geoapp.core.units import format_metres, format_seconds
from geoapp.core.words import Basis
from geoapp.operations.along.question import (
    MOST_LEG_M,
    MOST_ROUTE_M,
    AlongQuery,
    Place,
    lines_m,
)
from geoapp.operations.along.service import AlongAnswer, AlongItem

# Nobody feels less, and no stop is known more finely.
ON_THE_WAY_SECONDS = 30.0
# No two places that somebody goes to are closer: what is written otherwise is rounded otherwise.
SAME_PLACE_M: Final = 2.0


def added_text(item: AlongItem, by: By) -> Text:
    """Say what going by adds: in whole minutes, rounded up, with the metres."""
    if item.added_seconds < ON_THE_WAY_SECONDS:
        return Text("就在路上", "right on the way")
    minutes = format_seconds(max(60.0, item.added_seconds))
    far = format_metres(item.added_m)
    verb = "多骑" if by is By.EBIKE else "多走"
    return Text(f"{verb} {minutes.zh}（{far.zh}）", f"{minutes.en} more ({far.en})")


def letter(stop: int) -> str:
    """Return what a stop is called, counted from 1: A, B, C; the stations have the numbers."""
    return chr(ord("A") + stop - 1)


def after_text(item: AlongItem) -> Text:
    """Say where the route is left."""
    if item.after:
        start, end = letter(item.after), letter(item.after + 1)
        return Text(f"{start}、{end} 之间", f"between {start} and {end}")
    along = format_metres(item.along_m or 0.0)
    return Text(f"沿线 {along.zh} 处", f"{along.en} along the line")


def too_far_text(points: tuple[Place, ...]) -> Text | None:
    """Say which stops are farther apart than a way may be; None where none are."""
    legs_m = lines_m(points)
    far = int(legs_m.argmax())
    if legs_m[far] > MOST_LEG_M:
        line, most = format_metres(float(legs_m[far])), format_metres(MOST_LEG_M)
        start, end = letter(far + 1), letter(far + 2)
        return Text(
            f"从 {start} 到 {end} 直线 {line.zh}，相邻两处最多 {most.zh}。在中间加一处，或分开找。",
            f"{start} to {end} is {line.en} in a line; {most.en} at most from one stop to the next. "
            "Add a stop between, or search them apart.",
        )
    if legs_m.sum() > MOST_ROUTE_M:
        line, most = format_metres(float(legs_m.sum())), format_metres(MOST_ROUTE_M)
        return Text(
            f"全程直线相加 {line.zh}，最多 {most.zh}。分成几段来找。",
            f"The lines are {line.en} in all; {most.en} at most. Search it in parts.",
        )
    return None


def goes_nowhere(points: tuple[Place, ...]) -> bool:
    """Tell whether all stops are the same place."""
    return bool((lines_m(points) < SAME_PLACE_M).all())


def same_places(query: AlongQuery) -> list[Text]:
    """Say which stops that follow each other are the same place; empty where none are."""
    last = letter(len(query.points))
    if goes_nowhere(query.points):
        return [
            Text(
                f"A 到 {last} 是同一个地方：下面算的是从那里去一趟再回来。",
                f"A to {last} are the same place: what follows is there and back from it.",
            )
        ]
    if query.is_line:
        return []
    return [
        Text(
            f"{letter(leg)} 和 {letter(leg + 1)} 是同一个地方。",
            f"{letter(leg)} and {letter(leg + 1)} are the same place.",
        )
        for leg, line_m in enumerate(lines_m(query.points), 1)
        if line_m < SAME_PLACE_M
    ]


def no_way_text(answer: AlongAnswer) -> list[Text]:
    """Say between which stops there is no way, on the network or over the sea; empty where all have one."""
    if answer.query.is_line:
        end = letter(len(answer.query.points))
        return [_no_way("A", end, leg.basis) for leg in answer.legs if leg.way_m is None]
    return [
        _no_way(letter(number), letter(number + 1), leg.basis)
        for number, leg in enumerate(answer.legs, 1)
        if leg.way_m is None
    ]


def _no_way(start: str, end: str, basis: Basis) -> Text:
    if basis is Basis.ESTIMATE:
        return Text(
            f"从 {start} 到 {end} 要过海，走不到，这一段没有算顺路站点",
            f"The sea lies between {start} and {end}: no way is reckoned and no stations are told for it",
        )
    return Text(
        f"路网上从 {start} 走不到 {end}，这一段没有算顺路站点",
        f"The network has no way from {start} to {end}: no stations are told for it",
    )


def nothing_text(query: AlongQuery) -> Text:
    """Say that nothing is on the way, and within what."""
    minutes = f"{query.more_minutes:g}"
    if query.open_only:
        return Text(
            f"没有多花 {minutes} 分钟以内、确知到时开放的站点",
            f"No station that is known to be open on arrival adds {minutes} minutes or less",
        )
    return Text(
        f"没有多花 {minutes} 分钟以内的站点",
        f"No station adds {minutes} minutes or less",
    )

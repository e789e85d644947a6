"""Seats in words: whom a plan has seats for, and what seats of existing facilities it counted."""

from dataclasses import dataclass
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.results.siting import ExistingSeats, ObjectiveUnit, SitingRun
from geoapp.core.units import counted, format_count


@dataclass(frozen=True, slots=True)
class FigureNames:
    """What the figures of a plan are called."""

    share: Text
    newly: Text
    left: Text
    before: Text
    after: Text
    added: Text
    when: Text


_REACHED: Final = FigureNames(
    share=Text("覆盖率", "Covered"),
    newly=Text("新覆盖的劳动者", "Workers newly reached"),
    left=Text("仍走不到", "Still out of reach"),
    before=Text("此前覆盖", "Covered before"),
    after=Text("此后覆盖", "Covered after"),
    added=Text("新覆盖（人）", "Newly reached"),
    when=Text("什么时候覆盖多少", "What is covered when"),
)
_SEATED: Final = FigureNames(
    share=Text("有座位的", "With a seat"),
    newly=Text("新有座位的劳动者", "Workers with a seat who had none"),
    left=Text("仍没有座位", "Still without a seat"),
    before=Text("此前有座位", "With a seat before"),
    after=Text("此后有座位", "With a seat after"),
    added=Text("新有座位（人）", "Newly seated"),
    when=Text("什么时候多少人有座位", "Who has a seat when"),
)


def figure_names(run: SitingRun) -> FigureNames:
    """Return what a plan's figures are called: where seats of what stands count, they are of seats."""
    return _REACHED if run.inputs.existing_seats is None else _SEATED


def existing_seats_text(seats: ExistingSeats) -> Text:
    """Return what seats the facilities have that stand, and of how many that was only taken."""
    some, all_ = (
        counted(seats.facilities, "处", "facility", "facilities"),
        format_count(seats.seats),
    )
    told = Text(
        f"走得到的 {some.zh}，共 {all_} 座",
        f"{some.en} within reach with {counted(seats.seats, '座', 'seat').en}",
    )
    if not seats.unknown:
        return told
    none, each = format_count(seats.unknown), counted(seats.taken, "座", "seat")
    return Text(
        f"{told.zh}；其中 {none} 处没有登记座位，每处按 {each.zh}算",
        f"{told.en}; {none} of them have no known seats and are taken to have {each.en}",
    )


def seats_text(run: SitingRun) -> Text:
    """Return whom a plan has seats for; empty where seats were not asked for."""
    found, existing = run.found, run.inputs.existing_seats
    if found.objective_unit is not ObjectiveUnit.WORKERS_SERVED or found.objective is None:
        return Text("", "")
    seated, most = counted(found.objective, "人", "worker"), format_count(found.bound)
    if existing is None:
        return Text(
            f"有座位的：{seated.zh}，任何方案至多 {most}。上面的覆盖率里，现有设施覆盖的人不论座位都算；"
            "下面每处的“新增”是有座位的人，现有设施的座位不计。",
            f"With a seat: {seated.en}; no plan has more than {most}. In the shares above whom existing "
            "facilities reach counts, whatever their seats; what each site adds below are workers with a "
            "seat. Seats of existing facilities do not count.",
        )
    stand = existing_seats_text(existing)
    return Text(
        f"比现在多 {seated.zh}有座位，任何方案至多 {most}。现有设施也只坐得下这么多人：{stand.zh}。"
        "这里的“覆盖”都指有座位。谁坐在哪里有多种坐法：合计和每处的“新增”都一样，各区的数是其中一种，现在有座位的人都还有。",
        f"{seated.en} with a seat beyond today; no plan has more than {most}. Existing facilities seat only "
        f"so many, too: {stand.en}. Covered here means with a seat. Who sits where can be arranged in "
        "several ways: totals and what each site adds are the same in all, figures of districts are of one "
        "in which nobody loses a seat.",
    )

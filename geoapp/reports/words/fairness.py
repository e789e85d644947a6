"""The worst districts in words: where they stand, and how far that is proven."""

import math
from collections.abc import Mapping, Sequence

from geoapp.core.i18n import Text
from geoapp.core.results.siting import Fairness, FairnessLevel, SitingFindings
from geoapp.core.units import counted, format_count, format_share


def fairness_words(levels: Sequence[FairnessLevel], text: Text) -> Text:
    """Return the verdict on the worst districts in shares of a district, never in workers."""
    lowest, before = len(levels), 0.0
    for level in levels:
        if not level.proven:
            lowest = level.lowest
            break
        before = level.objective
    else:
        proven = counted(lowest, "个区", "district")
        return Text(
            f"{text.zh}；最差的 {proven.zh}已证明不能再高",
            f"{text.en}; proven for {proven.en} from the worst on",
        )
    share = format_share(max(0.0, level.objective - before))
    bound = level.bound
    number = format_count(lowest)
    which = Text(f"从最差的数起第 {number} 个区", f"number {number} from the worst on")
    if lowest == 1:
        which = Text("最差的区", "the worst district")
    if bound is None:
        return Text(
            f"{text.zh}；{which.zh}为 {share}，至多多少未知",
            f"{text.en}; {which.en} stands at {share}, how far it can be lifted is not known",
        )
    # Rounded up: what is not proven must not read as nothing.
    most = format_share(min(1.0, math.ceil(max(0.0, bound - before) * 1000) / 1000))
    return Text(
        f"{text.zh}；{which.zh}为 {share}，任何方案至多 {most}",
        f"{text.en}; {which.en} stands at {share}, and no plan lifts it above {most}",
    )


def fairness_lines(found: Fairness) -> list[tuple[Text, Text]]:
    """Return where the worst district stands, and how many are proven, as labels and values."""
    if not found.districts:
        return []
    worst = found.districts[0]
    held = f"{format_share(worst.share)} ({worst.code or '—'})"
    proven = f"{format_count(found.proven_districts)} / {format_count(len(found.districts))}"
    return [
        (
            Text("最差的区的覆盖率", "covered share of the worst district"),
            Text(held, held),
        ),
        (
            Text("从最差的数起，已证明不能再高的区数", "districts proven, from the worst on"),
            Text(proven, proven),
        ),
    ]


def worst_text(found: SitingFindings, names: Mapping[str, Text]) -> Text:
    """Return where the worst district stands; empty where fairness was not asked for."""
    fair = found.equity
    if fair is None or not fair.districts:
        return Text("", "")
    worst = fair.districts[0]
    name = names.get(worst.code or "", Text("区域未知", "unknown"))
    share = format_share(worst.share)
    zh, en = f"最差的区：{name.zh} {share}", f"The district served worst: {name.en} {share}"
    if not fair.proven_districts:
        return Text(f"{zh}；还没有证明。", f"{en}; not proven.")
    proven, of = (
        format_count(fair.proven_districts),
        counted(len(fair.districts), "个区", "district"),
    )
    return Text(
        f"{zh}；从最差的数起，{proven} / {of.zh}已证明不能再高。",
        f"{en}; proven from the worst on: {proven} / {of.en}.",
    )

"""Promises and where they stand, in words: for pages and the terminal alike."""

from geoapp.core.i18n import Text
from geoapp.core.programmes import (
    COMPARATOR_TEXT,
    STATE_TEXT,
    UNIT_TEXT,
    Recurrence,
    Unit,
)
from geoapp.core.results.promises import DocumentRecord, FactRecord, Standing
from geoapp.core.units import counted

NOT_KNOWN = Text("未知", "unknown")


def number_text(value: float, unit: Unit) -> Text:
    """Return a number with its unit: 1,500 places, 62.5%."""
    shown = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    if unit is Unit.PER_CENT:
        return Text(f"{shown}%", f"{shown}%")
    zh, one, many = UNIT_TEXT[unit]
    return Text(f"{shown} {zh}", f"{shown} {one if value == 1 else many}")


def promise_text(found: Standing) -> Text:
    """Say what was promised: how many, by when."""
    one = found.indicator
    much, how = number_text(one.value, one.unit), COMPARATOR_TEXT[one.comparator]
    first, last = found.window.first, found.window.last.isoformat()
    if one.recurrence is Recurrence.YEARLY:
        since = "" if one.period_from is None else str(one.period_from.year)
        when = Text(f"{since} 年起每年", f"each year from {since}")
    elif one.period_from is not None and first is not None:
        when = Text(f"{first.isoformat()} 至 {last}", f"{first.isoformat()} to {last}")
    else:
        when = Text(f"{last} 前", f"by {last}")
    return Text(f"{how.zh}{much.zh}，{when.zh}", f"{how.en}{much.en}, {when.en}")


def fact_text(found: Standing) -> Text:
    """Say what is known: a number, a band where days are unknown, or that nothing is."""
    if found.fact is None:
        return NOT_KNOWN
    unit = found.indicator.unit
    low = number_text(found.fact, unit)
    if found.possible is None or found.possible == found.fact:
        return low
    high = number_text(found.possible, unit)
    return Text(f"{low.zh} 至 {high.zh}", f"{low.en} to {high.en}")


def basis_text(found: Standing) -> Text:
    """Say what the fact rests on, and of which day it is; or why there is none."""
    if found.basis == "entered":
        if found.fact != found.possible:
            return Text(
                f"{found.on} 的数，几份文件说法不一，见下",
                f"documents differ on {found.on}; see below",
            )
        document = found.stated[0].document
        return Text(
            f"按文件：{document.title_zh}，{found.on}",
            f"stated by: {document.title_en}, {found.on}",
        )
    if found.basis == "store" and found.indicator.care:
        return Text(
            f"按登记的关爱活动合计，到 {found.on}；没有登记的不在内",
            f"summed from the care events registered, up to {found.on}; what is not registered is "
            "not in it",
        )
    if found.basis == "store":
        return Text(f"按登记计数，{found.on}", f"counted from the register, {found.on}")
    if found.indicator.rule is not None:
        return Text(
            "登记里没有这一类的真实记录，也没有公布的数",
            "no real record of this kind is registered, and no document states a number",
        )
    return Text("没有公布的数", "no document states a number")


def state_text(found: Standing) -> Text:
    """Say where the promise stands."""
    return STATE_TEXT[found.verdict.state]


def undated_text(found: Standing) -> Text | None:
    """Say how many of what may count have no day that tells; None where none."""
    if not found.undated or found.possible is None or found.indicator.rule is None:
        return None
    if found.basis == "entered":
        # The band is between documents that differ, which `basis_text` says.
        return None
    if found.of_set is not None:
        return Text(
            "其中有的没有登记，或日期不详", "some are not registered, or their days are unknown"
        )
    unknown = round(found.undated)
    share = f"{found.undated / found.possible:.0%}"
    return Text(
        f"{unknown:,} 个日期不详（{share}）",
        f"{counted(unknown, '个', 'subject').en} without a day that tells ({share})",
    )


def last_day_text(found: Standing) -> Text | None:
    """Say what there was on the promise's last day, where that is past; None where it is not told."""
    if found.at_last is None:
        return None
    unit, (low, high) = found.indicator.unit, found.at_last
    last = found.window.last.isoformat()
    least, most = number_text(low, unit), number_text(high, unit)
    if low == high:
        return Text(f"到期日（{last}）{least.zh}", f"on the last day ({last}): {least.en}")
    why = Text("有的日期不详", "as some days are not known")
    if found.basis == "entered":
        why = Text("几份文件说法不一", "as documents differ")
    return Text(
        f"到期日（{last}）{least.zh} 至 {most.zh}，{why.zh}",
        f"on the last day ({last}): {least.en} to {most.en}, {why.en}",
    )


def pace_text(found: Standing) -> Text | None:
    """Say what is still needed for each 30 days; None where nothing is, or nothing is known."""
    pace, left = found.verdict.pace_per_day, found.verdict.days_left
    if pace is None or not left:
        return None
    days = min(left, 30)
    much = number_text(round(pace * days, 1), found.indicator.unit)
    return Text(
        f"还剩 {left:,} 天，每 {days} 天需 {much.zh}",
        f"{counted(left, '天', 'day').en} left: {much.en} needed every "
        f"{counted(days, '天', 'day').en}",
    )


def forecast_text(found: Standing) -> Text | None:
    """Say what the last 90 days lead to, and from how many events; None without a forecast."""
    forecast = found.verdict.forecast
    if forecast is None:
        return None
    much = number_text(float(round(forecast.value)), found.indicator.unit)
    return Text(
        f"照近 {forecast.days} 天（{forecast.events} 次变动）推算，到期 {much.zh}",
        f"{much.en} on the last day if it goes on as in the last {forecast.days} days "
        f"({counted(forecast.events, '次', 'event').en})",
    )


def document_text(document: DocumentRecord, place: str | None) -> Text:
    """Name a document, its issuer, its day and the place in it."""
    day = None if document.published_on is None else document.published_on.isoformat()
    zh = [document.issuer_zh, f"《{document.title_zh}》", day or "日期未见", place]
    en = [document.issuer_en, document.title_en, day or "day not seen", place]
    return Text("，".join(filter(None, zh)), ", ".join(filter(None, en)))


def stated_text(fact: FactRecord) -> Text:
    """Say what a document states: the number, of what, of which day."""
    much = number_text(fact.value, fact.unit)
    name = fact.name
    day = None if fact.as_of is None else fact.as_of.isoformat()
    zh = "，".join(filter(None, [name.zh if name else None, much.zh, day]))
    en = ", ".join(filter(None, [name.en if name else None, much.en, day]))
    return Text(zh, en)

"""Words of standards: how a facility stands, where a standard is from, what a list counts."""

from collections.abc import Sequence
from datetime import date

from geoapp.core.i18n import Text
from geoapp.core.results.spacing import SpacingResult
from geoapp.core.results.standards import Prices, Purchase, PurchaseList, StandardResult
from geoapp.core.standards import COMPLIANCE_TEXT, Compliance, Standard
from geoapp.core.units import counted, format_money

CONFIDENCE_TEXT = {
    "official": Text("发布单位的网站", "the issuer's own site"),
    "press": Text("新闻报道", "a report of the press"),
    "copy": Text("转载的文件", "a reprinted document"),
}
NATURE_TEXT = {
    "equipment": Text("建设标准", "Equipment"),
    "management": Text("管理标准", "Management"),
}


PRICE_UNKNOWN = Text("价格未知", "price unknown")


def prices_text(prices: Prices) -> Text:
    """Return which lists the prices are of and as of when, and how many were given for once."""
    zh, en = [], []
    for one in prices.lists:
        days = f"{one.first}" if one.first == one.last else f"{one.first} – {one.last}"
        zh.append(f"价格表“{one.name}”，{days} 的价格{'（示例）' if one.sample else ''}")
        sample = " (sample)" if one.sample else ""
        en.append(f"price list “{one.name}”, prices as of {days}{sample}")
    if prices.differ:
        zh.append("每处按它所在地的价算")
        en.append("each station is reckoned at the prices of where it stands")
    if prices.given:
        typed = counted(
            len(prices.given), "项单价是填写的", "price was entered", "prices were entered"
        )
        zh.append(typed.zh)
        en.append(typed.en)
    if not zh:
        return Text("没有价格", "No prices")
    said = "; ".join(en)
    return Text("；".join(zh), said[:1].upper() + said[1:])


def item_price_text(one: Purchase) -> Text:
    """Return what one piece of an item costs; where that differs, how many pieces cost what."""
    told = [
        (PRICE_UNKNOWN if part.price is None else yuan_text(part.price), part)
        for part in one.pieces or ()
    ]
    if len(told) == 1:
        return told[0][0]
    return Text(
        "，".join(f"{price.zh}（缺 {p.surely:,}，未知 {p.possibly:,}）" for price, p in told),
        ", ".join(
            f"{price.en} (lacking {p.surely:,}, unknown {p.possibly:,})" for price, p in told
        ),
    )


def yuan_text(amount: float) -> Text:
    """Return an amount of money."""
    return Text(f"{format_money(amount)} 元", f"{format_money(amount)} yuan")


def cost_text(bought: PurchaseList) -> Text:
    """Return what all costs; a sum that lacks something is said to be a lower bound."""
    if bought.cost is None:
        return Text(
            "要买的都没有价格，费用未知",
            "Nothing that is to be bought has a price: the cost is not known",
        )
    least, most = (format_money(one) for one in bought.cost)
    zh, en = (
        (f"{least} 元", f"{least} yuan")
        if least == most
        else (f"{least} 至 {most} 元", f"{least} to {most} yuan")
    )
    if not bought.is_lower_bound:
        return Text(zh, en)
    lacks_zh, lacks_en = [], []
    if bought.unpriced:
        number = counted(
            bought.unpriced, "项价格未知", "item has no known price", "items have no known price"
        )
        lacks_zh.append(number.zh)
        lacks_en.append(number.en)
    if bought.unrecorded:
        number = counted(
            bought.unrecorded, "项件数未知", "is of unknown number", "are of unknown number"
        )
        lacks_zh.append(number.zh)
        lacks_en.append(number.en)
    return Text(
        f"{zh}，这是下限：{'，'.join(lacks_zh)}，没有计入",
        f"{en}, a lower bound: {' and '.join(lacks_en)}, not counted in",
    )


def listed(texts: Sequence[Text]) -> Text:
    """Return items one after the other."""
    return Text(
        "、".join(one.zh for one in texts),
        ", ".join(one.en[:1].lower() + one.en[1:] for one in texts),
    )


def own_text(state: Compliance, lacking: Sequence[Text], unknown: Sequence[Text]) -> Text:
    """Return in one line how a facility stands to a standard."""
    zh, en = [], []
    if state is Compliance.COMPLIES:
        return COMPLIANCE_TEXT[state]
    if lacking:
        names = listed(lacking)
        zh.append(f"缺{names.zh}")
        en.append(f"lacks {names.en}")
    if unknown:
        names = listed(unknown)
        zh.append(f"未知：{names.zh}")
        en.append(f"unknown: {names.en}")
    return Text("；".join(zh), "; ".join(en))


def issued_text(standard: Standard) -> Text:
    """Return who published a standard, where it holds and when; what is not known is said so."""
    region = standard.region or Text("适用地不详", "where it holds is not known")
    issuer = standard.issuer or Text("发布单位不详", "issuer not known")
    published = None if standard.document is None else standard.document.published_on
    day = (
        Text("日期不详", "date not known")
        if published is None
        else Text(published.isoformat(), published.isoformat())
    )
    return Text(f"{region.zh}；{issuer.zh}；{day.zh}", f"{region.en}; {issuer.en}; {day.en}")


def source_text(standard: Standard) -> Text:
    """Return the document that a standard is known from, and how close that is to the issuer."""
    if standard.document is None:
        return standard.source
    how = CONFIDENCE_TEXT[standard.document.confidence]
    return Text(f"{standard.source.zh}（{how.zh}）", f"{standard.source.en} ({how.en})")


def samples_text(result: StandardResult | SpacingResult) -> Text | None:
    """Return what is to be said of samples; None where there are none."""
    if result.sample:
        return Text(
            "这里只有示例设施（随机生成），数字都是示例的，不是事实。",
            "There are only generated samples here: all figures are of samples, not facts.",
        )
    if result.left_out_samples:
        number = counted(result.left_out_samples, "处示例设施", "sample", "samples")
        return Text(
            f"另有{number.zh}，没有计入。",
            f"Besides, {number.en}, which {'is' if result.left_out_samples == 1 else 'are'} not counted.",
        )
    return None


def yardstick_text(standard: Standard, region: str | None) -> Text | None:
    """Return that a standard is another place's, held against a region; None where it holds there."""
    if standard.region is None or standard.holds_in(region) or standard.region_code == "100000":
        return None
    return Text(
        f"这是{standard.region.zh}的标准，在这里作对照用。",
        f"This is the standard of {standard.region.en}, used here as a yardstick.",
    )


def picture_title(standard: Standard, region: Text | None) -> Text:
    """Name the map of a standard; no region is everywhere."""
    if region is None:
        return standard.text
    return Text(f"{region.zh}：{standard.zh}", f"{region.en}: {standard.en}")


def picture_figures(result: StandardResult) -> Text:
    """Return how many facilities stand how."""
    total = result.total
    zh = [f"{COMPLIANCE_TEXT[one].zh} {total.of(one):,} 处" for one in Compliance]
    en = [f"{COMPLIANCE_TEXT[one].en.lower()} {total.of(one):,}" for one in Compliance]
    return Text(
        f"对照的设施 {total.facilities:,} 处：{'，'.join(zh)}",
        f"{counted(total.facilities, '', 'facility', 'facilities').en}: {', '.join(en)}",
    )


def picture_note(day: date, unplaced: int) -> Text:
    """Say as of when a map is, and how many facilities are not on it."""
    zh = f"截至 {day}；全部项目都已知有才算达标，未知不算缺。"
    en = f"As of {day}. Only with every item known to be there does one comply; the unknown is not lacking."
    if not unplaced:
        return Text(zh, en)
    number = counted(unplaced, "处位置不详", "facility has", "facilities have")
    return Text(f"{zh}{number.zh}，不在图上。", f"{en} {number.en} no known position.")

"""Words of standards: how a facility stands, where a standard is from, what a list counts."""

from collections.abc import Sequence

from geoapp.core.i18n import Text
from geoapp.core.results.standards import StandardResult
from geoapp.core.standards import COMPLIANCE_TEXT, Compliance, Standard
from geoapp.core.units import counted

CONFIDENCE_TEXT = {
    "official": Text("发布单位的网站", "the issuer's own site"),
    "press": Text("新闻报道", "a report of the press"),
    "copy": Text("转载的文件", "a reprinted document"),
}
NATURE_TEXT = {
    "equipment": Text("建设标准", "Equipment"),
    "management": Text("管理标准", "Management"),
}


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


def samples_text(result: StandardResult) -> Text | None:
    """Return what is to be said of samples; None where there are none."""
    if result.sample:
        return Text(
            "这里只有示例设施（随机生成），下面的数字都是示例的，不是事实。",
            "There are only generated samples here: all figures below are of samples, not facts.",
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

"""The words of each condition of a question that departs from the usual, field by field."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from geoapp.core.hours import read
from geoapp.core.hours.words import words_of
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTION_TEXT, ActionKind
from geoapp.core.questions.hour_weights import HourWeights
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import (
    ANYWHERE,
    FACILITIES,
    FROM_DEMAND,
    FROM_FACILITIES,
    FROM_NETWORK,
    SITING,
    SitingParameters,
)
from geoapp.core.questions.uncertain import Criterion
from geoapp.core.units import (
    counted,
    format_count,
    format_metres,
    format_moment,
    format_money,
    format_seconds,
    format_share,
)
from geoapp.core.words import FAMILY_TEXT, Family
from geoapp.reports.words.naming import MOST_IN_TITLE, Naming
from geoapp.reports.words.phases import asked_phases
from geoapp.reports.words.sizes import asked_sizes

NEWEST: Final = Text("最新的需求集", "the newest demand set")


def _percent(share: float) -> str:
    return f"{format_share(share, 2).rstrip('%').rstrip('0').rstrip('.')}%"


def demand_words(code: str | None, naming: Naming) -> Text:
    """Return the name of a demand set; its code where it has none, the newest where none is named."""
    return NEWEST if code is None else naming.demand.get(code, Text(code, code))


def _titled_demand(code: str, naming: Naming) -> Text | None:
    # Where there is one set alone, it tells nothing apart.
    if set(naming.demand) == {code}:
        return None
    name = demand_words(code, naming)
    return Text(f"需求：{name.zh}", f"demand: {name.en}")


def _also_demand(codes: tuple[str, ...], naming: Naming) -> Text:
    names = [demand_words(code, naming) for code in codes]
    return Text(
        f"还可能是{'、'.join(one.zh for one in names)}",
        f"or instead {', '.join(one.en for one in names)}",
    )


def _criterion(criterion: Criterion, _naming: Naming) -> Text:
    words = (SITING["criterion"].choices or {})[criterion]
    return Text(words.zh, words.en.lower())


def families_words(families: Iterable[str] | None) -> Text:
    """Return the names of families of facilities; None = all."""
    names = [FAMILY_TEXT[Family(one)] for one in families or list(Family)]
    return Text("、".join(one.zh for one in names), ", ".join(one.en for one in names))


def _only(families: tuple[str, ...], _naming: Naming) -> Text | None:
    if set(families) == set(Family):
        return None
    names = families_words(families)
    return Text(f"只算{names.zh}", f"{names.en} alone counted")


def candidates_words(candidates: str | None) -> Text:
    """Return where sites may stand."""
    if candidates == ANYWHERE:
        return Text("站点可在任何地方", "sites anywhere")
    if candidates is None or candidates == FROM_DEMAND:
        return Text("按需求生成", "generated where the demand is")
    if candidates == FROM_NETWORK:
        return Text("路网的路口", "junctions of the walking network")
    if candidates.startswith(FROM_FACILITIES):
        family = FAMILY_TEXT[Family(candidates.removeprefix(FROM_FACILITIES))]
        return Text(f"升级现有的{family.zh}", f"upgrading: {family.en}")
    return Text(f"候选集 {candidates}", f"candidate set {candidates}")


def _titled_candidates(candidates: str, _naming: Naming) -> Text | None:
    return None if candidates == FROM_DEMAND else candidates_words(candidates)


def _near_hosts(named: str, _naming: Naming) -> Text:
    """Return who new sites are to be near."""
    name, _, kind = named.partition(":")
    if name == FACILITIES:
        of = FAMILY_TEXT[Family(kind)] if kind in set(Family) else Text("设施", "facilities")
        return Text(f"只在现有{of.zh}附近", f"only near {of.en} in service")
    units = Text(f"候选集 {name} 的{kind or '单位'}", f"{kind or 'hosts'} of candidate set {name}")
    return Text(f"只在{units.zh}附近", f"only near {units.en}")


def _one_quota(quota: Quota) -> Text:
    least, most = format_count(quota.least or 0), format_count(quota.most)
    if quota.most is None:
        return Text(f"至少 {least} 个", f"at least {least}")
    if (quota.least or 0) == quota.most:
        return Text(f"{least} 个", f"exactly {least}")
    if not quota.least:
        return Text(f"至多 {most} 个", f"at most {most}")
    return Text(f"{least} 至 {most} 个", f"{least} to {most}")


def _quotas(
    quotas: tuple[tuple[str, Quota], ...],
    names: Mapping[str, Text],
    most_named: int,
    each: Callable[[int, str], Text],
) -> Text | None:
    some = [(code, quota) for code, quota in quotas if not quota.limits_nothing]
    if not some:
        return None
    alike = {(quota.least or 0, quota.most) for _, quota in some}
    if len(alike) == 1 and len(some) > most_named:
        words, every = _one_quota(some[0][1]), each(len(some), "")
        return Text(f"{every.zh}每个{words.zh}", f"{words.en} in each of {every.en}")
    told = [(names.get(code, Text(code, code)), _one_quota(quota)) for code, quota in some]
    more = len(told) - most_named
    others = each(more, "more ")
    zh = "、".join(f"{name.zh} {words.zh}" for name, words in told[:most_named])
    en = ", ".join(f"{words.en} in {name.en}" for name, words in told[:most_named])
    return Text(
        zh + (f"，另有 {others.zh}" if more > 0 else ""),
        en + (f" and {others.en}" if more > 0 else ""),
    )


def _each_region(count: int, more: str) -> Text:
    return counted(count, "个区", f"{more}region")


def _each_host(count: int, more: str) -> Text:
    return counted(count, "类单位", f"{more}type of host", f"{more}types of host")


def _seats(value: float, _naming: Naming) -> Text:
    some = counted(value, "座", "seat")
    return Text(f"每处 {some.zh}", f"{some.en} each")


def _existing_seats(value: float, _naming: Naming) -> Text:
    some = counted(value, "座", "seat")
    return Text(
        f"现有座位也算（没登记的 {some.zh}）",
        f"existing seats count ({some.en} where not recorded)",
    )


def _at(moment: Any, naming: Naming) -> Text:
    return format_moment(moment, naming.zone)


def new_hours_words(hours: str, _naming: Naming) -> Text:
    """Return the hours of new sites, of which actions speak otherwise."""
    known = read(hours)
    zh, en = words_of(known, "zh"), words_of(known, "en")
    return Text(f"新站点 {zh} 开放", f"new stations open {en}")


def unsaid_hours_words(question: SitingParameters) -> Text:
    """Return what is told of the hours of new sites where the question gives none."""
    if question.rests_on_unknown_hours:
        return Text("没有给出；前提是新站点那时开放", "not given; provided that they are open then")
    return Text("各设施自己的", "each facility's own")


def _moments(moments: tuple[Any, ...], naming: Naming) -> Text:
    first = [format_moment(one, naming.zone) for one in sorted(moments)]
    more = len(first) - naming.most_named
    zh = "、".join(one.zh for one in first[: naming.most_named])
    en = ", ".join(one.en for one in first[: naming.most_named])
    if more > 0:
        return Text(f"{zh} 等 {len(first)} 个时刻", f"{en} and {more} more")
    return Text(zh, en)


def _hour_weights(weights: HourWeights, naming: Naming) -> Text:
    told = []
    for one in weights[: naming.most_named]:
        hours = read(one.whole)
        told.append(
            Text(
                f"{words_of(hours, 'zh')} 算 {one.weight}",
                f"{words_of(hours, 'en')} counts {one.weight}",
            )
        )
    more = len(weights) - len(told)
    zh, en = "、".join(one.zh for one in told), ", ".join(one.en for one in told)
    if more > 0:
        some = counted(more, "段时间", "more stretch of hours", "more stretches of hours")
        zh, en = f"{zh}，另有 {some.zh}", f"{en} and {some.en}"
    return Text(f"权重：{zh}，其余算 1", f"weights: {en}, the rest 1")


def _cost(kind: ActionKind) -> Callable[[float, Naming], Text]:
    name = ACTION_TEXT[kind]
    return lambda value, _naming: Text(
        f"{name.zh}每处 {format_money(value)}", f"{name.en} at {format_money(value)} each"
    )


def _words(
    zh: str, en: str, shown: Callable[[Any], str] = format_money
) -> Callable[[Any, Naming], Text]:
    return lambda value, _naming: Text(zh, en).format(value=shown(value))


def _many(zh: str, en: str, noun: str) -> Callable[[Any, Naming], Text]:
    def words(values: Any, naming: Naming) -> Text:
        some = counted(len(values), "", noun)
        told = Text(zh.format(value=format_count(len(values))), en.format(value=some.en))
        # A title counts them; areas have no names.
        if naming.most_named == MOST_IN_TITLE or not all(map(_name_of, values)):
            return told
        named = [_name_of(one) for one in values[: naming.most_named]]
        more = "…" if len(values) > len(named) else ""
        return Text(f"{told.zh}：{'、'.join(named)}{more}", f"{told.en}: {', '.join(named)}{more}")

    return words


def _name_of(one: Any) -> str:
    """Return what a candidate of a question is called; nothing for an area."""
    if isinstance(one, DrawnSite):
        return f"{one.code} {one.name}" if one.name else one.code
    return one if isinstance(one, str) else ""


def _metres_zh_en(zh: str, en: str) -> Callable[[float, Naming], Text]:
    def words(value: float, _naming: Naming) -> Text:
        shown = format_metres(value)
        return Text(zh.format(value=shown.zh), en.format(value=shown.en))

    return words


def _seconds(zh: str, en: str) -> Callable[[float, Naming], Text]:
    def words(value: float, _naming: Naming) -> Text:
        shown = format_seconds(value)
        return Text(zh.format(value=shown.zh), en.format(value=shown.en))

    return words


# The words of each field that departs from its default; None where that means nothing.
CONDITION_WORDS: dict[str, Callable[[Any, Naming], Text | None]] = {
    "share": _words("至少覆盖 {value}", "at least {value} covered", _percent),
    "demand": _titled_demand,
    "also_demand": _also_demand,
    "demand_off_share": _words(
        "各区人数可能多或少 {value}", "each district may be off by {value}", _percent
    ),
    "criterion": _criterion,
    "candidates": _titled_candidates,
    "spacing_m": _metres_zh_en("候选点间距 {value}", "candidates {value} apart"),
    "drawn": _many("另画 {value} 处", "{value} drawn besides", "candidate"),
    "fixed": _many("必选 {value} 处", "{value} that must be there", "site"),
    "forbidden": _many("不用 {value} 处", "{value} not available", "candidate"),
    "forbidden_areas": _many("禁设范围 {value} 处", "none in {value}", "forbidden area"),
    "without_dropped_m": _metres_zh_en(
        "避开不建的地点周围 {value}", "none within {value} of dropped sites"
    ),
    "near_hosts": _near_hosts,
    "near_hosts_m": _metres_zh_en("离它们至多 {value}", "at most {value} from them"),
    "near_streets_m": _metres_zh_en("离街道至多 {value}", "at most {value} from a street"),
    "near_streets": lambda _which, _naming: Text(
        "能走的路都算街道", "every way on foot counts as a street"
    ),
    "families": _only,
    "at": _at,
    "period": lambda period, _naming: (SITING["period"].choices or {})[period],
    "phases": lambda phases, _naming: asked_phases(phases),
    "min_spacing_m": _metres_zh_en("站点相隔至少 {value}", "stations at least {value} apart"),
    "quotas": lambda quotas, naming: _quotas(
        quotas, naming.regions, naming.most_named, _each_region
    ),
    "host_quotas": lambda quotas, naming: _quotas(quotas, {}, naming.most_named, _each_host),
    "budget": _words("预算 {value}", "budget {value}"),
    "sizes": lambda sizes, _naming: asked_sizes(sizes),
    "site_cost": _words("每处费用 {value}", "{value} for each station"),
    "backup_share": _words("第二个站点算 {value}", "a second station counts {value}", _percent),
    "capacity": _seats,
    "existing_seats": _existing_seats,
    "alternatives": _words("另找 {value} 个方案", "other plans sought: {value}"),
    "differ": _words("至少换 {value} 处", "sites that differ: at least {value}"),
    "within_share": _words("至多少覆盖 {value}", "at most {value} less covered", _percent),
    "time_limit_seconds": _seconds("至多算 {value}", "at most {value} of solving"),
    "target_gap": _words("差距 {value} 以内即停", "stop within {value}", _percent),
    "moments": _moments,
    "hour_weights": _hour_weights,
    "hours": _words("开放 {value}", "open {value}", str),
    "most_actions": _words("至多 {value} 项", "no more actions than {value}"),
    "build_cost": _cost(ActionKind.BUILD),
    "extend_cost": _cost(ActionKind.EXTEND_HOURS),
    "move_cost": _cost(ActionKind.MOVE),
    "upgrade_cost": _cost(ActionKind.UPGRADE),
    "close_saving": _cost(ActionKind.CLOSE),
}

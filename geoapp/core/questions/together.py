"""Conditions of a siting question that cannot be had together, each refused with its reason."""

from typing import Any, Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.period import Period

# What limits candidates; the bound over every place does not hold it.
_NEEDING_CANDIDATES: Final = (
    "budget",
    "quotas",
    "host_quotas",
    "min_spacing_m",
    "capacity",
    "sizes",
    "backup_share",
    "alternatives",
    "spacing_m",
    "forbidden",
)
# What binds the sites in ways that a plan in phases is not solved with.
_WITHOUT_PHASES: Final = (
    "budget",
    "quotas",
    "host_quotas",
    "min_spacing_m",
    "capacity",
    "sizes",
    "backup_share",
    "alternatives",
)
# What sizes say already, or cannot be proven with.
_WITHOUT_SIZES: Final = {
    "capacity": Text(
        "空：每种大小（sizes）已说明座位", "none together with sizes: these say the seats"
    ),
    "site_cost": Text(
        "空：每种大小（sizes）已说明费用", "none together with sizes: these say what a site costs"
    ),
    "backup_share": Text(
        "0：与 sizes 不能同用，一个座位只算一次", "0 together with sizes: a seat serves once"
    ),
    "alternatives": Text("0：与 sizes 不能同用", "0: not offered together with sizes"),
}


def check_together(wanted: Any) -> None:
    """Refuse what no data could answer, though each value is acceptable by itself.

    Parameters
    ----------
    wanted
        A siting question, ``SitingParameters``.

    Raises
    ------
    InvalidValueError
        That names one of the values and says why.
    """
    _check_pairs(wanted)
    _check_sizes(wanted)
    _check_times(wanted)
    _check_phases(wanted)
    _check_codes(wanted)
    if wanted.anywhere:
        _check_anywhere(wanted)


def _check_pairs(wanted: Any) -> None:
    if wanted.alternatives > 0 and (wanted.backup_share > 0 or wanted.capacity is not None):
        raise InvalidValueError(
            "alternatives",
            wanted.alternatives,
            Text(
                "0：与 backup_share、capacity 不能同用",
                "0: not offered together with a backup share or a capacity",
            ),
        )
    if wanted.capacity is not None and wanted.backup_share > 0:
        raise InvalidValueError(
            "capacity",
            wanted.capacity,
            Text(
                "空：与 backup_share 不能同用，一个座位只算一次",
                "none together with a backup share: a seat serves once",
            ),
        )
    if wanted.existing_seats is not None and not wanted.seated:
        accepted = Text(
            "空，或与新站点的座位（capacity 或 sizes）一起：新站点的座位没有限制时，现有的座位无从相比",
            "none, or together with seats of the new sites (capacity or sizes): beside new sites without a "
            "limit those of existing ones say nothing",
        )
        raise InvalidValueError("existing_seats", wanted.existing_seats, accepted)
    if wanted.near_hosts is not None and wanted.near_hosts_m is None:
        accepted = Text(
            "离这些单位至多多少米：只说了哪些单位（near_hosts）",
            "how far from these hosts at most: only which ones was said (near_hosts)",
        )
        raise InvalidValueError("near_hosts_m", None, accepted)
    priced = wanted.site_cost is not None or bool(wanted.sizes)
    if wanted.budget is not None and not priced and wanted.generated:
        raise InvalidValueError(
            "budget",
            wanted.budget,
            Text(
                "与每处费用（site_cost）或有费用的候选集同用的预算：生成的候选点没有费用",
                "a budget together with what each site costs (site_cost), or for a candidate set with "
                "costs: generated candidates have none",
            ),
        )


def _check_sizes(wanted: Any) -> None:
    """Refuse what sizes of sites cannot be honoured with."""
    if not wanted.sizes:
        return
    if wanted.budget is None:
        accepted = Text(
            "预算：没有预算时总是最大的最好",
            "a budget: without one the largest size is always the best",
        )
        raise InvalidValueError("budget", None, accepted)
    for name, accepted in _WITHOUT_SIZES.items():
        value = getattr(wanted, name)
        if value:
            raise InvalidValueError(name, value, accepted)


def _check_times(wanted: Any) -> None:
    """Refuse what several moments cannot be honoured with."""
    if not wanted.several:
        if wanted.hour_weights:
            accepted = Text(
                "空：只看一个时刻时没有可以相比的；请用 period 或 moments",
                "none: one moment has none to be weighed against; ask for several (period, moments)",
            )
            raise InvalidValueError("hour_weights", len(wanted.hour_weights), accepted)
        return
    if wanted.moments and (wanted.at is not None or wanted.period is not Period.MOMENT):
        accepted = Text(
            "空：与 at、period 不能同用", "none together with at or period: one says when, not both"
        )
        raise InvalidValueError("moments", len(wanted.moments), accepted)
    if len(set(wanted.moments)) < len(wanted.moments):
        accepted = Text("互不相同的时刻", "moments that differ")
        raise InvalidValueError("moments", len(wanted.moments), accepted)
    if wanted.period is not Period.MOMENT and wanted.at is None:
        accepted = Text(
            "moment；要看一天或一周，请给出其中的一个时刻（at）",
            "moment; for a day or a week name a moment in it (at)",
        )
        raise InvalidValueError("period", wanted.period, accepted)
    if wanted.upgraded is not None and wanted.hours is None:
        accepted = Text(
            "升级后的开放时间：看多个时刻时，所有新站点要有同样的开放时间",
            "the hours after the upgrade: over several moments all new stations have the same hours",
        )
        raise InvalidValueError("hours", None, accepted)
    if wanted.anywhere and wanted.model == "lscp":
        accepted = Text(
            "候选集或 generated：看多个时刻时，“任何地方”只能用于最大覆盖（mclp）",
            "a candidate set, or generated: over several moments sites anywhere are for maximal "
            "covering (mclp) only",
        )
        raise InvalidValueError("candidates", wanted.candidates, accepted)


def _check_phases(wanted: Any) -> None:
    """Refuse what a plan in phases could not be proven with."""
    if not wanted.phases:
        return
    total = sum(number for _, number in wanted.phases)
    if wanted.p != total:
        accepted = Text(
            f"空，或各期之和 {total}：已按年说明站点数（phases）",
            f"none, or {total}, the sum of the phases, which say how many",
        )
        raise InvalidValueError("p", wanted.p, accepted)
    for name in _WITHOUT_PHASES:
        value = getattr(wanted, name)
        if value:
            accepted = Text(
                "不填：分几年建时还不能证明带这个条件的方案",
                "none: of a plan in phases nothing could be proven with this condition",
            )
            raise InvalidValueError(
                name, len(value) if isinstance(value, tuple) else value, accepted
            )
    if wanted.anywhere:
        accepted = Text(
            "候选集或 generated：分几年建时站点要在候选点里选",
            "a candidate set, or generated: a plan in phases chooses among candidates",
        )
        raise InvalidValueError("candidates", wanted.candidates, accepted)
    first = wanted.phases[0][1]
    if len(set(wanted.fixed)) > first:
        accepted = Text(
            f"至多 {first} 个：必选点都在第一年建",
            f"at most {first}: they all open in the first year",
        )
        raise InvalidValueError("fixed", len(set(wanted.fixed)), accepted)


def _check_codes(wanted: Any) -> None:
    both = sorted(set(wanted.fixed) & set(wanted.forbidden))
    if both:
        raise InvalidValueError(
            "forbidden", both[0], Text("不在 fixed 中的候选点", "candidates that are not fixed")
        )
    if wanted.p is not None and len(set(wanted.fixed)) > wanted.p:
        raise InvalidValueError(
            "p",
            wanted.p,
            Text(
                f"不少于固定的 {len(set(wanted.fixed))} 个",
                f"at least the {len(set(wanted.fixed))} fixed sites",
            ),
        )
    codes = [one.code for one in wanted.drawn]
    if len(set(codes)) < len(codes):
        accepted = Text("编号互不相同的点", "sites of different codes")
        raise InvalidValueError("drawn", len(codes), accepted)
    if wanted.quotas and wanted.host_quotas:
        raise InvalidValueError(
            "host_quotas",
            len(wanted.host_quotas),
            Text(
                "空：模型只能按一种办法分组，与 quotas 不能同用",
                "none together with quotas: the model groups the candidates in one way",
            ),
        )


def _check_anywhere(wanted: Any) -> None:
    """Refuse what would leave the bound over every place without a proof."""
    if wanted.model not in ("mclp", "lscp", "p_center"):
        accepted = Text(
            "候选集或 generated：“任何地方”只能用于最大覆盖（mclp）、最少站点（lscp）和最远步行（p_center）",
            "a candidate set, or generated: sites anywhere are for maximal covering (mclp), the "
            "fewest sites (lscp) and the longest walk (p_center) only",
        )
        raise InvalidValueError("candidates", wanted.candidates, accepted)
    for name in _NEEDING_CANDIDATES:
        value = getattr(wanted, name)
        if value:
            accepted = Text(
                "不填：站点可在任何地方时还不能证明带这个条件的方案；要用它，请选候选点",
                "none: with sites anywhere nothing could be proven of a plan with this condition; "
                "choose candidates to ask for it",
            )
            told = len(value) if isinstance(value, tuple) else value
            raise InvalidValueError(name, told, accepted)
    loose = [one.code for one in wanted.drawn if one.code not in wanted.fixed]
    if loose:
        accepted = Text(
            "都列入 fixed 的点：站点可在任何地方时，只有必选的点才有意义",
            "places that are all fixed: where sites may stand anywhere, only those that must be "
            "opened say anything",
        )
        raise InvalidValueError("drawn", loose[0], accepted)

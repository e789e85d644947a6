"""Contests of service projects: where a contest leaves its rules, and what its entries score."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from geoapp.core.contest_rules import ContestRules, Judge, Prize
from geoapp.core.i18n import Text

LIST: Final = "; "
_POINTS: Final = re.compile(r"(.+?)\s*[:：\s]\s*(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class EntryState:
    """What rules are about of one entry; None is unknown."""

    votes: int | None
    finalist: bool | None
    prize: str | None


@dataclass(frozen=True, slots=True)
class Breach:
    """Where entries leave the rules: the field, its value, and of which entries the last are too many."""

    field: str
    value: Any
    code: str
    text: Text
    entries: tuple[str, ...]
    too_many: int = 1


def parse_points(part: str) -> tuple[str, float] | None:
    """Return the criterion and the points that a text such as ``方案合理 9.5`` states; None if none."""
    match = _POINTS.fullmatch(part)
    return None if match is None else (match[1].strip(), float(match[2]))


def points_of(text: str | None) -> dict[str, float]:
    """Return the points by criterion of a stored text."""
    parts = (parse_points(part) for part in (text or "").split(LIST) if part)
    return dict(part for part in parts if part is not None)


def criteria_of(rules: ContestRules, own: str | None) -> tuple[str, ...]:
    """Return the Chinese names of a contest's criteria: those of its rules, else its own."""
    named = tuple(one.zh for one in rules.criteria)
    return named or tuple(one for one in (own or "").split(LIST) if one)


def entry_breaches(
    rules: ContestRules,
    entries: Mapping[str, EntryState],
    *,
    entered: int | None = None,
    finalists: int | None = None,
) -> list[Breach]:
    """Return where the entries of a contest leave its rules and its public numbers.

    Parameters
    ----------
    entries
        All known entries by code; of too many the last ones are named.
    entered, finalists
        How many were entered and came into the final, as the contest states it.
    """
    found = []
    limits = [one for one in (rules.finalists, finalists) if one is not None]
    in_final = [code for code, one in entries.items() if one.finalist is True]
    found += _beyond(
        "entered",
        len(entries),
        list(entries),
        entered,
        lambda n, most: Text(
            f"登记的参赛项目有 {n} 个，多于竞赛写明的 {most} 个；先改竞赛的参赛项目数。",
            f"{n} entries are registered, more than the {most} that the contest states; "
            "change that number first.",
        ),
    )
    found += _beyond(
        "finalist",
        True,
        in_final,
        min(limits, default=None),
        lambda n, most: Text(
            f"进入决赛的有 {n} 个项目，最多 {most} 个。",
            f"{n} entries are in the final; there is room for {most}.",
        ),
    )
    for prize in rules.prizes:
        won = [code for code, one in entries.items() if one.prize == prize.zh]
        found += _beyond("prize", prize.zh, won, prize.number, partial(_prize_text, prize))
    voted = {code: one.votes for code, one in entries.items() if one.votes}
    cast = sum(voted.values())
    if rules.most_votes is not None and cast > rules.most_votes:
        text = Text(
            f"票数合计 {cast}，多于 {rules.most_votes} 票。",
            f"The votes add up to {cast}, more than the {rules.most_votes} that there are.",
        )
        found.append(Breach("votes", cast, "too_many", text, tuple(voted)))
    for code, one in entries.items():
        if rules.prizes and one.prize is not None and rules.prize_named(one.prize) is None:
            text = Text(
                f"办法没有“{one.prize}”这个奖（项目 {code}）。",
                f"The rules have no prize {one.prize!r} (entry {code}).",
            )
            found.append(Breach("prize", one.prize, "unknown_prize", text, (code,)))
        if rules.prizes_for_finalists and one.prize is not None and one.finalist is False:
            text = Text(
                f"没有进入决赛的项目 {code} 不能获奖。",
                f"The entry {code} was not in the final and wins no prize.",
            )
            found.append(Breach("prize", one.prize, "no_finalist", text, (code,)))
    return found


def _beyond(
    field: str,
    value: Any,
    codes: list[str],
    most: int | None,
    text: Callable[[int, int], Text],
) -> list[Breach]:
    over = 0 if most is None else len(codes) - most
    if most is None or over <= 0:
        return []
    return [Breach(field, value, "too_many", text(len(codes), most), tuple(codes), over)]


def _prize_text(prize: Prize, n: int, most: int) -> Text:
    return Text(
        f"“{prize.zh}”有 {n} 个项目，只设 {most} 个。",
        f"{n} entries have the {prize.en}; there are {most} of it.",
    )


def shares_of(rules: ContestRules) -> dict[Judge, float] | None:
    """Return with which share who judges; None unless all are known."""
    shares = {one.code: one.share for one in rules.judging}
    known = {code: share for code, share in shares.items() if share is not None}
    return known if known and len(known) == len(shares) else None


def scores(
    rules: ContestRules,
    criteria: Sequence[str],
    entries: Mapping[str, tuple[Mapping[str, float], int | None]],
) -> dict[str, float | None]:
    """Return the score (0 to 1) of each entry by its points and votes; None is unknown.

    The mean of the points by the most there are, times the experts' share, and the votes by the most
    that one entry has, times the workers' share. Without shares, or where a point or a vote is
    missing, nothing is worked out.
    """
    shares = shares_of(rules)
    most = max((votes or 0 for _, votes in entries.values()), default=0)
    found: dict[str, float | None] = {}
    for code, (points, votes) in entries.items():
        score: float | None = None if shares is None else 0.0
        for judge, share in (shares or {}).items():
            if judge is Judge.EXPERTS:
                whole = bool(criteria) and set(points) == set(criteria)
                top = rules.most_points
                part = sum(points.values()) / len(points) / top if whole and top else None
            else:
                part = None if votes is None or not most else votes / most
            score = None if score is None or part is None else score + share * part
        found[code] = score
    return found

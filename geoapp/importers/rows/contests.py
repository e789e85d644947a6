"""Files of contests of service projects, and of what was entered for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geoapp.core.contest_rules import COMMON, ContestRules, Opens
from geoapp.core.contests import (
    LIST,
    Breach,
    EntryState,
    criteria_of,
    entry_breaches,
    parse_points,
)
from geoapp.core.i18n import Text
from geoapp.core.parameter_names import named_zh
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Findings, Problem, Reading, shown
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import CONTEST_COLUMNS, ENTRY_COLUMNS, further_names
from geoapp.importers.rows.headings import match_header
from geoapp.importers.rows.keyed import CellOf, Row, known_code, read_keyed, required_cell
from geoapp.importers.rows.region_names import OR_BLANK, RegionNames, read_region


@dataclass(frozen=True, slots=True)
class KnownContest:
    """What is stored of a contest and its entries; ``criteria`` are those it states itself."""

    rules: str
    stage: str
    entered: int | None
    finalists: int | None
    criteria: str | None
    entries: Mapping[str, EntryState]


_WITH_STAGE: Final = {
    "points": Opens.POINTS,
    "finalist": Opens.FINALIST,
    "votes": Opens.VOTES,
    "prize": Opens.PRIZE,
}


def read_contests(
    table: Table,
    regions: RegionNames,
    rules: Mapping[str, ContestRules],
    stored: Mapping[str, KnownContest],
) -> Reading[Row]:
    """Understand the rows of a file of contests.

    Parameters
    ----------
    regions
        The regions that are stored.
    rules
        All rules by code.
    stored
        The stored contests by code: none goes back, and what the file has no column for stays.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """
    further = further_names("contests")
    given = match_header(table.columns, CONTEST_COLUMNS, further=further).given

    def one(found: Findings, cell: CellOf) -> Row:
        code = required_cell(found, "code", "编号", cells.read_code, cell)
        known = stored.get(code or "")
        wanted = known.rules if known is not None and "rules" not in given else None
        by = _rules_cell(found, cell("rules"), rules, wanted)
        joined = LIST.join(cells.split_list(cell("criteria")))
        criteria = cells.read_text(found, "criteria", joined or None)
        row = {
            "code": code,
            "name_zh": required_cell(found, "name_zh", "名称", cells.read_text, cell),
            "name_en": cells.read_text(found, "name_en", cell("name_en")),
            "region_code": read_region(found, cell("region"), regions, OR_BLANK),
            "rules": COMMON if by is None else by.code,
            "stage": None if by is None else _stage_cell(found, cell, by, known),
            "entered": cells.read_whole(found, "entered", cell("entered")),
            "finalists": cells.read_whole(found, "finalists", cell("finalists")),
            "criteria": criteria,
            "document": cells.read_text(found, "document", cell("document")),
            "document_on": cells.read_date(found, "document_on", cell("document_on")),
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }
        if by is not None:
            _check_numbers(found, row, given, by, known)
            _check_entries(found, row, given, rules, known)
            _check_criteria(found, criteria, by)
        return row

    needed = ("code", "name_zh", "stage")
    return read_keyed(table, CONTEST_COLUMNS, needed, one, ("code",), further=further)


def read_entries(
    table: Table,
    rules: Mapping[str, ContestRules],
    contests: Mapping[str, KnownContest],
    services: frozenset[str],
) -> Reading[Row]:
    """Understand the rows of a file of entries; beside the stored ones they keep to the rules.

    Parameters
    ----------
    rules
        All rules by code.
    contests
        The stored contests by code.
    services
        The codes of the services that are stored.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """
    given = match_header(table.columns, ENTRY_COLUMNS).given

    def one(found: Findings, cell: CellOf) -> Row:
        code = required_cell(found, "contest", "竞赛编号", cells.read_code, cell)
        known_code(found, "contest", code, frozenset(contests), Text("竞赛", "contest"))
        contest = contests.get(code or "")
        by = None if contest is None else _rules_cell(found, contest.rules, rules, None)
        service = cells.read_code(found, "service", cell("service"))
        known_code(found, "service", service, services, Text("服务", "service"))
        row = {
            "contest_code": code,
            "code": required_cell(found, "code", "编号", cells.read_code, cell),
            "organisation": required_cell(found, "organisation", "申报单位", cells.read_text, cell),
            "name_zh": cells.read_text(found, "project", cell("project")),
            "points": None,
            "votes": cells.read_whole(found, "votes", cell("votes")),
            "finalist": cells.read_flag(found, "finalist", cell("finalist")),
            "prize": _prize_cell(found, cell("prize"), by),
            "item_code": service,
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }
        if contest is not None and by is not None:
            row["points"] = _points(found, cell("points"), by, contest)
            _check_open(found, row, by, contest.stage)
        return row

    def together(rows: Sequence[Row]) -> list[Problem]:
        return _problems_together(rows, given, rules, contests)

    needed = ("contest", "code", "organisation")
    return read_keyed(table, ENTRY_COLUMNS, needed, one, ("contest_code", "code"), together)


def _rules_cell(
    found: Findings, cell: Any, rules: Mapping[str, ContestRules], wanted: str | None
) -> ContestRules | None:
    """Return the rules that a cell names, else those wanted, else the common ones."""
    code = cells.read_text(found, "rules", cell) or wanted or COMMON
    by = rules.get(code)
    if by is None:
        accepted = Text("、".join(rules), ", ".join(rules))
        found.add(
            "rules",
            code,
            "unknown_rules",
            f"没有编号为“{code[:40]}”的竞赛办法，应为：{accepted.zh}。",
            f"There are no rules {code[:40]!r}; expected one of {accepted.en}.",
        )
    return by


def _stage_cell(
    found: Findings, cell: CellOf, by: ContestRules, known: KnownContest | None
) -> str | None:
    def read(found: Findings, column: str, cell: Any) -> str | None:
        name = cells.read_text(found, column, cell)
        stage = None if name is None else by.stage_named(name)
        if name is not None and stage is None:
            zh = "、".join(f"{one.code}（{one.zh}）" for one in by.stages)
            found.add(
                column,
                name,
                "unknown_word",
                f"{named_zh(column)}的值“{name[:40]}”无效，应为：{zh}。",
                f"{column}: {name[:40]!r} is not accepted; expected one of "
                f"{', '.join(one.code for one in by.stages)}.",
            )
        return None if stage is None else stage.code

    to = required_cell(found, "stage", "阶段", read, cell)
    now = None if known is None else by.stage(known.stage)
    wanted = None if to is None else by.stage(to)
    if now is not None and wanted is not None and not by.may_follow(wanted.code, now.code):
        found.add(
            "stage",
            to,
            "transition",
            f"竞赛已到“{now.zh}”，不能退回“{wanted.zh}”；录错了请撤销那次改动。",
            f"The contest stands at {now.en!r} and does not go back to {wanted.en!r}; "
            "if that was a mistake, take that change back.",
        )
    return to


def _check_numbers(
    found: Findings,
    row: Row,
    given: frozenset[str],
    by: ContestRules,
    known: KnownContest | None,
) -> None:
    entered = row["entered"] if known is None or "entered" in given else known.entered
    final = row["finalists"] if known is None or "finalists" in given else known.finalists
    if entered is not None and final is not None and final > entered:
        found.add(
            "finalists",
            final,
            "too_many",
            f"决赛项目 {final} 个，多于参赛的 {entered} 个。",
            f"There are {final} finalists, more than the {entered} that were entered.",
        )
    if by.finalists is not None and final is not None and final > by.finalists:
        found.add(
            "finalists",
            final,
            "too_many",
            f"决赛项目 {final} 个，办法只设 {by.finalists} 个。",
            f"There are {final} finalists; the rules provide for {by.finalists}.",
        )


def _check_entries(
    found: Findings,
    row: Row,
    given: frozenset[str],
    rules: Mapping[str, ContestRules],
    known: KnownContest | None,
) -> None:
    """Note where the stored entries do not fit the contest as the row has it, and did before."""
    if known is None:
        return
    before = rules.get(known.rules)
    old = (
        []
        if before is None
        else entry_breaches(before, known.entries, entered=known.entered, finalists=known.finalists)
    )
    entered = row["entered"] if "entered" in given else known.entered
    final = row["finalists"] if "finalists" in given else known.finalists
    new = entry_breaches(rules[row["rules"]], known.entries, entered=entered, finalists=final)
    for breach in new:
        if breach not in old:
            found.add(breach.field, breach.value, breach.code, breach.text.zh, breach.text.en)


def _check_criteria(found: Findings, criteria: str | None, by: ContestRules) -> None:
    own = [one for one in (criteria or "").split(LIST) if one]
    named = criteria_of(by, None)
    twice = next((one for one in own if own.count(one) > 1), None)
    if twice is not None:
        found.add(
            "criteria",
            criteria,
            "criterion_twice",
            f"评分标准“{twice[:40]}”写了两次，评分就分不清了。",
            f"The criterion {twice[:40]!r} is stated twice; points could not be told apart.",
        )
    if own and named and sorted(own) != sorted(named):
        found.add(
            "criteria",
            criteria,
            "other_criteria",
            f"这一办法的评分标准是：{'、'.join(named)}。",
            f"The criteria of these rules are: {', '.join(named)}.",
        )


def _prize_cell(found: Findings, cell: Any, by: ContestRules | None) -> str | None:
    """Return a prize by the Chinese name of the rules; where these list none, as it stands."""
    name = cells.read_text(found, "prize", cell)
    if name is None or by is None or not by.prizes:
        return name
    prize = by.prize_named(name)
    if prize is None:
        accepted = Text("、".join(p.zh for p in by.prizes), ", ".join(p.en for p in by.prizes))
        found.add(
            "prize",
            name,
            "unknown_prize",
            f"办法没有“{name[:40]}”这个奖，应为：{accepted.zh}。",
            f"The rules have no prize {name[:40]!r}; expected one of {accepted.en}.",
        )
    return name if prize is None else prize.zh


def _check_open(found: Findings, row: Row, by: ContestRules, stage: str) -> None:
    """Note what may not be filled in yet at the contest's stage."""
    refused = {problem.field for problem in found.problems}
    for column, what in _WITH_STAGE.items():
        if row[column] is None or column in refused or by.is_open(what, stage):
            continue
        opening, now = by.opening(what), by.stage(stage)
        stands = Text(stage, stage) if now is None else now.text
        if what is Opens.PRIZE:
            found.add(
                column,
                row[column],
                "no_result",
                f"竞赛还没有结果，不能填奖项；先把竞赛的阶段改为“{opening.zh}”。",
                f"The contest has no result yet, so there is no prize; first bring it to {opening.en!r}.",
            )
            continue
        found.add(
            column,
            row[column],
            "not_yet",
            f"竞赛在“{stands.zh}”，这一项到“{opening.zh}”才能填；先把竞赛的阶段改过去。",
            f"The contest stands at {stands.en!r}; this is filled in from {opening.en!r} on. "
            "First bring it there.",
        )


def _points(found: Findings, cell: Any, by: ContestRules, contest: KnownContest) -> str | None:
    """Return the experts' points, each under one of the contest's criteria."""
    told: dict[str, float] = {}
    criteria = criteria_of(by, contest.criteria)
    for part in cells.split_list(cell):
        read = parse_points(part)
        if read is None or read[0] not in criteria:
            accepted = "、".join(sorted(criteria)) or "（竞赛没有写明评分标准）"
            found.add(
                "points",
                part,
                "bad_points",
                f"专家评分“{part[:40]}”应写成“标准 分数”，标准为：{accepted}。",
                f"points: {part[:40]!r} must be a criterion of the contest and a number; {accepted}.",
            )
        elif by.most_points is not None and read[1] > by.most_points:
            found.add(
                "points",
                part,
                "too_many",
                f"专家评分“{part[:40]}”高于满分 {by.most_points:g}。",
                f"points: {part[:40]!r} is more than the {by.most_points:g} that there are.",
            )
        elif read[0] in told:
            found.add(
                "points",
                part,
                "repeated",
                f"专家评分里“{read[0]}”写了两次。",
                f"points: the criterion {read[0]!r} stands twice.",
            )
        else:
            told[read[0]] = read[1]
    return LIST.join(f"{name} {value:g}" for name, value in told.items()) or None


def _problems_together(
    rows: Sequence[Row],
    given: frozenset[str],
    rules: Mapping[str, ContestRules],
    contests: Mapping[str, KnownContest],
) -> list[Problem]:
    """Return which rows break the rules beside the other rows and the stored entries.

    Of too many the last rows are refused; what is stored is never blamed on a row that has no part
    in it.
    """
    problems = []
    for code, contest in contests.items():
        numbers = {
            row["code"]: number for number, row in enumerate(rows) if row["contest_code"] == code
        }
        if not numbers:
            continue
        entries = {key: one for key, one in contest.entries.items() if key not in numbers}
        for key, number in numbers.items():
            entries[key] = _state_after(rows[number], given, contest.entries.get(key))
        breaches = entry_breaches(
            rules[contest.rules], entries, entered=contest.entered, finalists=contest.finalists
        )
        for breach in breaches:
            mine = [numbers[key] for key in breach.entries if key in numbers]
            problems += [_problem(number, breach) for number in mine[-breach.too_many :]]
    return problems


def _state_after(row: Row, given: frozenset[str], stored: EntryState | None) -> EntryState:
    """Return an entry as it will be: a column that the file does not have stays."""

    def value(column: str) -> Any:
        return row[column] if stored is None or column in given else getattr(stored, column)

    return EntryState(value("votes"), value("finalist"), value("prize"))


def _problem(number: int, breach: Breach) -> Problem:
    return Problem(number, breach.field, shown(breach.value), breach.code, breach.text)

"""Files of contests of service projects, and of what was entered for them."""

from collections.abc import Mapping
from typing import Any

from geoapp.core.contests import (
    CONTEST_STAGE_TEXT,
    LIST,
    ContestStage,
    may_follow,
    parse_points,
)
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Findings, Reading
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import CONTEST_COLUMNS, ENTRY_COLUMNS, match_header
from geoapp.importers.rows.keyed import CellOf, Row, known_code, read_keyed, required_cell

_STAGES, _STAGES_ACCEPTED = cells.word_index(
    CONTEST_STAGE_TEXT,
    {
        "初审": ContestStage.REVIEW,
        "评审": ContestStage.REVIEW,
        "投票": ContestStage.VOTES,
        "结果": ContestStage.RESULT,
    },
)


def read_contests(
    table: Table,
    regions: frozenset[str],
    stored: Mapping[str, tuple[str, int | None, int | None]],
) -> Reading[Row]:
    """Understand the rows of a file of contests.

    Parameters
    ----------
    regions
        The codes of the regions that are stored.
    stored
        Where each stored contest stands, by code: none goes back; and how many were entered and came
        into the final, which stays where the file has no column for it.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """
    given = match_header(table.columns, CONTEST_COLUMNS).given

    def stage(found: Findings, column: str, cell: Any) -> ContestStage | None:
        return cells.read_word(found, column, cell, _STAGES, _STAGES_ACCEPTED)

    def one(found: Findings, cell: CellOf) -> Row:
        code = required_cell(found, "code", "编号", cells.read_code, cell)
        region = cells.read_code(found, "region", cell("region"))
        known_code(found, "region", region, regions, Text("区域", "region"))
        to = required_cell(found, "stage", "阶段", stage, cell)
        known = stored.get(code or "")
        now = None if known is None else ContestStage(known[0])
        if to is not None and now is not None and not may_follow(to, now):
            was, wanted = CONTEST_STAGE_TEXT[now], CONTEST_STAGE_TEXT[to]
            found.add(
                "stage",
                to,
                "transition",
                f"竞赛已到“{was.zh}”，不能退回“{wanted.zh}”；录错了请撤销那次导入。",
                f"The contest stands at {was.en!r} and does not go back to {wanted.en!r}; "
                "if that was a mistake, take that import back.",
            )
        entered = cells.read_whole(found, "entered", cell("entered"))
        finalists = cells.read_whole(found, "finalists", cell("finalists"))
        of = entered if known is None or "entered" in given else known[1]
        final = finalists if known is None or "finalists" in given else known[2]
        if of is not None and final is not None and final > of:
            found.add(
                "finalists",
                final,
                "too_many",
                f"决赛项目 {final} 个，多于参赛的 {of} 个。",
                f"There are {final} finalists, more than the {of} that were entered.",
            )
        return {
            "code": code,
            "name_zh": required_cell(found, "name_zh", "名称", cells.read_text, cell),
            "name_en": cells.read_text(found, "name_en", cell("name_en")),
            "region_code": region,
            "stage": to,
            "entered": entered,
            "finalists": finalists,
            "criteria": _joined(cells.split_list(cell("criteria"))),
            "document": cells.read_text(found, "document", cell("document")),
            "document_on": cells.read_date(found, "document_on", cell("document_on")),
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }

    return read_keyed(table, CONTEST_COLUMNS, ("code", "name_zh", "stage"), one, ("code",))


def read_entries(
    table: Table,
    contests: Mapping[str, tuple[str, frozenset[str]]],
    services: frozenset[str],
) -> Reading[Row]:
    """Understand the rows of a file of entries.

    Parameters
    ----------
    contests
        The stage and the criteria of each stored contest, by code.
    services
        The codes of the services that are stored.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """

    def one(found: Findings, cell: CellOf) -> Row:
        contest = required_cell(found, "contest", "竞赛编号", cells.read_code, cell)
        known_code(found, "contest", contest, frozenset(contests), Text("竞赛", "contest"))
        stage, criteria = contests.get(contest or "", ("", frozenset()))
        prize = cells.read_text(found, "prize", cell("prize"))
        if prize is not None and stage and stage != ContestStage.RESULT:
            found.add(
                "prize",
                prize,
                "no_result",
                "竞赛还没有结果，不能填奖项；先把竞赛的阶段改为“结果已定”。",
                "The contest has no result yet, so there is no prize; first bring it to its result.",
            )
        service = cells.read_code(found, "service", cell("service"))
        known_code(found, "service", service, services, Text("服务", "service"))
        return {
            "contest_code": contest,
            "code": required_cell(found, "code", "编号", cells.read_code, cell),
            "organisation": required_cell(found, "organisation", "申报单位", cells.read_text, cell),
            "name_zh": cells.read_text(found, "project", cell("project")),
            "points": _points(found, cell("points"), criteria),
            "votes": cells.read_whole(found, "votes", cell("votes")),
            "finalist": cells.read_flag(found, "finalist", cell("finalist")),
            "prize": prize,
            "item_code": service,
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }

    needed = ("contest", "code", "organisation")
    return read_keyed(table, ENTRY_COLUMNS, needed, one, ("contest_code", "code"))


def _joined(parts: list[str]) -> str | None:
    return LIST.join(parts) or None


def _points(found: Findings, cell: Any, criteria: frozenset[str]) -> str | None:
    """Return the experts' points, each under one of the contest's criteria."""
    told = []
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
            continue
        told.append(f"{read[0]} {read[1]:g}")
    return _joined(told)

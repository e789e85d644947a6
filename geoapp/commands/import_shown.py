"""What an import would change, and what it suspects, on the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from geoapp.commands.context import say
from geoapp.core.i18n import Text
from geoapp.core.units import format_metres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geoapp.importers.problems import Problem
    from geoapp.importers.rows.crs_guess import CrsFit
    from geoapp.operations.imports.report import ImportReport

_MOST_SHOWN = 20
_MOST_PROBLEMS = 20
_MOST_CHARACTERS = 60


def show_differences(report: ImportReport) -> None:
    """Print the first facilities that are new, and the first that change with each field."""
    from geoapp.importers.rows.columns import field_zh

    new = [one for one in report.differences if one.changes is None]
    changed = [one for one in report.differences if one.changes is not None]
    for one in new[:_MOST_SHOWN]:
        say(Text(f"新增 {one.code} {one.name_zh}", f"New: {one.code} {one.name_zh}"))
    _tell_rest(report.inserted - len(new[:_MOST_SHOWN]), Text("新增", "new"))
    for one in changed[:_MOST_SHOWN]:
        say(Text(f"更新 {one.code} {one.name_zh}", f"Changed: {one.code} {one.name_zh}"))
        for field, (before, after) in (one.changes or {}).items():
            click.echo(
                f"    {field_zh('facilities', field)}: {_shown(before)} → {_shown(after)}", err=True
            )
    _tell_rest(report.updated - len(changed[:_MOST_SHOWN]), Text("更新", "changed"))


def show_suspected(report: ImportReport) -> None:
    """Print the first pairs that may be one place, with the figures that say so."""
    for one in report.suspected[:_MOST_SHOWN]:
        far = format_metres(one.distance_m)
        where = Text("库中", "stored") if one.other_is_stored else Text("文件中", "in the file")
        phone = Text("，电话相同", ", same telephone") if one.same_phone else Text("", "")
        say(
            Text(
                f"可能重复：第 {one.line:,} 行 {one.code} {one.name_zh}，{where.zh} {one.other_code} "
                f"{one.other_name_zh}：名称相似 {one.alike:.0%}，相距 {far.zh}{phone.zh}",
                f"May be the same: line {one.line:,} {one.code} {one.name_zh} and {where.en} "
                f"{one.other_code} {one.other_name_zh}: names {one.alike:.0%} alike, {far.en} "
                f"apart{phone.en}",
            )
        )
    _tell_rest(len(report.suspected) - _MOST_SHOWN, Text("可能重复", "suspected"))


def show_by_street(report: ImportReport) -> None:
    """Print what the addresses of the first rows without a position may mean."""
    for one in report.by_street[:_MOST_SHOWN]:
        done = Text("已放置", "placed") if one.taken else Text("没有放置", "not placed")
        if one.proposed.trouble is not None:
            said = one.proposed.trouble
        else:
            said = Text(
                "；或".join(place.text.zh for place in one.proposed.places),
                "; or ".join(place.text.en for place in one.proposed.places),
            )
        say(
            Text(
                f"第 {one.line:,} 行 {one.name}（{_shown(one.address)}）{done.zh}：{said.zh}",
                f"Line {one.line:,} {one.name} ({_shown(one.address)}) {done.en}: {said.en}",
            )
        )
    _tell_rest(
        len(report.by_street) - _MOST_SHOWN, Text("没有坐标、有地址", "with an address alone")
    )


def _tell_rest(count: int, what: Text) -> None:
    if count > 0:
        say(Text(f"{what.zh}：另有 {count:,} 处。", f"{count:,} more {what.en}."))


def _shown(value: Any) -> str:
    if isinstance(value, dict) and value.get("type") == "Point":
        value = ", ".join(str(end) for end in value["coordinates"])
    text = "—" if value is None else str(value)
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "…"


def show_crs(fits: Sequence[CrsFit], told: Text) -> None:
    """Print in which systems a table may be; one of them is to be stated, none is taken."""
    for fit in fits:
        say(
            Text(
                f"--crs {fit.code}：{fit.name.zh}，落在区域内 {fit.inside:,} 行，落在写明的区内 {fit.in_named:,} 行",
                f"--crs {fit.code}: {fit.name.en}, {fit.inside:,} rows inside a region, {fit.in_named:,} "
                "inside the district that they name",
            )
        )
    say(told)
    say(
        Text("什么也没有导入；请用 --crs 写明其一。", "Nothing was imported; state one with --crs.")
        if fits
        else Text("什么也没有导入。", "Nothing was imported.")
    )


def _show_problems(kind: str, problems: Sequence[Problem], mark: Text) -> None:
    """Print the first problems or warnings with line and field, and how many of each kind."""
    from geoapp.importers.rows.columns import field_zh

    for problem in problems[:_MOST_PROBLEMS]:
        where = Text(
            f"{mark.zh}第 {problem.line:,} 行 {field_zh(kind, problem.field)}".strip(),
            f"{mark.en}line {problem.line:,} {problem.field}".strip(),
        )
        click.echo(f"{where.zh}: {problem.text.zh}\n    {where.en}: {problem.text.en}", err=True)
    if len(problems) > _MOST_PROBLEMS:
        counts = Counter(problem.code for problem in problems)
        summary = ", ".join(f"{code} {count:,}" for code, count in counts.most_common())
        say(
            Text(
                f"{mark.zh}共 {len(problems):,} 个问题：{summary}",
                f"{mark.en}{len(problems):,} problems: {summary}",
            )
        )


def show_report(report: ImportReport) -> None:
    """Print what an import did: what is wrong, what it says of the list, and the counts."""
    _show_problems(report.kind, report.problems, Text("", ""))
    _show_problems(report.kind, report.warnings, Text("提醒：", "Warning: "))
    for hint in report.hints:
        say(hint)
    show_by_street(report)
    if report.differences or report.suspected:
        show_differences(report)
        show_suspected(report)
    if report.extra_columns:
        names = ", ".join(report.extra_columns[:30])
        say(Text(f"另行保存的列：{names}", f"Columns kept aside: {names}"))
    if report.ignored_columns:
        names = ", ".join(report.ignored_columns[:30])
        say(Text(f"忽略的列：{names}", f"Columns ignored: {names}"))
    if report.rematched:
        say(
            Text(
                f"重新判定区域：{report.rematched:,} 处",
                f"Found anew in regions: {report.rematched:,}",
            )
        )
    prefix = (
        Text("试运行，未写入。", "Dry run, nothing written. ") if report.dry_run else Text("", "")
    )
    say(
        Text(
            f"{prefix.zh}读取 {report.read:,}，新增 {report.inserted:,}，更新 {report.updated:,}，"
            f"不变 {report.unchanged:,}，拒绝 {report.rejected:,}",
            f"{prefix.en}read {report.read:,}, inserted {report.inserted:,}, updated "
            f"{report.updated:,}, unchanged {report.unchanged:,}, rejected {report.rejected:,}",
        )
    )
    if report.change_set is not None:
        say(
            Text(
                f"变更编号 {report.change_set}（撤销：geoapp undo {report.change_set}）",
                f"Change set {report.change_set} (to take it back: geoapp undo {report.change_set})",
            )
        )
    if report.rejects_path is not None:
        say(
            Text(
                f"被拒绝的行及原因：{report.rejects_path}（改好后可再导入）",
                f"Rejected rows and reasons: {report.rejects_path} (mend it and import it again)",
            )
        )

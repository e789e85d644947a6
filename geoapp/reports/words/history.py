"""What changed, in words: who did it by which way, which fields, from what to what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from geoapp.core.acting import Via
from geoapp.core.contest_rules import shipped_stage_texts
from geoapp.core.i18n import Text
from geoapp.core.proposals import PROPOSAL_TEXT
from geoapp.core.public_maps import PUBLIC_MAP_TEXT
from geoapp.core.results.undo import UndoReport
from geoapp.core.roles import ROLE_TEXT, Role
from geoapp.core.units import counted, format_count, format_metres, format_moment
from geoapp.core.use import BASIS_TEXT, CARE_UNIT_TEXT
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import (
    ACCESS_TEXT,
    CALL_TEXT,
    DATE_BASIS_TEXT,
    ENTRY_TEXT,
    ORGANISATION_KIND_TEXT,
    ORGANISATION_ROLE_TEXT,
    POSITION_BASIS_TEXT,
    STATUS_TEXT,
)
from geoapp.reports.words.applications import STAGE_TEXT
from geoapp.reports.words.history_names import FIELDS, PLURALS, TABLES

UNKNOWN = Text("未知", "unknown")
_LONGEST = 80

_VIA = {
    Via.WEB: Text("网页", "web page"),
    Via.API: Text("接口", "API"),
    Via.IMPORT: Text("导入", "import"),
    Via.CLI: Text("命令行", "command line"),
    Via.JOB: Text("后台任务", "background job"),
    Via.RESTORE: Text("恢复备份", "restore"),
    Via.PSQL: Text("直接改数据库", "straight into the database"),
}
_CERTAINTY = {str(word): text for word, text in DATE_BASIS_TEXT.items()}
_WORDS: Mapping[str, Mapping[Any, Text]] = {
    "status": {str(word): text for word, text in STATUS_TEXT.items()},
    "entry": {str(word): text for word, text in ENTRY_TEXT.items()},
    "access": {str(word): text for word, text in ACCESS_TEXT.items()},
    "outcome": {str(word): text for word, text in CALL_TEXT.items()},
    "basis": {str(word): text for word, text in BASIS_TEXT.items()},
    "kind": {str(word): text for word, text in ORGANISATION_KIND_TEXT.items()},
    "unit": {str(word): text for word, text in CARE_UNIT_TEXT.items()},
    "position_basis": {str(word): text for word, text in POSITION_BASIS_TEXT.items()},
    "map": {str(word): text for word, text in PUBLIC_MAP_TEXT.items()},
    "verdict": {
        "different": Text("不是同一处", "not the same"),
        "later": Text("以后再看", "put off"),
        "same": Text("是同一处", "the same"),
    },
    # States are a scheme's own; those that are called as their stage are told in its words.
    "state": {str(word): text for word, text in (*PROPOSAL_TEXT.items(), *STAGE_TEXT.items())},
    "role": {
        str(word): text for word, text in (*ROLE_TEXT.items(), *ORGANISATION_ROLE_TEXT.items())
    },
    "opened_basis": _CERTAINTY,
    "closed_basis": _CERTAINTY,
    "date_basis": _CERTAINTY,
}
_STATES = "facility_state"
_DONE = {
    "insert": Text("新增", "added"),
    "update": Text("修改", "changed"),
    "delete": Text("删除", "deleted"),
}


def via_text(via: str) -> Text:
    """Say by which way a change came."""
    return _VIA[Via(via)]


def actor_text(actor: str | None, role: str | None, api_key: str | None = None) -> Text:
    """Say who it was, with the role that they had, and by which of their keys a program came."""
    if actor is None:
        return Text("未登录者", "somebody not signed in")
    said = [ROLE_TEXT[Role(role)]] if role in list(Role) else []
    if api_key is not None:
        said.append(Text(f"凭密钥“{api_key}”", f"by key “{api_key}”"))
    if not said:
        return Text(actor, actor)
    return Text(
        f"{actor}（{'，'.join(one.zh for one in said)}）",
        f"{actor} ({', '.join(one.en for one in said)})",
    )


def field_text(name: str) -> Text:
    """Return what a field is called."""
    return FIELDS.get(name, Text(name, name))


def table_text(table: str, count: int) -> Text:
    """Return how many rows of a table, in words."""
    known = TABLES.get(table)
    if known is None:
        return counted(count, f"条 {table} 记录", f"row of {table}", f"rows of {table}")
    return counted(count, known.zh, known.en, PLURALS.get(table))


def summary(counts: Mapping[str, Mapping[str, int]], reason: str | None) -> Text:
    """Say in one line what a set did, and why if it was said.

    Parameters
    ----------
    counts
        By table, then by operation (insert, update, delete).
    """
    said = []
    # A facility's states go with it: they are told where nothing else of it changed.
    told = [one for one in sorted(counts.items()) if one[0] != _STATES or "facility" not in counts]
    for op, word in _DONE.items():
        tables = [(table, ops[op]) for table, ops in told if ops.get(op)]
        if tables:
            texts = [table_text(table, count) for table, count in tables]
            said.append(
                Text(
                    f"{word.zh} {'、'.join(one.zh for one in texts)}",
                    f"{word.en} {', '.join(one.en for one in texts)}",
                )
            )
    if not said:
        said.append(Text("没有改动内容", "no content changed"))
    if reason:
        said.append(Text(f"原因：{reason}", f"reason: {reason}"))
    return Text("；".join(one.zh for one in said), "; ".join(one.en for one in said))


def amenity_text(code: str) -> Text:
    """Return what an amenity is called."""
    return {one.code: one.text for one in load_vocabulary().amenities}.get(code, Text(code, code))


def value_text(name: str, value: Any) -> Text:
    """Say a value of a field; None is unknown, long ones are cut."""
    if value is None or value == []:
        return UNKNOWN
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, int):
        return Text(format_count(value), format_count(value))
    if isinstance(value, float):
        return Text(f"{value:,.6g}", f"{value:,.6g}")
    if isinstance(value, list) and name in ("amenities", "no_amenities"):
        told = [amenity_text(str(one)) for one in value]
        return Text("、".join(one.zh for one in told), ", ".join(one.en for one in told))
    if isinstance(value, list):
        return Text("、".join(map(str, value)), ", ".join(map(str, value)))
    if isinstance(value, dict):
        value = ", ".join(f"{key}: {one}" for key, one in value.items()) or "—"
    words = _words_of(name)
    known = words.get(value) if isinstance(value, str) else None
    if known is not None:
        return known
    said = str(value)
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
    return Text(said, said)


def _words_of(name: str) -> Mapping[Any, Text]:
    """Return what the values of a field are called."""
    if name == "stage":
        return shipped_stage_texts()
    if name == "kind_code":
        return {one.code: one.text for one in load_vocabulary().kinds}
    return _WORDS.get(name, {})


def change_text(
    name: str, before: Any, after: Any, labels: Mapping[str, Text] | None = None
) -> Text:
    """Say from what to what a field was changed; ``labels`` are its words where a scheme has own ones."""
    field, own = field_text(name), labels or {}
    old, new = (own.get(str(one)) or value_text(name, one) for one in (before, after))
    if name == "geom":  # coordinates say nothing to a reader
        if before is None:
            return Text("给了位置", "gave it a position")
        return Text("去掉了位置", "took its position away")
    if name == "password_hash":
        return Text("改了密码", "changed the password")
    return Text(
        f"改了{field.zh}：{old.zh} → {new.zh}", f"changed the {field.en}: {old.en} → {new.en}"
    )


def part_texts(
    name: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    labels: Mapping[str, Text],
) -> list[Text]:
    """Say each part of a field that was changed, by what it is called; a part may come or go.

    Parameters
    ----------
    labels
        What the parts are called, in the order in which they are told; others follow by their code.
    """
    codes = (*labels, *sorted({*before, *after} - {*labels}))
    field, told = field_text(name), []
    for code in codes:
        old, new = before.get(code), after.get(code)
        if old == new:
            continue
        label, was, is_now = labels.get(code, Text(code, code)), _part(old), _part(new)
        told.append(
            Text(
                f"改了{field.zh}“{label.zh}”：{was.zh} → {is_now.zh}",
                f"changed “{label.en}” of the {field.en}: {was.en} → {is_now.en}",
            )
        )
    return told


def _part(value: Any) -> Text:
    return Text("没有填", "not filled in") if value in (None, "") else value_text("", value)


def move_text(moved_m: float, *, reshaped: bool) -> Text:
    """Say how far a facility was moved (metres), or that its area has another shape."""
    if reshaped:
        return Text("改了范围", "changed the area")
    far = format_metres(moved_m)
    return Text(f"移动了 {far.zh}", f"moved by {far.en}")


def row_text(table: str, op: str, name: str | None) -> Text:
    """Say that a row came or went; ``name`` is what it is called, if it has a name."""
    row, word = table_text(table, 1), _DONE[op]
    called = Text(f"“{name}”", f" “{name}”") if name else Text("", "")
    return Text(f"{word.zh} {row.zh}{called.zh}", f"{word.en} {row.en}{called.en}")


def story_line(at: datetime, zone: str, who: Text, what: Text) -> Text:
    """Say in one line when who did what."""
    moment = format_moment(at, zone)
    return Text(f"{moment.zh} {who.zh}{what.zh}", f"{moment.en} {who.en} {what.en}")


def undo_text(done: UndoReport) -> Text:
    """Say what taking a set back came to."""
    parts = [
        (done.removed, Text("去掉", "removed")),
        (done.restored, Text("恢复", "brought back")),
        (done.changed, Text("改回", "changed back")),
    ]
    said = [
        Text(f"{word.zh} {format_count(count)} 条", f"{word.en} {format_count(count)}")
        for count, word in parts
        if count
    ] or [Text("没有改动", "nothing changed")]
    left = [
        Text(zh.format(format_count(count)), f"{en} {format_count(count)}")
        for count, zh, en in (
            (done.kept, "，保留现值 {} 处", ", kept as they are"),
            (done.erased, "；已永久删除、找不回的 {} 条", "; erased for good, so not brought back"),
            (
                done.already_there,
                "；后来又加过、现在就在的 {} 条",
                "; added again since and there already",
            ),
        )
        if count
    ]
    begun = Text("已撤销变更", "Took back change set")
    if done.kept and done.change_set is not None:
        begun = Text("已撤销一部分：变更", "Took back in part change set")
    rest = Text("".join(one.zh for one in left), "".join(one.en for one in left))
    return Text(
        f"{begun.zh} {done.undone}：{'，'.join(one.zh for one in said)}{rest.zh}",
        f"{begun.en} {done.undone}: {', '.join(one.en for one in said)}{rest.en}",
    )


def conflict_text(
    table: str, key: str, name: str, values: tuple[Any, Any], later: int | None
) -> Text:
    """Say that a value was changed since.

    Parameters
    ----------
    key
        What the row is known by: a facility's code.
    values
        What was there before the set, and what is there now.
    later
        The set that changed it, if the log says so.
    """
    row = _one_text(table)
    by = Text("", "") if later is None else Text(f"（变更 {later}）", f" (change set {later})")
    if name == "*":
        return Text(f"{row.zh} {key} 后来又改过{by.zh}", f"{row.en} {key} was changed since{by.en}")
    field = field_text(name)
    if name == "geom":  # coordinates say nothing to a reader
        return Text(
            f"{row.zh} {key} 的{field.zh}后来又改过{by.zh}",
            f"the {field.en} of {row.en} {key} was changed since{by.en}",
        )
    before, now = (value_text(name, value) for value in values)
    return Text(
        f"{row.zh} {key} 的{field.zh}：原来是{before.zh}，现在是{now.zh}{by.zh}",
        f"the {field.en} of {row.en} {key}: it was {before.en}, it is {now.en}{by.en}",
    )


def _one_text(table: str) -> Text:
    """Return what a row of a table is called, without its number and measure word."""
    known = TABLES.get(table)
    return Text(table, table) if known is None else Text(known.zh[1:], known.en)

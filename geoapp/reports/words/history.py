"""What changed, in words: who did it by which way, which fields, from what to what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from geoapp.core.acting import Via
from geoapp.core.contest_rules import shipped_stage_texts
from geoapp.core.i18n import Text
from geoapp.core.proposals import PROPOSAL_TEXT
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
    ORGANISATION_ROLE_TEXT,
    POSITION_BASIS_TEXT,
    STATUS_TEXT,
)
from geoapp.reports.words.applications import STAGE_TEXT

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
# Chinese with its measure word, English for one; others are named by their table.
_TABLES = {
    "facility": Text("处站点", "facility"),
    "facility_place": Text("处流动点位", "place of a moving facility"),
    "facility_code_alias": Text("个旧编号", "old code"),
    "facility_call": Text("次电话核实", "call"),
    "facility_part": Text("条组成关系", "part of a whole"),
    "facility_photo": Text("张照片", "photo"),
    "duplicate_decision": Text("个重复判断", "decision on duplicates"),
    "facility_confirmation": Text("项确认仍属实", "value confirmed"),
    "facility_state": Text("段状态", "state of a facility"),
    "facility_role": Text("条单位关系", "role of an organisation"),
    "organisation": Text("个单位", "organisation"),
    "service_item": Text("项服务", "service"),
    "service_offer": Text("项服务安排", "offer of a service"),
    "duty_desk": Text("个值守窗口", "duty desk"),
    "visit_count": Text("条到访计数", "count of visits"),
    "opinion_poll": Text("条满意度计数", "tally of opinions"),
    "care_event": Text("次关爱活动", "care event"),
    "contest": Text("场竞赛", "contest"),
    "contest_entry": Text("个参赛项目", "entry of a contest"),
    "application": Text("份申报", "application"),
    "proposal": Text("处拟建站点", "proposal"),
    "proposal_step": Text("步建站进展", "step of a proposal"),
    "publication": Text("次公布", "publication"),
    "coverage_schedule": Text("项定时计算", "schedule"),
    "report_schedule": Text("项定时月报", "schedule of reports"),
    "application_step": Text("步申报进展", "step of an application"),
    "application_review": Text("次评审", "review"),
    "application_document": Text("份附件", "attached file"),
    "plan_step": Text("步计划", "step of a plan"),
    "recognition": Text("项认定", "recognition"),
    "rating": Text("次年度评定", "yearly rating"),
    "document": Text("份文件", "document"),
    "programme": Text("个计划", "programme"),
    "indicator": Text("项指标", "indicator"),
    "indicator_split": Text("项分区指标", "indicator of a region"),
    "indicator_fact": Text("个公布的数", "published fact"),
    "indicator_evidence": Text("项指标依据", "subject counted for an indicator"),
    "region": Text("个区域", "region"),
    "kind": Text("个类型", "kind"),
    "amenity": Text("种服务设施", "amenity"),
    "amenity_standard": Text("个建设标准", "amenity standard"),
    "amenity_standard_item": Text("项标准条目", "item of a standard"),
    "app_user": Text("个用户", "user"),
    "api_key": Text("个 API 密钥", "API key"),
    "share": Text("个分享链接", "link that shares"),
    "second_factor": Text("个两步验证", "second factor"),
    "user_identity": Text("个单位登录的关联", "link to a sign-in provider"),
    "calendar_year": Text("年日历", "year of the calendar"),
    "calendar_day": Text("个日历日", "day of the calendar"),
}
_PLURALS = {
    "facility": "facilities",
    "facility_place": "places of moving facilities",
    "facility_part": "parts of wholes",
    "facility_confirmation": "values confirmed",
    "facility_state": "states of facilities",
    "amenity": "amenities",
    "duplicate_decision": "decisions on duplicates",
    "facility_role": "roles of organisations",
    "proposal_step": "steps of proposals",
    "report_schedule": "schedules of reports",
    "application_step": "steps of applications",
    "application_document": "attached files",
    "plan_step": "steps of plans",
    "service_offer": "offers of services",
    "visit_count": "counts of visits",
    "opinion_poll": "tallies of opinions",
    "contest_entry": "entries of contests",
    "amenity_standard_item": "items of standards",
    "indicator_split": "indicators of regions",
    "indicator_evidence": "subjects counted for indicators",
    "share": "links that share",
    "calendar_year": "years of the calendar",
    "calendar_day": "days of the calendar",
}
_FIELDS = {
    "code": Text("编号", "code"),
    "kind_code": Text("类型", "kind"),
    "name_zh": Text("名称", "name"),
    "name_en": Text("英文名", "English name"),
    "geom": Text("位置", "position"),
    "position_basis": Text("位置依据", "what the position rests on"),
    "address": Text("地址", "address"),
    "region_code": Text("区域", "region"),
    "status": Text("状态", "status"),
    "opened_on": Text("启用日期", "opening date"),
    "opened_basis": Text("启用日期的确定程度", "certainty of the opening date"),
    "closed_on": Text("停用日期", "closing date"),
    "closed_basis": Text("停用日期的确定程度", "certainty of the closing date"),
    "from_on": Text("这一状态的起始日", "first day of the state"),
    "to_on": Text("这一状态的截止日", "day on which the state ended"),
    "date_basis": Text("起始日的确定程度", "certainty of the first day"),
    "announced": Text("是否预告", "announced"),
    "verified_on": Text("核实日期", "date of verification"),
    "opening_hours": Text("开放时间", "opening hours"),
    "opening_hours_raw": Text("开放时间原文", "opening hours as given"),
    "timezone": Text("时区", "time zone"),
    "amenities": Text("设施", "amenities"),
    "no_amenities": Text("无设施", "known absent"),
    "entry": Text("进入方式", "way in"),
    "access": Text("开放对象", "open to"),
    "phone": Text("电话", "telephone"),
    "operator": Text("运营单位", "operator"),
    "host": Text("依托单位", "host"),
    "capacity": Text("容量", "capacity"),
    "source": Text("来源", "source"),
    "position_accuracy_m": Text("位置精度（米）", "accuracy of the position (m)"),
    "is_sample": Text("示例标记", "mark of a sample"),
    "extra": Text("另存的列", "columns kept aside"),
    "verdict": Text("判断", "decision"),
    "decided_by": Text("判断人", "decided by"),
    "decided_at": Text("判断时间", "decided at"),
    "label_zh": Text("点位名称", "name of the place"),
    "valid_from": Text("起始日", "first day"),
    "valid_to": Text("截止日", "last day"),
    "outcome": Text("电话结果", "what came of the call"),
    "called_on": Text("打电话日期", "day of the call"),
    "again_on": Text("再打日期", "call again on"),
    "tries": Text("未接通次数", "unanswered calls"),
    "confirmed_on": Text("确认日期", "confirmed on"),
    "content_hash": Text("照片内容", "picture"),
    "caption_zh": Text("说明", "caption"),
    "caption_en": Text("英文说明", "English caption"),
    "sort": Text("次序", "order"),
    "is_public": Text("公开", "public"),
    "moved_from": Text("搬走前的位置", "position before it moved"),
    "role": Text("角色", "role"),
    "active": Text("是否可登录", "may sign in"),
    "password_hash": Text("密码", "password"),
    "scope": Text("权限范围", "scope"),
    "confirmed_at": Text("两步验证开启时间", "time when the second factor was turned on"),
    "codes_made_at": Text("恢复码生成时间", "time when recovery codes were made"),
    "codes_used": Text("用过的恢复码数", "number of recovery codes used"),
    "expires_at": Text("到期", "runs out"),
    "item_code": Text("服务", "service"),
    "category": Text("服务类别", "category"),
    "audience": Text("服务对象", "for whom"),
    "process": Text("办理流程", "process"),
    "time_limit": Text("办理时限", "time limit"),
    "promise": Text("服务承诺", "promise"),
    "first_responsible": Text("首问责任岗位", "first-responsible role"),
    "hours": Text("服务时间", "hours"),
    "hours_raw": Text("服务时间原文", "hours as given"),
    "day": Text("日期", "day"),
    "hour": Text("小时", "hour"),
    "n": Text("数量", "number"),
    "basis": Text("计数依据", "what the count rests on"),
    "stars": Text("星级", "stars"),
    "kind": Text("类别", "kind"),
    "people": Text("数量", "number of people"),
    "unit": Text("单位", "unit"),
    "money": Text("金额", "money"),
    "document": Text("文件", "document"),
    "rules": Text("竞赛办法", "rules of the contest"),
    "stage": Text("阶段", "stage"),
    "entered": Text("参赛项目数", "projects entered"),
    "finalists": Text("决赛项目数", "finalists"),
    "criteria": Text("评分标准", "criteria"),
    "organisation": Text("申报单位", "organisation"),
    "points": Text("专家评分", "experts' points"),
    "votes": Text("职工票数", "workers' votes"),
    "finalist": Text("进入决赛", "finalist"),
    "prize": Text("奖项", "prize"),
    "answers": Text("申报表内容", "answers of the form"),
    "state": Text("进展", "state"),
    "time_words": Text("时间", "time"),
    "content": Text("内容", "content"),
    "units": Text("负责及参与单位", "units"),
    "funds": Text("经费", "funds"),
    "due_on": Text("到期日", "day when it is due"),
    "done_on": Text("完成日", "day when it was done"),
    "until_on": Text("有效期至", "last day"),
    "revoked_on": Text("撤销日期", "day of revocation"),
    "revoked_reason": Text("撤销理由", "why it was revoked"),
    "grade": Text("等级", "grade"),
    "heads": Text("各方面", "heads"),
    "note": Text("说明", "note"),
    "every": Text("多久一次", "how often"),
    "title_zh": Text("标题", "title"),
    "published_on": Text("发布日期", "published on"),
    "nature": Text("性质", "nature"),
    "comparator": Text("比较", "comparator"),
    "value": Text("数", "number"),
    "period_from": Text("起始日", "first day"),
    "due": Text("到期日", "due"),
    "rule": Text("计数规则", "rule of counting"),
    "as_of": Text("截至", "as of"),
    "document_code": Text("文件", "document"),
    "place": Text("文件中的位置", "place in the document"),
    "event_on": Text("日期", "day"),
    "run_id": Text("运行", "run"),
    "published_at": Text("公布时间", "published at"),
    "published_by": Text("公布人", "published by"),
    "withdrawn_at": Text("撤回时间", "withdrawn at"),
    "withdrawn_by": Text("撤回人", "withdrawn by"),
    "parts": Text("内容", "what is shared"),
    "revoked_at": Text("收回时间", "revoked at"),
    "revoked_by": Text("收回人", "revoked by"),
    "owner": Text("负责人", "owner"),
    "organisation_code": Text("所在单位（登记的）", "registered host"),
    "cost": Text("预计费用", "expected cost"),
    "planned_on": Text("计划开放日期", "planned opening date"),
    "facility_id": Text("对应的站点", "facility"),
}
_CERTAINTY = {str(word): text for word, text in DATE_BASIS_TEXT.items()}
_WORDS: Mapping[str, Mapping[Any, Text]] = {
    "status": {str(word): text for word, text in STATUS_TEXT.items()},
    "entry": {str(word): text for word, text in ENTRY_TEXT.items()},
    "access": {str(word): text for word, text in ACCESS_TEXT.items()},
    "outcome": {str(word): text for word, text in CALL_TEXT.items()},
    "basis": {str(word): text for word, text in BASIS_TEXT.items()},
    "unit": {str(word): text for word, text in CARE_UNIT_TEXT.items()},
    "position_basis": {str(word): text for word, text in POSITION_BASIS_TEXT.items()},
    "verdict": {
        "different": Text("不是同一处", "not the same"),
        "later": Text("以后再看", "put off"),
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
    return _FIELDS.get(name, Text(name, name))


def table_text(table: str, count: int) -> Text:
    """Return how many rows of a table, in words."""
    known = _TABLES.get(table)
    if known is None:
        return counted(count, f"条 {table} 记录", f"row of {table}", f"rows of {table}")
    return counted(count, known.zh, known.en, _PLURALS.get(table))


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
    words = shipped_stage_texts() if name == "stage" else _WORDS.get(name, {})
    known = words.get(value) if isinstance(value, str) else None
    if known is not None:
        return known
    said = str(value)
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
    return Text(said, said)


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
    known = _TABLES.get(table)
    return Text(table, table) if known is None else Text(known.zh[1:], known.en)

"""Applications in words: what is refused and why, what is due, and how a life is told."""

from collections.abc import Sequence
from datetime import date

from geoapp.core.i18n import Text
from geoapp.core.schemes import Act, Scheme, Stage
from geoapp.core.units import counted

STAGE_TEXT = {
    Stage.DRAFT: Text("草拟", "draft"),
    Stage.SUBMITTED: Text("已申报", "handed in"),
    Stage.APPROVED: Text("批准建设", "approved for building"),
    Stage.RECOGNISED: Text("已认定", "recognised"),
    Stage.SUSPENDED: Text("暂停", "suspended"),
    Stage.REFUSED: Text("未通过", "not approved"),
    Stage.WITHDRAWN: Text("已撤回", "withdrawn"),
    Stage.EXITED: Text("已退出", "exited"),
}
PLAN_TEXT = {
    "three_years": Text("三年规划", "three-year plan"),
    "year": Text("年度方案", "yearly plan"),
}
DECISION_TEXT = {
    "approved": Text("通过", "approved"),
    "refused": Text("不通过", "not approved"),
    "opinion": Text("初审意见", "opinion"),
}
ACT_TEXT = {
    Act.APPROVE: Text("批准或不通过", "to approve or refuse"),
    Act.RECOGNISE: Text("认定", "to give the title"),
    Act.REVOKE: Text("撤销认定", "to revoke the title"),
    Act.RATE: Text("年度评定", "to rate a year"),
    Act.SUSPEND: Text("暂停和恢复", "to suspend or resume"),
    Act.EXIT: Text("退出", "to let go"),
}


def draft_there(number: int) -> Text:
    """Say that the same was begun before."""
    return Text(
        f"已有同一对象、同一类别的草稿：申报 {number}。请接着填那一份。",
        f"There is a draft for the same subject and track already: application {number}. "
        "Go on with that one.",
    )


def refused_state(number: int, now: Text, wanted: Text, allowed: Sequence[Text]) -> Text:
    """Say why an application cannot get a state, and which it can get."""
    zh = "、".join(one.zh for one in allowed) or "无"
    en = ", ".join(one.en for one in allowed) or "nothing"
    return Text(
        f"申报 {number} 现为“{now.zh}”，不能变为“{wanted.zh}”；可变为：{zh}。",
        f"Application {number} is {now.en} and cannot become {wanted.en}; it can become: {en}.",
    )


def by_review(wanted: Text) -> Text:
    """Say that a state follows from a review."""
    return Text(
        f"“{wanted.zh}”由评审得出，请登记评审。",
        f"{wanted.en} follows from a review; enter the review.",
    )


def answers_missing(labels: Sequence[Text]) -> Text:
    """Say which answers a form lacks."""
    return Text(
        f"申报表还缺：{'、'.join(one.zh for one in labels)}。",
        f"The form still lacks: {'; '.join(one.en for one in labels)}.",
    )


def step_lacks(number: int) -> Text:
    """Say that a row of a plan does not say when and what; the first is 1."""
    return Text(f"第 {number} 步的时间或阶段工作内容", f"the time or the content of step {number}")


def grounds_open(labels: Sequence[Text]) -> Text:
    """Say which grounds were not looked at."""
    return Text(
        f"通过之前，每一项不予受理的情形都要核对；还没有核对：{'、'.join(one.zh for one in labels)}。",
        "Before approving, every ground for refusal must be looked at; not yet: "
        f"{'; '.join(one.en for one in labels)}.",
    )


def grounds_apply(labels: Sequence[Text]) -> Text:
    """Say which grounds forbid approving."""
    return Text(
        f"有不予受理的情形，不能通过：{'、'.join(one.zh for one in labels)}。",
        f"There are grounds for refusal: {'; '.join(one.en for one in labels)}.",
    )


def heads_open(labels: Sequence[Text]) -> Text:
    """Say which heads of a review have no words yet."""
    return Text(
        f"通过之前，评审各方面都要写明；还没有写：{'、'.join(one.zh for one in labels)}。",
        f"Before approving, write something under every head; not yet: "
        f"{'; '.join(one.en for one in labels)}.",
    )


def deadline_due(scheme: Text, deadline: Text, drafts: int) -> Text:
    """Say that applications close, and how many drafts there are."""
    left = counted(drafts, "份草稿", "draft", "drafts")
    return Text(
        f"{deadline.zh}（{scheme.zh}）：还有 {left.zh}未报送",
        f"{deadline.en} ({scheme.en}): {left.en} not handed in",
    )


def plan_due(name: str, plan: str, content: str) -> Text:
    """Say that a row of a plan is due."""
    text = PLAN_TEXT[plan]
    short = content if len(content) <= 60 else f"{content[:60]}…"
    return Text(f"{name}：{text.zh}——{short}", f"{name}: {text.en}: {short}")


def decided_by(scheme: Scheme, act: Act) -> Text:
    """Say who decides on an act that the scheme leaves to somebody, and where the document says so."""
    decider, place = scheme.decider, scheme.place_of_act(act)
    if decider is None or place is None:
        raise ValueError(f"{scheme.code} leaves {act} to nobody")
    title, told = scheme.document.title_zh, ACT_TEXT[act]
    return Text(
        f"“{told.zh}”由{decider.zh}决定（《{title}》{place}），要有区域 {decider.region_code} 的权限。",
        f"It is for {decider.en} {told.en} (《{title}》 {place}): that needs rights for the region "
        f"{decider.region_code}.",
    )


def no_earlier_than_document(published_on: date) -> Text:
    """Say that nothing was handed in before the scheme's document was published."""
    return Text(
        f"不早于文件印发之日 {published_on}",
        f"a day no earlier than the scheme's document, {published_on}",
    )


def rated_years(first: int, last: int) -> Text:
    """Say which years may be rated: from that of the title, or of the approval, to this one."""
    return Text(
        f"{first} 至 {last} 年（从认定或批准之年起）",
        f"a year from {first}, that of the title or the approval, to {last}",
    )


def rating_due(name: str, year: int) -> Text:
    """Say that a year is to be rated."""
    return Text(f"{name}：{year} 年度评定", f"{name}: rating of {year}")


def end_due(name: str, title: Text) -> Text:
    """Say that a recognition ends."""
    return Text(f"{name}：认定到期（{title.zh}）", f"{name}: recognition ends ({title.en})")


def recognition_line(
    title: Text, given_on: date, until_on: date | None, revoked_on: date | None, document: str
) -> Text:
    """Say that a title was given, until when it holds, whether it was revoked, by which document."""
    zh = f"{given_on} 获“{title.zh}”"
    en = f"{given_on}: recognised as {title.en}"
    if revoked_on is not None:
        zh, en = f"{zh}，{revoked_on} 撤销", f"{en}, revoked on {revoked_on}"
    elif until_on is not None:
        zh, en = f"{zh}，有效至 {until_on}", f"{en}, until {until_on}"
    return Text(f"{zh}（{document}）", f"{en} ({document})")


def life_line(track: Text, state: Text, since: date) -> Text:
    """Say what an application has come to."""
    return Text(
        f"申报{track.zh}：{since} 起{state.zh}",
        f"Application as {track.en}: {state.en} since {since}",
    )

"""A plan's papers for a committee: headings, and the method and sources in plain sentences."""

from datetime import date
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.questions.siting import ANYWHERE, MODEL_TEXT, SitingModel
from geoapp.core.results.siting import SitingFindings, SitingRun
from geoapp.core.units import counted, format_count, format_gap, format_metres, format_money
from geoapp.core.words import OSM_ATTRIBUTION, Basis

KIND: Final = Text("选址方案", "Siting plan")
SAMPLE: Final = Text("示例数据，不是真实站点", "sample data, not real")
COST: Final = Text("费用合计", "Cost in all")
NO_COST: Final = Text("没有给出", "not given")
DISTRICTS: Final = Text("各区前后", "By district, before and after")
DISTRICT_COLUMNS: Final = (
    Text("区域", "District"),
    Text("此前", "Before"),
    Text("此后", "After"),
    Text("新覆盖（人）", "Newly reached"),
)
MAP: Final = Text("地图，下面的表里也有", "The map; the tables below have it too")
SITES: Final = Text("站点，按新增的人排列", "Sites, in order of what each adds")
SITE_COLUMNS: Final = (
    Text("序", "No."),
    Text("站点", "Site"),
    Text("新增（人）", "Adds"),
    Text("累计覆盖", "Covered so far"),
    Text("谁受益", "Who gains"),
    Text("经度, 纬度（WGS-84）", "Lon, lat (WGS-84)"),
)
BY_DISTRICT: Final = Text("谁受益，按区", "Who gains, by district")
BY_ZONE: Final = Text("谁受益，按盲区", "Who gains, by gap zone")
ADDS: Final = Text("新覆盖的劳动者", "Workers newly reached")
SO_FAR: Final = Text("建到这一处为止的覆盖率", "Covered up to this site")
MUST: Final = Text("（必选）", " (must have)")
FULL_NAME: Final = Text("全名", "Full name")
CONSIDERED: Final = Text("考虑过什么，为什么不选", "What was considered, and why not")
COMPARED: Final = Text("比较了哪些地点", "Which places were compared")
RUNNERS_UP: Final = Text("落选中最好的", "The best of the others")
OTHER_PLANS: Final = Text("差不多好的其他方案", "Other plans nearly as good")
SAME_COST: Final = Text("同样费用，建在别处", "At the same cost, elsewhere")
LIMITS: Final = Text("条件放宽一步会怎样", "What loosening a condition would bring")
LEFT_OUT: Final = Text("避开的不建地点", "Dropped sites left out")
METHOD: Final = Text("方法与来源", "Method and sources")
HOW: Final = Text("怎样算的", "How it was worked out")
ASKED: Final = Text("所问的问题", "What was asked")
RESTS_ON: Final = Text("依据", "What it rests on")
VERSIONS: Final = Text("数据版本", "Versions of the data")
SHARE_AFTER: Final = Text("建成后的覆盖率", "Covered once built")
NEW_SITES: Final = Text("新站点，按次序编号", "new sites, in their order")
IN_PLACE: Final = Text("现有设施", "existing facilities")
WATER: Final = Text("水面", "water")
BEYOND: Final = Text("图幅", "map")
FREE: Final = Text("可移动的范围", "where it may move")
REACH: Final = Text("服务标准", "service standard")
GAPS_BEFORE: Final = Text("此前的盲区", "gap zones before")


DEMAND: Final = Text("需求来自", "Demand from")
FEWER: Final = Text("少建几处会怎样", "What building fewer would lose")
STILL: Final = Text("建成后仍走不到最多的地方", "Where most are still out of reach")

_AIM: Final = {
    SitingModel.MCLP: Text("让新覆盖的人最多", "which newly reaches most workers"),
    SitingModel.LSCP: Text(
        "用最少的新站点达到要求的覆盖", "which needs fewest new sites for what is to be covered"
    ),
    SitingModel.P_MEDIAN: Text("让所有人步行的总和最短", "which makes all walks together shortest"),
    SitingModel.P_CENTER: Text("让最远的人走得最短", "which makes the longest walk shortest"),
    SitingModel.ROBUST: Text(
        "让几种可能的需求中最坏的也尽量好",
        "which does best for the worst of several demands that may come true",
    ),
    SitingModel.EQUITY: Text(
        "先让覆盖率最低的区尽量高", "which lifts the district served worst first"
    ),
}


def cost_text(found: SitingFindings) -> Text:
    """Return what a plan costs, in the unit in which costs were given."""
    if found.cost is None:
        return NO_COST
    money = format_money(found.cost)
    return Text(money, money)


def demand_text(name: Text, code: str, version: int | None, day: date, source: str | None) -> Text:
    """Return which demand set a run took: its name, code, version, first import and source."""
    zh, en = f"{name.zh}（{code}）", f"{name.en} ({code})"
    if version is not None:
        number = format_count(version)
        zh, en = f"{zh}，第 {number} 版", f"{en}, version {number}"
    zh, en = f"{zh}，{day.isoformat()} 首次导入", f"{en}, first imported on {day.isoformat()}"
    return Text(f"{zh}；来源：{source}", f"{en}; source: {source}") if source else Text(zh, en)


def reach_text(basis: Basis, line: Text, walk: Text) -> Text:
    """Return what the circle around a site is: on a network no more than a measure for the eye."""
    if basis is Basis.NETWORK:
        return Text(
            f"直线 {line.zh}，只供比照大小；谁走得到按路网步行 {walk.zh}计算",
            f"a straight line of {line.en} to judge sizes by; who is within reach is told by a walk of "
            f"{walk.en} on the network",
        )
    return Text(
        f"服务标准折合的直线距离，{line.zh}",
        f"the service standard as a straight line, {line.en}",
    )


def fewer_text(name: Text, sites: int, lost: float) -> Text:
    """Return what is lost without the last sites of a plan, of which the first is named."""
    some = counted(lost, "人", "worker")
    if sites == 1:
        return Text(
            f"不建最后一处（{name.zh}）：少覆盖 {some.zh}",
            f"without the last ({name.en}): {some.en} fewer",
        )
    many = counted(sites, "处", "site")
    return Text(
        f"不建最后 {many.zh}：少覆盖 {some.zh}", f"without the last {many.en}: {some.en} fewer"
    )


def still_text(name: Text, left: float, of: float) -> Text:
    """Return how many of a gap zone are out of reach once the plan stands."""
    some, all_of = counted(left, "人", "worker"), format_count(of)
    return Text(
        f"{name.zh}：此前 {all_of} 人，建成后还有 {some.zh}",
        f"{name.en}: {some.en} left of {all_of}",
    )


def more_districts_text(districts: int) -> Text:
    """Say that a table goes on elsewhere."""
    more = counted(districts, "个区", "district")
    return Text(f"另有 {more.zh}，见“{METHOD.zh}”", f"{more.en} more under “{METHOD.en}”")


def runner_up_text(name: Text, adds: float) -> Text:
    """Return why a place was not chosen: what it would add once the plan stands."""
    some = counted(adds, "人", "worker")
    return Text(
        f"{name.zh}：方案建成后再加它，只多覆盖 {some.zh}",
        f"{name.en}: once the plan stands, it would add only {some.en}",
    )


def key_text(reach: Text, *, free: bool, streets: bool) -> Text:
    """Return what the signs of a map mean.

    Parameters
    ----------
    reach
        What the circles are.
    free
        Whether it shows where a site may move.
    """
    moves = Text("", "")
    if free:
        moves = Text(
            "紫色由浅到深：这一处可移动的范围，少覆盖至多 10、5、2 %。",
            " Purple, from pale to deep: where this one may move and lose at most 10, 5, 2 %.",
        )
    source = f" {OSM_ATTRIBUTION}" if streets else ""
    return Text(
        f"绿点：新站点；蓝点：现有设施；浅红：此前的盲区；圆：{reach.zh}。上为北，等距圆柱投影，以图中心的纬线为准。"
        f"{moves.zh}{source}",
        f"Green: new; blue: facilities; pale red: gap zones before; circle: {reach.en}. North is up; "
        f"equidistant cylindrical about the middle.{moves.en}{source}",
    )


def slide_key_text(reach: Text, *, free: bool, streets: bool) -> Text:
    """Return what the signs of a slide's map mean, in one line."""
    moves = Text("", "")
    if free:
        moves = Text("；紫线：可移动的范围", "; purple: where it may move")
    source = f" {OSM_ATTRIBUTION}" if streets else ""
    return Text(
        f"绿：新站点；蓝：现有设施；浅红：盲区；圆：{reach.zh}{moves.zh}。{source}",
        f"Green: new; blue: facilities; pale red: gaps; circle: {reach.en}{moves.en}.{source}",
    )


def method_lines(run: SitingRun, sites: int) -> list[Text]:
    """Return how an answer was found and proven, in sentences for people who decide."""
    found = run.found
    model, aim = MODEL_TEXT[found.model], _AIM[found.model]
    walk = format_metres(found.standard_walk_m)
    lines = [
        Text(
            f"方法：{model.zh}，{aim.zh}。现有的设施都算开着。",
            f"Method: {model.en}, {aim.en}. Facilities in service count as open.",
        ),
        _walks_text(run.inputs.basis, walk, found),
    ]
    if found.objective is not None:
        lines.append(proof_text(run, sites))
    if run.inputs.sample:
        lines.append(
            Text(
                "数据是生成的示例：数字只说明方法，不能作为决定的依据。",
                "The data are generated samples: the figures show the method and are no ground for a decision.",
            )
        )
    number = run.id
    lines.append(
        Text(
            f"选址运行 {number} 保存了问题、数据版本和结果；同样的数据再算，得到同样的数字。",
            f"Siting run {number} keeps the question, the versions of the data and the result; the same data "
            "give the same figures again.",
        )
    )
    return lines


def _walks_text(basis: Basis, walk: Text, found: SitingFindings) -> Text:
    if basis is Basis.NETWORK:
        return Text(
            f"谁走得到：沿步行路网（OpenStreetMap）的最短路不超过 {walk.zh}；不在路网上的按直线折算。",
            f"Who is within reach: a shortest walk of {walk.en} at most on the walking network (OpenStreetMap); "
            "off the network, by a straight line at a detour.",
        )
    line = format_metres(found.standard_line_m)
    return Text(
        f"谁走得到：没有路网，按地球椭球面上的直线距离 {line.zh}（相当于步行 {walk.zh}）。",
        f"Who is within reach: without a network, a straight line of {line.en} on the spheroid (a walk of "
        f"about {walk.en}).",
    )


def proof_text(run: SitingRun, sites: int) -> Text:
    """Return in a sentence what proves a plan, or how much better another may be."""
    found, source = run.found, run.inputs.candidates
    where = Text("候选点", "candidates")
    if source is not None and source.generated == ANYWHERE:
        where = Text("任何地方", "places anywhere")
    if found.robust is not None:
        return _robust_proof(found)
    if found.proven:
        some = counted(sites, "处", "site")
        return Text(
            f"证明：求解给出的界与这 {some.zh}的结果相等，同样条件下{where.zh}没有更好的方案。",
            f"Proof: the bound equals what these {some.en} reach; under the same conditions {where.en} hold "
            "no better plan.",
        )
    if found.gap_share is None:
        return Text(
            "没有证明：离最好的方案差多少未知。", "Not proven: how far from the best is not known."
        )
    gap = format_gap(found.gap_share)
    return Text(
        f"没有证明最好：按求解给出的界，任何方案最多再好 {gap}。",
        f"Not proven best: by the bound, no plan is better by more than {gap}.",
    )


def _robust_proof(found: SitingFindings) -> Text:
    """Return what is proven of one plan for several demands."""
    if not found.proven:
        return Text(
            "没有证明最好：各种需求下的数字和界见“依据”。",
            "Not proven best: the figures and bounds for each demand are told in what it rests on.",
        )
    return Text(
        "证明：求解给出的界与这个方案在最坏的一种需求下的结果相等，没有方案在最坏时更好。",
        "Proof: the bound equals what this plan comes to for the worst of the demands; no plan does better "
        "at worst.",
    )

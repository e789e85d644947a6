"""What counting a proof again has shown, in words."""

from geoapp.core.i18n import Text
from geoapp.core.results.proof import Proof, ProofCheck
from geoapp.core.units import format_count, format_metres, format_share
from geoapp.core.words import Basis

_SAMPLE = Text("示例数据，不是真实的工作者和站点", "sample data, no real workers or stations")
_GIVEN = Text(
    "给定站点覆盖谁按文件所列",
    "whom given sites reach is taken as the file lists it",
)
_AS_LISTED = Text(
    "各候选点覆盖谁按文件所列：步行路网不在文件里",
    "whom each candidate reaches is taken as the file lists it: the walking network is not in it",
)


def proof_lines(proof: Proof, check: ProofCheck) -> list[Text]:
    """Return what was asked, and what of the answer holds."""
    lines = [proof.question.text]
    if proof.sample:
        lines.append(_SAMPLE)
    if check.faults:
        return [
            *lines,
            *(Text(f"不符：{one.zh}", f"wrong: {one.en}") for one in check.faults),
            Text("核对未通过", "not accepted"),
        ]
    many, metres = len(proof.sites), format_metres(proof.standard_m)
    near = Text(f"步行 {metres.zh}", f"a walk of {metres.en}")
    if proof.basis is Basis.ESTIMATE:
        near = Text(f"直线 {metres.zh}", f"a straight line of {metres.en}")
    if proof.seats is None:
        done, seats = Text("覆盖", "reach"), Text("", "")
    else:
        each = format_count(proof.seats.each)
        done, seats = Text("有座位", "seat"), Text(f"，每处 {each} 座", f", {each} seats at each")
    lines.append(
        Text(
            f"重新计算：{many} 个站点新增{done.zh} {format_count(check.objective)} 人（{near.zh}以内{seats.zh}）",
            f"counted again: {many} sites newly {done.en} {format_count(check.objective)} workers "
            f"(within {near.en}{seats.en})",
        )
    )
    if proof.streets is not None:
        edges = len(proof.streets.length_dm)
        lines.append(
            Text(
                f"按文件里的 {edges:,} 段街道重算了每条步行路线",
                f"every walk was counted again on the {edges:,} pieces of street in the file",
            )
        )
        if any(one.fixed for one in proof.sites):
            lines.append(_GIVEN)
    elif proof.basis is Basis.NETWORK:
        lines.append(_AS_LISTED)
    lines.append(_bound_text(proof, check))
    return [*lines, Text("核对通过", "accepted")]


def _bound_text(proof: Proof, check: ProofCheck) -> Text:
    where = (
        Text("街道上任何地方的", "anywhere on the streets")
        if proof.streets is not None
        else Text("任何地方的", "anywhere")
        if proof.candidates is None
        else Text(
            f"这 {len(proof.candidates.code):,} 个候选点中的",
            f"among these {len(proof.candidates.code):,} candidates",
        )
    )
    most = format_count(check.shown)
    do = Text("覆盖", "reach") if proof.seats is None else Text("坐下", "seat")
    if check.shown <= proof.objective:
        return Text(
            f"已证明：{where.zh} {proof.p} 个站点不能{do.zh}更多",
            f"proven: no {proof.p} sites {where.en} {do.en} more",
        )
    gap = (
        format_share((check.shown - proof.objective) / proof.objective) if proof.objective else "∞"
    )
    told = Text(
        f"价格证明：{where.zh} {proof.p} 个站点至多{do.zh} {most} 人，最多再多 {gap}",
        f"the prices show: no {proof.p} sites {where.en} {do.en} more than {most}, {gap} more at most",
    )
    if proof.bound < check.shown:
        bound = format_count(proof.bound)
        told = Text(
            f"{told.zh}；运行所说的 {bound} 人靠搜索得出，文件不能证明",
            f"{told.en}; the run's {bound} came from a search, which the file cannot show",
        )
    return told

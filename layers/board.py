"""看板上的站点 / The board: sites of plans on their way to opened stations, by state."""

from sqlalchemy import case, func, select

from geoapp.core.proposals import PROPOSAL_TEXT, ProposalState
from geoapp.maps.kit import Category, Field, Layer, Legend, Look, Popup, Text
from geoapp.store.models import Proposal, ProposalStep, Region, Run, RunSite

_COLOURS = {
    ProposalState.PROPOSED: "#b8560b",
    ProposalState.SURVEYED: "#8a6d00",
    ProposalState.HOST_AGREED: "#5b7f1e",
    ProposalState.APPROVED: "#1f7a4d",
    ProposalState.BUILDING: "#0f6f8a",
    ProposalState.OPEN: "#0f56b3",
    ProposalState.DROPPED: "#6b7075",
}


def query(_context):
    """Return all proposals where they lie now, with what their plans promised."""
    since = (
        select(ProposalStep.on_day)
        .where(ProposalStep.proposal_id == Proposal.id)
        .order_by(ProposalStep.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    told = {
        language: case(
            {str(state): text.pick(language) for state, text in PROPOSAL_TEXT.items()},
            value=Proposal.state,
        )
        for language in ("zh", "en")
    }
    return (
        select(
            Proposal.id,
            Proposal.state,
            told["zh"].label("told_zh"),
            told["en"].label("told_en"),
            Proposal.name_zh,
            func.coalesce(Proposal.name_en, Proposal.name_zh).label("name_en"),
            func.coalesce(Region.name_zh, Proposal.region_code).label("region_zh"),
            func.coalesce(Region.name_en, Region.name_zh, Proposal.region_code).label("region_en"),
            RunSite.adds,
            Proposal.planned_on,
            since.label("since"),
            func.coalesce(Run.inputs["sample"].as_boolean(), False).label("is_sample"),
            Proposal.geom.label("geometry"),
        )
        .join(Run, Run.id == Proposal.run_id)
        .join(
            RunSite,
            (RunSite.run_id == Proposal.run_id)
            & RunSite.chosen
            & (RunSite.rank == Proposal.site_rank),
        )
        .outerjoin(Region, Region.code == Proposal.region_code)
    )


LAYER = Layer(
    id="board",
    title=Text("看板上的站点", "Sites of the board"),
    query=query,
    style=Category(
        column="state",
        looks={
            str(state): (text, Look(_COLOURS[state], "square"))
            for state, text in PROPOSAL_TEXT.items()
        },
        other=(Text("其他", "Other"), Look("#6b7075", "square")),
    ),
    popup=Popup(
        title="name",
        sample="is_sample",
        fields=(
            Field("told", Text("进展", "State")),
            Field("since", Text("自", "Since"), "date"),
            Field("region", Text("区域", "Region")),
            Field("adds", Text("承诺新增覆盖", "Promised"), "people"),
            Field("planned_on", Text("计划开放", "Planned"), "date"),
            Field("id", Text("看板编号", "Board number"), "number"),
        ),
    ),
    legend=Legend(note=Text("从方案到站点，办到哪一步", "How far each site of a plan has come")),
    versions=("proposals", "runs", "regions"),
    published=False,
    search=True,
)

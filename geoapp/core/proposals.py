"""How a proposed site is carried to an opened station: its states, and what may follow each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from geoapp.core.i18n import Text


class ProposalState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    SURVEYED = "surveyed"
    HOST_AGREED = "host_agreed"
    APPROVED = "approved"
    BUILDING = "building"
    OPEN = "open"
    DROPPED = "dropped"


PROPOSAL_TEXT: Final[Mapping[ProposalState, Text]] = {
    ProposalState.PROPOSED: Text("拟选", "Proposed"),
    ProposalState.SURVEYED: Text("已踏勘", "Surveyed"),
    ProposalState.HOST_AGREED: Text("已谈妥", "Host agreed"),
    ProposalState.APPROVED: Text("已批准", "Approved"),
    ProposalState.BUILDING: Text("建设中", "Building"),
    ProposalState.OPEN: Text("已开放", "Open"),
    ProposalState.DROPPED: Text("不建了", "Dropped"),
}
# A step back takes a mistake, or a host's word, back; some hosts agree before anybody has surveyed.
# An opened station lives on in the register, which has states of its own.
TRANSITIONS: Final[Mapping[ProposalState, tuple[ProposalState, ...]]] = {
    ProposalState.PROPOSED: (
        ProposalState.SURVEYED,
        ProposalState.HOST_AGREED,
        ProposalState.DROPPED,
    ),
    ProposalState.SURVEYED: (
        ProposalState.HOST_AGREED,
        ProposalState.PROPOSED,
        ProposalState.DROPPED,
    ),
    ProposalState.HOST_AGREED: (
        ProposalState.APPROVED,
        ProposalState.SURVEYED,
        ProposalState.DROPPED,
    ),
    ProposalState.APPROVED: (
        ProposalState.BUILDING,
        ProposalState.OPEN,
        ProposalState.HOST_AGREED,
        ProposalState.DROPPED,
    ),
    ProposalState.BUILDING: (
        ProposalState.OPEN,
        ProposalState.APPROVED,
        ProposalState.DROPPED,
    ),
    ProposalState.OPEN: (),
    ProposalState.DROPPED: (ProposalState.PROPOSED,),
}


def refused_step(name: str, before: ProposalState, after: ProposalState) -> Text:
    """Say why a proposal cannot get a state, and which it can get."""
    was, wanted, allowed = PROPOSAL_TEXT[before], PROPOSAL_TEXT[after], TRANSITIONS[before]
    if not allowed:
        return Text(
            f"“{name}”{was.zh}，在看板上不再变更；以后的情况记在站点数据里。",
            f"“{name}” is open, which is the end of the board; what comes after stands in the register.",
        )
    zh = "、".join(f"{PROPOSAL_TEXT[one].zh}（{one}）" for one in allowed)
    return Text(
        f"“{name}”现为“{was.zh}”（{before}），不能变为“{wanted.zh}”（{after}）；可变为：{zh}。",
        f"“{name}” is {before} and cannot become {after}; it can become {', '.join(allowed)}.",
    )

"""What was official for a region before: how the share covered has changed, and its rank.

Only answers to the same question are set beside each other: of unlike ones no figure shows a change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS, CoverageRun
from geoapp.core.results.kept import RunInputs
from geoapp.core.results.published import Official, Publication
from geoapp.core.words import Basis
from geoapp.operations.coverage import official as answers
from geoapp.operations.runs.state import read_run
from geoapp.store.engine import Database
from geoapp.store.region_tree import codes_above
from geoapp.store.runs import published as published_store
from geoapp.store.runs import region_figures as figures_store
from geoapp.store.runs.runs import questions_of_runs

# So many answers are drawn of each region, the newest of them.
MOST_ANSWERS: Final = 12


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was official from a moment on, or that was asked beside those that were.

    Attributes
    ----------
    shares
        By code of a region which share it covers; a region that it has no figures of has no entry.
    """

    run_id: int
    since: datetime
    shares: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Past:
    """What stood before a run.

    Attributes
    ----------
    answers
        The newest that were asked the same, the oldest of them first; the run itself is the last.
    unlike
        How many more there were that were asked something else.
    left_out
        How many more there were that were asked the same.
    """

    answers: Sequence[Answered]
    unlike: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was official earlier.

    Attributes
    ----------
    same
        Whether it is the very run that it is to be compared with.
    alike
        Whether it was asked the same: only then a difference is a change.
    shares
        By code of a region which share it covers; a region that it has no figures of has no entry.
    """

    official: Official
    same: bool
    alike: bool
    shares: Mapping[str, float | None]

    def change(self, code: str, share: float | None) -> float | None:
        """Return how much the share covered of a region has grown; None where that is not known."""
        then = self.shares.get(code)
        if self.same or not self.alike or then is None or share is None:
            return None
        return share - then


def asked_alike(one: CoverageRun, other: CoverageRun) -> bool:
    """Tell whether the figures of a region in two runs answer the same question.

    Standard, facilities, moment, demand set and how walks are measured; how wide an area was asked
    about makes no difference to a region in it.
    """
    return _is_alike(_asked(one.params, one.inputs), _asked(other.params, other.inputs))


_Asked = tuple[CoverageParameters, Basis]


def _asked(params: dict[str, Any], inputs: RunInputs) -> _Asked:
    question = CoverageParameters.from_stored(params)
    return replace(question, region=None, demand=inputs.demand or question.demand), inputs.basis


def _is_alike(one: _Asked, other: _Asked) -> bool:
    return one[1] == other[1] and one[0].same_as(other[0])


def earlier(
    database: Database,
    run: CoverageRun,
    region: str | None,
    codes: Iterable[str],
    at: datetime | None = None,
) -> Earlier | None:
    """Return what was official for a region at an earlier moment, or None.

    Parameters
    ----------
    region
        Whose answer; None is the run's own.
    codes
        The regions whose figures are compared.
    at
        None is just before the run itself became official, or ended.
    """
    asked = answers.run_region(run) if region is None else region
    if at is None:
        known = _before(database, run, asked)
        if known is None:
            return None
        found = Official(known, read_run(database, COVERAGE_RUNS, known.run_id))
    else:
        standing = answers.official(database, asked, at)
        if standing is None:
            return None
        found = standing
    with database.snapshot() as session:
        shares = figures_store.shares_of_runs(session, [found.run.id], list(codes))
    return Earlier(found, found.run.id == run.id, asked_alike(found.run, run), shares[found.run.id])


def past(database: Database, run: CoverageRun, region: str | None, codes: Iterable[str]) -> Past:
    """Return the official answers up to a run, with what each says of some regions.

    Parameters
    ----------
    region
        Whose answers; None is the run's own.
    """
    asked = answers.run_region(run) if region is None else region
    chain, until = _chain(database, run, asked)
    starts: dict[int, datetime] = {}
    for publication, since in chain:
        starts.pop(publication.run_id, None)  # once each, where it came to stand last
        starts[publication.run_id] = since
    starts.pop(run.id, None)
    with database.snapshot() as session:
        # Without what they found: there may be hundreds.
        asked_then = questions_of_runs(session, list(starts))
        own_question = _asked(run.params, run.inputs)
        alike = [
            number
            for number, (params, inputs) in asked_then.items()
            if _is_alike(own_question, _asked(params, COVERAGE_RUNS.inputs.checked(inputs)))
        ]
        shown = alike[-(MOST_ANSWERS - 1) :]
        shares = figures_store.shares_of_runs(session, [*shown, run.id], list(codes))
    told = [Answered(number, starts[number], shares[number]) for number in shown]
    own = Answered(run.id, until, shares[run.id])
    return Past([*told, own], len(starts) - len(alike), len(alike) - len(shown))


def _before(database: Database, run: CoverageRun, region: str | None) -> Publication | None:
    """Return what was official just before a run was; another run's."""
    chain, _ = _chain(database, run, region)
    return next((one for one, _ in reversed(chain) if one.run_id != run.id), None)


def _chain(
    database: Database, run: CoverageRun, region: str | None
) -> tuple[list[tuple[Publication, datetime]], datetime]:
    """Return what was official for a region one after the other, and since when each was.

    Up to the moment when the run was published, or ended if it never was; that comes second.
    """
    own = answers.publication_of(database, run.id)
    until = own.published_at if own is not None else run.finished_at or run.created_at
    with database.snapshot() as session:
        above = [] if region is None else codes_above(session, region)
        every = [answers.value_of(one) for one in published_store.history(session, above)]
    events = sorted(
        (moment, one.id, moment == one.withdrawn_at, one)
        for one in every
        for moment in (one.published_at, one.withdrawn_at)
        if moment is not None and moment <= until
    )
    held: dict[str | None, list[Publication]] = {}
    chain: list[tuple[Publication, datetime]] = []
    for moment, _, withdrawn, one in events:
        of_region = held.setdefault(one.region, [])
        if withdrawn:
            of_region.remove(one)
        else:
            of_region.append(one)
        standing = next((held[code][-1] for code in [*above, None] if held.get(code)), None)
        if standing is not None and (not chain or chain[-1][0].id != standing.id):
            chain.append((standing, moment))
    return chain, until

"""The official answer: which coverage run stands for a region, and what has changed since.

Planners' runs stay theirs; what the public sees is what somebody published. A newer publication of
the same region takes its place, one that is withdrawn gives it back to the one before.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from geoapp.core.errors import ConflictError, NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS, CoverageRun
from geoapp.core.results.published import Freshness, Official, Publication
from geoapp.core.settings import Settings
from geoapp.core.words import Level, RunStatus
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.network.keeper import network_folder
from geoapp.operations.runs.state import read_finished, read_run, recent_runs, run_state
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import data_versions, regions_below
from geoapp.store.region_tree import codes_above
from geoapp.store.runs import published as store
from geoapp.store.runs.inputs import find_demand_set

MOST_CHANGED: Final = 20
MOST_WAITING: Final = 20
_PUBLICATION = Text("公布", "publication")
OFFICIAL = Text("公布的覆盖结果", "published coverage answer")
# What a run rests on beside the facilities, by the name of the counter.
_DEMAND_TEXT = Text("需求数据", "the demand")
_INPUT_TEXT = {
    "regions": Text("区域边界", "the regions' outlines"),
    "calendar": Text("节假日", "the holidays"),
}
_NETWORK_TEXT = Text("步行路网", "the walking network")
# A run of the same question that began within this time is not begun again.
_PRESSED_TWICE = timedelta(seconds=10)
_WIDEST = (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET)


def value_of(row: store.Publication) -> Publication:
    """Return a stored publication as a value."""
    return Publication(
        id=row.id,
        region=row.region_code,
        run_id=row.run_id,
        published_at=row.published_at,
        published_by=row.published_by,
        note=row.note,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
    )


def run_region(run: CoverageRun) -> str | None:
    """Return the region that a run was asked about; None is the whole area."""
    return CoverageParameters.from_stored(run.params).region


def publish(
    database: Database,
    run_id: int,
    by: str | None,
    note: str | None = None,
    kept_to: Sequence[str] = (),
) -> Publication:
    """Make a coverage run the official answer of its region.

    Parameters
    ----------
    by
        Who publishes.
    kept_to
        The regions that this account is kept to; none is everywhere.

    Raises
    ------
    NotFoundError
        If there is no coverage run of this number.
    ConflictError
        If it has no results, or is the official answer already.
    NotAllowedError
        If its region is none of the account's.
    """
    run = read_finished(database, COVERAGE_RUNS, run_id)
    region = run_region(run)
    with database.session() as session:
        check_region(session, region, kept_to)
        known = store.in_force(session).get(region)
        if known is not None and known.run_id == run_id:
            raise ConflictError(
                Text(
                    f"运行 {run_id} 已经是公布的结果。",
                    f"Run {run_id} is the published answer already.",
                )
            )
        return value_of(store.add_publication(session, region, run_id, by, note or None))


def own_regions(database: Database, kept_to: Sequence[str]) -> frozenset[str] | None:
    """Return the regions that an account may publish for; None is everywhere."""
    if not kept_to:
        return None
    with database.session() as session:
        return frozenset(code for one in kept_to for code in regions_below(session, one))


def check_region(session: Session, region: str | None, kept_to: Sequence[str]) -> None:
    """Refuse to publish for a region that is none of an account's.

    Raises
    ------
    NotAllowedError
        If ``kept_to`` names regions, and this is neither one of them nor inside one.
    """
    if not kept_to:
        return
    own = {code for one in kept_to for code in regions_below(session, one)}
    if region is None or region not in own:
        raise NotAllowedError(
            Text(
                "您的账号只能公布自己区域的结果。",
                "Your account publishes answers of its own regions only.",
            )
        )


def withdraw(
    database: Database, number: int, by: str | None, kept_to: Sequence[str] = ()
) -> Publication:
    """Take a publication back; it stays readable.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    ConflictError
        If it is withdrawn already.
    NotAllowedError
        If its region is none of the account's.
    """
    with database.session() as session:
        row = session.get(store.Publication, number) if 0 < number < 2**63 else None
        if row is None:
            raise NotFoundError(_PUBLICATION, str(number))
        check_region(session, row.region_code, kept_to)
        if not store.withdraw(session, number, by):
            raise ConflictError(
                Text(f"公布 {number} 已经撤回。", f"Publication {number} is withdrawn already.")
            )
        session.refresh(row)
        return value_of(row)


def withdraw_run(database: Database, run_id: int) -> Publication:
    """Take the newest publication of a run back.

    Raises
    ------
    NotFoundError
        If it was never published.
    ConflictError
        If it is withdrawn already.
    """
    known = publication_of(database, run_id)
    if known is None:
        raise NotFoundError(Text("公布的运行", "published run"), str(run_id))
    return withdraw(database, known.id, by=None)


def official(
    database: Database, region: str | None = None, at: datetime | None = None
) -> Official | None:
    """Return what is official for a region at a moment, or None.

    For a region that has none of its own, what is published for one that contains it. Without a
    region the widest: the whole area before a province, a city, a district.

    Raises
    ------
    NotFoundError
        If there is no such region.
    """
    with database.snapshot() as session:
        known = store.in_force(session, at)
        if region is None:
            row = _widest(session, known)
        else:
            above = codes_above(session, region)
            if not above:
                raise NotFoundError(Text("区域", "region"), region)
            row = next((known[code] for code in [*above, None] if code in known), None)
        found = None if row is None else value_of(row)
    if found is None:
        return None
    return Official(found, read_run(database, COVERAGE_RUNS, found.run_id))


def _widest(
    session: Session, known: dict[str | None, store.Publication]
) -> store.Publication | None:
    if None in known:
        return known[None]
    levels = store.levels_of(session, [code for code in known if code is not None])
    for level in _WIDEST:
        found = [
            one for code, one in known.items() if code is not None and levels.get(code) == level
        ]
        if found:
            return max(found, key=lambda one: (one.published_at, one.id))
    return None


def in_force(database: Database) -> dict[str | None, Publication]:
    """Return by region (None: the whole area) its own publication that stands now."""
    with database.snapshot() as session:
        return {region: value_of(row) for region, row in store.in_force(session).items()}


def needed(database: Database, region: str | None = None, at: datetime | None = None) -> Official:
    """Return what is official for a region at a moment.

    Raises
    ------
    NotFoundError
        If nothing is, or there is no such region.
    """
    found = official(database, region, at)
    if found is None:
        raise NotFoundError(OFFICIAL, region)
    return found


def publications(database: Database, limit: int = 200) -> list[Publication]:
    """Return what was ever published, the newest first."""
    with database.snapshot() as session:
        return [value_of(row) for row in store.list_publications(session, limit)]


def waiting(database: Database) -> list[CoverageRun]:
    """Return the newest `MOST_WAITING` runs with results that were never published, newest first."""
    with database.snapshot() as session:
        found = store.never_published(session, COVERAGE_RUNS.name, MOST_WAITING)
        return [run_state(one, COVERAGE_RUNS) for one in found]


def on_samples(database: Database, publications: Sequence[Publication]) -> frozenset[int]:
    """Return the numbers of the runs among what was published whose demand is generated."""
    with database.snapshot() as session:
        return store.on_samples(session, [one.run_id for one in publications])


def publication_of(database: Database, run_id: int) -> Publication | None:
    """Return the newest publication of a run, or None where it was never published."""
    with database.snapshot() as session:
        row = store.of_run(session, run_id)
        return None if row is None else value_of(row)


def freshness(database: Database, settings: Settings, run: CoverageRun) -> Freshness:
    """Return what has changed since a run read the data."""
    then = run.inputs.versions
    with database.snapshot() as session:
        now = data_versions(session)
        changed = store.changed_facilities(session, then.get("facilities", 0), run_region(run))
        demand = find_demand_set(session, CoverageParameters.from_stored(run.params).demand)
        read = (run.inputs.demand, then.get("demand_set"))
        demand_changed = demand is None or (demand.code, demand.version) != read
    others = [_DEMAND_TEXT] if demand_changed else []
    others += [
        words for name, words in _INPUT_TEXT.items() if name in then and now.get(name) != then[name]
    ]
    folder = network_folder(settings)
    if run.inputs.network != (None if folder is None else folder.name):
        others.append(_NETWORK_TEXT)
    return Freshness(changed, tuple(others))


def changed_since(
    database: Database, run: CoverageRun, most: int = MOST_CHANGED
) -> list[store.ChangedFacility]:
    """Return the newest of the facilities that changed since a run read the data."""
    since = run.inputs.versions.get("facilities", 0)
    with database.session() as session:
        return store.name_changed(session, since, run_region(run), most)


def recompute(
    database: Database, run: CoverageRun, by: str | None, kept_to: Sequence[str] = ()
) -> CoverageRun:
    """Ask the same question anew, as a job: its answer is proposed, not published.

    Who asks twice is led to the run that is under way already.

    Raises
    ------
    NotAllowedError
        If the run's region is none of the account's.
    InvalidValueError
        If what the question names is no longer stored.
    """
    with database.session() as session:
        check_region(session, run_region(run), kept_to)
    asked = CoverageParameters.from_stored(run.params)
    since = datetime.now(UTC) - _PRESSED_TWICE
    for one in recent_runs(database, COVERAGE_RUNS):
        waits = one.status is RunStatus.QUEUED and not one.cancel_requested
        begun = one.status is RunStatus.RUNNING and one.created_at > since
        if (waits or begun) and CoverageParameters.from_stored(one.params) == asked:
            return one
    return coverage_run.start(database, asked, by)

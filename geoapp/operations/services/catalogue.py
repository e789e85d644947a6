"""The catalogue that workers choose from: services by category, and the contests that chose some."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from geoapp.core.contests import ContestStage
from geoapp.core.services import ServiceCategory, load_categories
from geoapp.core.settings import Settings
from geoapp.core.words import Status
from geoapp.operations.moment import today
from geoapp.store.contests import ContestRecord, EntryRecord, contest_records, entry_records
from geoapp.store.engine import Database
from geoapp.store.services import ItemRecord, item_records, offers_by_item

# A place that has closed offers nothing, as the search for services has it.
_OFFERING = frozenset({str(Status.OPEN), str(Status.SUSPENDED)})


@dataclass(frozen=True, slots=True)
class Prize:
    """A prize of a contest, and the entries that won it and are known by name."""

    name: str
    entries: list[EntryRecord]


@dataclass(frozen=True, slots=True)
class ShownContest:
    """A contest; without a result it has no prizes yet. ``entries`` are all that are known."""

    contest: ContestRecord
    stage: ContestStage
    prizes: list[Prize]
    entries: list[EntryRecord]


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """A service, at how many places it is offered today, and the prizes that it won."""

    item: ItemRecord
    places: int
    prizes: list[tuple[ContestRecord, str]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Services by category, in the order of the categories; those without a service are left out."""

    categories: list[tuple[ServiceCategory, list[CatalogueItem]]]
    contests: list[ShownContest]


def read_catalogue(database: Database, settings: Settings) -> Catalogue:
    """Return the catalogue as it is today."""
    with database.snapshot() as session:
        items = item_records(session)
        places = offers_by_item(session, today(settings), _OFFERING)
        contests = contest_records(session)
        entries = entry_records(session)
    shown = [_shown(one, [e for e in entries if e.contest == one.code]) for one in contests]
    won: dict[str, list[tuple[ContestRecord, str]]] = defaultdict(list)
    for contest in shown:
        for prize in contest.prizes:
            for entry in prize.entries:
                if entry.service is not None:
                    won[entry.service].append((contest.contest, prize.name))
    categories = []
    for category in load_categories().categories:
        here = [
            CatalogueItem(one, places.get(one.code, 0), won.get(one.code, []))
            for one in items
            if one.category == category.code
        ]
        if here:
            categories.append((category, here))
    return Catalogue(categories, shown)


def _shown(contest: ContestRecord, entries: Sequence[EntryRecord]) -> ShownContest:
    stage = ContestStage(contest.stage)
    prizes: dict[str, list[EntryRecord]] = {}
    if stage is ContestStage.RESULT:
        for entry in entries:
            if entry.prize is not None:
                prizes.setdefault(entry.prize, []).append(entry)
    return ShownContest(
        contest, stage, [Prize(name, won) for name, won in prizes.items()], list(entries)
    )

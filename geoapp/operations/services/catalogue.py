"""The catalogue that workers choose from: services by category, and the contests that chose some."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from geoapp.core.contest_rules import ContestRules, ContestStage, Opens, contest_rules
from geoapp.core.contests import LIST
from geoapp.core.i18n import Text
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

    name: Text
    entries: list[EntryRecord]


@dataclass(frozen=True, slots=True)
class ShownContest:
    """A contest; before its prizes are open it has none. ``entries`` are all that are known.

    ``rules`` and ``stage`` are None where the rules are no longer there.
    """

    contest: ContestRecord
    rules: ContestRules | None
    stage: ContestStage | None
    criteria: tuple[Text, ...]
    prizes: list[Prize]
    entries: list[EntryRecord]


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """A service, at how many places it is offered today, and the prizes that it won."""

    item: ItemRecord
    places: int
    prizes: list[tuple[ContestRecord, Text]]


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
    rules = contest_rules(settings)
    shown = [
        shown_contest(one, [e for e in entries if e.contest == one.code], rules.get(one.rules))
        for one in contests
    ]
    won: dict[str, list[tuple[ContestRecord, Text]]] = defaultdict(list)
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


def shown_contest(
    contest: ContestRecord, entries: Sequence[EntryRecord], rules: ContestRules | None
) -> ShownContest:
    """Return a contest as it is made public, with all its entries."""
    won: dict[str, list[EntryRecord]] = {}
    stage = None if rules is None else rules.stage(contest.stage)
    if rules is not None and rules.is_open(Opens.PRIZE, contest.stage):
        order = {prize.zh: number for number, prize in enumerate(rules.prizes)}
        for entry in sorted(entries, key=lambda one: order.get(one.prize or "", len(order))):
            if entry.prize is not None:
                won.setdefault(entry.prize, []).append(entry)
    names = {prize.zh: prize.text for prize in (() if rules is None else rules.prizes)}
    return ShownContest(
        contest,
        rules,
        stage,
        criteria_texts(rules, contest.criteria),
        [Prize(names.get(name, Text(name, name)), of_it) for name, of_it in won.items()],
        list(entries),
    )


def criteria_texts(rules: ContestRules | None, own: str | None) -> tuple[Text, ...]:
    """Return what a contest's criteria are called: those of its rules, else its own."""
    if rules is not None and rules.criteria:
        return tuple(one.text for one in rules.criteria)
    return tuple(Text(one, one) for one in (own or "").split(LIST) if one)

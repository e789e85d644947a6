"""Organisations as a steward works with them: found by words, and one with all that is tied to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.sounds import folded, sounds_of
from geoapp.operations.applications.read import Known, PublicRecognition, public_recognitions
from geoapp.operations.applications.read import list_applications as applications_of
from geoapp.operations.facilities.read import check_region
from geoapp.operations.history.read import ToldSet, told_of
from geoapp.operations.organisations.read import found_organisation
from geoapp.store.engine import Database
from geoapp.store.history.sets import Records
from geoapp.store.organisations import (
    OrganisationFilter,
    OrganisationName,
    OrganisationRecord,
    Ties,
    codes_of_name,
    organisation_by_code,
    organisation_names,
    organisations_below,
    organisations_of,
    ties_of,
)

PAGE_SIZE = 100
_MOST_SETS = 50


class Whereabouts(StrEnum):
    """What is known of where an organisation is; it is never taken from its name."""

    REGION = "region"
    GROUP = "group"
    NOTHING = "nothing"


WHEREABOUTS_TEXT = {
    Whereabouts.REGION: Text("区域已知", "Region known"),
    Whereabouts.GROUP: Text("只知所属集团", "Known by its group alone"),
    Whereabouts.NOTHING: Text("区域和集团都未知", "Neither region nor group known"),
}


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page of the list.

    Attributes
    ----------
    total
        How many fit on all pages.
    known
        How many fit the words, kind and region, by what is known of where they are.
    after
        The code after which the next page begins; None at the end.
    """

    lines: list[tuple[OrganisationRecord, Ties]]
    total: int
    known: dict[Whereabouts, int]
    after: str | None


@dataclass(frozen=True, slots=True)
class OneOrganisation:
    """An organisation with what is tied to it; the record has its roles at facilities."""

    record: OrganisationRecord
    parent: OrganisationRecord | None
    below: list[OrganisationRecord]
    applications: list[Known]
    titles: list[PublicRecognition]
    story: list[ToldSet]


def list_desk_organisations(
    database: Database,
    wanted: OrganisationFilter,
    *,
    terms: Sequence[str] = (),
    whereabouts: Whereabouts | None = None,
    after: str | None = None,
) -> DeskPage:
    """Return a page of organisations in order of code.

    Parameters
    ----------
    terms
        Folded words that must all be found in code, names, group or category; by sound, too.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    with database.snapshot() as session:
        check_region(session, wanted.region)
        fit = [one for one in organisation_names(session, wanted) if _has(one, terms)]
        known = {each: sum(_whereabouts(one) is each for one in fit) for each in Whereabouts}
        codes = [one.code for one in fit if whereabouts is None or _whereabouts(one) is whereabouts]
        # By its place: the store's order of codes is not Python's.
        rest = codes[codes.index(after) + 1 :] if after in codes else codes
        records = organisations_of(session, rest[:PAGE_SIZE])
        ties = ties_of(session, rest[:PAGE_SIZE])
    more = rest[PAGE_SIZE - 1] if len(rest) > PAGE_SIZE else None
    lines = [(one, ties.get(one.code, Ties())) for one in records]
    return DeskPage(lines, len(codes), known, more)


def _has(one: OrganisationName, terms: Sequence[str]) -> bool:
    names = [sounds_of(name) for name in (one.name_zh, one.group_name, one.listed_as) if name]
    spelt = [folded(one.code), folded(one.name_en or "")]
    spelt += [way for each in names for way in (each.name, each.pinyin, each.initials)]
    return all(any(term in way for way in spelt) for term in terms)


def _whereabouts(one: OrganisationName) -> Whereabouts:
    if one.region is not None:
        return Whereabouts.REGION
    return Whereabouts.NOTHING if one.group_name is None else Whereabouts.GROUP


def read_desk_organisation(database: Database, settings: Settings, code: str) -> OneOrganisation:
    """Return an organisation with what is tied to it, the latest sets of its story first.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    with database.snapshot() as session:
        record = found_organisation(session, code, unpublished=True)
        above = record.values["parent"]
        parent = None if above is None else organisation_by_code(session, above)
        below = organisations_below(session, code)
        of = Records("organisation", (code,))
        story = told_of(session, settings, of, limit=_MOST_SETS)
    return OneOrganisation(
        record,
        parent,
        below,
        applications_of(database, settings, organisation=code),
        public_recognitions(database, settings, organisation=code),
        story,
    )


def namesakes(database: Database, name: str) -> list[str]:
    """Return the codes of organisations that have this very name, two at most."""
    with database.snapshot() as session:
        return codes_of_name(session, name)

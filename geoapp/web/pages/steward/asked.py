"""What a steward's list is asked: the conditions in its address, read once."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from flask import request
from pydantic import Field

from geoapp.core.errors import UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_SEARCH_CHARACTERS,
    MOST_TIME_CHARACTERS,
)
from geoapp.core.sounds import search_terms
from geoapp.core.words import Family, Status
from geoapp.operations.facilities.read import parse_as_of
from geoapp.operations.facilities.work_lists import old_before
from geoapp.operations.moment import today
from geoapp.store.facilities.as_of import IN_PLACE, AsOf
from geoapp.store.facilities.read import FacilityFilter
from geoapp.store.facilities.stewardship import OLD_DAYS, Shortfall
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services

_UNREAD = Text(
    "刚导入了许多设施，还不能按名称查找；请几秒后再试。",
    "Many facilities have just come in and cannot be found by words yet; try again in seconds.",
)


class Asked(Parameters):
    """What a steward's list is asked; an empty value asks nothing."""

    q: str = Field("", max_length=MOST_SEARCH_CHARACTERS)
    region: str = Field("", max_length=MOST_REGION_CHARACTERS)
    family: Family | None = None
    kind: str = Field("", max_length=MOST_SEARCH_CHARACTERS)
    status: Status | None = None
    lack: Shortfall | None = None
    days: int = Field(OLD_DAYS, ge=1, le=36_500)
    as_of: str = Field("", max_length=MOST_TIME_CHARACTERS)
    after: str = Field("", max_length=MOST_CODE_CHARACTERS)

    @classmethod
    def of_query(cls, query: str) -> "Asked":
        """Return what the query of an address asks; 422 where a value is not accepted."""
        return cls.of(parse_qsl(query))

    @classmethod
    def of(cls, given: Iterable[tuple[str, str]]) -> "Asked":
        """Return what some values ask, by their names; the empty ones ask nothing."""
        said = ((name, without_nul(value).strip()) for name, value in given)
        return cls.check({name: value for name, value in said if value})

    def wanted(self) -> FacilityFilter:
        """Return it as a filter of the store; 409 where it asks for streets that nobody knows.

        As of a day, the status is what a facility was then: in service or suspended if none is asked.

        Raises
        ------
        InvalidValueError
            If the day is none, or one to come.
        """
        as_of = self.on_day()
        statuses = frozenset({self.status} if self.status and as_of is None else ())
        return FacilityFilter(
            region=self.region or None,
            kinds=frozenset({self.kind} if self.kind else ()),
            families=frozenset({self.family} if self.family else ()),
            statuses=statuses,
            as_of=as_of,
            terms=tuple(search_terms(self.q)),
            lack=self.lack,
            old_before=old_before(today(services().settings), self.days),
            far=services().work_lists.far_from_streets() if self.lack == "street" else (),
            suspected=services().duplicates.suspected() if self.lack == "duplicate" else None,
        )

    def on_day(self) -> AsOf | None:
        """Return the day that is asked about and what counts on it; None is now.

        Raises
        ------
        InvalidValueError
            If it is no day, or one to come.
        """
        if not self.as_of:
            return None
        day, today = parse_as_of(self.as_of, services().settings.timezone)
        return AsOf(day, today, frozenset({self.status}) if self.status else IN_PLACE)

    def query(self, **more: str | None) -> str:
        """Return it as the query of an address, without the page."""
        values = self.model_dump(exclude={"after"}, exclude_defaults=True) | more
        return urlencode({name: value for name, value in values.items() if value})


def asked_now() -> Asked:
    """Return what the present address asks; 422 where a value is not accepted."""
    return Asked.of(request.args.items())


def found_all(asked: Asked) -> FacilityFilter:
    """Return what is asked, once all facilities can be found: what takes all cannot say it lacks some.

    Raises
    ------
    UnavailableError
        If many have just come in, so that they cannot be found by words yet.
    """
    wanted = asked.wanted()
    if wanted.terms and services().search.catch_up():
        raise UnavailableError(_UNREAD, may_pass=True)
    return wanted

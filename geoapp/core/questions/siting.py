"""What a siting run is asked; a combination that a model cannot honour is refused with its reason."""

import math
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import InvalidValueError
from geoapp.core.hours import read
from geoapp.core.i18n import Text
from geoapp.core.limits import LEAST_SPACING_M, MOST_SPACING_M
from geoapp.core.questions.checks import check_fields, check_hours
from geoapp.core.questions.field import Table
from geoapp.core.questions.hour_weights import HourWeight, HourWeights, parse_hour_weights
from geoapp.core.questions.meaning import same_meaning
from geoapp.core.questions.near_streets import NearStreets
from geoapp.core.questions.period import Period, times_of
from geoapp.core.questions.phases import Phases, parse_phases
from geoapp.core.questions.places import DrawnSite, union_of
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.sizes import Sizes, parse_sizes
from geoapp.core.questions.tables.siting import FIELDS
from geoapp.core.questions.together import check_together
from geoapp.core.questions.uncertain import Criterion, check_demands
from geoapp.core.walking import Standard
from geoapp.core.words import Family

ANYWHERE: Final = "anywhere"
FROM_DEMAND: Final = "generated"
FROM_NETWORK: Final = "generated-network"
FACILITIES: Final = "facilities"
FROM_FACILITIES: Final = f"{FACILITIES}:"  # then a family
# Of the walk that the standard allows, the part that lies between two generated candidates.
SPACING_SHARE: Final = 0.2


class SitingModel(StrEnum):
    """What is asked of the new sites."""

    MCLP = "mclp"
    LSCP = "lscp"
    P_MEDIAN = "p_median"
    P_CENTER = "p_center"
    EQUITY = "equity"
    ROBUST = "robust"


MODEL_TEXT = {
    SitingModel.MCLP: Text("最大覆盖", "maximal covering"),
    SitingModel.LSCP: Text("集合覆盖", "set covering"),
    SitingModel.P_MEDIAN: Text("p-中值", "p-median"),
    SitingModel.P_CENTER: Text("p-中心", "p-center"),
    SitingModel.EQUITY: Text("先补最差的区", "worst district first"),
    SitingModel.ROBUST: Text("需求说不准", "demand uncertain"),
}


@dataclass(frozen=True, slots=True)
class SitingParameters:
    """What a siting run is asked; exactly one of the two standards is given.

    Facilities in service count as open whatever is chosen.

    Attributes
    ----------
    model
        What is asked of the new sites.
    p
        Number of new sites, fixed ones included; exactly so many, or at most where there is a
        budget, a quota, a spacing or a backup share. None for set covering, and with a budget alone.
    phases
        By year how many new sites open in it (maximal covering): each year keeps those before it, fixed
        sites open in the first, and what counts is the mean of the years' new coverage. ``p`` is then
        their sum, and need not be given.
    standard_m, standard_seconds
        Greatest acceptable walk.
    region
        Whose demand, and where the new sites are to stand; the regions below it included. None is
        everywhere. Facilities beyond its border count.
    demand
        Code of the demand set; None is the newest.
    also_demand, criterion
        More demand sets of which any may come true instead (one plan for several demands), and by what
        the plan is the best: it loses least where it loses most beside the best plan of each demand
        alone, or the least covered share is the greatest. Figures are of ``demand``.
    demand_off_share
        Each district in turn has so many more, and so many fewer workers than ``demand`` says, as a share:
        demands that may come true, too.
    candidates
        ``anywhere``: sites stand at any place (mclp, lscp and p_center, with the bound over every place there
        is; where people walk on a network, over every place on its streets); drawn
        ones must then all be fixed. Else a code of a candidate set;
        ``generated`` (or None): a grid weighted by the demand;
        ``generated-network``: junctions of the walking network; ``facilities:FAMILY``: the
        facilities in service of a family that does not count (see ``families``), to be upgraded.
    spacing_m
        Least distance of generated candidates; None: a fifth of the standard, and wider where that
        would make too many.
    drawn
        More candidates, drawn by hand.
    fixed, forbidden
        Codes of candidates that must be opened, that must not be.
    forbidden_areas
        GeoJSON polygons (WGS-84) in which no candidate may stand but drawn ones.
    without_dropped_m
        No new site stands within so many metres of a site that the board of proposals has dropped when
        the run begins; drawn ones there are refused. None: what was dropped does not matter.
    near_hosts, near_hosts_m
        New sites, drawn ones too, stand within so many metres, by line, of who may let a place:
        ``facilities`` in service, those of a family (``facilities:home``), or the units of a candidate set,
        all of them (its code) or of a type (``CODE:TYPE``). None: anywhere.
    near_streets_m, near_streets
        New sites, drawn ones too, stand within so many metres, by line, of a street of the walking network,
        or of any of its ways. None: anywhere.
    families
        Which families of facilities count; None is all.
    at
        The moment: only facilities known to be open then count, and demand is weighed by its
        hourly profile. None: opening hours do not count.
    period
        Of the moment's day or week every hour counts: the workers within reach are their mean over these
        hours, and facilities and new sites count while they are known to be open.
    moments
        A list of moments instead.
    hour_weights
        Hours, by the service's clocks, and how much a moment within them counts in the mean: whole numbers.
        Others count 1.
    hours
        Opening hours of the new sites, in OpenStreetMap's syntax or plain words; they are suggested
        when one is opened. With a moment they must be open then. None: unknown, and what is found for a
        moment holds only if the new sites are open then; facilities to be upgraded keep their own.
    quotas, host_quotas
        By code of a region, or by type of host as the candidate set names it; not both.
    budget, site_cost
        The most that the new sites may cost together; what each candidate costs that has no cost of its
        own, as generated ones have none. None: every candidate must have one.
    sizes
        Sizes in which each new site may be built, with their seats and costs (maximal covering within a
        budget): the objective is the workers newly served. A candidate's own cost, where it has one, is
        added to that of the size.
    share
        Part of all the demand that must be covered (set covering).
    backup_share
        What a second site within the standard counts, 0 to 1 (maximal covering).
    min_spacing_m
        Least straight distance of a new site from other new sites and from facilities.
    capacity
        How many workers each new site has seats for (maximal covering): the objective is then the
        workers newly served. What stands already serves whom it covers, whatever its seats, unless these
        count, too.
    existing_seats
        Seats of facilities count, too: what is recorded, and so many where nothing is. What is most is
        then the workers who have a seat anywhere, beyond those who have one today.
    time_limit_seconds, target_gap
        When the search stops: after so long, or proven so near the best (as a share).
    alternatives, differ, within_share
        How many other plans are sought whose new coverage is at most this share less and that have
        at least ``differ`` other sites each (maximal covering without backup); as much time again.
    """

    model: SitingModel = SitingModel.MCLP
    p: int | None = None
    phases: Phases = ()
    standard_m: float | None = None
    standard_seconds: float | None = None
    region: str | None = None
    demand: str | None = None
    also_demand: tuple[str, ...] = ()
    demand_off_share: float | None = None
    criterion: Criterion = Criterion.REGRET
    candidates: str | None = None
    spacing_m: float | None = None
    drawn: tuple[DrawnSite, ...] = ()
    fixed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    forbidden_areas: tuple[dict[str, Any], ...] = ()
    without_dropped_m: float | None = None
    near_hosts: str | None = None
    near_hosts_m: float | None = None
    near_streets_m: float | None = None
    near_streets: NearStreets = NearStreets.STREETS
    families: tuple[str, ...] | None = None
    at: datetime | None = None
    period: Period = Period.MOMENT
    moments: tuple[datetime, ...] = ()
    hour_weights: HourWeights = ()
    hours: str | None = None
    quotas: tuple[tuple[str, Quota], ...] = ()
    host_quotas: tuple[tuple[str, Quota], ...] = ()
    budget: float | None = None
    site_cost: float | None = None
    share: float = 1.0
    sizes: Sizes = ()
    backup_share: float = 0.0
    min_spacing_m: float | None = None
    capacity: float | None = None
    existing_seats: float | None = None
    time_limit_seconds: float = 60.0
    target_gap: float = 0.0
    alternatives: int = 0
    differ: int = 2
    within_share: float = 0.01

    def __post_init__(self) -> None:
        """Let phases say how many sites there are."""
        if self.phases and self.p is None:
            object.__setattr__(self, "p", sum(number for _, number in self.phases))

    @property
    def standard(self) -> Standard:
        """The standard as the analysis takes it."""
        if self.standard_m is not None:
            return Standard.of_metres(self.standard_m)
        if self.standard_seconds is not None:
            return Standard.of_seconds(self.standard_seconds)
        raise InvalidValueError("standard", None, Text("米数或秒数", "metres or seconds"))

    @property
    def upgraded(self) -> str | None:
        """The family whose facilities are the candidates; None = they are none.

        Raises
        ------
        InvalidValueError
            If there is no such family, or it counts already.
        """
        if self.candidates is None or not self.candidates.startswith(FROM_FACILITIES):
            return None
        family = self.candidates.removeprefix(FROM_FACILITIES)
        if family not in set(Family) or self.families is None or family in self.families:
            names = ", ".join(f"{FROM_FACILITIES}{one}" for one in Family)
            accepted = Text(
                f"{names} 之一，且 families 不含这一类（已经算在内的不必升级）",
                f"one of {names}, of a family that families leaves out (others count already)",
            )
            raise InvalidValueError("candidates", self.candidates, accepted)
        return family

    @property
    def new_hours(self) -> str | None:
        """The hours of new sites in OpenStreetMap's syntax; None = nobody gave them."""
        return None if self.hours is None else read(self.hours)

    @property
    def rests_on_unknown_hours(self) -> bool:
        """Whether the answer holds only if the new sites are open at the moment, which nobody said."""
        fresh = self.upgraded is None or bool(self.drawn)
        timed = self.at is not None or self.several
        return timed and self.hours is None and fresh

    @property
    def several(self) -> bool:
        """Whether it is about more than one moment."""
        return bool(self.moments) or self.period is not Period.MOMENT

    def times(self, zone: str) -> tuple[datetime, ...]:
        """Return the moments that it is averaged over, by some clocks; none where it is about one or none."""
        return times_of(self.at, self.period, self.moments, zone)

    @property
    def seated(self) -> bool:
        """Whether seats count, so that what is most is the workers newly served."""
        return self.capacity is not None or bool(self.sizes)

    @property
    def anywhere(self) -> bool:
        """Whether sites may stand at any place."""
        return self.candidates == ANYWHERE

    @property
    def ruled(self) -> bool:
        """Whether sites must keep to more than their number: places anywhere are not held to that."""
        return bool(
            self.quotas
            or self.host_quotas
            or self.budget is not None
            or self.min_spacing_m is not None
            or self.capacity is not None
            or self.backup_share > 0
            or self.phases
        )

    @property
    def generated(self) -> bool:
        """Whether candidates are generated."""
        return self.candidates in (None, FROM_DEMAND, FROM_NETWORK)

    def spacing_for(self, walk_m: float) -> float:
        """Return the spacing of generated candidates: what is asked, else a fifth of a walk, in metres.

        Parameters
        ----------
        walk_m
            The walk that the standard allows. The site that serves a spot best is then not far from a
            candidate, whatever the standard: a grid that is coarse beside it gives away coverage.
        """
        if self.spacing_m is not None:
            return self.spacing_m
        return min(max(float(math.ceil(SPACING_SHARE * walk_m)), LEAST_SPACING_M), MOST_SPACING_M)

    def forbidden_shape(self) -> BaseGeometry | None:
        """Return the forbidden areas as one shape (EPSG:4326); None where there are none."""
        return union_of(self.forbidden_areas)

    def check(self) -> None:
        """Refuse what no data could answer.

        Raises
        ------
        InvalidValueError
            If a value is out of range, or the model does not honour one.
        """
        check_fields(SITING, self)
        if self.p is None and self.model is not SitingModel.LSCP:
            enough = self.model in (SitingModel.MCLP, SitingModel.EQUITY, SitingModel.ROBUST)
            if self.budget is None or not enough:
                raise InvalidValueError("p", None, Text("站点数", "a number of sites"))
        if self.hours is not None:
            check_hours("hours", self.hours)
        for one in self.hour_weights:
            check_hours("hour_weights", one.whole)
        check_together(self)
        if self.model is SitingModel.ROBUST:
            check_demands(self.demand, self.also_demand, self.demand_off_share)
        self.forbidden_shape()
        _ = self.upgraded

    def plain(self) -> "SitingParameters":
        """Return the same question with what is meant by default written out, and nothing idle."""
        return replace(
            self,
            candidates=self.candidates or FROM_DEMAND,
            families=self.families or tuple(Family),
            spacing_m=self.spacing_m if self.generated else None,
            hours=self.new_hours,
            hour_weights=tuple(
                HourWeight(read(one.whole), one.weight) for one in self.hour_weights
            ),
        )

    def same_as(self, other: "SitingParameters") -> bool:
        """Tell whether another question asks the same, however it is written down."""
        return same_meaning(SITING, self.plain(), other.plain())

    def stored(self) -> dict[str, Any]:
        """Return the parameters as the run keeps them."""
        kept = asdict(self)
        kept["at"] = None if self.at is None else self.at.isoformat()
        kept["model"], kept["period"] = str(self.model), str(self.period)
        kept["phases"] = {str(year): number for year, number in self.phases}
        kept["moments"] = [one.isoformat() for one in self.moments]
        kept["criterion"] = str(self.criterion)
        kept["near_streets"] = str(self.near_streets)
        for name in ("quotas", "host_quotas"):
            kept[name] = {
                code: {"min": quota.least, "max": quota.most} for code, quota in getattr(self, name)
            }
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()
        }

    @classmethod
    def from_stored(cls, params: dict[str, Any]) -> "SitingParameters":
        """Return what ``stored`` kept."""
        given = dict(params)
        given["model"] = SitingModel(given["model"])
        given["phases"] = parse_phases("phases", given.get("phases", {}))
        given["period"] = Period(given.get("period", Period.MOMENT))
        given["sizes"] = parse_sizes("sizes", given.get("sizes", ()))
        given["hour_weights"] = parse_hour_weights("hour_weights", given.get("hour_weights", ()))
        given["moments"] = tuple(map(datetime.fromisoformat, given.get("moments", ())))
        given["criterion"] = Criterion(given.get("criterion", Criterion.REGRET))
        given["near_streets"] = NearStreets(given.get("near_streets", NearStreets.STREETS))
        given["also_demand"] = tuple(given.get("also_demand", ()))
        given["drawn"] = tuple(DrawnSite(**one) for one in given["drawn"])
        for name in ("quotas", "host_quotas"):
            given[name] = tuple(
                (code, Quota(one["min"], one["max"])) for code, one in given.get(name, {}).items()
            )
        given["at"] = None if given["at"] is None else datetime.fromisoformat(given["at"])
        for name in ("fixed", "forbidden", "forbidden_areas"):
            given[name] = tuple(given[name])
        if given["families"] is not None:
            given["families"] = tuple(given["families"])
        return cls(**given)


SITING = Table(SitingParameters, FIELDS)

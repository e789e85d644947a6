"""What a siting run is asked; a combination that a model cannot honour is refused with its reason."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import geometry_to_wgs84
from geoapp.core.geojson import parse_geometry
from geoapp.core.i18n import Text
from geoapp.core.walking import Standard
from geoapp.core.words import Datum, Family

FROM_DEMAND: Final = "generated"
FROM_NETWORK: Final = "generated-network"
FROM_FACILITIES: Final = "facilities:"  # then a family
DEFAULT_SPACING_M: Final = 300.0
MOST_P: Final = 5_000
MOST_SECONDS: Final = 3_600.0
MOST_DRAWN: Final = 1_000
MOST_ALTERNATIVES: Final = 20


class SitingModel(StrEnum):
    """What is asked of the new sites."""

    MCLP = "mclp"
    LSCP = "lscp"
    P_MEDIAN = "p_median"
    P_CENTER = "p_center"
    EQUITY = "equity"


MODEL_TEXT = {
    SitingModel.MCLP: Text("最大覆盖", "maximal covering"),
    SitingModel.LSCP: Text("集合覆盖", "set covering"),
    SitingModel.P_MEDIAN: Text("p-中值", "p-median"),
    SitingModel.P_CENTER: Text("p-中心", "p-center"),
    SitingModel.EQUITY: Text("先补最差的区", "worst district first"),
}


@dataclass(frozen=True, slots=True)
class DrawnSite:
    """A candidate that somebody drew; WGS-84, decimal degrees."""

    code: str
    lon: float
    lat: float
    name: str | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """How many new sites a region must or may have; None = no such limit."""

    least: int | None = None
    most: int | None = None


def area_in_wgs84(area: dict[str, Any], datum: Datum) -> dict[str, Any]:
    """Return a GeoJSON polygon of a datum as one in WGS-84, with nothing but its geometry.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    shape: BaseGeometry = geometry_to_wgs84(_polygon(area), datum)
    return {str(name): value for name, value in shapely.geometry.mapping(shape).items()}


def _polygon(area: dict[str, Any]) -> BaseGeometry:
    shape = parse_geometry(area)
    if (
        isinstance(shape, shapely.Polygon | shapely.MultiPolygon)
        and not shape.is_empty
        and _on_earth(shape)
    ):
        return shape
    raise InvalidValueError(
        "forbidden_areas", area.get("type"), Text("GeoJSON 面", "GeoJSON polygons")
    )


def _on_earth(shape: BaseGeometry) -> bool:
    west, south, east, north = shape.bounds
    return west >= -180 and east <= 180 and south >= -90 and north <= 90


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
    standard_m, standard_seconds
        Greatest acceptable walk.
    region
        Whose demand, and where the new sites are to stand; the regions below it included. None is
        everywhere. Facilities beyond its border count.
    demand
        Code of the demand set; None is the newest.
    candidates
        Code of a candidate set; ``generated`` (or None): a grid weighted by the demand;
        ``generated-network``: junctions of the walking network; ``facilities:FAMILY``: the
        facilities in service of a family that does not count (see ``families``), to be upgraded.
    spacing_m
        Least distance of generated candidates.
    drawn
        More candidates, drawn by hand.
    fixed, forbidden
        Codes of candidates that must be opened, that must not be.
    forbidden_areas
        GeoJSON polygons (WGS-84) in which no candidate may stand but drawn ones.
    families
        Which families of facilities count; None is all.
    at
        The moment: only facilities known to be open then count, and demand is weighed by its
        hourly profile. None: opening hours do not count.
    quotas, host_quotas
        By code of a region, or by type of host as the candidate set names it; not both.
    budget
        The most that the new sites may cost together.
    share
        Part of all the demand that must be covered (set covering).
    backup_share
        What a second site within the standard counts, 0 to 1 (maximal covering).
    min_spacing_m
        Least straight distance of a new site from other new sites and from facilities.
    capacity
        How many workers each new site has seats for (maximal covering): the objective is then the
        workers newly served. What stands already serves whom it covers, whatever its seats.
    time_limit_seconds, target_gap
        When the search stops: after so long, or proven so near the best (as a share).
    alternatives, differ, within_share
        How many other plans are sought whose new coverage is at most this share less and that have
        at least ``differ`` other sites each (maximal covering without backup); as much time again.
    """

    model: SitingModel = SitingModel.MCLP
    p: int | None = None
    standard_m: float | None = None
    standard_seconds: float | None = None
    region: str | None = None
    demand: str | None = None
    candidates: str | None = None
    spacing_m: float = DEFAULT_SPACING_M
    drawn: tuple[DrawnSite, ...] = ()
    fixed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    forbidden_areas: tuple[dict[str, Any], ...] = ()
    families: tuple[str, ...] | None = None
    at: datetime | None = None
    quotas: tuple[tuple[str, Quota], ...] = ()
    host_quotas: tuple[tuple[str, Quota], ...] = ()
    budget: float | None = None
    share: float = 1.0
    backup_share: float = 0.0
    min_spacing_m: float | None = None
    capacity: float | None = None
    time_limit_seconds: float = 60.0
    target_gap: float = 0.0
    alternatives: int = 0
    differ: int = 2
    within_share: float = 0.01

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
    def generated(self) -> bool:
        """Whether candidates are generated."""
        return self.candidates in (None, FROM_DEMAND, FROM_NETWORK)

    def forbidden_shape(self) -> BaseGeometry | None:
        """Return the forbidden areas as one shape (EPSG:4326); None where there are none."""
        if not self.forbidden_areas:
            return None
        shapes = [shapely.make_valid(_polygon(area)) for area in self.forbidden_areas]
        union: BaseGeometry = shapely.union_all(shapes)
        return union

    def check(self) -> None:
        """Refuse what no data could answer.

        Raises
        ------
        InvalidValueError
            If a value is out of range, or the model does not honour one.
        """
        _ = self.standard
        self._check_p()
        self._check_numbers()
        self._check_honoured()
        self._check_codes()
        self.forbidden_shape()
        _ = self.upgraded

    def _check_p(self) -> None:
        if self.model is SitingModel.LSCP:
            if self.p is not None:
                raise InvalidValueError(
                    "p",
                    self.p,
                    Text(
                        "lscp 不接受站点数：它求最少的站点",
                        "nothing for lscp, which looks for the fewest sites",
                    ),
                )
        elif self.p is None:
            if self.model not in (SitingModel.MCLP, SitingModel.EQUITY) or self.budget is None:
                raise InvalidValueError("p", None, Text("站点数", "a number of sites"))
        elif not 1 <= self.p <= MOST_P:
            raise InvalidValueError(
                "p", self.p, Text(f"1 至 {MOST_P} 的整数", f"a whole number from 1 to {MOST_P}")
            )

    def _check_numbers(self) -> None:
        for name, value, least, most in (
            ("share", self.share, 0.0, 1.0),
            ("backup_share", self.backup_share, 0.0, 1.0),
            ("target_gap", self.target_gap, 0.0, 1.0),
            ("time_limit_seconds", self.time_limit_seconds, 0.1, MOST_SECONDS),
            ("spacing_m", self.spacing_m, 20.0, 20_000.0),
            ("min_spacing_m", self.min_spacing_m, 1.0, 100_000.0),
            ("budget", self.budget, 0.0, 1e15),
            ("capacity", self.capacity, 1.0, 1e9),
            ("alternatives", self.alternatives, 0, MOST_ALTERNATIVES),
            ("differ", self.differ, 1, MOST_P),
            ("within_share", self.within_share, 0.0, 1.0),
        ):
            if value is not None and not least <= value <= most:  # NaN too
                raise InvalidValueError(
                    name, value, Text(f"{least:g} 至 {most:g}", f"{least:g} to {most:g}")
                )

    def _check_honoured(self) -> None:
        most_covered = (SitingModel.MCLP, SitingModel.EQUITY)
        covering = (*most_covered, SitingModel.LSCP)
        for name, given, models in (
            ("quotas", bool(self.quotas), most_covered),
            ("host_quotas", bool(self.host_quotas), most_covered),
            ("budget", self.budget is not None, most_covered),
            ("backup_share", self.backup_share > 0, (SitingModel.MCLP,)),
            ("share", self.share < 1, (SitingModel.LSCP,)),
            ("min_spacing_m", self.min_spacing_m is not None, covering),
            ("alternatives", self.alternatives > 0, (SitingModel.MCLP,)),
            ("capacity", self.capacity is not None, (SitingModel.MCLP,)),
        ):
            if given and self.model not in models:
                names = ", ".join(models)
                raise InvalidValueError(
                    name,
                    getattr(self, name),
                    Text(
                        f"模型 {self.model} 不能满足这一要求，仅 {names} 可以",
                        f"none with the model {self.model}, which cannot honour it; {names} can",
                    ),
                )

        if self.alternatives > 0 and (self.backup_share > 0 or self.capacity is not None):
            raise InvalidValueError(
                "alternatives",
                self.alternatives,
                Text(
                    "0：与 backup_share、capacity 不能同用",
                    "0: not offered together with a backup share or a capacity",
                ),
            )
        if self.capacity is not None and self.backup_share > 0:
            raise InvalidValueError(
                "capacity",
                self.capacity,
                Text(
                    "空：与 backup_share 不能同用，一个座位只算一次",
                    "none together with a backup share: a seat serves once",
                ),
            )
        if self.budget is not None and self.generated:
            raise InvalidValueError(
                "budget",
                self.budget,
                Text(
                    "与有费用的候选集同用的预算：生成的候选点没有费用",
                    "a budget for a candidate set with costs: generated candidates have none",
                ),
            )

    def _check_codes(self) -> None:
        both = sorted(set(self.fixed) & set(self.forbidden))
        if both:
            raise InvalidValueError(
                "forbidden", both[0], Text("不在 fixed 中的候选点", "candidates that are not fixed")
            )
        if self.p is not None and len(set(self.fixed)) > self.p:
            raise InvalidValueError(
                "p",
                self.p,
                Text(
                    f"不少于固定的 {len(set(self.fixed))} 个",
                    f"at least the {len(set(self.fixed))} fixed sites",
                ),
            )
        codes = [one.code for one in self.drawn]
        if len(codes) > MOST_DRAWN or len(set(codes)) < len(codes):
            raise InvalidValueError(
                "drawn",
                len(codes),
                Text(
                    f"至多 {MOST_DRAWN} 个编号互不相同的点",
                    f"at most {MOST_DRAWN} sites of different codes",
                ),
            )
        if self.quotas and self.host_quotas:
            raise InvalidValueError(
                "host_quotas",
                len(self.host_quotas),
                Text(
                    "空：模型只能按一种办法分组，与 quotas 不能同用",
                    "none together with quotas: the model groups the candidates in one way",
                ),
            )
        for name in ("quotas", "host_quotas"):
            groups = getattr(self, name)
            codes = [code for code, _ in groups]
            for code, quota in groups:
                least, most = quota.least or 0, quota.most
                if least < 0 or (most is not None and most < least) or codes.count(code) > 1:
                    accepted = Text(
                        "不小于 0 的整数，min 不大于 max", "whole numbers from 0 up, min <= max"
                    )
                    raise InvalidValueError(name, code, accepted)

    def stored(self) -> dict[str, Any]:
        """Return the parameters as the run keeps them."""
        kept = asdict(self)
        kept["at"] = None if self.at is None else self.at.isoformat()
        kept["model"] = str(self.model)
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

"""The proof of a plan of maximal covering, as a file: whoever has it can count the plan again.

At prices 0 <= u_i <= w_i of the demand points that the plan's given sites leave out, no plan of p sites
covers more than what those given sites cover, what is not priced, and the prices at the sites:

    sum_held w_i + sum_others (w_i - u_i) + (the sum of the k heaviest sites' prices)

with k = p less the given sites; for sites at any place, k times the price in the heaviest disc, or in
reach of the heaviest spot of the streets. Where each site has only C seats, no plan serves more than

    sum_all (w_i - u_i) + (the sum of the k heaviest sites' dearest C workers),  u_i / w_i the price of one

given sites counted like others, and first: of whomever serves i, (w_i - u_i) / w_i is counted in the first
sum and the rest at the site. That holds whatever found the prices, so a file that holds
them needs no faith in the solver.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal, Self

import orjson
from pydantic import ConfigDict, Field, ValidationError, model_validator

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.kept import Kept, KeptText
from geoapp.core.words import Basis


class _Exact(Kept):
    # A column too many is a member that somebody believes to be read.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _same_length(what: str, **columns: tuple[Any, ...] | None) -> None:
    lengths = {name: len(values) for name, values in columns.items() if values is not None}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {many}" for name, many in lengths.items())
        raise ValueError(f"{what}: columns of unequal length ({told})")


class ProofDemand(_Exact):
    """Demand that no facility covers yet: positions (WGS-84, degrees), workers, and prices."""

    lon: tuple[float, ...]
    lat: tuple[float, ...]
    weight: tuple[float, ...]
    price: tuple[float, ...]

    @model_validator(mode="after")
    def _checked(self) -> Self:
        _same_length("demand", lon=self.lon, lat=self.lat, weight=self.weight, price=self.price)
        return self


class ProofCandidates(_Exact):
    """The places among which the sites were chosen.

    Attributes
    ----------
    forbidden
        Positions of those that must not be opened.
    reached
        By candidate the positions of the demand points that it covers, where walks are on a network
        and cannot be counted again without it; None where they are lines.
    """

    code: tuple[str, ...]
    lon: tuple[float, ...]
    lat: tuple[float, ...]
    forbidden: tuple[int, ...] = ()
    reached: tuple[tuple[int, ...], ...] | None = None

    @model_validator(mode="after")
    def _checked(self) -> Self:
        _same_length("candidates", code=self.code, lon=self.lon, lat=self.lat, reached=self.reached)
        return self


class ProofSite(_Exact):
    """A site of the plan; ``fixed`` ones were given, not chosen."""

    code: str
    lon: float
    lat: float
    fixed: bool


class ProofStreets(_Exact):
    """The streets in reach of the demand, for sites at any place on them; lengths in whole decimetres.

    Attributes
    ----------
    limit_dm
        The longest walk that is near enough, closed.
    node_lon, node_lat
        Where streets bend and meet (WGS-84, degrees).
    start, end, length_dm
        Their pieces (edges), straight in degrees, each pair of nodes once.
    piece_edge, piece_first_dm, piece_last_dm
        Where sites may stand: from so far after an edge's start to so far.
    edge, to_start_dm, leg_dm
        By demand point its edge, where on it it is put, and how far it is from there; -1, 0 and 0 beside
        the network.
    line_m
        By demand point, the longest straight line to a site where walks are estimated; None on the network.
    site_edge, along_dm
        By site the edge and where on it; -1 and 0 for given ones, which may stand anywhere.
    given
        By site the demand points that a given one reaches; empty for chosen ones.
    """

    limit_dm: int = Field(ge=0)
    node_lon: tuple[float, ...]
    node_lat: tuple[float, ...]
    start: tuple[int, ...]
    end: tuple[int, ...]
    length_dm: tuple[int, ...]
    piece_edge: tuple[int, ...]
    piece_first_dm: tuple[int, ...]
    piece_last_dm: tuple[int, ...]
    edge: tuple[int, ...]
    to_start_dm: tuple[int, ...]
    leg_dm: tuple[int, ...]
    line_m: tuple[float | None, ...]
    site_edge: tuple[int, ...]
    along_dm: tuple[int, ...]
    given: tuple[tuple[int, ...], ...]

    @model_validator(mode="after")
    def _checked(self) -> Self:
        for what, names in (
            ("streets, nodes", ("node_lon", "node_lat")),
            ("streets, edges", ("start", "end", "length_dm")),
            ("streets, pieces", ("piece_edge", "piece_first_dm", "piece_last_dm")),
            ("streets, demand", ("edge", "to_start_dm", "leg_dm", "line_m")),
            ("streets, sites", ("site_edge", "along_dm", "given")),
        ):
            _same_length(what, **{name: getattr(self, name) for name in names})
        return self


class ProofSeats(_Exact):
    """Seats of the sites, and whom each seats.

    Attributes
    ----------
    each
        How many workers a site seats at most.
    row, workers
        By site, in the plan's order, the demand points that it seats workers of, and how many of each.
    """

    each: float = Field(gt=0)
    row: tuple[tuple[int, ...], ...]
    workers: tuple[tuple[float, ...], ...]

    @model_validator(mode="after")
    def _checked(self) -> Self:
        _same_length("seats", row=self.row, workers=self.workers)
        for number, (row, workers) in enumerate(zip(self.row, self.workers, strict=True)):
            _same_length(f"seats of site {number}", row=row, workers=workers)
        return self


class Proof(_Exact):
    """A plan, its prices, and what it is said to reach.

    Attributes
    ----------
    run, question, sample
        The run's number, what was asked, and whether demand or facilities are a sample.
    basis, standard_m
        ``estimate``: within so many metres of geodesic, closed; ``network``: within so many metres of
        walk, as ``candidates.reached`` lists.
    p
        Number of sites, given ones included.
    candidates
        None for sites at any place.
    streets
        For sites at any place on a network's streets, and then alone.
    seats
        Where each site seats only so many, and then among candidates.
    objective
        Workers whom the plan newly reaches; with seats, whom it newly seats.
    bound
        What the run says that no plan surpasses.
    shown
        What the prices show that no plan surpasses; above ``bound`` where the rest took a search.
    seal
        SHA-256 of the rest: what was changed since it was written is noticed. It does not say by whom
        it was written.
    """

    format: Literal["geoapp-proof/1", "geoapp-proof/2", "geoapp-proof/3"] = "geoapp-proof/1"
    run: int
    question: KeptText
    sample: bool
    basis: Basis
    standard_m: float = Field(ge=0, le=1_000_000)
    p: int = Field(ge=0)
    demand: ProofDemand
    candidates: ProofCandidates | None
    streets: ProofStreets | None = None
    seats: ProofSeats | None = None
    sites: tuple[ProofSite, ...]
    objective: float
    bound: float
    shown: float
    seal: str = ""

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        due = 2 if self.streets is not None else 3 if self.seats is not None else 1
        if self.format != f"geoapp-proof/{due}":
            raise ValueError(
                "geoapp-proof/2 is for streets, geoapp-proof/3 for seats, geoapp-proof/1 for all else"
            )
        return self

    def sealed(self) -> Self:
        """Return it with its seal."""
        return self.model_copy(update={"seal": self.seal_due()})

    def seal_due(self) -> str:
        """Return the seal that belongs to what it holds."""
        rest = self._members()
        del rest["seal"]
        return hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def as_file(self) -> bytes:
        """Return it as the bytes of a file."""
        return orjson.dumps(self._members())

    def _members(self) -> dict[str, Any]:
        # Without them a file is what it was before there were any, and so is its seal.
        without = {name for name in ("streets", "seats") if getattr(self, name) is None}
        return self.model_dump(mode="json", exclude=without)


@dataclass(frozen=True, slots=True)
class ProofCheck:
    """What counting again found.

    Attributes
    ----------
    faults
        Where the file does not hold together, the plainest first; empty for an honest one.
    objective, shown
        What the plan reaches, and what the prices show that no plan surpasses; nan where something
        before that is wrong.
    """

    faults: tuple[Text, ...]
    objective: float
    shown: float


def read_proof(data: bytes, name: str) -> Proof:
    """Read a proof from the bytes of a file.

    Raises
    ------
    InvalidValueError
        If it is no proof, or one that lacks something.
    """
    try:
        return Proof.model_validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or name
        accepted = Text(
            f"geoapp site -o 写出的 .json 证明（{where} 处不符）",
            f"a .json proof as geoapp site -o writes it ({where}: {first['msg']})",
        )
        raise InvalidValueError("FILE", name, accepted) from None

"""What a stored facility keeps where a row of a file does not say anything."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.words import PositionBasis, Status
from geoapp.store.facilities.columns import COLUMNS, PLAIN, WRITTEN

STATED_BY_ROW: Final = "position stated by row"
"""Among the given columns: rows that state basis and accuracy do so, though the file has no such column."""
_Rule = Callable[[frozenset[str]], dict[str, str]]

# A row without a position takes none away unless it says that none is known.
_SAME_PLACE: Final = """(case when s.geom is null then s.position_basis is null or f.geom is null
    else f.geom is not null and geometrytype(f.geom) = geometrytype(s.geom) and (
        st_asbinary(f.geom) = st_asbinary(s.geom)
        or case when geometrytype(f.geom) = 'POINT' then st_distance(f.geom, s.geom) <= :same
            else st_npoints(f.geom) = st_npoints(s.geom)
                and st_hausdorffdistance(f.geom, s.geom) <= :same end
    ) end
)"""
# They say something in every facility; what they say without being stated is no knowledge.
_SAID_ANYWAY: Final = {"status": f"'{Status.OPEN}'", "is_sample": "'false'"}
_NOT_COUNTED: Final = frozenset({"timezone", "opened_basis", "closed_basis", "position_basis"})
_STAYING: Final = {one.name: one.column for one in COLUMNS if one.column not in _NOT_COUNTED}
# What can be unknown in the store, and was known before.
_CLEARED: Final = tuple(
    column
    for column in WRITTEN
    if column not in {*_NOT_COUNTED, "extra", "region_match", "region_distance_m"}
)


def kept_values(given: frozenset[str], *, by_row: bool) -> dict[str, str]:
    """Return, by column, the value that a stored facility gets: what it has unless given anew.

    Parameters
    ----------
    given
        The columns that the file has. Where some are kept aside, the statement's parameter ``names``
        has them.
    by_row
        Whether rows keep what is stored of further columns, each those of its ``kept``.
    """
    values = {column: f"f.{column}" for name, column in PLAIN.items() if name not in given}
    same = _SAME_PLACE if "geometry" in given else "true"
    values["geom"] = f"case when {same} then f.geom else s.geom end"
    by_row_alone = STATED_BY_ROW in given
    stated = "s.position_basis, " if "position_basis" in given or by_row_alone else ""
    # Another position rests on what was stated with it, not on what the one before rested on.
    values["position_basis"] = (
        f"coalesce({stated}case when {same} then f.position_basis end, '{PositionBasis.GIVEN}')"
    )
    if "position_accuracy_m" not in given:
        # Nor does it lie as far off as the one before was said to.
        stayed = f"case when {same} then f.position_accuracy_m end"
        values["position_accuracy_m"] = (
            f"coalesce(s.position_accuracy_m, {stayed})" if by_row_alone else stayed
        )
    for rule, names in _RULES:
        values |= _each_row(rule, given, names) if by_row else rule(given)
    region = _region(given, same)
    values |= region
    if by_row and "region" in given:
        for column, value in _region(given - {"region"}, same).items():
            values[column] = (
                f"case when 'region' = any(s.kept) then {value} else {region[column]} end"
            )
    if "extra" in given:
        whole = "s.extra"  # the whole is stated
    elif "extra_columns" in given:
        whole = "(f.extra - cast(:names as text[])) || s.extra"
    else:
        whole = "f.extra"
    if by_row:
        blank = "'extra' = any(s.kept)" if "extra" in given else "s.kept is not null"
        whole = f"case when {blank} then f.extra || s.extra else {whole} end"
    values["extra"] = whole
    for name, column in PLAIN.items() if by_row else ():
        if name in given:
            # A place elsewhere is not as exact as the one before.
            here = f" and {same}" if name == "position_accuracy_m" else ""
            values[column] = (
                f"case when '{name}' = any(s.kept){here} then f.{column} else s.{column} end"
            )
    return values


def _each_row(rule: _Rule, given: frozenset[str], names: Sequence[str]) -> dict[str, str]:
    """Return what a rule gives, for each row as if the file had not the columns that the row keeps."""
    mine = [name for name in names if name in given]
    whole = rule(given)
    values = {}
    for column in names:
        cases = [
            f"when s.kept @> '{{{','.join(some)}}}'::text[] "
            f"then {rule(given - set(some)).get(column, f's.{column}')} "
            for size in range(len(mine), 0, -1)
            for some in combinations(mine, size)
        ]
        last = whole.get(column, f"s.{column}")
        values[column] = f"case {''.join(cases)}else {last} end" if cases else last
    return values


def _region(given: frozenset[str], same: str) -> dict[str, str]:
    # A stored region stands as long as the place stays and no other region is stated.
    stands = (
        "f.region_match is distinct from 'given'"
        if "region" in given
        else "(f.region_match = 'given' or f.region_code is not null)"
    )
    keep = (
        f"(s.region is not null and s.region = f.region_code) or (s.region is null and "
        f"f.region_code is not null and {stands} and {same})"
    )
    if "region" not in given:
        keep = f"f.region_match = 'given' or {keep}"
    return {
        column: f"case when {keep} then f.{column} else s.{column} end"
        for column in ("region_code", "region_match", "region_distance_m")
    }


def _hours(given: frozenset[str]) -> dict[str, str]:
    if "opening_hours" not in given:
        raw = "coalesce(s.opening_hours_raw, f.opening_hours_raw)"
        if "opening_hours_raw" not in given:
            raw = "f.opening_hours_raw"
        return {"opening_hours": "f.opening_hours", "opening_hours_raw": raw}
    if "opening_hours_raw" in given:
        return {}
    # The same hours in other words are the same hours.
    return {
        "opening_hours_raw": "case when s.opening_hours is not distinct from f.opening_hours "
        "then f.opening_hours_raw else s.opening_hours_raw end"
    }


def _amenities(given: frozenset[str]) -> dict[str, str]:
    """Return how a stored list stays: as a set, without what the other list newly states."""
    values = {}
    for column, other in (("amenities", "no_amenities"), ("no_amenities", "amenities")):
        if column in given:
            values[column] = (
                f"case when s.{column} @> f.{column} and f.{column} @> s.{column} "
                f"then f.{column} else s.{column} end"
            )
        elif other in given:
            values[column] = (
                f"array(select word from unnest(f.{column}) with ordinality as w(word, place) "
                f"where word <> all(s.{other}) order by place)"
            )
        else:
            values[column] = f"f.{column}"
    return values


_RULES: Final[tuple[tuple[_Rule, tuple[str, ...]], ...]] = (
    (_hours, ("opening_hours", "opening_hours_raw")),
    (_amenities, ("amenities", "no_amenities")),
)


def count_kept(session: Session) -> int:
    """Return how many known values of stored facilities stay as the row's cell is blank."""
    known = "\n or ".join(
        f"(k.name = '{name}' and "
        + (
            f"f.{column}::text <> {_SAID_ANYWAY[column]})"
            if column in _SAID_ANYWAY
            else f"f.{column} is not null and f.{column}::text <> '{{}}')"
        )
        for name, column in _STAYING.items()
    )
    found: int = session.execute(
        text(
            "select count(*) from staged s join facility f on f.id = s.id "
            f"cross join unnest(s.kept) as k(name) where {known}"
        )
    ).scalar_one()
    return found


def count_cleared(session: Session) -> int:
    """Return how many known values of stored facilities become unknown by the rows that are staged."""
    cleared = " + ".join(
        f"count(*) filter (where coalesce(f.{column}::text, '{{}}') <> '{{}}' "
        f"and coalesce(s.{column}::text, '{{}}') = '{{}}')"
        for column in _CLEARED
    )
    found: int = session.execute(
        text(f"select {cleared} from staged s join facility f on f.id = s.id where s.changed")
    ).scalar_one()
    return found

"""Whether two questions ask the same, however they are written down."""

from collections.abc import Callable
from typing import Any

from geoapp.core.questions.field import Field, Kind, Table
from geoapp.core.questions.places import same_areas, same_sites


def same_meaning(table: Table, first: Any, second: Any) -> bool:
    """Tell whether two questions of a table ask the same, however they are written down.

    Order does not matter where it means nothing, nor how a ring of corners turns; how long the solver
    may search is not asked. Both are to be in their plain form (``plain``).
    """
    return all(
        _EQUAL.get(field.kind, _equal)(getattr(first, field.name), getattr(second, field.name))
        for field in table
        if field.asked and (_counts(table, first, field) or _counts(table, second, field))
    )


def _counts(table: Table, question: Any, field: Field) -> bool:
    return field.needs is None or table.is_given(question, field.needs)


def _equal(first: Any, second: Any) -> bool:
    return bool(first == second)


def _same_members(first: Any, second: Any) -> bool:
    return set(first or ()) == set(second or ())


def _same_moments(first: Any, second: Any) -> bool:
    return sorted(first) == sorted(second)


def _same_quotas(first: Any, second: Any) -> bool:
    a, b = (
        {code: (one.least or 0, one.most) for code, one in quotas if not one.limits_nothing}
        for quotas in (first, second)
    )
    return a == b


_EQUAL: dict[Kind, Callable[[Any, Any], bool]] = {
    Kind.CODES: _same_members,
    Kind.FAMILIES: _same_members,
    Kind.MOMENTS: _same_moments,
    Kind.QUOTAS: _same_quotas,
    Kind.SIZES: _same_members,
    Kind.WEIGHTS: _same_members,
    Kind.SITES: same_sites,
    Kind.AREAS: same_areas,
}

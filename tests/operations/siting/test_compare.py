"""Plans beside each other: what one column says holds for every plan."""

from geoapp.core.i18n import Text
from geoapp.operations.siting.compare import ComparedPlan, PlanShare, compare


def plan(*before: float | None) -> ComparedPlan:
    name = Text("外卖和快递", "Couriers and riders")
    return ComparedPlan(
        title=name,
        verdict=name,
        run=1,
        sites=(),
        cost=None,
        before_share=None,
        after_share=None,
        added=1.0,
        uncovered=1.0,
        districts=(),
        told=(),
        asked=before,
        sample=True,
        groups=tuple(PlanShare(str(n), name, one, 0.9, 1.0) for n, one in enumerate(before)),
    )


def test_what_was_before_is_told_where_it_is_the_same_in_all() -> None:
    # Of one district 60 % of couriers were reached, of the city 30 %: neither is said of both.
    found = compare([plan(0.3, 0.25, None), plan(0.6, 0.25 + 1e-12, None)])
    assert [one.before for one in found.groups] == [None, 0.25, None]

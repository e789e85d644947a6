"""What a plan costs in words."""

from geoapp.core.i18n import Text
from geoapp.core.results.siting import SitingFindings
from geoapp.core.units import format_money


def money_text(found: SitingFindings) -> Text:
    """Return what a plan costs, in all and by worker newly reached; empty where costs are not known."""
    if not found.cost:
        return Text("", "")
    cost, reached = format_money(found.cost), found.total.added_weight
    if not reached:
        return Text(f"费用合计 {cost}。", f"Cost in all: {cost}.")
    each = format_money(float(f"{found.cost / reached:.3g}"))
    return Text(
        f"费用合计 {cost}，每新覆盖一人 {each}。",
        f"Cost in all: {cost}; {each} for each worker newly reached.",
    )

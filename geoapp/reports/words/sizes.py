"""Several sizes of station in words: what was asked, and how many of each are built."""

from collections import Counter

from geoapp.core.i18n import Text
from geoapp.core.questions.sizes import Sizes
from geoapp.core.results.siting import Site, SitingFindings
from geoapp.core.units import counted, format_money


def asked_sizes(sizes: Sizes) -> Text:
    """Return what a question says of sizes: name, seats and cost of each."""
    told = [(one.name, counted(one.seats, "座", "seat"), format_money(one.cost)) for one in sizes]
    return Text(
        "几种大小：" + "、".join(f"{name}（{seats.zh}，{cost}）" for name, seats, cost in told),
        "sizes: " + ", ".join(f"{name} ({seats.en} at {cost})" for name, seats, cost in told),
    )


def built_texts(found: SitingFindings) -> list[tuple[Text, Text]]:
    """Return how many sites of each size a plan has, as a label and a value; none without sizes."""
    if not found.built:
        return []
    many = Counter(found.built)
    order = sorted(many, key=lambda one: (one.seats, one.name))
    told = [
        (one.name, counted(many[one], "处", "site"), counted(one.seats, "座", "seat"))
        for one in order
    ]
    all_seats = counted(sum(one.seats for one in found.built), "座", "seat")
    return [
        (
            Text("各种大小", "sizes built"),
            Text(
                "、".join(f"{name} {sites.zh}（每处 {seats.zh}）" for name, sites, seats in told)
                + f"，共 {all_seats.zh}",
                ", ".join(f"{name}: {sites.en} of {seats.en}" for name, sites, seats in told)
                + f"; {all_seats.en} together",
            ),
        )
    ]


def size_text(site: Site) -> Text | None:
    """Return the size in which a site is built and what it seats; None where sizes were not asked for."""
    if site.size is None or site.seats is None:
        return None
    seats = counted(site.seats, "座", "seat")
    return Text(f"{site.size}，{seats.zh}", f"{site.size}, {seats.en}")

"""Long lists of an import, page by page: each page has an address, and each list its own page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from flask import request

Item = TypeVar("Item")

MOST_SHOWN: Final = 100
_NUMBER: Final = re.compile(r"[1-9]\d{0,5}")
_GO: Final = re.compile(r"([a-z]+):([1-9]\d{0,5})")


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of each list is shown, from 1.

    ``counts`` is how long the lists are, once known; ``turned_in`` the list whose page was turned.
    """

    numbers: dict[str, int]
    counts: dict[str, int] = field(default_factory=dict)
    turned_in: str | None = None

    @classmethod
    def asked(cls, names: Sequence[str]) -> "Pages":
        """Return the pages of these lists that the address asks for."""
        words = {name: request.args.get(name, "") for name in names}
        return cls(
            {name: int(word) if _NUMBER.fullmatch(word) else 1 for name, word in words.items()}
        )

    def turned(self) -> "Pages | None":
        """Return the pages with the one turned that the form asks for; None if it asks for none."""
        found = _GO.fullmatch(request.form.get("go", ""))
        if found is None or found[1] not in self.numbers:
            return None
        return Pages(self.numbers | {found[1]: int(found[2])}, turned_in=found[1])

    def query(self) -> dict[str, Any]:
        """Return what an address says of them, and where on the page it leads."""
        query: dict[str, Any] = {name: one for name, one in self.numbers.items() if one > 1}
        return query if self.turned_in is None else query | {"_anchor": self.turned_in}

    def offset(self, name: str) -> int:
        """Return how many items of a list come before its page."""
        return (self.numbers[name] - 1) * MOST_SHOWN

    def of(self, name: str, items: Sequence[Item]) -> Sequence[Item]:
        """Return the items on a list's page."""
        return items[self.offset(name) : self.offset(name) + MOST_SHOWN]

    def number(self, name: str) -> int:
        """Return which page of a list is shown."""
        return self.numbers[name]

    def last(self, name: str) -> int:
        """Return a list's last page."""
        return max(-(-self.counts.get(name, 0) // MOST_SHOWN), 1)

    def within(self) -> "Pages":
        """Return the pages, none beyond the last."""
        return Pages(
            {name: min(number, self.last(name)) for name, number in self.numbers.items()},
            self.counts,
        )

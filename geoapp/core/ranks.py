"""Ranks by a share: the greatest is the first."""

from collections.abc import Mapping


def ranks(shares: Mapping[str, float | None]) -> dict[str, int]:
    """Return the rank of each of some regions by the share covered: the greatest is 1.

    Equal shares have the same rank, and the next comes after all of them (1, 2, 2, 4). A region
    without a share has none.
    """
    known = sorted((one for one in shares.values() if one is not None), reverse=True)
    first: dict[float, int] = {}
    for place, share in enumerate(known, 1):
        first.setdefault(share, place)
    return {code: first[share] for code, share in shares.items() if share is not None}

"""What a tally of stars tells, and what it does not: bounds for means and shares, ranks that stand.

The bounds hold for voices as if drawn at random from all who could have spoken; they say nothing of
who chose to speak.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the bounds that its confidence gives it; both bounds are included."""

    value: float
    low: float
    high: float

    def is_below(self, other: "Estimate") -> bool:
        """Tell whether it lies below another so that the two intervals part."""
        return self.high < other.low


def mean_of_stars(tally: Sequence[int], confidence: float = CONFIDENCE) -> Estimate:
    """Return the mean of stars with bounds that hold for any way in which stars are spread.

    Parameters
    ----------
    tally
        How many voices gave 1, 2, ... stars, at least one voice in all.
    confidence
        0 to 1, of both bounds together.

    Notes
    -----
    Anderson (1969): the distribution function lies within e of the observed one, where
    e = sqrt(ln(2 / (1 - confidence)) / 2n), with the constant of Massart (1990) for each side. Of
    stars from 1 to k, the mean is 1 plus the sum over j < k of 1 - F(j); its bounds take F at the
    edges of the band. A bound by the normal distribution would be too narrow for few voices, and
    would have no width where all agree.
    """
    count = sum(tally)
    if count <= 0 or min(tally) < 0:
        raise ValueError("a mean needs at least one voice")
    band = math.sqrt(math.log(2.0 / (1.0 - confidence)) / (2.0 * count))
    value = low = high = 1.0
    below = 0
    for voices in tally[:-1]:
        below += voices
        share = below / count
        value += 1.0 - share
        low += 1.0 - min(share + band, 1.0)
        high += 1.0 - max(share - band, 0.0)
    return Estimate(value, low, high)


def share_of_voices(part: int, count: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return a share (0 to 1) with its score interval (Wilson 1927).

    Parameters
    ----------
    part, count
        How many of how many, at least one in all.
    """
    if not 0 <= part <= count or count == 0:
        raise ValueError("a share needs a part of at least one voice")
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    share = part / count
    scale = 1.0 + z * z / count
    centre = (share + z * z / (2.0 * count)) / scale
    half = z / scale * math.sqrt(share * (1.0 - share) / count + z * z / (4.0 * count * count))
    # Exact where nothing or all was counted; the formula misses it by rounding.
    low = 0.0 if part == 0 else centre - half
    high = 1.0 if part == count else centre + half
    return Estimate(share, low, high)


def standing_ranks(estimates: Sequence[Estimate]) -> list[int | None]:
    """Return each one's rank, the greatest first; None where its interval meets another's.

    A rank is told only of who is parted from every other, so that it is the same wherever in their
    intervals the true values lie.
    """
    lows = sorted(one.low for one in estimates)
    highs = sorted(one.high for one in estimates)
    ranks: list[int | None] = []
    for one in estimates:
        above = len(lows) - bisect_right(lows, one.high)
        under = bisect_left(highs, one.low)
        ranks.append(above + 1 if above + under == len(estimates) - 1 else None)
    return ranks

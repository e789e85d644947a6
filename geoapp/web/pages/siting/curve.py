"""The curve of a siting run: what each number of stations reaches, and what none can surpass."""

from dataclasses import dataclass
from typing import Final

from geoapp.core.results.siting import SitingFindings
from geoapp.core.units import format_share

WIDTH: Final = 640
HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 34


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the drawing, and what it says."""

    place: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A drawing of WIDTH x HEIGHT.

    Attributes
    ----------
    reached, bound
        Points of the two lines, as SVG writes them.
    across, up
        Ticks of the numbers of stations and of the shares.
    rows
        The same as numbers: p, share reached, bound.
    """

    reached: str
    bound: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    rows: tuple[tuple[int, float, float], ...]


def curve_of(found: SitingFindings) -> Curve | None:
    """Return the curve of a run's result; None where it has no shares to draw."""
    rows = tuple(
        (one.p, one.covered_share, one.covered_share_bound)
        for one in found.curve
        if one.covered_share is not None and one.covered_share_bound is not None
    )
    before = found.total.covered_before_share
    if len(rows) < 2 or before is None:
        return None
    rows = ((0, before, before), *rows)
    most_p = rows[-1][0]
    low = min(share for _, share, _ in rows)
    high = max(bound for _, _, bound in rows)
    step = next(one for one in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / one <= 6)
    bottom = step * int(low / step)
    top = min(1.0, step * (int(high / step - 1e-9) + 1))

    def x(p: float) -> float:
        place: float = _LEFT + (WIDTH - _LEFT - _RIGHT) * p / most_p
        return round(place, 1)

    def y(share: float) -> float:
        inside = (share - bottom) / max(1e-9, top - bottom)
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * inside, 1)

    shares = [bottom + step * number for number in range(round((top - bottom) / step) + 1)]
    every = next(one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if most_p / one <= 8)
    return Curve(
        reached=" ".join(f"{x(p)},{y(share)}" for p, share, _ in rows),
        bound=" ".join(f"{x(p)},{y(min(1.0, bound))}" for p, _, bound in rows),
        across=tuple(Tick(x(p), str(p)) for p in range(0, most_p + 1, every)),
        up=tuple(Tick(y(share), format_share(share, 0)) for share in shares),
        rows=rows,
    )

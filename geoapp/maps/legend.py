"""What a legend says: the words of each class of a layer's style."""

from dataclasses import dataclass
from itertools import pairwise

from geoapp.core.i18n import Text
from geoapp.maps.kit import ClassBreaks, Layer, Look, classes_of
from geoapp.maps.values import Speaker

# What a marker or an area looks like, in a square of 16: the map's signs and the legend's are the
# same. They are drawings, not backgrounds, so that a printer draws them too.
SIGNS: dict[str, str] = {
    "circle": '<circle cx="8" cy="8" r="6.5"/>',
    "square": '<rect x="2" y="2" width="12" height="12" rx="1"/>',
    "house": '<path d="M8 1 15 7.5V15H1V7.5z"/>',
    "triangle": '<path d="M8 1 15.5 14.5H.5z"/>',
    "diamond": '<path d="M8 .5 15.5 8 8 15.5 .5 8z"/>',
    "hatched": '<path d="M1 4.5 4.5 1H7L1 7zM1 10 10 1h2.5L1 12.5zM2 15 15 2v2.5L4.5 15z'
    'M7.5 15 15 7.5V10l-5 5zM13 15l2-2v2z"/>',
    "area": '<rect x="1.5" y="1.5" width="13" height="13" rx="2.5"/>',
}


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One line: words and how what they name is painted."""

    text: str
    look: Look


def legend_rows(layer: Layer, speaker: Speaker, *, used: set[int]) -> list[LegendRow]:
    """Return the lines of a layer's legend.

    Parameters
    ----------
    used
        The classes that appear: "unknown" and "other" are left out where nothing is.
    """
    style = layer.style
    classes = classes_of(style)
    ranges = _ranges(style, speaker) if isinstance(style, ClassBreaks) else []
    last = len(classes) - 1
    rows = []
    for number, (text, look) in enumerate(classes):
        if number == last and last > 0 and number not in used:
            continue
        words = ranges[number] if text is None else text.pick(speaker.language)
        rows.append(LegendRow(words, look))
    return rows


def _ranges(style: ClassBreaks, speaker: Speaker) -> list[str]:
    """Return the words of each class between breaks; a class holds its lower break."""
    if style.format == "rank":
        ends = [1, *(int(value) for value in style.breaks)]
        ranks = [
            Text(f"第 {low}–{high - 1} 名", f"{low} to {high - 1}") for low, high in pairwise(ends)
        ]
        ranks.append(Text(f"第 {ends[-1]} 名以后", f"{ends[-1]} and after"))
        return [rank.pick(speaker.language) for rank in ranks]
    written = [speaker.value(value, style.format) or "" for value in style.breaks]
    first = Text(f"低于 {written[0]}", f"under {written[0]}").pick(speaker.language)
    last = Text(f"{written[-1]} 及以上", f"{written[-1]} and over").pick(speaker.language)
    between = [f"{low} – {high}" for low, high in pairwise(written)]
    return [first, *between, last]

"""What is said of places that stand for a street: how far off they may be."""

from geoapp.core.i18n import Text
from geoapp.core.units import format_metres


def about_text(reach_m: float) -> Text:
    """Say that a point stands for a whole street, and how far from there it goes."""
    far = format_metres(reach_m)
    return Text(f"街道，约略位置，可能差 {far.zh}", f"street, rough position, may be {far.en} off")

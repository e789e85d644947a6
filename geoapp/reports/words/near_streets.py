"""Near which streets new sites had to be, in words."""

from geoapp.core.i18n import Text
from geoapp.core.questions.near_streets import NearStreets
from geoapp.core.results.siting import StreetsNear
from geoapp.core.units import counted, format_metres
from geoapp.core.words import OSM_NAME


def near_streets_text(used: StreetsNear) -> Text:
    """Return which streets of which network there were, and how far the farthest site is from one."""
    many = (
        counted(used.pieces, "段能走的路", "piece of way on foot", "pieces of way on foot")
        if used.which == NearStreets.WAYS
        else counted(used.pieces, "段街道", "piece of street", "pieces of street")
    )
    of = "" if used.source is None else f" {used.source}"
    zh = f"{many.zh}（步行路网{of}，{OSM_NAME}）"
    en = f"{many.en} (walking network{of}, {OSM_NAME})"
    if used.farthest_m is not None:
        away = format_metres(used.farthest_m)
        zh += f"；离得最远的站点 {away.zh}"
        en += f"; the farthest site {away.en} away"
    return Text(zh, en)

"""Whether new sites are open at the moment that a question asks about."""

from collections.abc import Iterable

import numpy as np

from geoapp.core.arrays import BoolArray
from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import InvalidValueError
from geoapp.core.hours import depends_on_place, explain, state
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.units import format_moment

# The sun's hours differ by seconds within so many decimals of a degree.
_PLACE_DECIMALS = 2


def check_open_then(
    wanted: SitingParameters,
    zone: str,
    calendar: WorkCalendar,
    places: Iterable[tuple[float, float]] = (),
) -> None:
    """Refuse hours of new sites by which they are not known to be open at the question's moment.

    A plan for that moment would promise what its own sites do not keep. Of several moments it must be
    certain of each whether they are open, and they must be at one at least.

    Parameters
    ----------
    zone
        Whose clocks the hours are by.
    places
        Where the sites may stand (lon, lat in degrees); hours that follow the sun are told there, and
        without any place they are left to whoever knows the places.

    Raises
    ------
    InvalidValueError
        If the sites are closed then, or that is not certain.
    """
    at, hours = wanted.at, wanted.new_hours
    if hours is None:
        return
    if wanted.several:
        open_at(wanted, zone, calendar)
        return
    if at is None:
        return
    spots: set[tuple[float | None, float | None]] = {(None, None)}
    if depends_on_place(hours):
        spots = {(round(lon, _PLACE_DECIMALS), round(lat, _PLACE_DECIMALS)) for lon, lat in places}
    for lon, lat in sorted(spots, key=str):
        known = state(hours, at, timezone=zone, calendar=calendar, lon=lon, lat=lat)
        if known is True:
            continue
        moment = format_moment(at, zone)
        why = Text("按这些时间那时不开放", "by these they are closed then")
        if known is None:
            reason = explain(hours, at, timezone=zone, calendar=calendar, lon=lon, lat=lat)
            why = Text("那时是否开放不能确定", "whether they are open then is not certain")
            if reason is not None:
                why = Text(f"{why.zh}：{reason.zh}", f"{why.en}: {reason.en}")
        raise InvalidValueError(
            "hours",
            wanted.hours,
            Text(
                f"新站点在 {moment.zh} 开放的时间（{why.zh}）",
                f"hours at which the new stations are open on {moment.en} ({why.en})",
            ),
        )


def open_at(wanted: SitingParameters, zone: str, calendar: WorkCalendar) -> BoolArray:
    """Tell of each of a question's several moments whether its new sites are open.

    Without any hours they are taken to be open at all of them, and the verdict says so.

    Parameters
    ----------
    zone
        Whose clocks the hours are by.

    Raises
    ------
    InvalidValueError
        If that is not certain of one, or they are never open, or their hours follow the sun.
    """
    times, hours = wanted.times(zone), wanted.new_hours
    if hours is None:
        return np.ones(len(times), np.bool_)
    if depends_on_place(hours):
        accepted = Text(
            "按钟点的开放时间：看多个时刻时不能随日出日落",
            "hours by the clock: over several moments they cannot follow the sun",
        )
        raise InvalidValueError("hours", wanted.hours, accepted)
    known = [state(hours, one, timezone=zone, calendar=calendar) for one in times]
    if None in known:
        moment = format_moment(times[known.index(None)], zone)
        accepted = Text(
            f"每个时刻是否开放都确定的时间（{moment.zh} 不能确定）",
            f"hours that are certain at every moment (they are not on {moment.en})",
        )
        raise InvalidValueError("hours", wanted.hours, accepted)
    if True not in known:
        accepted = Text(
            "至少在其中一个时刻开放的时间", "hours at which they are open at one moment at least"
        )
        raise InvalidValueError("hours", wanted.hours, accepted)
    return np.array(known, np.bool_)

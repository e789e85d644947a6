"""How much each of a question's several moments counts, by the weights that it gives to hours."""

import numpy as np

from geoapp.core.arrays import IntArray
from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import InvalidValueError
from geoapp.core.hours import depends_on_place, explain, read, state
from geoapp.core.i18n import Text
from geoapp.core.questions.hour_weights import hour_weights_text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.units import format_moment

_USUAL = 1


def weights_at(wanted: SitingParameters, zone: str, calendar: WorkCalendar) -> IntArray:
    """Return the weight of each of a question's several moments; whole numbers, 1 where none is given.

    Parameters
    ----------
    zone
        Whose clocks the hours are by.

    Raises
    ------
    InvalidValueError
        If that is not certain of one, two weights are given to one, a weight is of none of them, or all
        weigh nothing.
    """
    times = wanted.times(zone)
    weights = np.full(len(times), _USUAL, np.int64)
    given = np.zeros(len(times), np.bool_)
    for one in wanted.hour_weights:
        hours = read(one.whole)
        written = hour_weights_text([one])
        if depends_on_place(hours):
            accepted = Text(
                "按钟点的时间：权重不能随日出日落",
                "hours by the clock: weights cannot follow the sun",
            )
            raise InvalidValueError("hour_weights", written, accepted)
        known = [state(hours, time, timezone=zone, calendar=calendar) for time in times]
        if None in known:
            unsure = times[known.index(None)]
            moment = format_moment(unsure, zone)
            reason = explain(hours, unsure, timezone=zone, calendar=calendar) or Text("", "")
            accepted = Text(
                f"每个时刻是否在内都确定的时间（{moment.zh} 不能确定{reason.zh and '：'}{reason.zh}）",
                "hours of which it is certain whether each moment is within them "
                f"({moment.en} is not{reason.en and ': '}{reason.en})",
            )
            raise InvalidValueError("hour_weights", written, accepted)
        within = np.array(known, np.bool_)
        if not within.any():
            accepted = Text(
                "至少含一个所问时刻的时间", "hours within which one of the moments lies, at least"
            )
            raise InvalidValueError("hour_weights", written, accepted)
        if (within & given).any():
            moment = format_moment(times[int(np.argmax(within & given))], zone)
            accepted = Text(
                f"互不重叠的时间（{moment.zh} 有两个权重）",
                f"hours that do not overlap ({moment.en} has two weights)",
            )
            raise InvalidValueError("hour_weights", written, accepted)
        given |= within
        weights[within] = one.weight
    if len(times) and not weights.any():
        accepted = Text("至少一个时刻大于 0", "more than 0 for one of the moments, at least")
        raise InvalidValueError("hour_weights", hour_weights_text(wanted.hour_weights), accepted)
    return weights

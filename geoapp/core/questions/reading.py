"""A question from what somebody sent: from JSON, or from the texts of a command's options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_moment, parse_number, split_codes
from geoapp.core.questions.field import Field, Kind, Table
from geoapp.core.questions.hour_weights import parse_hour_weights
from geoapp.core.questions.phases import parse_phases
from geoapp.core.questions.places import (
    area_in_wgs84,
    drawn_in_wgs84,
    read_polygons,
    read_sites,
)
from geoapp.core.questions.quota import Quota, parse_quota
from geoapp.core.questions.sizes import parse_sizes
from geoapp.core.units import parse_standard
from geoapp.core.words import Datum


@dataclass(frozen=True, slots=True)
class Sender:
    """What is not in the fields: whose clocks a moment is by, when now is, where places are.

    Attributes
    ----------
    zone
        Time zone of a moment that states no offset.
    now
        The moment that ``now`` means.
    datum
        Of the coordinates that were sent.
    """

    zone: str
    now: datetime
    datum: Datum = Datum.WGS84


def from_json(table: Table, given: Mapping[str, Any], sender: Sender) -> Any:
    """Return the question that JSON values ask; what is not given has its default.

    Raises
    ------
    InvalidValueError
        If a value cannot be read. Ranges and combinations are the question's own ``check``.
    """
    return table.question(
        **{
            field.name: _value(table, field, given[field.name], sender)
            for field in table
            if field.name in given
        }
    )


def _value(table: Table, field: Field, value: Any, sender: Sender) -> Any:
    if value is None:
        return None
    match field.kind:
        case Kind.CHOICE:
            return _choice(table, field, value)
        case Kind.CODES:
            return tuple(dict.fromkeys(value))
        case Kind.FAMILIES:
            return tuple(sorted({str(one) for one in value}))
        case Kind.MOMENT:
            return parse_moment(field.name, value, sender.zone) or sender.now
        case Kind.MOMENTS:
            return tuple(_stated(field, one, sender) for one in value)
        case Kind.QUOTAS:
            return tuple(
                (code, Quota(one.get("min"), one.get("max"))) for code, one in value.items()
            )
        case Kind.PHASES:
            return parse_phases(field.name, value)
        case Kind.SIZES:
            return parse_sizes(field.name, value)
        case Kind.WEIGHTS:
            return parse_hour_weights(field.name, value)
        case Kind.SITES:
            return tuple(drawn_in_wgs84(one, sender.datum) for one in value)
        case Kind.AREAS:
            return tuple(area_in_wgs84(one, sender.datum) for one in value)
    return value


def _choice(table: Table, field: Field, value: str) -> Any:
    try:
        return table.chosen(field.name, value)
    except ValueError:
        names = ", ".join(field.choices or ())
        raise InvalidValueError(field.name, value, Text(names, names)) from None


def _stated(field: Field, value: str, sender: Sender) -> datetime:
    moment = parse_moment(field.name, value, sender.zone)
    if moment is None:
        raise InvalidValueError(field.name, value, Text("日期和时刻", "a date and a time"))
    return moment


def from_text(table: Table, given: Mapping[str, Sequence[str]], sender: Sender) -> Any:
    """Return the question that texts ask, by the name of the option each.

    Parameters
    ----------
    given
        By option, as the table names it, the texts that it was given with, in order.

    Raises
    ------
    InvalidValueError
        If a text cannot be read, or a file holds nothing of what is asked.
    UnusableInputError
        If a file cannot be read.
    """
    values: dict[str, Any] = {}
    for field in table:
        texts = given.get(field.option, ()) if isinstance(field.option, str) else ()
        if not texts:
            continue
        if field.name in ("standard_m", "standard_seconds"):
            metres, seconds = parse_standard(texts[-1])
            values |= {"standard_m": metres, "standard_seconds": seconds}
        else:
            values[field.name] = _from_texts(field, str(field.option), texts)
    return from_json(table, values, sender)


def _from_texts(field: Field, option: str, texts: Sequence[str]) -> Any:
    """Return as JSON has it what the texts of one option say."""
    match field.kind:
        case Kind.WHOLE:
            return _whole(option, texts[-1])
        case Kind.NUMBER:
            return parse_number(option, texts[-1])
        case Kind.CODES:
            return sorted(split_codes(texts))
        case Kind.FAMILIES:
            return sorted(split_codes(texts))
        case Kind.MOMENTS | Kind.PHASES | Kind.SIZES | Kind.WEIGHTS:
            return list(texts)
        case Kind.QUOTAS:
            return _quotas(option, texts)
        case Kind.SITES:
            return [one for name in texts for one in read_sites(option, _content(name))]
        case Kind.AREAS:
            return [one for name in texts for one in read_polygons(option, _content(name))]
    return texts[-1]


def _whole(option: str, text: str) -> int:
    number = parse_number(option, text)
    if number != int(number):
        raise InvalidValueError(option, text, Text("整数", "a whole number"))
    return int(number)


def _quotas(option: str, texts: Sequence[str]) -> dict[str, dict[str, int | None]]:
    quotas: dict[str, dict[str, int | None]] = {}
    for text in (part for one in texts for part in one.split(",") if part.strip()):
        code, quota = parse_quota(option, text)
        if code in quotas:
            raise InvalidValueError(option, text, Text("每个代码一次", "each code once"))
        quotas[code] = {"min": quota.least, "max": quota.most}
    return quotas


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UnusableInputError(
            Text(f"不能读取 {name}：{error.strerror}", f"{name} cannot be read: {error.strerror}")
        ) from None

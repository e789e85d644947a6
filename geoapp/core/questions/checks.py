"""What a table of fields knows to be wrong with a question."""

from typing import Any

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.field import Field, Kind, Table
from geoapp.core.questions.quota import Quota
from geoapp.core.words import Family

_LISTS = (
    *(Kind.CODES, Kind.MOMENTS, Kind.QUOTAS, Kind.PHASES, Kind.SIZES),
    Kind.WEIGHTS,
    *(Kind.SITES, Kind.AREAS),
)


def check_fields(table: Table, question: Any) -> None:
    """Refuse what is out of a field's range, and what the question's model does not honour.

    Raises
    ------
    InvalidValueError
        That names the field, its value and what is accepted.
    """
    metres, seconds = question.standard_m, question.standard_seconds
    if (metres is None) == (seconds is None):
        accepted = Text(
            "standard_m 与 standard_seconds 恰有其一",
            "exactly one of standard_m and standard_seconds",
        )
        raise InvalidValueError("standard_m", metres, accepted)
    for field in table:
        value = getattr(question, field.name)
        if value is not None:
            _check_value(field, value)
        _check_honoured(table, question, field)


def _check_value(field: Field, value: Any) -> None:
    if field.kind in (Kind.WHOLE, Kind.NUMBER):
        check_range(field, value)
    elif field.kind in _LISTS:
        if field.most_items is not None and len(value) > field.most_items:
            accepted = Text(f"至多 {field.most_items} 项", f"at most {field.most_items}")
            raise InvalidValueError(field.name, len(value), accepted)
        for one in value if field.kind is Kind.CODES else ():
            _check_length(field, one)
        if field.kind is Kind.QUOTAS:
            _check_quotas(field, value)
    elif field.kind is Kind.FAMILIES:
        wrong = [one for one in value if one not in set(Family)]
        if wrong or not value:
            names = ", ".join(Family)
            raise InvalidValueError(
                field.name, ", ".join(wrong), Text(f"{names} 中的", f"some of {names}")
            )
    elif field.kind in (Kind.CODE, Kind.TEXT):
        _check_length(field, value)


def check_range(field: Field, value: float) -> None:
    """Refuse a number out of the field's range.

    Raises
    ------
    InvalidValueError
        That says what the range is.
    """
    least, most = field.least, field.most
    if least is None or most is None or least <= value <= most:
        return
    shown = f"{least:.15g}", f"{most:.15g}"  # NaN comes here, too
    whole = field.kind is Kind.WHOLE
    raise InvalidValueError(
        field.name,
        value,
        Text(
            f"{shown[0]} 至 {shown[1]} 的{'整数' if whole else '数'}",
            f"a {'whole ' if whole else ''}number from {shown[0]} to {shown[1]}",
        ),
    )


def check_hours(name: str, hours: str) -> None:
    """Refuse opening hours that cannot be understood for certain.

    Raises
    ------
    InvalidValueError
        That names the question's field.
    """
    # Reading hours takes numpy, and a question without them has no use for it.
    from geoapp.core.hours import read

    try:
        read(hours)
    except InvalidValueError as error:
        raise InvalidValueError(name, error.value, error.accepted) from None


def _check_length(field: Field, value: str) -> None:
    longest = field.longest
    if not value or (longest is not None and len(value) > longest) or "\x00" in value:
        accepted = Text(f"1 至 {longest} 个字符", f"1 to {longest} characters")
        raise InvalidValueError(field.name, value, accepted)


def _check_quotas(field: Field, quotas: tuple[tuple[str, Quota], ...]) -> None:
    codes = [code for code, _ in quotas]
    for code, quota in quotas:
        _check_length(field, code)
        least, most = quota.least or 0, quota.most
        greatest = max(least, most or 0)
        if (
            least < 0
            or (most is not None and most < least)
            or greatest > (field.most or greatest)
            or codes.count(code) > 1
        ):
            raise InvalidValueError(
                field.name,
                code,
                Text(
                    f"0 至 {field.most:g} 的整数，min 不大于 max，每个代码一次",
                    f"whole numbers from 0 to {field.most:g}, min <= max, each code once",
                ),
            )


def _check_honoured(table: Table, question: Any, field: Field) -> None:
    if not field.models or question.model in field.models:
        return
    if not table.is_given(question, field.name):
        return
    names, more = ", ".join(field.models), field.refused or Text("", "")
    raise InvalidValueError(
        field.name,
        _shown(field, getattr(question, field.name)),
        Text(
            f"默认值：模型 {question.model} 不能满足这一要求，仅 {names} 可以"
            + (f"（{more.zh}）" if more.zh else ""),
            f"the default: the model {question.model} cannot honour it; {names} can"
            + (f" ({more.en})" if more.en else ""),
        ),
    )


def _shown(field: Field, value: Any) -> Any:
    if field.kind is Kind.QUOTAS:
        return ", ".join(code for code, _ in value)
    return len(value) if isinstance(value, tuple) else value

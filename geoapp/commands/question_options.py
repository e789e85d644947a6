"""The options of the commands that start runs, made from the tables of their questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

import click

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.field import Field, Kind, Table
from geoapp.core.words import Datum, Family

if TYPE_CHECKING:
    from geoapp.core.settings import Settings

_MANY = (
    *(Kind.CODES, Kind.FAMILIES, Kind.MOMENTS, Kind.QUOTAS, Kind.PHASES, Kind.SIZES),
    Kind.WEIGHTS,
    *(Kind.SITES, Kind.AREAS),
)
_METAVARS = {
    Kind.WHOLE: "INTEGER",
    Kind.NUMBER: "FLOAT",
    Kind.QUOTAS: "CODE=MIN..MAX",
    Kind.PHASES: "YEAR=SITES",
    Kind.SIZES: "NAME=SEATS:COST",
    Kind.WEIGHTS: "HOURS=WEIGHT",
    Kind.SITES: "FILE",
    Kind.AREAS: "FILE",
}
_PLACES = (Kind.SITES, Kind.AREAS)
_STANDARD = Text("服务标准", "the service standard")


def question_options(table: Table) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command one option for each field of a table, and a datum where files bring places."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed([*_options(table)]):
            command = option(command)
        return command

    return decorate


def _options(table: Table) -> Iterator[Callable[..., Any]]:
    seen: set[str] = set()
    for field in table:
        if isinstance(field.option, str) and field.option not in seen:
            seen.add(field.option)
            yield _option(table, field, field.option)
    if any(field.kind in _PLACES and isinstance(field.option, str) for field in table):
        yield click.option(
            "--datum",
            type=click.Choice([str(one) for one in Datum]),
            default=str(Datum.WGS84),
            show_default=True,
            help=Text("文件里坐标的坐标系", "datum of the files of places").both(),
        )


def _option(table: Table, field: Field, name: str) -> Callable[..., Any]:
    is_standard = name == "--standard"
    default = table.default(field.name)
    text = _STANDARD if is_standard else field.described
    for more in [field.written] if field.written else []:
        text = Text(f"{text.zh}，{more.zh}", f"{text.en}, {more.en}")
    shown = None if default in (None, MISSING, ()) else _shown(field, default)
    kind: click.ParamType[Any] = click.STRING
    if field.kind is Kind.CHOICE:
        kind = click.Choice(_spelled(field))
    elif field.kind is Kind.FAMILIES:
        kind = click.Choice([str(one) for one in Family])
    return click.option(
        name,
        _parameter(name),
        type=kind,
        multiple=field.kind in _MANY,
        required=is_standard or default is MISSING,
        default=shown,
        show_default=shown is not None,
        metavar=None if is_standard else _METAVARS.get(field.kind),
        help=text.both(),
    )


def _spelled(field: Field) -> list[str]:
    """Return the choices as a command spells them, with hyphens."""
    return [one.replace("_", "-") for one in field.choices or ()]


def _shown(field: Field, default: Any) -> str:
    if field.kind in (Kind.WHOLE, Kind.NUMBER):
        return f"{default:.15g}"
    return str(default).replace("_", "-") if field.kind is Kind.CHOICE else str(default)


def _parameter(option: str) -> str:
    return option.strip("-").replace("-", "_")


def question_from_options(table: Table, given: Mapping[str, Any], settings: Settings) -> Any:
    """Return the question that a command's options ask.

    Parameters
    ----------
    given
        What click passes to the command, by parameter.

    Raises
    ------
    InvalidValueError
        If a text cannot be read, or a value is refused; it names the option.
    """
    from geoapp.core.questions.reading import Sender, from_text
    from geoapp.operations.ground.in_service import now

    texts: dict[str, Sequence[str]] = {}
    for field in table:
        if isinstance(field.option, str):
            value = given.get(_parameter(field.option))
            if value is not None:
                texts[field.option] = value if isinstance(value, tuple) else (value,)
    datum = Datum(given.get("datum", Datum.WGS84))
    with refused_by_option(table):  # before any store is opened
        question = from_text(table, texts, Sender(settings.timezone, now(), datum))
        question.check()
    return question


@contextmanager
def refused_by_option(table: Table) -> Iterator[None]:
    """Let a refusal speak of the options that were typed, where it speaks of fields of a question."""
    try:
        yield
    except InvalidValueError as error:
        options = {one.name: one.option for one in table if isinstance(one.option, str)}
        options["standard"] = "--standard"
        named = options.get(error.parameter, error.parameter)
        accepted = _with_options(error.accepted, options)
        if (named, accepted) == (error.parameter, error.accepted):
            raise
        raise InvalidValueError(named, error.value or None, accepted) from None


def _with_options(text: Text, options: Mapping[str, str]) -> Text:
    """Return a text with options in the place of the names of fields.

    In English many a name is a word, too: only those that cannot be one, or stand in brackets, are names.
    """
    surely = {name: option for name, option in options.items() if "_" in name}
    in_brackets = {f"({name})": f"({option})" for name, option in options.items()}
    english = re.sub(r"\([a-z_]+\)", lambda one: in_brackets.get(one[0], one[0]), text.en)
    return Text(_replaced(text.zh, options), _replaced(english, surely))


def _replaced(text: str, options: Mapping[str, str]) -> str:
    return re.sub(
        r"(?<![\w-])[a-z][a-z_]+(?![\w-])",
        lambda one: options.get(one[0], one[0]),
        text,
        flags=re.A,
    )

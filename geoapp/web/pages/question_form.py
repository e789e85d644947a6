"""The controls of the planner's forms, made from the tables of their questions."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, asdict, dataclass
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.questions.field import UNIT_TEXT, Field, Kind, Place, Table, Unit

_WRITTEN = (Kind.TEXT, Kind.PHASES, Kind.SIZES, Kind.WEIGHTS)
_OPTIONAL = Text("可不填", "optional")


@dataclass(frozen=True, slots=True)
class Control:
    """One control of a form, as ``planner/_fields.html`` draws it.

    Attributes
    ----------
    name, id
        The field's name, and the element's: the word of the command's option.
    least, most, step
        Range of a number as the page shows it: of a share in percent.
    value, placeholder
        What it starts with; what stands in it while it is empty.
    choices
        Value and words of each choice; none for a number or a text.
    offered
        Value and words of what may be ticked, any number of them; none for what is not ticked.
    """

    name: str
    id: str
    label: Text
    help: Text
    least: str | None
    most: str | None
    step: str | None
    longest: int | None
    value: str
    placeholder: Text | None
    required: bool
    choices: Mapping[str, Text] | None
    offered: Mapping[str, Text] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """How the page's script turns a control into a member of the question, and back.

    Attributes
    ----------
    number, listed
        Whether it is a number, shown ``scale`` times as great as it is asked; whether it is codes, of
        which those that are asked are ticked.
    models
        The models that honour it; empty = all.
    needs
        The member without which it is not asked.
    usual
        What the control shows where a question leaves the member out; None = it is left as it is.
    """

    name: str
    number: bool
    listed: bool
    scale: int
    models: tuple[str, ...]
    needs: str | None
    usual: str | None


def form_parts(
    table: Table,
    offered: Mapping[str, Mapping[str, Text]] | None = None,
    without: Collection[str] = (),
) -> dict[str, Any]:
    """Return what a page needs to draw its controls, and its script to read them.

    ``main`` and ``more`` are controls, ``asked`` what the script is told; ``quotas`` in it are the models
    that honour quotas, whose controls are the page's own, and ``kinds`` what each field holds, so that the
    script reads a question from an address.

    Parameters
    ----------
    offered
        By field of codes what may be ticked: words by code.
    without
        Fields that this installation has nothing for: they are not drawn.
    """
    quotas = [one.models for one in table if one.name == "quotas"]
    return {
        "main": controls(table, Place.MAIN, offered, without),
        "more": controls(table, Place.MORE, offered, without),
        "asked": {
            "controls": [asdict(one) for one in asked(table) if one.name not in without],
            "quotas": quotas[0] if quotas else (),
            "kinds": {one.name: str(one.kind) for one in table},
        },
    }


def controls(
    table: Table,
    place: Place,
    offered: Mapping[str, Mapping[str, Text]] | None = None,
    without: Collection[str] = (),
) -> list[Control]:
    """Return the controls that a page draws at a place, in the order of the table."""
    known = offered or {}
    return [
        _control(table, one, known.get(one.name, {}) if one.kind is Kind.CODES else None)
        for one in table
        if one.page is place and one.name not in without
    ]


def asked(table: Table) -> list[Asked]:
    """Return how the page's script reads the controls that are drawn from the table."""
    return [_asked(table, one) for one in table if one.page in (Place.MAIN, Place.MORE)]


def _scale(field: Field) -> int:
    return 100 if field.unit is Unit.SHARE else 1


def _shown(field: Field, value: Any) -> str:
    """Return a value as the control shows it."""
    if value is None or value is MISSING or value == ():
        return ""
    if field.kind in (Kind.WHOLE, Kind.NUMBER):
        return f"{float(value) * _scale(field):.15g}"
    return str(value)


def _id(field: Field) -> str:
    return field.option.strip("-") if isinstance(field.option, str) else field.name


def _is_required(table: Table, field: Field) -> bool:
    # What starts with something and may not be left out is asked of everybody.
    return table.default(field.name) is MISSING or (
        table.default(field.name) is None and field.start is not None and bool(field.models)
    )


def _control(table: Table, field: Field, offered: Mapping[str, Text] | None) -> Control:
    number = field.kind in (Kind.WHOLE, Kind.NUMBER)
    default = table.default(field.name)
    required = _is_required(table, field)
    notes = [] if field.unit is None else [UNIT_TEXT[field.unit]]
    # What a station costs must be said with a budget, unless the set of candidates says it.
    told = field.needs != "budget" or default == ()
    optional = not required and offered is None and told
    if default in (None, ()) and optional:
        notes.append(_OPTIONAL)
    label = field.label
    if notes:
        zh, en = "，".join(one.zh for one in notes), ", ".join(one.en for one in notes)
        label = Text(f"{label.zh}（{zh}）", f"{label.en} ({en})")
    return Control(
        name=field.name,
        id=_id(field),
        label=label,
        help=field.help,
        least=_shown(field, field.least) if number else None,
        most=_shown(field, field.most) if number else None,
        step=("1" if field.kind is Kind.WHOLE else "any") if number else None,
        longest=field.longest,
        value=_shown(field, default if field.start is None else field.start),
        placeholder=field.written if field.kind in _WRITTEN else None,
        required=required,
        choices=field.choices,
        offered=offered,
    )


def _asked(table: Table, field: Field) -> Asked:
    default = table.default(field.name)
    usual = None if _is_required(table, field) else _shown(field, default)
    models = field.models or (table[field.needs].models if field.needs else ())
    return Asked(
        name=field.name,
        number=field.kind in (Kind.WHOLE, Kind.NUMBER),
        listed=field.kind is Kind.CODES,
        scale=_scale(field),
        models=models,
        needs=field.needs,
        usual=usual,
    )

"""The forms of the import wizard: what was sent, as choices of a draft."""

import re
from typing import Final

from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat, parse_datum
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_MENDED_CHARACTERS
from geoapp.core.vocabulary import load_vocabulary
from geoapp.importers.formats.gpkg import parse_crs
from geoapp.importers.rows.blanks import BLANKS
from geoapp.importers.rows.columns import COLUMNS, IGNORED
from geoapp.importers.rows.degrees import Axis, typed_degrees
from geoapp.importers.rows.issue import KEY_FIELDS
from geoapp.operations.imports.choices import AS_LISTED, SKIP, UPDATE, DraftChoices
from geoapp.web.edge.parameters import without_nul

FIELDS: Final = tuple(column for column in COLUMNS["facilities"])
_NAMES: Final = {column.name for column in FIELDS}
_LINE: Final = re.compile(r"\d{1,9}")
_CELL: Final = re.compile(r"cell-(\d{1,9})-(\d{1,4})")
_AXES: Final[dict[Axis, tuple[str, str]]] = {
    "lon": ("经度", "longitude"),
    "lat": ("纬度", "latitude"),
}
_EXAMPLES: Final[dict[Axis, str]] = {"lon": "120.3826, 120°22'57\"E", "lat": "36.0671, 36°04'02\"N"}
_ORDERS: Final = {"lon,lat": "lon,lat", "lat,lon": "lat,lon"}


def text_sent(name: str, most: int = 200) -> str:
    """Return a field of the form, trimmed.

    Raises
    ------
    InvalidValueError
        If it is longer than ``most``.
    """
    value = without_nul(request.form.get(name, "")).strip()
    if len(value) > most:
        accepted = Text(f"最多 {most} 个字符", f"at most {most} characters")
        raise InvalidValueError(name, value[:80], accepted)
    return value


def number_sent(name: str) -> int | None:
    """Return a whole number of the form; None where it is blank or none."""
    value = text_sent(name)
    return int(value) if _LINE.fullmatch(value) else None


def columns_sent(choices: DraftChoices, names: list[str]) -> DraftChoices:
    """Return choices with what the form says of columns, kind and codes.

    Raises
    ------
    InvalidValueError
        If a field does not exist, or two columns are to be one.
    """
    fields: dict[int, str | None] = {}
    for place, name in enumerate(names):
        said = text_sent(f"field-{place}")
        if said not in ("", IGNORED) and said not in _NAMES:
            accepted = Text("列表中的一项", "one of the list")
            raise InvalidValueError(name[:80], said, accepted)
        if said not in ("", IGNORED) and said in fields.values():
            zh = next(column.zh for column in FIELDS if column.name == said)
            accepted = Text(f"“{zh}”只从一列读取", f"{said} read from one column alone")
            raise InvalidValueError(name[:80], said, accepted)
        fields[place] = said or None
    kind = text_sent("kind")
    if kind and kind not in {one.code for one in load_vocabulary().kinds}:
        raise InvalidValueError("kind", kind, Text("一种类型", "a kind"))
    keys = tuple(name for name in KEY_FIELDS if name in request.form.getlist("key"))
    issue = bool(request.form.get("issue"))
    if issue and not keys:
        accepted = Text("至少一项", "at least one")
        raise InvalidValueError("code_key", "", accepted)
    return choices.changed(
        fields=fields,
        kind=kind or None,
        code_key=keys if issue else None,
        settled=True,
    )


def positions_sent(choices: DraftChoices, lines: list[int]) -> DraftChoices:
    """Return choices with what the form says of datum, CRS, order, and rows without a position.

    Parameters
    ----------
    lines
        The rows that the page listed as without a position; what was accepted on streets for them is
        given up, as `streets_sent` tells what is accepted now.

    Raises
    ------
    InvalidValueError
        If there is no such datum or CRS, or a position is none.
    """
    # A proposal that is pressed goes before what the field still holds from before.
    crs = text_sent("proposed") or text_sent("crs")
    if crs:
        parse_crs(crs)
    said = text_sent("datum")
    by_column = re.fullmatch(r"column-(\d{1,4})", said)
    placed = {line: place for line, place in choices.placed.items() if line not in lines}
    by_street = {line: one for line, one in choices.by_street.items() if line not in lines}
    left_out = {line for line in choices.left_out if not request.form.get(f"back-{line}")}
    every = bool(request.form.get("exchange"))
    exchanged = set(choices.exchanged) - set(lines)
    for line in lines:
        if request.form.get(f"exchange-{line}") or (
            every and request.form.get(f"may-exchange-{line}")
        ):
            exchanged.add(line)
        lon, lat = text_sent(f"lon-{line}"), text_sent(f"lat-{line}")
        if request.form.get(f"out-{line}"):
            left_out.add(line)
        elif lon or lat:
            placed[line] = (_degrees("lon", line, lon), _degrees("lat", line, lat))
            check_lonlat(*placed[line])
    datum = None if not said or by_column else parse_datum(said)
    order = _ORDERS.get(text_sent("order"))
    return DraftChoices.model_validate(
        choices.changed(
            datum=datum,
            datum_place=None if by_column is None else int(by_column[1]),
            crs=crs or None,
            order=order,
            placed=placed,
            by_street=by_street,
            exchanged=tuple(sorted(exchanged)),
            left_out=tuple(sorted(left_out)),
            anywhere=bool(request.form.get("anywhere")),
            without_position=bool(request.form.get("without_position")),
            located=datum is not None or by_column is not None,
        ).model_dump()
    )


def streets_sent(choices: DraftChoices, lines: list[int]) -> dict[int, str]:
    """Return by line which proposed place was ticked; one that is placed by hand, or left out, counts so."""
    ticked = {line: text_sent(f"street-{line}") for line in lines}
    by_hand = {*choices.placed, *choices.left_out}
    return {line: key for line, key in ticked.items() if key and line not in by_hand}


def decisions_sent(choices: DraftChoices) -> DraftChoices:
    """Return choices with what the form says of blank cells, of rows that may be there twice, and mended.

    Raises
    ------
    InvalidValueError
        If a decision is none, or a cell is too long.
    """
    decisions, cells = dict(choices.decisions), {k: dict(v) for k, v in choices.cells.items()}
    left_out = set(choices.left_out)
    said = text_sent("blank") if "blank" in request.form else choices.blank or ""
    if said not in ("", *BLANKS):
        accepted = Text("保留或清空", "keep or clear")
        raise InvalidValueError("blank", said, accepted)
    blank = next((one for one in BLANKS if one == said), None)
    for name in request.form:
        line = name.rpartition("-")[2]
        if name.startswith("row-") and _LINE.fullmatch(line):
            said = text_sent(name, MOST_CODE_CHARACTERS + len(UPDATE))
            if said not in (SKIP, AS_LISTED) and not said.startswith(UPDATE):
                accepted = Text("跳过、照表导入或更新", "skip, as listed or update")
                raise InvalidValueError(name, said, accepted)
            decisions[int(line)] = said
        elif name.startswith("out-") and _LINE.fullmatch(line):
            left_out.add(int(line))
        elif name.startswith("back-") and _LINE.fullmatch(line):
            left_out.discard(int(line))
            decisions.pop(int(line), None)
        elif (cell := _CELL.fullmatch(name)) is not None:
            words = text_sent(name, MOST_MENDED_CHARACTERS)
            if words != without_nul(request.form.get(f"was-{name}", "")).strip():
                cells.setdefault(int(cell[1]), {})[int(cell[2])] = words
    return choices.changed(
        decisions=decisions, cells=cells, left_out=tuple(sorted(left_out)), blank=blank
    )


def _degrees(axis: Axis, line: int, words: str) -> float:
    value = typed_degrees(words, axis)
    if value is None:
        error = InvalidValueError(f"{axis}-{line}", words, Text("度数", "degrees"))
        zh, en = _AXES[axis]
        error.text = Text(
            f"第 {line} 行的{zh}“{words[:40]}”看不懂，应如 {_EXAMPLES[axis]}。",
            f"line {line}: the {en} {words[:40]!r} is not understood; write it as {_EXAMPLES[axis]}.",
        )
        raise error
    return value

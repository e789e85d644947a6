"""Which column of a stranger's table is which: by name, by content, or asked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import is_blank
from geoapp.importers.rows.columns import (
    COLUMNS,
    FACILITY_DERIVED,
    IGNORED,
    REJECT_COLUMNS,
    bare,
    by_name,
    folded,
    further_names,
)
from geoapp.importers.rows.datum_words import PREFERRED, datum_of_heading
from geoapp.importers.rows.fits import CONTENT, STRICT, names_regions
from geoapp.importers.rows.region_names import RegionNames
from geoapp.importers.rows.spoilt import is_error

By = Literal["name", "content", "user", "none"]
KEPT_ASIDE: Final = "-"
_MOST_LOOKED_AT: Final = 500
_SAMPLES: Final = 3
_LEAST_SHARE: Final = 0.8
_EXACT, _OTHER, _FURTHER = 1.0, 0.95, 0.85
_BRACKETS: Final = 0.05
_NAME_ONLY: Final = 0.1
_OF_CODES: Final = re.compile("代码|编码|code")
# A wrong district among few good ones is to be refused, and does not hide what the column is.
_LEAST_SHARES: Final = {"region": 0.5}
# What a column must say before it is taken for one of these without its name.
_BY_CONTENT: Final = ("kind", "lonlat", "lon", "lat", "opening_hours")
_NEEDED: Final = ("kind", "lonlat", "lon", "lat")


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What a column of the file is taken for.

    ``field`` is None where it is kept aside. ``sure`` runs from 0 to 1. ``maybe`` are fields that its
    content would suit, for a person to choose. ``samples`` are some of its cells.
    """

    name: str
    field: str | None
    sure: float
    by: By
    samples: tuple[str, ...]
    maybe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a table is to be read, before anybody agreed: its columns, what to say, what to ask."""

    columns: tuple[ColumnGuess, ...]
    hints: tuple[Text, ...] = ()
    questions: tuple[Text, ...] = ()

    @property
    def fields(self) -> tuple[str | None, ...]:
        """The field of each column, as ``Table.fields``."""
        return tuple(column.field for column in self.columns)

    def check(self) -> None:
        """Refuse to go on where something is left to be asked.

        Raises
        ------
        UnusableInputError
            With every question, and how it is answered.
        """
        if self.questions:
            raise UnusableInputError(
                Text(
                    " ".join(one.zh for one in self.questions),
                    " ".join(one.en for one in self.questions),
                )
            )


@dataclass(slots=True)
class _Column:
    name: str
    cells: list[Any]
    maybe: list[str]
    field: str | None = None
    sure: float = 0.0
    by: By = "none"


def parse_map(words: Sequence[str], names: Sequence[str], kind: str) -> dict[int, str | None]:
    """Return what the user says of columns, by their place; None = kept aside.

    Parameters
    ----------
    words
        Each a column's name and a field, such as ``场所=name_zh``; ``-`` keeps a column aside.

    Raises
    ------
    InvalidValueError
        If there is no such column or field, or one is said twice.
    """
    fields = by_name(COLUMNS[kind])
    places = {folded(name): place for place, name in enumerate(names)}
    chosen: dict[int, str | None] = {}
    for word in words:
        name, _, field_name = word.rpartition("=")
        place = places.get(folded(name))
        if place is None:
            listed = ", ".join(names)[:300]
            raise InvalidValueError(
                "--map", word, Text(f"已有的列：{listed}", f"columns: {listed}")
            )
        target = None if field_name.strip() == KEPT_ASIDE else fields.get(folded(field_name))
        if (target is None and field_name.strip() != KEPT_ASIDE) or place in chosen:
            listed = ", ".join(column.name for column in COLUMNS[kind])
            raise InvalidValueError("--map", word, Text(f"列名={listed}", f"column={listed}"))
        if target is not None and target in chosen.values():
            raise InvalidValueError(
                "--map", word, Text("每个字段只指一列", "each field from one column")
            )
        chosen[place] = target
    return chosen


def propose_columns(
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    chosen: Mapping[int, str | None],
    *,
    filled: Sequence[str] = (),
    regions: RegionNames | None = None,
) -> Proposal:
    """Propose what the columns of a list of facilities are.

    Parameters
    ----------
    chosen
        What the user said, by place; it goes before everything.
    filled
        Fields that are had without a column, such as a kind for all.
    regions
        Those that a column may name; None = they are not known, and only codes are understood.
    """
    looked_at = rows[:_MOST_LOOKED_AT]
    columns = [
        _Column(
            name,
            [row[place] for row in looked_at if place < len(row) and _says(row[place])],
            [],
        )
        for place, name in enumerate(names)
    ]
    hints: list[Text] = []
    questions: list[Text] = []
    for place, target in chosen.items():
        columns[place].field, columns[place].sure, columns[place].by = target, 1.0, "user"
    open_places = [place for place in range(len(columns)) if place not in chosen]
    taken = {target for target in chosen.values() if target is not None} | set(filled)
    strict = STRICT if regions is None else {**STRICT, "region": names_regions(regions)}
    _match_names(columns, open_places, taken, hints, questions, strict)
    taken |= {one.field for one in columns if one.field}
    _match_content(columns, open_places, taken, hints, questions)
    return Proposal(
        tuple(
            ColumnGuess(
                one.name,
                one.field,
                round(one.sure, 2),
                one.by,
                tuple(str(cell)[:40] for cell in one.cells[:_SAMPLES]),
                tuple(one.maybe),
            )
            for one in columns
        ),
        tuple(hints),
        tuple(questions),
    )


def _match_names(
    columns: list[_Column],
    places: Sequence[int],
    taken: set[str],
    hints: list[Text],
    questions: list[Text],
    strict: Mapping[str, Callable[[Any], bool]],
) -> None:
    named: dict[str, list[tuple[float, int]]] = {}
    for place in places:
        name = folded(columns[place].name)
        if name in REJECT_COLUMNS or name in FACILITY_DERIVED:
            columns[place].field, columns[place].by = IGNORED, "name"
            continue
        found = _named(name)
        if found is not None:
            target, sure = found
            named.setdefault(target, []).append((sure, place))
    for target, found_places in named.items():
        ranked = sorted(found_places, reverse=True)
        if target in taken:
            continue
        best = sorted(place for sure, place in ranked if sure == ranked[0][0])
        if len(best) > 1 and target in _NEEDED[1:]:
            best, told = _of_one_datum(columns, best)
            hints.extend(told)
            ranked = [(sure, place) for sure, place in ranked if place in best]
        if len(best) > 1:
            questions.append(_which(target, [columns[place].name for place in best]))
            continue
        for sure, place in ranked[1:]:
            if sure >= _OTHER - _BRACKETS:
                columns[place].field = IGNORED
        sure, place = ranked[0]
        column = columns[place]
        share = _share(strict.get(target), column.cells)
        if sure < _OTHER - _BRACKETS and share < _LEAST_SHARES.get(target, _LEAST_SHARE):
            # Its name alone says so; what stands there would be refused row by row.
            column.maybe.append(target)
            hints.append(
                Text(
                    f"列“{column.name}”的名称像 {target}，内容却有不少读不懂，先另行保存；确实是时请用 "
                    f"--map “{column.name}={target}”。",
                    f"The column {column.name!r} is called like {target}, but much of what stands there "
                    f"is not understood: it is kept aside. If it is, say --map "
                    f"'{column.name}={target}'.",
                )
            )
            continue
        column.field, column.sure, column.by = target, sure, "name"


def _of_one_datum(columns: list[_Column], places: list[int]) -> tuple[list[int], list[Text]]:
    """Return which of several columns of one coordinate is read, where their headings name their datums.

    The others are kept aside. Where the headings do not tell them apart, all are returned, to be asked for.
    """
    datums = {place: datum_of_heading(columns[place].name) for place in places}
    ranked = sorted(
        (PREFERRED.index(datum), place) for place, datum in datums.items() if datum is not None
    )
    if len(ranked) < len(places) or ranked[0][0] == ranked[1][0]:
        return places, []
    taken = ranked[0][1]
    others = [columns[place].name for _, place in ranked[1:]]
    return [taken], [
        Text(
            f"同一坐标有几列，用“{columns[taken].name}”，没有用{'、'.join(f'“{one}”' for one in others)}。",
            f"Of several columns of one coordinate, {columns[taken].name!r} is read, and not "
            f"{', '.join(map(repr, others))}.",
        )
    ]


def _named(name: str) -> tuple[str, float] | None:
    """Return the field that a folded name names, and how surely."""
    for one, less in ((name, 0.0), (bare(name), _BRACKETS)):
        for column in COLUMNS["facilities"]:
            if one in (column.name, folded(column.zh)):
                return column.name, _EXACT - less
            if one in map(folded, column.others):
                return column.name, _OTHER - less
        target = further_names("facilities").get(one)
        if target is not None:
            # Beside a column of the regions' codes, that of their names says nothing more.
            name_only = target == "region" and _OF_CODES.search(one) is None
            return target, _FURTHER - less - (_NAME_ONLY if name_only else 0.0)
    return None


def _match_content(
    columns: list[_Column],
    places: Sequence[int],
    taken: set[str],
    hints: list[Text],
    questions: list[Text],
) -> None:
    """Look for what is still wanting among the columns that no name explains."""
    has_place = bool({"lon", "lat"} <= taken or taken & {"lonlat", "geometry_wkt", "geometry"})
    suits: dict[str, list[int]] = {}
    for place in places:
        column = columns[place]
        if column.field is not None or not column.cells:
            continue
        for target, fits in CONTENT.items():
            if target in taken or (has_place and target in ("lonlat", "lon", "lat")):
                continue
            if sum(map(fits, column.cells)) >= _LEAST_SHARE * len(column.cells):
                suits.setdefault(target, []).append(place)
                if target not in column.maybe:
                    column.maybe.append(target)
    if "lonlat" in suits:
        suits.pop("lon", None)
        suits.pop("lat", None)
    for target, found in suits.items():
        named = [columns[place].name for place in found]
        if target in _BY_CONTENT and len(found) == 1 and columns[found[0]].field is None:
            column = columns[found[0]]
            column.field, column.by = target, "content"
            column.sure = 0.7
            hints.append(
                Text(
                    f"列“{column.name}”按内容读作 {target}（例：{str(column.cells[0])[:30]}）；若不对，请用 "
                    f"--map “{column.name}=-”。",
                    f"The column {column.name!r} was taken for {target} by its content (such as "
                    f"{str(column.cells[0])[:30]}); if that is wrong, say --map '{column.name}=-'.",
                )
            )
        elif target in _NEEDED and len(found) > 1:
            questions.append(_which(target, named))
        elif target not in _NEEDED:
            listed = "、".join(f"“{name}”" for name in named)
            hints.append(
                Text(
                    f"{listed} 的内容像 {target}，没有采用；要采用请用 --map “列名={target}”。",
                    f"The content of {listed} looks like {target} and is not used as that; to use it, "
                    f"say --map 'column={target}'.",
                )
            )


def _which(target: str, names: Sequence[str]) -> Text:
    zh = "和".join(f"“{name}”" for name in names)
    en = " and ".join(repr(name) for name in names)
    options = " / ".join(f"--map '{name}={target}'" for name in names)
    return Text(
        f"文件中的列{zh}是同一列（{target}），请指明用哪一列：{options}。",
        f"The columns {en} mean the same ({target}); say which one is meant: {options}.",
    )


def _share(fits: Callable[[Any], bool] | None, cells: Sequence[Any]) -> float:
    """Return which share of some cells a field would understand."""
    return 1.0 if fits is None or not cells else sum(map(fits, cells)) / len(cells)


def _says(cell: Any) -> bool:
    """Tell whether a cell says anything of its column: an error of a spreadsheet does not."""
    return not is_blank(cell) and not is_error(str(cell).strip())

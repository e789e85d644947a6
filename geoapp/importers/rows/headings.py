"""Where the known columns stand in a file, and which it lacks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.rows.columns import IGNORED, REJECT_COLUMNS, USED, Column, by_name, folded


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column stands in a file; ``extra`` are the others with their place."""

    places: dict[str, int]
    extra: dict[str, int]
    ignored: tuple[str, ...]
    is_rejects_file: bool

    @property
    def given(self) -> frozenset[str]:
        """The known columns that the file has."""
        return frozenset(self.places)


def match_header(
    names: Sequence[str],
    known: Sequence[Column],
    derived: Sequence[str] = (),
    fields: Sequence[str | None] | None = None,
    further: Mapping[str, str] = MappingProxyType({}),
) -> Header:
    """Find the known columns among a file's, in any order and either language.

    Parameters
    ----------
    fields
        Which known column each of the file's is, where that was settled before; None = by their names.
    further
        Further names, folded, with the columns that they lead to where no column of the file is called so.

    Raises
    ------
    UnusableInputError
        If two columns of the file have one meaning or one name.
    """
    meaning = by_name(known)
    exact = {column.name for column in known} | {folded(column.zh) for column in known}
    # A loose name such as ``name`` gives way to the column's own.
    own = {meaning[folded(name)] for name in names if folded(name) in exact}
    called = {meaning[folded(name)] for name in names if folded(name) in meaning}
    places: dict[str, int] = {}
    extra: dict[str, int] = {}
    ignored: list[str] = []
    for place, raw in enumerate(names):
        name = folded(raw)
        settled = None if fields is None else fields[place]
        if name in REJECT_COLUMNS or name in derived or settled == IGNORED:
            ignored.append(raw.strip())
            continue
        if settled == USED:
            continue
        column = meaning.get(name) if fields is None else settled
        if fields is None and column in own and name not in exact:
            ignored.append(raw.strip())
        elif column is None and fields is None and (other := further.get(name)) is not None:
            if other in called or other in places:
                ignored.append(raw.strip())
            else:
                places[other] = place
        elif column is not None:
            if column in places:
                raise _twice(names[places[column]], raw)
            places[column] = place
        else:
            label = raw.strip() or f"column_{place + 1}"
            if label in extra:
                if fields is None:
                    raise _twice(label, raw)
                label = f"{label}_{place + 1}"
            extra[label] = place
    return Header(
        places, extra, tuple(ignored), any(folded(name) == "reject_line" for name in names)
    )


def _twice(first: str, second: str) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"文件中的两列“{first.strip()}”和“{second.strip()}”是同一列，请删去一列。",
            f"The columns {first.strip()!r} and {second.strip()!r} mean the same; remove one.",
        )
    )


def facility_way_out(missing: Sequence[Column]) -> Text:
    """Say how a list of facilities goes in although it lacks a column."""
    names = {column.name for column in missing}
    if "kind" not in names and not names & {"lon", "lat"} and names <= {"code"}:
        return Text("没有编号时可加 --issue-codes。", "Without codes, add --issue-codes.")
    ways = [
        (f"--map '列名={missing[0].name}'", f"--map 'column={missing[0].name}'"),
        *([("--kind 类型", "--kind KIND")] if "kind" in names else []),
        *([("--issue-codes", "--issue-codes")] if "code" in names else []),
        *([("--without-position", "--without-position")] if names & {"lon", "lat"} else []),
        *(
            [("--place-by-street 500m（有地址时）", "--place-by-street 500m (with addresses)")]
            if names & {"lon", "lat"}
            else []
        ),
    ]
    return Text(
        f"站点可用：{'、'.join(zh for zh, _ in ways)}。",
        f"Facilities may use {', '.join(en for _, en in ways)}.",
    )


def require_columns(
    header: Header,
    known: Sequence[Column],
    required: Sequence[str],
    way_out: Callable[[Sequence[Column]], Text] | None = None,
) -> None:
    """Refuse a file that lacks a column.

    Parameters
    ----------
    way_out
        Says of the missing columns how such a file goes in all the same.

    Raises
    ------
    UnusableInputError
        Naming every missing column in both languages.
    """
    missing = [column for column in known if column.name in required]
    missing = [column for column in missing if column.name not in header.places]
    if missing:
        found = ", ".join([*header.places, *header.extra])[:300]
        zh = "、".join(f"{column.zh}（{column.name}）" for column in missing)
        en = ", ".join(column.name for column in missing)
        way = Text("", "") if way_out is None else way_out(missing)
        raise UnusableInputError(
            Text(
                f"文件缺少必需的列：{zh}。已有的列：{found}。{way.zh}",
                f"The file lacks the required columns {en}. It has: {found}. {way.en}".rstrip(),
            )
        )

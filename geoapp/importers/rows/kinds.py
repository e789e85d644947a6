"""The kind of a facility as a cell states it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.vocabulary import kind_at_end, load_vocabulary
from geoapp.importers.formats.table import Record, is_blank
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells

_LEAST_SHARE: Final = 0.8
# A list is called so: 市南区爱心驿站（2024年）情况统计表.
_OF_LISTS: Final = re.compile(
    r"(?:基本|建设|分布|信息|情况|点位|地址|公示|汇总|统计|登记|明细|一览|电子)*(?:名单|名录|台账|清单|列表|目录|表)(?:[（(].*[）)])?$"
)
_YEAR: Final = re.compile(r"[（(][^（）()]*[年月日期版][^（）()]*[）)]")


def names_tell_kinds(records: Iterable[Record], fields: Sequence[str | None]) -> bool:
    """Tell whether a list without a column of kinds says them at the end of its names (``某某爱心驿站``)."""
    if "kind" in fields or "name_zh" not in fields:
        return False
    place = fields.index("name_zh")
    names = [record.cells[place] for record in records if place < len(record.cells)]
    said = [str(name) for name in names if not is_blank(name)]
    told = sum(kind_at_end(name) is not None for name in said)
    return bool(said) and told >= _LEAST_SHARE * len(said)


def kind_of_titles(titles: Iterable[str]) -> tuple[str, str] | None:
    """Return the one kind that a list's title names (``某区爱心驿站一览表``), and the title; None if none."""
    named = {
        kind: title
        for title in titles
        if (kind := kind_at_end(_OF_LISTS.sub("", _YEAR.sub("", title)))) is not None
    }
    return next(iter(named.items())) if len(named) == 1 else None


def kind_of_name(found: Findings, name: str | None) -> str | None:
    """Return the kind that a name ends with, or note that it tells none."""
    kind = None if name is None else kind_at_end(name)
    if kind is None and name is not None:
        found.add(
            "kind",
            name,
            "required",
            f"没有类型一列，名称“{name[:40]}”末尾也看不出类型；请写明类型。",
            f"There is no column of kinds, and the name {name[:40]!r} does not end with one; state it.",
        )
    return kind


def told_of_names(kinds: Iterable[str | None]) -> Text:
    """Say that kinds were read from names, and how many of each."""
    named = {one.code: one.text for one in load_vocabulary().kinds}
    each = Counter(kind for kind in kinds if kind is not None).most_common()
    zh = "，".join(f"{named[kind].zh} {count:,} 处" for kind, count in each)
    en = ", ".join(f"{named[kind].en} {count:,}" for kind, count in each)
    return Text(
        f"没有类型一列，按名称末尾读取：{zh}。不对时请用 --kind 或 --map 写明。",
        f"No column has kinds: they were read from the end of the names: {en}. If that is wrong, state --kind "
        "or --map.",
    )


def told_of_title(kind: str, title: str) -> Text:
    """Say that the kind was read from the list's title."""
    named = next(one.text for one in load_vocabulary().kinds if one.code == kind)
    return Text(
        f"没有类型一列，按标题“{title[:40]}”都读作{named.zh}。不对时请用 --kind 或 --map 写明。",
        f"No column has kinds: by the title {title[:40]!r} all are read as {named.en}. If that is wrong, "
        "state --kind or --map.",
    )


def read_kind(
    found: Findings, cell: Any, resolve: Callable[[str], str | None], default: str | None
) -> str | None:
    """Return a kind's code, by the longest name at the end of its words if need be.

    Parameters
    ----------
    resolve
        Returns a kind's code by a code or name.
    default
        The kind where the cell is blank; None = it may not be blank.
    """
    before = len(found.problems)
    text = cells.read_text(found, "kind", cell)
    if text is None and len(found.problems) == before:
        text = default
    cells.required(found, "kind", "类型", text, before)
    if text is None:
        return None
    kind = resolve(text)
    if kind is None and (kind := kind_at_end(text)) is not None:
        kinds = load_vocabulary().kinds
        named = next(one.text for one in kinds if one.code == kind)
        found.warn(
            "kind",
            text,
            "kind_by_its_end",
            f"类型“{text[:40]}”按“{named.zh}”（{kind}）读取；若不对，请改写此格。",
            f"kind: {text[:40]!r} was read as {named.en} ({kind}); mend the cell if that is wrong.",
        )
    if kind is None:
        kinds = load_vocabulary().kinds
        found.add(
            "kind",
            text,
            "unknown_kind",
            f"类型“{text[:40]}”不认识，应为：station、base、home，或 "
            + "、".join(one.name_zh for one in kinds)
            + "。",
            f"kind: {text[:40]!r} is not known; expected station, base, home or one of "
            + ", ".join(one.code for one in kinds)
            + ".",
        )
    return kind

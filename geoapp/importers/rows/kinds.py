"""The kind of a facility as a cell states it."""

from collections.abc import Callable
from typing import Any

from geoapp.core.vocabulary import kind_at_end, load_vocabulary
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells


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

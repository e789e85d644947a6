"""Codes for lists that have none: region, kind and number, the same again for the same place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.vocabulary import letters_and_digits
from geoapp.importers.problems import Findings
from geoapp.importers.rows.columns import FACILITY_COLUMNS

KEY_FIELDS: Final = ("name_zh", "address", "phone", "host", "operator")
DEFAULT_KEY: Final = ("name_zh", "address")
_ZH: Final = {column.name: column.zh for column in FACILITY_COLUMNS}
NO_REGION: Final = "0"
Key = tuple[str, ...]


def parse_key(words: str) -> tuple[str, ...]:
    """Return the fields by which a place is known again, such as ``name_zh,address``.

    Raises
    ------
    InvalidValueError
        If one is not among those that may serve.
    """
    names = tuple(dict.fromkeys(part.strip() for part in words.split(",") if part.strip()))
    if not names or not set(names) <= set(KEY_FIELDS):
        listed = ",".join(KEY_FIELDS)
        raise InvalidValueError("--code-key", words[:80], Text(listed, listed))
    return names


def key_of(values: Mapping[str, Any], fields: Sequence[str]) -> Key:
    """Return a place's key: its words without regard to width, case, spaces and punctuation."""
    return tuple(letters_and_digits(str(values.get(name) or "")) for name in fields)


@dataclass(slots=True)
class CodeIssuer:
    """Issues codes; ``known`` are the stored codes by key, ``taken`` every code that is or was one."""

    fields: tuple[str, ...] = DEFAULT_KEY
    known: Mapping[Key, Sequence[str]] = field(default_factory=dict)
    taken: Iterable[str] = ()
    _numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code in self.taken:
            self._count(code)

    def _count(self, code: str) -> None:
        match = re.fullmatch(r"(.+-)(\d{1,9})", code)
        if match is not None:
            self._numbers[match[1]] = max(self._numbers.get(match[1], 0), int(match[2]))

    def issue_all(
        self,
        findings: Sequence[Findings],
        values: Sequence[dict[str, Any]],
        regions: Sequence[str | None],
        placed: Iterable[Any],
    ) -> None:
        """Fill in the codes that are wanting, in the order of the rows; note those that cannot be.

        Parameters
        ----------
        placed
            Whether each row has a position: without one and without a region it gets no code, as that
            would have to name where it is.
        """
        keys = [key_of(one, self.fields) for one in values]
        for one in values:
            if one["code"] is not None:
                self._count(one["code"])
        lines: dict[Key, list[int]] = {}
        for found, one, key in zip(findings, values, keys, strict=True):
            if one["code"] is None:
                lines.setdefault(key, []).append(found.line)
        used = {one["code"]: found.line for found, one in zip(findings, values, strict=True)}
        for found, one, key, region, here in zip(
            findings, values, keys, regions, placed, strict=True
        ):
            if one["code"] is not None or not self._may_have(found, key, lines[key]):
                continue
            if found.problems:
                continue  # no number is spent on a row that is not stored
            stored = self.known.get(key, ())
            if not stored and region is None and not here:
                found.add(
                    "region, lon, lat",
                    "",
                    "no_region",
                    "没有坐标，也没有写明区域，编号写不出在哪个区；请填写区域（如“市南区”）或坐标，或给出编号。",
                    "There are neither coordinates nor a region, which the code would name; state the region "
                    "(such as 市南区), the coordinates, or a code.",
                )
                continue
            code = stored[0] if stored else self._next(region, one["kind_code"])
            if code in used:
                found.add(
                    "code",
                    code,
                    "duplicate_code",
                    f"这一行在库中的编号“{code}”在文件第 {used[code]:,} 行已用。",
                    f"The stored code {code!r} of this row is used in line {used[code]:,}.",
                )
                continue
            one["code"] = code
            used[code] = found.line

    def _may_have(self, found: Findings, key: Key, lines: Sequence[int]) -> bool:
        fields = ", ".join(self.fields)
        named = "、".join(_ZH[name] for name in self.fields)
        if not any(key):
            if not found.problems:
                found.add(
                    "code", "", "no_key", f"{named}都是空的，无法编号。", f"{fields}: all blank."
                )
            return False
        others = [line for line in lines if line != found.line]
        if others:
            listed = "、".join(map(str, others[:10]))
            found.add(
                "code",
                " | ".join(key),
                "duplicate_key",
                f"{named}与第 {listed} 行相同，分不清是不是同一处；请改其一、给出编号，或用 --code-key 另选。",
                f"{fields} are the same as in line {listed}: whether it is one place cannot be told. Mend "
                "one, give codes, or choose others with --code-key.",
            )
            return False
        stored = self.known.get(key, ())
        if len(stored) > 1:
            listed = "、".join(stored[:10])
            found.add(
                "code",
                listed,
                "ambiguous_key",
                f"库中有 {len(stored)} 处的{named}相同（{listed}）；请给出编号。",
                f"{len(stored)} stored places have the same {fields} ({listed}); give the code.",
            )
            return False
        return True

    def _next(self, region: str | None, kind: str) -> str:
        prefix = f"{region or NO_REGION}-{kind}-"
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{self._numbers[prefix]:04d}"

"""Cells: how dates, numbers, lists and words are understood, and what is said if they are not."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS
from geoapp.core.parameter_names import named_zh
from geoapp.core.phones import has_number, says_none
from geoapp.core.simplified import simplified
from geoapp.core.vocabulary import load_vocabulary
from geoapp.importers.formats.table import Record, bad_character
from geoapp.importers.problems import Findings
from geoapp.importers.rows.days import FIRST_YEAR, LAST_YEAR, day_of, serial_day
from geoapp.importers.rows.spoilt import error_text, is_error, spoilt

MOST_TEXT_CHARACTERS = 4000
MOST_WHOLE = 2_147_483_647
_SEPARATORS = re.compile(r"[;；、,，\n]")
WHOLE = re.compile(r"([+-]?\d{1,18})(?:\.0+)?\s*(?:人|位)?")
# What turns the direction of writing makes a name read as another one, and is seen by nobody.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_JOINERS = "\u00ad\u180e\u200c\u200d"  # within emoji and some scripts, nothing by themselves
_YES = frozenset({"true", "yes", "y", "1", "是", "示例", "sample"})
_NO = frozenset({"false", "no", "n", "0", "否"})
Word = TypeVar("Word", bound=StrEnum)

_FULL_WIDTH = str.maketrans("．－＋", ".-+")


def fit_row(found: Findings, record: Record, width: int) -> None:
    """Fill a short row up to the header's width; note what is wrong with the row as a whole."""
    row = record.cells
    if record.broken is not None:
        found.add("", row[0] if row else "", "broken_row", record.broken.zh, record.broken.en)
        row[width:] = []
    if len(row) < width:
        row.extend([None] * (width - len(row)))
        return
    over = next((cell for cell in row[width:] if cell not in (None, "")), None)
    if over is not None:
        found.add(
            "",
            over,
            "too_many_cells",
            f"这一行有 {len(row)} 格，表头只有 {width} 列；请检查引号和逗号。",
            f"The row has {len(row)} cells, the header {width}; check quotation marks and commas.",
        )


def as_text(cell: Any) -> str | None:
    """Return a cell's text without space around it; None if nothing stands there to be seen."""
    if cell is None:
        return None
    text = cell if isinstance(cell, str) else str(cell)
    if text.isprintable():
        return text.strip() or None
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return text if text.strip(_JOINERS) else None


def read_text(
    found: Findings, column: str, cell: Any, most: int = MOST_TEXT_CHARACTERS
) -> str | None:
    """Return plain text, or note why it cannot be stored."""
    if cell is None:
        return None
    if isinstance(cell, dict | list):
        found.add(
            column,
            cell,
            "not_text",
            f"{column} 应为文字，而不是 JSON 对象或数组。",
            f"{column} must be text, not a JSON object or array.",
        )
        return None
    text = as_text(cell)
    if text is None:
        return None
    if is_error(text):
        said = error_text(column, text)
        found.add(column, text, "excel_error", said.zh, said.en)
        return None
    bad = bad_character(text)
    if bad is not None:
        found.add(
            column,
            text,
            "bad_character",
            f"{column} 含有控制字符 U+{ord(bad):04X}，请删去。",
            f"{column} holds the control character U+{ord(bad):04X}; remove it.",
        )
        return None
    if len(text) > most:
        found.add(
            column,
            text,
            "too_long",
            f"{column} 有 {len(text):,} 个字符，最多 {most:,} 个。",
            f"{column} has {len(text):,} characters; at most {most:,} are accepted.",
        )
        return None
    return text


def read_code(
    found: Findings, column: str, cell: Any, most: int = MOST_CODE_CHARACTERS
) -> str | None:
    """Return a code, or what is read like one, which is one whatever its width in print.

    Full-width characters and those without width are brought to one form. What a spreadsheet has
    made a number of, its digits gone, is refused, as is ``/``, which no address could carry.
    """
    text = read_text(found, column, cell, most)
    if text is None:
        return None
    damage = spoilt(column, cell, text)
    if damage is not None:
        name, said = damage
        found.add(column, text, name, said.zh, said.en)
        return None
    text = normalised(text)
    if "/" in text and column == "code":
        found.add(
            column,
            text,
            "slash_in_code",
            f"编号“{text[:40]}”含有 /，请改用 - 等字符。",
            f"The code {text[:40]!r} holds a /; use - or another character instead.",
        )
        return None
    if text in {".", ".."} and column == "code":  # clients drop these from addresses
        found.add(
            column,
            text,
            "dots_for_code",
            f"编号不能只是“{text}”，网址无法指到它；请另取编号。",
            f"A code cannot be {text!r} alone: no address leads to it; choose another.",
        )
        return None
    return text or None


def read_phone(found: Findings, column: str, cell: Any) -> str | None:
    """Return a telephone in its own words, with extensions, several numbers and notes.

    Without any digit it is none: refused, but for words that say so, which are told.
    """
    text = read_code(found, column, cell)
    if text is None or has_number(text):
        return text
    if says_none(text):
        found.warn(
            column,
            text,
            "no_phone",
            f"{named_zh(column)}的值“{text}”按没有电话读取。",
            f"{column}: {text!r} is read as no telephone.",
        )
        return None
    found.add(
        column,
        text,
        "bad_phone",
        f"{named_zh(column)}的值“{text[:40]}”里没有数字，不是电话；没有或不知道的请留空。",
        f"{column}: {text[:40]!r} has no digit and is no telephone; leave it empty where there is none or "
        "it is not known.",
    )
    return None


def normalised(text: str) -> str:
    """Return a code without regard to the width of its characters; invisible ones are left out."""
    if text.isascii():
        return text
    wide = unicodedata.normalize("NFKC", text)
    return "".join(one for one in wide if unicodedata.category(one) != "Cf").strip()


def required(found: Findings, column: str, zh: str, value: Any, before: int) -> None:
    """Note that a required cell is empty, unless its own problem was noted after ``before``."""
    if value is None and len(found.problems) == before:
        found.add(column, "", "required", f"缺少{zh}（{column}）。", f"{column} is required.")


def read_date(found: Findings, column: str, cell: Any) -> date | None:
    """Return a date written year first."""
    text = read_text(found, column, cell)
    if text is None:
        return None
    day = day_of(text)
    if day is None and (day := serial_day(text)) is not None:
        found.warn(
            column,
            text,
            "serial_date",
            f"{named_zh(column)}的值“{text}”是 Excel 的日期序号，读作 {day}。",
            f"{column}: {text!r} is a serial date of Excel, read as {day}.",
        )
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        found.add(
            column,
            text,
            "bad_date",
            f"{named_zh(column)}的值“{text[:40]}”不是日期，应如 2024-05-01。",
            f"{column}: {text[:40]!r} is not a date; write it like 2024-05-01.",
        )
        return None
    return day


def read_whole(
    found: Findings, column: str, cell: Any, most: int = MOST_WHOLE, *, least: int = 0
) -> int | None:
    """Return a whole number from ``least`` to ``most``."""
    text = None if isinstance(cell, bool) else read_text(found, column, cell)
    if text is None and not isinstance(cell, bool):
        return None
    match = WHOLE.fullmatch(text or "?")
    if match and least <= int(match[1]) <= most:
        return int(match[1])
    found.add(
        column,
        cell,
        "bad_number",
        f"{named_zh(column)}的值“{str(cell)[:40]}”应为 {least} 至 {most:,} 的整数。",
        f"{column}: {str(cell)[:40]!r} must be a whole number from {least} to {most:,}.",
    )
    return None


def read_number(found: Findings, column: str, cell: Any, *, most: float = 1e12) -> float | None:
    """Return a finite number from 0."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    value = number_of(cell)
    if value is not None and 0.0 <= value <= most:
        return value
    found.add(
        column,
        cell,
        "bad_number",
        f"{named_zh(column)}的值“{str(cell)[:40]}”应为不小于 0 的数。",
        f"{column}: {str(cell)[:40]!r} must be a number, 0 or more.",
    )
    return None


def number_of(cell: Any) -> float | None:
    """Return a cell as a finite number; None if it is none."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, str):
        if "_" in cell or len(cell) > 60:
            return None
        cell = cell.translate(_FULL_WIDTH)  # digits of any width are read as they are
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def read_flag(found: Findings, column: str, cell: Any) -> bool | None:
    """Return yes or no."""
    if isinstance(cell, bool):
        return cell
    text = read_text(found, column, cell)
    if text is None:
        return None
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    found.add(
        column,
        text,
        "bad_flag",
        f"{named_zh(column)}的值“{text[:40]}”应为 true 或 false（是、否）。",
        f"{column}: {text[:40]!r} must be true or false.",
    )
    return None


def read_word(
    found: Findings, column: str, cell: Any, words: Mapping[str, Word], accepted: Text
) -> Word | None:
    """Return a fixed word by its code or a name; ``words`` are casefolded."""
    text = read_text(found, column, cell)
    if text is None:
        return None
    word = words.get(text.casefold()) or words.get(simplified(text).casefold())
    if word is None:
        found.add(
            column,
            text,
            "unknown_word",
            f"{named_zh(column)}的值“{text[:40]}”无效，应为：{accepted.zh}。",
            f"{column}: {text[:40]!r} is not accepted; expected one of {accepted.en}.",
        )
    return word


def word_index(
    texts: Mapping[Word, Text], more: Mapping[str, Word]
) -> tuple[dict[str, Word], Text]:
    """Return every name of some fixed words, casefolded, and what is accepted."""
    index = {str(word).casefold(): word for word in texts}
    for word, text in texts.items():
        index[text.zh.casefold()] = word
        index[text.en.casefold()] = word
    index.update({name.casefold(): word for name, word in more.items()})
    return index, Text(
        "、".join(f"{word}（{text.zh}）" for word, text in texts.items()), ", ".join(texts)
    )


def split_list(cell: Any) -> list[str]:
    """Return the parts of a list cell, a JSON list too."""
    if isinstance(cell, list):
        parts = [str(part) for part in cell]
    else:
        parts = _SEPARATORS.split("" if cell is None else str(cell))
    return [part.strip() for part in parts if part.strip()]


def read_amenities(
    found: Findings, column: str, cell: Any, resolve: Callable[[str], str | None]
) -> tuple[str, ...]:
    """Return amenity codes in the order written, each once."""
    if isinstance(cell, list):
        if not all(isinstance(part, str) for part in cell):
            found.add(
                column,
                cell,
                "not_text",
                f"{column} 应为文字的列表。",
                f"{column} must be a list of texts.",
            )
            return ()
        cell = "; ".join(cell)
    text = read_text(found, column, cell)
    if text is None:
        return ()
    codes: dict[str, None] = {}
    for name in split_list(text):
        code = resolve(name)
        if code is None:
            found.add(
                column,
                name,
                "unknown_amenity",
                f"{column} 中的“{name[:40]}”不是已知的服务设施；可用名称或代码，如：{_amenity_names().zh}。",
                f"{column}: {name[:40]!r} is not a known amenity; codes or names such as "
                f"{_amenity_names().en}.",
            )
        else:
            codes[code] = None
    return tuple(codes)


@lru_cache(maxsize=1)
def _amenity_names() -> Text:
    amenities = load_vocabulary().amenities
    return Text(
        "、".join(amenity.name_zh for amenity in amenities),
        ", ".join(amenity.code for amenity in amenities),
    )


def read_zone(found: Findings, column: str, cell: Any) -> str | None:
    """Return a time zone's name in the time zone database."""
    text = read_text(found, column, cell)
    if text is None or _zone_exists(text):
        return text
    found.add(
        column,
        text,
        "unknown_zone",
        f"{named_zh(column)}的值“{text[:40]}”不是时区，应如 Asia/Shanghai。",
        f"{column}: {text[:40]!r} is not a time zone; write it like Asia/Shanghai.",
    )
    return None


@lru_cache(maxsize=1024)
def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True

"""CSV files: UTF-8 with or without a mark, or GB18030; comma, semicolon or tab."""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator
from pathlib import Path

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Record, Table, check_width, counted, trimmed_header

MOST_CELL_CHARACTERS = 8 * 1024 * 1024
MOST_LINE_CHARACTERS = 2 * MOST_CELL_CHARACTERS
_CHUNK = 1024 * 1024
_ENCODINGS = ("utf-8-sig", "gb18030")
# What a spreadsheet would run as a formula is exported behind an apostrophe.
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def open_csv(path: Path) -> Table:
    """Open a CSV file; the rows are read, and too large ones refused, as they are asked for.

    Raises
    ------
    UnusableInputError
        If the encoding is neither UTF-8 nor GB18030, or the header cannot be read.
    """
    encoding = detect_encoding(path)
    csv.field_size_limit(MOST_CELL_CHARACTERS)
    lines = _lines(path, encoding)
    delimiter = _delimiter(next(lines, ""))
    lines.close()
    rows = _rows(path, encoding, delimiter)
    first = next(rows, None)
    if first is None:
        raise UnusableInputError(Text(f"{path.name} 是空文件。", f"{path.name} is empty."))
    names = trimmed_header(list(first.cells))
    check_width(path, len(names))
    return Table(columns=names, records=rows, has_geometry=False)


def detect_encoding(path: Path) -> str:
    """Return the encoding in which a whole file can be read, UTF-8 before GB18030.

    Raises
    ------
    UnusableInputError
        If it is neither; says where.
    """
    failures = []
    for encoding in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        position = 0
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
                    position += len(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            failures.append(position + error.start)
            continue
        return encoding
    raise UnusableInputError(
        Text(
            f"{path.name} 的编码既不是 UTF-8（第 {failures[0] + 1:,} 字节起不符）也不是 GB18030"
            f"（第 {failures[1] + 1:,} 字节起不符）；请另存为 UTF-8 的 CSV。",
            f"{path.name} is neither UTF-8 (it breaks near byte {failures[0] + 1:,}) nor GB18030 "
            f"(near byte {failures[1] + 1:,}); save it as CSV in UTF-8.",
        )
    )


def _too_long(path: Path, line: int, limit: int) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{path.name} 第 {line:,} 行有过大的单元格（超过 {limit:,} 个字符）；"
            "请检查引号是否成对。",
            f"{path.name}, line {line:,}: a cell is too large (over {limit:,} characters); "
            "check that quotation marks come in pairs.",
        )
    )


def _lines(path: Path, encoding: str) -> Generator[str, None, None]:
    """Read physical lines, none of them longer than may be held in memory."""
    with io.TextIOWrapper(path.open("rb"), encoding=encoding, newline="") as file:
        number = 0
        while line := file.readline(MOST_LINE_CHARACTERS):
            number += 1
            if len(line) >= MOST_LINE_CHARACTERS and not line.endswith(("\n", "\r")):
                raise _too_long(path, number, MOST_CELL_CHARACTERS)
            yield line


def _delimiter(header: str) -> str:
    """Return the delimiter that cuts the header into most columns; the comma before others."""
    return max(",;\t", key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    return counted(_parsed(path, encoding, delimiter))


def _parsed(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(_lines(path, encoding), delimiter=delimiter, strict=False)
    start = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if "field larger" in str(error):
                raise _too_long(path, reader.line_num, MOST_CELL_CHARACTERS) from None
            raise UnusableInputError(
                Text(
                    f"{path.name} 第 {reader.line_num:,} 行不是有效的 CSV：{error}",
                    f"{path.name}, line {reader.line_num:,} is not valid CSV: {error}",
                )
            ) from None
        if cells is None:
            return
        yield Record(start, [unguarded(cell) for cell in cells])
        start = reader.line_num + 1


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell

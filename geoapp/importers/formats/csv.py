"""CSV files in any encoding that can be told; comma, semicolon or tab."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.encoding import find_encoding
from geoapp.importers.formats.table import Record, Table, check_width, counted, trimmed_header

MOST_CELL_CHARACTERS = 8 * 1024 * 1024
MOST_LINE_CHARACTERS = 2 * MOST_CELL_CHARACTERS
_LINES_LOOKED_AT = 10
_SEVERAL = 2
_STATED_DELIMITER = re.compile(r"""["']?sep=([,;\t|])["']?""", re.IGNORECASE)
# What a spreadsheet would run as a formula is exported behind an apostrophe.
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def open_csv(path: Path, encoding: str | None = None) -> Table:
    """Open a CSV file; the rows are read, and too large ones refused, as they are asked for.

    A first line such as ``sep=;``, which spreadsheets write for themselves, is obeyed.

    Parameters
    ----------
    encoding
        What the user says it is; None = find out.

    Raises
    ------
    UnusableInputError
        If the encoding is not known or cannot be told, or the header cannot be read.
    """
    found = find_encoding(path, encoding)
    csv.field_size_limit(MOST_CELL_CHARACTERS)
    lines = _lines(path, found.codec)
    head = list(itertools.islice(lines, _LINES_LOOKED_AT))
    lines.close()
    stated = _STATED_DELIMITER.fullmatch(head[0].strip()) if head else None
    delimiter = stated[1] if stated else _delimiter(head)
    rows = counted(_parsed(path, found.codec, delimiter, skip=1 if stated else 0))
    first = next(rows, None)
    if first is None:
        raise UnusableInputError(Text(f"{path.name} 是空文件。", f"{path.name} is empty."))
    names = trimmed_header(list(first.cells))
    check_width(path, len(names))
    hints = () if found.hint is None else (found.hint,)
    return Table(columns=names, records=rows, has_geometry=False, hints=hints)


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


def _delimiter(head: list[str]) -> str:
    """Return the delimiter that cuts most of the first lines alike, and into most columns.

    The comma comes before others; a title above the header counts for little.
    """

    def agreement(mark: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(head, delimiter=mark) if len(row) > 1)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(",;\t", key=agreement)


class _Lines:
    """Physical lines that can be put back, and those taken since the last record."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else next(self._lines)
        self.taken.append(line)
        return line

    def put_back(self, lines: list[str]) -> None:
        """Hand these lines out again, in their order."""
        self._back.extend(reversed(lines))


def _parsed(path: Path, codec: str, delimiter: str, skip: int) -> Iterator[Record]:
    source = _lines(path, codec)
    for _ in range(skip):
        next(source, None)
    lines = _Lines(source)
    reader = csv.reader(lines, delimiter=delimiter, strict=False)
    start, width = 1 + skip, 0
    while True:
        lines.taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if "field larger" not in str(error):
                raise UnusableInputError(
                    Text(
                        f"{path.name} 第 {start:,} 行不是有效的 CSV：{error}",
                        f"{path.name}, line {start:,} is not valid CSV: {error}",
                    )
                ) from None
            if not _holds_rows(lines.taken, delimiter, width):
                raise _too_long(path, start, MOST_CELL_CHARACTERS) from None
            cells = []  # a quotation mark that nothing closes runs on and on
            swallowed = True
        else:
            swallowed = _has_swallowed(lines.taken, delimiter, width)
        if cells is None:
            return
        if swallowed:
            broken, rest = lines.taken[0], lines.taken[1:]
            yield _broken_record(start, broken, delimiter)
            lines.put_back(rest)
            reader = csv.reader(lines, delimiter=delimiter, strict=False)
            start += 1
            continue
        width = width or len(cells)
        yield Record(start, [unguarded(cell) for cell in cells])
        start += len(lines.taken)


def _has_swallowed(taken: list[str], delimiter: str, width: int) -> bool:
    """Tell whether a record of several lines is one whose quotation mark was never closed.

    A cell may well hold line breaks. But then no line inside it is a whole row of its own, its last
    line closes the mark, and nothing but a delimiter follows a mark that closes.
    """
    if len(taken) < _SEVERAL or not width:
        return False
    if sum(line.count('"') for line in taken) % 2:
        return True
    for line in taken[1:]:
        if (
            line.count('"') % 2 == 0
            and len(next(csv.reader([line], delimiter=delimiter))) == width > 1
        ):
            return True
    try:
        list(csv.reader(taken, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def _holds_rows(taken: list[str], delimiter: str, width: int) -> bool:
    """Tell whether a line after the first is a whole row of its own."""
    return width > 1 and any(
        line.count('"') % 2 == 0 and len(next(csv.reader([line], delimiter=delimiter), [])) == width
        for line in taken[1:]
    )


def _broken_record(line: int, text: str, delimiter: str) -> Record:
    """Return a row whose quotation mark nothing closes, cut as if the mark were an ordinary one."""
    row = next(csv.reader([text], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    return Record(
        line,
        [unguarded(cell) for cell in row],
        broken=Text(
            '这一行有没有配对的双引号（"）；请补上或删去，后面的行已照常读取。',
            'A double quotation mark (") in this line has no partner; add or remove one. The lines '
            "after it were read as usual.",
        ),
    )


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell

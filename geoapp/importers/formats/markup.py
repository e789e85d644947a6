"""Tables of web pages and of XML Spreadsheet 2003, as many systems export them by the name of ``.xls``."""

import html
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.csv import unguarded
from geoapp.importers.formats.encoding import Encoding, find_encoding
from geoapp.importers.formats.sheets import Fit, Rows, pick_rows
from geoapp.importers.formats.table import MOST_COLUMNS, Table
from geoapp.importers.formats.xlsx import broken, table_of

MOST_MARKUP_BYTES: Final = 64 * 1024**2
# Spans and places of cells make much of few bytes.
MOST_MARKUP_CELLS: Final = 5_000_000
_PAGE: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|style|div)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_SHEETS: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_NAMESPACE: Final = _XML_SHEETS.decode() + " "
_CHARSET: Final = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w-]{3,20})""", re.IGNORECASE)
_HEAD: Final = 4096
_UNSEEN: Final = re.compile(r"<!--|<[!?]|<(script|style|title|textarea)\b", re.IGNORECASE)
_TAG: Final = re.compile(
    r"""<(/?)([a-z][\w:-]*+)((?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+)>""", re.IGNORECASE
)
_SPAN: Final = re.compile(
    r"""\b(colspan|rowspan|x:num)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
_SPACES: Final = ("br", "p", "div", "li")


def markup_of(head: bytes) -> str | None:
    """Return what a file is by its first bytes: ``.html``, ``.xml`` (a Spreadsheet 2003) or None."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<?xml") and _XML_SHEETS in head and b"Workbook" in head:
        # A page that Excel wrote names its namespaces, too.
        return ".html" if b"<html" in head.lower() else ".xml"
    return ".html" if _PAGE.match(start) else None


def open_markup(
    path: Path,
    kind: str,
    *,
    sheet: str | None = None,
    fit: Fit | None = None,
    encoding: str | None = None,
) -> Table:
    """Open one table of a web page, or one sheet of an XML Spreadsheet.

    Parameters
    ----------
    kind
        What `markup_of` said.
    sheet
        Its name or number; None = the one that looks like the data. Tables of a page are numbered
        from 1.

    Raises
    ------
    InvalidValueError
        If there is no such sheet.
    UnusableInputError
        If it holds no table, is too large, or several may be meant.
    """
    tables, found = _read(path, kind, encoding)
    name, told = pick_rows(path, tables, sheet, fit)
    hints = told if found.hint is None else (found.hint, *told)
    return table_of(path, name, tables[name], hints)


def markup_sheets(path: Path, kind: str) -> list[str]:
    """Return the names of the tables or sheets.

    Raises
    ------
    UnusableInputError
        If there is none, or it is too large.
    """
    return list(_read(path, kind, None)[0])


def _read(path: Path, kind: str, encoding: str | None) -> tuple[dict[str, Rows], Encoding]:
    size = path.stat().st_size
    if size > MOST_MARKUP_BYTES:
        raise _too_much(path, f"{size / 1e6:,.0f} MB", f"{MOST_MARKUP_BYTES / 1e6:,.0f} MB")
    body = path.read_bytes()
    try:
        found = find_encoding(path, encoding)
    except UnusableInputError:
        said = _CHARSET.search(body[:_HEAD])
        if encoding is not None or said is None:
            raise
        found = find_encoding(path, said[1].decode())
    text = body.decode(found.codec)
    tables = _page(path, text) if kind == ".html" else _workbook(path, text)
    filled = {name: rows for name, rows in tables.items() if any(map(any, rows))}
    if not filled:
        raise broken(path, "没有表格 / no table")
    return filled, found


class _Grid:
    """Rows of cells; one that spans several rows stands in each of them, as in a workbook."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: Rows = []
        # What hangs down into a row, by its column: the last row (from 1) and the value.
        self._hanging: dict[int, tuple[int, Any]] = {}
        self._cells = 0

    def row(self, number: int | None = None) -> None:
        """Begin a row, the next unless its number (from 1) is given."""
        wanted = max(number or 0, len(self.rows) + 1)
        self._count(wanted - len(self.rows))
        while len(self.rows) < wanted:
            self.rows.append([])
            self._hang()

    def cell(self, value: Any, across: int, down: int, number: int | None = None) -> None:
        """Add a cell that spans so many columns and rows beside its own."""
        if not self.rows:
            self.row()
        row = self.rows[-1]
        self._pad((number or 0) - 1 - len(row))
        place = len(row)
        row.append(value)
        self._count(1)
        self._pad(across)
        if down > 0:
            last = len(self.rows) + down
            for one in range(place, len(row)):
                self._hanging[one] = (last, value if one == place else None)
        self._hang()

    def _pad(self, cells: int) -> None:
        if cells > MOST_COLUMNS:
            raise _too_much(self.path, f"{cells:,} 列 / columns", f"{MOST_COLUMNS:,}")
        if cells > 0:
            self._count(cells)
            self.rows[-1].extend([None] * cells)

    def _hang(self) -> None:
        """Put in what hangs down from rows above into the column that comes next."""
        row = self.rows[-1]
        while (hanging := self._hanging.get(len(row))) and hanging[0] >= len(self.rows):
            row.append(hanging[1])
            self._count(1)

    def _count(self, cells: int) -> None:
        self._cells += cells
        if self._cells > MOST_MARKUP_CELLS:
            raise _too_much(self.path, f"{self._cells:,} 格 / cells", f"{MOST_MARKUP_CELLS:,}")


class _Page:
    """Collects the tables of a page; a table inside a cell is one of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.tables: list[_Grid] = []
        self._open: list[_Grid] = []
        # The text and the spans of the cells that are open, by the depth of their tables.
        self._cell: dict[int, tuple[list[str], dict[str, str]]] = {}

    def read(self, text: str) -> None:
        """Read a page; what is no whole tag is text."""
        place = 0
        for tag in _TAG.finditer(text):
            self._words(text[place : tag.start()])
            place = tag.end()
            self._tag(tag[2].lower(), tag[3], is_end=bool(tag[1]))
        self._words(text[place:])
        while self._open:
            self._end_cell()
            self._open.pop()

    def _tag(self, name: str, attributes: str, *, is_end: bool) -> None:
        if name in _SPACES:
            self._words(" ")
        elif name == "table" and not is_end:
            grid = _Grid(self._path)
            self.tables.append(grid)
            self._open.append(grid)
        elif name in ("table", "tr", "td", "th") and self._open:
            self._end_cell()
            if is_end:
                if name == "table":
                    self._open.pop()
            elif name == "tr":
                self._open[-1].row()
            else:
                found = {one[1].lower(): one[2].strip("\"'") for one in _SPAN.finditer(attributes)}
                self._cell[len(self._open)] = ([], found)

    def _words(self, text: str) -> None:
        if text and (held := self._cell.get(len(self._open))) is not None:
            held[0].append(text)

    def _end_cell(self) -> None:
        held = self._cell.pop(len(self._open), None)
        if held is None:
            return
        pieces, attributes = held
        words = " ".join(html.unescape("".join(pieces)).split())
        exact = attributes.get("x:num")
        if exact and _is_number(words) and _is_number(exact):
            words = exact  # Excel shows fewer decimals than it keeps
        self._open[-1].cell(
            unguarded(words),
            _count_of(attributes.get("colspan")) - 1,
            _count_of(attributes.get("rowspan")) - 1,
        )


def _seen(text: str) -> str:
    """Return a page without comments, declarations and scripts; what nothing closes runs to the end.

    Each character is looked at once, however much is left open: the standard library's parser
    searches again from every start, which takes hours on a page made for it.
    """
    pieces, place = [], 0
    while found := _UNSEEN.search(text, place):
        pieces.append(text[place : found.start()])
        if found[1]:
            closing = re.compile(f"</{found[1]}\\b[^<>]*>", re.IGNORECASE).search(text, found.end())
            place = closing.end() if closing else len(text)
        else:
            mark = "-->" if found[0] == "<!--" else ">"
            end = text.find(mark, found.end())
            place = end + len(mark) if end >= 0 else len(text)
    pieces.append(text[place:])
    return "".join(pieces)


def _page(path: Path, text: str) -> dict[str, Rows]:
    page = _Page(path)
    page.read(_seen(text))
    return {str(number): grid.rows for number, grid in enumerate(page.tables, start=1)}


class _Workbook:
    """Collects the sheets of an XML Spreadsheet 2003."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sheets: dict[str, _Grid] = {}
        self._grid = _Grid(path)
        self._spans: tuple[int, int, int | None] = (0, 0, None)
        self._type = ""
        self._pieces: list[str] = []
        self._value: Any = None
        self._in_data = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        def stated(key: str) -> str | None:
            return attributes.get(_NAMESPACE + key)

        tag = name.removeprefix(_NAMESPACE)
        if tag == "Worksheet":
            self._grid = _Grid(self._path)
            self.sheets[stated("Name") or str(len(self.sheets) + 1)] = self._grid
        elif tag == "Row":
            self._grid.row(_number(stated("Index")))
        elif tag == "Cell":
            across, down = _number(stated("MergeAcross")), _number(stated("MergeDown"))
            self._spans = (across or 0, down or 0, _number(stated("Index")))
            self._value = None
        elif tag == "Data":
            self._type, self._pieces, self._in_data = stated("Type") or "", [], True

    def words(self, text: str) -> None:
        if self._in_data:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        tag = name.removeprefix(_NAMESPACE)
        if tag == "Data":
            self._in_data = False
            self._value = _typed("".join(self._pieces), self._type)
        elif tag == "Cell":
            self._grid.cell(self._value, *self._spans)

    def doctype(self, *_: object) -> None:
        raise broken(self._path, "DOCTYPE")


def _workbook(path: Path, text: str) -> dict[str, Rows]:
    book = _Workbook(path)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = book.start
    parser.EndElementHandler = book.end
    parser.CharacterDataHandler = book.words
    parser.StartDoctypeDeclHandler = book.doctype
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise broken(path, str(error)) from None
    return {name: grid.rows for name, grid in book.sheets.items()}


def _typed(words: str, kind: str) -> Any:
    """Return a cell's value as `table_of` takes it; what is not of its type stays as it is written."""
    try:
        if kind == "Number":
            return float(words)
        if kind == "DateTime":
            return datetime.fromisoformat(words)
    except ValueError:
        return words
    return unguarded(words)


def _is_number(words: str) -> bool:
    return re.fullmatch(r"-?[\d,]*\.?\d+", words, re.ASCII) is not None


def _number(words: str | None) -> int | None:
    return int(words) if words and re.fullmatch(r"[0-9]{1,9}", words) else None


def _count_of(words: str | None) -> int:
    return max(_number(words) or 1, 1)


def _too_much(path: Path, found: str, most: str) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"{path.name} 过大（{found}，最多 {most}）；请另存为 .xlsx 或 CSV。",
            f"{path.name} is too large ({found}, at most {most}); save it as .xlsx or CSV.",
        )
    )

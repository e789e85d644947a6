"""Which format a file has; the only one that knows all formats."""

from dataclasses import replace
from pathlib import Path

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.csv import open_csv
from geoapp.importers.formats.encoding import UTF16_MARKS
from geoapp.importers.formats.geojson import json_lists, open_json
from geoapp.importers.formats.gpkg import gpkg_layers, open_gpkg
from geoapp.importers.formats.markup import markup_of, markup_sheets, open_markup
from geoapp.importers.formats.sheets import sheet_names
from geoapp.importers.formats.table import Table, check_width
from geoapp.importers.formats.vector import (
    gml_types,
    kml_folders,
    open_gml,
    open_kml,
    open_shapefile,
    shapefiles,
)
from geoapp.importers.formats.workbooks import check_ods, check_xls, open_ods, open_xls
from geoapp.importers.formats.xlsx import check_xlsx, open_xlsx
from geoapp.importers.formats.zipped import packed_list
from geoapp.importers.osm.amenities import open_amenities
from geoapp.importers.rows.header import fit_of, with_header

SUFFIXES = (
    ".csv",
    ".tsv",
    ".txt",
    ".xlsx",
    ".xls",
    ".ods",
    ".geojson",
    ".json",
    ".topojson",
    ".gpkg",
    ".kml",
    ".kmz",
    ".gml",
    ".zip",
)
_STANDS_FOR = {".json": ".geojson", ".topojson": ".geojson", ".tsv": ".csv", ".txt": ".csv"}
_MARKUP = (".html", ".xml")
_XML = (".kml", ".gml")
_ZIPPED = (".xlsx", ".ods", ".zip", ".kmz")
_KML = (".kml", ".kmz")
_BOOKS = {".xlsx": check_xlsx, ".xls": check_xls, ".ods": check_ods}
_LAYERS = {
    ".geojson": json_lists,
    ".gpkg": gpkg_layers,
    ".kml": kml_folders,
    ".kmz": kml_folders,
    ".gml": gml_types,
    ".zip": shapefiles,
}

_UTF16 = Text(
    "UTF-16 编码的文本，请加 --encoding utf-16，或另存为 UTF-8",
    "text in UTF-16; state --encoding utf-16, or save it as UTF-8",
)
_MAGIC: tuple[tuple[bytes, str, Text], ...] = (
    (
        b"SQLite format 3\x00",
        ".gpkg",
        Text("GeoPackage（SQLite）文件", "a GeoPackage (SQLite) file"),
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ".xls",
        Text(
            "旧版 .xls 或加密的工作簿；若是 .xls 请改后缀，若已加密请另存为不加密的",
            "an old .xls or an encrypted workbook; call it .xls, or save it without a password",
        ),
    ),
    (b"PK\x03\x04", ".xlsx", Text("ZIP 压缩包或 .xlsx 工作簿", "a ZIP archive or .xlsx workbook")),
    (b"PK\x05\x06", ".zip", Text("空的 ZIP 压缩包", "an empty ZIP archive")),
    (b"\x1f\x8b", ".gz", Text("gzip 压缩文件，请先解压", "a gzip file; unpack it first")),
    (b"7z\xbc\xaf\x27\x1c", ".7z", Text("7z 压缩文件，请先解压", "a 7z archive; unpack it first")),
    (b"Rar!", ".rar", Text("RAR 压缩文件，请先解压", "a RAR archive; unpack it first")),
    (b"%PDF", ".pdf", Text("PDF 文件", "a PDF file")),
    (b"\x89PNG", ".png", Text("PNG 图片", "a PNG picture")),
    (b"\xff\xd8\xff", ".jpg", Text("JPEG 图片", "a JPEG picture")),
    (b"\x7fELF", ".elf", Text("程序文件", "a program")),
    (b"\xff\xfe", ".utf16", _UTF16),
    (b"\xfe\xff", ".utf16", _UTF16),
)


def check_suffix(path: Path) -> str:
    """Return the format by a file's name.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        names = " ".join(SUFFIXES)
        raise InvalidValueError(
            "FILE", path.name, Text(f"后缀为 {names} 的文件", f"a file ending in {names}")
        )
    return _STANDS_FOR.get(suffix, suffix)


def is_extract(path: Path) -> bool:
    """Tell whether a file's name is that of an OpenStreetMap extract."""
    return path.name.lower().endswith(".osm.pbf")


def open_table(
    path: Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    crs: str | None = None,
    header: int | None = None,
) -> Table:
    """Open a file of any of the formats, or an OpenStreetMap extract.

    Parameters
    ----------
    layer
        What is wanted of the file: the layer that is preferred in a GeoPackage of several. An
        extract (``.osm.pbf``) has facilities alone. Titles above the header of its columns are
        passed over.
    encoding
        In which a CSV file, a page or a Shapefile's table is written; None = find out.
    sheet
        The sheet, layer or list that is read; None = the one that looks like the data.
    crs
        What the geometries are in; None = what the file states.
    header
        Which of a sheet's first rows in which something stands is its header (the first is 0);
        None = find it.

    Raises
    ------
    InvalidValueError
        If the suffix is not one of a known format, or there is no such sheet.
    UnusableInputError
        If the file cannot be read, is not what its suffix says, or is too large to be believed.
    """
    if is_extract(path) and layer == "facilities":
        return open_amenities(path)
    suffix = check_suffix(path)
    if sheet is not None and suffix == ".csv":
        raise InvalidValueError("--sheet", sheet, Text("CSV 没有工作表", "a CSV has no sheets"))
    if crs is not None and suffix in _KML:
        raise InvalidValueError("--crs", crs, Text("KML 总是经纬度", "KML is always in degrees"))
    fit = fit_of(layer)
    try:
        suffix = _check_content(path, suffix, encoding)
        if suffix == ".zip":
            with packed_list(path) as packed:
                if packed is not None:
                    table = open_table(
                        packed, layer=layer, encoding=encoding, sheet=sheet, crs=crs, header=header
                    )
                    return replace(table, records=list(table.records))
        if suffix == ".csv":
            table = with_header(open_csv(path, encoding), layer, header)
        elif suffix == ".xlsx":
            table = with_header(open_xlsx(path, sheet=sheet, fit=fit), layer, header)
        elif suffix in _MARKUP:
            page = open_markup(path, suffix, sheet=sheet, fit=fit, encoding=encoding)
            table = with_header(page, layer, header)
        elif suffix == ".xls":
            table = with_header(open_xls(path, sheet=sheet, fit=fit), layer, header)
        elif suffix == ".ods":
            table = with_header(open_ods(path, sheet=sheet, fit=fit), layer, header)
        elif suffix == ".geojson":
            table = open_json(path, sheet=sheet, crs=crs)
        elif suffix in _KML:
            table = open_kml(path, sheet=sheet)
        elif suffix == ".gml":
            table = open_gml(path, sheet=sheet, crs=crs)
        elif suffix == ".zip":
            table = open_shapefile(path, sheet=sheet, crs=crs, encoding=encoding)
        else:
            table = open_gpkg(path, layer, stated=sheet, crs=crs)
    except OSError as error:
        raise UnusableInputError(
            Text(
                f"无法读取文件 {path.name}：{error.strerror or error}",
                f"{path.name} cannot be read: {error.strerror or error}",
            )
        ) from None
    check_width(path, len(table.columns))
    return table


def sheets_of(path: Path, *, shown: bool = False) -> list[str]:
    """Return the names of a file's sheets or layers; nothing for a format that has one table alone.

    Parameters
    ----------
    shown
        Whether a workbook's hidden sheets are left out.

    Raises
    ------
    InvalidValueError
        If the suffix is not one of a known format.
    UnusableInputError
        If it is not what its suffix says, or is too large to be believed.
    """
    suffix = _check_content(path, check_suffix(path), None)
    if suffix == ".zip":
        with packed_list(path) as packed:
            if packed is not None:
                return sheets_of(packed, shown=shown)
    if suffix in _MARKUP:
        return markup_sheets(path, suffix)
    if suffix in _BOOKS:
        _BOOKS[suffix](path)
        return sheet_names(path, shown=shown)
    names = _LAYERS.get(suffix)
    return [] if names is None else names(path)


def _check_content(path: Path, suffix: str, encoding: str | None) -> str:
    """Refuse a file whose first bytes are another format's; return how it is read.

    That is its suffix, but for what many systems call ``.xls`` and is a page or an XML Spreadsheet.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\xef\xbb\xbf \r\n\t"):
        raise UnusableInputError(Text(f"{path.name} 是空文件。", f"{path.name} is empty."))
    if suffix == ".csv" and (encoding is not None or head[:2] in UTF16_MARKS):
        return suffix  # in UTF-16 it looks like something else
    if suffix == ".xls" and (markup := markup_of(head)) is not None:
        return markup
    found = next((entry for entry in _MAGIC if head.startswith(entry[0])), None)
    if found is not None and (
        found[1] == suffix or (suffix in _ZIPPED and found[0].startswith(b"PK\x03"))
    ):
        return suffix
    what = _text_nature(head, suffix) if found is None else found[2]
    if what is not None:
        raise UnusableInputError(
            Text(
                f"{path.name} 的内容与后缀 {path.suffix} 不符：它是{what.zh}。",
                f"{path.name} is not what its suffix {path.suffix} says: it is {what.en}.",
            )
        )
    return suffix


def _text_nature(head: bytes, suffix: str) -> Text | None:
    """Say what a file without a known signature is, if not what the suffix says."""
    if head.count(b"\x00") > len(head) // 10:
        return Text("二进制文件或 UTF-16 文本", "a binary file or text in UTF-16")
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    is_json = start.startswith((b'{"', b"{\n", b"{\r", b"{ ", b"[{"))
    is_markup = start[:100].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<kml", b"<svg"))
    if suffix in _XML:
        return None if is_markup or start.startswith(b"<") else Text("不是 XML", "not XML")
    if is_markup:
        return Text("网页或 XML 文件", "a web page or XML file")
    if suffix in (".xlsx", ".xls", ".ods", ".zip", ".kmz", ".gpkg"):
        return (
            Text("JSON 文本", "JSON text")
            if is_json
            else Text("文本或其他文件", "text or something else")
        )
    if suffix == ".csv" and is_json:
        return Text("JSON 文本（请改用 .geojson 后缀）", "JSON text (call it .geojson)")
    if suffix == ".geojson" and not start.startswith((b"{", b"[")):
        return Text("文本，不是 JSON", "text that is not JSON")
    return None

"""Files of packed parts (XLSX, PPTX) with a date that is given, so that the same data are the same bytes."""

import re
import zipfile
from datetime import date
from pathlib import Path

_CORE = "docProps/core.xml"
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")


def settle_file(path: Path, day: date) -> None:
    """Give a packed file and all its parts the date of a day in place of the clock's."""
    stamp = (day.year, day.month, day.day, 0, 0, 0)
    said = f"{day.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(path) as packed:
        parts = [(one.filename, packed.read(one)) for one in packed.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            kept = _STAMP.sub(rb"\g<1>" + said + rb"\g<3>", content) if name == _CORE else content
            packed.writestr(zipfile.ZipInfo(name, stamp), kept, zipfile.ZIP_DEFLATED)

"""Files of packed parts (XLSX, PPTX) with a date that is given, so that the same data are the same bytes."""

import re
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

_CORE = "docProps/core.xml"
# The prefix is any: whoever registers another for that namespace in this process changes it.
_STAMP = re.compile(rb"(<[\w.-]+:(created|modified)\b[^>]*>)[^<]*(<)")


def settle_file(path: Path, day: date) -> None:
    """Give a packed file and all its parts the date of a day in place of the clock's."""
    path.write_bytes(_settled(path.read_bytes(), day))


def _settled(content: bytes, day: date) -> bytes:
    stamp = (day.year, day.month, day.day, 0, 0, 0)
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as packed, zipfile.ZipFile(made, "w") as settled:
        for one in packed.infolist():
            part = _part(one.filename, packed.read(one), day)
            settled.writestr(zipfile.ZipInfo(one.filename, stamp), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _part(name: str, content: bytes, day: date) -> bytes:
    if name.endswith(".xlsx"):
        # The workbook of a chart within a slide is packed itself.
        return _settled(content, day)
    if name == _CORE:
        said = f"{day.isoformat()}T00:00:00Z".encode()
        return _STAMP.sub(rb"\g<1>" + said + rb"\g<3>", content)
    return content

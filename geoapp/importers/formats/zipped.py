"""A list packed into a ZIP archive, as mail and portals hand it over."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text

# What is unpacked is held in memory.
MOST_LIST_BYTES: Final = 64 * 1024**2
_LISTS: Final = (".csv", ".tsv", ".xlsx", ".xls", ".ods")
_SHAPE: Final = ".shp"
_MOST_NAMED: Final = 20


@contextmanager
def packed_list(path: Path) -> Iterator[Path | None]:
    """Unpack the one list of an archive into a folder of its own for as long as it is read.

    Yields
    ------
    The list, by the archive's name and its own suffix; None where the archive holds none, or a
    Shapefile.

    Raises
    ------
    UnusableInputError
        If it is no archive, holds several lists, or the list unpacks to too much.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            target = _unpacked(path, Path(folder))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise UnusableInputError(
                Text(
                    f"{path.name} 不是完好的 ZIP，或已加密（{error}）。",
                    f"{path.name} is not a sound ZIP, or is encrypted ({error}).",
                )
            ) from None
        yield target


def _unpacked(path: Path, folder: Path) -> Path | None:
    with zipfile.ZipFile(path) as archive:
        parts = [(PurePosixPath(one.filename), one) for one in archive.infolist()]
        if any(name.suffix.lower() == _SHAPE for name, _ in parts):
            return None
        lists = [
            (name, part)
            for name, part in parts
            if name.suffix.lower() in _LISTS
            and not name.name.startswith((".", "~$"))
            and "__MACOSX" not in name.parts
        ]
        if not lists:
            return None
        if len(lists) > 1:
            listed = "、".join(f"“{name.name[-80:]}”" for name, _ in lists[:_MOST_NAMED])
            raise UnusableInputError(
                Text(
                    f"{path.name} 里有 {len(lists)} 个表格文件：{listed}；请解压后逐个导入。",
                    f"{path.name} holds {len(lists)} lists: {listed}; unpack it and import them one by one.",
                )
            )
        [(name, part)] = lists
        # Counted by what is read and not by what the archive says.
        with archive.open(part) as source:
            content = source.read(MOST_LIST_BYTES + 1)
        if len(content) > MOST_LIST_BYTES:
            most = f"{MOST_LIST_BYTES / 1e6:,.0f} MB"
            raise UnusableInputError(
                Text(
                    f"{path.name} 里的表格过大（解压后超过 {most}）；请解压后导入。",
                    f"The list in {path.name} is too large (over {most} unpacked); unpack it and import it.",
                )
            )
        # An archive's names may lead anywhere, and are often in an encoding that nobody states.
        target = folder / f"{path.stem}{name.suffix.lower()}"
        target.write_bytes(content)
        return target

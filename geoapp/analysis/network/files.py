"""A folder of arrays: a file each, and a manifest with their checksums; whole or not there."""

import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"

Int = NDArray[Any]


def write_folder(folder: Path, arrays: dict[str, Int], manifest: dict[str, Any]) -> None:
    """Write arrays to a new folder, which appears whole or not at all.

    Parameters
    ----------
    manifest
        Told back by `describe`, with the format and the arrays' checksums.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    fresh.mkdir()
    try:
        checksums = {}
        for name, values in arrays.items():
            with (fresh / f"{name}.npy").open("wb") as file:
                np.save(file, values, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
            checksums[name] = _checksum(values)
        with (fresh / _MANIFEST).open("w", encoding="utf-8") as text:
            whole = {"format": FORMAT, **manifest, "checksums": checksums}
            json.dump(whole, text, ensure_ascii=False)
            text.flush()
            os.fsync(text.fileno())
        fresh.rename(folder)
        _sync_folder(folder.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def read_array(folder: Path, name: str, checksums: dict[str, str]) -> Int:
    """Read an array and hold it against its checksum.

    Raises
    ------
    OSError, ValueError, EOFError
        If it is not there, or not as it was saved.
    """
    values = np.load(folder / f"{name}.npy", allow_pickle=False)
    if _checksum(values) != checksums.get(name):
        raise ValueError(f"{name}.npy")
    return np.asarray(values)


def _checksum(values: Int) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).data).hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def describe(folder: Path) -> dict[str, Any]:
    """Return a saved network's manifest: version, bounds, statistics, about.

    Raises
    ------
    UnusableInputError
        If the folder holds no network of this format.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, EOFError) as error:
        raise damaged(folder, error) from None
    if manifest.get("format") != FORMAT:
        raise damaged(folder, ValueError(f"format {manifest.get('format')}"))
    return manifest


def damaged(folder: Path, error: Exception) -> UnusableInputError:
    """Return the error that says that a folder holds no sound network, and why."""
    return UnusableInputError(
        Text(
            f"{folder} 不是完好的步行网络（{error}）；请重新导入。",
            f"{folder} is no sound walking network ({error}); import it again.",
        )
    )

"""The base map of this installation: made once, swapped whole, shared by all processes.

It lies in ``streets/VERSION`` of the data folder, ``base.pmtiles`` with ``about.json`` and the names of
the streets, ``names.json``, beside it, and is never changed; ``streets/current`` names the one in use
and is replaced in one step. A version is the beginning of the SHA-256 of map and names. Maps that were
made before names were kept have none.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from geoapp.core.errors import UnusableInputError
from geoapp.core.files import replaced_whole, synced
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings

FILE: Final = "base.pmtiles"
ABOUT: Final = "about.json"
NAMES: Final = "names.json"
LEFT_BY_US: Final = ".making-"
_CURRENT: Final = "current"
_BEGINNING: Final = b"PMTiles\x03"
_VERSION_LETTERS: Final = 16


@dataclass(frozen=True, slots=True)
class BaseMap:
    """A base map that lies in the data folder."""

    version: str
    path: Path

    @property
    def bytes(self) -> int:
        """How large it is; 0 where it is gone, as when another one takes its place."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def names(self) -> Path | None:
        """The file with the streets' names; None where the map was made before they were kept."""
        path = self.path.parent / NAMES
        return path if path.is_file() else None


def streets_folder(settings: Settings) -> Path:
    """Return where base maps lie, whether there is one or not."""
    return settings.data / "streets"


def base_map(settings: Settings) -> BaseMap | None:
    """Return the base map in use; None where no streets were imported."""
    folder = streets_folder(settings)
    try:
        version = (folder / _CURRENT).read_text(encoding="ascii").strip()
    except OSError:
        return None
    path = folder / version / FILE
    return BaseMap(version, path) if version and path.is_file() else None


def describe_base_map(base: BaseMap) -> dict[str, Any]:
    """Return what is told of a base map: its name, clip, bounds, counts and size."""
    try:
        told: dict[str, Any] = orjson.loads((base.path.parent / ABOUT).read_bytes())
    except (OSError, ValueError):
        raise _damaged(base.path) from None
    return told


def version_of(path: Path) -> str:
    """Return the version that a PMTiles file has by its content, and that of the names beside it.

    Raises
    ------
    UnusableInputError
        If it is not a whole PMTiles file.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            if file.read(len(_BEGINNING)) != _BEGINNING:
                raise _damaged(path)
            file.seek(0)
            while part := file.read(1 << 20):
                digest.update(part)
        names = path.parent / NAMES
        if names.is_file():
            digest.update(names.read_bytes())
    except OSError:
        raise _damaged(path) from None
    return digest.hexdigest()[:_VERSION_LETTERS]


def verify_base_map(base: BaseMap) -> None:
    """Check that a base map is what its version says.

    Raises
    ------
    UnusableInputError
        If it is damaged; the text says what to do.
    """
    if version_of(base.path) != base.version:
        raise _damaged(base.path)
    describe_base_map(base)


def save_base_map_beside(settings: Settings, made: Path) -> BaseMap:
    """Move a folder with ``base.pmtiles`` and ``about.json`` to its place, to be taken into use.

    The folder must lie on the data folder's file system; it is gone where the same map is there.
    """
    version = version_of(made / FILE)
    folder = streets_folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    base = BaseMap(version, folder / version / FILE)
    try:
        verify_base_map(base)
    except UnusableInputError:
        shutil.rmtree(folder / version, ignore_errors=True)
        for name in (FILE, ABOUT, NAMES):
            if (made / name).is_file():  # names may lack in a backup of before
                synced(made / name)
        made.rename(folder / version)
        synced(folder)
    return base


def take_base_map_into_use(settings: Settings, base: BaseMap) -> None:
    """Let a saved base map be the one in use, and remove the others."""
    folder = streets_folder(settings)
    with replaced_whole(folder / _CURRENT) as fresh:
        fresh.write_text(base.version, encoding="ascii")
    remove_unused_base_maps(settings)


def remove_unused_base_maps(settings: Settings) -> None:
    """Remove every base map but the one in use."""
    folder, in_use = streets_folder(settings), base_map(settings)
    for other in folder.iterdir() if folder.is_dir() else ():
        # Whoever is being sent it keeps the file until it is closed. A name with a dot is that of an
        # import at work.
        if other.is_dir() and other.name[0] != "." and (not in_use or other.name != in_use.version):
            shutil.rmtree(other, ignore_errors=True)


def _damaged(path: Path) -> UnusableInputError:
    return UnusableInputError(
        Text(
            f"底图文件已损坏：{path}；请重新导入（geoapp import streets 文件.osm.pbf）",
            f"The base map is damaged: {path}; import it again (geoapp import streets FILE.osm.pbf)",
        )
    )

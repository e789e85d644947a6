"""The walking network of this installation: imported once, swapped whole, shared by all processes.

A network lies in ``networks/VERSION`` of the data folder and is never changed; ``networks/current``
names the one in use and is replaced in one step. Every process looks at that name, so a new network
is seen by all within a second, without a restart.
"""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from geoapp.analysis.network.graph import WalkingNetwork, describe
from geoapp.core.errors import UnavailableError, UnusableInputError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings

CHECK_SECONDS: Final = 0.5
_CURRENT: Final = "current"
Progress = Callable[[float, Text], None]


def _folder(settings: Settings) -> Path:
    return settings.data / "networks"


def take_into_use(settings: Settings, network: WalkingNetwork, about: dict[str, Any]) -> bool:
    """Save a network unless it is there, let ``current`` name it, and remove the others.

    ``about`` has its ``name`` and the region it was clipped to (``clip``, a code or None). Tells
    whether this very network was in use already.
    """
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = folder / network.version
    if wanted.is_dir() and not _is_sound(wanted):
        shutil.rmtree(wanted)
    unchanged = wanted.is_dir() and _named(folder) == network.version
    if not wanted.is_dir():
        try:
            network.save(wanted, about)
        except OSError as error:
            if not wanted.is_dir():  # another import of the same file may have been faster
                raise UnusableInputError(
                    Text(f"无法保存网络：{error}", f"The network cannot be saved: {error}")
                ) from None
    with replaced_whole(folder / _CURRENT) as fresh:
        fresh.write_text(network.version, encoding="ascii")
    for other in folder.iterdir():
        # Whoever has it open keeps its files until they are closed.
        # A name with a dot is that of an import that is still at work.
        if other.is_dir() and other.name != network.version and other.name[0] != ".":
            shutil.rmtree(other, ignore_errors=True)
    return unchanged


def _is_sound(folder: Path) -> bool:
    try:
        WalkingNetwork.load(folder)
    except UnusableInputError:
        return False
    return True


def _named(folder: Path) -> str | None:
    try:
        return (folder / _CURRENT).read_text(encoding="ascii").strip() or None
    except OSError:
        return None


def network_folder(settings: Settings) -> Path | None:
    """Return where the network in use lies; None where there is none."""
    version = _named(_folder(settings))
    return None if version is None else _folder(settings) / version


def describe_network(settings: Settings) -> dict[str, Any] | None:
    """Return the manifest of the network in use: version, bounds, statistics, about; None if none."""
    folder = network_folder(settings)
    return None if folder is None else describe(folder)


class NetworkKeeper:
    """The network in use as this process sees it, no older than ``CHECK_SECONDS``."""

    def __init__(self, settings: Settings) -> None:
        self._folder = _folder(settings)
        self._lock = threading.Lock()
        self._network: WalkingNetwork | None = None
        self._checked = -1e9

    def current(self) -> WalkingNetwork | None:
        """Return the network in use; None where none was imported.

        Raises
        ------
        UnavailableError
            If the network in use is damaged.
        """
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return self._network
        with self._lock:
            if time.monotonic() - self._checked >= CHECK_SECONDS:
                asked = time.monotonic()
                self._network = self._read()
                self._checked = asked
            return self._network

    def _read(self) -> WalkingNetwork | None:
        for last in (False, True):
            version = _named(self._folder)
            if version is None:
                return None
            if self._network is not None and self._network.version == version:
                return self._network
            try:
                return WalkingNetwork.load(self._folder / version)
            except UnusableInputError as error:
                # It may have been swapped between the two looks.
                if last:
                    raise UnavailableError(error.text) from None
        return None

"""The walking network of this installation: imported once, swapped whole, shared by all processes.

A network lies in ``networks/VERSION`` of the data folder and is never changed; ``networks/current``
names the one in use and is replaced in one step. Every process looks at that name, so a new network
is seen by all within a second, without a restart. It is checked when it is read: a damaged one is
refused with a sentence, and nearest answers are estimates until it is imported again (ADR 0014).
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from geoapp.analysis.network.files import describe
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.errors import UnavailableError, UnusableInputError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings

log = logging.getLogger(__name__)

CHECK_SECONDS: Final = 0.5
_CURRENT: Final = "current"
Progress = Callable[[float, Text], None]
_Key = tuple[str, int, int]


def _folder(settings: Settings) -> Path:
    return settings.data / "networks"


def save_beside(settings: Settings, network: WalkingNetwork, about: dict[str, Any]) -> bool:
    """Save a network unless it is there, so that taking it into use is quick and cannot fail.

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
    return unchanged


def take_into_use(settings: Settings, network: WalkingNetwork, about: dict[str, Any]) -> bool:
    """Save a network as `save_beside` does, let ``current`` name it, and remove the others."""
    unchanged = save_beside(settings, network, about)
    folder = _folder(settings)
    with replaced_whole(folder / _CURRENT) as fresh:
        fresh.write_text(network.version, encoding="ascii")
    remove_unused(settings)
    return unchanged


def remove_unused(settings: Settings) -> None:
    """Remove every network but the one in use."""
    folder = _folder(settings)
    in_use = _named(folder)
    for other in folder.iterdir():
        # Whoever has it open keeps its files until they are closed.
        # A name with a dot is that of an import that is still at work.
        if other.is_dir() and other.name != in_use and other.name[0] != ".":
            shutil.rmtree(other, ignore_errors=True)


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


# What is in use or damaged is known to the whole process: a network is read and checked once, and
# kept for as long as somebody holds it.
_loaded: WeakValueDictionary[_Key, WalkingNetwork] = WeakValueDictionary()
_refused: dict[Path, tuple[_Key, Text]] = {}
_reading = threading.Lock()


def _key_of(folder: Path) -> _Key:
    try:
        found = folder.stat()
    except OSError:
        return str(folder), 0, 0
    return str(folder), found.st_ino, found.st_mtime_ns


def _loaded_once(folder: Path) -> WalkingNetwork:
    """Return a saved network, read and checked at most once for as long as it is held.

    Raises
    ------
    UnusableInputError
        If it is damaged; it is not read again until another one lies there.
    """
    with _reading:
        key = _key_of(folder)
        network = _loaded.get(key)
        if network is not None:
            return network
        known, text = _refused.get(folder, (None, None))
        if known == key and text is not None:
            raise UnusableInputError(text)
        try:
            network = WalkingNetwork.load(folder)
        except UnusableInputError as error:
            _refused[folder] = key, error.text
            log.error("%s", error.text.en)
            raise
        _refused.pop(folder, None)
        _loaded[key] = network
        return network


class NetworkKeeper:
    """The network in use as this process sees it, no older than ``CHECK_SECONDS``."""

    def __init__(self, settings: Settings) -> None:
        self._folder = _folder(settings)
        self._lock = threading.Lock()
        self._network: WalkingNetwork | None = None
        self._damage: Text | None = None
        self._checked = -1e9

    def current(self) -> WalkingNetwork | None:
        """Return the network in use; None where none was imported.

        Raises
        ------
        UnavailableError
            If the network in use is damaged.
        """
        network = self.sound()
        if self._damage is not None:
            raise UnavailableError(self._damage)
        return network

    def sound(self) -> WalkingNetwork | None:
        """Return the network in use; None where there is none, or where it is damaged.

        For answers that say of each walk what it rests on: meanwhile they estimate. The damage is
        in the log and in what ``geoapp doctor`` finds.
        """
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return self._network
        with self._lock:
            if time.monotonic() - self._checked >= CHECK_SECONDS:
                asked = time.monotonic()
                try:
                    self._network, self._damage = self._read(), None
                except UnusableInputError as error:
                    self._network, self._damage = None, error.text
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
                return _loaded_once(self._folder / version)
            except UnusableInputError:
                # It may have been swapped between the two looks.
                if last:
                    raise
        return None

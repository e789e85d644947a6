"""The lock file, cut down to what one Python on one kind of machine needs."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from email.parser import HeaderParser

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# What only builds our wheel; it is in the bundle ready made.
_FOR_BUILDING = frozenset({"build"})
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\]*?))?\s*\\?$")
_HASH = re.compile(r"^\s+--hash=(sha256:[0-9a-f]{64})")
_PARENT = re.compile(r"^\s+#\s+(?:via\s+)?([A-Za-z0-9._-]+)")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of the lock: its version, the hashes of its files, and who asks for it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    marker: Marker | None
    parents: tuple[str, ...]

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Tell whether it is meant for this Python and machine."""
        return self.marker is None or self.marker.evaluate(dict(environment))


def read_lock(text: str) -> dict[str, Locked]:
    """Read a lock file with hashes and with the comments that say who asks for a package."""
    found: dict[str, Locked] = {}
    head: tuple[str, str, Marker | None] | None = None
    hashes: list[str] = []
    parents: list[str] = []

    def close() -> None:
        if head is not None:
            name = canonicalize_name(head[0])
            found[name] = Locked(name, head[1], tuple(hashes), head[2], tuple(parents))

    for line in text.splitlines():
        pin, one, parent = _PIN.match(line), _HASH.match(line), _PARENT.match(line)
        if pin:
            close()
            head = (pin[1], pin[2], Marker(pin[3]) if pin[3] else None)
            hashes, parents = [], []
        elif one:
            hashes.append(one[1])
        elif parent and parent[1] != "via":
            parents.append(canonicalize_name(parent[1]))
    close()
    return found


@dataclass(frozen=True, slots=True)
class Declared:
    """What our wheel says of itself: its version, and what it needs with which extra."""

    version: str
    requirements: tuple[Requirement, ...]
    extras: tuple[str, ...]

    def roots(self, extras: Set[str], environment: Mapping[str, str]) -> frozenset[str]:
        """Return the names of what is asked for directly."""
        asked = ["", *sorted(extras)]
        return frozenset(
            canonicalize_name(one.name)
            for one in self.requirements
            if one.marker is None
            or any(one.marker.evaluate({**environment, "extra": extra}) for extra in asked)
        )


def read_metadata(text: str) -> Declared:
    """Read a wheel's ``METADATA``."""
    said = HeaderParser().parsestr(text)
    return Declared(
        said["Version"],
        tuple(Requirement(one) for one in said.get_all("Requires-Dist", [])),
        tuple(said.get_all("Provides-Extra", [])),
    )


def locked_extras(
    declared: Declared, lock: Mapping[str, Locked], environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the extras that the lock holds whole."""
    plain = declared.roots(frozenset(), environment)
    return tuple(
        extra
        for extra in sorted(declared.extras)
        if extra not in _FOR_BUILDING and declared.roots({extra}, environment) - plain <= set(lock)
    )


def needed(
    lock: Mapping[str, Locked], roots: Set[str], environment: Mapping[str, str]
) -> list[Locked]:
    """Return what ``roots`` need, they themselves included, by name.

    Raises
    ------
    KeyError
        If the lock does not hold one of the roots.
    """
    fitting = {name: one for name, one in lock.items() if one.fits(environment)}
    taken = {name for name in roots if lock[name].fits(environment)}
    while True:
        more = {name for name, one in fitting.items() if taken & set(one.parents)} - taken
        if not more:
            return [fitting[name] for name in sorted(taken)]
        taken |= more


def environment_of(python: str, machine: str) -> dict[str, str]:
    """Return what markers ask about, for CPython on Linux.

    Parameters
    ----------
    python
        Major and minor version, as ``3.11``.
    """
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
        "extra": "",
    }

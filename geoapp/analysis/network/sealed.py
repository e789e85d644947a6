"""Arrays in memory that nobody can change or cut short any more."""

import fcntl
import os
import sys
import tempfile
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

_ALIGNED: Final = 64  # bytes: a line of the processor's memory


def _nameless() -> BinaryIO:
    """Return a file without a name: in memory where the system has such, else one already removed."""
    if sys.platform == "linux":
        handle = os.memfd_create("geoapp-network", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        return os.fdopen(handle, "w+b")
    return tempfile.TemporaryFile()


def sealed(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return copies of arrays in one piece of memory that is closed against every change.

    A file that is mapped and then cut short ends the process that reads it (SIGBUS), and one that
    is overwritten changes what it reads. This memory has no name under which anybody could do
    either, and on Linux it cannot change its size.
    """
    places, size = {}, 0
    for name, values in arrays.items():
        places[name] = size
        size += -(-values.nbytes // _ALIGNED) * _ALIGNED
    with _nameless() as file:
        file.truncate(size)
        for name, values in arrays.items():
            file.seek(places[name])
            file.write(np.ascontiguousarray(values).data)
        file.flush()
        if sys.platform == "linux":
            # Not against writing: kernels before 6.7 then refuse to map it even to be read.
            seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
            fcntl.fcntl(file.fileno(), fcntl.F_ADD_SEALS, seals | fcntl.F_SEAL_SEAL)
        # As plain arrays: the subclass for mapped files makes every small step slower.
        return {
            name: np.asarray(
                np.memmap(file, values.dtype, mode="r", offset=places[name], shape=values.shape)
            )
            for name, values in arrays.items()
        }

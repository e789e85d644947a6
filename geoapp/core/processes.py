"""Processes that belong together: they end with their parent, and are started again with patience."""

import contextlib
import ctypes
import os
import signal
import socket
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # Linux, prctl(2)
_PR_SET_NAME: Final = 15
_LONG_ENOUGH_SECONDS: Final = 30.0
_FIRST_WAIT_SECONDS: Final = 0.5
_LONGEST_WAIT_SECONDS: Final = 30.0


def end_with_parent(parent: int, number: signal.Signals) -> None:
    """Let the kernel send this process a signal when the parent that forked it ends, however it ends.

    A parent that was killed cannot end its children; they would keep its port and its database.

    Parameters
    ----------
    parent
        The parent's process number, noted before the fork.
    number
        The signal. To be called in the child's main thread, right after the fork.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel was asked
        os.kill(os.getpid(), number)


def ending_with_us(argv: Sequence[str | Path]) -> list[str]:
    """Return a command that is killed when the process that starts it ends, however it ends.

    A program that changes something must not go on behind the back of whoever believes that it ended
    with the one that started it. To be started from a thread that lives as long as it is needed.
    """
    # Before the program, in its own process: between fork and exec, code of ours would be unsafe where
    # other threads hold locks.
    first = (
        "import ctypes, os, sys; "
        f"ctypes.CDLL(None).prctl({_PR_SET_PDEATHSIG}, {int(signal.SIGKILL)}, 0, 0, 0); "
        "os.getppid() == int(sys.argv[1]) or sys.exit(1); "
        "os.execv(sys.argv[2], sys.argv[2:])"
    )
    return [sys.executable, "-ISc", first, str(os.getpid()), *(str(part) for part in argv)]


def name_process(name: str) -> None:
    """Give this process a name, at most 15 bytes, by which ``ps`` and ``top`` show it."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode("ascii"), 0, 0, 0)


def let_go_of_readers(seconds: float) -> None:
    """End connections whose other side takes nothing of what it is sent for so long.

    It is the kernel that ends them: nothing else sees whether a reader takes anything. Set on every
    socket that this process listens on, from which each connection inherits it.
    """
    for number in map(int, os.listdir("/proc/self/fd")):
        # A copy of anything else would stay, and hold the other end of somebody's pipe open for ever.
        with contextlib.suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as one:
                if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    limit_ms = round(seconds * 1000)
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limit_ms)


class Patience:
    """How long to wait before a process that ended is started again.

    Not at all the first time; each further time that it did not live long, twice as long as before,
    up to half a minute. It never gives up.
    """

    def __init__(self) -> None:
        self._short_lives = 0

    def wait_seconds(self, lived_seconds: float) -> float:
        """Return the wait after a process that lived so long."""
        if lived_seconds >= _LONG_ENOUGH_SECONDS:
            self._short_lives = 0
        self._short_lives += 1
        if self._short_lives == 1:
            return 0.0
        doublings = min(self._short_lives - 2, 10)
        return min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * float(2**doublings))


def ending(code: int) -> str:
    """Return in words how a process ended; ``code`` is negative for a signal, as Python has it."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"

"""Files that appear whole or not at all."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replaced_whole(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Yield a name to write to; what stands there takes the file's place at the end.

    After an error the file is what it was, and nothing is left beside it. The name lies beside the
    file, is nobody else's, and ends as the file's does, since writers go by the suffix.

    Parameters
    ----------
    private
        Whether the file is for its owner alone (mode 0600), while it is written, too.

    Raises
    ------
    OSError
        If the file cannot be put into its place.
    """
    name = f".{path.stem}.{secrets.token_hex(4)}"
    folder = path.with_name(name) if private else path.parent
    fresh = folder / f"{name}{path.suffix.lower()}"
    if private:
        folder.mkdir(mode=0o700)
    try:
        yield fresh
        if private:
            fresh.chmod(0o600)
        os.replace(fresh, path)
    finally:
        # A folder that cannot be read holds nothing of ours either.
        if fresh.parent.is_dir():
            fresh.unlink(missing_ok=True)
        if private:
            shutil.rmtree(folder, ignore_errors=True)


def synced(path: Path) -> None:
    """Return once a file, or the names in a folder, are on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def swept_workspace(folder: Path, prefix: str) -> Iterator[Path]:
    """Yield an empty folder within another, for its owner alone, which is gone at the end.

    What killed processes left there under this prefix goes first; what others work in stays.

    Raises
    ------
    OSError
        If the folder is not there, or cannot be written to.
    """
    with _sweeping(folder, prefix):
        mine = folder / f"{prefix}{secrets.token_hex(4)}"
        mine.mkdir(mode=0o700)
        # Held until the end of this process at the latest.
        held = _taken(mine)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)
        os.close(held)


def sweep(folder: Path, prefix: str, before: Callable[[Path], None]) -> None:
    """Remove what killed processes left in a folder under a prefix; what others work in stays.

    Parameters
    ----------
    before
        What is done with each just before it goes, which is nobody else's meanwhile.

    Raises
    ------
    OSError
        If the folder is not there, or ``before`` does so; the rest stays then.
    """
    with _sweeping(folder, prefix, before):
        pass


@contextmanager
def _sweeping(
    folder: Path, prefix: str, before: Callable[[Path], None] = lambda _folder: None
) -> Iterator[None]:
    outer = os.open(folder, os.O_RDONLY)
    try:
        # For a moment only, so that nobody sweeps a folder between its making and its lock.
        fcntl.flock(outer, fcntl.LOCK_EX)
        for other in folder.glob(f"{prefix}*"):
            with suppress(BlockingIOError):
                held = _taken(other)
                try:
                    before(other)
                    shutil.rmtree(other, ignore_errors=True)
                finally:
                    os.close(held)
        yield
    finally:
        os.close(outer)


def _taken(folder: Path) -> int:
    """Lock a folder that nobody works in, and return the open file that holds the lock."""
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(number)
        raise
    return number

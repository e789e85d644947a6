"""Files that appear whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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

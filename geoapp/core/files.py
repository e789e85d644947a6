"""Files that appear whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced_whole(path: Path) -> Iterator[Path]:
    """Yield a name to write to; what stands there takes the file's place at the end.

    After an error the file is what it was, and nothing is left beside it. The name lies in the same
    folder, is nobody else's, and ends as the file's does, since writers go by the suffix.

    Raises
    ------
    OSError
        If the file cannot be put into its place.
    """
    fresh = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix.lower()}")
    try:
        yield fresh
        os.replace(fresh, path)
    finally:
        # A folder that cannot be read holds nothing of ours either.
        if fresh.parent.is_dir():
            fresh.unlink(missing_ok=True)

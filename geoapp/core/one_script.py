"""Modules of ``static/`` in one script, for a page that is a file of its own."""

import re
from pathlib import Path

_IMPORT = re.compile(r"^import (?:\{[^}]*\} from )?'([^']+)';$", re.M)


def one_script(path: Path) -> str:
    """Return a module with what it imports written in place of each import.

    Each of the modules is to be imported once, and their names are to differ: they share one scope.
    """

    def replace(match: re.Match[str]) -> str:
        return one_script((path.parent / match[1]).resolve()).replace("export ", "")

    return _IMPORT.sub(replace, path.read_text(encoding="utf-8"))

"""Modules of ``static/`` in one script, for a page that is a file of its own."""

import re
from pathlib import Path

_IMPORT = re.compile(r"^import (?:\{[^}]*\} from )?'([^']+)';$", re.M)


def one_script(path: Path) -> str:
    """Return a module with what it imports written in place of the first import of each.

    The names of the modules are to differ: they share one scope.
    """
    written: set[Path] = set()

    def whole(module: Path) -> str:
        def replace(match: re.Match[str]) -> str:
            imported = (module.parent / match[1]).resolve()
            if imported in written:
                return ""
            written.add(imported)
            return whole(imported).replace("export ", "")

        return _IMPORT.sub(replace, module.read_text(encoding="utf-8"))

    return whole(path)

"""The pages' own scripts as they travel: bundled and short, with what each needs besides itself.

``scripts/build_assets.py`` makes them from ``static/js`` and lists them in ``static/made``.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import url_for
from markupsafe import Markup

from geoapp.core.errors import MissingPartError
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped

_FOLDER = "made"


@cache
def bundled() -> dict[str, tuple[str, ...]]:
    """Return each script by its name below ``static``, with those that it imports, below ``static/made``.

    Raises
    ------
    MissingPartError
        If they are not there, or were made from other sources than those that are there.
    """
    static = shipped("static")
    try:
        made = json.loads((static / _FOLDER / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = {}
    if made.get("sources") != _sources(static):
        raise MissingPartError(
            Text(
                "缺少网页脚本，或者脚本改过而没有重做，请运行 scripts/build_assets.py。",
                "The pages' scripts are missing, or older than their sources; run scripts/build_assets.py.",
            )
        )
    return {name: tuple(needs) for name, needs in made["scripts"].items()}


def _sources(static: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted((static / "js").rglob("*.js")):
        digest.update(f"{path.relative_to(static).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def as_made(name: str) -> str:
    """Return where below ``static`` a script is as it travels; any other file is where it is."""
    return f"{_FOLDER}/{name}" if name in bundled() else name


def module(name: str) -> Markup:
    """Return a page's script as an element, with hints to fetch at once what it imports.

    Without them a browser learns of an import when the script is there: a way there and back for each step.
    """
    hints = [
        Markup('<link rel="modulepreload" href="{}">').format(
            url_for("static", filename=f"{_FOLDER}/{needed}")
        )
        for needed in bundled()[name]
    ]
    script = Markup('<script type="module" src="{}"></script>')
    return Markup("\n").join([*hints, script.format(url_for("static", filename=name))])

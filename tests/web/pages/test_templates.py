"""Templates, styles and scripts name each other by paths: every path is there, and nothing lies idle."""

import posixpath
import re
from pathlib import Path

STATIC = re.compile(r"(?:url_for\('static', filename=|module\()'([^']+)'\)")
TEMPLATE = re.compile(r'{%-? *(?:extends|include|from|import) "([^"]+)"')
IMPORT = re.compile(r"""(?:\bfrom|\bimport) '(\.[^']+)'""")


def test_every_template_that_is_named_is_there_and_used(repo_root: Path) -> None:
    folder = repo_root / "templates"
    templates = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    named = {
        name
        for path in folder.rglob("*.html")
        for name in TEMPLATE.findall(path.read_text(encoding="utf-8"))
    }
    assert named <= templates
    code = "".join(
        path.read_text(encoding="utf-8") for path in (repo_root / "geoapp").rglob("*.py")
    )
    assert {name for name in templates - named if f'"{name}"' not in code} == set()


def test_every_script_and_style_that_is_named_is_there_and_used(repo_root: Path) -> None:
    static = repo_root / "static"
    named = {
        name
        for path in (repo_root / "templates").rglob("*.html")
        for name in STATIC.findall(path.read_text(encoding="utf-8"))
    }
    ours = {
        path.relative_to(static).as_posix()
        for kind in ("js", "css")
        for path in (static / kind).rglob("*.*")
    }
    for name in ours:
        text = (static / name).read_text(encoding="utf-8")
        named |= {
            posixpath.normpath(posixpath.join(posixpath.dirname(name), other))
            for other in IMPORT.findall(text)
        }
    assert {name for name in named if not (static / name).is_file()} == set()
    assert ours - named == {"js/sw.js"}  # it is served at /sw.js, so that its scope is all

"""The documentation names what there is, and its links lead somewhere."""

import re
from pathlib import Path

import click
import pytest

from geoapp.cli import EXIT_CODES, EXIT_UNUSABLE_INPUT, main
from geoapp.commands.import_ import EXIT_SOME_REJECTED
from geoapp.commands.verify import EXIT_REFUSED
from geoapp.core.settings import Settings

LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def commands(group: click.Group, above: str = "geoapp") -> dict[str, click.Command]:
    """Return every command that does something, by its full name."""
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        full = f"{above} {name}"
        found |= commands(command, full) if isinstance(command, click.Group) else {full: command}
    return found


def test_every_command_and_option_is_documented(repo_root: Path) -> None:
    page = (repo_root / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(geoapp [^`]+)`(.*)$", page, re.M)
    by_name = {name: f"{name}{rest}" for name, rest in rows}
    for full, command in commands(main).items():
        [row] = [text for name, text in by_name.items() if f"{name} ".startswith(f"{full} ")]
        shared = (
            {"--datum", "--dry-run", "--anywhere"} if full.startswith("geoapp import") else set()
        )
        for option in command.params:
            if isinstance(option, click.Option) and not shared & set(option.opts):
                assert any(name in row for name in option.opts), (full, option.opts)
    known = commands(main)
    for name in by_name:
        assert any(f"{name} ".startswith(f"{full} ") for full in known), name


def test_the_exit_codes_of_the_page_are_those_of_the_program(repo_root: Path) -> None:
    page = (repo_root / "docs" / "commands.md").read_text(encoding="utf-8")
    told = {int(code) for code in re.findall(r"^\| (\d) \|", page, re.M)}
    known = {EXIT_REFUSED, EXIT_UNUSABLE_INPUT, EXIT_SOME_REJECTED, *EXIT_CODES.values()}
    assert told == {0, *known}


def test_every_setting_is_documented_with_its_default(repo_root: Path) -> None:
    page = (repo_root / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", page, re.M))
    names = {
        name.upper() if name.startswith("database_") else f"GEOAPP_{name.upper()}": field
        for name, field in Settings.model_fields.items()
    }
    assert set(rows) == set(names)
    for name, field in names.items():
        default = field.default
        if isinstance(default, int | float) and not isinstance(default, bool):
            assert float(rows[name].strip("`")) == default, name
        elif isinstance(default, str) and default:
            assert rows[name] == f"`{default}`", name


def pages() -> list[str]:
    root = Path(__file__).resolve().parent.parent
    found = [root / "README.md", root / "CHANGELOG.md", *(root / "docs").rglob("*.md")]
    return [str(path.relative_to(root)) for path in found]


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(repo_root: Path, page: str) -> None:
    path = repo_root / page
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), target


def test_pages_named_in_the_code_exist(repo_root: Path) -> None:
    for path in (repo_root / "geoapp").rglob("*.py"):
        for name in re.findall(r"docs/[\w/.-]+\.md", path.read_text(encoding="utf-8")):
            assert (repo_root / name).is_file(), f"{path}: {name}"


def is_there(repo_root: Path, path: str) -> bool:
    return any((folder / path).exists() for folder in (repo_root, repo_root / "geoapp"))


def test_the_architecture_names_files_that_exist(repo_root: Path) -> None:
    """A name without a folder lies in the folder that was named last."""
    page = (repo_root / "docs" / "architecture.md").read_text(encoding="utf-8")
    folder, walked = "", []
    for name in re.findall(r"`([a-z_]+(?:/[\w-]+)*(?:/|\.py))`", page):
        if name == "layers/x.py":  # stands for any layer
            continue
        path = name if "/" in name else f"{folder}/{name}"
        assert is_there(repo_root, path), path
        folder = path.rstrip("/") if name.endswith("/") else path.rpartition("/")[0]
        walked.append(path)
    # All four walks are there: a nearest question, a row, a coverage run, a siting run.
    ends = {
        "operations/nearest/answer.py",
        "operations/imports/report.py",
        "operations/coverage/results.py",
        "operations/siting/results.py",
    }
    assert ends <= set(walked)


def test_files_named_on_the_pages_exist(repo_root: Path) -> None:
    pages = [*(repo_root / "docs").rglob("*.md"), *repo_root.glob("*.md")]
    named = {
        (page.name, path)
        for page in pages
        if page.name != "CHANGELOG.md"
        for path in re.findall(r"`((?:[a-z_0-9]+/)+[a-z_0-9]+\.py)`", page.read_text("utf-8"))
    }
    assert len(named) > 30
    missing = {(page, path) for page, path in named if not is_there(repo_root, path)}
    assert missing <= {("architecture.md", "layers/x.py")}  # which stands for any layer

"""The set-up's scripts: plain POSIX shell, and exact about what is missing."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

SCRIPTS = (
    "scripts/demo",
    "scripts/test",
    "scripts/gates",
    "scripts/lock",
    "scripts/setup.sh",
    ".ci/run",
    "deploy/bundle/install.sh",
    "deploy/systemd/geoapp-as-service",
)
# What the set-up calls before it can install anything.
PLAIN = (
    "cat",
    "chmod",
    "cut",
    "dirname",
    "grep",
    "id",
    "mkdir",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "sort",
    "tail",
    "true",
)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("shell", [["sh", "-n"], ["dash", "-n"], ["bash", "--posix", "-n"]])
def test_the_shell_reads_it(repo_root: Path, script: str, shell: list[str]) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"no {shell[0]} here")
    done = subprocess.run(
        [*shell, str(repo_root / script)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("script", SCRIPTS)
def test_it_is_posix(repo_root: Path, script: str) -> None:
    """Words that dash reads without complaint and that another shell does not know."""
    text = (repo_root / script).read_text(encoding="utf-8")
    for line in text.splitlines():
        words = line.split("#", 1)[0].split()
        for word in ("[[", "local", "function", "source", "pushd", "==", "declare"):
            assert word not in words, line
        assert "<<<" not in line, line
        assert "&>" not in line, line
    if script != "scripts/setup.sh":
        assert text.startswith("#!/bin/sh\n")
        assert (repo_root / script).stat().st_mode & stat.S_IXUSR


@pytest.fixture
def bare(repo_root: Path, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A copy of the scripts, and an environment without apt-get, browser, fonts and home."""
    root = tmp_path / "a clone"
    for folder in ("scripts", "requirements"):
        shutil.copytree(repo_root / folder, root / folder)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in PLAIN:
        found = shutil.which(tool)
        assert found is not None
        (tools / tool).symlink_to(found)
    return root, {"PATH": str(tools), "HOME": ""}


def run(bare: tuple[Path, dict[str, str]], steps: str) -> subprocess.CompletedProcess[str]:
    """Run steps of the set-up in a shell that has read ``setup.sh``."""
    root, environment = bare
    shell = shutil.which("sh")
    assert shell is not None
    return subprocess.run(
        [shell, "-euc", f'root=$1; . "$root/scripts/setup.sh"; {steps}', "sh", str(root)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("wanted", ["", "browser"])
def test_without_rights_it_says_what_to_install(
    bare: tuple[Path, dict[str, str]], wanted: str
) -> None:
    done = run(
        bare, f"postgres_versions=/nowhere; good_python() {{ false; }}; need_packages {wanted}"
    )
    assert done.returncode == 1
    assert done.stdout == ""
    zh, en = done.stderr.splitlines()
    assert zh.startswith("缺少软件包")
    assert en.startswith("Packages are missing")
    command = zh.partition("：")[2]
    assert command == en.partition(": ")[2]
    assert command.startswith("apt-get install python3 python3-venv postgresql-")
    assert ("fonts-noto-cjk" in command) == (wanted == "browser")


QUICK = """
    postgis=no
    can_install() { true; }
    update_list() { printf 'updated\n'; }
    install_packages() { printf '%s\n' "$*"; }
"""


@pytest.mark.parametrize(
    ("known", "there", "said"),
    [
        ("", "", "updated\n"),  # a fresh system, without a list
        ("postgresql-common", "chromium", ""),  # one that has no such package
        ("postgresql-common chromium-headless-shell", "", "chromium-headless-shell\n"),
        ("postgresql-common chromium-headless-shell", "chromium", "chromium-headless-shell\n"),
        ("postgresql-common chromium-headless-shell", "chromium-headless-shell", ""),
    ],
)
def test_the_quick_browser_is_installed_where_there_is_one(
    bare: tuple[Path, dict[str, str]], known: str, there: str, said: str
) -> None:
    tools = Path(bare[1]["PATH"])
    texts = {"apt-cache": f'case " {known} " in *" $2 "*) exit 0 ;; esac; exit 100'}
    if there:
        texts[there] = "exit 0"
    for name, body in texts.items():
        (tools / name).write_text(f"#!{shutil.which('sh')}\n{body}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    done = run(bare, f"{QUICK} need_quick_browser")
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")


def test_without_the_quick_browser_another_does(bare: tuple[Path, dict[str, str]]) -> None:
    tools = Path(bare[1]["PATH"])
    for name in ("apt-cache", "chromium"):
        (tools / name).symlink_to(shutil.which("true") or "/bin/true")
    fails = "install_packages() { stop 'no network'; }"
    done = run(bare, f"{QUICK} {fails}; need_quick_browser; has_browser && printf 'goes on'")
    assert (done.returncode, done.stdout, done.stderr) == (0, "goes on", "no network\n")


def test_a_database_of_ones_own_needs_no_postgis_here(bare: tuple[Path, dict[str, str]]) -> None:
    bare[1]["DATABASE_URL"] = "postgresql://db.example/geoapp"
    done = run(bare, "postgres_versions=/nowhere; need_packages")
    assert (done.returncode, done.stderr) == (0, "")


ENVIRONMENT = """
    make_environment() { printf 'made\n'; mkdir -p "$venv/bin"; : >"$venv/bin/geoapp"
        printf '#!/bin/sh\n' >"$venv/bin/python"; chmod +x "$venv/bin/geoapp" "$venv/bin/python"; }
"""


def test_an_environment_is_made_once(bare: tuple[Path, dict[str, str]]) -> None:
    (bare[0] / "pyproject.toml").write_text("")
    assert run(bare, f"{ENVIRONMENT} need_environment run.lock").stdout == "made\n"
    assert run(bare, f"{ENVIRONMENT} need_environment run.lock").stdout == ""
    assert run(bare, f"{ENVIRONMENT} need_environment test.lock").stdout == "made\n"
    (bare[0] / "requirements" / "run.lock").write_text("changed")
    # The tests' environment holds the service's.
    assert run(bare, f"{ENVIRONMENT} need_environment run.lock").stdout == ""
    (bare[0] / "requirements" / "test.lock").write_text("changed")
    assert run(bare, f"{ENVIRONMENT} need_environment run.lock").stdout == "made\n"


def test_an_interrupted_environment_is_made_anew(bare: tuple[Path, dict[str, str]]) -> None:
    """What pip was writing when it was killed would pass for installed."""
    (bare[0] / "pyproject.toml").write_text("")
    killed = "pip_install() { exit 9; }; python=false; find_python() { python=make_venv; }"
    venv = (
        'make_venv() { mkdir -p "$root/.venv/bin"; printf made; '
        """printf '#!/bin/sh\n' >"$root/.venv/bin/python"; chmod +x "$root/.venv/bin/python"; }"""
    )
    first = run(bare, f"{venv}; {killed}; need_environment run.lock")
    assert (first.returncode, first.stdout) == (9, "made")
    assert (bare[0] / ".venv" / ".geoapp-unfinished").exists()
    again = run(bare, f"{venv}; {killed}; need_environment run.lock")
    assert (again.returncode, again.stdout) == (9, "made")


def test_two_runs_take_turns(bare: tuple[Path, dict[str, str]]) -> None:
    """Two runs at once would write into one environment."""
    if shutil.which("flock") is None:
        pytest.skip("no flock here")
    (Path(bare[1]["PATH"]) / "flock").symlink_to(shutil.which("flock") or "")
    ask = 'if flock -n "$root/scripts/setup.sh" true; then printf free; else printf held; fi'
    done = run(
        bare,
        f"need_packages() {{ :; }}; need_assets() {{ :; }}; need_environment() {{ {ask}; }}; "
        f"set_up run.lock; {ask}",
    )
    assert (done.stdout, done.stderr) == ("heldfree", "")


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("", False),
        ("--port 9000", False),
        ("--city qingdao", False),
        ("--city helsinki", True),
        ("--port 9000 --city=helsinki", True),
        ("--city helsinki --port 9000", True),
    ],
)
def test_helsinkis_data_is_installed_where_it_is_asked_for(
    bare: tuple[Path, dict[str, str]], arguments: str, wanted: bool
) -> None:
    [line] = [
        line
        for line in (bare[0] / "scripts" / "demo").read_text(encoding="utf-8").splitlines()
        if line.startswith("case ")
    ]
    python = bare[0] / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    done = run(bare, f'pip_install() {{ echo "$*"; }}; set -- {arguments}; {line}')
    lock = bare[0] / "requirements" / "helsinki.lock"
    expected = f"--no-deps --require-hashes -r {lock}\n" if wanted else ""
    assert (done.returncode, done.stdout) == (0, expected)
    # What is there is not installed again.
    python.write_text("#!/bin/sh\nexit 0\n")
    assert run(bare, f'pip_install() {{ echo "$*"; }}; set -- {arguments}; {line}').stdout == ""

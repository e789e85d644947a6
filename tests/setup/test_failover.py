"""Three web hosts, a primary and a replica: whatever is cut or killed, nothing stale is said, nothing saved is lost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import quick_folder
from tests.setup.bare_machine import need_namespaces


@pytest.mark.slow
def test_nothing_stale_and_nothing_lost(repo_root: Path, request: pytest.FixtureRequest) -> None:
    need_namespaces()
    if shutil.which("ip") is None:
        pytest.skip("no ip here")
    folder = quick_folder()
    request.addfinalizer(lambda: shutil.rmtree(folder))
    done = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
        # The first process there is one that takes leave of whoever has ended.
        + ["sh", "-c", '"$@"; exit $?', "sh"]
        + [sys.executable, "-m", "tests.setup.failover", str(folder)],
        cwd=repo_root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    steps = told["steps"]
    assert told["lost"] == []
    assert told["examples"] == []
    assert {name: one["stale"] for name, one in steps.items()} == dict.fromkeys(steps, 0)
    for name in ("all well", "replica cut off", "replica killed", "all well again"):
        assert steps[name]["answered"] > 0, name
    # A primary that says nothing any more is told of, not waited for.
    assert steps["primary cut off"]["unavailable"] > 0
    assert steps["after the failover"]["saved"] + steps["all well again"]["saved"] >= 3

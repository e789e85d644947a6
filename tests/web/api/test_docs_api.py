"""``docs/api.md``: every example runs, every address is there, every property is explained."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, Response, request
from sqlalchemy import text
from werkzeug.exceptions import HTTPException

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.actions import ACTION_RUNS
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Permission, Role, allows
from geoapp.core.settings import Settings
from geoapp.operations.runs.state import recent_runs
from geoapp.operations.upkeep.api_keys import MadeWith, Scope, make_key
from geoapp.operations.upkeep.users import save_user
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from geoapp.web.edge.access import required_permission
from tests.answers import publish_run
from tests.web.api_client import PASSWORD, client_of, make_app
from tests.web.conftest import serve

DOCUMENTED = (
    "/api/",
    "/ogc",
    "/layers/",
    "/maps/",
    "/embed",
    "/feeds/",
    "/healthz",
    "/readyz",
    "/metrics",
)
# What the reading page is made of.
PARTS = {"api_docs.asset"}
EXAMPLES = {"CODE": "T-1", "FID": "T-1", "ID": "1"}
DONE = "--done--"


@pytest.fixture
def page(repo_root: Path) -> str:
    return (repo_root / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """The small town, with codes as the sample has them."""
    with database.session() as session:
        session.execute(
            text("update facility set code = 'S-370203-001', is_sample = true where code = 'T-1'")
        )
        session.execute(
            text("update facility set code = 'S-370203-002', is_sample = true where code = 'T-2'")
        )
        session.execute(text("insert into public_map_list (map, file) values ('amap', 'a.csv')"))
    save_user(database, "wang", Role.ADMIN, PASSWORD)
    return database


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town, csrf=True)


def addresses(page: str) -> list[tuple[str, str, str]]:
    """Return method, address and readers of every row of the table of addresses."""
    found = re.findall(r"^\| `([A-Z]+) (/[^`]*)` \|[^|]*\| ([^|]*) \|$", page, re.M)
    assert len(found) >= 25
    return found


def endpoint_of(app: Flask, method: str, path: str) -> str:
    for name, value in EXAMPLES.items():
        path = re.sub(rf"\b{name}\b", value, path)
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path, method)
    except HTTPException as error:
        pytest.fail(f"{method} {path} is documented and does not answer: {error}")
    return str(endpoint)


def served(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(DOCUMENTED) and rule.endpoint not in PARTS
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_address_is_documented_and_answers(app: Flask, page: str) -> None:
    documented = {(method, endpoint_of(app, method, path)) for method, path, _ in addresses(page)}
    assert documented == served(app)


def test_who_may_is_as_documented(app: Flask, page: str) -> None:
    for method, path, who in addresses(page):
        required = required_permission(app.view_functions[endpoint_of(app, method, path)])
        if path == "/metrics":  # not by role: this machine, or a token
            assert "GEOAPP_MONITOR_TOKEN" in who
        elif required is None:
            assert who == "所有人 / everybody", path
        else:
            assert set(who.split(", ")) == {role for role in Role if allows(role, required)}, path
    for role in Role:
        [may] = re.findall(rf"^\| `{role}` \| (.*) \|$", page, re.M)
        assert ("/ start" in may) == (allows(role, Permission.RUN) and role is not Role.ADMIN)
        assert ("/ add" in may) == (allows(role, Permission.EDIT) and role is not Role.ADMIN)


def test_every_property_is_explained(app: Flask, town: Database, page: str) -> None:
    start = page.index("| 属性 / property |")
    rows = re.findall(r"^\| (`[^|]*) \|", page[start : page.index("\n\n", start)], re.M)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    answer = client_of(app, town).get("/api/v1/nearest?lon=120.35&lat=36.07")
    [first, *_] = answer.get_json(force=True)["features"]
    assert explained == set(first["properties"])


def test_every_parameter_is_explained(app: Flask, page: str) -> None:
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    plain = re.sub(r"```.*?```", "", page, flags=re.S)
    code = re.findall(r"`([^`]*)`", plain) + re.findall(r"^    (\S.*)$", plain, re.M)
    words = set(re.findall(r"\w+", " ".join(code)))
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for one in operation.get("parameters", []):
                if one["in"] == "query":
                    assert one["name"] in words, (path, one["name"])
    fields = document["components"]["schemas"]["CoverageRequest"]["properties"]
    start = page.index("| 字段 / field |")
    rows = re.findall(r"^\| (`[^|]*) \|", page[start : page.index("\n\n", start)], re.M)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(fields)
    fields = document["components"]["schemas"]["SitingRequest"]["properties"]
    start = page.index("| 选址字段 / siting field |")
    rows = re.findall(r"^\| (`[^|]*) \|", page[start : page.index("\n\n", start)], re.M)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(fields)


@dataclass
class Shell:
    """One shell that reads a page's commands in turn, as a reader types them."""

    process: subprocess.Popen[str]

    def run(self, command: str) -> tuple[int, str]:
        """Return the exit code and what was written."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{command}\necho {DONE} $?\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if DONE in line:
                before, _, code = line.partition(DONE)
                return int(code), "".join([*lines, before])
            lines.append(line)
        raise AssertionError(f"the shell ended at: {command}")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    if shutil.which("curl") is None:
        pytest.fail("curl is missing: apt-get install curl")
    # An answer of the 400s makes curl fail; nothing between it and this machine.
    (tmp_path / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\nnoproxy = *\n")
    started = subprocess.Popen(
        ["sh"],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "NAME": "wang",
            "PASSWORD": PASSWORD,
            "LC_ALL": "C.UTF-8",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # A shell that hangs is killed, which ends the reading.
    limit = threading.Timer(600, started.kill)
    limit.start()
    yield Shell(started)
    limit.cancel()
    assert started.stdin is not None
    assert started.stdout is not None
    started.stdin.close()
    started.wait(timeout=30)
    started.stdout.close()


def do_waiting_runs(database: Database, settings: Settings) -> None:
    """Do what the job worker beside the service does."""
    for run in (
        *recent_runs(database, COVERAGE_RUNS),
        *recent_runs(database, SITING_RUNS),
        *recent_runs(database, ACTION_RUNS),
    ):
        if run.status == "queued":
            execute(database, settings, run.id, threading.Event())


def test_every_example_runs(
    app: Flask, town: Database, settings: Settings, page: str, shell: Shell
) -> None:
    asked: set[tuple[str, str | None]] = set()

    @app.after_request
    def note(response: Response) -> Response:
        if response.status_code < 300:
            asked.add((request.method, request.endpoint))
        return response

    examples = re.findall(r"^    (\S.*)$", page, re.M)
    assert len(examples) >= 30
    key = make_key(town, "wang", "docs", scope=Scope.READ, made_with=MadeWith.OPERATOR)
    shell.run(f"KEY={key}")
    publish_run(town, settings, CoverageParameters(standard_m=500, region="370200"))
    for url in serve(app):
        for example in examples:
            command, _, status = example.partition("   # ")
            if command.startswith("GEOAPP="):
                command = f"GEOAPP={url}"
            code, said = shell.run(command)
            if status:
                assert f"error: {status}" in said, example
            else:
                assert code == 0, (example, said)
            do_waiting_runs(town, settings)
    # Reading the reading page itself is for a browser, and a frame for a portal that a setting names.
    for_others = {("GET", "api_docs.document"), ("GET", "api_docs.page"), ("GET", "embed.show")}
    assert served(app) - asked <= for_others


def test_the_error_that_is_shown_is_the_error(app: Flask, town: Database, page: str) -> None:
    [shown] = re.findall(r"```json\n(.*?)```", page, re.S)
    answer = client_of(app, town).get("/api/v1/nearest?lon=120.35&lat=95")
    told = answer.get_json(force=True)
    expected = json.loads(shown)
    assert {name: told.get(name) for name in expected} == expected

"""What lies in ``deploy/`` speaks of what there is."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from geoapp.operations.upkeep.measure import Archiver, Measured, Measures, ReplicaState
from geoapp.web.edge.attempts import SIGN_INS
from geoapp.web.edge.health import REQUESTS, SECONDS
from geoapp.web.edge.measured import MeasuredCollector
from geoapp.web.edge.reading import READINGS

# Prometheus writes it for each target itself.
_ITS_OWN = {"up"}
_FUNCTIONS = {
    "and",
    "sum",
    "rate",
    "histogram_quantile",
    "topk",
    "by",
    "time",
    "absent",
    "or",
    "increase",
    "unless",
}
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_STORE = Measures({("coverage", "queued"): 1}, 0, 0.0, 1, 1, 1, _NOW, 0, 0)
_MEASURED = Measured(
    _STORE,
    ReplicaState(None, 0),
    1,
    _NOW,
    _NOW,
    Archiver(on=True, fails=False, failed=None, waiting=0),
)


def names_told() -> set[str]:
    registry = CollectorRegistry()
    registry.register(REQUESTS)
    registry.register(SECONDS)
    registry.register(READINGS)
    registry.register(SIGN_INS)
    registry.register(MeasuredCollector(_MEASURED))
    REQUESTS.labels("GET", "/", 200)
    SECONDS.labels("/")
    READINGS.labels("replica")
    SIGN_INS.labels("password", "wrong")
    return set(re.findall(r"^(\w+)[{ ]", generate_latest(registry).decode(), re.M))


def asked(expression: str) -> tuple[set[str], set[str]]:
    """Return the metrics and the labels that an expression names."""
    labels = set(re.findall(r"(\w+)\s*=~?\s*\"", expression))
    for group in re.findall(r"by \(([^)]*)\)", expression):
        labels |= {one.strip() for one in group.split(",")}
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|by \([^)]*\)", "", expression)
    return set(re.findall(r"[a-z_]{2,}", bare)) - _FUNCTIONS, labels


def test_rules_and_dashboard_ask_for_metrics_that_there_are(repo_root: Path) -> None:
    rules = (repo_root / "deploy/prometheus/geoapp-rules.yml").read_text(encoding="utf-8")
    board = json.loads((repo_root / "deploy/grafana/geoapp.json").read_text(encoding="utf-8"))
    expressions = re.findall(r"expr: (?:>-\n)?((?:.*\n)+?)(?=\s+for:)", rules)
    assert len(expressions) == rules.count("alert:") == 13
    # Workers that have nothing to do end: none is a fault only where runs wait.
    assert "expr: geoapp_workers == 0 and geoapp_run_waiting_seconds > 60" in rules
    expressions += [one["expr"] for panel in board["panels"] for one in panel["targets"]]
    told = names_told()
    assert "geoapp_requests_total" in told
    for expression in expressions:
        metrics, labels = asked(expression)
        assert metrics, expression
        assert metrics <= told | _ITS_OWN, (expression, metrics - told)
        ours = {
            *REQUESTS._labelnames,
            *SECONDS._labelnames,
            *SIGN_INS._labelnames,
            "status",
            "kind",
        }
        assert labels <= {*ours, "instance", "job", "le"}, expression


def test_the_handbook_names_tests_and_metrics_that_there_are(repo_root: Path) -> None:
    pages = {
        path.name: path.read_text(encoding="utf-8")
        for path in (repo_root / "docs" / "operate").glob("*.md")
    }
    tests = {name for text in pages.values() for name in re.findall(r"`(tests/[\w/.]+)`", text)}
    assert len(tests) > 5
    assert [name for name in tests if not (repo_root / name).exists()] == []
    metrics = re.findall(r"^\| `(geoapp_\w+)", pages["watch.md"], re.M)
    told = names_told()
    assert set(metrics) <= told
    # Each gauge is in the handbook; counters and histograms bring names of their own.
    gauges = {metric.name for metric in MeasuredCollector(_MEASURED).collect()}
    ours = {
        "geoapp_requests_total",
        "geoapp_request_seconds_bucket",
        "geoapp_public_readings_total",
        "geoapp_sign_ins_total",
    }
    assert gauges | ours == set(metrics)


def test_no_proxy_passes_on_what_a_caller_says_of_itself(repo_root: Path) -> None:
    """Each of the four headers is set, and none is what the caller sent."""
    nginx = (repo_root / "deploy/nginx/geoapp.conf").read_text(encoding="utf-8")
    told = dict(re.findall(r"proxy_set_header X-Forwarded-(\w+) (\S+);", nginx))
    assert told == {"For": "$remote_addr", "Proto": "$scheme", "Host": "$host", "Prefix": '""'}
    # A location with headers of its own would inherit none of these.
    plain = re.sub(r"#.*", "", nginx)
    assert "proxy_set_header" not in plain.partition("location")[2]
    assert "header_up -X-Forwarded-Prefix" in (repo_root / "deploy/caddy/Caddyfile").read_text(
        "utf-8"
    )


@pytest.mark.slow
def test_the_programs_read_their_files(repo_root: Path, tmp_path: Path) -> None:
    """Whichever of the programs are here: their own word on the examples."""
    deploy = repo_root / "deploy"
    checked = []
    if shutil.which("nginx") and shutil.which("openssl"):
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
        made += ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "crt")]
        subprocess.run(made, check=True, capture_output=True)
        text = (deploy / "nginx/geoapp.conf").read_text(encoding="utf-8")
        text = text.replace("/etc/nginx/geoapp.", f"{tmp_path}/")
        (tmp_path / "nginx.conf").write_text(
            f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off;\n{text}\n}}\n",
            encoding="utf-8",
        )
        checked.append(["nginx", "-t", "-q", "-e", "stderr", "-c", str(tmp_path / "nginx.conf")])
    if shutil.which("caddy"):
        file = str(deploy / "caddy/Caddyfile")
        checked.append(["caddy", "validate", "--adapter", "caddyfile", "--config", file])
    if shutil.which("promtool"):
        checked.append(["promtool", "check", "rules", str(deploy / "prometheus/geoapp-rules.yml")])
    if not checked:
        pytest.skip("none of nginx, caddy, promtool is here")
    for words in checked:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)

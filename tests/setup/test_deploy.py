"""What lies in ``deploy/`` speaks of what there is."""

import json
import re
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from geoapp.web.edge.health import REQUESTS, SECONDS

# Prometheus writes it for each target itself.
_ITS_OWN = {"up"}
_FUNCTIONS = {"sum", "rate", "histogram_quantile", "topk", "by"}


def names_told() -> set[str]:
    registry = CollectorRegistry()
    registry.register(REQUESTS)
    registry.register(SECONDS)
    REQUESTS.labels("GET", "/", 200)
    SECONDS.labels("/")
    return set(re.findall(r"^(\w+)\{", generate_latest(registry).decode(), re.M))


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
    assert len(expressions) == rules.count("alert:") == 4
    expressions += [one["expr"] for panel in board["panels"] for one in panel["targets"]]
    told = names_told()
    assert "geoapp_requests_total" in told
    for expression in expressions:
        metrics, labels = asked(expression)
        assert metrics, expression
        assert metrics <= told | _ITS_OWN, (expression, metrics - told)
        ours = {*REQUESTS._labelnames, *SECONDS._labelnames}
        assert labels <= {*ours, "instance", "job", "le"}, expression

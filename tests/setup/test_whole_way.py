"""The handbook's whole way, line by line: from a bare machine to a backup restored on another."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geoapp.operations.bundle.make import make_bundle
from tests.setup.bare_machine import BareMachine, need_namespaces

STATIONS = """编号,类型,名称,经度,纬度,坐标系
A1,爱心驿站,台东驿站,120.36,36.08,WGS-84
A2,爱心驿站,远处驿站,120.46,36.18,WGS-84
"""
# A newer bundle whose version ends as soon as it is started.
NEWER = (
    "cp -r geoapp-*/ newer",
    "cd newer",
    "echo '# newer' >>requirements.lock",
    "sed -i '/requirements.lock$/d' SHA256SUMS",
    "sha256sum requirements.lock >>SHA256SUMS",
    "new=/opt/geoapp/versions/$(basename $(readlink /opt/geoapp/current) | cut -d- -f1)",
    "new=$new-$(sha256sum requirements.lock | cut -c 1-8)",
    "mkdir -p $new/bin",
    "printf '#!/bin/sh\nexit 1\n' >$new/bin/geoapp",
    "chmod +x $new/bin/geoapp",
    "touch $new/.complete",
)
ASK = (
    "python3 -c 'import urllib.request as r; "
    'print(r.urlopen("http://127.0.0.1:8000/{}", timeout=30).read().decode())\''
)


@contextmanager
def switched_on(place: Path, stick: Path) -> Iterator[BareMachine]:
    """Start a bare machine, and end it whatever happens."""
    machine = BareMachine(place, stick)
    try:
        machine.start()
        yield machine
    finally:
        machine.cut_power()


def ready(machine: BareMachine) -> None:
    """Wait until the service of a machine answers."""
    machine.run(f"for _ in $(seq 120); do {ASK.format('readyz')} && exit; sleep 1; done; exit 1")


def nearest(machine: BareMachine) -> list[str]:
    """Return the names of the stations near a place, as the service tells them."""
    told = machine.run(ASK.format("api/v1/nearest?lon=120.361&lat=36.081&k=2"))
    return [one["properties"]["name"] for one in json.loads(told)["features"]]


@pytest.mark.slow
def test_every_line_on_two_bare_machines(repo_root: Path, tmp_path: Path) -> None:
    need_namespaces()
    page = (repo_root / "docs" / "operate" / "whole-way.md").read_text(encoding="utf-8")
    parts = [
        [line.strip() for line in part.splitlines() if line.startswith("    ")]
        for part in re.split(r"^## ", page, flags=re.M)[1:]
    ]
    [made], first, other = parts
    assert (made, len(first), len(other)) == ("geoapp bundle -o usb", 16, 7)
    stick = tmp_path / "usb"
    make_bundle(repo_root, stick, extras=["none"])
    (stick / "stations.csv").write_text(STATIONS, encoding="utf-8")
    setup = first[: next(n for n, line in enumerate(first) if " user add " in line)]

    with switched_on(tmp_path / "first", stick) as machine:
        assert machine.run("ip -br addr").split()[0] == "lo"
        machine.run("! command -v postgres geoapp pg_config; ! id geoapp")
        told = machine.run(*first)
        assert re.search(r"密码：\S+ / Password: \S+", told)
        assert re.search(r"read 2, inserted 2, .*rejected 0", told)
        assert "台东驿站" in told
        assert "Every table has the rows" in told
        assert nearest(machine) == ["台东驿站", "远处驿站"]
        machine.run(
            "systemctl is-active geoapp geoapp-backup.timer", "ls /var/lib/geoapp/backups/*"
        )
        machine.cut_power()
        machine.start()
        ready(machine)
        assert nearest(machine) == ["台东驿站", "远处驿站"]

    with switched_on(tmp_path / "other", stick) as machine:
        told = machine.run(*setup, *other)
        assert "台东驿站" in told
        assert "Every table has the rows" in told
        ready(machine)
        assert nearest(machine) == ["台东驿站", "远处驿站"]
        assert "wang" in machine.run("/opt/geoapp/bin/geoapp-as-service user list")

"""Memory of the whole service, process by process, idle after the first answers.

``geoapp demo`` runs as an operator runs it, with a store of its own and the sample loaded; one
nearest question is asked of every web process; then each process's share of the memory (PSS, in
which a page that n processes share counts 1/n for each) is read from ``/proc``. PostgreSQL's own
processes are listed beside, and do not count: their memory is the operator's choice.

Usage: python benchmarks/bench_memory.py [PID of a service that runs already]
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SETTLED_SECONDS = 20


def pss_mb(pid: int) -> tuple[float, float]:
    """Return a process's share of the memory and what is its alone, in megabytes."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    kilobytes = {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB", rollup, re.M)}
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return kilobytes["Pss"] / 1024, own / 1024


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += sorted(parents.get(one, []))
    return found


def command(pid: int) -> str:
    """Return a process's name and command line."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    return f"{name:15} {' '.join(words).strip()}"


def show(server: int) -> None:
    """Print the table."""
    total = total_postgres = 0.0
    print(f"{'PSS MB':>8} {'own MB':>8}  pid     command")
    for pid in family(server):
        try:
            share, own = pss_mb(pid)
            name = command(pid)
        except OSError:
            continue
        if name.startswith("postgres"):
            total_postgres += share
            continue
        total += share
        print(f"{share:8.1f} {own:8.1f}  {pid:<7} {name[:90]}")
    print(f"{total:8.1f}           geoapp in all")
    print(f"{total_postgres:8.1f}           PostgreSQL beside it")


def main() -> None:
    """Measure."""
    if sys.argv[1:]:
        show(int(sys.argv[1]))
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
        environment = {**os.environ, "GEOAPP_DATA": f"{name}/data"}
        environment.pop("DATABASE_URL", None)
        server = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "demo", "--port", str(port)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            if not any(line.startswith("ready ") for line in server.stdout):
                sys.exit("the service did not start")
            # More questions than processes: whichever the kernel chooses, each is asked.
            for number in range(40):
                address = f"http://127.0.0.1:{port}/api/v1/nearest?lon=120.38&lat=36.{number:02}"
                with urllib.request.urlopen(address, timeout=30) as answer:
                    answer.read()
            time.sleep(SETTLED_SECONDS)
            show(server.pid)
        finally:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    main()

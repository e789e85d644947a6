"""Three web hosts, a primary and a replica on a network of their own, cut and killed while clients read and edit.

Run as root in network and mount namespaces of its own (``test_failover.py`` does): this is the clients' side.
Prints what was counted as JSON.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)))
HOSTS = {"web1": 11, "web2": 12, "web3": 13, "one": 21, "two": 22}
WEB = ("web1", "web2", "web3")
NETWORK = "10.77.0."
STATION = "/api/v1/facilities/T-1"
NEAREST = "/api/v1/nearest?lon=120.36&lat=36.08&k=1"
STALE_SECONDS = 1.0
PATIENCE_SECONDS = 30.0
SETTINGS = """
listen_addresses = '*'
unix_socket_directories = ''
hot_standby_feedback = on
wal_keep_size = '256MB'
wal_sender_timeout = '5s'
wal_receiver_timeout = '5s'
fsync = off
"""


def run(*words: str, **more: Any) -> str:
    """Run a program to its end."""
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def inside(host: str) -> list[str]:
    """Return what a program on a host begins with."""
    return ["ip", "netns", "exec", host]


def make_network() -> None:
    """Join the hosts by a bridge, on which the clients are, too."""
    Path("/run/netns").mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "br0", "type", "bridge")
    run("ip", "addr", "add", f"{NETWORK}1/24", "dev", "br0")
    run("ip", "link", "set", "br0", "up")
    for host, number in HOSTS.items():
        run("ip", "netns", "add", host)
        run("ip", "link", "add", host, "type", "veth", "peer", "name", "eth0", "netns", host)
        run("ip", "link", "set", host, "master", "br0", "up")
        for words in (
            f"addr add {NETWORK}{number}/24 dev eth0",
            "link set eth0 up",
            "link set lo up",
        ):
            run("ip", "-n", host, *words.split())


def cut(host: str) -> None:
    """Take a host off the network: nothing arrives there, and nothing says so."""
    run("ip", "link", "set", host, "down")


def join(host: str) -> None:
    """Put it back."""
    run("ip", "link", "set", host, "up")


class Server:
    """A database server on a host."""

    def __init__(self, host: str, folder: Path) -> None:
        self.host, self.data = host, folder / host
        self.address = f"{NETWORK}{HOSTS[host]}"

    def program(self, name: str, *words: str) -> None:
        """Run one of PostgreSQL's programs there, as its user."""
        run(*inside(self.host), "runuser", "-u", "postgres", "--", str(BIN / name), *words)

    def make(self) -> None:
        """Make an empty store."""
        self.program("initdb", "-D", str(self.data), "-U", "geoapp", "-A", "trust", "-N")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {NETWORK}0/24 trust\n")
            file.write(f"host replication all {NETWORK}0/24 trust\n")

    def follow(self, other: "Server") -> None:
        """Make it a standby of another one."""
        source = f"host={other.address} user=geoapp application_name=two"
        self.program("pg_basebackup", "-D", str(self.data), "-d", source, "-R", "-c", "fast")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = self.data.parent / f"{self.host}.log"
        self.program("pg_ctl", "-D", str(self.data), "-l", str(log), "-w", "-t", "60", "start")

    def kill(self) -> None:
        """End it with all its processes, without a word."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for number in (first, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

    def ask(self, statement: str) -> list[Any]:
        """Run a statement, and return its rows."""
        address = f"host={self.address} user=geoapp dbname=geoapp connect_timeout=5"
        with psycopg.connect(address, autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []


@dataclass
class Web:
    """The service of a web host."""

    host: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def environment(self, primary: Server, replica: Server | None) -> dict[str, str]:
        """Return the settings of the host."""
        found = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GEOAPP_DATA": str(self.folder / self.host),
            "DATABASE_URL": f"postgresql://geoapp@{primary.address}/geoapp",
            "GEOAPP_SECRET_KEY": "one key for all of them, long enough",
            "GEOAPP_HOST": "0.0.0.0",
            "GEOAPP_WORKERS": "1",
        }
        if replica is not None:
            found["DATABASE_READ_URL"] = f"postgresql://geoapp@{replica.address}/geoapp"
        return found

    def command(self, *words: str, primary: Server, stdin: str = "") -> str:
        """Run a command of geoapp on the host."""
        return run(
            *inside(self.host),
            *(sys.executable, "-m", "geoapp", *words),
            env=self.environment(primary, None),
            input=stdin,
        )

    def start(self, primary: Server, replica: Server | None) -> None:
        """Start the service; `ask` says when it answers."""
        with (self.folder / f"{self.host}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*inside(self.host), sys.executable, "-m", "geoapp", "serve"],
                env=self.environment(primary, replica),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def kill_web_process(self) -> None:
        """Kill what answers: the service starts it again."""
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                mine = (folder / "comm").read_text().strip() == "geoapp-web"
                if (
                    mine
                    and f"GEOAPP_DATA={self.folder / self.host}\0".encode()
                    in (folder / "environ").read_bytes()
                ):
                    os.kill(int(folder.name), signal.SIGKILL)

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        """Ask the service from a client; status 0 where nothing comes back in time."""
        link = http.client.HTTPConnection(
            f"{NETWORK}{HOSTS[self.host]}", 8000, timeout=PATIENCE_SECONDS
        )
        try:
            sent = None if body is None else json.dumps(body)
            link.request(
                method, path, sent, {"Content-Type": "application/json", **(headers or {})}
            )
            answer = link.getresponse()
            told = answer.read()
            given = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, json.loads(told or b"null"), given
        except (OSError, http.client.HTTPException, ValueError):
            return 0, None, {}
        finally:
            link.close()


@dataclass
class Seen:
    """What the clients saw, in all and while one thing was done."""

    answered: int = 0
    unavailable: int = 0
    silent: int = 0
    stale: int = 0
    saved: int = 0
    refused: int = 0
    longest_gap_seconds: float = 0.0


@dataclass
class Clients:
    """Those who read, on each web host, and one who edits, on one after the other."""

    web: list[Web]
    key: str
    told: dict[str, Seen] = field(default_factory=dict)
    now: str = "start"
    saved: list[tuple[int, float]] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Begin."""
        self.told[self.now] = Seen()
        self._threads = [threading.Thread(target=self._edit, daemon=True)]
        for one in self.web:
            for path in (STATION, NEAREST):
                self._threads.append(
                    threading.Thread(target=self._read, args=(one, path), daemon=True)
                )
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End."""
        self.stopped.set()
        for thread in self._threads:
            thread.join()

    def during(self, name: str, seconds: float, do: Callable[[], object]) -> None:
        """Do something, and count by its name what is seen then and for so many seconds."""
        self.told[name] = Seen()
        self.now = name
        do()
        time.sleep(seconds)

    def until_all_answer(self, name: str) -> None:
        """Wait until every host reads and saves again; counted by a name."""
        self.told[name] = Seen()
        self.now = name
        until = time.monotonic() + 300
        count = len(self.saved)
        while time.monotonic() < until:
            fine = all(one.ask("GET", STATION)[0] == 200 for one in self.web)
            if fine and len(self.saved) >= count + 3:
                return
            time.sleep(0.2)
        self.examples.append(f"{name}: not all hosts came back")

    def _must_be_seen(self, begun: float) -> int:
        return max((one for one, at in self.saved[-400:] if at + STALE_SECONDS < begun), default=0)

    def _read(self, web: Web, path: str) -> None:
        while not self.stopped.is_set():
            begun, seen = time.monotonic(), self.told[self.now]
            least = self._must_be_seen(begun)
            status, told, _ = web.ask("GET", path)
            if status == 200:
                feature = told["features"][0] if "features" in told else told
                number = int(feature["properties"]["name"].removeprefix("n"))
                seen.answered += 1
                if number < least:
                    seen.stale += 1
                    self.examples.append(f"{self.now}: {web.host} {path} says {number} < {least}")
            elif status == 0:
                seen.silent += 1
            else:
                seen.unavailable += 1
            time.sleep(0.05)

    def _edit(self) -> None:
        number, turn, last = 0, 0, time.monotonic()
        tag = None
        headers = {"Authorization": f"Bearer {self.key}"}
        while not self.stopped.is_set():
            turn += 1
            web, seen = self.web[turn % len(self.web)], self.told[self.now]
            if tag is None:
                # Whether the last one was saved is not known: a later edit names what stands now.
                status, told, given = web.ask("GET", STATION, headers=headers)
                if status == 200:
                    tag = given.get("etag")
                    number = max(number, int(told["properties"]["name"].removeprefix("n")))
                time.sleep(0.05)
                continue
            number += 1
            status, _, given = web.ask(
                "PATCH",
                STATION,
                {"properties": {"name": f"n{number}"}},
                {**headers, "If-Match": tag},
            )
            if status == 200:
                at = time.monotonic()
                self.saved.append((number, at))
                seen.saved += 1
                seen.longest_gap_seconds = max(seen.longest_gap_seconds, at - last)
                tag, last = given.get("etag"), at
            else:
                tag = None
                seen.refused += 1
            time.sleep(0.05)


def main() -> None:
    """Make the hosts, do to them what happens to hosts, and print what was seen."""
    folder = Path(sys.argv[1])
    folder.chmod(0o777)
    make_network()
    one, two = Server("one", folder), Server("two", folder)
    one.make()
    one.start()
    run(*inside("one"), str(BIN / "createdb"), "-h", one.address, "-U", "geoapp", "geoapp")
    web = [Web(host, folder) for host in WEB]
    web[0].command("init", primary=one)
    web[0].command("user", "add", "wang", "--role", "steward", primary=one)
    made = web[0].command(
        *("user", "keys", "wang", "--new", "sync", "--scope", "write"), primary=one
    )
    key = next(word for word in made.split() if len(word) > 30)
    (folder / "stations.csv").write_text(
        "code,kind,name_zh,lon,lat\nT-1,station,n0,120.36,36.08\n", encoding="utf-8"
    )
    web[0].command(
        *("import", "facilities", str(folder / "stations.csv"), "--datum", "wgs84", "--anywhere"),
        primary=one,
    )
    two.follow(one)
    two.start()
    for each in web:
        each.start(one, two)
    until = time.monotonic() + 300
    while any(each.ask("GET", STATION)[0] != 200 for each in web):
        assert time.monotonic() < until, "the hosts do not answer"
        time.sleep(0.5)
    clients = Clients(web, key)
    try:
        clients.during("all well", 5, lambda: None)
        clients.during("replica cut off", 6, lambda: cut("two"))
        clients.during("replica back", 4, lambda: join("two"))
        clients.during("replica killed", 4, two.kill)
        clients.during("replica started", 4, two.start)
        clients.during("primary cut off", 25, lambda: cut("one"))
        clients.during("primary back", 0, lambda: join("one"))
        clients.until_all_answer("after the primary was cut off")
        clients.during("primary killed", 4, one.kill)
        clients.during("primary started", 0, one.start)
        clients.until_all_answer("after the primary was killed")
        clients.during("a web process killed", 4, web[0].kill_web_process)
        clients.during("a web host cut off", 4, lambda: cut("web2"))
        clients.during("a web host back", 0, lambda: join("web2"))
        clients.until_all_answer("after a web host was cut off")
        # A failover that may lose nothing: what is saved is on the replica, too.
        one.ask("alter system set synchronous_standby_names = 'two'")
        one.ask("select pg_reload_conf()")
        clients.during("saved on both", 5, lambda: None)
        clients.during("primary lost for good", 3, one.kill)

        def fail_over() -> None:
            two.program("pg_ctl", "-D", str(two.data), "-w", "promote")
            for each in web:
                each.stop()
                each.start(two, None)

        clients.during("failed over", 0, fail_over)
        clients.until_all_answer("after the failover")
        clients.during("all well again", 4, lambda: None)
    finally:
        clients.stop()
        rows = []
        with suppress(psycopg.Error):
            rows = two.ask(
                "select after ->> 'name_zh' from change where table_name = 'facility' "
                "and after ? 'name_zh'"
            )
        stored = {row[0] for row in rows}
        lost = [number for number, _ in clients.saved if f"n{number}" not in stored]
        for each in web:
            each.stop()
        for server in (one, two):
            with suppress(OSError, subprocess.CalledProcessError):
                server.kill()
    print(
        json.dumps(
            {
                "steps": {name: vars(seen) for name, seen in clients.told.items()},
                "saved": len(clients.saved),
                "lost": lost,
                "examples": clients.examples[:20],
            }
        )
    )


if __name__ == "__main__":
    main()

"""The rate of ``/api/v1/nearest`` with and without stalled senders, in turns.

A stalled sender has sent the head of a POST and one byte of its body. There are 500 of them while
the rate is measured; each is replaced as soon as the service lets it go. The service runs as
operators run it, with a store of its own. The ratio of the medians is the result.

Usage: python benchmarks/bench_stalled_senders.py [facilities] [seconds of each round]
"""

import contextlib
import selectors
import shutil
import socket
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

from bench_nearest_http import SQUARE, fill, measure, served

NEAREST = "/api/v1/nearest?lon=%.5f&lat=%.5f&k=5"
STALLED = 500
ROUNDS = 5
BEGUN = (
    b"POST /api/v1/facilities HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\nx"
)


@contextlib.contextmanager
def stalled_senders(port: int) -> Iterator[None]:
    """Keep `STALLED` senders waiting until the end."""
    over = Event()
    selector = selectors.DefaultSelector()

    def begin() -> None:
        sender = socket.create_connection(("127.0.0.1", port), timeout=60)
        sender.sendall(BEGUN)
        selector.register(sender, selectors.EVENT_READ)

    def replace() -> None:
        while not over.is_set():
            for key, _ in selector.select(0.1):
                selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
                begin()

    for _ in range(STALLED):
        begin()
    replacing = Thread(target=replace)
    replacing.start()
    try:
        yield
    finally:
        over.set()
        replacing.join()
        for key in list(selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        selector.close()


def main() -> None:
    """Print both rates and their ratio."""
    if shutil.which("wrk") is None:
        sys.exit("needs wrk: apt-get install wrk")
    given = [int(one) for one in sys.argv[1:]]
    count, seconds = [*given, *(20_000, 3)[len(given) :]]
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
        folder = Path(name)
        fill(folder / "data", count, SQUARE)
        alone, among = [], []
        with served(folder) as port:
            measure(port, NEAREST, folder, 2, SQUARE)
            for _ in range(ROUNDS):
                alone.append(measure(port, NEAREST, folder, seconds, SQUARE))
                with stalled_senders(port):
                    among.append(measure(port, NEAREST, folder, seconds, SQUARE))
    for title, rounds in (("alone", alone), (f"{STALLED} stalled senders", among)):
        rate, middle, slow = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"{title:22} {rate:8,.0f} requests/s  p50 {middle:6.2f} ms  p99 {slow:6.2f} ms")
    ratio = statistics.median(one[0] for one in among) / statistics.median(one[0] for one in alone)
    print(f"ratio {ratio:.2f}")


if __name__ == "__main__":
    main()

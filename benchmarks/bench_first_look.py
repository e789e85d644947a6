"""What travels until somebody who has allowed the position sees the finder's first answer, file by file.

Bytes on the wire with the answers' headers, of a phone that has never been here, at the pace of Lighthouse's slow
4G and a quarter of the processor's speed; what comes afterwards (streets, what works without a network) is counted
apart. The goal is under 150 KB without pictures of the map.

Usage: python benchmarks/bench_first_look.py ADDRESS LON,LAT
"""

import sys
from typing import Any, Final
from urllib.parse import urlsplit

from bench_page_tasks import PHONE, SLOWER
from playwright.sync_api import sync_playwright

from tests.web.conftest import ARGUMENTS, chromium_path

# Bytes in a second and milliseconds, as Lighthouse simulates it by the browser's own throttling.
SLOW_4G: Final = {
    "offline": False,
    "latency": 150 * 3.75,
    "downloadThroughput": 1.6e6 / 8 * 0.9,
    "uploadThroughput": 750e3 / 8 * 0.9,
}
AFTER_MS: Final = 8000
ANSWER: Final = "/finder/results"


def main() -> None:
    """Print the table."""
    address, place = sys.argv[1:3]
    lon, lat = (float(part) for part in place.split(","))
    asked: dict[str, tuple[str, float]] = {}
    come: list[tuple[float, int, str]] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        context = browser.new_context(
            **PHONE,
            permissions=["geolocation"],
            geolocation={"longitude": lon, "latitude": lat},
        )
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW_4G)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

        def note(event: dict[str, Any]) -> None:
            asked[event["requestId"]] = (event["request"]["url"], event["timestamp"])

        def finish(event: dict[str, Any]) -> None:
            come.append((event["timestamp"], event["encodedDataLength"], event["requestId"]))

        session.on("Network.requestWillBeSent", note)
        session.on("Network.loadingFinished", finish)
        page.goto(address.rstrip("/") + "/")
        page.locator(".found").first.wait_for(timeout=60_000)
        page.wait_for_timeout(AFTER_MS)
        browser.close()
    begun = min(when for _, when in asked.values())
    [answered, *_] = [at for at, _, which in come if urlsplit(asked[which][0]).path == ANSWER]
    first = later = 0
    for _at, size, which in sorted(come):
        url, when = asked[which]
        is_first = when <= answered
        first += size * is_first
        later += size * (not is_first)
        print(
            f"{size:8,} B  {when - begun:6.2f} s  {'' if is_first else 'later '}{urlsplit(url).path}"
        )
    print(
        f"until the first answer {first:,} B in {answered - begun:.2f} s; afterwards {later:,} B more"
    )


if __name__ == "__main__":
    main()

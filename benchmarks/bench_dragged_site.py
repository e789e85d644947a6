"""The longest task of a browser while a site is dragged over the sample's 36,000 demand points.

The service runs as operators run it, on the sample without streets; the browser is headless Chromium on a
screen of 1440 by 900, first as it is and then with its processor slowed down four times. Ten sites that
must be among the new ones are placed, and one is dragged through the city centre in 60 moves: with every
move the catchments of all ten, the workers reached and the districts are counted anew and drawn. Told is the
longest task of the page's main thread by the processor's time, and by the clock; the goal is none over 100 ms.
Beside it: what the rows weigh on the wire, and how many counts of the service were waited for on the way (none).

Usage: python benchmarks/bench_dragged_site.py [moves]
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_panned_map import longest
from playwright.sync_api import Page, Response, expect, sync_playwright

from tests.web.conftest import ARGUMENTS, chromium_path

PORT = 8179
PLACES = (
    *(
        (120.385, 36.073),
        (120.351, 36.089),
        (120.402, 36.086),
        (120.402, 36.064),
        (120.389, 36.122),
    ),
    *(
        (120.401, 36.097),
        (120.374, 36.113),
        (120.350, 36.114),
        (120.330, 36.070),
        (120.420, 36.100),
    ),
)


def placed(page: Page, address: str) -> None:
    """Open the page with ten sites that must be among the new ones, and bring the first into sight."""
    page.goto(f"{address}/plan/siting")
    page.wait_for_selector("body[data-ready]")
    for lon, lat in PLACES:
        page.fill("#must-lon", str(lon))
        page.fill("#must-lat", str(lat))
        page.click("#must-add")
    page.wait_for_selector("canvas.catchments[data-drawn]", timeout=300_000)
    for _ in range(3):
        page.click(".leaflet-control-zoom-in")
    page.fill("#must-lon", "120.3800")
    page.fill("#must-lat", "36.0900")
    page.click("#must-add")
    expect(page.locator("#must li span[data-adds]")).to_have_count(len(PLACES) + 1, timeout=120_000)


def main() -> None:
    """Print the table."""
    moves = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name, sync_playwright() as player:
        told = Path(name) / "told"
        known = {**os.environ, "GEOAPP_DATA": f"{name}/data", "GEOAPP_PORT": str(PORT)}
        with told.open("w") as out:
            serving = subprocess.Popen(["geoapp", "demo"], env=known, stdout=out, stderr=out)
        try:
            address = f"http://127.0.0.1:{PORT}"
            browser = player.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            while serving.poll() is None and f"ready {address}" not in told.read_text():
                page.wait_for_timeout(500)
            page.goto(f"{address}/sign-in")
            [password] = re.findall(r"password (\S+)", told.read_text())
            page.fill("[name=name]", "demo")
            page.fill("[name=password]", password)
            page.click("main [type=submit]")
            page.wait_for_url(lambda url: "sign-in" not in url)
            answers: list[Response] = []
            page.on("response", lambda one: answers.append(one) if "/try" in one.url else None)
            placed(page, address)
            [rows] = [one for one in answers if one.url.endswith("/ground")]
            print(f"rows on the wire: {int(rows.headers['content-length']) / 1024:,.0f} kB")
            print("| slowed down | moves | asked on the way | longest task, processor | clock |")
            print("|---:|---:|---:|---:|---:|")
            devtools = page.context.new_cdp_session(page)
            for slowdown in (1, 4):
                devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
                spot = page.locator("#map .must-have").last.bounding_box()
                assert spot is not None
                x, y = spot["x"] + 14, spot["y"] + 14
                page.mouse.move(x, y)
                page.mouse.down()
                page.mouse.move(x + 5, y)
                answers.clear()

                def drag(x: float = x, y: float = y) -> None:
                    for step in range(moves):
                        page.mouse.move(x + 5 + 3 * step, y + 2 * (step % 20))

                busy, clock = longest(
                    browser, page, drag, lambda here: here.wait_for_selector("#tried:not([hidden])")
                )
                print(
                    f"| {slowdown} x | {moves} | {len(answers)} | {busy:.0f} ms | {clock:.0f} ms |"
                )
                page.mouse.up()
                page.wait_for_function("() => true")
            browser.close()
        finally:
            serving.terminate()
            serving.wait()


if __name__ == "__main__":
    main()

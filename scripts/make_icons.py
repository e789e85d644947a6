"""Draw the icons that a phone shows for the finder from ``static/img/logo.svg``: run where that changes.

Run with the Python of the tests' environment: .venv/bin/python scripts/make_icons.py
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.web.conftest import chromium_path

FOLDER = Path(__file__).resolve().parent.parent / "static" / "img"
# name -> size and how much of it the drawing takes; a maskable one may be cut to a circle
ICONS = {"icon-192": (192, 0.9), "icon-512": (512, 0.9), "icon-maskable-512": (512, 0.6)}


def main() -> None:
    """Draw all icons."""
    logo = (FOLDER / "logo.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        for name, (size, share) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            part = round(size * share)
            page.set_content(
                f"<style>body{{margin:0;height:{size}px;display:flex;background:#fff;"
                f"align-items:center;justify-content:center}}svg{{width:{part}px;height:{part}px}}"
                f"</style>{logo}"
            )
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()

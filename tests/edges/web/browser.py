"""Debian's Chromium for tests of the pages. A page that logs an error, throws, or breaks its policy fails its test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM: Final = "/usr/bin/chromium"
DESKTOP: Final = {"width": 1280, "height": 860}
PHONE: Final = {"width": 360, "height": 740}
PATIENCE_MS: Final = 8000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; it is where the thread is, also in a network namespace."""
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start as root; all it is shown here is ours.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=os.geteuid() != 0)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, address: str, complaints: tuple[str, ...] = (), **context: Any) -> Iterator[Page]:
    """A page of a browser that was never here before, at this address; `context` is Playwright's.

    Messages with one of these `complaints` in them are expected.
    """
    wrong: list[str] = []
    with browser.new_context(**{"viewport": DESKTOP, **context}) as visit:
        page = visit.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(address)
        yield page
    unexpected = [said[:400] for said in wrong if not any(word in said for word in complaints)]
    assert unexpected == []


def go(page: Page, route: str) -> None:
    """Turn to a page and wait until it has been filled."""
    there = page.evaluate("route => { location.hash = route; return location.hash }", f"#/{route}")
    expect(page.locator("main")).to_have_attribute("data-shown", there)


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def pixel(page: Page, x: int, y: int) -> str:
    """What a pixel of the map's canvas shows, `rgb(…)`; the canvas has 1024 a side."""
    found = page.locator("canvas.map").evaluate(
        """(one, [x, y]) => {
            const pen = new OffscreenCanvas(1, 1).getContext('2d');
            pen.drawImage(one, -x, -y);
            return [...pen.getImageData(0, 0, 1, 1).data];
        }""",
        [x, y],
    )
    return f"rgb({found[0]}, {found[1]}, {found[2]})"

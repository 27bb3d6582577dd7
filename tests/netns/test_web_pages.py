"""The web admin in a real browser on the sensor's side, while a real nmap scans from the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from rawspoof.edges.lab.namespaces import Lab
from tests.edges.web.browser import chromium, go, opened, pixel
from tests.netns import mailserver
from tests.netns.sensors import running, until
from tests.netns.taps import SOURCE, TARGET, attempt, greeting

pytestmark = pytest.mark.netns

PORT: Final = 8080
USER: Final = {"username": "admin", "password": "s3cret"}
SETTINGS: Final = {
    "Server": mailserver.HOST,
    "Server's port": str(mailserver.PORT),
    "From": "sensor@example.org",
    "To": "soc@example.org",
}
NONE: Final = "rgb(233, 236, 241)"
"""A port of the map that nobody touched."""


@contextmanager
def admin(lab: Lab, folder: Path, *args: str) -> Iterator[Page]:
    """A browser logged in at a running sensor."""
    password = folder / "admin.passwd"
    password.write_text(":".join(USER.values()))
    password.chmod(0o600)
    given = ("--delivery", "prompt", "--admin-port", str(PORT), "--admin-passwd", str(password))
    with (
        running(lab, *given, *args),
        lab.inside("sensor"),
        chromium() as browser,
        opened(browser, f"http://127.0.0.1:{PORT}/", http_credentials=USER, color_scheme="light") as page,
    ):
        yield page


def scan(lab: Lab, *args: str) -> None:
    """nmap, to its end."""
    argv = ["nmap", "-n", "-Pn", "-T5", "--max-retries", "1", *args, TARGET]
    assert lab.run("attacker", argv, stdout=DEVNULL, stderr=DEVNULL).wait(30) == 0


def lit(page: Page, port: int) -> bool:
    """Whether the map shows this port as touched; the map is seen whole, four pixels a port."""
    return pixel(page, 4 * (port % 256) + 2, 4 * (port // 256) + 2) != NONE


def test_a_scan_is_seen_as_it_happens_and_its_source_shut_out(lab, tmp_path):
    with admin(lab, tmp_path) as page:
        expect(page.locator("#state")).to_have_text("live")
        scan(lab, "-sT", "-p", "80-600")
        page.locator(".feed").get_by_role("link", name=SOURCE).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(SOURCE)
        until(lambda: lit(page, 80) and lit(page, 600), 10.0)
        assert not lit(page, 7000)
        expect(page.locator("main")).to_contain_text("connect")

        page.get_by_role("button", name="Block", exact=True).click()
        expect(page.get_by_role("button", name="Unblock")).to_be_visible()
        assert attempt(lab, TARGET, 4444) != "open"
        go(page, "blocks")
        expect(page.get_by_role("link", name=SOURCE)).to_be_visible()
        page.get_by_role("button", name=f"Unblock {SOURCE}").click()
        expect(page.get_by_role("link", name=SOURCE)).to_have_count(0)
        until(lambda: attempt(lab, TARGET, 4444) == "open", 5.0)


def test_the_shape_of_a_scan_that_proves_nothing_is_seen_while_it_goes_on(lab, tmp_path):
    with admin(lab, tmp_path) as page:
        go(page, "ports")
        ports = range(1, 65536, 200)
        scan(lab, "-sS", "-p", ",".join(map(str, ports)))
        until(lambda: all(lit(page, port) for port in (ports[0], ports[150], ports[-1])), 5.0)
        expect(page.get_by_text(f"{len(ports)} of 65,535 ports touched.")).to_be_visible()


def test_a_port_says_to_others_what_its_page_shows(lab, tmp_path):
    with admin(lab, tmp_path) as page:
        go(page, f"port/25?host={TARGET}&source={SOURCE}")
        shown = page.get_by_label("Greeting as text").inner_text()
        said = greeting(lab, "attacker", TARGET, 25).decode("latin-1")
        assert shown.replace("\n", "") == said.replace("\r", "\\r").replace("\n", "\\n")


def test_mail_is_set_up_and_tried(lab, tmp_path):
    with admin(lab, tmp_path) as page, mailserver.serving(lab, "sensor") as server:
        go(page, "alerts")
        for label, value in SETTINGS.items():
            page.get_by_label(label, exact=True).fill(value)
        page.get_by_label("Send mail").check()
        page.get_by_label("STARTTLS").uncheck()
        page.get_by_role("button", name="Send test email").click()
        expect(page.locator("#notice")).to_have_text("A test mail is on its way.")
        until(lambda: server.mails, 5.0)
        page.reload()
        expect(page.get_by_label("To", exact=True)).to_have_value("soc@example.org")

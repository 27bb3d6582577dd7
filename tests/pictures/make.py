"""Pictures of the web admin for the README: a sensor in a lab, several real scanners at once, and Chromium.

Takes root, as all labs do, and half a minute. `python -m tests.pictures.make [FOLDER]`
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Page

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.edges.web.browser import chromium, go
from tests.netns.sensors import running
from tests.netns.taps import TARGET, call

HERE: Final = Path(__file__).parent
PORT: Final = 8080
USER: Final = {"username": "admin", "password": "s3cret"}
EVERYTHING, VERSIONS, STEALTH, LOGIN = (f"203.0.113.{host}" for host in (77, 9, 140, 31))
SCANS: Final = (
    (EVERYTHING, "-sS -r -p- --min-rate 1100 --max-rate 1200"),
    (VERSIONS, "-sV --version-light --top-ports 150"),
    (STEALTH, "-sS --top-ports 4000 --max-rate 300"),
)
PASSWORDS: Final = ("123456", "admin", "password", "root", "raspberry", "letmein")
BYTES_MAX: Final = 150_000


@contextmanager
def scanned(lab: Lab) -> Iterator[None]:
    """Scanners at work, each with an address of its own."""
    call(lab, "sensor", "ip", "route", "add", "203.0.113.0/24", "dev", INTERFACE)
    for source in (EVERYTHING, VERSIONS, STEALTH, LOGIN):
        call(lab, "attacker", "ip", "addr", "add", f"{source}/32", "dev", INTERFACE)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for source, how in SCANS:
        lab.run("attacker", ["nmap", "-n", "-Pn", "-T4", "-e", INTERFACE, "-S", source, *how.split(), TARGET], **quiet)
    for password in PASSWORDS:
        for user in ("root", "admin"):
            url = f"ftp://{user}:{password}@{TARGET}/"
            lab.run("attacker", ["curl", "-s", "-m", "5", "--interface", LOGIN, url], **quiet)
    yield


@contextmanager
def admin(lab: Lab, folder: Path) -> Iterator[str]:
    """The address of a sensor's web admin."""
    password = folder / "admin.passwd"
    password.write_text(":".join(USER.values()))
    password.chmod(0o600)
    options = ("--delivery", "prompt", "--admin-port", str(PORT), "--admin-passwd", str(password))
    with running(lab, *options), lab.inside("sensor"):
        yield f"http://127.0.0.1:{PORT}/"


def save(page: Page, folder: Path, name: str) -> None:
    """Take the picture. Raises ValueError where it is too large to be kept."""
    time.sleep(1.0)
    data = page.screenshot(path=folder / f"{name}.png")
    if len(data) > BYTES_MAX:
        raise ValueError(f"{name}.png has {len(data)} bytes, at most {BYTES_MAX} are kept")


def main(folder: Path) -> None:
    """Write the three pictures."""
    with TemporaryDirectory() as work, Lab() as lab, admin(lab, Path(work)) as url, chromium() as browser:
        desktop = browser.new_page(viewport={"width": 1280, "height": 800}, http_credentials=USER, color_scheme="dark")
        desktop.goto(url)
        with scanned(lab):
            time.sleep(28)
            save(desktop, folder, "overview")
            go(desktop, f"source/{VERSIONS}")
            save(desktop, folder, "source")
            phone = browser.new_page(
                viewport={"width": 390, "height": 800}, http_credentials=USER, color_scheme="light"
            )
            phone.goto(url)
            go(phone, f"port/22?host={TARGET}")
            save(phone, folder, "phone")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else HERE)

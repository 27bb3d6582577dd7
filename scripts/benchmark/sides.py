"""The two sides of every comparison: rawspoof, and the kernel's own way. Starts them, measures nothing.

The kernel's own way is what every redirecting portspoof is: an nftables `redirect` of all ports to one listener, here
one nginx worker, with connection tracking as the kernel does it by default.
"""

import subprocess
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from benchmark.lab import Broken, Lab, finish
from benchmark.running import Running

ROOT: Final = Path(__file__).parent.parent.parent
READY_WITHIN_S: Final = 20.0
GREETING: Final = "SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.13"


class Part(Enum):
    """What the ports do."""

    GREET = "greet"
    SILENT = "silent"
    TIMED = "timed"
    """Silent, and closed by us some day."""
    PAGE = "page"
    """Serve a small page, and close if asked to."""
    TLS = "tls"
    """Greet inside TLS at the port for it."""


OPTIONS: Final = {
    Part.GREET: "--only openssh --delivery prompt -T 0",
    Part.SILENT: "--world open -T 0",
    Part.TIMED: "--world open -t 3600 -T 7200",
    Part.PAGE: "--only nginx --delivery prompt -T 0",
    Part.TLS: "--only dovecot-imap --delivery prompt -T 0",
}
"""What `rawspoof run` is told for each part."""

REDIRECT: Final = (
    "add table ip nat; add chain ip nat in { type nat hook prerouting priority dstnat; }; "
    "add rule ip nat in meta l4proto tcp redirect to :4444"
)
NGINX: Final = """
{load}
worker_processes 1; worker_rlimit_nofile 100000; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log crit;
events {{ worker_connections 100000; multi_accept on; }}
{serve}
"""
GREETS: Final = f'stream {{ server {{ listen 4444 backlog=4096; return "{GREETING}\\r\\n"; }} }}'
PAGES: Final = "http {{ access_log off; server {{ listen 4444 backlog=4096; root {folder}; }} }}"
INDEX: Final = "<!DOCTYPE html>\n<html>\n<head><title>page</title></head>\n<body><p>It works.</p></body>\n</html>\n"
WAITS: Final = "http { access_log off; client_header_timeout 2h; server { listen 4444 backlog=4096; return 204; } }"


class Side(NamedTuple):
    """One of the two: its name, and how to start it to play a part."""

    name: str
    start: Callable[[Lab, Part], Running]


def sensor(folder: Path, command: str) -> Side:
    """rawspoof, started by `command` with options after it; its files go to `folder`."""
    log = folder / "sensor.log"

    def start(lab: Lab, part: Part) -> Running:
        words = [*command.split(), *OPTIONS[part].split(), "--state-dir", str(folder)]
        return _start(lab, words, "rawspoof-work", log, lambda: "rawspoof: ready" in log.read_text(errors="replace"))

    return Side("rawspoof", start)


def baseline(folder: Path) -> Side:
    """The redirect and nginx; its files go to `folder`."""

    def start(lab: Lab, part: Part) -> Running:
        load = "load_module /usr/lib/nginx/modules/ngx_stream_module.so;" if part is Part.GREET else ""
        (folder / "index.html").write_text(INDEX)
        serve = {Part.GREET: GREETS, Part.PAGE: PAGES.format(folder=folder)}.get(part, WAITS)
        conf = folder / "nginx.conf"
        conf.write_text(NGINX.format(load=load, folder=folder, serve=serve))
        lab.nft(REDIRECT)
        return _start(lab, ["nginx", "-c", str(conf)], "nginx", folder / "nginx.err", lambda: True)

    return Side("baseline", start)


def _start(lab: Lab, words: list[str], worker: str, log: Path, ready: Callable[[], bool]) -> Running:
    """Start a side while SYNs knock; once one is answered and all is ready, bind it to its core. Raises Broken."""
    knocks = lab.start_load("syn", first=1, rate=500, count=int(500 * READY_WITHIN_S), sport=30000)
    # The load should be knocking when the clock starts.
    time.sleep(0.05)
    with log.open("wb") as err:
        begun = time.monotonic()
        process = subprocess.Popen(lab.inside(lab.sensor, *words), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=err)
    running = Running(process, worker)
    try:
        _await(lambda: knocks.poll() is not None, running, log)
        running.start_s = finish(knocks)["first_at"] - begun
        _await(lambda: ready() and running.worker is not None, running, log)
        running.pin()
    except BaseException:
        knocks.kill()
        knocks.communicate()
        running.stop()
        raise
    return running


def _await(condition: Callable[[], bool], running: Running, log: Path) -> None:
    for _ in range(int(READY_WITHIN_S * 100)):
        if not running.alive():
            break
        if condition():
            return
        time.sleep(0.01)
    why = "it does not answer" if running.alive() else "it ended"
    raise Broken(f"{log.stem}: {why}: {_last_line(log)}")


def _last_line(log: Path) -> str:
    return (log.read_text(errors="replace").strip() or "it said nothing").splitlines()[-1]

"""Browsers, fetchers and brute forcers of the web end as they do at servers that refuse; we know what they tried.

All of them run at once against one sensor.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Final, NamedTuple

import pytest

from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import running, town, until
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

PROMPT = ("--delivery", "prompt")
CLIENT_S: Final = 25.0
KEYS: Final = ("user", "secret")
SERVICES: Final = ("nginx", "apache", "miniserv", "netgear-uhttpd", "amt", "elasticsearch", "docker", "squid")


class Case(NamedTuple):
    """A client, what it prints among other things, how it ends, and what it tried."""

    service: str
    argv: str
    """`{url}`, `{port}` and `{to}` stand for the place, `{folder}` for a folder of its own."""
    text: str
    """A regular expression."""
    status: int
    proof: tuple[str, str, str] | None = None
    """Method, user and a part of the secret."""


HYDRA = "hydra -I -t 2 -l bob -p"
NMAP = "nmap -Pn -n -sT -p {port} {to} --script "
CHROMIUM = (
    "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --user-data-dir={folder} --dump-dom {url}"
)
CASES: Final = {
    "curl": Case("apache", "curl -sv {url}", r"< HTTP/1\.1 200 OK\s[^\0]*</html>", 0),
    "curl-head": Case("nginx", "curl -sI {url}", r"HTTP/1\.1 200 OK\s[^\0]*ETag: ", 0),
    "curl-again": Case("nginx", "curl -sv {url} --next -sv {url}nope", r"Re-using existing[^\0]*< HTTP/1\.1 404", 0),
    "curl-form": Case(
        "miniserv", "curl -s {url}session_login.cgi -d user=bob&pass=cf", "Login failed", 0, ("form", "bob", "cf")
    ),
    "curl-basic": Case(
        "netgear-uhttpd", "curl -sv -u bob:cb {url}", r"HTTP/1\.0 401[^\0]*401 Unauthorized", 0, ("Basic", "bob", "cb")
    ),
    "curl-digest": Case(
        "amt",
        "curl -sv --digest -u bob:cd {url}index.htm",
        r"Authorization: Digest username=.bob[^\0]*HTTP/1\.1 401",
        0,
        ("Digest", "bob", 'GET username="bob", realm="Digest:'),
    ),
    "curl-large": Case("apache", "curl -sv -T {large} {url}up", r"HTTP/1\.1 405 Method Not Allowed", 0),
    "curl-proxy": Case(
        "squid", "curl -sv -U bob:cp -x {url} http://a.example/", r"HTTP/1\.1 407 ", 0, ("Basic", "bob", "cp")
    ),
    "curl-tunnel": Case("squid", "curl -sv -x {url} https://a.example/", r"HTTP/1\.1 407 ", 56),
    "curl-elasticsearch": Case("elasticsearch", "curl -s {url}_cluster/health", r'"status":"yellow"', 0),
    "curl-docker": Case("docker", "curl -s {url}v1.24/version", r'"ApiVersion":"1\.', 0),
    "wget": Case("nginx", "wget -O - {url}", r"200 OK", 0),
    "wget-lost": Case("apache", "wget -O - {url}nope", r"ERROR 404: Not Found", 8),
    "hydra-get": Case(
        "netgear-uhttpd", HYDRA + " hg -s {port} {to} http-get /", "0 valid password", 0, ("Basic", "bob", "hg")
    ),
    "hydra-form": Case(
        "miniserv",
        HYDRA + " hf -s {port} {to} http-post-form /session_login.cgi:user=^USER^&pass=^PASS^:F=failed",
        "0 valid password",
        0,
        ("form", "bob", "hf"),
    ),
    "whatweb": Case("apache", "whatweb --color=never {url}", r"200 OK.*Apache\[", 0),
    "nmap-title": Case(
        "nginx",
        NMAP + "+http-title,+http-server-header,+http-methods",
        r"(?s)(?=.*http-title: \w)(?=.*http-server-header: nginx/)",
        0,
    ),
    "nmap-methods": Case("apache", NMAP + "+http-methods", "Supported Methods: GET POST OPTIONS HEAD", 0),
    "nmap-auth": Case("netgear-uhttpd", NMAP + "+http-auth", "Basic realm=NETGEAR", 0),
    "nmap-enum": Case("nginx", NMAP + "+http-enum --script-args http-enum.category=management", "open", 0),
    "chromium": Case("miniserv", CHROMIUM, r'<form method="post"[^\0]*<input name="pass" type="password">', 0),
}


class Ended(NamedTuple):
    """What came of a client."""

    status: int
    text: str


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    """Where each service lives in a world that is the same in every run."""
    profile = town(*PROMPT)
    found: dict[str, int] = {}
    for port in range(1, 65536):
        who = profile(port).identity
        if who is not None and who.service in SERVICES and who.tls != "implicit":
            found.setdefault(who.service, port)
        if len(found) == len(SERVICES):
            break
    return found


@pytest.fixture(scope="module")
def seen(ports: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Ended], Path]]:
    """How every client ended, and the file of events."""
    events = tmp_path_factory.mktemp("web") / "events"
    with Lab() as lab, running(lab, *PROMPT, "--events", str(events)):
        started = {name: _started(lab, name, ports, events.parent) for name in CASES}
        yield {name: _ended(process) for name, process in started.items()}, events


def _started(lab: Lab, name: str, ports: dict[str, int], folder: Path) -> "subprocess.Popen[str]":
    case = CASES[name]
    port = ports[case.service]
    large = folder / "large"
    large.write_bytes(bytes(100_000))
    words = {"port": port, "to": TARGET, "url": f"http://{TARGET}:{port}/", "folder": folder / name, "large": large}
    argv = [word.format(**words) for word in case.argv.split()]
    # hydra leaves a file where it stands.
    how = {"stdin": subprocess.DEVNULL, "stdout": PIPE, "stderr": STDOUT, "cwd": folder}
    return lab.run("attacker", argv, **how, text=True, errors="replace")


def _ended(process: "subprocess.Popen[str]") -> Ended:
    try:
        text, _ = process.communicate(timeout=CLIENT_S)
    except subprocess.TimeoutExpired:
        # Whoever waits for ever fails its own test, not those of all others.
        process.kill()
        text, _ = process.communicate()
    return Ended(process.returncode, text)


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_against_any_server_that_refuses(seen, name):
    ended, events = seen
    case = CASES[name]
    assert re.search(case.text, ended[name].text), ended[name].text
    assert ended[name].status == case.status, ended[name].text
    if case.proof:
        until(lambda: _proven(events, case), 2.0)


def _proven(events: Path, case: Case) -> bool:
    assert case.proof
    told = [json.loads(line) for line in events.read_text().split("\n")[:-1]]
    heard = [event["rawspoof"] for event in told if event["event"]["action"] == "service.credential"]
    method, *parts = case.proof
    return any(
        (said["service"], said["method"]) == (case.service, method)
        and all(
            bytes.fromhex(said[key]["hex"]).startswith(part.encode()) for key, part in zip(KEYS, parts, strict=True)
        )
        for said in heard
    )

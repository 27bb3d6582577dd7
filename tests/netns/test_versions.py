"""What version scans and ordinary clients read through the sensor: nmap -sV, ssh, curl."""

import subprocess
from collections.abc import Callable, Iterator
from subprocess import DEVNULL, PIPE

import pytest

from rawspoof.core.signature.identity import Identity
from rawspoof.core.world.profile import Profile
from rawspoof.edges.lab.namespaces import Lab
from tests.netns.scanners import nmap
from tests.netns.sensors import running, tell, town
from tests.netns.taps import TARGET, TARGET6

pytestmark = pytest.mark.netns

PROMPT = ("--delivery", "prompt")
WEB = (80, 81, 82, 8001, 8080, 8081, 8082, 8088)
"""Where web servers are expected. Others wait for probes that nmap sends late, which costs a test half a minute."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as both, running(both, *PROMPT):
        yield both


@pytest.fixture(scope="module")
def greeting() -> dict[int, Identity]:
    """One port for each service that greets and shows a version: the lowest where it was dealt."""
    profile = town(*PROMPT)
    seen: dict[str, tuple[int, Identity]] = {}
    for port in range(1, 65536):
        who = profile(port).identity
        if who is not None and who.greet is not None and who.version and who.tls != "implicit":
            seen.setdefault(who.service, (port, who))
    return dict(seen.values())


def web_servers(profile: Callable[[int], Profile]) -> dict[int, Identity]:
    dealt = {port: profile(port).identity for port in WEB}
    return {port: who for port, who in dealt.items() if who is not None and who.protocol == "http" and who.version}


def test_nmap_names_product_and_version_of_every_service_that_shows_them(lab, greeting):
    asked = web_servers(town(*PROMPT))
    assert len(greeting) > 30
    assert len(asked) > 4
    expected = greeting | asked
    seen = nmap(lab, "-sV", "-T4", "-p", ",".join(map(str, expected)))
    wrong = {
        (port, who.service): (seen[port][3:], (who.seen_as, who.product, who.version))
        for port, who in expected.items()
        if seen[port][3:] != (who.seen_as, who.product, who.version)
    }
    tell(f"nmap -sV: {len(expected) - len(wrong)} of {len(expected)} services by product and version")
    assert wrong == {}


def test_ssh_reads_the_version_of_the_server(lab, greeting):
    port, who = next((port, who) for port, who in greeting.items() if who.service == "openssh")
    ways = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes"]
    argv = ["timeout", "5", "ssh", "-v", "-F", "none", *ways, "-p", str(port), f"root@{TARGET}"]
    process = lab.run("attacker", argv, stdin=DEVNULL, stderr=PIPE, text=True)
    line = next((line for line in process.stderr if "remote software version" in line), "")
    process.terminate()
    process.stderr.close()
    assert who.greet is not None
    assert line.strip().rpartition(" version ")[2] == who.greet.render(0.0).decode().strip().removeprefix("SSH-2.0-")


@pytest.mark.parametrize(("target", "host"), [(TARGET, TARGET), (TARGET6, f"[{TARGET6}]")])
def test_curl_reads_a_page(lab, target, host):
    asked = web_servers(town(*PROMPT, target=target))
    assert len(asked) > 3
    for port, who in asked.items():
        argv = ["curl", "-s", "-i", "-m", "5", f"http://{host}:{port}/"]
        with lab.inside("attacker"):
            done = subprocess.run(argv, capture_output=True, text=True, timeout=10)
        assert done.returncode == 0, (port, who.service, done)
        head, _, body = done.stdout.partition("\r\n\r\n" if "\r\n\r\n" in done.stdout else "\n\n")
        assert head.startswith("HTTP/1."), (port, who.service)
        assert body, (port, who.service)

"""What others than nmap read from our ports: masscan's banner grabber, whatweb."""

import json
from collections.abc import Callable, Iterator
from subprocess import DEVNULL, PIPE

import pytest

from rawspoof.core.world.profile import Profile
from rawspoof.edges.lab.namespaces import Lab
from tests.netns.scanners import masscan_lines
from tests.netns.sensors import running, tell, town
from tests.netns.taps import TARGET

pytestmark = [pytest.mark.netns, pytest.mark.alone]

PROMPT = ("--delivery", "prompt")
WEB = (80, 81, 8000, 8080, 8081, 8088, 8888)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as both, running(both, *PROMPT):
        yield both


@pytest.fixture(scope="module")
def profile() -> Callable[[int], Profile]:
    return town(*PROMPT)


def test_masscan_grabs_the_banners_that_were_dealt(lab, profile):
    ports = [port for port in (21, 22, 25, 110, 143) if (who := profile(port).identity) and who.greet]
    assert len(ports) >= 4
    lines = masscan_lines(lab, "--banners", "--rate", "100", "-p", ",".join(map(str, ports)))
    said = {int(line.split()[2]): line for line in lines if line.startswith("banner")}
    tell(f"masscan --banners: {len(said)} of {len(ports)} ports")
    for port in ports:
        first = profile(port).identity.greet.render(0.0).split(b"\r")[0].split()[0].decode("latin-1")
        assert first in said.get(port, ""), (port, said.get(port))


def test_whatweb_names_the_server_that_was_dealt(lab, profile):
    urls = [f"http://{TARGET}:{port}" for port in WEB]
    argv = ["whatweb", "--color=never", "--no-errors", "-a", "1", "--log-json=/dev/stdout", "-q", *urls]
    output = lab.run("attacker", argv, stdout=PIPE, stderr=DEVNULL).communicate(timeout=60)[0]
    pages = {page["target"].rstrip("/"): page["plugins"] for page in json.loads(output) if page.get("target")}
    servers = {url: plugins["HTTPServer"]["string"][0] for url, plugins in pages.items() if "HTTPServer" in plugins}
    tell(f"whatweb: {len(pages)} of {len(urls)} answered, {len(servers)} named their server")
    assert len(pages) == len(urls)
    for port, url in zip(WEB, urls, strict=True):
        identity = profile(port).identity
        if url in servers and identity.version and identity.product.split()[0] in servers[url]:
            assert identity.version.split()[0] in servers[url]
    assert len(servers) >= len(urls) // 2

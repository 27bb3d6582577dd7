"""Worlds of each source's own, as two networks see them: other ports, names, certificates and host keys, but for each
network the same ones at every visit; and each source is watched by itself."""

import json
import socket
import ssl
import subprocess
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from subprocess import PIPE

import pytest

from rawspoof.assembly import parts
from rawspoof.config.model import Config, World
from rawspoof.core.world.profile import Profile
from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from rawspoof.edges.system import personalities
from tests.netns.sensors import SECRET, running, until
from tests.netns.taps import SOURCE, TARGET, call

pytestmark = pytest.mark.netns

NEIGHBOUR, STRANGER = "198.51.100.77", "203.0.113.9"
WITHIN_S = 10.0
QUIET = ("-F", "none", "-o", "StrictHostKeyChecking=accept-new", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR")


def dealt() -> Callable[[str, int], Profile]:
    """Who lives at each port for a source."""
    config = Config(world=World(per_source=True, delivery="prompt"))
    world = parts(config, SECRET, personalities.faces(config, look=False)).world
    return lambda source, port: world.profile(ip_address(source).packed, ip_address(TARGET).packed, port)


def found(fits: Callable[[Profile], bool]) -> int:
    """A port that is such for both networks, but of two identities."""
    of = dealt()
    return next(port for port in range(1, 65536) if fits(of(SOURCE, port)) and fits(of(STRANGER, port)))


def greets_as_openssh(profile: Profile) -> bool:
    who = profile.identity
    return who is not None and who.product == "OpenSSH" and who.version >= "7"


def speaks_tls(profile: Profile) -> bool:
    return profile.identity is not None and profile.identity.tls == "implicit"


def host_key(lab: Lab, source: str, port: int, folder: Path) -> str:
    """The host's key as ssh keeps it, asked for from this address."""
    known = folder / f"known-{source}"
    keep = ("-o", f"UserKnownHostsFile={known}")
    argv = ["ssh", *QUIET, *keep, "-b", source, "-p", str(port), f"bob@{TARGET}"]
    lab.run("attacker", argv, stdin=subprocess.DEVNULL, stdout=PIPE, stderr=PIPE).communicate(timeout=30)
    return known.read_text().partition(" ")[2]


def certificate(lab: Lab, source: str, port: int) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    with lab.inside("attacker"):
        raw = socket.create_connection((TARGET, port), WITHIN_S, (source, 0))
    with raw, context.wrap_socket(raw) as client:
        return client.getpeercert(True) or b""


def test_each_network_has_a_world_of_its_own_and_always_the_same(lab, tmp_path):
    for address in (NEIGHBOUR, STRANGER):
        call(lab, "attacker", "ip", "addr", "add", f"{address}/24", "dev", INTERFACE)
    call(lab, "sensor", "ip", "route", "add", "203.0.113.0/24", "dev", INTERFACE)
    config, events = tmp_path / "c.toml", tmp_path / "events"
    config.write_text("[world]\nper_source = true\n")
    ssh, tls = found(greets_as_openssh), found(speaks_tls)
    sources = (SOURCE, NEIGHBOUR, STRANGER)
    seen = []
    for _ in range(2):
        with running(lab, "-c", str(config), "--delivery", "prompt", "--events", str(events)):
            keys = {source: host_key(lab, source, ssh, tmp_path) for source in sources}
            papers = {source: certificate(lab, source, tls) for source in sources}
            until(lambda: events.read_text().count('"session.open"') >= 6, WITHIN_S)
        seen.append((keys, papers))
    assert seen[0] == seen[1], "the same after a restart"
    for by_source in seen[0]:
        assert all(by_source.values())
        assert by_source[SOURCE] == by_source[NEIGHBOUR] != by_source[STRANGER]
    of = dealt()
    told = [json.loads(line) for line in events.read_text().splitlines()]
    opened = [event for event in told if event["event"]["action"] == "session.open"]
    assert {
        (event["source"]["ip"], event["destination"]["port"], event["rawspoof"]["service"]) for event in opened
    } == {(source, port, of(source, port).identity.service) for source in sources for port in (ssh, tls)}
    scans = {event["source"]["ip"]: event["rawspoof"] for event in told if event["event"]["action"] == "scan.detected"}
    assert set(scans) <= set(sources)
    assert all(scan["port_count"] <= 2 for scan in scans.values())

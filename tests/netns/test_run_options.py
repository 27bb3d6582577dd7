"""What the options of `run` mean to a peer: whose ports, which addresses, who sees the real machine, whose rules."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.netns.scanners import nmap
from tests.netns.sensors import ruleset, running
from tests.netns.taps import SOURCE, SOURCE6, TARGET, TARGET6, attempt, call, greeting, serving

pytestmark = pytest.mark.netns

SSH = ("--delivery", "prompt", "--only", "openssh")
OTHER = "198.51.100.77"


def add_address(lab: Lab, side, address: str) -> None:
    call(lab, side, "ip", "addr", "add", f"{address}/24", "dev", INTERFACE)


def test_exempt_ports_are_the_kernels(lab):
    with running(lab, *SSH, "--exempt-port", "8000-8002", "--exempt-port", "22"):
        met = {port: attempt(lab, TARGET, port) for port in (21, 22, 23, 7999, 8000, 8002, 8003)}
        assert met == {
            21: "open",
            22: "refused",
            23: "open",
            7999: "open",
            8000: "refused",
            8002: "refused",
            8003: "open",
        }


def test_a_honeyport_is_one_port_and_all_others_are_the_kernels(lab):
    with running(lab, *SSH, "--only-port", "22", "--only-port", "8000-8002"), serving(lab, "sensor", 8001):
        seen = nmap(lab, "-sS", "-T5", "-p", "1-1000,7999-8003,65535")
        assert {port for port, found in seen.items() if found.state == "open"} == {22, 8000, 8001, 8002}
        assert {attempt(lab, TARGET, port) for port in (1, 21, 23, 7999, 8003, 65535)} == {"refused"}
        assert greeting(lab, "attacker", TARGET, 8001) == b"genuine"
        assert greeting(lab, "attacker", TARGET, 22).startswith(b"SSH-")


@pytest.mark.parametrize(
    ("allowed", "target", "expected"),
    [
        (SOURCE, TARGET, "refused"),
        ("198.51.100.0/30", TARGET, "refused"),
        ("203.0.113.0/24", TARGET, "open"),
        (SOURCE6, TARGET6, "refused"),
        (SOURCE, TARGET6, "open"),
    ],
)
def test_allowed_sources_see_the_real_machine(lab, allowed, target, expected):
    with running(lab, *SSH, "--allow", allowed):
        assert attempt(lab, target, 4444) == expected


def test_a_closed_port_answers_as_the_kernels_closed_ports_do(lab, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text("[sensor]\nclosed_ports = [1, 4444]\nexempt_ports = [5]\n")
    with running(lab, "-c", str(config)):
        for mode in ("-sS", "-sA", "-sX", "-sM", "-sT"):
            seen = nmap(lab, mode, "-T5", "-p", "1,5,4444")
            assert {port: one[:3] for port, one in seen.items()} == dict.fromkeys((1, 4444), seen[5][:3]) | {
                5: seen[5][:3]
            }
        assert seen[1].state == "closed"


def test_every_address_of_a_decoy_network_is_a_host(lab, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('[sensor]\nnetworks = ["203.0.113.0/24", "2001:db8:9::/48"]\n')
    call(lab, "attacker", "ip", "route", "add", "203.0.113.0/24", "via", TARGET)
    call(lab, "attacker", "ip", "-6", "route", "add", "2001:db8:9::/48", "via", TARGET6)
    with running(lab, *SSH, "-c", str(config)), serving(lab, "sensor", 8088):
        for decoys in ([f"203.0.113.{number}" for number in range(1, 21)], ["2001:db8:9::1", "2001:db8:9:ffff::7"]):
            greetings = [greeting(lab, "attacker", decoy, 22) for decoy in decoys]
            assert all(banner.startswith(b"SSH-2.0-") for banner in greetings)
            assert len(set(greetings)) > 1
            # A service of the machine's own is nothing to a decoy.
            assert greeting(lab, "attacker", decoys[0], 8088).startswith(b"SSH-2.0-")
        assert greeting(lab, "attacker", TARGET, 8088) == b"genuine"


def test_only_the_addresses_named_are_covered(lab):
    add_address(lab, "sensor", OTHER)
    with running(lab, *SSH, "-i", OTHER):
        assert attempt(lab, OTHER, 4444) == "open"
        assert attempt(lab, TARGET, 4444) == "refused"
        assert attempt(lab, TARGET6, 4444) == "refused"


def test_only_the_interface_named_is_covered(lab):
    call(lab, "sensor", "ip", "link", "add", "eth7", "type", "bridge")
    with running(lab, *SSH, "--iface", "eth7"):
        assert attempt(lab, TARGET, 4444) == "refused"
    with running(lab, *SSH, "--iface", "eth7", "--iface", INTERFACE):
        assert attempt(lab, TARGET, 4444) == "open"


@contextmanager
def printed_rules(lab: Lab, *args: str) -> Iterator[None]:
    """The rules that `rawspoof rules` prints for these options, loaded by hand, and removed as they say."""
    script = call(lab, "sensor", sys.executable, "-m", "rawspoof", "rules", "--format", "iptables", *args)
    call(lab, "sensor", "sh", "-e", text=script)
    yield
    call(lab, "sensor", "sh", "-e", text="\n".join(re.findall(r"^# (ip.*)$", script, re.MULTILINE)))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_printed_rules_do_without_our_own(lab, workers):
    options = ("--workers", workers, "--exempt-port", "80")
    with printed_rules(lab, *options), running(lab, *SSH, *options, "--no-firewall"), serving(lab, "sensor", 8088):
        assert "table inet rawspoof" not in ruleset(lab)
        for target in (TARGET, TARGET6):
            assert greeting(lab, "attacker", target, 4444).startswith(b"SSH-2.0-")
            assert greeting(lab, "attacker", target, 8088) == b"genuine"
            assert attempt(lab, target, 80) == "refused"
        seen = nmap(lab, "-sS", "-T5", "-p", "1-1000")
        assert {port for port, one in seen.items() if one.state != "open"} == {80}
        with serving(lab, "attacker", 9099):
            assert greeting(lab, "sensor", SOURCE, 9099) == b"genuine"
    assert attempt(lab, TARGET, 4444) == "refused"


def test_without_any_rules_nothing_is_answered(lab):
    with running(lab, *SSH, "--no-firewall"):
        assert attempt(lab, TARGET, 4444) == "refused"


def test_another_secret_deals_another_world(lab, tmp_path):
    def greetings(secret: bytes) -> list[bytes]:
        Path(tmp_path, "other").write_bytes(secret)
        with running(lab, *SSH, "--secret-file", str(tmp_path / "other")):
            return [greeting(lab, "attacker", TARGET, port) for port in range(1, 21)]

    first, again, other = greetings(bytes(32)), greetings(bytes(32)), greetings(b"x" * 32)
    assert first == again != other

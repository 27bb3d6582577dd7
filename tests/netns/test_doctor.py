"""The doctor finds what is there, says nothing of what is not, and leaves everything as it was."""

import os
import socket
import subprocess
import sys

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.lab.namespaces import INTERFACE
from rawspoof.edges.system import doctor, kernel, proc
from rawspoof.edges.system.doctor import examine
from rawspoof.edges.system.finding import Finding, Level
from rawspoof.edges.system.kernel import QUEUE_COMPAT, QUEUE_NATIVE, Tried
from tests.netns.taps import call, serving, tapped

pytestmark = pytest.mark.netns


def findings(lab, **sensor) -> list[Finding]:
    with lab.inside("sensor"):
        return examine(Config(sensor=Sensor(**sensor)))


def of(level: Level, found: list[Finding]) -> list[str]:
    return [finding.what for finding in found if finding.level is level]


def test_a_machine_that_is_fit_has_no_trouble_and_one_advice(lab):
    found = findings(lab)
    assert of(Level.TROUBLE, found) == []
    (loopback,) = of(Level.ADVICE, found)
    assert loopback.startswith("loopback is never covered")
    assert f"covered interfaces: {INTERFACE}" in of(Level.GOOD, found)
    assert all(finding.cure for finding in found if finding.level is not Level.GOOD)


def test_it_leaves_nothing_behind(lab):
    before = os.listdir("/proc/self/fd")
    findings(lab)
    assert call(lab, "sensor", "nft", "list", "ruleset") == ""
    assert os.listdir("/proc/self/fd") == before


def test_real_services_are_named_with_whose_they_are_but_not_those_of_loopback(lab):
    with lab.inside("sensor"):
        hidden = socket.create_server(("127.0.0.1", 5432))
    with hidden, serving(lab, "sensor", 8088):
        (services,) = [what for what in of(Level.GOOD, findings(lab)) if "real service" in what]
    assert services.startswith("real services stay the kernel's: 8088 (")
    assert f"pid {os.getpid()}" in services
    assert "5432" not in services
    assert "no real service listens here" in of(Level.GOOD, findings(lab))


def test_a_sensor_that_runs_is_named_and_its_queue_is_no_trouble(lab):
    with lab.inside("sensor"), Guard(Plan()), tapped(lab):
        found = findings(lab)
    assert [what for what in of(Level.ADVICE, found) if f"pid {os.getpid()}" in what and "rawspoof is running" in what]
    assert of(Level.TROUBLE, found) == []


def test_a_table_loaded_by_hand_is_trouble_unless_it_is_wanted(lab):
    call(lab, "sensor", "nft", "add", "table", "inet", "rawspoof")
    (what,) = of(Level.TROUBLE, findings(lab))
    assert "loaded by hand" in what
    assert of(Level.TROUBLE, findings(lab, firewall=False)) == []


def test_a_queue_that_another_program_reads_is_trouble(lab):
    with tapped(lab, 3):
        assert of(Level.TROUBLE, findings(lab, queue=2)) == []
        (what,) = of(Level.TROUBLE, findings(lab, queue=2, workers=2))
    assert what.startswith("queue 3 is being read (")
    assert f"pid {os.getpid()}" in what


def test_what_the_configuration_names_must_be_there(lab):
    interface, user = of(Level.TROUBLE, findings(lab, interfaces=("eth9",), user="no-such-user"))[::-1]
    assert interface == f"there is no interface 'eth9'; this machine has {INTERFACE}"
    assert user == "there is no user 'no-such-user'"


def test_jumbo_frames_and_joined_segments_are_told(lab, monkeypatch):
    call(lab, "sensor", "ip", "link", "set", INTERFACE, "mtu", "9000")
    monkeypatch.setattr(doctor.nic, "merges", lambda name: name == INTERFACE)
    joined, jumbo = of(Level.ADVICE, findings(lab))[:2]
    assert joined.startswith(f"{INTERFACE} joins segments")
    assert jumbo.startswith(f"{INTERFACE} has an MTU of 9000")


def test_rules_of_others_are_passed_on(lab):
    call(lab, "sensor", "iptables", "-t", "nat", "-A", "POSTROUTING", "-j", "MASQUERADE")
    assert any("translates addresses" in what for what in of(Level.ADVICE, findings(lab)))


@pytest.mark.parametrize(
    ("native", "compat", "level", "said"),
    [
        ("", "", Level.GOOD, f"the kernel has {QUEUE_NATIVE}"),
        ("", "lacking", Level.GOOD, f"the kernel has {QUEUE_NATIVE}"),
        ("lacking", "", Level.GOOD, f"the kernel has {QUEUE_COMPAT}"),
        ("lacking", "lacking", Level.TROUBLE, "the kernel has no queue for nftables"),
    ],
)
def test_one_form_of_the_queue_is_enough(lab, monkeypatch, native, compat, level, said):
    tried = [Tried("x", "CONFIG_X", "lacking"), Tried(QUEUE_NATIVE, "N", native), Tried(QUEUE_COMPAT, "C", compat)]
    monkeypatch.setattr(kernel, "features", lambda: tried)
    found = findings(lab)
    assert said in of(level, found)
    assert Finding(Level.TROUBLE, "the kernel refuses x: lacking", "it takes CONFIG_X") in found


def test_a_library_that_does_not_load_is_trouble(lab, monkeypatch):
    def missing(name: str) -> None:
        raise ImportError("libnetfilter_queue.so.1: cannot open shared object file")

    monkeypatch.setattr(doctor, "import_module", missing)
    assert any("libnetfilter_queue.so.1" in what for what in of(Level.TROUBLE, findings(lab)))


@pytest.mark.parametrize(("count", "told"), [(700, False), (900, True), (None, False)])
def test_a_conntrack_table_that_fills_up_is_told(lab, monkeypatch, count, told):
    numbers = {"sys/net/netfilter/nf_conntrack_count": count, "sys/net/netfilter/nf_conntrack_max": 1000}
    monkeypatch.setattr(proc, "number", numbers.get)
    assert any("conntrack holds 900 of 1000" in what for what in of(Level.ADVICE, findings(lab))) == told


def test_without_root_it_says_what_it_could_not_see():
    code = (
        "import os; os.setuid(65534); from rawspoof.config.model import Config\n"
        "from rawspoof.edges.system.doctor import examine\n"
        "for finding in examine(Config()): print(finding.level.value, finding.what)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "trouble rights are missing: root, CAP_NET_ADMIN, CAP_NET_RAW" in said
    assert "advice kernel features, the firewall and the queues were not examined" in said

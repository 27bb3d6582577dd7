"""The doctor finds what is there, says nothing of what is not, and leaves everything as it was."""

import os
import socket
import subprocess
import sys
from typing import Final

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.doctor import network
from rawspoof.edges.doctor.doctor import examine, is_fit
from rawspoof.edges.doctor.finding import GROUPS, Finding, Level
from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.lab.namespaces import INTERFACE
from rawspoof.edges.system import kernel, proc
from rawspoof.edges.system.kernel import QUEUE_COMPAT, QUEUE_NATIVE, Tried
from tests.netns.taps import call, serving, tapped

pytestmark = pytest.mark.netns


def findings(lab, **sensor) -> list[Finding]:
    with lab.inside("sensor"):
        return examine(Config(sensor=Sensor(**sensor)))


def of(level: Level, found: list[Finding]) -> list[str]:
    return [finding.what for finding in found if finding.level is level]


def ids(level: Level, found: list[Finding]) -> list[str]:
    return [finding.id for finding in found if finding.level is level]


ABOUT_THE_HOST: Final = {"foundations.clock", "foundations.container"}
"""Advice that depends on where the tests run."""


def test_a_machine_that_is_fit_has_no_trouble_and_one_advice(lab):
    found = findings(lab)
    assert ids(Level.TROUBLE, found) == []
    assert is_fit(found)
    assert set(ids(Level.ADVICE, found)) - ABOUT_THE_HOST == {"network.loopback"}
    assert f"covered interfaces: {INTERFACE}" in of(Level.GOOD, found)
    assert all(finding.cure for finding in found if finding.level is not Level.GOOD)


def test_findings_come_by_group(lab):
    groups = [finding.group for finding in findings(lab)]
    assert groups == sorted(groups, key=list(GROUPS).index)


def test_it_leaves_nothing_behind(lab):
    findings(lab)
    before = os.listdir("/proc/self/fd")
    findings(lab)
    assert call(lab, "sensor", "nft", "list", "ruleset") == ""
    assert os.listdir("/proc/self/fd") == before


def test_real_services_are_named_with_whose_they_are_but_not_those_of_loopback(lab):
    with lab.inside("sensor"):
        hidden = socket.create_server(("127.0.0.1", 5432))
    with hidden, serving(lab, "sensor", 8088):
        services, inner = [one.what for one in findings(lab) if one.group == "services"]
    assert services.startswith("real services stay the kernel's: 8088 (")
    assert f"pid {os.getpid()}" in services
    assert "5432" not in services
    assert inner.startswith("on loopback only, so from outside these ports are the sensor's: 5432 (")
    assert "no real service listens here" in of(Level.GOOD, findings(lab))


def test_a_sensor_that_runs_is_named_and_its_queue_is_no_trouble(lab):
    with lab.inside("sensor"), Guard(Plan()), tapped(lab):
        found = findings(lab)
    assert [what for what in of(Level.GOOD, found) if f"pid {os.getpid()}" in what and "rawspoof is running" in what]
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
    monkeypatch.setattr(network.nic, "merges", lambda name: name == INTERFACE)
    joined, jumbo = [one.what for one in findings(lab) if one.id in ("network.lro", "network.mtu")]
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
    refusal = "the kernel refuses x: lacking"
    assert Finding(Level.TROUBLE, "foundations.kernel", refusal, "it takes CONFIG_X") in found


@pytest.mark.parametrize(("count", "told"), [(700, False), (900, True), (None, False)])
def test_a_conntrack_table_that_fills_up_is_told(lab, monkeypatch, count, told):
    numbers = {"sys/net/netfilter/nf_conntrack_count": count, "sys/net/netfilter/nf_conntrack_max": 1000}
    monkeypatch.setattr(proc, "number", numbers.get)
    assert any("conntrack holds 900 of 1000" in what for what in of(Level.ADVICE, findings(lab))) == told


def test_without_root_it_says_what_it_could_not_see():
    code = (
        "import os; os.setuid(65534); from rawspoof.config.model import Config\n"
        "from rawspoof.edges.doctor.doctor import examine\n"
        "for finding in examine(Config()): print(finding.level.value, finding.what)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30).stdout
    assert "trouble rights are missing: CAP_NET_ADMIN, CAP_NET_RAW" in said
    assert "advice not examined, for only root may: kernel features, our table" in said
    assert "rules of others" in said

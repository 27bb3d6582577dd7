"""Interfaces and addresses as they may be, each made for real."""

from pathlib import Path

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.doctor import network
from rawspoof.edges.doctor.finding import Finding, Level
from rawspoof.edges.firewall.plan import plan_from
from rawspoof.edges.lab.namespaces import ADDRESSES, INTERFACE
from rawspoof.edges.system.links import links
from tests.netns.taps import call

pytestmark = pytest.mark.netns

FOUR, SIX = ADDRESSES["sensor"]


def found(lab, **sensor) -> dict[str, Finding]:
    """All that is not fine, but what is always said of loopback, by id."""
    config = Config(sensor=Sensor(**sensor))
    with lab.inside("sensor"):
        findings = list(network.network(config, plan_from(config), links()))
    return {one.id: one for one in findings if one.level is not Level.GOOD and one.id != "network.loopback"}


def test_a_plain_machine_has_nothing_to_tell(lab):
    assert found(lab) == {}


def test_an_interface_that_is_not_there_is_trouble(lab):
    assert found(lab, interfaces=("eth9",))["network.interfaces"].level is Level.TROUBLE


def test_a_machine_with_every_interface_down_is_told(lab):
    call(lab, "sensor", "ip", "link", "set", INTERFACE, "down")
    assert INTERFACE in found(lab)["network.down"].what


def test_tunnels_and_bridges_that_are_covered_by_the_way_are_told(lab):
    call(lab, "sensor", "ip", "tuntap", "add", "tun7", "mode", "tun")
    call(lab, "sensor", "ip", "link", "add", "docker7", "type", "bridge")
    findings = found(lab)
    assert "tun7 (VPN)" in findings["network.vpn"].what
    assert "docker7" in findings["network.inside"].what
    assert found(lab, interfaces=(INTERFACE,)) == {}


def test_filters_of_tc_are_told(lab):
    call(lab, "sensor", "tc", "qdisc", "add", "dev", INTERFACE, "ingress")
    assert found(lab)["network.tc"].cure.endswith(f"tc filter show dev {INTERFACE} ingress")


def test_addresses_that_are_not_covered_or_not_there_are_told(lab):
    findings = found(lab, addresses=(FOUR, "198.51.100.77"))
    assert findings["network.address-missing"].level is Level.ADVICE
    assert "198.51.100.77" in findings["network.address-missing"].what
    assert findings["network.address-uncovered"].what.endswith(SIX)
    assert found(lab, addresses=("198.51.100.77",))["network.address-missing"].level is Level.TROUBLE
    assert found(lab, addresses=(FOUR, SIX)) == {}


def test_an_address_that_a_router_lent_is_told_where_it_is_named(lab):
    lent = "2001:db8:51::77"
    call(lab, "sensor", "ip", "addr", "add", f"{lent}/64", "dev", INTERFACE, "valid_lft", "500", "preferred_lft", "500")
    assert lent in found(lab, addresses=(FOUR, SIX, lent))["network.address-passing"].what
    assert found(lab) == {}


def test_a_machine_that_forwards_and_waits_for_advertisements_is_told(lab):
    with lab.inside("sensor"):
        conf = Path("/proc/sys/net/ipv6/conf", INTERFACE)
        (conf / "forwarding").write_text("1")
        (conf / "accept_ra").write_text("1")
    finding = found(lab)["network.accept-ra"]
    assert finding.cure.startswith(f"sysctl -w net.ipv6.conf.{INTERFACE}.accept_ra=2")
    call(lab, "sensor", *finding.cure.partition(",")[0].split())
    assert found(lab) == {}


def test_ipv6_is_told_of_either_way(lab):
    def said() -> str:
        with lab.inside("sensor"):
            found = network.network(Config(), plan_from(Config()), links())
            return next(one.what for one in found if one.id == "network.ipv6")

    assert said() == "IPv6 is covered as IPv4 is"
    call(lab, "sensor", "ip", "-6", "addr", "flush", "dev", INTERFACE)
    assert said() == "no IPv6 address, so IPv6 is no way in"

"""Decoy networks: what the doctor says of them, and that it is so."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from rawspoof.edges.doctor.decoys import decoys, routes
from rawspoof.edges.doctor.finding import Finding, Level
from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.lab.namespaces import INTERFACE
from rawspoof.edges.system.links import links
from tests.netns.sensors import mac
from tests.netns.taps import SOURCE, TARGET, TARGET6, call, queued, tapped

pytestmark = pytest.mark.netns

ROUTED = Plan(networks=(ip_network("203.0.113.0/24"), ip_network("2001:db8:9::/48")))
ON_LINK = Plan(networks=(ip_network("198.51.100.64/28"), ip_network("2001:db8:51:0:8::/80")))


def found(lab, plan: Plan) -> list[Finding]:
    """All that is not fine."""
    with lab.inside("sensor"):
        return [one for one in decoys(plan, links(), routes()) if one.level is not Level.GOOD]


def forward(lab) -> None:
    with lab.inside("sensor"):
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def test_networks_that_are_routed_here_are_fine(lab):
    assert found(lab, ROUTED) == []


def test_decoys_among_neighbours_are_told_and_answer_with_the_cure(lab):
    four, six = found(lab, ON_LINK)
    assert {four.id, six.id} == {"network.decoy-onlink"}
    assert f"in the network of {INTERFACE}" in four.what
    assert six.cure == f"have the router send {ON_LINK.networks[1]} to this machine's address"
    with lab.inside("sensor"), Guard(ON_LINK), tapped(lab) as tap:
        assert not queued(tap, lab, "198.51.100.65", 2222, expected=False)
        call(lab, "sensor", *four.cure.rpartition(": ")[2].split())
        # Another address: the attacker's kernel remembers that nobody answered for the first.
        assert queued(tap, lab, "198.51.100.66", 2222)
    assert [one.what for one in found(lab, ON_LINK)] == [six.what]


def test_a_strict_rp_filter_is_no_matter(lab):
    with lab.inside("sensor"):
        for name in ("all", INTERFACE):
            Path(f"/proc/sys/net/ipv4/conf/{name}/rp_filter").write_text("1")
    # The way back to the source leads elsewhere, which is what rp_filter drops; ARP would go unanswered too.
    call(lab, "sensor", "ip", "route", "add", "blackhole", "192.0.2.0/24")
    call(lab, "attacker", "ip", "neigh", "add", TARGET, "lladdr", mac(lab, "sensor"), "dev", INTERFACE)
    call(lab, "attacker", "ip", "addr", "add", "192.0.2.7/32", "dev", INTERFACE)
    call(lab, "attacker", "ip", "route", "add", "203.0.113.0/24", "via", TARGET, "src", "192.0.2.7")
    with lab.inside("sensor"), Guard(ROUTED), tapped(lab) as tap:
        assert queued(tap, lab, "203.0.113.9", 2222)
    assert found(lab, ROUTED) == []


def test_decoys_on_a_machine_that_forwards_go_in_circles_while_no_worker_runs(lab):
    forward(lab)
    (finding,) = found(lab, ROUTED)
    assert finding.id == "network.decoy-circles"
    assert "203.0.113.0/24 go round in circles" in finding.what
    assert found(lab, Plan(networks=ROUTED.networks, bypass=False)) == []
    call(lab, "sensor", *finding.cure.split())
    assert found(lab, ROUTED) == []
    call(lab, "attacker", "ip", "route", "add", "203.0.113.0/24", "via", TARGET)
    with lab.inside("sensor"), Guard(ROUTED), tapped(lab) as tap:
        assert queued(tap, lab, "203.0.113.9", 2222)


def test_all_routes_are_seen(lab):
    call(lab, "sensor", "ip", "route", "add", "192.0.2.0/24", "via", SOURCE, "table", "77")
    call(lab, "sensor", "ip", "-6", "route", "add", "default", "dev", INTERFACE)
    with lab.inside("sensor"):
        networks = {str(route.network) for route in routes()}
    assert {"192.0.2.0/24", "198.51.100.0/24", "::/0", f"{TARGET6}/128"} <= networks

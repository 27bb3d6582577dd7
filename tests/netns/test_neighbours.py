"""Rules of others that meet ours: each kind is found, and none where there are none."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.system.finding import Level
from rawspoof.edges.system.neighbours import neighbours
from tests.netns.taps import call

pytestmark = pytest.mark.netns

DECOYS = Plan(networks=(ip_network("203.0.113.0/24"), ip_network("2001:db8:9::/48")))


def found(lab, plan: Plan = DECOYS) -> list[str]:
    with lab.inside("sensor"):
        findings = list(neighbours(plan))
    assert {finding.level for finding in findings} <= {Level.ADVICE}
    return [finding.what for finding in findings]


def nft(lab, hook: str, rule: str, family: str = "inet") -> None:
    script = f"table {family} other {{\nchain c {{\ntype {hook}\n{rule}\n}}\n}}"
    call(lab, "sensor", "nft", "-f", "-", text=script)


def test_a_quiet_machine_has_none(lab):
    assert found(lab) == []


def test_our_own_table_is_none(lab):
    with lab.inside("sensor"), Guard(Plan()):
        assert found(lab) == []


def test_chains_that_do_nothing_or_come_later_are_none(lab):
    nft(lab, "filter hook prerouting priority -400;", "")
    nft(lab, "filter hook prerouting priority -299;", "drop", "ip")
    nft(lab, "filter hook input priority -400;", "drop", "ip6")
    assert found(lab) == []


@pytest.mark.parametrize(
    ("hook", "family"),
    [
        ("filter hook prerouting priority -301;", "inet"),
        ("filter hook prerouting priority raw;", "ip6"),
        ("filter hook ingress device eth0 priority 0;", "netdev"),
        ("filter hook ingress device eth0 priority 0;", "inet"),
    ],
)
def test_a_chain_that_comes_first_is_named(lab, hook, family):
    nft(lab, hook, "tcp dport 9 drop", family)
    (what,) = found(lab)
    assert f"chain c of table {family} other" in what


def test_portspoofs_redirect_is_found_as_iptables_and_as_nft_write_it(lab):
    redirect = ("-p", "tcp", "--dport", "1:65535", "-j", "REDIRECT", "--to-ports", "4444")
    call(lab, "sensor", "iptables", "-t", "nat", "-A", "PREROUTING", *redirect)
    nft(lab, "nat hook prerouting priority -100;", "tcp dport 1-65535 redirect to :4444")
    tables = ["table ip nat redirects ports", "table inet other redirects ports"]
    assert [what.partition(",")[0] for what in found(lab)] == tables


def test_masquerading_is_found_although_docker_hides_it_in_chains_of_its_own(lab):
    call(lab, "sensor", "iptables", "-t", "nat", "-N", "DOCKER")
    call(lab, "sensor", "iptables", "-t", "nat", "-A", "DOCKER", "-j", "MASQUERADE")
    call(lab, "sensor", "iptables", "-t", "nat", "-A", "POSTROUTING", "-j", "DOCKER")
    (what,) = found(lab)
    assert what.startswith("table ip nat translates addresses")


def test_legacy_iptables_is_named_where_its_tables_are(lab):
    call(lab, "sensor", "iptables-legacy", "-t", "raw", "-S")
    call(lab, "sensor", "ip6tables-legacy", "-t", "nat", "-S")
    assert [what.split(",")[0] for what in found(lab)] == [
        "iptables-legacy has a table raw",
        "ip6tables-legacy has a table nat",
    ]


def test_decoys_on_a_machine_that_forwards_go_in_circles_while_no_worker_runs(lab):
    with lab.inside("sensor"):
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    (what,) = found(lab)
    assert "203.0.113.0/24 go round in circles" in what
    assert found(lab, Plan(networks=DECOYS.networks, bypass=False)) == []

"""Rules of others that meet ours: each kind is found and named, and none where there are none."""

import pytest

from rawspoof.edges.doctor.finding import Finding, Level
from rawspoof.edges.doctor.rules import rules
from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
from tests.netns.sensors import running
from tests.netns.taps import TARGET, attempt, call, serving

pytestmark = pytest.mark.netns


def found(lab, plan: Plan | None = None) -> list[Finding]:
    """All that is not fine."""
    with lab.inside("sensor"):
        findings = list(rules(plan or Plan()))
    assert {finding.level for finding in findings} <= {Level.GOOD, Level.ADVICE}
    return [finding for finding in findings if finding.level is Level.ADVICE]


def only(lab, plan: Plan | None = None) -> Finding:
    (finding,) = found(lab, plan)
    return finding


def nft(lab, hook: str, rule: str, family: str = "inet") -> None:
    script = f"table {family} other {{\nchain c {{\ntype {hook}\n{rule}\n}}\n}}"
    call(lab, "sensor", "nft", "-f", "-", text=script)


def iptables(lab, rule: str) -> None:
    call(lab, "sensor", "iptables", *rule.split())


def test_a_quiet_machine_has_none(lab):
    with lab.inside("sensor"):
        assert list(rules(Plan())) == []


def test_our_own_table_is_none(lab):
    with lab.inside("sensor"), Guard(Plan()):
        assert list(rules(Plan())) == []


def test_chains_that_let_all_pass_or_come_later_are_no_matter(lab):
    nft(lab, "filter hook prerouting priority -400;", "meta mark set 1")
    nft(lab, "filter hook prerouting priority -299;", "drop", "ip")
    nft(lab, "filter hook input priority -400;", "drop", "ip6")
    assert found(lab) == []
    with lab.inside("sensor"):
        said = {finding.id: finding.what for finding in rules(Plan())}
    assert "lets all of them pass" in said["firewall.earlier"]
    assert "taken before them" in said["firewall.company"]


def test_whose_rules_they_are_is_told(lab):
    iptables(lab, "-N ufw-before-input")
    iptables(lab, "-A INPUT -j ufw-before-input")
    call(
        lab,
        "sensor",
        "nft",
        "-f",
        "-",
        text="table inet f2b-table {\nchain c {\ntype filter hook input priority 0\n}\n}",
    )
    with lab.inside("sensor"):
        (company,) = [finding for finding in rules(Plan()) if finding.id == "firewall.company"]
    assert company.what.startswith("fail2ban, ufw made firewall rules here")


@pytest.mark.parametrize(
    ("hook", "family"),
    [
        ("filter hook prerouting priority -301;", "inet"),
        ("filter hook prerouting priority raw;", "ip6"),
        ("filter hook ingress device eth0 priority 0;", "netdev"),
        ("filter hook ingress device eth0 priority 0;", "inet"),
    ],
)
def test_a_chain_that_drops_before_us_is_named(lab, hook, family):
    nft(lab, hook, "tcp dport 9 drop", family)
    finding = only(lab)
    assert finding.id == "firewall.foreign-drop"
    assert f"chain c of table {family} other" in finding.what
    assert finding.cure.endswith(f"nft list table {family} other")


def test_answers_that_a_strict_firewall_drops_come_through_with_the_cure(lab):
    nft(lab, "filter hook output priority 0; policy drop;", "ct state established,related accept\noifname lo accept")
    finding = only(lab)
    assert finding.id == "firewall.output-drop"
    with running(lab, "--delivery", "prompt"):
        assert attempt(lab, TARGET, 2222) == "silent"
        call(lab, "sensor", *finding.cure.split())
        assert attempt(lab, TARGET, 2223) == "open"
    assert found(lab) == []


@pytest.mark.parametrize(
    ("policy", "rule", "told"),
    [
        ("accept", "ct state != established drop", True),
        ("accept", "reject", True),
        ("accept", "tcp dport 25 drop", False),
        ("accept", "oifname docker0 drop", False),
        ("drop", "accept", False),
    ],
)
def test_rules_that_drop_some_packets_are_told_from_those_that_drop_ours(lab, policy, rule, told):
    nft(lab, f"filter hook output priority 0; policy {policy};", rule)
    assert [finding.id for finding in found(lab)] == ["firewall.output-drop"] * told


def test_a_queue_of_others_with_our_number_is_told(lab):
    iptables(lab, "-A INPUT -j NFQUEUE --queue-num 4")
    assert found(lab, Plan(queue=2, queues=2)) == []
    finding = only(lab, Plan(queue=2, queues=3))
    assert finding.id == "firewall.foreign-queue"
    assert "queue 4" in finding.what


def test_portspoofs_redirect_is_found_as_iptables_and_as_nft_write_it(lab):
    iptables(lab, "-t nat -A PREROUTING -p tcp --dport 1:65535 -j REDIRECT --to-ports 4444")
    nft(lab, "nat hook prerouting priority -100;", "tcp dport 1-65535 redirect to :4444")
    findings = found(lab)
    assert {finding.id for finding in findings} == {"moving.redirect"}
    tables = ["table ip nat redirects ports", "table inet other redirects ports"]
    assert [finding.what.partition(",")[0] for finding in findings] == tables


def test_masquerading_is_found_although_docker_hides_it_in_chains_of_its_own(lab):
    iptables(lab, "-t nat -N DOCKER")
    iptables(lab, "-t nat -A DOCKER -j MASQUERADE")
    iptables(lab, "-t nat -A POSTROUTING -j DOCKER")
    finding = only(lab)
    assert finding.id == "firewall.masquerade"
    assert finding.what.startswith("table ip nat translates addresses")


def test_a_port_published_for_a_container_is_told_unless_it_has_a_socket_or_is_exempt(lab):
    iptables(lab, "-t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80")
    (published,) = [finding for finding in found(lab) if finding.id == "services.published"]
    assert published.what.endswith(": 8080")
    assert published.cure == "sensor.exempt_ports = [8080]"
    assert "services.published" not in {finding.id for finding in found(lab, Plan(exempt_ports=((8000, 8100),)))}
    with serving(lab, "sensor", 8080):
        assert "services.published" not in {finding.id for finding in found(lab)}


def test_legacy_iptables_is_named_where_its_tables_are(lab):
    call(lab, "sensor", "iptables-legacy", "-t", "raw", "-S")
    call(lab, "sensor", "ip6tables-legacy", "-t", "nat", "-S")
    findings = found(lab)
    assert [finding.what.split(",")[0] for finding in findings] == [
        "iptables-legacy has a table raw",
        "ip6tables-legacy has a table nat",
    ]
    assert [finding.id for finding in findings] == ["firewall.legacy"] * 2

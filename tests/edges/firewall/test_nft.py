"""The text form. That nft loads it, and lists the same, is in tests/netns/test_firewall.py."""

from ipaddress import ip_network

from rawspoof.edges.firewall.nft import as_nft
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.firewall.ruleset import ruleset

FULL = Plan(
    interfaces=("eth0", "eth1"),
    networks=(ip_network("203.0.113.0/24"), ip_network("2001:db8:9::/48")),
    exempt_ports=((22, 22), (8000, 8002)),
    allow=(ip_network("10.0.0.0/8"), ip_network("2001:db8::7/128")),
    queue=4,
    queues=3,
    bypass=False,
)


def lines(plan: Plan, compat: bool = False) -> list[str]:
    return [line.strip() for line in as_nft(plan, compat).splitlines()]


def test_every_rule_has_its_line_in_its_order():
    commented = [line.partition(' comment "')[2].rstrip('"') for line in lines(FULL) if " comment " in line]
    assert commented == [rule.comment for rule in ruleset(FULL)]


def test_fields_are_written_as_nft_writes_them():
    said = lines(FULL)
    assert 'iifname != "eth0" iifname != "eth1" accept comment "not our interfaces"' in said
    assert 'fib daddr type != local ip daddr != 203.0.113.0/24 accept comment "not our addresses"' in said
    assert 'tcp dport 22 accept comment "exempt port"' in said
    assert 'tcp dport 8000-8002 accept comment "exempt port"' in said
    assert 'ip6 saddr 2001:db8::7 accept comment "allowed source"' in said
    assert 'counter queue num 4-6 comment "to rawspoof"' in said
    assert 'counter queue num 0 bypass comment "to rawspoof"' in lines(Plan())


def test_an_interface_is_one_word_of_the_text():
    assert 'iifname != "a b" accept comment "not our interfaces"' in lines(Plan(interfaces=("a b",)))


def test_loading_it_again_replaces_it_and_the_compat_form_says_that_nft_cannot_load_it():
    assert "delete table inet rawspoof" in lines(FULL)
    assert "delete table inet rawspoof" not in lines(FULL, compat=True)
    assert "nft itself cannot write one" in as_nft(FULL, compat=True)

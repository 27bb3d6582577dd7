"""The script form. That it loads, and does what the table does, is in tests/netns/test_firewall.py."""

import shlex
from ipaddress import ip_network

from rawspoof.edges.firewall.iptables import as_iptables
from rawspoof.edges.firewall.plan import Plan


def commands(plan: Plan) -> list[list[str]]:
    return [shlex.split(line, comments=True) for line in as_iptables(plan).splitlines() if line.startswith("ip")]


def test_the_packets_are_sent_our_way_last():
    for program in ("iptables", "ip6tables"):
        mine = [words for words in commands(Plan()) if words[0] == program]
        assert mine[0][4:] == ["-N", "RAWSPOOF"]
        assert mine[-1][4:] == ["-A", "PREROUTING", "!", "-i", "lo", "-p", "tcp", "-j", "RAWSPOOF"]


def test_each_family_gets_its_own_networks():
    plan = Plan(networks=(ip_network("203.0.113.0/24"),), allow=(ip_network("2001:db8::7"),))
    four = " ".join(word for words in commands(plan) if words[0] == "iptables" for word in words)
    six = " ".join(word for words in commands(plan) if words[0] == "ip6tables" for word in words)
    assert "! --dst-range 203.0.113.0-203.0.113.255" in four
    assert "2001:db8" not in four
    assert "-s 2001:db8::7/128" in six
    assert "203.0.113" not in six


def test_queues_are_balanced_only_when_there_are_several():
    assert "NFQUEUE --queue-num 0 --queue-bypass" in as_iptables(Plan())
    assert "NFQUEUE --queue-balance 2:5\n" in as_iptables(Plan(queue=2, queues=4, bypass=False))


def test_an_interface_name_is_one_word_to_the_shell():
    hooks = [words for words in commands(Plan(interfaces=("$(id)",))) if "PREROUTING" in words]
    assert [words[6:8] for words in hooks] == [["-i", "$(id)"]] * 2


def test_what_is_installed_outside_of_our_chain_is_removed_by_the_same_words():
    plan = Plan(interfaces=("eth0", "eth1"))
    added = [[words[0], *words[5:]] for words in commands(plan) if words[4] == "-A" and words[5] != "RAWSPOOF"]
    text = [line.removeprefix("# ") for line in as_iptables(plan).splitlines() if line.startswith("# ip")]
    removed = [[words[0], *words[5:]] for words in map(shlex.split, text) if words[4] == "-D"]
    assert sorted(added) == sorted(removed)
    assert [shlex.split(line)[4:] for line in text if "-X" in line] == [["-X", "RAWSPOOF"]] * 2
